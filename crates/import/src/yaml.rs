//! YAML as Lyceum's own reader has it: YAML 1.2, in which `y`, `no` and `on` are
//! words, and a number that JSON would write in another way stays the text it is.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Location, Spanned};

/// Reads a document.
///
/// # Errors
///
/// If it is no YAML, or larger than what a person writes.
pub(super) fn read(text: &str) -> Result<Value, serde_saphyr::Error> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    let raw: Spanned<Raw> = serde_saphyr::from_str_with_options(text, options)?;
    Ok(value(raw, text))
}

/// A value before it is known how it was written.
enum Raw {
    Plain(Value),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

fn value(raw: Spanned<Raw>, text: &str) -> Value {
    let location = raw.defined;
    match raw.value {
        Raw::Plain(number @ Value::Number(_)) => {
            let written = spelling(location, text);
            let usual = number.to_string();
            if written == usual { number } else { Value::from(written) }
        }
        Raw::Plain(plain) => plain,
        Raw::List(items) => items.into_iter().map(|item| value(item, text)).collect(),
        Raw::Map(entries) => {
            let entry = |(key, own): (Spanned<Raw>, Spanned<Raw>)| {
                let location = key.defined;
                let key = match key.value {
                    Raw::Plain(Value::String(key)) => key,
                    _ => spelling(location, text).to_owned(),
                };
                (key, value(own, text))
            };
            Value::Object(entries.into_iter().map(entry).collect::<Map<_, _>>())
        }
    }
}

fn spelling(location: Location, text: &str) -> &str {
    let span = location.span();
    let at = |offset: Option<u64>| offset.and_then(|offset| usize::try_from(offset).ok());
    let found = at(span.byte_offset()).zip(at(span.byte_len()));
    let written = found.and_then(|(start, length)| text.get(start..start.checked_add(length)?));
    written.unwrap_or_default().trim()
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Plain(Value::Null))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Plain(Value::from(text)))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Plain(Value::Bool(flag)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(Raw::Plain(Value::from(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        Ok(Raw::Plain(Value::from(number)))
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Plain(Value::from(0)))
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Plain(Value::from(0)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Raw, E> {
        let number = Number::from_f64(number).unwrap_or_else(|| Number::from(0));
        Ok(Raw::Plain(Value::Number(number)))
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
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_yaml_1_1_and_numbers_in_odd_spellings_stay_texts() {
        let read = read(
            "tags: [x, y, no, on, 1_000, 012, 2024-01-02, 3, 1.50, true]\nweight: 7\nq: \"8\"\n",
        );
        assert_eq!(
            read.unwrap(),
            serde_json::json!({
                "tags": ["x", "y", "no", "on", "1_000", "012", "2024-01-02", 3, "1.50", true],
                "weight": 7,
                "q": "8",
            })
        );
    }
}
