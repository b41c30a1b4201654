//! What an author wrote as keys and values, each with its place in the file,
//! whether the notation is YAML or TOML.
//!
//! Reading goes key by key and never stops at the first mistake, so that all of
//! them are told at once. What the keys mean is the business of the callers.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Range, RangeInclusive};

use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, Diagnostic, Span, did_you_mean, surely_meant};
use crate::hidden::{self, Setting};
use crate::source::SourcePath;

pub(crate) mod key;
pub(crate) mod toml;
pub(crate) mod yaml;

/// A text file under its name, for diagnostics that quote it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SourceText<'a> {
    pub(crate) path: &'a SourcePath,
    pub(crate) text: &'a str,
}

/// Something and the bytes of the file in which it stands.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// A written value. Two are equal if they say the same, wherever they stand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Nothing,
    Text(String),
    /// A number or a truth value, as it is spelled in the file.
    Plain(Plain, String),
    List(Vec<Placed<Value>>),
    Map(Vec<Entry>),
}

/// What a value is that is no text, as YAML and TOML see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    True,
    False,
    Number,
    /// TOML's own notation of dates.
    Date,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Placed<String>,
    pub(crate) value: Placed<Value>,
}

/// Quotes that a word processor writes, and that are no quotes to YAML.
const CURLY: [char; 6] = ['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '\u{ff02}', '\u{ff07}'];

/// Keys and values that are being read, and where their mistakes go.
pub(crate) struct Fields<'a> {
    source: SourceText<'a>,
    /// Where a missing key is reported.
    place: Range<usize>,
    entries: &'a [Entry],
    diagnostics: &'a mut Vec<Diagnostic>,
    telling: Telling,
}

/// Whether mistakes are worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    Aloud,
    /// The keys could not be read, which was told; that they are missing is no news.
    Hushed,
}

impl<'a> SourceText<'a> {
    /// A diagnostic about these bytes of the text.
    pub(crate) fn diagnostic(
        self,
        code: Code,
        span: &Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::new(self.path, code, message)
            .at(self.text, Span::of_bytes(self.text, span.start, span.end))
    }
}

impl SourceText<'_> {
    /// Tells of what can't be seen in the whole text.
    pub(crate) fn tell_hidden(self, setting: Setting, diagnostics: &mut Vec<Diagnostic>) {
        for hidden in hidden::find(self.text, |_| setting) {
            let told = self.diagnostic(Code::HiddenCharacters, &hidden.place, hidden.message());
            diagnostics.push(told.hint(hidden.hint()));
        }
    }
}

impl<'a> Fields<'a> {
    /// Reports unknown and repeated keys at once; the rest is asked for by name.
    pub(crate) fn open(
        source: SourceText<'a>,
        entries: &'a [Entry],
        place: Range<usize>,
        known: &[&str],
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self::open_among(source, entries, place, known, |_| None, diagnostics)
    }

    /// The same where `elsewhere` knows the place that an unknown key belongs in.
    pub(crate) fn open_among(
        source: SourceText<'a>,
        entries: &'a [Entry],
        place: Range<usize>,
        known: &[&str],
        elsewhere: impl Fn(&str) -> Option<&'static str>,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        let mut earlier = BTreeSet::new();
        for Entry { key, .. } in entries {
            let name = shown(&key.value);
            if !earlier.insert(key.value.as_str()) {
                let message = format!("`{name}` is given twice");
                diagnostics.push(
                    source
                        .diagnostic(Code::DuplicateKey, &key.span, message)
                        .hint("remove one of them"),
                );
            } else if !known.contains(&key.value.as_str()) {
                let same = same_in_other_spelling(&key.value, known);
                let near = same.or_else(|| did_you_mean(&key.value, known.iter().copied()));
                let hint = match (elsewhere(&key.value), near) {
                    (Some(place), _) => format!("`{name}` belongs in {place}"),
                    (None, Some(near)) => format!("did you mean `{near}`?"),
                    (None, None) => format!("known keys are {}", listed(known)),
                };
                let message = format!("unknown key `{name}`");
                let mut diagnostic =
                    source.diagnostic(Code::UnknownKey, &key.span, message).hint(hint);
                let free = |near: &&str| find(entries, near).is_none();
                let sure = same.or_else(|| surely_meant(&key.value, known));
                if let Some(near) = sure.filter(free) {
                    diagnostic = diagnostic.fixed_by(&key.span, near, format!("write `{near}`"));
                }
                diagnostics.push(diagnostic);
            }
        }
        Self { source, place, entries, diagnostics, telling: Telling::Aloud }
    }

