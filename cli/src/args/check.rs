//! What `lyceum check` and `lyceum explain` take: diagnostics, and their levels.

use clap::{Args, ValueEnum};
use compiler::diagnostic::Code;
use compiler::diagnostic::code::named;

use crate::args::site::Target;

/// `lyceum check`
#[derive(Debug, Args)]
#[command(after_help = "\
A code stands in brackets behind `error` or `warning`; `warnings` means all of
them. The same lists can stand under `[check]` in `site.toml`.

Examples:
  lyceum check
  lyceum check --fix --dry-run
  lyceum check --declassified > declassified.txt
  lyceum check --deny warnings --allow no-price
  lyceum check --external
  lyceum check --format sarif > lyceum.sarif")]
pub(crate) struct Check {
    /// Also check lessons and courses marked `draft: true`.
    #[arg(long)]
    pub(crate) drafts: bool,
    /// Mend what has one certain mend, such as a misspelt key, and show the rest.
    #[arg(long)]
    pub(crate) fix: bool,
    /// With `--fix`: print what would be changed as a diff, and change nothing.
    #[arg(long, requires = "fix")]
    pub(crate) dry_run: bool,
    /// Print all that is public of paid and dated lessons, to be reviewed as a diff.
    #[arg(long, conflicts_with_all = ["fix", "prove", "format"])]
    pub(crate) declassified: bool,
    /// Build twice, the second time with other paid content, and compare what
    /// everyone can see.
    #[arg(long, conflicts_with_all = ["fix", "format", "json"])]
    pub(crate) prove: bool,
    /// Also ask other sites whether the links to them still lead anywhere.
    #[arg(long, conflicts_with_all = ["fix", "declassified", "prove"])]
    pub(crate) external: bool,
    /// Compare with the release that is live: prices that change, sold lessons that
    /// are gone, addresses that lead nowhere.
    #[arg(long, conflicts_with_all = ["declassified", "prove", "fix"])]
    pub(crate) against_live: bool,
    /// With `--against-live`: the public release key that the release has to be signed
    /// with, where the key itself is not at hand.
    #[arg(long, value_name = "KEY", requires = "against_live")]
    pub(crate) release_key: Option<String>,
    /// With `--against-live`: where the live release stands.
    #[command(flatten)]
    pub(crate) target: Target,
    /// Show every diagnostic, however many there are.
    #[arg(long)]
    pub(crate) all: bool,
    /// How the diagnostics are written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Print the diagnostics as one JSON document, as `--format json` does.
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Which diagnostics are errors, warnings or not told.
    #[command(flatten)]
    pub(crate) levels: Levels,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on stderr.
    Text,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, which forges show beside the lines of a pull request.
    Sarif,
}

/// Levels of diagnostics for one run, laid over those of `site.toml`.
#[derive(Debug, Default, Args)]
pub(crate) struct Levels {
    /// Make errors of these diagnostics.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = codes)]
    pub(crate) deny: Vec<Codes>,
    /// Make warnings of these diagnostics.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = codes)]
    pub(crate) warn: Vec<Codes>,
    /// Do not tell these diagnostics.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = codes)]
    pub(crate) allow: Vec<Codes>,
}

/// What one word of a level means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Codes(pub(crate) Vec<Code>);

/// `lyceum explain`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  lyceum explain                    every code in one line
  lyceum explain unknown-key")]
pub(crate) struct Explain {
    /// The code, as it stands in brackets behind `error` or `warning`; without
    /// it, all codes are listed.
    pub(crate) code: Option<String>,
}

fn codes(word: &str) -> Result<Codes, String> {
    named(word).map(Codes).map_err(|unknown| match unknown.near {
        Some(near) => format!("{unknown}, did you mean `{near}`?"),
        None => format!("{unknown}, `lyceum explain` lists all codes"),
    })
}
