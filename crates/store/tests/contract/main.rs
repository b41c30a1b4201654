//! What the store promises, whatever it stands on: each promise is kept by a
//! folder and, when `LYCEUM_TEST_S3_ENDPOINT` names a server, by S3.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a broken fixture has to stop the test"
)]

mod catalog;
mod door;
mod object;
mod release;
mod school;
mod sign;

use store::release::Upload;
use store::store::Payload;
