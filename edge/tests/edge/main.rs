//! The edge from outside: every route's yes and each no, through one door.
//!
//! One binary, so that the service is linked once.

// Clippy takes only the bodies of test functions for tests, not what they call.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod account;
mod auth;
mod cache;
mod decision;
mod fixture;
mod hostile;
mod learn;
mod lessons;
mod listener;
mod objects;
mod operator;
mod preview;
mod secrecy;
mod session;
mod settings;
mod sign_in;
mod site;
mod test_edge;
