//! Both halves together: the one door through which the tests of this package
//! reach the programs, the real services and the browser.
//!
//! It speaks the product's words (school, place, edge, learner), starts
//! everything on ports of its own, and stops what it started when dropped.

#![allow(clippy::indexing_slicing, reason = "a key that JSON does not have is null, no panic")]

pub mod browser;
pub mod bucket;
pub mod edge;
pub mod lab;
pub mod learner;
pub mod letter;
pub mod place;
pub mod plain;
mod port;
pub mod preview;
pub mod program;
pub mod repository;
pub mod school;
pub mod services;
pub mod traffic;
pub mod wait;
