//! A running `lyceum serve`: the school as its author sees it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::school::School;

/// Longer than a slow machine needs for a first build.
const PATIENCE: Duration = Duration::from_secs(60);

/// What it says once it can be looked at, before the address.
const MARK: &str = "serving http://localhost:";

/// A preview; dropping it ends it.
#[derive(Debug)]
pub struct Preview {
    child: Child,
    port: u16,
    /// What it says; read to its end, so that it never waits for a reader.
    told: Receiver<String>,
}

impl Preview {
    /// Starts one and waits until it can be looked at.
    pub fn start(school: &School, arguments: &[&str]) -> Result<Self> {
        let mut command = school.lyceum();
        command.args(["serve", "--port", "0"]).args(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let stderr = child.stderr.take().context("the preview has no stderr")?;
        let (sender, told) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // Fails only once nobody asks any more.
                let _ = sender.send(line);
            }
        });
        let mut preview = Self { child, port: 0, told };
        preview.port = preview.ready()?;
        Ok(preview)
    }

    fn ready(&self) -> Result<u16> {
        let end = Instant::now() + PATIENCE;
        let mut said = String::new();
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let Ok(line) = self.told.recv_timeout(left) else { break };
            if let Some((_, rest)) = line.split_once(MARK) {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                return digits.parse().context("the preview names no port");
            }
            said = said + &line + "\n";
        }
        bail!("the preview does not serve:\n{said}")
    }

    /// Where it stands.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        // As its author would end it, so that it takes its folder along.
        let id = self.child.id().to_string();
        let told = std::process::Command::new("kill").args(["-INT", &id]).status();
        if !told.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
