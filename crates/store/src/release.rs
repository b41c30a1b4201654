//! Releases: what a publication changes, in which order, and how it is undone.

pub mod key;
