//! Components of Lyceum while they are written: each has more colons than those
//! inside of it, which is known only at its end.

use super::line::Line;
use super::note::Notes;

/// A lesson has components no deeper in one another. It also bounds the work: each
/// end looks at all that stands inside.
const MAX_DEPTH: usize = 16;

/// The components that are open.
#[derive(Debug, Default)]
pub(super) struct Containers {
    open: Vec<Open>,
    /// What stands deeper than a lesson may have it, by the line of the first one.
    too_deep: Option<usize>,
}

#[derive(Debug)]
struct Open {
    /// What its author called it.
    word: String,
    /// Where its first line stands; `None` if it is left out.
    index: Option<usize>,
    /// What stands behind the colons.
    head: String,
    /// What stands before them.
    prefix: String,
}

impl Containers {
    /// Opens `:::name[label]`; `word` is what closes it.
    pub(super) fn open(
        &mut self,
        out: &mut Vec<Line>,
        word: &str,
        name: &str,
        label: Option<&str>,
        at: &Line,
    ) {
        if self.open.len() >= MAX_DEPTH {
            self.too_deep.get_or_insert(at.at);
            let (head, prefix) = (String::new(), String::new());
            self.open.push(Open { word: word.to_owned(), index: None, head, prefix });
            return;
        }
        let label = label.map(|label| label.trim().replace('\n', " ")).filter(|l| !l.is_empty());
        let label = label.map_or_else(String::new, |label| format!("[{}]", escaped(&label)));
        let prefix = prefix(&at.text).to_owned();
        blank(out, at.at);
        self.open.push(Open {
            word: word.to_owned(),
            index: Some(out.len()),
            head: format!("{name}{label}"),
            prefix,
        });
        out.push(Line::new("", at.at));
    }

    /// The word of the innermost one.
    pub(super) fn innermost(&self) -> Option<&str> {
        self.open.last().map(|open| open.word.as_str())
    }

    /// Closes the innermost one if it is `word`; whether it was.
    pub(super) fn close(&mut self, out: &mut Vec<Line>, word: &str, at: usize) -> bool {
        if self.innermost() != Some(word) {
            return false;
        }
        let Some(open) = self.open.pop() else { return false };
        let Some(index) = open.index else { return true };
        let inside = out.get(index + 1..).unwrap_or_default();
        let longest = inside.iter().map(|line| colons(&line.text)).max().unwrap_or_default();
        let marks = ":".repeat((longest + 1).max(3));
        if let Some(line) = out.get_mut(index) {
            line.text = format!("{}{marks}{}", open.prefix, open.head);
        }
        out.push(Line::new(format!("{}{marks}", open.prefix), at));
        out.push(Line::new("", at));
        true
    }

    /// What is still open at the end of the page is closed there and noted.
    pub(super) fn finish(mut self, out: &mut Vec<Line>, source: &str, notes: &mut Notes) {
        let at = out.last().map_or(1, |line| line.at);
        if let Some(line) = self.too_deep {
            let what = format!("components more than {MAX_DEPTH} deep in one another");
            notes.add(source, line, what, "left out, their text is kept: lessons end there");
        }
        while let Some(word) = self.innermost().map(str::to_owned) {
            let what = format!("`{word}`");
            notes.add(source, at, what, "closed at the end of the page: it has no end");
            self.close(out, &word, at);
        }
    }
}

/// A blank line before a component, unless there is one.
fn blank(out: &mut Vec<Line>, at: usize) {
    if out.last().is_some_and(|last| !last.text.trim().is_empty()) {
        out.push(Line::new("", at));
    }
}

/// A text between the brackets of a component.
pub(super) fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn prefix(line: &str) -> &str {
    let end = line.len() - line.trim_start_matches([' ', '\t', '>']).len();
    line.get(..end).unwrap_or_default()
}

/// How many colons a line begins with, if it is one of a component.
pub(super) fn colons(line: &str) -> usize {
    let count =
        line.trim_start_matches([' ', '\t', '>']).bytes().take_while(|b| *b == b':').count();
    if count >= 3 { count } else { 0 }
}

/// What other tools call their notes, and whether the word says more than ours.
pub(super) fn note_kind(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match word {
        "note" | "secondary" | "default" | "primary" => ("note", None),
        "info" => ("note", Some("Info")),
        "tip" | "hint" => ("tip", None),
        "success" => ("tip", Some("Success")),
        "important" => ("important", None),
        "warning" | "warn" => ("warning", None),
        "caution" => ("caution", None),
        "danger" => ("caution", Some("Danger")),
        "error" => ("caution", Some("Error")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_deeper_than_a_lesson_has_them_are_left_out_and_told() {
        let (mut out, mut open) = (Vec::new(), Containers::default());
        for number in 1..=50_000 {
            open.open(&mut out, "x", "note", None, &Line::new("", number));
        }
        out.push(Line::new("text", 50_001));
        let mut notes = Notes::default();
        open.finish(&mut out, "a.md", &mut notes);
        assert_eq!(out.iter().filter(|line| line.text.ends_with(":note")).count(), MAX_DEPTH);
        assert_eq!(out.first().map(|line| line.text.as_str()), Some("::::::::::::::::::note"));
        let told: Vec<_> =
            notes.into_sorted().into_iter().map(|n| (n.line, n.what, n.why, n.times)).collect();
        let deep = "components more than 16 deep in one another";
        let why = "left out, their text is kept: lessons end there";
        assert_eq!(told[0], (17, deep.to_owned(), why.to_owned(), 1));
        let why = "closed at the end of the page: it has no end";
        assert_eq!(told[1], (50_001, "`x`".to_owned(), why.to_owned(), 50_000));
    }
}
