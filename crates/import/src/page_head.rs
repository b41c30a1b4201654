//! What stands above a page's text: front matter of other tools, and the heading
//! that repeats the title.

use super::front_matter;
use super::line::Line;
use super::note::{Notes, quoted};
use super::prose;
use super::tag;
use super::yaml;

/// What was found above the text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) title: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) tags: Vec<String>,
}

/// More lines are no front matter.
const MAX_LINES: usize = 200;

/// Where `key: value` lines without marks around them end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    /// At a blank line; otherwise they are text.
    AtBlankLine,
    /// At the first line that isn't one, as in MkDocs.
    AtText,
}

/// Cuts front matter off: between `---`, or as `key: value` lines directly at
/// the top, as MultiMarkdown has them. Other keys than title and description
/// are noted.
pub(super) fn cut(
    lines: Vec<Line>,
    bare: Bare,
    source: &str,
    notes: &mut Notes,
) -> (Vec<Line>, Head) {
    let Some(end) = end_of_head(&lines, bare) else {
        return (lines, Head::default());
    };
    let mut head = Head::default();
    for (index, line) in lines.iter().enumerate().take(end) {
        let is_nested = line.text.starts_with([' ', '\t', '-', '#']);
        let Some((key, value)) = line.text.split_once(':').filter(|_| !is_nested) else {
            continue;
        };
        let value = value.trim().trim_matches(['"', '\'']).trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "title" if !value.is_empty() => head.title = Some(prose::plain(value)),
            "description" | "summary" if !value.is_empty() => head.summary = Some(value.to_owned()),
            "tags" => {
                let below = lines.get(index + 1..end).unwrap_or_default();
                head.tags = tag::valid(tags(&line.text, below), source, notes);
            }
            key => {
                let why = "left out: a lesson has no such key";
                notes.add(source, line.at, format!("front matter {}", quoted(key)), why);
            }
        }
    }
    (lines.into_iter().skip(end).collect(), head)
}

/// The tags of a head: a list in YAML, or words between commas.
fn tags(line: &str, below: &[Line]) -> Vec<String> {
    let mut text = format!("{}\n", line.replacen(':', ": ", 1));
    for line in below.iter().take_while(|line| line.text.starts_with([' ', '\t', '-'])) {
        if matches!(line.text.trim_end(), "---") {
            break;
        }
        text += &format!("{}\n", line.text);
    }
    let mut values = match yaml::read(&text) {
        Ok(serde_json::Value::Object(values)) => values,
        _ => return vec![text.split_once(':').map_or("", |(_, rest)| rest).trim().to_owned()],
    };
    let key = values.keys().next().cloned().unwrap_or_default();
    match values.remove(&key) {
        Some(serde_json::Value::Array(items)) => {
            items.iter().filter_map(front_matter::words).collect()
        }
        Some(value) => front_matter::words(&value)
            .map(|words| words.split(',').map(|word| word.trim().to_owned()).collect())
            .unwrap_or_default(),
        None => Vec::new(),
    }
}

/// How many lines the head has; `None` if there is none.
fn end_of_head(lines: &[Line], bare: Bare) -> Option<usize> {
    let first = lines.first()?.text.trim_end();
    if first == "---" {
        let closing = lines
            .iter()
            .take(MAX_LINES)
            .skip(1)
            .position(|line| matches!(line.text.trim_end(), "---" | "..."))?;
        let inner = lines.get(1..=closing).unwrap_or_default();
        // A rule at the top of a page, and another one further down.
        let is_head = inner.iter().any(|line| is_key(&line.text));
        return is_head.then_some(closing + 2);
    }
    if bare == Bare::AtText {
        let mut head = lines.iter().take(MAX_LINES);
        let fits = |line: &Line| is_loose_key(&line.text) || line.text.starts_with("    ");
        let end = head.position(|line| !fits(line)).unwrap_or(lines.len().min(MAX_LINES));
        return is_loose_key(first).then_some(end);
    }
    if !is_key(first) {
        return None;
    }
    let end = lines.iter().take(MAX_LINES).position(|line| line.text.trim().is_empty())?;
    let fits = |line: &Line| is_key(&line.text) || line.text.starts_with("    ");
    lines.iter().take(end).all(fits).then_some(end)
}

/// The same without a space behind the colon.
fn is_loose_key(line: &str) -> bool {
    let is_address = line.split_once(':').is_some_and(|(_, value)| value.starts_with("//"));
    !is_address && is_key(&line.replacen(':', ": ", 1))
}

