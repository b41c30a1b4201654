//! `content/glossary.toml`: the words of the school and what they mean.
//!
//! All languages of a term stand side by side, so that none is forgotten when
//! another changes. The definitions are plain text, since they are shown in places
//! that have no markup.

use std::collections::BTreeMap;

use contracts::id::Slug;
use contracts::language::Language;

use crate::diagnostic::Code;
use crate::diagnostic::shown::shown;
use crate::field::{Entry, Fields, Placed, SourceText, Value, toml};
use crate::glossary::{Glossary, Term};
use crate::parse::{Parser, listed_languages};

const PATH: &str = "content/glossary.toml";

impl<'a> Parser<'a> {
    /// Reads the file, if there is one.
    pub(super) fn glossary(&mut self) -> Glossary {
        let tree = self.tree;
        let mut glossary = Glossary::default();
        let Some((path, _)) = tree.entry(PATH) else {
            return glossary;
        };
        self.read.insert(path.clone());
        let read = tree.text(path).and_then(|text| {
            let source = SourceText { path, text };
            Ok((source, toml::read(source)?))
        });
        match read {
            Ok((source, entries)) => {
                for Entry { key, value } in &entries {
                    self.term(source, key, value, &mut glossary);
                }
            }
            Err(diagnostic) => self.diagnostics.push(diagnostic),
        }
        glossary
    }

    fn term(
        &mut self,
        source: SourceText<'a>,
        key: &Placed<String>,
        value: &Placed<Value>,
        glossary: &mut Glossary,
    ) {
        let name = shown(&key.value);
        let Ok(slug) = Slug::parse(&key.value) else {
            let message = format!("`{name}` is no name for a term");
            let hint = "write letters, digits and `-`; the word itself stands in `term`";
            let wrong = source.diagnostic(Code::WrongValue, &key.span, message);
            self.diagnostics.push(wrong.hint(hint));
            return;
        };
        let Value::Map(entries) = &value.value else {
            let message = format!("`{name}` must be a table");
            let hint = format!("write `[{name}]`, and `term` and `definition` below");
            let wrong = source.diagnostic(Code::WrongValue, &value.span, message);
            self.diagnostics.push(wrong.hint(hint));
            return;
        };
        let known = ["term", "definition"];
        let languages = &self.config.languages;
        let mut fields =
            Fields::open(source, entries, key.span.clone(), &known, &mut self.diagnostics);
        let words = by_language(&mut fields, "term", languages);
        let definitions = by_language(&mut fields, "definition", languages);
        if words.is_empty() || definitions.is_empty() {
            return;
        }
        if let Err((other, word)) = glossary.add(Term { slug, words, definitions }) {
            let message =
                format!("the term `{}` is defined twice, also by `[{other}]`", shown(&word));
            let told = source.diagnostic(Code::DuplicateTerm, &key.span, message);
            self.diagnostics.push(told.hint("keep one of them, or give one another `term`"));
        }
    }
}

/// A text, or a text for each language; empty after a diagnostic.
fn by_language(
    fields: &mut Fields<'_>,
    key: &str,
    languages: &[Language],
) -> BTreeMap<Language, String> {
    let Some(Placed { value: Value::Map(texts), .. }) = fields.value(key) else {
        let hint = format!("add `{key} = \"…\"`, or one text for each language");
        let text = fields.required_text(key, &hint).map(|text| text.value);
        return languages.first().cloned().zip(text).into_iter().collect();
    };
    let mut found = BTreeMap::new();
    for Entry { key: tag, value } in texts {
        match languages.iter().find(|language| language.as_str() == tag.value) {
            Some(language) => {
                let text = fields.text_of(&format!("{key}.{language}"), value);
                found.extend(text.map(|text| (language.clone(), text.value)));
            }
            None => {
                let message = format!("`{}` is not one of `languages`", shown(&tag.value));
                let hint = format!("the school's languages are {}", listed_languages(languages));
                fields.tell(Code::UnknownLanguage, &tag.span, message, hint);
            }
        }
    }
    found
}
