//! `cargo xtask test` and `cargo xtask services`: real servers on loopback for
//! the tests; `cargo xtask fuzz`: made-up input for a bounded time. One command
//! each, at a desk and in CI.
//!
//! It stays small and quick to compile, because everybody builds it first;
//! nothing of the product may come in.

mod fuzz;
mod install;
mod process;
mod service;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::process::{Interrupt, Running};
use crate::service::Services;

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

Commands:
  test [ARGS]  Install what the tests need, start the services, run
               `cargo test --workspace --no-fail-fast`, stop the services.
               ARGS replace `--workspace`: cargo xtask test -p store
  fuzz [TARGET] [--seconds N | --keep]
               Give each fuzz target, or one, made-up input for N seconds, or
               keep what reached new code in `fuzz/corpus`
  fuzz TARGET --input FILE
               Judge one input again
  services     Start the services, print their variables, keep them until Ctrl-C
  install      Only install what the tests need";

fn main() -> ExitCode {
    if let Some(error) = fuzz::become_compiler() {
        eprintln!("xtask: failed to start the compiler: {error}");
        return ExitCode::from(2);
    }
    let mut arguments = env::args_os().skip(1);
    let command = arguments.next().unwrap_or_default();
    let answer = match command.to_str() {
        Some("test") => test(arguments.collect()),
        Some("fuzz") => fuzz::run(arguments.collect(), &target_folder()),
        Some("services") => keep_services(),
        Some("install") => install::ensure(&target_folder()).map(|_| ExitCode::SUCCESS),
        Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprintln!("{HELP}");
            Ok(ExitCode::from(2))
        }
    };
    answer.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::from(2)
    })
}

/// Runs the tests against fresh services and answers with the tests' status.
fn test(arguments: Vec<OsString>) -> Result<ExitCode> {
    let tools = install::ensure(&target_folder())?;
    let interrupt = Interrupt::listen()?;
    let services = Services::start(&tools, &interrupt)?;

    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--no-fail-fast"]);
    if arguments.is_empty() {
        command.arg("--workspace");
    }
    command.args(arguments).envs(services.variables()).envs(tools.variables());
    let mut tests = Running::start_group("cargo test", &mut command)?;
    match tests.wait(&interrupt)? {
        Some(status) if status.success() => Ok(ExitCode::SUCCESS),
        Some(status) => {
            eprintln!("xtask: the tests failed, {status}");
            Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
        }
        None => bail!("interrupted"),
    }
}

/// Keeps the services up for a desk; the variables go to stdout, ready to paste.
fn keep_services() -> Result<ExitCode> {
    let tools = install::ensure(&target_folder())?;
    let interrupt = Interrupt::listen()?;
    let mut services = Services::start(&tools, &interrupt)?;
    for (name, value) in services.variables() {
        println!("export {name}='{value}'");
    }
    for (name, value) in tools.variables() {
        println!("export {name}='{}'", value.display());
    }
    eprintln!("xtask: the services are up until Ctrl-C");
    let ended = services.wait_for_any_end(&interrupt)?;
    ended.map_or(Ok(ExitCode::SUCCESS), |name| bail!("{name} has ended by itself"))
}

/// Where cargo builds; what `cargo clean` takes away is installed again.
fn target_folder() -> PathBuf {
    let root = || {
        let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
        package.parent().map(|root| root.join("target")).unwrap_or_else(|| "target".into())
    };
    env::var_os("CARGO_TARGET_DIR").map_or_else(root, PathBuf::from)
}

/// Some bytes nobody can guess, in hexadecimal: keys and passwords that live as
/// long as the services do.
fn secret() -> Result<String> {
    use std::io::Read;
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .context("failed to read `/dev/urandom`")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
