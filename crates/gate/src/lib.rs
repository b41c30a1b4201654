//! The gate: the decisions that cost money, as pure functions.
//!
//! [`open()`] says who may read a lesson, [`entitlements()`] what a person's grants
//! add up to, [`grant()`] which grants an act causes.
//! No IO, no async and no clock may come in: `now` is always an argument.

pub mod entitlements;
pub mod grant;
pub mod open;

pub use entitlements::entitlements;
pub use grant::grant;
pub use open::{Refusal, open};
