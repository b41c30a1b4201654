//! `lyceum import`: a book of another tool becomes a course, and its author is
//! told what did not.

use std::path::Path;

use import::{Kind, Note};

use crate::args::{BookKind, Import};
use crate::failure::Outcome;
use crate::import::{Mode, Outcome as Became, Report, Request, run as import};
use crate::school_folder::SchoolFolder;
use crate::{console, report};

/// Imports a book into the school.
pub(crate) fn run(asked: &Import, school: &Path) -> anyhow::Result<Outcome> {
    let school = SchoolFolder::find(school)?;
    let kind = match asked.kind {
        BookKind::Mdbook => Kind::Mdbook,
        BookKind::Mkdocs => Kind::Mkdocs,
        BookKind::Hugo => Kind::Hugo,
        BookKind::Docusaurus => Kind::Docusaurus,
        BookKind::Jekyll => Kind::Jekyll,
    };
    let made = import(&Request {
        kind,
        source: &asked.source,
        school: school.root(),
        course: &asked.course,
        mode: if asked.dry_run { Mode::DryRun } else { Mode::Write },
    })?;
    if asked.json {
        console::json(&made)?;
    } else {
        console::say(&told(&made));
    }
    Ok(Outcome::Done)
}

/// What was made, and everything that was not carried over.
fn told(made: &Report) -> String {
    let mut text = String::new();
    let mut file = "";
    for note in &made.notes {
        if note.file != file {
            file = &note.file;
            text += &format!("{}\n", report::plain(file));
        }
        text += &format!("  {}\n", line(note));
    }
    if !made.notes.is_empty() {
        text.push('\n');
    }
    for change in &made.changes {
        text += &format!("{}: {}\n", report::plain(&change.path), became(change.what));
    }
    if !made.changes.is_empty() {
        text.push('\n');
    }
    let verb = match made.mode {
        Mode::Write => "made",
        Mode::DryRun => "would make",
    };
    text += &format!(
        "{verb} `{}`: {}, {}, {}",
        made.course.display(),
        report::counted(made.lessons, "lesson"),
        report::counted(made.sections, "section"),
        report::counted(made.files, "file"),
    );
    if !made.notes.is_empty() {
        text += &format!("; {} listed above", report::counted(made.notes.len(), "remark"));
    }
    text + "\nhint: see it with `lyceum check`, then `lyceum build`"
}

/// What became of a file, in words.
fn became(what: Became) -> &'static str {
    match what {
        Became::Added => "added",
        Became::Updated => "updated",
        Became::Kept => "kept as you changed it; the book's didn't change",
        Became::Merged => "merged: your changes and the book's",
        Became::Conflict => "kept as you changed it; the book's stands beside it as `.import`",
        Became::Removed => "removed: the book has it no more",
        Became::Orphaned => "kept as you changed it; the book has it no more",
        Became::LeftRemoved => "left out: you removed or renamed it",
        Became::Finished => "put in place: an earlier import was interrupted",
    }
}

fn line(note: &Note) -> String {
    let place = if note.line > 0 { format!("line {}: ", note.line) } else { String::new() };
    let times = if note.times > 1 { format!(" ({} times)", note.times) } else { String::new() };
    report::plain(&format!("{place}{}{times}: {}", note.what, note.why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_and_what_was_not_is_told() {
        let note = |line, times| Note {
            file: "src/a.md".to_owned(),
            line,
            what: "`<svg>`".to_owned(),
            why: "left out".to_owned(),
            times,
        };
        let made = Report {
            course: "content/rust".into(),
            sections: 1,
            lessons: 2,
            files: 0,
            notes: vec![note(3, 2), note(0, 1)],
            changes: Vec::new(),
            mode: Mode::Write,
        };
        assert_eq!(
            told(&made),
            "src/a.md\n  line 3: `<svg>` (2 times): left out\n  `<svg>`: left out\n\n\
             made `content/rust`: 2 lessons, 1 section, 0 files; 2 remarks listed above\n\
             hint: see it with `lyceum check`, then `lyceum build`"
        );
    }
}
