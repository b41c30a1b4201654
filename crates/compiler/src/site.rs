//! The finished site: files under their object keys, and the manifest.

use std::io::{self, Read};
use std::sync::Arc;

use contracts::digest::Digest;
use contracts::manifest::Manifest;
use contracts::object_key::ObjectKey;

use crate::source::SourceFile;

/// Everything a release is made of, apart from the copies of its pages, which
/// the store makes.
#[derive(Debug, Clone)]
pub struct Site {
    /// Sorted by audience and path; no two have the same key.
    pub files: Vec<SiteFile>,
    /// Names each of `files`.
    pub manifest: Manifest,
}

/// One object.
#[derive(Debug, Clone)]
pub struct SiteFile {
    /// Its name, which decides who may read it.
    pub key: ObjectKey,
    /// Its bytes.
    pub content: Content,
    /// BLAKE3 of the bytes.
    pub digest: Digest,
}

/// Bytes in memory, or a file of the source tree passed on as it is: a video
/// need not fit into memory.
#[derive(Debug, Clone)]
pub enum Content {
    /// Made by the compiler.
    Bytes(Arc<[u8]>),
    /// Taken from the author's folder unchanged.
    Source(SourceFile),
}

impl SiteFile {
    /// A file made by the compiler.
    #[must_use]
    pub fn new(key: ObjectKey, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { key, digest: digest(&bytes), content: Content::Bytes(bytes) }
    }

    /// A file passed on from the author's folder.
    #[must_use]
    pub fn from_source(key: ObjectKey, file: SourceFile) -> Self {
        Self { key, digest: file.digest, content: Content::Source(file) }
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match &self.content {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Source(file) => file.len,
        }
    }

    /// Whether it has no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Content {
    /// All of its bytes. A source file that changed since the tree was read is
    /// an error.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.to_vec()),
            Self::Source(file) => file.read(),
        }
    }

    /// Its bytes piece by piece; the end is an error if a source file changed
    /// since the tree was read.
    pub fn reader(&self) -> io::Result<Box<dyn Read + Send + '_>> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(&**bytes),
            Self::Source(file) => Box::new(file.reader()?),
        })
    }
}

/// BLAKE3 of some bytes.
#[must_use]
pub fn digest(bytes: &[u8]) -> Digest {
    Digest::from_bytes(*blake3::hash(bytes).as_bytes())
}
