//! What the ledger states about a person, for as long as a token lives.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{PersonId, ProductId};

/// A snapshot of who someone is and what they may open.
///
/// The ledger is the truth; a newer [`Entitlements::version`] beats an older one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Who.
    pub person: PersonId,
    /// What they may open.
    pub entitlements: Entitlements,
}

/// The union of a person's live grants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entitlements {
    /// Raised by the ledger in the transaction that changes any grant.
    pub version: u64,
    /// At most one entry per product.
    pub products: Vec<Entitlement>,
}

/// The right to one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entitlement {
    /// To what.
    pub product: ProductId,
    /// The first moment at which it is over; `None` means for good.
    pub until: Option<Timestamp>,
}
