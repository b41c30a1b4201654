//! A headless Chromium, driven by its own protocol over two pipes, that tells when a
//! sentence stands on the page it shows.
//!
//! Pipes need neither a port nor a second program that drives the first, so nothing
//! stands between the browser's news and the clock.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// How long the browser may take to answer a command.
const PATIENCE: Duration = Duration::from_secs(30);

/// When a page is silent for so long, everything that it loads is loaded.
const SILENCE: Duration = Duration::from_millis(500);

/// The browser reads commands from the third file and writes news to the fourth.
/// Only a shell can hand them over without a call that Rust deems unsafe.
const HAND_OVER: &str = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";

/// Runs in each page before its own scripts: calls `shown` with the last sentence of
/// the comparison whenever the page changes.
const WATCHER: &str = "const tell = () => {
  const found = document.documentElement?.textContent.match(/Beside the mill they found bench \\d+ again\\./g);
  if (found) shown(found.at(-1));
};
new MutationObserver(tell).observe(document, { childList: true, subtree: true, characterData: true });
addEventListener('DOMContentLoaded', tell);";

/// One page; dropping it ends the browser.
#[derive(Debug)]
pub(crate) struct Browser {
    process: Child,
    commands: ChildStdin,
    news: Receiver<Value>,
    sent: u64,
    session: Option<String>,
}

impl Browser {
    /// Starts the browser with a profile of its own.
    pub(crate) fn open(program: &Path, profile: &Path) -> Result<Self> {
        let mut process = Command::new("sh")
            .args(["-c", HAND_OVER])
            .arg(program)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("failed to start the browser")?;
        let commands = process.stdin.take().context("the browser takes no commands")?;
        let output = process.stdout.take().context("the browser tells nothing")?;
        let (sender, news) = mpsc::channel();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { return };
                let Ok(message) = serde_json::from_slice(&message) else { return };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self { process, commands, news, sent: 0, session: None };
        let target = browser.command("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": target.get("targetId"), "flatten": true });
        let session = browser.command("Target.attachToTarget", attach)?;
        browser.session = text_at(&session, "/sessionId").map(str::to_owned);
        browser.command("Page.enable", json!({}))?;
        browser.command("Runtime.enable", json!({}))?;
        browser.command("Network.enable", json!({}))?;
        browser.command("Runtime.addBinding", json!({ "name": "shown" }))?;
        browser.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCHER }))?;
        Ok(browser)
    }

    /// Goes to an address and waits until its page is silent, so that whatever tells
    /// it to reload has its connection.
    pub(crate) fn goto(&mut self, address: &str) -> Result<()> {
        let answer = self.command("Page.navigate", json!({ "url": address }))?;
        if let Some(error) = text_at(&answer, "/errorText") {
            bail!("`{address}`: {error}");
        }
        self.settle()
    }

    /// Waits until the page is silent.
    pub(crate) fn settle(&mut self) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            match self.news.recv_timeout(SILENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => bail!("the browser ended"),
            }
        }
        bail!("the page was never silent")
    }

    /// Waits until the page, or one after it, shows the sentence.
    pub(crate) fn wait_for(&mut self, sentence: &str, patience: Duration) -> Result<()> {
        let began = Instant::now();
        loop {
            let left = patience.saturating_sub(began.elapsed());
            let message = self.news.recv_timeout(left);
            let message = message.with_context(|| format!("no page showed `{sentence}`"))?;
            if text_at(&message, "/method") == Some("Runtime.bindingCalled")
                && text_at(&message, "/params/payload") == Some(sentence)
            {
                return Ok(());
            }
        }
    }

    fn command(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.sent += 1;
        let message = match &self.session {
            Some(session) => json!({
                "id": self.sent, "method": method, "params": parameters, "sessionId": session,
            }),
            None => json!({ "id": self.sent, "method": method, "params": parameters }),
        };
        let mut bytes = serde_json::to_vec(&message)?;
        bytes.push(0);
        self.commands.write_all(&bytes).context("failed to command the browser")?;
        let began = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(began.elapsed());
            let mut answer = self
                .news
                .recv_timeout(left)
                .with_context(|| format!("the browser did not answer `{method}`"))?;
            if answer.get("id").and_then(Value::as_u64) != Some(self.sent) {
                continue;
            }
            if let Some(error) = text_at(&answer, "/error/message") {
                bail!("`{method}`: {error}");
            }
            return Ok(answer.get_mut("result").map(Value::take).unwrap_or_default());
        }
    }
}

fn text_at<'a>(message: &'a Value, place: &str) -> Option<&'a str> {
    message.pointer(place)?.as_str()
}

impl Drop for Browser {
    fn drop(&mut self) {
        // By its own command first, so that all of its processes end.
        if self.command("Browser.close", json!({})).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}
