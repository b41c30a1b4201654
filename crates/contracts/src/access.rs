//! Who may read: the access rule an author writes and the audience it implies.

use serde::{Deserialize, Serialize};

/// The rule an author writes as `access:` in front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everyone may read it, without an account.
    Free,
    /// Only a learner with a live entitlement to the course may read it.
    Paid,
}

/// Who may ever receive the bytes of a stored object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Stands in the public bucket, cached by any CDN.
    Everyone,
    /// Stands in the private bucket, handed out by signed URL after the gate's yes.
    Entitled,
    /// Stands in the private bucket and is read by the edge alone.
    Internal,
}
