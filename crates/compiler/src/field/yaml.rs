//! YAML as keys and values with their places, within a small budget.
//!
//! Front matter is a page of plain keys: whatever needs more than the budget
//! gives is a mistake or an attack, and ends fast.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, MessageFormatter, Options, Spanned, UserMessageFormatter};

use crate::diagnostic::{Code, Diagnostic};
use crate::field::{Entry, Placed, Plain, SourceText, Value};

/// Reads the map that stands in the bytes `range` of a file. Nothing at all is
/// an empty map.
pub(crate) fn read(source: SourceText<'_>, range: Range<usize>) -> Result<Vec<Entry>, Diagnostic> {
    let yaml = source.text.get(range.clone()).unwrap_or_default();
    let place = Place { source, yaml, start: range.start };
    let raw: Spanned<Raw> = serde_saphyr::from_str_with_options(yaml, options())
        .map_err(|error| place.refusal(&error))?;
    match place.value(raw) {
        Placed { value: Value::Map(entries), .. } => Ok(entries),
        Placed { value: Value::Nothing, .. } => Ok(Vec::new()),
        other => {
            let message = "front matter must be keys and values such as `title: Hello`";
            let refusal = source.diagnostic(Code::BadFrontMatter, &other.span, message);
            Err(match yaml.lines().find_map(cause) {
                Some(hint) => refusal.hint(hint),
                None => refusal,
            })
        }
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            flow_nesting_limit: 8,
            max_depth: 8,
            max_documents: 1,
            max_nodes: 2_000,
            max_events: 8_000,
            max_aliases: 16,
            max_anchors: 16,
            max_recorded_anchor_events: 2_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 2_000,
            max_replay_stack_depth: 4,
        },
        // Repeated keys are told by `Fields`, together with all other mistakes.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        strict_booleans: true,
        // A tag asks for a meaning that no key has; to pass it over would be to guess.
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// What serde makes of a value, before its place is turned into bytes.
enum Raw {
    Nothing,
    Text(String),
    Plain(Plain),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

struct RawVisitor;

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Plain(if value { Plain::True } else { Plain::False }))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Plain(Plain::Number))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Plain(Plain::Number))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Plain(Plain::Number))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Plain(Plain::Number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Plain(Plain::Number))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<Raw>>()? {
            if matches!(key.value, Raw::List(_) | Raw::Map(_)) {
                return Err(A::Error::custom("a key must be a plain word"));
            }
            map.push((key, entries.next_value()?));
        }
        Ok(Raw::Map(map))
    }
}

/// Turns places in the YAML into bytes of the whole file.
struct Place<'a> {
    source: SourceText<'a>,
    yaml: &'a str,
    start: usize,
}

impl Place<'_> {
    fn value(&self, raw: Spanned<Raw>) -> Placed<Value> {
        let span = self.span(raw.referenced);
        let value = match raw.value {
            Raw::Nothing => Value::Nothing,
            Raw::Text(text) => Value::Text(text),
            Raw::Plain(plain) => Value::Plain(plain, self.spelling(raw.defined)),
            Raw::List(items) => {
                Value::List(items.into_iter().map(|item| self.value(item)).collect())
            }
            Raw::Map(entries) => {
                Value::Map(entries.into_iter().map(|(key, value)| self.entry(key, value)).collect())
            }
        };
        Placed { value, span }
    }

    fn entry(&self, key: Spanned<Raw>, value: Spanned<Raw>) -> Entry {
        let span = self.span(key.referenced);
        let text = match key.value {
            Raw::Text(text) => text,
            _ => self.spelling(key.defined),
        };
        Entry { key: Placed { value: text, span }, value: self.value(value) }
    }

    /// A number or truth value as its author wrote it.
    fn spelling(&self, location: Location) -> String {
        self.source.text.get(self.span(location)).unwrap_or_default().trim().to_owned()
    }

    fn span(&self, location: Location) -> Range<usize> {
        let span = location.span();
        let (Some(offset), Some(len)) = (span.byte_offset(), span.byte_len()) else {
            return self.start..self.start;
        };
        let clamp =
            |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(self.yaml.len());
        let (start, end) = (clamp(offset), clamp(offset.saturating_add(len)));
        // A block scalar ends with the line break that belongs to the next key.
        let written = self.yaml.get(start..end).unwrap_or_default().trim_end().len();
        self.start + start..self.start + start + written
    }

    fn refusal(&self, error: &serde_saphyr::Error) -> Diagnostic {
        let mut place = error.location().map_or(self.start, |location| self.byte_of(location));
        let mut message = UserMessageFormatter.format_message(error).into_owned();
        let mut hint = hint(self.yaml, place.saturating_sub(self.start));
        let bounds = ["too large", "limit", "alias ", "depth", "nest", "recursion"];
        if bounds.iter().any(|word| message.contains(word)) {
            message = "it is nested too deep, too long or repeats too much".to_owned();
            hint = "write plain keys and values, without `&` and `*`".to_owned();
        } else if message.starts_with("unsupported tag") {
            hint = "remove the tag, or quote a text that starts with `!`".to_owned();
        }
        // The parser points to where it was when it met the tab, which may be a
        // line before.
        let ahead = self.source.text.get(place..).and_then(|text| text.find('\t'));
        if let Some(tab) = ahead.filter(|_| message.ends_with("found a tab")) {
            place += tab;
            hint = "replace the tab by spaces".to_owned();
        }
        let message = format!("front matter is not valid YAML: {message}");
        self.source.diagnostic(Code::BadFrontMatter, &(place..place), message).hint(hint)
    }

    /// Errors of the parser know line and column only.
    fn byte_of(&self, location: Location) -> usize {
        let before = usize::try_from(location.line()).unwrap_or(1).saturating_sub(1);
        let column = usize::try_from(location.column()).unwrap_or(1).saturating_sub(1);
        let start: usize = self.yaml.split_inclusive('\n').take(before).map(str::len).sum();
        let line = self.yaml.get(start..).unwrap_or_default();
        let inside = line.char_indices().nth(column).map_or(line.len(), |(offset, _)| offset);
        self.start + start + inside
    }
}

