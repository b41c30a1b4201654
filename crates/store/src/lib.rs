//! The only room that knows object storage: put, get, list, sign, releases.
//!
//! It stores bytes under the names of [`contracts::object_key::ObjectKey`] and
//! lets the key alone choose the bucket. The compiler, the gate's decisions,
//! the ledger and HTTP handlers must not come in.

mod adapter;
pub mod catalog;
pub mod config;
pub mod error;
pub mod handover;
mod memory;
pub mod release;
pub mod remote_cache;
pub mod sign;
mod staged;
pub mod store;
