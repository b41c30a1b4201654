//! The `lyceum` binary from the outside: what it prints, what it writes, how it
//! ends. Each test has a folder of its own and no network but the loopback.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod amended;
mod build;
mod check;
mod corruption;
mod explain;
mod external;
mod fault;
mod fix;
mod full_school;
mod harness;
mod help;
mod import;
mod import_again;
mod import_rows;
mod import_site;
mod interruption;
mod list;
mod new;
mod preview;
mod publish;
mod publish_again;
mod publish_amended;
mod rebuild;
mod script;
mod secrecy;
mod serve;
mod shared_cache;
mod translations;
