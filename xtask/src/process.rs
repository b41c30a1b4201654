//! Child processes that are waited for with a deadline and always ended, each
//! by its own id and never by a name.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// How often a child or a port is looked at again.
const POLL: Duration = Duration::from_millis(50);

/// How long a server may take for an orderly stop; the slowest one measured
/// needs under three seconds.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// Whether we were asked to stop, by Ctrl-C or by a signal.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on these signals set the flag instead of ending us, so that
    /// what we started is stopped first.
    pub(crate) fn listen() -> Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&flag))
                .context("failed to listen for signals")?;
        }
        Ok(Self(flag))
    }

    /// Whether a signal has come.
    pub(crate) fn has_come(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The orderly way to end a process.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stop {
    /// SIGTERM to the process.
    Terminate,
    /// SIGINT to the process: the fast shutdown of PostgreSQL, which takes
    /// SIGTERM for "when the last client has gone".
    Interrupt,
    /// SIGTERM to the process and all that it started.
    TerminateGroup,
}

/// A child process; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Running {
    name: &'static str,
    child: Child,
    stop: Stop,
}

impl Running {
    /// Starts a server whose output goes to `log`.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        stop: Stop,
        log: &std::path::Path,
    ) -> Result<Self> {
        let out = std::fs::File::create(log)
            .with_context(|| format!("failed to create `{}`", log.display()))?;
        let err = out.try_clone().context("failed to share a log file")?;
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        Self::spawn(name, command, stop)
    }

    /// Starts a program that speaks to our own terminal and may start others.
    pub(crate) fn start_group(name: &'static str, command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null());
        Self::spawn(name, command, Stop::TerminateGroup)
    }

    fn spawn(name: &'static str, command: &mut Command, stop: Stop) -> Result<Self> {
        // A group of its own keeps a Ctrl-C at the terminal from reaching the
        // child before us: the tests end first, then the services.
        let child =
            command.process_group(0).spawn().with_context(|| format!("failed to start {name}"))?;
        Ok(Self { name, child, stop })
    }

    /// What it is.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.try_wait().context("failed to wait")?.is_some())
    }

    /// Waits for its end; `None` when we were interrupted before.
    pub(crate) fn wait(&mut self, interrupt: &Interrupt) -> Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.child.try_wait().context("failed to wait")? {
                return Ok(Some(status));
            }
            if interrupt.has_come() {
                return Ok(None);
            }
            thread::sleep(POLL);
        }
    }

    fn signal(&self) -> io::Result<()> {
        let (signal, target) = match self.stop {
            Stop::Terminate => ("TERM", self.child.id().to_string()),
            Stop::Interrupt => ("INT", self.child.id().to_string()),
            Stop::TerminateGroup => ("TERM", format!("-{}", self.child.id())),
        };
        // The shell's own `kill`: safe Rust has no call for it, and a minimal
        // Debian has no `/bin/kill`.
        Command::new("sh")
            .args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", signal, &target])
            .stderr(Stdio::null())
            .status()
            .map(drop)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let asked = self.signal();
        let deadline = Instant::now() + STOP_WITHIN;
        while asked.is_ok() && Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(POLL);
        }
        eprintln!("xtask: {} did not stop when asked and is killed", self.name);
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait()) {
            eprintln!("xtask: failed to kill {}: {error}", self.name);
        }
    }
}

/// Asks `ready` until it says yes; an error when the child ends, when the
/// deadline passes, or when we are interrupted.
pub(crate) fn wait_until_ready(
    running: &mut Running,
    within: Duration,
    interrupt: &Interrupt,
    ready: impl Fn() -> bool,
) -> Result<()> {
    let deadline = Instant::now() + within;
    while !ready() {
        if running.has_ended()? {
            bail!("{} ended while starting", running.name());
        }
        if interrupt.has_come() {
            bail!("interrupted");
        }
        if Instant::now() > deadline {
            bail!("{} was not ready within {} s", running.name(), within.as_secs());
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// Runs a program to its end and answers with its output; its error output is
/// part of our error.
pub(crate) fn run(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("failed to start `{shown}`"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        bail!("`{shown}` failed, {}: {}", output.status, text.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
