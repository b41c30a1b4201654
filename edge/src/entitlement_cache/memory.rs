//! The embedded cache: one process, one second.

use std::time::Duration;

use async_trait::async_trait;
use contracts::claims::Entitlements;
use contracts::id::PersonId;
use jiff::{SignedDuration, Timestamp};
use moka::ops::compute::Op;

use crate::entitlement_cache::{CacheUnavailable, EntitlementCache};

/// A `grant` or `withdraw` of another process can't reach this memory, so it
/// must forget soon; the ledger beside it answers in microseconds.
const KEPT_FOR: SignedDuration = SignedDuration::from_secs(1);

/// Keeps entitlements in this process.
pub struct MemoryCache {
    entries: moka::future::Cache<PersonId, Entry>,
}

#[derive(Clone)]
struct Entry {
    entitlements: Entitlements,
    ends: Timestamp,
}

impl MemoryCache {
    /// An empty cache of at most 100,000 people.
    #[must_use]
    pub fn new() -> Self {
        let entries = moka::future::Cache::builder()
            .max_capacity(100_000)
            .time_to_live(Duration::from_secs(60))
            .build();
        Self { entries }
    }
}

impl Default for MemoryCache {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl EntitlementCache for MemoryCache {
    async fn load(
        &self,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<Option<Entitlements>, CacheUnavailable> {
        let entry = self.entries.get(person).await;
        Ok(entry.filter(|entry| now < entry.ends).map(|entry| entry.entitlements))
    }

    async fn store(
        &self,
        person: &PersonId,
        entitlements: &Entitlements,
        now: Timestamp,
    ) -> Result<(), CacheUnavailable> {
        let entry = Entry { entitlements: entitlements.clone(), ends: now + KEPT_FOR };
        self.entries
            .entry(person.clone())
            .and_compute_with(|old| {
                let newer = |old: &moka::Entry<PersonId, Entry>| {
                    old.value().entitlements.version > entry.entitlements.version
                };
                let op = if old.as_ref().is_some_and(newer) { Op::Nop } else { Op::Put(entry) };
                std::future::ready(op)
            })
            .await;
        Ok(())
    }
}
