//! `lyceum check --external`, against a server of the test.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::harness::School;

const LESSON: &str = "content/first-course/01-welcome.md";

/// A site that answers by path and remembers what it was asked.
struct Site {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let remembered = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let Some(Ok(first)) = lines.next() else { continue };
                for line in lines {
                    if line.is_ok_and(|line| line.is_empty()) {
                        break;
                    }
                }
                let request = first.trim_end_matches(" HTTP/1.1").to_owned();
                let times = {
                    let mut asked = remembered.lock().unwrap();
                    asked.push(request.clone());
                    asked.iter().filter(|earlier| **earlier == request).count()
                };
                let _ = stream.write_all(answer(&request, times).as_bytes());
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(request: &str, times: usize) -> String {
    let (method, path) = request.split_once(' ').unwrap();
    let (status, headers, body) = match (method, path) {
        (_, "/fine") => ("200 OK", "Content-Type: text/html\r\n", "<h2 id=\"here\">x</h2>"),
        (_, "/moved") => ("301 Moved Permanently", "Location: /fine\r\n", ""),
        (_, "/for-now") => ("302 Found", "Location: /fine\r\n", ""),
        (_, "/circle") => ("302 Found", "Location: /circle\r\n", ""),
        (_, "/inside") => ("302 Found", "Location: http://169.254.169.254/latest\r\n", ""),
        ("HEAD", "/no-head") => ("405 Method Not Allowed", "", ""),
        (_, "/no-head") => ("200 OK", "", "x"),
        (_, "/busy") if times == 1 => ("503 Service Unavailable", "Retry-After: 0\r\n", ""),
        (_, "/busy") => ("200 OK", "", ""),
        (_, "/closed") => ("403 Forbidden", "", ""),
        _ => ("404 Not Found", "", ""),
    };
    let body = if method == "HEAD" { "" } else { body };
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A school that links to these paths of the site, each on a line of its own.
fn linking(site: &Site, paths: &[&str], settings: &str) -> School {
    let school = School::new();
    let config = school.read("site.toml");
    school.write("site.toml", &format!("{config}\n[check.external]\npause_ms = 1\n{settings}"));
    let links: String = paths.iter().map(|path| format!("\n[x]({})\n", site.url(path))).collect();
    school.write(LESSON, &(school.read(LESSON) + &links));
    school
}

#[test]
fn links_that_lead_nowhere_and_links_that_have_moved_are_told_with_their_place() {
    let site = Site::new();
    let paths = ["/fine", "/gone", "/moved", "/for-now", "/no-head", "/busy", "/closed", "/circle"];
    let school = linking(&site, &paths, "local = [\"127.0.0.1\"]\n");
    let told = school.run(&["check", "--external"]).done();
    let url = |path| site.url(path);
    for line in [
        format!(
            "warning[broken-external-link]: `{}` leads nowhere: the site answers 404 Not Found",
            url("/gone")
        ),
        format!("warning[moved-external-link]: `{}` has moved for good", url("/moved")),
        format!("hint: write `{}`", url("/fine")),
        format!("`{}` leads nowhere: it redirects more than 8 times", url("/circle")),
        format!("asked about {} outside links, 0 known from before", paths.len()),
        format!(" --> {LESSON}:"),
    ] {
        assert!(told.contains(&line), "{line}\n{told}");
    }
    assert!(told.contains("3 warnings"), "{told}");
    assert_eq!(
        school.run(&["check", "--external", "--deny", "broken-external-link"]).code,
        Some(1)
    );
}

#[test]
fn what_was_fine_lately_is_not_asked_again_and_what_was_broken_is() {
    let site = Site::new();
    let school = linking(&site, &["/fine", "/gone"], "local = [\"127.0.0.1\"]\n");
    school.run(&["check", "--external"]).done();
    let first = site.asked();
    assert_eq!(first.iter().filter(|request| request.ends_with("/fine")).count(), 1);
    let told = school.run(&["check", "--external"]).done();
    assert!(told.contains("asked about 1 outside link, 1 known from before"), "{told}");
    assert!(!site.asked().into_iter().skip(first.len()).any(|request| request.ends_with("/fine")));
}

#[test]
fn private_networks_and_ignored_addresses_are_not_asked() {
    let site = Site::new();
    let school = linking(&site, &["/fine"], "");
    let told = school.run(&["check", "--external"]).done();
    assert!(told.contains("leads into a private network, where no learner can follow"), "{told}");
    assert!(
        told.contains("hint: if they can, list the host under `local` in `[check.external]`"),
        "{told}"
    );
    assert!(site.asked().is_empty());

    let school = linking(&site, &["/inside"], "local = [\"127.0.0.1\"]\n");
    let told = school.run(&["check", "--external"]).done();
    assert!(told.contains("leads into a private network"), "{told}");

    let school = linking(&site, &["/gone"], "ignore = [\"http://127.0.0.1*\"]\n");
    let told = school.run(&["check", "--external"]).done();
    assert!(told.contains("asked about 0 outside links"), "{told}");
}

#[test]
fn headings_of_other_pages_are_looked_for_if_the_author_wants_it() {
    let site = Site::new();
    let settings = "local = [\"127.0.0.1\"]\nfragments = true\n";
    let school = linking(&site, &["/fine#here", "/fine#gone"], settings);
    let told = school.run(&["check", "--external"]).done();
    assert!(told.contains(&format!("`{}` has no heading `gone`", site.url("/fine"))), "{told}");
    assert!(!told.contains("`here`"), "{told}");
}

#[test]
fn a_build_never_asks_other_sites() {
    let site = Site::new();
    let school = linking(&site, &["/gone"], "local = [\"127.0.0.1\"]\n");
    school.run(&["build"]).done();
    school.run(&["check"]).done();
    assert!(site.asked().is_empty());
}
