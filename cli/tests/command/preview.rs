//! A preview in the background: what it says, and what a browser gets from it.
//!
//! Waiting is always for something to happen, with a deadline.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::harness::School;

/// Longer than a slow machine with many tests at once needs.
const DEADLINE: Duration = Duration::from_secs(60);

/// A running `serve` or `demo`; ended with the test.
pub(crate) struct Preview {
    child: Child,
    lines: Receiver<String>,
    told: Mutex<String>,
    port: u16,
}

impl School {
    /// Starts it and waits until it serves.
    pub(crate) fn preview(&self, arguments: &[&str]) -> Preview {
        self.start(arguments).ready()
    }

    /// Starts it.
    pub(crate) fn start(&self, arguments: &[&str]) -> Preview {
        let mut child =
            self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let streams: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        Preview { child, lines, told: Mutex::default(), port: 0 }
    }
}

impl Preview {
    /// Waits for the line that names the port.
    pub(crate) fn ready(mut self) -> Self {
        let mark = "http://localhost:";
        self.until_told(mark);
        let told = self.told();
        let digits: String =
            told.split_once(mark).unwrap().1.chars().take_while(char::is_ascii_digit).collect();
        self.port = digits.parse().unwrap();
        // The demo prints all its links at once; a word of the last line ends them.
        if told.contains("is open") {
            self.until_told("who owns every course");
        }
        self
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Everything it has said so far.
    pub(crate) fn told(&self) -> String {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it says something.
    #[track_caller]
    pub(crate) fn until_told(&self, text: &str) {
        let end = Instant::now() + DEADLINE;
        while !self.told().contains(text) {
            assert!(Instant::now() < end, "waited for {text:?}, but was told:\n{}", self.told());
            assert!(self.listen(Duration::from_millis(200)), "it ended:\n{}", self.told());
        }
    }

    /// Takes in what is said within a moment; `false` when it has ended.
    fn listen(&self, moment: Duration) -> bool {
        match self.lines.recv_timeout(moment) {
            Ok(line) => {
                let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
                told.push_str(&line);
                told.push('\n');
                true
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    /// Asks for a page until it is as it should be.
    #[track_caller]
    pub(crate) fn until(&self, path: &str, is_right: impl Fn(&str) -> bool) {
        let end = Instant::now() + DEADLINE;
        loop {
            let page = self.get(path);
            if is_right(&page) {
                return;
            }
            assert!(Instant::now() < end, "{path}:\n{page}\ntold:\n{}", self.told());
            self.listen(Duration::from_millis(50));
        }
    }

    /// The body, or the head and the body of an answer that is not 200.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut answer = String::new();
        self.ask(path).read_to_string(&mut answer).unwrap();
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.starts_with("HTTP/1.0 200") => body.to_owned(),
            Some((head, body)) if head.starts_with("HTTP/1.1 200") => body.to_owned(),
            _ => answer,
        }
    }

    /// A page as it stands in a browser, following the news.
    pub(crate) fn open(&self, path: &str) -> Page {
        let shown = self.get(path).split_once("data-shown=\"").unwrap().1[..16].to_owned();
        self.open_shown(path, &shown)
    }

    /// A page that was this when it was loaded.
    pub(crate) fn open_shown(&self, path: &str, shown: &str) -> Page {
        self.follow(&format!("page={path}&shown={shown}"))
    }

    /// The public page of a gated lesson.
    pub(crate) fn open_lesson(&self, lesson: &str) -> Page {
        let path = format!("/courses/{lesson}/");
        let shown = self.get(&path).split_once("data-shown=\"").unwrap().1[..16].to_owned();
        let api = format!("/api/lessons/{lesson}%3Flang%3Den");
        self.follow(&format!("page={path}&shown={shown}&lesson={api}"))
    }

    fn follow(&self, query: &str) -> Page {
        let stream = self.ask(&format!("/_lyceum/reload?{query}"));
        Page { news: Mutex::new(BufReader::new(stream).lines()) }
    }

    /// HTTP/1.0, so that an answer ends with its connection and comes in one piece.
    fn ask(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let port = self.port;
        let accept = "Accept: text/html,*/*";
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost:{port}\r\n{accept}\r\n\r\n")
            .unwrap();
        stream
    }

    /// As Ctrl-C does; it has to end well and soon.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn stop(self) {
        self.stop_by("-INT");
    }

    /// By a signal; it has to end well and soon.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn stop_by(mut self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let end = Instant::now() + DEADLINE;
        while self.listen(Duration::from_millis(200)) {
            assert!(Instant::now() < end, "it does not end:\n{}", self.told());
        }
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{}", self.told());
    }
}

/// An open page.
pub(crate) struct Page {
    news: Mutex<Lines<BufReader<TcpStream>>>,
}

impl Page {
    /// The next thing that it is told.
    #[track_caller]
    pub(crate) fn next(&self) -> String {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        let told = news.by_ref().map(Result::unwrap).find(|line| line.starts_with("data:"));
        told.expect("the news ended")
    }

    /// Follows the news until they say something.
    #[track_caller]
    pub(crate) fn until(&self, is_right: impl Fn(&str) -> bool) {
        while !is_right(&self.next()) {}
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
