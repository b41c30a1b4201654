//! The registry of diagnostics: each kind has one stable name, a severity, and an
//! explanation with a wrong and a right example.
//!
//! A name is never given to something else, since scripts, `site.toml` files and
//! searches rely on it. The explanations stand in `explanation/`, one file each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::diagnostic::shown::shown;
use crate::diagnostic::{Severity, did_you_mean};

/// What an author can change about a kind of diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// An error that can't be lowered: without it the site would not be what its
    /// author wrote, or what is paid for could become public.
    Always,
    /// An error after which the rest of the site is sound, so that an author may
    /// make a warning of it, or keep it quiet.
    Error,
    /// A warning that may be made an error, or kept quiet.
    Warning,
}

macro_rules! codes {
    ($($code:ident $name:literal $standing:ident,)+) => {
        /// A kind of diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(
                #[doc = concat!("`", $name, "`: see its explanation.")]
                $code,
            )+
        }

        impl Code {
            /// Every kind, in order of name.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// The stable name, such as `unknown-key`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)+ }
            }

            /// What an author can change about it.
            #[must_use]
            pub const fn standing(self) -> Standing {
                match self { $(Self::$code => Standing::$standing,)+ }
            }

            /// What it means and how to mend it, in Markdown.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self {
                    $(Self::$code => include_str!(concat!("explanation/", $name, ".md")),)+
                }
            }
        }
    };
}

// A new kind is a line here and a file in `explanation/`.
// In order of name, so that diagnostics of one place are sorted as they read.
codes! {
    BadData "bad-data" Always,
    BadDate "bad-date" Always,
    BadDiagram "bad-diagram" Warning,
    BadFileName "bad-file-name" Always,
    BadFormula "bad-formula" Warning,
    BadFrontMatter "bad-front-matter" Always,
    BadImage "bad-image" Always,
    BadInclude "bad-include" Always,
    BadLocale "bad-locale" Always,
    BadPrice "bad-price" Always,
    BadTemplate "bad-template" Always,
    BadToml "bad-toml" Always,
    BrokenAnchor "broken-anchor" Warning,
    BrokenExternalLink "broken-external-link" Warning,
    BrokenLink "broken-link" Error,
    CircularRequirement "circular-requirement" Always,
    CollidingFile "colliding-file" Always,
    CollidingUrl "colliding-url" Always,
    CurrencyDropped "currency-dropped" Error,
    DanglingProduct "dangling-product" Always,
    DuplicateAnchor "duplicate-anchor" Warning,
    DuplicateId "duplicate-id" Always,
    DuplicateKey "duplicate-key" Always,
    DuplicatePage "duplicate-page" Always,
    DuplicateTerm "duplicate-term" Always,
    EmptyLink "empty-link" Warning,
    ForeignShortcode "foreign-shortcode" Warning,
    FreeRequiresPaid "free-requires-paid" Warning,
    FullwidthColons "fullwidth-colons" Warning,
    HiddenCharacters "hidden-characters" Warning,
    Leak "leak" Always,
    LinkScheme "link-scheme" Always,
    LostAddress "lost-address" Error,
    MisplacedComponent "misplaced-component" Always,
    MisplacedMore "misplaced-more" Warning,
    MisplacedPreview "misplaced-preview" Warning,
    MissingAlt "missing-alt" Warning,
    MissingAsset "missing-asset" Error,
    MissingAttribute "missing-attribute" Always,
    MissingFile "missing-file" Always,
    MissingKey "missing-key" Always,
    MissingLocale "missing-locale" Warning,
    MissingText "missing-text" Warning,
    MissingTombstone "missing-tombstone" Error,
    MovedExternalLink "moved-external-link" Warning,
    MovedLesson "moved-lesson" Error,
    NoCourse "no-course" Error,
    NoDescription "no-description" Warning,
    NoHistory "no-history" Warning,
    NoOriginal "no-original" Always,
    NoPrice "no-price" Warning,
    NoSlug "no-slug" Always,
    NotUtf8 "not-utf8" Always,
    NulCharacter "nul-character" Always,
    PathOrder "path-order" Warning,
    PlainCode "plain-code" Warning,
    PriceChanged "price-changed" Error,
    PrivateIsPublic "private-is-public" Always,
    RawHtml "raw-html" Warning,
    ReferenceBelowMore "reference-below-more" Warning,
    RemovedId "removed-id" Always,
    ReusedId "reused-id" Error,
    SecondTitle "second-title" Warning,
    StaleTranslation "stale-translation" Warning,
    StrayColons "stray-colons" Error,
    StrayFile "stray-file" Warning,
    StrayLesson "stray-lesson" Error,
    TemplateHole "template-hole" Always,
    TooLarge "too-large" Always,
    TooMany "too-many" Always,
    TranslationDiffers "translation-differs" Always,
    TurnedFree "turned-free" Warning,
    TurnedPaid "turned-paid" Error,
    UnclosedComponent "unclosed-component" Always,
    UnclosedFence "unclosed-fence" Warning,
    UnknownAttribute "unknown-attribute" Always,
    UnknownCode "unknown-code" Always,
    UnknownCodeLanguage "unknown-code-language" Warning,
    UnknownComponent "unknown-component" Error,
    UnknownCourse "unknown-course" Error,
    UnknownData "unknown-data" Always,
    UnknownInstructor "unknown-instructor" Error,
    UnknownKey "unknown-key" Always,
    UnknownLanguage "unknown-language" Always,
    UnknownRequirement "unknown-requirement" Error,
    UnknownTerm "unknown-term" Error,
    UnknownTheme "unknown-theme" Always,
    UnterminatedFrontMatter "unterminated-front-matter" Always,
    UnusedPrice "unused-price" Warning,
    UnusedText "unused-text" Warning,
    WrongAttribute "wrong-attribute" Always,
    WrongFence "wrong-fence" Warning,
    WrongFile "wrong-file" Always,
    WrongValue "wrong-value" Always,
}

