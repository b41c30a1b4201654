//! What we tell an author about their content: data, not an exception.
//!
//! A diagnostic carries facts and one sentence; how it looks on a terminal or
//! in JSON is the business of the command line.

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use crate::diagnostic::code::Code;
use crate::diagnostic::fix::Fix;
use crate::source_path::SourcePath;

pub mod code;
pub mod fix;
pub mod policy;
pub mod shown;

/// The longest line that is quoted: more would not help to find the place, and a
/// hostile file could fill the memory with copies of one line.
const MAX_QUOTED_BYTES: usize = 4096;

/// So many names are compared with a misspelt one: a folder may hold ten thousand,
/// and each of its files may misspell one.
const MAX_CANDIDATES: usize = 500;

/// One thing worth telling the author.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The file it is about.
    pub path: SourcePath,
    /// Where in the file; `None` when it is about the file as a whole.
    pub span: Option<Span>,
    /// Whether it fails the build.
    pub severity: Severity,
    /// What kind of diagnostic it is.
    pub code: Code,
    /// What is wrong: lower case, no full stop, what can be typed in backticks.
    pub message: String,
    /// The way out, where we know it.
    pub hint: Option<String>,
    /// The line of the file that `span` points into, without its line ending.
    pub source_line: Option<String>,
    /// The mend, if one is certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// Whether a diagnostic fails the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// The build goes on.
    Warning,
}

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The line.
    pub line: usize,
    /// The first column.
    pub column: usize,
    /// How many characters it covers on that line; at least 1.
    pub length: usize,
}

impl Diagnostic {
    /// About a file as a whole, with the severity of its kind.
    #[must_use]
    pub fn new(path: &SourcePath, code: Code, message: impl Into<String>) -> Self {
        Self {
            path: path.clone(),
            span: None,
            severity: code.severity(),
            code,
            message: message.into(),
            hint: None,
            source_line: None,
            fix: None,
        }
    }

    /// Points into the file; `text` is the whole file, to quote the line from.
    /// A line that fills more than a few screens is not quoted.
    #[must_use]
    pub fn at(mut self, text: &str, span: Span) -> Self {
        self.source_line = text
            .lines()
            .nth(span.line.saturating_sub(1))
            .map(str::trim_end)
            .filter(|line| line.len() <= MAX_QUOTED_BYTES)
            .map(str::to_owned);
        self.span = Some(span);
        self
    }

