//! What the commands take that show what there is, and print for other programs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `lyceum list`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum list                       the courses
  lyceum list paid                  the lessons that are sold
  lyceum list scheduled --json")]
pub(crate) struct List {
    /// What to list.
    #[arg(value_enum, value_name = "WHAT", default_value_t = Listed::Courses)]
    pub(crate) what: Listed,
    /// Print the list as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
    /// Show which line of which file says what each lesson is.
    #[arg(long)]
    pub(crate) origins: bool,
}

/// What can be listed. Drafts are part of each list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listed {
    /// Every course.
    Courses,
    /// Every lesson.
    Lessons,
    /// Courses and lessons that are not finished.
    Drafts,
    /// Lessons that are sold.
    Paid,
    /// Lessons with a date on which they open, the earliest first.
    Scheduled,
}

/// `lyceum translations`
#[derive(Debug, Args)]
#[command(after_help = "\
A translation is stale when the original has changed since it was accepted. What
was accepted stands in `content/translations.toml`; keep that file in git.

Examples:
  lyceum translations
  lyceum translations --accept content/rust/01-hello.zh.md
  lyceum translations --accept          all that there are")]
pub(crate) struct Translations {
    /// Note that these translations fit their originals as they are now.
    #[arg(long)]
    pub(crate) accept: bool,
    /// With `--accept`: files or folders; all translations without any.
    #[arg(value_name = "PATH", requires = "accept")]
    pub(crate) paths: Vec<PathBuf>,
    /// Print the list as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `lyceum config`
#[derive(Debug, Args)]
pub(crate) struct Config {
    /// Print the settings as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `lyceum schema`
#[derive(Debug, Args)]
#[command(after_help = "\
An editor with TOML support (taplo, Even Better TOML) completes `site.toml` when
its first line names the schema, as `lyceum new` writes it:
  #:schema ./site.schema.json

Examples:
  lyceum schema site > site.schema.json
  lyceum schema lesson > lesson.schema.json")]
pub(crate) struct Schema {
    /// What it describes.
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: SchemaKind,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaKind {
    /// The front matter of `course.md`.
    Course,
    /// The front matter of `section.md`.
    Section,
    /// The front matter of a lesson.
    Lesson,
    /// The front matter of a page outside courses.
    Page,
    /// The front matter of a learning path.
    Path,
    /// The front matter of an instructor's page.
    Instructor,
    /// `site.toml`
    Site,
}

/// `lyceum man`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum man ~/.local/share/man/man1
  man lyceum-publish")]
pub(crate) struct Man {
    /// The folder; it is made if it is missing.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

/// `lyceum completions`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum completions bash > ~/.local/share/bash-completion/completions/lyceum
  lyceum completions fish > ~/.config/fish/completions/lyceum.fish")]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}
