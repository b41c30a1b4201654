//! The compiler as its callers see it: a folder goes in, a site and diagnostics
//! come out. One program, since linking the compiler is what its tests cost most.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail where it stands"
)]

mod comparison;
mod diagnostics;
mod explanation;
mod fix;
mod golden;
mod growth;
mod hostile;
mod incremental;
mod leaks;
mod leaks_packed;
mod leaks_planted;
mod model;
mod non_interference;
mod schema;
mod school;
mod style;
mod told;
