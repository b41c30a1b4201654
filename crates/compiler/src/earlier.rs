//! What an earlier build has made and where it still stands, so that what comes out the
//! same again need not be made again.
//!
//! Whoever keeps a site between two builds knows; the compiler only asks.

use std::collections::HashMap;

use contracts::digest::Digest;
use contracts::object_key::ObjectKey;

use crate::site::{Content, Site, SiteFile};

/// Files of an earlier build.
pub trait EarlierSite: Sync {
    /// The file under a key, if it stands there and has this digest. It may be gone when
    /// it is read; that is an error then, as with an author's file.
    fn content(&self, key: &ObjectKey, digest: &Digest) -> Option<Content>;
}

/// A site that is still in memory.
#[derive(Debug, Default)]
pub struct SiteInMemory(HashMap<ObjectKey, SiteFile>);

impl SiteInMemory {
    /// The files of a site.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        Self(site.files.iter().map(|file| (file.key.clone(), file.clone())).collect())
    }
}

impl EarlierSite for SiteInMemory {
    fn content(&self, key: &ObjectKey, digest: &Digest) -> Option<Content> {
        let file = self.0.get(key).filter(|file| file.digest == *digest)?;
        Some(file.content.clone())
    }
}

/// Nothing stands anywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEarlierSite;

impl EarlierSite for NoEarlierSite {
    fn content(&self, _key: &ObjectKey, _digest: &Digest) -> Option<Content> {
        None
    }
}
