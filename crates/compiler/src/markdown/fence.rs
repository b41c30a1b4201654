//! The line behind a code fence: `rust,ignore {1,3-5} title="main.rs" lines diff`.
//!
//! Words that mean nothing here are left alone, since other tools put theirs there
//! too; what is nearly one of ours, or can't be read, is told.

use std::ops::RangeInclusive;

use crate::diagnostic::did_you_mean;
use crate::diagnostic::shown::shown_at_most;

/// What may stand behind the language.
const OPTIONS: [&str; 7] = ["title", "alt", "lines", "mark", "hide", "diff", "include"];

/// More ranges than anyone writes; a line of a million ends here.
const MAX_RANGES: usize = 100;

/// What an author says behind the fence.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fence {
    /// In lower case; empty if none is said.
    pub(super) language: String,
    pub(super) title: Option<String>,
    /// What a diagram shows, for those who can't see it.
    pub(super) alt: Option<String>,
    /// The number of the first line, if lines are numbered.
    pub(super) first_line: Option<usize>,
    /// Lines to point out, counted from 1.
    pub(super) marked: Vec<RangeInclusive<usize>>,
    /// Lines that are shown on demand.
    pub(super) hidden: Vec<RangeInclusive<usize>>,
    /// Whether a `+` or `-` before a line says that it came or went.
    pub(super) is_diff: bool,
    /// The file that the code is taken from.
    pub(super) include: Option<String>,
    /// What could not be understood, and a way out.
    pub(super) problems: Vec<(String, String)>,
}

impl Fence {
    /// Whether any line is to be told apart from the others.
    pub(super) fn has_lines(&self) -> bool {
        self.first_line.is_some()
            || self.is_diff
            || !self.marked.is_empty()
            || !self.hidden.is_empty()
    }
}

/// Reads what stands behind a fence.
pub(super) fn parse(info: &str) -> Fence {
    let end = info.find(|c: char| c.is_whitespace() || matches!(c, ',' | '{'));
    let (language, rest) = info.split_at(end.unwrap_or(info.len()));
    let mut fence = Fence::default();
    // Longer than any name of a language: the author wrote something else.
    if language.chars().count() <= 40 {
        fence.language = language.to_lowercase();
    }
    for (name, value) in words(rest) {
        fence.option(&name, value);
    }
    fence
}

impl Fence {
    fn option(&mut self, name: &str, value: Option<String>) {
        let is_ranges = |name: &str| name.starts_with(|c: char| c.is_ascii_digit());
        match (name, value) {
            ("title", Some(title)) if title.is_empty() => {}
            ("title", Some(title)) => self.title = Some(title),
            ("alt", Some(alt)) if alt.is_empty() => {}
            ("alt", Some(alt)) => self.alt = Some(alt),
            ("include", Some(file)) => self.include = Some(file),
            ("lines", None) => self.first_line = Some(1),
            ("lines", Some(first)) => match first.parse() {
                Ok(first @ 0..=1_000_000) => self.first_line = Some(first),
                _ => self.problem(
                    format!("`lines` is the number of the first line, not `{}`", shown(&first)),
                    "write `lines=10`, or `lines` alone",
                ),
            },
            ("diff", None) => self.is_diff = true,
            ("mark" | "hl_lines", Some(ranges)) => self.ranges(&ranges, |fence| &mut fence.marked),
            ("hide", Some(ranges)) => self.ranges(&ranges, |fence| &mut fence.hidden),
            (ranges, None) if is_ranges(ranges) => {
                self.ranges(ranges, |fence| &mut fence.marked);
            }
            (name, _) if OPTIONS.contains(&name) => self.problem(
                format!("`{name}` is not written so"),
                "see the author's guide: `title=\"…\"`, `lines`, `mark=\"1,3-5\"`, `hide=\"1\"`, `diff`, `include=\"…\"`",
            ),
            (name, Some(_)) => {
                if let Some(near) = did_you_mean(name, OPTIONS) {
                    let message = format!("a code fence has no option `{}`", shown(name));
                    self.problem(message, &format!("did you mean `{near}`?"));
                }
            }
            (_, None) => {}
        }
    }

