//! What an import could not carry over: a list for the author, so that nothing
//! is lost without a word.

use std::collections::BTreeMap;

use serde::Serialize;

/// One thing that is not, or not quite, in the new course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The file of the book, from its top.
    pub file: String,
    /// The first line it is about; 0 when it is about the file as a whole.
    pub line: usize,
    /// What was met, with what stood in the file in backticks.
    pub what: String,
    /// What became of it, and why.
    pub why: String,
    /// How often it was met in this file.
    pub times: usize,
}

/// How much a reader of the course misses, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// A page, a file, a picture or a link is not there.
    Lost,
    /// What meant something in the book stands there as it was written.
    Unread,
    /// It looks or works in another way, or a smaller thing is gone.
    Changed,
    /// Words for the other tool, which a reader of the book didn't see.
    Unseen,
}

impl Note {
    /// How much it matters.
    #[must_use]
    pub fn harm(&self) -> Harm {
        let lost = ["the page", "link to ", "picture ", "file ", "reference to ", "redirect of "];
        if lost.iter().any(|start| self.what.starts_with(start))
            || self.why.starts_with("left out: the file")
            || self.why.starts_with("left out with its content")
        {
            Harm::Lost
        } else if self.why.starts_with("kept as ") || self.why.starts_with("not run") {
            Harm::Unread
        } else if self.what.ends_with("behind a fence") {
            Harm::Unseen
        } else {
            Harm::Changed
        }
    }
}

/// Collects notes; the same thing in the same file is told once and counted.
#[derive(Debug, Default)]
pub(super) struct Notes {
    notes: BTreeMap<(String, String, String), (usize, usize)>,
}

impl Notes {
    pub(super) fn add(
        &mut self,
        file: &str,
        line: usize,
        what: impl Into<String>,
        why: impl Into<String>,
    ) {
        let key = (file.to_owned(), what.into(), why.into());
        let (first, times) = self.notes.entry(key).or_insert((line, 0));
        *first = line.min(*first);
        *times += 1;
    }

    /// All notes by file and line.
    pub(super) fn into_sorted(self) -> Vec<Note> {
        let mut notes: Vec<Note> = self
            .notes
            .into_iter()
            .map(|((file, what, why), (line, times))| Note { file, line, what, why, times })
            .collect();
        notes.sort_by(|a, b| (&a.file, a.line, &a.what).cmp(&(&b.file, b.line, &b.what)));
        notes
    }
}

/// What stood in a file, short enough for a list and safe for a terminal.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
