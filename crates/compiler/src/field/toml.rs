//! TOML as keys and values with their places.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Diagnostic};
use crate::field::{Entry, Placed, Plain, SourceText, Value};

/// Reads a whole file.
pub(crate) fn read(source: SourceText<'_>) -> Result<Vec<Entry>, Diagnostic> {
    match DeTable::parse(source.text) {
        Ok(table) => Ok(entries(source, table.get_ref())),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let message = format!("the file is not valid TOML: {}", error.message());
            Err(source.diagnostic(Code::BadToml, &span, message))
        }
    }
}

/// In the order of the file, whatever the order of the table.
fn entries(source: SourceText<'_>, table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: Placed { value: key.get_ref().to_string(), span: key.span() },
            value: placed(source, value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key.span.start);
    entries
}

fn placed(source: SourceText<'_>, value: &Spanned<DeValue<'_>>) -> Placed<Value> {
    let span = value.span();
    let plain = |plain| Value::Plain(plain, spelling(source, &span));
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Boolean(true) => plain(Plain::True),
        DeValue::Boolean(false) => plain(Plain::False),
        DeValue::Integer(_) | DeValue::Float(_) => plain(Plain::Number),
        DeValue::Datetime(_) => plain(Plain::Date),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| placed(source, item)).collect())
        }
        DeValue::Table(table) => Value::Map(entries(source, table)),
    };
    Placed { value, span }
}

fn spelling(source: SourceText<'_>, span: &Range<usize>) -> String {
    source.text.get(span.clone()).unwrap_or_default().to_owned()
}
