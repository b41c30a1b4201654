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

/// What makes the compiler count edges. Its optimisations would double the speed of
/// the targets, and make the build take longer than all of them run.
const COUNT_EDGES: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=3",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "--cfg",
    "fuzzing",
];

/// Long enough for every target to try some hundred inputs beside its corpus.
const SECONDS_EACH: u64 = 20;

/// What a run may take. An input that needs more breaks its promise, so these are
/// far above what a long one needs without the compiler's optimisations.
const LIMITS: [&str; 4] = ["-timeout=20", "-rss_limit_mb=1024", "-max_len=4096", "-len_control=20"];

/// A single block of more KiB is refused, and so told at once; the limit above is
/// only looked at once a second.
const MAX_ADDRESS_SPACE_KIB: u64 = 4 * 1024 * 1024;

/// What was asked for.
struct Asked {
    target: Option<String>,
    work: Work,
}

/// What is done with a target.
enum Work {
    /// Inputs are made up for so many seconds.
    Search(u64),
    /// One input is judged.
    Replay(PathBuf),
    /// Of what was made up, whatever reaches new code joins the corpus.
    Keep,
}

/// The places that a target's inputs come from and go to.
struct Place {
    /// In git.
    corpus: PathBuf,
    dictionary: PathBuf,
    /// Not in git.
    grown: PathBuf,
    artifacts: PathBuf,
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
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let folder = package.parent().unwrap_or(Path::new(".")).join("fuzz");
    let names = match asked.target {
        Some(name) if folder.join("corpus").join(&name).is_dir() => vec![name],
        Some(name) => bail!("there is no target `{name}`; they are the folders of `fuzz/corpus`"),
        None => folders(&folder.join("corpus"))?,
    };
    build(&interrupt)?;
    let program = target_folder.join("debug/fuzz");
    for name in names {
        let place = Place::of(&name, &folder, target_folder)?;
        let mut command = bounded(&program);
        command.env("FUZZ_TARGET", &name).args(LIMITS);
        place.arguments(&asked.work, &mut command);
        println!("fuzzing `{name}`");
        let mut running = Running::start_group("a fuzz target", &mut command)?;
        match running.wait(&interrupt)? {
            Some(status) if status.success() => {}
            Some(status) => {
                eprintln!("xtask: `{name}` broke its promise, {status}");
                eprintln!(
                    "hint: the input is named above; `cargo xtask fuzz {name} --input FILE` \
                     judges it again, and once mended it belongs into `fuzz/corpus/{name}`"
                );
                return Ok(ExitCode::from(1));
            }
            None => bail!("interrupted"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The program with a bound on the memory that it can ask for.
fn bounded(program: &Path) -> Command {
    let mut command = Command::new("sh");
    let limit = format!("ulimit -v {MAX_ADDRESS_SPACE_KIB} && exec \"$@\"");
    command.args(["-c", &limit, "sh"]).arg(program);
    // A school of five pages is no work for many threads, and each of them takes
    // its share of the address space.
    command.env("RAYON_NUM_THREADS", "1");
    command
}

impl Place {
    fn of(name: &str, folder: &Path, target_folder: &Path) -> Result<Self> {
        let place = Self {
            corpus: folder.join("corpus").join(name),
            dictionary: folder.join("dictionary").join(name),
            grown: target_folder.join("fuzz").join(name),
            artifacts: folder.join("artifacts"),
        };
        for made in [&place.grown, &place.artifacts] {
            fs::create_dir_all(made)
                .with_context(|| format!("failed to make `{}`", made.display()))?;
        }
        Ok(place)
    }

    fn arguments(&self, work: &Work, command: &mut Command) {
        match work {
            Work::Search(seconds) => {
                let name = self.corpus.file_name().unwrap_or_default().display();
                if self.dictionary.is_file() {
                    command.arg(format!("-dict={}", self.dictionary.display()));
                }
                command
                    .arg(format!("-max_total_time={seconds}"))
                    .arg(format!("-artifact_prefix={}/{name}-", self.artifacts.display()))
                    .args(["-print_final_stats=1", "-verbosity=0"])
                    .args([&self.grown, &self.corpus]);
            }
            Work::Replay(input) => drop(command.arg(input)),
            Work::Keep => drop(command.arg("-set_cover_merge=1").args([&self.corpus, &self.grown])),
        }
    }
}

impl Asked {
    fn parse(arguments: Vec<OsString>) -> Result<Self> {
        let mut asked = Self { target: None, work: Work::Search(SECONDS_EACH) };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.to_str().context("an argument is no text")? {
                "--seconds" => {
                    let seconds = arguments.next().and_then(|seconds| seconds.into_string().ok());
                    let seconds = seconds.and_then(|seconds| seconds.parse().ok());
                    asked.work = Work::Search(seconds.context("`--seconds` wants a number")?);
                }
                "--input" => {
                    let input = arguments.next().context("`--input` wants a file")?;
                    asked.work = Work::Replay(input.into());
                }
                "--keep" => asked.work = Work::Keep,
                name if asked.target.is_none() && !name.starts_with('-') => {
                    asked.target = Some(name.to_owned());
                }
                unknown => bail!("unknown argument `{unknown}`"),
            }
        }
        if asked.target.is_none() && matches!(asked.work, Work::Replay(_)) {
            bail!("`--input` wants the target that judges it");
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
    // The whole workspace, though only one program of it: chosen alone, the package
    // would have fewer features of its dependencies, and they would be built anew.
    command
        .args(["build", "--workspace", "--bin", "fuzz", "--features", "fuzz/engine"])
        .env("RUSTC_WORKSPACE_WRAPPER", ourselves)
        // Nobody changes a line and builds this again.
        .env("CARGO_INCREMENTAL", "0")
        .env(AS_COMPILER, "1");
    let mut building = Running::start_group("cargo build", &mut command)?;
    match building.wait(interrupt)? {
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!("the fuzz targets could not be built, {status}"),
        None => bail!("interrupted"),
    }
}
