//! The notations of data files, each read within a budget: a short file must not
//! unfold into a long one, nor nest deeper than a stack.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::{MessageFormatter, UserMessageFormatter};

use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::source_path::SourcePath;

/// A table of more cells is a database.
const MAX_CELLS: usize = 200_000;

/// Reads a file by its extension.
pub(super) fn read(path: &SourcePath, text: &str) -> Result<Value, Diagnostic> {
    match path.extension() {
        Some("toml") => toml_value(path, text),
        Some("json") => json(path, text),
        Some("csv") => table(path, text),
        _ => yaml(path, text),
    }
}

fn json(path: &SourcePath, text: &str) -> Result<Value, Diagnostic> {
    serde_json::from_str(text).map(|Unique(value)| value).map_err(|error| {
        let at = byte_of(text, error.line(), error.column());
        // The place is told apart from the message.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        refusal(path, text, at, "JSON", message)
    })
}

/// A value in which no key stands twice. JSON leaves open which of them counts, and TOML
/// and YAML refuse it.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{}` stands twice", shown(&key))));
            }
            let Unique(value) = entries.next_value()?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

fn toml_value(path: &SourcePath, text: &str) -> Result<Value, Diagnostic> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        refusal(path, text, at, "TOML", error.message())
    })?;
    Ok(Value::Object(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect()))
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::Bool(flag),
        toml::Value::Datetime(moment) => Value::String(moment.to_string()),
        toml::Value::Array(items) => items.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => {
            let entries = table.into_iter().map(|(key, value)| (key, from_toml(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

fn yaml(path: &SourcePath, text: &str) -> Result<Value, Diagnostic> {
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
        let location = error.location();
        let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        let at = location.map_or(0, |location| {
            byte_of(text, number(location.line()), number(location.column()))
        });
        let message = UserMessageFormatter.format_message(&error).into_owned();
        refusal(path, text, at, "YAML", &message)
    })
}

/// A list of rows, each with the names of the first line. Every value is a text, since
/// the notation does not tell `1.50` from a number.
fn table(path: &SourcePath, text: &str) -> Result<Value, Diagnostic> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let told = |error: &csv::Error| {
        let at = error.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX));
        let message = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("a row of {len} values under a first line of {expected_len} names")
            }
            _ => error.to_string(),
        };
        refusal(path, text, at, "CSV", &message)
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let names = reader.headers().map_err(|error| told(&error))?.clone();
    let mut seen = HashSet::new();
    for (index, name) in names.iter().enumerate() {
        let message = match name {
            "" => format!("column {} of the first line has no name", index + 1),
            name if !seen.insert(name) => {
                format!("the first line names `{}` twice", shown(name))
            }
            _ => continue,
        };
        return Err(refusal(path, text, 0, "CSV", &message));
    }
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| told(&error))?;
        if rows.len() * names.len() >= MAX_CELLS {
            let message = format!("more than {MAX_CELLS} cells");
            return Err(refusal(path, text, 0, "CSV", &message));
        }
        let cells = names.iter().zip(row.iter());
        rows.push(Value::Object(
            cells.map(|(name, cell)| (name.to_owned(), cell.into())).collect(),
        ));
    }
    Ok(Value::Array(rows))
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            flow_nesting_limit: 32,
            max_depth: 32,
            max_documents: 1,
            max_nodes: 200_000,
            max_events: 500_000,
            max_aliases: 256,
            max_anchors: 256,
            max_recorded_anchor_events: 50_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 50_000,
            max_replay_stack_depth: 8,
        },
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::Error,
        merge_keys: serde_saphyr::options::MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// Line and column count from 1, columns in characters.
fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.max(1) - 1).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    let inside = rest.char_indices().nth(column.max(1) - 1).map_or(rest.len(), |(at, _)| at);
    start + inside
}

fn refusal(path: &SourcePath, text: &str, at: usize, notation: &str, message: &str) -> Diagnostic {
    let message = format!("the file is not valid {notation}: {message}");
    Diagnostic::new(path, Code::BadData, message).at(text, Span::of_bytes(text, at, at))
}
