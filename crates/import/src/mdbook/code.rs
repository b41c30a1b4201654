//! Blocks of code as mdBook writes them: words behind the fence that steer a
//! playground, and lines that are hidden from the reader.

use std::collections::BTreeMap;

use super::super::line::{FenceTracker, Line, Opening, Role, ranges};
use super::super::note::Notes;

/// What hidden lines begin with, by language, as `book.toml` says.
pub(super) type HiddenMarks = BTreeMap<String, String>;

/// The page with its code as lessons have it: hidden lines stand there, and the
/// fence says which they are.
pub(super) fn plain_code(
    lines: Vec<Line>,
    marks: &HiddenMarks,
    source: &str,
    notes: &mut Notes,
) -> Vec<Line> {
    let mut fences = FenceTracker::default();
    let mut hidden = Hidden::Nothing;
    // The block that is open: where its fence stands, and which lines are hidden.
    let mut fence = 0;
    let mut numbers = Vec::new();
    let mut out: Vec<Line> = Vec::new();
    for line in lines {
        match fences.role(&line.text) {
            Role::Opening(opening) => {
                let info = Info::read(&opening, marks);
                for word in &info.dropped {
                    let what = format!("`{word}` behind a fence");
                    let why = "left out: lessons show code and don't run it";
                    notes.add(source, line.at, what, why);
                }
                hidden = info.hidden;
                fence = out.len();
                numbers.clear();
                let Opening { prefix, fence, .. } = opening;
                out.push(Line::new(format!("{prefix}{fence}{}", info.written), line.at));
            }
            Role::Code => {
                let (text, shown) = hidden.read(&line.text);
                out.push(Line::new(text, line.at));
                if shown == Shown::OnDemand {
                    numbers.push(out.len() - 1 - fence);
                }
            }
            Role::Text | Role::Closing => {
                hide(&mut out, fence, &numbers);
                numbers.clear();
                out.push(line);
            }
        }
    }
    // A block that is never closed.
    hide(&mut out, fence, &numbers);
    out
}

/// Says behind a fence which lines are hidden.
fn hide(out: &mut [Line], fence: usize, numbers: &[usize]) {
    if let Some(line) = out.get_mut(fence).filter(|_| !numbers.is_empty()) {
        line.text += &format!(" hide=\"{}\"", ranges(numbers));
    }
}

/// Whether a reader sees a line at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    AtOnce,
    OnDemand,
}

/// Which lines of a block are hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Hidden {
    Nothing,
    /// `# ` as in Rust's documentation.
    Rust,
    /// Lines that begin with this.
    Behind(String),
}

impl Hidden {
    /// The line without the mark that hides it.
    fn read(&self, line: &str) -> (String, Shown) {
        let bare = line.trim_start_matches([' ', '\t', '>']);
        let indentation = line.get(..line.len() - bare.len()).unwrap_or_default();
        let hidden = |rest: &str| (format!("{indentation}{rest}"), Shown::OnDemand);
        let found = match self {
            Self::Nothing => None,
            Self::Behind(mark) => bare.strip_prefix(mark.as_str()).map(hidden),
            Self::Rust => match bare.strip_prefix('#') {
                Some(rest) if rest.starts_with('#') => {
                    Some((format!("{indentation}{rest}"), Shown::AtOnce))
                }
                Some("") => Some(hidden("")),
                Some(rest) => rest.strip_prefix(' ').map(hidden),
                None => None,
            },
        };
        found.unwrap_or_else(|| (line.to_owned(), Shown::AtOnce))
    }
}

/// What stands behind a fence.
struct Info {
    written: String,
    hidden: Hidden,
    dropped: Vec<String>,
}

impl Info {
    fn read(opening: &Opening, marks: &HiddenMarks) -> Self {
        let info = opening.info.as_str();
        let end = info.find(|c: char| c.is_whitespace() || matches!(c, ',' | '{'));
        let (language, rest) =
            info.split_at_checked(end.unwrap_or(info.len())).unwrap_or((info, ""));
        let mut hidden = match marks.get(language) {
            Some(mark) => Hidden::Behind(mark.clone()),
            None if language == "rust" => Hidden::Rust,
            None => Hidden::Nothing,
        };
        let mut dropped = Vec::new();
        let (title, rest) = without_title(rest);
        let words = rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}'));
        for word in words.filter(|word| !word.is_empty()) {
            if let Some(mark) = word.strip_prefix("hidelines=") {
                hidden = Hidden::Behind(mark.trim_matches('"').to_owned());
            } else {
                dropped.push(word.to_owned());
            }
        }
        let written = match title {
            Some(title) => format!("{language} {{title={title}}}"),
            None => language.to_owned(),
        };
        Self { written, hidden, dropped }
    }
}

/// Takes `title="…"` out of the words.
fn without_title(words: &str) -> (Option<String>, String) {
    let found = words.split_once("title=\"").and_then(|(before, rest)| {
        let (title, after) = rest.split_once('"')?;
        Some((Some(format!("\"{title}\"")), format!("{before}{after}")))
    });
    found.unwrap_or_else(|| (None, words.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::super::line::{joined, lines_of};
    use super::*;

    fn check(text: &str, expected: &str) -> Vec<String> {
        let mut notes = Notes::default();
        let marks = HiddenMarks::from([("js".to_owned(), "~".to_owned())]);
        let lines = plain_code(lines_of(text), &marks, "src/a.md", &mut notes);
        assert_eq!(joined(&lines), expected);
        notes.into_sorted().into_iter().map(|note| note.what).collect()
    }

    #[test]
    fn hidden_lines_are_hidden_lines_of_the_lesson_and_attributes_stay() {
        let notes = check(
            "```rust\n# use x;\n#\n#[derive(Debug)]\n#![allow(x)]\n    # let a = 1;\n## b\n```\n# Text\n",
            "```rust hide=\"1-2,5\"\nuse x;\n\n#[derive(Debug)]\n#![allow(x)]\n    let a = 1;\n# b\n```\n# Text\n",
        );
        assert!(notes.is_empty(), "{notes:?}");
        check("```sh\n# comment\n```\n", "```sh\n# comment\n```\n");
        check("```js\n~a\nb\n```\n", "```js hide=\"1\"\na\nb\n```\n");
        check("```python,hidelines=~\n~a\nb\n```\n", "```python hide=\"1\"\na\nb\n```\n");
        check("```rust\n# never closed\n", "```rust hide=\"1\"\nnever closed\n");
    }

    #[test]
    fn words_for_the_playground_are_noted_once_and_left_out() {
        let notes = check(
            "```rust,ignore,should_panic\n```\n- ```rust {.line-numbers} ignore\n  ```\n",
            "```rust\n```\n- ```rust\n  ```\n",
        );
        assert_eq!(
            notes,
            [
                "`ignore` behind a fence",
                "`should_panic` behind a fence",
                "`.line-numbers` behind a fence"
            ]
        );
        assert!(
            check("```toml title=\"a b.toml\"\n```\n", "```toml {title=\"a b.toml\"}\n```\n")
                .is_empty()
        );
    }
}
