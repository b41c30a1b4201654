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
    /// Set where the definition is in another language than the text.
    pub language: Option<DefinitionLanguage>,
}

/// The language of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinitionLanguage {
    /// Its tag.
    pub tag: String,
    /// `rtl` or `ltr`.
    pub direction: &'static str,
}

impl LinkIndex {
    /// The term that a word means, for a text in `language`.
    #[must_use]
    pub fn term(&self, word: &str, language: &Language) -> Option<DefinedTerm> {
        let term = self.glossary.find(word)?;
        let link = self.glossary_links.get(language)?;
        let own = term.definitions.get_key_value(language);
        let (written, definition) = own.or_else(|| term.definitions.iter().next())?;
        let other = (written != language).then(|| DefinitionLanguage {
            tag: written.to_string(),
            direction: written.direction(),
        });
        Some(DefinedTerm {
            url: format!("{link}#{}", term.slug),
            definition: definition.clone(),
            language: other,
        })
    }

    /// The word of the glossary nearest to one that it doesn't have.
    #[must_use]
    pub fn near_term(&self, word: &str) -> Option<&str> {
        did_you_mean(&word.to_lowercase(), self.glossary.words())
    }
}
