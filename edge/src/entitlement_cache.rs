//! What a person may open, as every edge that shares the cache knows it.
//!
//! The ledger is the truth and writes here after each change; the newest
//! version wins, so a slow reader can't undo a withdrawal. Losing the cache
//! loses nothing.

pub mod memory;
pub mod redis;

use async_trait::async_trait;
use contracts::claims::Entitlements;
use contracts::id::PersonId;
use jiff::Timestamp;

/// A place to keep entitlements for a short while.
#[async_trait]
pub trait EntitlementCache: Send + Sync {
    /// What is known about a person. `None` when nothing is, or no longer.
    async fn load(
        &self,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<Option<Entitlements>, CacheUnavailable>;

    /// Keeps `entitlements` unless a newer version is already there.
    async fn store(
        &self,
        person: &PersonId,
        entitlements: &Entitlements,
        now: Timestamp,
    ) -> Result<(), CacheUnavailable>;
}

/// The cache can't be reached in time; claims stand until their token ends.
#[derive(Debug, thiserror::Error)]
#[error("the entitlement cache can't be reached: {0}")]
pub struct CacheUnavailable(pub String);
