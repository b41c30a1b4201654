//! What another site says about an address.

use serde::{Deserialize, Serialize};

/// The answer, as it is kept until it is too old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    Fine,
    /// It says for good that it is elsewhere.
    Moved(String),
    /// It is not there, and why.
    Broken(String),
    /// The page is there, its heading is not.
    NoHeading,
    /// It leads into a private network.
    Inside,
    /// The site doesn't let us look, which says nothing about its readers.
    Unsure,
}

impl Answer {
    /// Whether it is worth asking again next time: what is wrong, an author mends.
    pub(super) fn is_settled(&self) -> bool {
        matches!(self, Self::Fine | Self::Moved(_))
    }
}