    /// Adds the mend that is certain: `replacement` over the bytes `place` of the
    /// file's text. `what` says what it does, as `write \`access\``.
    #[must_use]
    pub fn fixed_by(
        mut self,
        place: &Range<usize>,
        replacement: impl Into<String>,
        what: impl Into<String>,
    ) -> Self {
        self.fix = Some(Fix {
            what: what.into(),
            start: place.start,
            end: place.end,
            replacement: replacement.into(),
        });
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Span {
    /// The place of the bytes `start..end` of `text`, cut at the end of its line.
    ///
    /// Offsets past the end or inside a character are moved back to a boundary.
    #[must_use]
    pub fn of_bytes(text: &str, start: usize, end: usize) -> Self {
        let start = text.floor_char_boundary(start);
        let before = text.get(..start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end =
            text.get(start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |n| start + n);
        let end = text.floor_char_boundary(end.clamp(start, line_end));
        let chars = |range: Range<usize>| text.get(range).map_or(0, |s| s.chars().count());
        Self {
            line: before.matches('\n').count() + 1,
            column: chars(line_start..start) + 1,
            length: chars(start..end).max(1),
        }
    }
}

/// Whether any of them fails the build.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The candidate nearest to a misspelt word, if one is near enough to be meant:
/// at most a third of its letters differ, and one does: what is wrong with a word that
/// is spelt as its author wrote it is not its spelling.
#[must_use]
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let length = word.chars().count();
    let near_in_length = |candidate: &&str| {
        let other = candidate.chars().count();
        length.abs_diff(other) * 3 <= other.max(3)
    };
    candidates
        .into_iter()
        .filter(near_in_length)
        .filter(|candidate| *candidate != word)
        .take(MAX_CANDIDATES)
        .map(|candidate| (edit_distance(word, candidate), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| *distance * 3 <= candidate.chars().count().max(3))
        .map(|(_, candidate)| candidate)
}

/// The candidate that a misspelt word means beyond doubt: near enough, and no other
/// is as near. Among very many candidates there is always a doubt.
#[must_use]
pub fn surely_meant<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    if candidates.len() > MAX_CANDIDATES {
        return None;
    }
    let near = did_you_mean(word, candidates.iter().copied())?;
    let distance = edit_distance(word, near);
    let mut others = candidates.iter().filter(|other| **other != near);
    (!others.any(|other| edit_distance(word, other) <= distance)).then_some(near)
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of
/// neighbours each cost one.
fn edit_distance(left: &str, right: &str) -> usize {
    // A typo is not longer than a word; this bounds the work on hostile input.
    let left: Vec<char> = left.chars().take(64).collect();
    let right: Vec<char> = right.chars().take(64).collect();
    // What both begin with costs nothing; names of a folder are much alike.
    let same = left.iter().zip(&right).take_while(|(l, r)| l == r).count();
    let (left, right) =
        (left.get(same..).unwrap_or_default(), right.get(same..).unwrap_or_default());
    let mut rows = vec![(0..=right.len()).collect::<Vec<_>>()];
    for (i, l) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, r) in right.iter().enumerate() {
            let cell = |row: Option<&Vec<usize>>, column: usize| {
                row.and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX / 2)
            };
            let swapped =
                i > 0 && j > 0 && left.get(i - 1) == Some(r) && right.get(j - 1) == Some(l);
            let best = (cell(Some(&row), j) + 1)
                .min(cell(rows.get(i), j + 1) + 1)
                .min(cell(rows.get(i), j) + usize::from(l != r))
                .min(if swapped { cell(rows.get(i - 1), j - 1) + 1 } else { usize::MAX });
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_counts_lines_and_characters_from_one() {
        let text = "title: 你好\naccess: piad\n";
        let start = text.find("piad").unwrap();
        assert_eq!(Span::of_bytes(text, start, start + 4), Span { line: 2, column: 9, length: 4 });
        let start = text.find('好').unwrap();
        assert_eq!(Span::of_bytes(text, start, 999), Span { line: 1, column: 9, length: 1 });
        assert_eq!(Span::of_bytes("", 5, 9), Span { line: 1, column: 1, length: 1 });
    }

    #[test]
    fn what_was_told_can_be_kept_and_told_again() {
        let path = SourcePath::new("content/a.md");
        let told = Diagnostic::new(&path, Code::UnknownKey, "unknown key `acess`")
            .at("acess: free", Span { line: 1, column: 1, length: 5 })
            .fixed_by(&(0..5), "access", "write `access`")
            .hint("did you mean `access`?");
        for told in [told, Diagnostic::new(&path, Code::NoPrice, "\u{1b} 价")] {
            let kept = serde_json::to_string(&told).unwrap();
            assert_eq!(serde_json::from_str::<Diagnostic>(&kept).unwrap(), told);
        }
        assert!(serde_json::from_str::<Code>("\"no-such-code\"").is_err());
    }

    #[test]
    fn a_near_miss_is_guessed_and_a_far_one_is_not() {
        let keys = ["access", "title", "summary"];
        assert_eq!(did_you_mean("acess", keys), Some("access"));
        assert_eq!(did_you_mean("tilte", keys), Some("title"));
        assert_eq!(did_you_mean("price", keys), None);
        assert_eq!(did_you_mean("title", ["title"]), None);
    }

    #[test]
    fn of_two_words_as_near_none_is_surely_meant() {
        assert_eq!(surely_meant("acess", &["access", "title"]), Some("access"));
        assert_eq!(surely_meant("bate", &["date", "rate"]), None);
        assert_eq!(surely_meant("price", &["access", "title"]), None);
    }
}
