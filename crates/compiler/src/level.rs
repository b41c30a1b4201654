//! For whom a course is: a word of front matter, of `[defaults]`, of addresses and
//! of locales, and so in none of their files.

/// For whom a course is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing has to be known.
    Beginner,
    /// The basics are known.
    Intermediate,
    /// For those who practise.
    Advanced,
}

impl Level {
    /// Every level by the word that an author writes.
    pub(crate) const WORDS: [(&str, Self); 3] = [
        ("beginner", Self::Beginner),
        ("intermediate", Self::Intermediate),
        ("advanced", Self::Advanced),
    ];

    /// Its word in front matter, addresses, locales and structured data.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Intermediate => "intermediate",
            Self::Advanced => "advanced",
        }
    }
}
