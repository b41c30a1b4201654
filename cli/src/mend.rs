//! Mended files: shown as a diff, or written to the disk whole or not at all.
//!
//! What is mended is decided by the compiler; here only files are touched.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::Context;
use compiler::diagnostic::Diagnostic;
use compiler::mend::{Mend, mends};
use compiler::parse::Options;
use compiler::source::SourceTree;
use similar::TextDiff;
use tempfile::NamedTempFile;

use crate::console;
use crate::failure::Failure;
use crate::report::{self, counted};
use crate::school_folder::SchoolFolder;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Prints what would be changed as a unified diff.
pub(crate) fn preview(mends: &[Mend]) -> anyhow::Result<()> {
    let mut text = String::new();
    for mend in mends {
        let (old, new) = (format!("a/{}", mend.path), format!("b/{}", mend.path));
        let diff = TextDiff::from_lines(&mend.before, &mend.after);
        text += &diff.unified_diff().header(&old, &new).to_string();
    }
    // A patch must have every byte; what a person looks at must not steer the terminal.
    if std::io::stdout().is_terminal() {
        text = text.lines().map(|line| report::plain(line) + "\n").collect();
    }
    if !text.is_empty() {
        console::data(text.trim_end_matches('\n'))?;
    }
    console::say(&format!("would mend {}; nothing was changed", total(mends)));
    Ok(())
}

/// Tells that some of these can be mended, if it is so: what a diagnostic would have
/// written may still be no help.
pub(crate) fn offer(
    tree: impl FnOnce() -> anyhow::Result<SourceTree>,
    options: &Options,
    diagnostics: &[Diagnostic],
) -> anyhow::Result<()> {
    // Whether it helps is found out by reading the school twice again.
    if diagnostics.iter().all(|diagnostic| diagnostic.fix.is_none()) {
        return Ok(());
    }
    let mends = mends(&tree()?, options);
    if !mends.is_empty() {
        console::say(&format!("{} can be mended: `lyceum check --fix`", total(&mends)));
    }
    Ok(())
}

/// Writes each file, unless someone else changed it meanwhile, and tells what was done.
pub(crate) fn write(school: &SchoolFolder, mends: &[Mend]) -> anyhow::Result<()> {
    for mend in mends {
        let path = school.join(mend.path.as_str());
        replace(&path, mend).with_context(|| format!("failed to mend `{}`", path.display()))?;
        for done in &mend.done {
            let line = format!("mended {}:{}: {} ({})", mend.path, done.line, done.what, done.code);
            console::say(&report::plain(&line));
        }
    }
    console::say(&format!("mended {}", total(mends)));
    Ok(())
}

/// `3 places in 2 files`
fn total(mends: &[Mend]) -> String {
    let places = mends.iter().map(|mend| mend.done.len()).sum();
    format!("{} in {}", counted(places, "place"), counted(mends.len(), "file"))
}

/// Puts the new text into the place of the old one in one step, with the old
/// permissions. A link stays a link.
fn replace(path: &Path, mend: &Mend) -> anyhow::Result<()> {
    let path = path.canonicalize()?;
    let old = fs::read_to_string(&path)?;
    let mark = if old.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK } else { "" };
    if old.trim_start_matches(BYTE_ORDER_MARK) != mend.before {
        return Err(Failure::new("the file was changed meanwhile", "run the command again").into());
    }
    let folder = path.parent().context("the file stands in no folder")?;
    let mut file = NamedTempFile::new_in(folder)?;
    write!(file, "{mark}{}", mend.after)?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}
