//! `lyceum import`: a book of another tool becomes a course, and its author is
//! told what did not.

use std::cmp::Reverse;
use std::collections::BTreeMap;
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
    let kinds = kinds(&made.notes);
    let mut text: String = kinds.iter().map(|notes| summary(notes)).collect();
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
        let remarks = report::counted(made.notes.len(), "remark");
        text += &format!("; {remarks} listed above");
        if kinds.len() < made.notes.len() {
            text +=
                &format!(" by {}, one by one with `--json`", report::counted(kinds.len(), "kind"));
        }
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

/// The notes that differ only in what stood in the file, what matters most first.
fn kinds(notes: &[Note]) -> Vec<Vec<&Note>> {
    let mut kinds: BTreeMap<_, Vec<&Note>> = BTreeMap::new();
    for note in notes {
        kinds.entry((note.harm(), pattern(&note.what), pattern(&note.why))).or_default().push(note);
    }
    let mut kinds: Vec<Vec<&Note>> = kinds.into_values().collect();
    let times = |notes: &[&Note]| notes.iter().map(|note| note.times).sum::<usize>();
    kinds.sort_by_key(|notes| (notes.first().map(|note| note.harm()), Reverse(times(notes))));
    kinds
}

/// A sentence without what it quotes.
fn pattern(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(index, part)| if index % 2 == 1 { "…" } else { part });
    parts.collect::<Vec<_>>().join("`")
}

/// One kind of notes: what it is, how often, and the first places.
fn summary(notes: &[&Note]) -> String {
    const SHOWN: usize = 5;
    let Some(first) = notes.first() else { return String::new() };
    let is_one = |part: fn(&Note) -> &String| notes.iter().all(|n| part(n) == part(first));
    let (has_one_what, has_one_why) = (is_one(|note| &note.what), is_one(|note| &note.why));
    let what = if has_one_what { first.what.clone() } else { pattern(&first.what) };
    let why = if has_one_why { first.why.clone() } else { pattern(&first.why) };
    let times: usize = notes.iter().map(|note| note.times).sum();
    let times = if times > 1 { format!(" ({times} times)") } else { String::new() };
    let mut text = report::plain(&format!("{what}{times}: {why}")) + "\n";
    for note in notes.iter().take(SHOWN) {
        let line = if note.line > 0 { format!(":{}", note.line) } else { String::new() };
        let what = if has_one_what { String::new() } else { format!(" {}", note.what) };
        let why = if has_one_why { String::new() } else { format!(": {}", note.why) };
        text += &format!("  {}\n", report::plain(&format!("{}{line}{what}{why}", note.file)));
    }
    if let Some(more) = notes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text += &format!("  and {}\n", report::counted(more, "more place"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(line: usize, what: &str, why: &str, times: usize) -> Note {
        let (what, why) = (what.to_owned(), why.to_owned());
        Note { file: "src/a.md".to_owned(), line, what, why, times }
    }

    #[test]
    fn what_was_made_and_what_was_not_is_told_by_kind_the_worst_first() {
        let fence = "left out: lessons show code and don't run it";
        let mut notes: Vec<Note> =
            (1..=7).map(|line| note(line, "`ignore` behind a fence", fence, 2)).collect();
        notes.push(note(8, "`<b>`", "left out", 1));
        notes.push(note(9, "link to `x.md`", "only its text is kept", 1));
        notes.push(note(0, "link to `y.md`", "only its text is kept", 1));
        let made = Report {
            course: "content/rust".into(),
            sections: 1,
            lessons: 2,
            files: 0,
            notes,
            changes: Vec::new(),
            mode: Mode::Write,
        };
        assert_eq!(
            told(&made),
            "link to `…` (2 times): only its text is kept\n  src/a.md:9 link to `x.md`\n  \
             src/a.md link to `y.md`\n`<b>`: left out\n  src/a.md:8\n\
             `ignore` behind a fence (14 times): left out: lessons show code and don't run it\n  \
             src/a.md:1\n  src/a.md:2\n  src/a.md:3\n  src/a.md:4\n  src/a.md:5\n  \
             and 2 more places\n\n\
             made `content/rust`: 2 lessons, 1 section, 0 files; 10 remarks listed above by \
             3 kinds, one by one with `--json`\n\
             hint: see it with `lyceum check`, then `lyceum build`"
        );
    }
}
