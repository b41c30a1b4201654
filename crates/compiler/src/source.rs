//! The author's folder in memory: the only file of the compiler that touches a disk.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use contracts::digest::Digest;
use serde::Serialize;

/// A file's path below the school's folder, `/`-separated on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SourcePath(Arc<str>);

/// Everything the compiler may read.
#[derive(Debug, Clone, Default)]
pub struct SourceTree {
    files: BTreeMap<SourcePath, SourceFile>,
}

/// A file of the school's folder.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// BLAKE3 of its bytes when it was read.
    pub digest: Digest,
    /// Its length in bytes.
    pub len: u64,
    /// Where its bytes are.
    pub bytes: SourceBytes,
}

/// Text and images are held in memory; what is large stays on the disk.
#[derive(Debug, Clone)]
pub enum SourceBytes {
    /// The bytes themselves.
    Held(Arc<[u8]>),
    /// The file, whose digest was taken by reading it once.
    OnDisk(PathBuf),
}

impl SourcePath {
    /// Wraps a relative, `/`-separated path.
    #[must_use]
    pub fn new(path: &str) -> Self {
        Self(path.into())
    }

    /// The path itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
