//! Components of Lyceum while they are written: each has more colons than those
//! inside of it, which is known only at its end.

use super::line::Line;
use super::note::Notes;

/// The components that are open.
#[derive(Debug, Default)]
pub(super) struct Containers {
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    /// What its author called it.
    word: String,
    /// Where its first line stands.
    index: usize,
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
        let label = label.map(|label| label.trim().replace('\n', " ")).filter(|l| !l.is_empty());
        let label = label.map_or_else(String::new, |label| format!("[{}]", escaped(&label)));
        let prefix = prefix(&at.text).to_owned();
        blank(out, at.at);
        self.open.push(Open {
            word: word.to_owned(),
            index: out.len(),
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
        let inside = out.get(open.index + 1..).unwrap_or_default();
        let longest = inside.iter().map(|line| colons(&line.text)).max().unwrap_or_default();
        let marks = ":".repeat((longest + 1).max(3));
        if let Some(line) = out.get_mut(open.index) {
            line.text = format!("{}{marks}{}", open.prefix, open.head);
        }
        out.push(Line::new(format!("{}{marks}", open.prefix), at));
        out.push(Line::new("", at));
        true
    }

    /// What is still open at the end of the page is closed there and noted.
    pub(super) fn finish(mut self, out: &mut Vec<Line>, source: &str, notes: &mut Notes) {
        let at = out.last().map_or(1, |line| line.at);
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
