//! `lyceum completions`: what a shell needs to complete our words.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Arguments;
use crate::console;
use crate::failure::Outcome;

/// Prints the script of a shell.
pub(crate) fn run(shell: Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "lyceum", &mut script);
    console::data(String::from_utf8(script)?.trim_end())?;
    Ok(Outcome::Done)
}
