//! Where things are measured, and with which tools.
//!
//! What is measured there, and how, is the business of each comparison.

use std::path::PathBuf;

use crate::peer::Peers;

/// What every comparison uses.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) peers: Peers,
    /// Where projects are written.
    pub(crate) below: PathBuf,
    /// Where the real courses are.
    pub(crate) courses: PathBuf,
    /// The browser's program.
    pub(crate) chromium: PathBuf,
    /// How often each build is counted.
    pub(crate) runs: usize,
    /// Whether projects stay.
    pub(crate) after: After,
}

/// What becomes of a project when it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum After {
    /// It is taken away.
    Remove,
    /// Somebody wants to look at it.
    Keep,
}