impl Code {
    /// Its severity as long as nobody changes it.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self.standing() {
            Standing::Always | Standing::Error => Severity::Error,
            Standing::Warning => Severity::Warning,
        }
    }

    /// The first sentence of the explanation, for a list.
    #[must_use]
    pub fn summary(self) -> &'static str {
        self.explanation().lines().next().unwrap_or_default()
    }
}

/// The kinds that a word of `--deny` or of `[check]` means: one by its name, or every
/// warning by `warnings`.
pub fn named(word: &str) -> Result<Vec<Code>, UnknownCode> {
    if word == "warnings" {
        let warns = |code: &Code| code.standing() == Standing::Warning;
        return Ok(Code::ALL.iter().copied().filter(warns).collect());
    }
    word.parse().map(|code| vec![code])
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

/// No diagnostic has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no diagnostic `{}`", shown(name))]
pub struct UnknownCode {
    name: String,
    /// The code that was meant, if one is near enough.
    pub near: Option<Code>,
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, UnknownCode> {
        let named = |name: &str| Self::ALL.iter().copied().find(|code| code.name() == name);
        named(name).ok_or_else(|| {
            let near = did_you_mean(name, Self::ALL.iter().map(|code| code.name()));
            UnknownCode { name: name.to_owned(), near: near.and_then(named) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_kebab_case_and_stand_in_order_of_name() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].name() < pair[1].name()));
        for code in Code::ALL {
            assert!(
                code.name()
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            );
            assert_eq!(code.name().parse(), Ok(*code));
        }
    }

    #[test]
    fn a_misspelt_code_is_refused_with_the_one_that_was_meant() {
        let error = "mising-alt".parse::<Code>().unwrap_err();
        assert_eq!(error.to_string(), "there is no diagnostic `mising-alt`");
        assert_eq!(error.near, Some(Code::MissingAlt));
        assert_eq!("quantum".parse::<Code>().unwrap_err().near, None);
    }

    #[test]
    fn each_explanation_is_sentences_with_a_wrong_and_a_right_example() {
        for code in Code::ALL {
            let text = code.explanation();
            assert!(text.contains("\nWrong"), "{code}");
            assert!(text.contains("\nRight") || *code == Code::StrayFile, "{code}");
            assert!(code.summary().ends_with('.'), "{code}: {}", code.summary());
        }
    }
}
