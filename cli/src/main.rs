//! The `lyceum` command: everything an author of a school types.
//!
//! A run is one sentence: read the arguments, run the command, answer with an
//! exit code. Wording for people stands in `report` and `failure`, work in
//! `command`; this file holds neither.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

mod amended;
mod args;
mod command;
mod compilation;
mod console;
mod external;
mod failure;
mod folder_cache;
mod history;
mod import;
mod interrupt;
mod mend;
mod output;
mod port;
mod preview_store;
mod program;
mod progress;
mod publication;
mod rebuild;
mod record;
mod release_key;
mod report;
mod school_folder;
mod target;
mod timings;
mod upload;
mod watch;

/// A build compresses thousands of files, each with tens of megabytes of scratch
/// memory. The system's allocator gives that back and asks for it again each
/// time, which took half of the whole build; this one keeps it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match command::run(args::Arguments::parse()) {
        Ok(outcome) => outcome.exit_code(),
        Err(error) => failure::explain(&error),
    }
}
