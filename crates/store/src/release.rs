//! Releases: what a publication changes, in which order, and how it is undone.
//!
//! [`plan()`] is pure; everything else reads the store first, then acts in the
//! one order in which no page ever links to what is not there.

mod act;
mod error;
mod interruption;
pub mod key;
mod note;
mod plan;
mod pointer;
mod publish;
mod rollback;
mod survey;
#[cfg(test)]
mod tests;

pub use error::{ReadError, ReleaseError};
pub use plan::{Plan, lingering, plan};
pub use pointer::{Live, live, manifest_bytes, read_manifest, release_ref, undisturbed};
pub use publish::{Progress, Published, Upload, dry_run, publish, publish_on};
pub use rollback::{ReleaseState, ReleaseSummary, releases, rollback};
pub use survey::{Premise, Trust};

pub(crate) use pointer::{read_release, verified};
