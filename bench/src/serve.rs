//! From a save to the reloaded page: a development server, a browser on a lesson's
//! page, and a clock that runs from the save until the sentence is on the page.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::browser::Browser;
use crate::case::{Case, add_sentence, sentence};
use crate::content::Content;
use crate::lab::Lab;
use crate::measure::{self, Cost};
use crate::project::Project;
use crate::table::Row;

/// A server builds the whole site before it answers.
const START: Duration = Duration::from_secs(900);

/// How long an edit may take.
const EDIT: Duration = Duration::from_secs(120);

/// The system counts a process's time in these, on every Linux.
const TICKS_A_SECOND: f64 = 100.0;

/// Measures a project's server, if it has one that is measured.
pub(crate) fn measure(lab: &Lab, project: &Project) -> Result<Option<Row>> {
    let Content::Made(corpus) = project.content else { return Ok(None) };
    let Some(mut server) = Server::start(lab, project)? else { return Ok(None) };
    let lesson = corpus.middle();
    let profile = lab.below.join("browser");
    let mut browser = Browser::open(&lab.chromium, &profile)?;
    browser.goto(&format!("http://localhost:{}/{}", server.port, project.address(&lesson)))?;
    let text = project.text(&lesson);
    let mut costs = Vec::new();
    // The first save warms both sides up.
    for round in 0..=lab.runs {
        let before = server.seconds()?;
        let saved = Instant::now();
        add_sentence(&text, round)?;
        browser
            .wait_for(&sentence(round), EDIT)
            .with_context(|| format!("{} followed no edit", project.tool.word()))?;
        let wall = saved.elapsed().as_secs_f64();
        browser.settle()?;
        let cpu = server.seconds()? - before;
        if round > 0 {
            costs.push(Cost { wall, cpu, memory: server.memory()?, ..Cost::default() });
        }
    }
    server.stop()?;
    drop(browser);
    fs::remove_dir_all(&profile).context("failed to remove the browser's profile")?;
    Ok(Some(Row::of(project, Case::Serve, measure::median(&costs))))
}

/// A server that runs; dropping it ends it.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts a project's server and waits until it answers.
    fn start(lab: &Lab, project: &Project) -> Result<Option<Self>> {
        let free = TcpListener::bind(("127.0.0.1", 0)).context("failed to find a free port")?;
        let port = free.local_addr().context("failed to find a free port")?.port();
        drop(free);
        let Some(mut command) = project.serve(&lab.peers, port) else { return Ok(None) };
        let said = File::create(project.folder.join("server.log"))
            .context("failed to keep what the server says")?;
        let process = command
            .stdin(Stdio::null())
            .stdout(said.try_clone().context("failed to keep what the server says")?)
            .stderr(said)
            .spawn()
            .context("failed to start a server")?;
        let mut server = Self { process, port };
        let began = Instant::now();
        while TcpStream::connect(("localhost", port)).is_err() {
            if let Some(status) = server.process.try_wait().context("failed to watch a server")? {
                bail!("the server of {} ended with {status}", project.tool.word());
            }
            if began.elapsed() > START {
                bail!("the server of {} does not answer", project.tool.word());
            }
            thread::park_timeout(Duration::from_millis(50));
        }
        Ok(Some(server))
    }

    /// Seconds of processors so far.
    fn seconds(&self) -> Result<f64> {
        let path = format!("/proc/{}/stat", self.process.id());
        let text = fs::read_to_string(path).context("failed to ask what the server cost")?;
        cpu_seconds(&text).context("failed to read what the server cost")
    }

    /// The most memory that it held, in MiB.
    fn memory(&self) -> Result<f64> {
        let path = format!("/proc/{}/status", self.process.id());
        let text = fs::read_to_string(path).context("failed to ask what the server held")?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        Ok(kib.context("failed to read what the server held")? / 1024.0)
    }

    /// As Ctrl-C does, so that it takes its temporary files away.
    fn stop(&mut self) -> Result<()> {
        let process = i32::try_from(self.process.id()).context("a strange process")?;
        kill(Pid::from_raw(process), Signal::SIGINT).context("failed to stop a server")?;
        self.process.wait().context("failed to stop a server").map(drop)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !matches!(self.process.try_wait(), Ok(Some(_))) {
            let _ = self.stop();
        }
    }
}

/// The 14th and 15th field of `/proc/<process>/stat`, which follow a name in
/// brackets that may hold anything.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_A_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_brackets_in_its_name_still_tells_its_time() {
        let stat = "42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 1 0 99";
        assert_eq!(cpu_seconds(stat), Some(2.0));
        assert_eq!(cpu_seconds("42"), None);
    }
}
