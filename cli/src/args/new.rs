//! What `lyceum new` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `lyceum new`
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  lyceum new my-school
  lyceum new course rust
  lyceum new lesson rust/ownership
  lyceum new lesson rust/basics/ownership    the lesson in the section `basics`"
)]
pub(crate) struct New {
    /// What to add to the school one stands in.
    #[command(subcommand)]
    pub(crate) part: Option<NewPart>,

    /// The folder to make for the new school.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,
}

/// What can be added to a school.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum NewPart {
    /// Add a course to the school.
    Course {
        /// Its name in the address: `rust` will stand at `/courses/rust/`.
        name: String,
        /// Its title; without it, made from the name.
        #[arg(long)]
        title: Option<String>,
    },
    /// Add a lesson to a course, after the last one.
    Lesson {
        /// `<course>/<lesson>`, or `<course>/<section>/<lesson>`.
        #[arg(value_name = "PLACE")]
        place: String,
        /// Its title; without it, made from the name.
        #[arg(long)]
        title: Option<String>,
    },
}
