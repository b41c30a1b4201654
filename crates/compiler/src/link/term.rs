//! What a word of the glossary leads to from a text.

use contracts::language::Language;
use serde::Serialize;

use crate::diagnostic::did_you_mean;
use crate::link::LinkIndex;

/// A term as a text in one language shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinedTerm {
    /// Where the glossary explains it, path-absolute.
    pub url: String,
    /// What it means, as plain text.
    pub definition: String,
    /// Whether the definition is in the language of the text.
    pub is_translated: bool,
}

impl LinkIndex {
    /// The term that a word means, for a text in `language`.
    #[must_use]
    pub fn term(&self, word: &str, language: &Language) -> Option<DefinedTerm> {
        let term = self.glossary.find(word)?;
        let link = self.glossary_links.get(language)?;
        let own = term.definitions.get(language);
        Some(DefinedTerm {
            url: format!("{link}#{}", term.slug),
            definition: own.or_else(|| term.definitions.values().next())?.clone(),
            is_translated: own.is_some(),
        })
    }

    /// The word of the glossary nearest to one that it doesn't have.
    #[must_use]
    pub fn near_term(&self, word: &str) -> Option<&str> {
        did_you_mean(&word.to_lowercase(), self.glossary.words())
    }
}
