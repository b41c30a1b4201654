//! The glossary: what the words of a school mean, in each of its languages.
//!
//! A term is one thing under one name that all languages share, so that a lesson in
//! Chinese and one in English mean the same by it.

use std::collections::BTreeMap;

use contracts::id::Slug;
use contracts::language::Language;
use serde::{Deserialize, Serialize};

/// Every term of a school.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Glossary {
    terms: BTreeMap<Slug, Term>,
    /// Keys by every word that means them, in small letters.
    words: BTreeMap<String, Slug>,
}

/// A word and what it means.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Term {
    /// Its name for all languages, and its anchor.
    pub slug: Slug,
    /// The word by language; at least one.
    pub words: BTreeMap<Language, String>,
    /// What it means by language, as plain text; at least one.
    pub definitions: BTreeMap<Language, String>,
}

impl Glossary {
    /// Adds a term. Errs with the term that has one of its words already, and the
    /// word; the rest of the words lead to the new one.
    pub fn add(&mut self, term: Term) -> Result<(), (Slug, String)> {
        let mut taken = None;
        let key = term.slug.clone();
        let names = std::iter::once(key.as_str()).chain(term.words.values().map(String::as_str));
        for name in names {
            let slug = self.words.entry(name.to_lowercase()).or_insert_with(|| key.clone());
            if *slug != key && taken.is_none() {
                taken = Some((slug.clone(), name.to_owned()));
            }
        }
        self.terms.insert(key, term);
        taken.map_or(Ok(()), Err)
    }

    /// The term that a word means: its name, or the word in any language, in small
    /// letters or large ones.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<&Term> {
        self.terms.get(self.words.get(&word.trim().to_lowercase())?)
    }

    /// Every term, in the order of names.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.terms.values()
    }

    /// Every word that [`Glossary::find`] knows.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// Whether there is no term.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}
