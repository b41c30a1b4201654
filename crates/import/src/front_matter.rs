//! Front matter of site generators: YAML between `---`, TOML between `+++`, or a
//! JSON object, read into one kind of value.
//!
//! What a lesson has no key for is noted when it was not asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::line::{Line, joined};
use super::note::{Notes, quoted};
use super::prose;
use super::yaml;

/// Longer front matter was not written by hand.
const MAX_LINES: usize = 1000;

/// The front matter of one page.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    values: BTreeMap<String, Value>,
    asked: BTreeSet<String>,
}

impl FrontMatter {
    /// Cuts it off the lines of a page. What can't be read is noted and left out.
    pub(super) fn cut(lines: Vec<Line>, source: &str, notes: &mut Notes) -> (Self, Vec<Line>) {
        let Some((kind, end)) = extent(&lines) else { return (Self::default(), lines) };
        let inner = match kind {
            Kind::Json => lines.get(..end),
            Kind::Yaml | Kind::Toml => lines.get(1..end.saturating_sub(1)),
        };
        let text = joined(inner.unwrap_or_default());
        let rest = lines.iter().skip(end).cloned().collect();
        match parsed(kind, &text) {
            Some(Value::Object(values)) => {
                let values = values.into_iter().map(|(key, value)| (key.to_lowercase(), value));
                (Self { values: values.collect(), asked: BTreeSet::new() }, rest)
            }
            // Empty front matter.
            Some(Value::Null) => (Self::default(), rest),
            Some(_) | None => {
                notes.add(source, 1, "front matter", "left out: it can't be read");
                (Self::default(), rest)
            }
        }
    }

    /// A text that is not empty, under the first of the keys that has one.
    pub(super) fn text(&mut self, keys: &[&str]) -> Option<String> {
        let texts: Vec<Option<String>> = keys.iter().map(|key| words(self.value(key)?)).collect();
        texts.into_iter().flatten().find(|text| !text.is_empty())
    }

    /// Texts of a list, or one alone.
    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some(Value::Array(values)) => values.iter().filter_map(words).collect(),
            Some(value) => words(value).filter(|word| !word.is_empty()).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The same, where a text alone holds words parted by blanks, as in Jekyll.
    pub(super) fn words(&mut self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
            _ => self.texts(key),
        }
    }

    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        let value = self.value(key)?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        value.as_bool().or_else(|| value.as_str()?.trim().parse().ok())
    }

    /// The keys that nobody asked for are noted.
    pub(super) fn note_rest(&self, source: &str, notes: &mut Notes) {
        for key in self.values.keys().filter(|key| !self.asked.contains(*key)) {
            let why = "left out: a lesson has no such key";
            notes.add(source, 1, format!("front matter {}", quoted(key)), why);
        }
    }

    fn value(&mut self, key: &str) -> Option<&Value> {
        self.asked.insert(key.to_owned());
        self.values.get(key)
    }
}

/// A file of settings by its ending.
pub(super) fn settings(path: &str, text: &str) -> Option<Value> {
    let kind = match path.rsplit_once('.').map(|(_, extension)| extension)? {
        "toml" => Kind::Toml,
        "json" => Kind::Json,
        _ => Kind::Yaml,
    };
    parsed(kind, text.strip_prefix('\u{feff}').unwrap_or(text))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Yaml,
    Toml,
    Json,
}

fn parsed(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Yaml if text.trim().is_empty() => Some(Value::Null),
        Kind::Yaml => yaml::read(text).ok(),
        Kind::Toml => serde_json::to_value(text.parse::<toml::Table>().ok()?).ok(),
        Kind::Json => serde_json::from_str(text).ok(),
    }
}

/// What kind of front matter there is, and how many lines it takes.
fn extent(lines: &[Line]) -> Option<(Kind, usize)> {
    let first = lines.first()?.text.trim_end();
    let (kind, mark) = match first {
        "---" => (Kind::Yaml, "---"),
        "+++" => (Kind::Toml, "+++"),
        _ if first.starts_with('{') && !first.starts_with("{{") && !first.starts_with("{%") => {
            (Kind::Json, "}")
        }
        _ => return None,
    };
    let closes = |line: &Line| line.text.trim_end() == mark;
    let at = lines.iter().take(MAX_LINES).skip(1).position(closes)?;
    Some((kind, at + 2))
}

/// A value as a title or a tag would be written.
pub(super) fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        // How the TOML reader hands a date on.
        Value::Object(map) if map.len() == 1 => map.values().next()?.as_str().map(str::to_owned),
        _ => None,
    }
}

/// The title of a page: as it says, as its first heading, or as its file.
pub(super) fn title(own: Option<String>, lines: &[Line], name: &str) -> String {
    let first_heading = || {
        lines.iter().find_map(|line| match prose::heading(&line.text) {
            Some((1, heading)) => Some(prose::plain(heading)),
            _ => None,
        })
    };
    own.map(|title| prose::plain(&title))
        .or_else(first_heading)
        .or_else(|| Some(compiler::slug::title_from_name(name)))
        .filter(|title| !title.trim().is_empty())
        // A start page without a heading, in a book's own folder.
        .unwrap_or_else(|| "Untitled".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::line::lines_of;
    use super::*;

    #[test]
    fn front_matter_is_read_in_three_languages() {
        for text in [
            "---\nTitle: A\nweight: 2\ntags: [x, 3]\ndraft: true\nodd: {a: 1, b: 2}\n---\nText\n",
            "+++\ntitle = 'A'\nweight = 2\ntags = ['x', '3']\ndraft = true\nodd = [1]\n+++\nText\n",
            "{\n  \"title\": \"A\", \"weight\": 2, \"tags\": [\"x\", 3], \"draft\": true, \"odd\": []\n}\nText\n",
        ] {
            let mut notes = Notes::default();
            let (mut front, rest) = FrontMatter::cut(lines_of(text), "a.md", &mut notes);
            assert_eq!(front.text(&["title"]).as_deref(), Some("A"), "{text}");
            assert_eq!((front.number("weight"), front.flag("draft")), (Some(2.0), Some(true)));
            assert_eq!(front.texts("tags"), ["x", "3"]);
            assert_eq!(joined(&rest), "Text\n");
            front.note_rest("a.md", &mut notes);
            let whats: Vec<String> = notes.into_sorted().into_iter().map(|n| n.what).collect();
            assert_eq!(whats, ["front matter `odd`"]);
        }
    }

    #[test]
    fn front_matter_that_can_not_be_read_is_told_and_the_text_stays() {
        for text in ["---\na: [\n---\nText\n", "+++\na\n+++\nText\n", "---\n- a\n---\nText\n"] {
            let mut notes = Notes::default();
            let (_, rest) = FrontMatter::cut(lines_of(text), "a.md", &mut notes);
            assert_eq!(joined(&rest), "Text\n");
            assert_eq!(
                notes.into_sorted().first().map(|n| n.why.clone()).as_deref(),
                Some("left out: it can't be read")
            );
        }
        let bomb = format!("---\na: &a [x]\n{}---\nText\n", "b: [*a, *a]\n".repeat(900));
        let (_, rest) = FrontMatter::cut(lines_of(&bomb), "a.md", &mut Notes::default());
        assert_eq!(joined(&rest), "Text\n");
    }
}