/// The way out of YAML that can't be read: what the line at `place`, or the one before
/// it, does that is known to go wrong.
fn hint(yaml: &str, place: usize) -> String {
    let place = yaml.floor_char_boundary(place);
    let start = yaml.get(..place).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
    let line = yaml.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let above = yaml.get(..start).unwrap_or_default().lines().next_back().unwrap_or_default();
    // The parser stops behind what is wrong, which may be on the next line.
    for line in [line, above] {
        if let Some(hint) = cause(line) {
            return hint;
        }
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_value = |line: &str| line.trim_end().ends_with([':', '-', '[', '{', ',', '|', '>']);
    if indent(line) > indent(above) && !line.trim().is_empty() && !is_value(above) {
        return "this line is indented more than the one above: begin both in one column"
            .to_owned();
    }
    "quote a text that holds `: ` or ` #` or starts with a sign; indent by spaces".to_owned()
}

/// What is wrong with one line, if its look tells.
fn cause(line: &str) -> Option<String> {
    if let Some(colon) = line.find('\u{ff1a}').filter(|_| !line.contains(':')) {
        let key = line.get(..colon).unwrap_or_default().trim();
        let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if is_key {
            return Some(format!(
                "`\u{ff1a}` is a full-width colon: write `{key}: `, with a plain colon and a blank"
            ));
        }
    }
    let (_, value) = line.split_once(':')?;
    let value = value.trim();
    let curly = ['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'];
    if value.starts_with(curly) {
        let hint = "curly quotes are part of a text for YAML: write straight ones, `\"` or `'`";
        return Some(hint.to_owned());
    }
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inside = value.get(1..).and_then(|rest| rest.strip_suffix(quote))?;
    let is_open = match quote {
        '"' => inside.replace("\\\\", "").replace("\\\"", "").contains('"'),
        _ => inside.replace("''", "").contains('\''),
    };
    is_open.then(|| match quote {
        '"' => {
            "a quote inside of quotes ends the text: write `\\\"`, or put `'` around it".to_owned()
        }
        _ => "a quote inside of quotes ends the text: write `''`, or put `\"` around it".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourcePath;

    #[track_caller]
    fn told(yaml: &str) -> String {
        let path = SourcePath::new("a.md");
        let refusal = read(SourceText { path: &path, text: yaml }, 0..yaml.len()).unwrap_err();
        refusal.hint.unwrap_or_default()
    }

    #[test]
    fn each_cause_has_its_own_way_out() {
        for (yaml, hint) in [
            (
                "id: a\n  title: Hello\n",
                "this line is indented more than the one above: begin both in one column",
            ),
            (
                "title: \"He said \"hi\"\"\n",
                "a quote inside of quotes ends the text: write `\\\"`, or put `'` around it",
            ),
            (
                "title: 'It's'\n",
                "a quote inside of quotes ends the text: write `''`, or put `\"` around it",
            ),
            (
                "id: a\ntitle：中文\n",
                "`：` is a full-width colon: write `title: `, with a plain colon and a blank",
            ),
            (
                "title：中文\n",
                "`：` is a full-width colon: write `title: `, with a plain colon and a blank",
            ),
            (
                "title: “Hello”: a\n",
                "curly quotes are part of a text for YAML: write straight ones, `\"` or `'`",
            ),
            (
                "title: !!python/object free\n",
                "remove the tag, or quote a text that starts with `!`",
            ),
            ("a: [[[[[[[[[[x]]]]]]]]]]\n", "write plain keys and values, without `&` and `*`"),
            (
                "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n",
                "write plain keys and values, without `&` and `*`",
            ),
            (
                "title: a: b\n",
                "quote a text that holds `: ` or ` #` or starts with a sign; indent by spaces",
            ),
        ] {
            assert_eq!(told(yaml), hint, "{yaml}");
        }
    }
}
