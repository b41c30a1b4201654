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
pub struct PagesInMemory(HashMap<ObjectKey, SiteFile>);

impl PagesInMemory {
    /// The pages of a site.
    #[must_use]
    pub fn pages_of(site: &Site) -> Self {
        let pages = site.files.iter().filter(|file| matches!(file.key, ObjectKey::Page { .. }));
        Self(pages.map(|file| (file.key.clone(), file.clone())).collect())
    }
}

impl EarlierSite for PagesInMemory {
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