    /// Tells nothing more.
    pub(crate) fn hush(&mut self) {
        self.telling = Telling::Hushed;
    }

    /// The value of a key, whatever it is; the first one of a repeated key.
    pub(crate) fn value(&self, key: &str) -> Option<&'a Placed<Value>> {
        find(self.entries, key)
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, key: &str) -> Option<Placed<String>> {
        let value = self.value(key)?;
        self.text_of(key, value)
    }

    /// A text that must be there. `hint` shows how to write it.
    pub(crate) fn required_text(&mut self, key: &str, hint: &str) -> Option<Placed<String>> {
        if self.value(key).is_none() {
            let place = self.place.clone();
            let message = format!("`{key}` is missing");
            self.push(self.source.diagnostic(Code::MissingKey, &place, message).hint(hint));
        }
        self.text(key)
    }

    /// A text with a form of its own; the error completes "`key` …".
    pub(crate) fn parsed<T, E: fmt::Display>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        let text = self.text(key)?;
        match parse(&text.value) {
            Ok(value) => Some(Placed { value, span: text.span }),
            Err(error) => {
                let message = format!("`{key}` {error}");
                self.push(self.source.diagnostic(Code::WrongValue, &text.span, message));
                None
            }
        }
    }

    /// The same with a way out that is made of what is written.
    pub(crate) fn parsed_or<T, E: fmt::Display>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        hint: impl FnOnce(&str) -> String,
    ) -> Option<Placed<T>> {
        let text = self.text(key)?;
        match parse(&text.value) {
            Ok(value) => Some(Placed { value, span: text.span }),
            Err(error) => {
                let message = format!("`{key}` {error}");
                self.tell(Code::WrongValue, &text.span, message, hint(&text.value));
                None
            }
        }
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<Placed<T>> {
        let text = self.text(key)?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text.value) {
            return Some(Placed { value: *value, span: text.span });
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let message = format!(
            "`{key}` must be {}, not `{}`",
            listed(&words).replace(", ", " or "),
            shown(&text.value)
        );
        let mut diagnostic = self.source.diagnostic(Code::WrongValue, &text.span, message);
        // A word in other letters is meant; a misspelt one might be either, and a
        // lesson must not become free by a guess.
        if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(&text.value)) {
            diagnostic = diagnostic.fixed_by(&text.span, *word, format!("write `{word}`"));
        }
        let bare = text.value.trim_matches(CURLY);
        if bare != text.value && words.contains(&bare) {
            let hint = format!("curly quotes are part of a text: write `{bare}` without them");
            diagnostic =
                diagnostic.hint(hint).fixed_by(&text.span, bare, format!("write `{bare}`"));
        } else if let Some(near) = did_you_mean(&text.value, words) {
            diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
        }
        self.push(diagnostic);
        None
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, key: &str) -> Option<Placed<bool>> {
        let value = self.value(key)?;
        let answer = match &value.value {
            Value::Plain(Plain::True, _) => true,
            Value::Plain(Plain::False, _) => false,
            _ => {
                let wrong = self.of_wrong_kind(key, value, "`true` or `false`");
                self.push(match truth(&value.value) {
                    Some(word) => wrong.fixed_by(&value.span, word, format!("write `{word}`")),
                    None => wrong,
                });
                return None;
            }
        };
        Some(Placed { value: answer, span: value.span.clone() })
    }

    /// A whole number within bounds.
    pub(crate) fn count(&mut self, key: &str, bounds: RangeInclusive<usize>) -> Option<usize> {
        let value = self.value(key)?;
        let number = match &value.value {
            Value::Plain(Plain::Number, spelling) => spelling.parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| bounds.contains(number));
        if number.is_none() {
            let message = format!(
                "`{key}` must be a whole number from {} to {}",
                bounds.start(),
                bounds.end()
            );
            self.push(self.source.diagnostic(Code::WrongValue, &value.span, message));
        }
        number
    }

    /// A list of texts, or one text alone.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<Placed<String>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        match &value.value {
            Value::List(items) => items.iter().filter_map(|item| self.text_of(key, item)).collect(),
            Value::Text(_) | Value::Plain(..) => self.text_of(key, value).into_iter().collect(),
            Value::Nothing | Value::Map(_) => {
                self.wrong_kind(key, value, "a list such as `[one, two]`");
                Vec::new()
            }
        }
    }

    /// A list of texts that may be empty; `None` if the key is not there.
    pub(crate) fn list(&mut self, key: &str) -> Option<Placed<Vec<Placed<String>>>> {
        let span = self.value(key)?.span.clone();
        Some(Placed { value: self.texts(key), span })
    }

    /// The entries of a map.
    pub(crate) fn map(&mut self, key: &str, example: &str) -> Option<Placed<&'a [Entry]>> {
        let value = self.value(key)?;
        let Value::Map(entries) = &value.value else {
            self.wrong_kind(key, value, example);
            return None;
        };
        Some(Placed { value: entries.as_slice(), span: value.span.clone() })
    }

    /// A diagnostic about these bytes, not yet told.
    pub(crate) fn diagnostic(
        &self,
        code: Code,
        span: &Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        self.source.diagnostic(code, span, message)
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.telling == Telling::Aloud {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Tells about a value, with the way out.
    pub(crate) fn tell(
        &mut self,
        code: Code,
        span: &Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(self.source.diagnostic(code, span, message).hint(hint));
    }

    /// A value of another kind than its key has.
    pub(crate) fn wrong_kind(&mut self, key: &str, value: &Placed<Value>, wanted: &str) {
        let diagnostic = self.of_wrong_kind(key, value, wanted);
        self.push(diagnostic);
    }

    fn of_wrong_kind(&self, key: &str, value: &Placed<Value>, wanted: &str) -> Diagnostic {
        let message = match value.value {
            Value::Nothing => format!("`{key}` is empty"),
            _ => format!("`{key}` must be {wanted}, not {}", value.value.kind()),
        };
        self.source.diagnostic(Code::WrongValue, &value.span, message)
    }

    /// A value as a text that is not empty; `key` names it in the diagnostic.
    pub(crate) fn text_of(&mut self, key: &str, value: &Placed<Value>) -> Option<Placed<String>> {
        let text = match &value.value {
            // A title such as `1984` is a number for YAML and a text for its author.
            Value::Text(text) | Value::Plain(_, text) => text.trim(),
            Value::Nothing | Value::List(_) | Value::Map(_) => {
                self.wrong_kind(key, value, "a text");
                return None;
            }
        };
        if text.is_empty() {
            self.wrong_kind(key, &Placed { value: Value::Nothing, span: value.span.clone() }, "");
            return None;
        }
        self.tell_hidden(text, &value.span);
        Some(Placed { value: text.to_owned(), span: value.span.clone() })
    }

    /// Tells what can't be seen in a text, whether it stands there or is spelt as
    /// an escape such as `\u202e`.
    fn tell_hidden(&mut self, text: &str, span: &Range<usize>) {
        for hidden in hidden::find(text, |_| Setting::Prose) {
            let written = self.source.text.get(span.clone()).unwrap_or_default();
            let place = written.find(hidden.character).map_or_else(
                || span.clone(),
                |at| span.start + at..span.start + at + hidden.character.len_utf8(),
            );
            self.tell(Code::HiddenCharacters, &place, hidden.message(), hidden.hint());
        }
    }
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Text(_) => "a text",
            Self::Plain(Plain::Number, _) => "a number",
            Self::Plain(Plain::Date, _) => "a date",
            Self::Plain(Plain::True | Plain::False, _) => "a truth value",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// The known key that is the same but for capitals and what joins its words, as
/// `baseURL` is `base_url`.
fn same_in_other_spelling<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let folded = |key: &str| {
        let letters = key.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
        letters.take(100).collect::<String>().to_lowercase()
    };
    let wanted = folded(key);
    known.iter().copied().find(|known| folded(known) == wanted)
}

/// The truth value that a word means in other notations.
fn truth(value: &Value) -> Option<&'static str> {
    let (Value::Text(word) | Value::Plain(_, word)) = value else {
        return None;
    };
    match word.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" => Some("true"),
        "false" | "no" | "off" | "n" => Some("false"),
        _ => None,
    }
}

/// The first value under a key.
pub(crate) fn find<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Placed<Value>> {
    entries.iter().find(|entry| entry.key.value == key).map(|entry| &entry.value)
}

/// `` `a`, `b` ``
pub(crate) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
