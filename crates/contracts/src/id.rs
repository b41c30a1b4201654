//! Names of things: URL slugs and stable ids.
//!
//! Each is its own type, so that a course can't be passed for a lesson, and
//! each is checked where it enters, so that none can hold a path separator, a
//! control character or a dot file.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// Why a text can't be an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty.
    #[error("is empty")]
    Empty,
    /// The text is longer than the given number of characters.
    #[error("is longer than {0} characters")]
    TooLong(usize),
    /// A character that has no place in this kind of id.
    #[error("must not contain {0:?}")]
    Forbidden(char),
    /// The first character must be a letter or a digit.
    #[error("must start with a letter or a digit")]
    Start,
}

/// Letters of any script and digits, joined by `-`, `_` or `.`; 100 at most.
fn check_slug(text: &str) -> Result<(), IdError> {
    let is_letter = |c: char| c.is_alphanumeric() && !is_filler(c);
    check(text, 100, |c| is_letter(c) || matches!(c, '-' | '_' | '.') || is_mark(c))
}

/// Letters of Hangul that nobody sees; two slugs that look the same would differ.
fn is_filler(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// Combining marks of scripts such as Devanagari or Thai; a word needs them.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036f | 0x0900..=0x0dff | 0x0e00..=0x0eff)
}

/// Lower-case ASCII letters, digits and `-`, `_`; 64 at most.
fn check_stable(text: &str) -> Result<(), IdError> {
    check(text, 64, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

fn check(text: &str, limit: usize, allowed: impl Fn(char) -> bool) -> Result<(), IdError> {
    let first = text.chars().next().ok_or(IdError::Empty)?;
    if text.chars().count() > limit {
        return Err(IdError::TooLong(limit));
    }
    if let Some(c) = text.chars().find(|c| !allowed(*c)) {
        return Err(IdError::Forbidden(c));
    }
    if first.is_alphanumeric() { Ok(()) } else { Err(IdError::Start) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $check:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks the text; the error says which rule it breaks.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The text, as it stands in URLs and files.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(|error| {
                    serde::de::Error::custom(format!("`{}` {error}", text.escape_debug()))
                })
            }
        }
    };
}

id!(
    /// The URL part of a page, course, lesson, category or instructor.
    Slug,
    check_slug
);
id!(
    /// A course: the slug of its folder, unless front matter gives an `id`.
    CourseId,
    check_slug
);
id!(
    /// A lesson's stable id: given once, never reused, independent of title,
    /// order and folder. Progress and grants hang on it.
    LessonId,
    check_stable
);
id!(
    /// What can be bought; a paid course is a product under its own id.
    ProductId,
    check_slug
);
id!(
    /// A person in the ledger. Never an e-mail address.
    PersonId,
    check_stable
);
id!(
    /// A release: the digest of its manifest, so the same site has the same id.
    ReleaseId,
    check_stable
);

impl From<&CourseId> for ProductId {
    fn from(course: &CourseId) -> Self {
        Self(course.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_keep_chinese_and_refuse_paths() {
        assert!(Slug::parse("所有权").is_ok());
        assert!(Slug::parse("ch04-01-what-is-ownership").is_ok());
        assert_eq!(Slug::parse("../etc"), Err(IdError::Forbidden('/')));
        assert_eq!(Slug::parse(".git"), Err(IdError::Start));
        assert_eq!(Slug::parse(""), Err(IdError::Empty));
        assert_eq!(Slug::parse("a\0b"), Err(IdError::Forbidden('\0')));
        for c in ['\u{200b}', '\u{202e}', '\u{feff}', '\u{e000}', '\u{115f}', '\u{3164}'] {
            assert_eq!(Slug::parse(&format!("a{c}")), Err(IdError::Forbidden(c)));
        }
        assert_eq!(Slug::parse(&"a".repeat(101)), Err(IdError::TooLong(100)));
    }

    #[test]
    fn a_stable_id_is_ascii_and_lower_case() {
        assert!(LessonId::parse("9f3k-2a").is_ok());
        assert_eq!(LessonId::parse("Intro"), Err(IdError::Forbidden('I')));
        assert_eq!(LessonId::parse("-a"), Err(IdError::Start));
    }

    #[test]
    fn an_id_from_a_file_is_checked_too() {
        let error = serde_json::from_str::<Slug>("\"a/b\"").unwrap_err().to_string();
        assert!(error.contains("must not contain '/'"), "{error}");
    }
}
