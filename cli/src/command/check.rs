//! `lyceum check`: every diagnostic at once, and nothing written.

use std::path::Path;

use compiler::parse::Options;

use crate::args::Check;
use crate::failure::Outcome;
use crate::school_folder::SchoolFolder;
use crate::{compilation, console, report};

/// Compiles the school and shows what the author should know.
pub(crate) fn run(check: &Check, school: &Path) -> anyhow::Result<Outcome> {
    let school = SchoolFolder::find(school)?;
    let options = Options { drafts: compilation::drafts(check.drafts), base_url: None };
    let compilation = compilation::of(&school, &options)?;
    if check.json {
        console::json(&report::document(&compilation.diagnostics))?;
    } else {
        report::say(&compilation.diagnostics);
        if compilation.diagnostics.is_empty() {
            console::say("no errors and no warnings");
        }
    }
    Ok(Outcome::of(&compilation.diagnostics))
}
