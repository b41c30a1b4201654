//! `lyceum man`: a manual page for each command, made of its help.

use std::fs;
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;

use crate::args::Arguments;
use crate::console;
use crate::failure::Outcome;

/// Writes `lyceum.1`, `lyceum-build.1` and so on.
pub(crate) fn run(folder: &Path) -> anyhow::Result<Outcome> {
    let told = || format!("failed to write the manual to `{}`", folder.display());
    fs::create_dir_all(folder).with_context(told)?;
    clap_mangen::generate_to(Arguments::command(), folder).with_context(told)?;
    console::say(&format!("wrote the manual to `{}`", folder.display()));
    Ok(Outcome::Done)
}
