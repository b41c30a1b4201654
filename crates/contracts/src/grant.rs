//! A grant: the right to a product, with exactly one cause.
//!
//! "Enrolled" is never stored; what a person may open is the union of the
//! grants that are live, and ending one cause can't end another.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{PersonId, ProductId};

/// Why a person has a grant. Together with person and product it is unique in
/// the ledger, and that is what makes fulfilment idempotent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// What kind of thing caused it.
    pub kind: CauseKind,
    /// Which one: the order line, the subscription, or the operator's name.
    pub id: String,
}

/// The kinds of causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// Given by an operator, with a reason.
    Manual,
}

impl CauseKind {
    /// The word in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
        }
    }
}

/// One row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who may.
    pub person: PersonId,
    /// Open what.
    pub product: ProductId,
    /// Because of what.
    pub cause: Cause,
    /// The first moment at which it is live.
    pub starts_at: Timestamp,
    /// The first moment at which it is over; `None` means for good.
    pub ends_at: Option<Timestamp>,
}
