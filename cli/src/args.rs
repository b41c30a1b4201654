//! What can be typed: each doc comment here is a line of `lyceum --help`.
//!
//! Only words and their shapes; what a command does stands in `command`.

mod check;
mod import;
mod new;
mod show;
mod site;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use crate::args::check::{Check, Explain, Format, Levels};
pub(crate) use crate::args::import::{BookKind, Import};
pub(crate) use crate::args::new::{New, NewPart};
pub(crate) use crate::args::show::{
    Completions, Config, List, Listed, Man, Schema, SchemaKind, Translations,
};
pub(crate) use crate::args::site::{Build, Demo, Publish, Rollback, Serve, Target, Visitor};

const EXAMPLES: &str = "\
Start here:
  lyceum new my-school          make a school that builds at once
  cd my-school
  lyceum serve                  see it in the browser while you write
  lyceum publish                put it where learners find it

Exit codes: 0 done, 1 the content has errors, 2 the tool failed";

/// A school in a git repository: Markdown courses in, a website with paid
/// lessons out.
#[derive(Debug, Parser)]
#[command(name = "lyceum", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// The school's folder; without it, the nearest one upwards with a `site.toml`.
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        default_value = ".",
        hide_default_value = true
    )]
    pub(crate) school: PathBuf,
}

/// The commands, in the order in which an author meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a school, or add a course or a lesson to one.
    New(New),
    /// Show everything that is wrong with the content, and write nothing.
    Check(Check),
    /// Tell more about a kind of diagnostic, with an example.
    Explain(Explain),
    /// List courses or lessons: what there is, what is sold, what comes later.
    List(List),
    /// Show what is translated and what has changed since, or accept translations.
    Translations(Translations),
    /// Show the settings that hold, and where each comes from.
    Config(Config),
    /// Write the website to a folder.
    Build(Build),
    /// Make a course of a book that was written for another tool.
    Import(Import),
    /// Show the site in the browser and follow your edits.
    Serve(Serve),
    /// Put the site where learners find it.
    Publish(Publish),
    /// Put an earlier release back.
    Rollback(Rollback),
    /// Show a finished school, with a guest and a learner who bought a course.
    Demo(Demo),
    /// Print a script that completes commands in your shell.
    Completions(Completions),
    /// Print the schema by which an editor completes front matter or `site.toml`.
    Schema(Schema),
    /// Write the manual pages to a folder.
    Man(Man),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
