//! `cargo xtask fuzz`: made-up inputs for a bounded time, guided by what code
//! they reach.
//!
//! A stable compiler can count the edges that a run takes; its flags are given to
//! our own crates alone, so that no dependency is built twice.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::process::{Interrupt, Running};

/// Tells us that cargo calls us in place of the compiler.
const AS_COMPILER: &str = "LYCEUM_FUZZ_AS_COMPILER";

/// What makes the compiler count edges, and what makes that fast enough.
const COUNT_EDGES: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Ccodegen-units=1",
    "-Copt-level=1",
    "--cfg",
    "fuzzing",
];

/// Long enough for every target to try some hundred inputs beside its corpus.
const SECONDS_EACH: u64 = 12;

/// What was asked for.
struct Asked {
    target: Option<String>,
    seconds: u64,
}

/// Whether cargo calls us in place of the compiler; if so, this only comes back
/// with the reason why it could not be started.
pub(crate) fn become_compiler() -> Option<std::io::Error> {
    env::var_os(AS_COMPILER)?;
    let mut arguments = env::args_os().skip(1);
    let compiler = arguments.next()?;
    let arguments: Vec<OsString> = arguments.collect();
    let mut command = Command::new(compiler);
    // Cargo also asks for the version, and that takes no other argument.
    let is_crate = arguments.iter().any(|argument| argument == "--crate-name");
    command.args(arguments);
    if is_crate {
        command.args(COUNT_EDGES);
    }
    Some(command.exec())
}

/// Builds the targets and runs one, or each in turn.
pub(crate) fn run(arguments: Vec<OsString>, target_folder: &Path) -> Result<ExitCode> {
    let asked = Asked::parse(arguments)?;
    let interrupt = Interrupt::listen()?;
    let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let corpus = root.parent().unwrap_or(Path::new(".")).join("fuzz/corpus");
    let names = match asked.target {
        Some(name) if corpus.join(&name).is_dir() => vec![name],
        Some(name) => bail!("there is no target `{name}`; they are the folders of `fuzz/corpus`"),
        None => folders(&corpus)?,
    };
    build(&interrupt)?;
    let program = target_folder.join("debug/fuzz");
    for name in names {
        let grown = target_folder.join("fuzz").join(&name);
        fs::create_dir_all(&grown)
            .with_context(|| format!("failed to make `{}`", grown.display()))?;
        let kept = corpus.join(&name);
        let mut command = Command::new(&program);
        command.env("FUZZ_TARGET", &name).args([&grown, &kept]).args([
            format!("-max_total_time={}", asked.seconds),
            format!("-artifact_prefix={}/", kept.display()),
            "-timeout=30".to_owned(),
            "-rss_limit_mb=2048".to_owned(),
            "-max_len=4096".to_owned(),
            "-print_final_stats=1".to_owned(),
            "-verbosity=0".to_owned(),
        ]);
        println!("fuzzing `{name}` for {} s", asked.seconds);
        let mut running = Running::start_group("a fuzz target", &mut command)?;
        match running.wait(&interrupt)? {
            Some(status) if status.success() => {}
            Some(status) => {
                eprintln!("xtask: `{name}` broke its promise, {status}");
                eprintln!("hint: the input is in `fuzz/corpus/{name}`; keep it there and mend");
                return Ok(ExitCode::from(1));
            }
            None => bail!("interrupted"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Asked {
    fn parse(arguments: Vec<OsString>) -> Result<Self> {
        let mut asked = Self { target: None, seconds: SECONDS_EACH };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let argument = argument.into_string().ok().context("an argument is no text")?;
            if argument == "--seconds" {
                let seconds = arguments.next().and_then(|seconds| seconds.into_string().ok());
                asked.seconds = seconds
                    .and_then(|seconds| seconds.parse().ok())
                    .context("`--seconds` wants a number")?;
            } else if asked.target.is_none() && !argument.starts_with('-') {
                asked.target = Some(argument);
            } else {
                bail!("unknown argument `{argument}`");
            }
        }
        Ok(asked)
    }
}

fn folders(corpus: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(corpus)
        .with_context(|| format!("failed to read `{}`", corpus.display()))?
        .filter_map(Result::ok);
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

fn build(interrupt: &Interrupt) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let ourselves = env::current_exe().context("failed to find our own program")?;
    let mut command = Command::new(cargo);
    command
        .args(["build", "--package", "fuzz", "--features", "engine"])
        .env("RUSTC_WORKSPACE_WRAPPER", ourselves)
        // The flags above contradict it.
        .env("CARGO_INCREMENTAL", "0")
        .env(AS_COMPILER, "1");
    let mut building = Running::start_group("cargo build", &mut command)?;
    match building.wait(interrupt)? {
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!("the fuzz targets could not be built, {status}"),
        None => bail!("interrupted"),
    }
}
