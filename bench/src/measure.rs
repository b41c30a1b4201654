//! What a whole process and its children cost, as the system counts it.
//!
//! The system adds up the children of a process, so each run is waited for by a
//! process of its own: this program, started again.

use std::env;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde::{Deserialize, Serialize};

/// The word by which this program is told to run one command.
pub(crate) const MEASURE: &str = "measure";

/// What one run cost.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Seconds on the clock.
    pub(crate) wall: f64,
    /// Seconds of processors, in the program and in the kernel.
    pub(crate) cpu: f64,
    /// The most memory that one process held, in MiB.
    pub(crate) memory: f64,
    /// Files that were written into the output folder.
    #[serde(default)]
    pub(crate) files: usize,
    /// Their bytes.
    #[serde(default)]
    pub(crate) bytes: u64,
}

/// Runs a command in a process that runs nothing else.
pub(crate) fn cost(command: &Command) -> Result<Cost> {
    let mut alone = Command::new(env::current_exe().context("failed to find this program")?);
    alone.arg(MEASURE).arg("--").arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        alone.current_dir(folder);
    }
    let output = alone
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .context("failed to start a measured run")?;
    if !output.status.success() {
        bail!("`{command:?}` failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("failed to read what a run cost")
}

/// The other side: runs the command, tells on standard output what it cost.
pub(crate) fn alone(words: &[String]) -> Result<()> {
    let Some((program, arguments)) = words.split_first() else { bail!("nothing to run") };
    let began = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("failed to start `{program}`"))?;
    let wall = began.elapsed().as_secs_f64();
    if !status.success() {
        bail!("`{program}` ended with {status}");
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("failed to ask what it cost")?;
    let seconds = |time: nix::sys::time::TimeVal| time.num_microseconds() as f64 / 1e6;
    let cost = Cost {
        wall,
        cpu: seconds(usage.user_time()) + seconds(usage.system_time()),
        // Linux counts in KiB.
        memory: usage.max_rss() as f64 / 1024.0,
        ..Cost::default()
    };
    println!("{}", serde_json::to_string(&cost)?);
    Ok(())
}

/// The middle one of each figure.
pub(crate) fn median(costs: &[Cost]) -> Cost {
    let middle = |figure: fn(&Cost) -> f64| {
        let mut figures: Vec<f64> = costs.iter().map(figure).collect();
        figures.sort_by(|one, other| one.total_cmp(other));
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    };
    let mut written: Vec<(u64, usize)> =
        costs.iter().map(|cost| (cost.bytes, cost.files)).collect();
    written.sort_unstable();
    let (bytes, files) = written.get(written.len() / 2).copied().unwrap_or_default();
    Cost {
        wall: middle(|cost| cost.wall),
        cpu: middle(|cost| cost.cpu),
        memory: middle(|cost| cost.memory),
        files,
        bytes,
    }
}
