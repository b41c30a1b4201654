//! Notes that the preprocessor mdbook-admonish makes of blocks of code.
//!
//! Only its words are read; how a note is coloured is the theme's business.

use super::super::alert;
use super::super::line::{FenceTracker, Line, Opening, Role};
use super::super::note::{Notes, quoted};

/// The page with such blocks as alerts.
pub(super) fn alerts(lines: Vec<Line>, source: &str, notes: &mut Notes) -> Vec<Line> {
    let mut fences = FenceTracker::default();
    // What each line of the block that is open begins with.
    let mut open: Option<String> = None;
    let mut out = Vec::new();
    for line in lines {
        match (fences.role(&line.text), &open) {
            (Role::Opening(Opening { prefix, info, .. }), None) => match Header::read(&info) {
                Some(header) => {
                    for word in header.dropped {
                        let what = format!("{} of a note", quoted(word));
                        notes.add(source, line.at, what, "left out: a note stands in the text");
                    }
                    let first = alert::first_line(header.kind, header.title);
                    let first = first.iter().flat_map(|first| first.lines());
                    out.extend(first.map(|text| Line::new(format!("{prefix}{text}"), line.at)));
                    // Behind the marker of a list the note goes on below its text.
                    open = Some(prefix.chars().map(|c| if c == '>' { c } else { ' ' }).collect());
                }
                None => out.push(line),
            },
            (Role::Code, Some(prefix)) => {
                let text =
                    line.text.strip_prefix(prefix.as_str()).unwrap_or(line.text.trim_start());
                out.push(Line::new(format!("{prefix}> {text}").trim_end(), line.at));
            }
            (Role::Closing, Some(prefix)) => {
                out.push(Line::new(prefix.trim_end(), line.at));
                open = None;
            }
            _ => out.push(line),
        }
    }
    out
}

/// What stands behind such a fence: `admonish warning title="Mind" collapsible=true`.
struct Header<'a> {
    kind: &'a str,
    title: Option<&'a str>,
    dropped: Vec<&'a str>,
}

impl<'a> Header<'a> {
    fn read(info: &'a str) -> Option<Self> {
        let rest = info.strip_prefix("admonish")?;
        if !(rest.is_empty() || rest.starts_with([' ', '\t', ',', '.'])) {
            return None;
        }
        // The older way has the title in quotes behind the kind, without a key.
        let quotes = match rest.find("title=") {
            Some(at) => Some(at + "title=".len()),
            None => rest
                .find(['"', '\''])
                .filter(|at| rest.get(..*at).is_some_and(|before| before.ends_with([' ', '\t']))),
        };
        let (before, title, after) = match quotes.and_then(|at| rest.split_at_checked(at)) {
            Some((before, quotes)) => {
                let quote = quotes.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                let (title, after) = quotes.get(1..)?.split_once(quote)?;
                (before.strip_suffix("title=").unwrap_or(before), Some(title), after)
            }
            None => (rest, None, ""),
        };
        let words = |text: &'a str| text.split([' ', '\t', ',']).filter(|word| !word.is_empty());
        let mut dropped: Vec<&str> = words(before).chain(words(after)).collect();
        let first = dropped.first().copied().filter(|word| !word.contains('='));
        let kind = first.map_or("note", |word| word.split('.').next().unwrap_or_default());
        if first.is_some() {
            dropped.remove(0);
        }
        Some(Self { kind: if kind.is_empty() { "note" } else { kind }, title, dropped })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::line::{joined, lines_of};
    use super::*;

    fn check(text: &str, expected: &str) -> Vec<String> {
        let mut notes = Notes::default();
        assert_eq!(joined(&alerts(lines_of(text), "src/a.md", &mut notes)), expected);
        notes.into_sorted().into_iter().map(|note| note.what).collect()
    }

    #[test]
    fn a_block_for_the_preprocessor_becomes_an_alert() {
        check(
            "```admonish\nA *note*.\n\nMore.\n```\nb\n",
            "> [!NOTE]\n> A *note*.\n>\n> More.\n\nb\n",
        );
        check("```admonish warning title='Mind'\na\n```\n", "> [!WARNING] Mind\n> a\n\n");
        check("```admonish tip \"See *x*\"\na\n```\n", "> [!TIP] See x\n> a\n\n");
        check("```admonish title=\"T\"\na\n```\n", "> [!NOTE] T\n> a\n\n");
        check("```admonish bug.red\na\n```\n", "> [!CAUTION] Bug\n> a\n\n");
        check("- ```admonish tip\n  a\n  ```\n", "- > [!TIP]\n  > a\n\n");
    }

    #[test]
    fn code_inside_of_one_stays_code() {
        check("~~~admonish tip\n```rust\na\n```\n~~~\n", "> [!TIP]\n> ```rust\n> a\n> ```\n\n");
    }

    #[test]
    fn what_a_note_can_not_do_is_noted() {
        let notes =
            check("```admonish tip collapsible=true id=\"x\"\na\n```\n", "> [!TIP]\n> a\n\n");
        assert_eq!(notes, ["`collapsible=true` of a note", "`id=\\\"x\\\"` of a note"]);
    }

    #[test]
    fn other_code_stays_as_it_is() {
        for text in [
            "```admonishment\na\n```\n",
            "```rust\n```admonish\n```\n",
            "a `admonish` b\n",
            "```admonish \"a\n",
        ] {
            check(text, text);
        }
    }
}
