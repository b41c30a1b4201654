//! Languages, as BCP 47 tags.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// A BCP 47 tag such as `en`, `zh` or `zh-Hant`, kept as the author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Language(String);

/// The text is not the shape of a language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a language tag such as `en` or `zh-Hant`")]
pub struct LanguageError;

impl Language {
    /// Two or three letters, then subtags of two to eight letters or digits.
    pub fn parse(text: &str) -> Result<Self, LanguageError> {
        let mut subtags = text.split('-');
        let primary = subtags.next().unwrap_or_default();
        let primary_fits =
            matches!(primary.len(), 2 | 3) && primary.bytes().all(|b| b.is_ascii_lowercase());
        let rest_fits = subtags.all(|subtag| {
            matches!(subtag.len(), 2..=8) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if primary_fits && rest_fits && text.len() <= 35 {
            Ok(Self(text.to_owned()))
        } else {
            Err(LanguageError)
        }
    }

    /// The tag itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The direction of the script: `rtl` or `ltr`.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        match self.0.split('-').next() {
            Some("ar" | "he" | "fa" | "ur" | "ps" | "yi" | "dv") => "rtl",
            _ => "ltr",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .map_err(|error| serde::de::Error::custom(format!("`{}` {error}", text.escape_debug())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_checked() {
        for tag in ["en", "zh", "zh-Hant", "pt-BR", "fil"] {
            assert!(Language::parse(tag).is_ok(), "{tag}");
        }
        for tag in ["", "e", "EN", "english", "zh_CN", "zh-", "../x"] {
            assert_eq!(Language::parse(tag), Err(LanguageError), "{tag}");
        }
    }
}
