//! The pointer to what learners see, and the words that are signed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::id::ReleaseId;

/// A release by name and content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRef {
    /// Its id.
    pub release: ReleaseId,
    /// Digest of its manifest's bytes.
    pub manifest: Digest,
}

/// The content of `current.json`: which release is live and which was before.
///
/// The edge accepts both, so that a page loaded a moment before a publication
/// still opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Current {
    /// What learners see now.
    pub live: ReleaseRef,
    /// What they saw before, if this isn't the first publication.
    pub previous: Option<ReleaseRef>,
    /// When the pointer was set.
    pub published_at: Timestamp,
    /// Ed25519 over [`Current::signed_text`], in unpadded URL-safe base64.
    pub signature: String,
}

impl Current {
    /// The exact bytes that the release key signs. The first line keeps the
    /// signature from meaning anything else.
    #[must_use]
    pub fn signed_text(
        live: &ReleaseRef,
        previous: Option<&ReleaseRef>,
        published_at: Timestamp,
    ) -> String {
        let line = |reference: &ReleaseRef| format!("{} {}", reference.release, reference.manifest);
        format!(
            "lyceum-current-v1\nlive {}\nprevious {}\npublished {published_at}\n",
            line(live),
            previous.map_or_else(|| "none".to_owned(), line),
        )
    }
}