    fn ranges(
        &mut self,
        written: &str,
        into: impl Fn(&mut Self) -> &mut Vec<RangeInclusive<usize>>,
    ) {
        for part in written.split([',', ' ']).filter(|part| !part.is_empty()).take(MAX_RANGES) {
            let (start, end) = part.split_once('-').unwrap_or((part, part));
            match (start.trim().parse::<usize>(), end.trim().parse::<usize>()) {
                (Ok(start), Ok(end)) if 0 < start && start <= end => into(self).push(start..=end),
                _ => self.problem(
                    format!("`{}` are no lines", shown(part)),
                    "lines are written `1,3-5`, counted from 1",
                ),
            }
        }
    }

    fn problem(&mut self, message: String, hint: &str) {
        if self.problems.len() < MAX_RANGES {
            self.problems.push((message, hint.to_owned()));
        }
    }
}

/// `name`, `name=value` and `name="a value"`, parted by blanks, commas or braces.
/// A group `{1,3-5}` is one word.
fn words(text: &str) -> Vec<(String, Option<String>)> {
    let mut words = Vec::new();
    let mut rest = text;
    while words.len() < MAX_RANGES {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '}'));
        if let Some(group) = rest.strip_prefix('{') {
            let inside = group.split('}').next().unwrap_or_default();
            if inside.starts_with(|c: char| c.is_ascii_digit()) {
                words.push((inside.to_owned(), None));
                rest = group.get(inside.len()..).unwrap_or_default();
            } else {
                rest = group;
            }
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}' | '='));
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        let Some(after) = after.strip_prefix('=') else {
            if name.is_empty() {
                break;
            }
            words.push((name.to_owned(), None));
            rest = after;
            continue;
        };
        let (value, after) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = after.get(1..).unwrap_or_default();
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            _ => {
                let end = after.find([' ', '\t', ',', '}']).unwrap_or(after.len());
                after.split_at(end)
            }
        };
        words.push((name.to_owned(), Some(value.to_owned())));
        rest = after;
    }
    words
}

fn shown(text: &str) -> String {
    shown_at_most(text, 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_behind_a_fence_is_read() {
        for (info, language, title) in [
            ("", "", None),
            ("rust", "rust", None),
            ("Rust,ignore,should_panic", "rust", None),
            ("c++", "c++", None),
            ("rust {title=\"src/main.rs\"}", "rust", Some("src/main.rs")),
            ("{title=\"notes\"}", "", Some("notes")),
            ("toml title='a b'", "toml", Some("a b")),
            ("toml,title=site.toml", "toml", Some("site.toml")),
            ("rust {title=\"\"}", "rust", None),
        ] {
            let title = title.map(str::to_owned);
            let fence = Fence { language: language.to_owned(), title, ..Fence::default() };
            assert_eq!(parse(info), fence, "{info}");
        }
        assert_eq!(parse(&"x".repeat(41)).language, "");
    }

    #[test]
    fn lines_are_numbered_marked_and_hidden() {
        let fence = parse("rust {1,3-5} lines=10 hide=\"2 7-8\" diff include=a.rs#b");
        assert_eq!(fence.marked, [1..=1, 3..=5]);
        assert_eq!((fence.first_line, fence.is_diff), (Some(10), true));
        assert_eq!(fence.hidden, [2..=2, 7..=8]);
        assert_eq!(fence.include.as_deref(), Some("a.rs#b"));
        assert_eq!(fence.problems, []);
        assert_eq!(parse("py hl_lines=\"1-2\" lines").marked, [1..=2]);
    }

    #[test]
    fn what_can_not_be_understood_is_told_and_what_is_not_ours_is_left() {
        let told = |info: &str| {
            let problems = parse(info).problems;
            problems
                .into_iter()
                .map(|(message, hint)| format!("{message} | {hint}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(told("rust linenums=\"1\" edition2021 playground"), Vec::<String>::new());
        assert_eq!(
            told("rust titel=\"a\""),
            ["a code fence has no option `titel` | did you mean `title`?"]
        );
        assert_eq!(
            told("rust {3-1}"),
            ["`3-1` are no lines | lines are written `1,3-5`, counted from 1"]
        );
        assert_eq!(
            told("rust mark=0"),
            ["`0` are no lines | lines are written `1,3-5`, counted from 1"]
        );
        assert_eq!(
            told("rust lines=x"),
            [
                "`lines` is the number of the first line, not `x` | write `lines=10`, or `lines` alone"
            ]
        );
        assert_eq!(told("rust diff=1").len(), 1);
    }
}
