//! Releases that never leave the process: an author's preview hands each one over
//! in memory instead of publishing it.
//!
//! Nothing signs them, so they are kept apart from [`crate::catalog::Catalog`],
//! which takes nothing that is not signed, and nothing is ever read from outside.
//! What a hand-over costs does not grow with the school: its objects are found by
//! the order in which the manifest names them.

mod objects;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use tokio::sync::watch;

use contracts::access::Audience;
use contracts::digest::Digest;
use contracts::frame::FrameName;
use contracts::id::{IdError, ReleaseId};
use contracts::language::Language;
use contracts::manifest::{Manifest, ObjectEntry};
use contracts::object_key::ObjectKey;
use contracts::release::ReleaseRef;
use contracts::site_path::SitePath;

use crate::adapter::Side;
use crate::catalog::Release;
use crate::error::StoreError;
use crate::release::ReadError;
use crate::store::{Payload, Store, check_digest};
use objects::HandedObjects;

/// Where one side puts a release and the other looks at it. Clones are the same
/// place.
#[derive(Clone)]
pub struct Handover {
    handed: watch::Sender<Option<Arc<Handed>>>,
    count: Arc<AtomicU64>,
}

/// The release that is shown, and the one before it.
#[derive(Clone)]
pub struct Handed {
    live: HandedRelease,
    previous: Option<HandedRelease>,
}

/// A release whose objects are in this process.
#[derive(Clone)]
pub struct HandedRelease {
    release: Arc<Release>,
    contents: Contents,
}

/// Answers with the bytes of the object at a place of the manifest's list.
pub type Contents = Arc<dyn Fn(usize, &ObjectEntry) -> Option<Payload> + Send + Sync>;

impl Default for Handover {
    fn default() -> Self {
        Self { handed: watch::Sender::new(None), count: Arc::default() }
    }
}

impl Handover {
    /// Makes this the release that is shown. The manifest's objects must stand in
    /// their order, by audience and path; one that doesn't is not found.
    ///
    /// Answers with what was shown: to take apart what is only in there takes the longer
    /// the larger the school is, and can wait until the reader was served.
    pub fn give(
        &self,
        manifest: Manifest,
        contents: Contents,
    ) -> Result<Option<Arc<Handed>>, IdError> {
        // A digest of the manifest would have to read all of it.
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let digest = Digest::from_bytes(*blake3::hash(&number.to_le_bytes()).as_bytes());
        let reference =
            ReleaseRef { release: ReleaseId::parse(&digest.short())?, manifest: digest };
        let live =
            HandedRelease { release: Arc::new(Release::in_order(reference, manifest)), contents };
        let mut over = None;
        self.handed.send_modify(|handed| {
            over = handed.take();
            let previous = over.as_ref().map(|over| over.live.clone());
            *handed = Some(Arc::new(Handed { live, previous }));
        });
        Ok(over)
    }

    /// What is shown now; `None` before the first hand-over.
    #[must_use]
    pub fn now(&self) -> Option<Arc<Handed>> {
        self.handed.borrow().clone()
    }

    /// A store that holds what is shown now, and hashed objects of the release before
    /// it: a page loaded a moment ago asks for them. Nothing can be put into it.
    #[must_use]
    pub fn store(&self) -> Store {
        let side = |audiences| Side::handed(Arc::new(HandedObjects::new(self.clone(), audiences)));
        Store::of_sides(
            side(&[Audience::Everyone]),
            side(&[Audience::Entitled, Audience::Internal]),
        )
    }

    /// A public page as the release has it.
    pub async fn page(&self, release: &Release, path: &SitePath) -> Result<Bytes, ReadError> {
        self.object(release, &ObjectKey::Page { path: path.clone() }).await
    }

    /// A frame of the theme, in this language or else in the school's default.
    pub async fn frame(
        &self,
        release: &Release,
        name: FrameName,
        language: &Language,
    ) -> Result<Bytes, ReadError> {
        self.object(release, release.frame(name, language)?).await
    }

    /// Any object that the release lists.
    pub async fn object(&self, release: &Release, key: &ObjectKey) -> Result<Bytes, ReadError> {
        let handed = self.now();
        let handed = handed.iter().flat_map(|handed| handed.both());
        let found = handed
            .filter(|handed| handed.release.id() == release.id())
            .find_map(|handed| handed.find(key.audience(), &key.path()));
        let (entry, payload) = found.ok_or_else(|| release.not_listed(key))?;
        Ok(whole(&key.path(), entry, payload).await?)
    }
}

impl Handed {
    /// The release that is shown.
    #[must_use]
    pub fn live(&self) -> &Arc<Release> {
        &self.live.release
    }

    /// The public file at a path: the shown one, else a hashed one of the release
    /// before.
    #[must_use]
    pub fn public(&self, path: &str) -> Option<&ObjectKey> {
        self.entry(&[Audience::Everyone], path).map(|(entry, _)| &entry.key)
    }

    fn entry(&self, audiences: &[Audience], path: &str) -> Option<(&ObjectEntry, Payload)> {
        let shown = audiences.iter().find_map(|audience| self.live.find(*audience, path));
        shown.or_else(|| {
            let before = self.previous.as_ref()?;
            let mut found = audiences.iter().filter_map(|audience| before.find(*audience, path));
            found.find(|(entry, _)| entry.key.is_content_addressed())
        })
    }

    fn both(&self) -> impl Iterator<Item = &HandedRelease> {
        std::iter::once(&self.live).chain(&self.previous)
    }
}

impl HandedRelease {
    fn find(&self, audience: Audience, path: &str) -> Option<(&ObjectEntry, Payload)> {
        let place = self.release.place(audience, path)?;
        let entry = self.release.manifest.objects.get(place)?;
        Some((entry, (self.contents)(place, entry)?))
    }
}

async fn whole(path: &str, entry: &ObjectEntry, payload: Payload) -> Result<Bytes, StoreError> {
    match payload {
        Payload::Bytes(bytes) => Ok(bytes),
        Payload::File(file) => {
            let read = tokio::fs::read(&file).await.map_err(|source| StoreError::Source {
                file: file.display().to_string(),
                path: path.to_owned(),
                source,
            })?;
            check_digest(path, Some(&entry.digest), || blake3::hash(&read))?;
            Ok(read.into())
        }
    }
}

impl fmt::Debug for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live = self.now().map(|handed| handed.live().id().clone());
        f.debug_struct("Handover").field("live", &live).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
