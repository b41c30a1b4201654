//! What a person's grants add up to: a union, never a stored state.

use std::collections::BTreeMap;

use contracts::claims::{Entitlement, Entitlements};
use contracts::grant::Grant;
use contracts::id::ProductId;
use jiff::Timestamp;

/// The union of one person's grants at `now`, sorted by product.
///
/// Per product the latest end wins, and a grant for good beats every date.
/// A grant that hasn't started, or that ended before it started, counts for
/// nothing. A grant that is over stays, with `until` in the past, so that the
/// gate can tell "your access ended" from "you never had it"; it opens nothing.
#[must_use]
pub fn entitlements(version: u64, grants: &[Grant], now: Timestamp) -> Entitlements {
    let mut ends: BTreeMap<&ProductId, Option<Timestamp>> = BTreeMap::new();
    for grant in grants.iter().filter(|grant| has_begun(grant, now)) {
        ends.entry(&grant.product)
            .and_modify(|end| *end = later(*end, grant.ends_at))
            .or_insert(grant.ends_at);
    }
    let products = ends
        .into_iter()
        .map(|(product, until)| Entitlement { product: product.clone(), until })
        .collect();
    Entitlements { version, products }
}

fn has_begun(grant: &Grant, now: Timestamp) -> bool {
    grant.starts_at <= now && grant.ends_at.is_none_or(|end| grant.starts_at < end)
}

/// The later of two ends, where `None` is never.
fn later(left: Option<Timestamp>, right: Option<Timestamp>) -> Option<Timestamp> {
    Some(left?.max(right?))
}
