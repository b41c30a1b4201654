//! Which grants an act causes. Today an operator's hand is the only cause;
//! payments, subscriptions and gifts become further variants of [`Act`].

use contracts::grant::{Cause, CauseKind, Grant};
use contracts::id::{PersonId, ProductId};
use jiff::Timestamp;

/// Something that happened and gives someone a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// An operator gives a product by hand.
    Manual {
        /// Names this one act; the same id again causes the same grant again,
        /// a new id a further grant.
        id: String,
        /// Who receives.
        person: PersonId,
        /// What they may open.
        product: ProductId,
        /// The first moment at which it is live.
        starts_at: Timestamp,
        /// The first moment at which it is over; `None` means for good.
        ends_at: Option<Timestamp>,
    },
}

/// The grant would be over before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the grant would end at {ends_at}, not after it starts at {starts_at}")]
pub struct NeverLive {
    /// When it would start.
    pub starts_at: Timestamp,
    /// When it would end.
    pub ends_at: Timestamp,
}

/// The ledger rows that `act` causes.
///
/// The same act always causes the same rows, and that, with the ledger's
/// unique key, makes fulfilment safe to repeat.
pub fn grant(act: &Act) -> Result<Vec<Grant>, NeverLive> {
    match act {
        Act::Manual { id, person, product, starts_at, ends_at } => {
            if let Some(ends_at) = *ends_at
                && ends_at <= *starts_at
            {
                return Err(NeverLive { starts_at: *starts_at, ends_at });
            }
            Ok(vec![Grant {
                person: person.clone(),
                product: product.clone(),
                cause: Cause { kind: CauseKind::Manual, id: id.clone() },
                starts_at: *starts_at,
                ends_at: *ends_at,
            }])
        }
    }
}