/// `key: value` with a key of one word, and no address.
fn is_key(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, value)| {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        !key.is_empty() && key.chars().all(fits) && (value.is_empty() || value.starts_with(' '))
    })
}

/// Takes the first heading off if it says what the title says. Answers the
/// heading, for links that lead to it.
pub(super) fn without_title(mut lines: Vec<Line>, title: &str) -> (Vec<Line>, Option<String>) {
    let Some(first) = lines.iter().position(|line| !line.text.trim().is_empty()) else {
        return (lines, None);
    };
    let under = lines.get(first + 1).map(|line| line.text.trim().to_owned()).unwrap_or_default();
    let is_underlined =
        under.len() >= 2 && (under.bytes().all(|b| b == b'=') || under.bytes().all(|b| b == b'-'));
    let text = lines.get(first).map(|line| line.text.clone()).unwrap_or_default();
    let (heading, count) = match prose::heading(&text) {
        Some((_, heading)) => (heading.to_owned(), 1),
        None if is_underlined => (text.trim().to_owned(), 2),
        None => return (lines, None),
    };
    let words = prose::plain(&heading);
    // Capitals and signs differ between a heading and a table of contents.
    let letters = |text: &str| {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    if letters(&words) != letters(title) || letters(title).is_empty() {
        return (lines, None);
    }
    lines.drain(first..first + count);
    (lines, Some(words))
}

#[cfg(test)]
mod tests {
    use super::super::line::{joined, lines_of};
    use super::*;

    fn check(text: &str, rest: &str) -> (Head, Vec<String>) {
        let mut notes = Notes::default();
        let (lines, head) = cut(lines_of(text), Bare::AtBlankLine, "a.md", &mut notes);
        assert_eq!(joined(&lines), rest);
        (head, notes.into_sorted().into_iter().map(|note| note.what).collect())
    }

    #[test]
    fn front_matter_of_other_tools_is_cut_and_noted() {
        let (head, notes) = check(
            "---\ntitle: \"A `b`\"\ndescription: Short.\ntags:\n  - x\n---\nText\n",
            "Text\n",
        );
        assert_eq!(head.title.as_deref(), Some("A b"));
        assert_eq!(head.summary.as_deref(), Some("Short."));
        assert_eq!(head.tags, ["x"]);
        assert!(notes.is_empty(), "{notes:?}");
        let (head, _) = check("tags: a, y\nauthor: x\n\nText\n", "\nText\n");
        assert_eq!(head.tags, ["a", "y"]);
        let (_, notes) = check("author: Ada, Bob\ndisqus: x\n\nText\n", "\nText\n");
        assert_eq!(notes, ["front matter `author`", "front matter `disqus`"]);
    }

    #[test]
    fn the_head_of_a_mkdocs_page_ends_where_its_text_begins() {
        let rest = |text: &str| {
            let (lines, _) = cut(lines_of(text), Bare::AtText, "a.md", &mut Notes::default());
            joined(&lines)
        };
        assert_eq!(rest("author: Ada\nText: more\n\nb\n"), "\nb\n");
        assert_eq!(rest("author:Ada,\n    Bob\nText\n"), "Text\n");
        assert_eq!(rest("https://a.test\n"), "https://a.test\n");
        assert_eq!(rest("Text\n"), "Text\n");
    }

    #[test]
    fn what_only_looks_like_front_matter_stays() {
        for text in [
            "---\n\nText\n\n---\n",
            "Note: a sentence.\nAnd more.\n\nb\n",
            "http://a.test\n\nb\n",
            "a: b\n",
        ] {
            let (head, notes) = check(text, text);
            assert_eq!((head, notes.len()), (Head::default(), 0));
        }
    }

    #[test]
    fn a_heading_that_repeats_the_title_is_taken_off() {
        let cases = [
            ("\n# The `match`\n\na\n", "The match", "\n\na\n", true),
            ("A\n===\nb\n", "A", "b\n", true),
            ("## What Is It?\na\n", "What is it", "a\n", true),
            ("# ?\n", "!", "# ?\n", false),
            ("# Other\n", "A", "# Other\n", false),
            ("Text\n# A\n", "A", "Text\n# A\n", false),
            ("", "A", "", false),
        ];
        for (text, title, rest, is_taken) in cases {
            let (lines, heading) = without_title(lines_of(text), title);
            assert_eq!((joined(&lines).as_str(), heading.is_some()), (rest, is_taken));
        }
    }
}
