//! The release that the edge serves: read, verified, kept.
//!
//! Whatever goes wrong while a new release is read, the last good one stays,
//! and the error says why. Every object is handed out only if its bytes have
//! the digest that the signed manifest names.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::Mutex;

use contracts::access::Audience;
use contracts::digest::Digest;
use contracts::frame::FrameName;
use contracts::id::ReleaseId;
use contracts::language::Language;
use contracts::manifest::{Manifest, ObjectEntry};
use contracts::object_key::ObjectKey;
use contracts::release::ReleaseRef;
use contracts::site_path::SitePath;

use crate::config::Location;
use crate::error::StoreError;
use crate::memory::Memory;
use crate::release::key::PublicKey;
use crate::release::{ReadError, read_release, verified};
use crate::store::Store;

/// The releases of one store, as far as they are trusted.
pub struct Catalog {
    store: Store,
    keys: Vec<PublicKey>,
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    /// The entity tag of the pointer that `snapshot` was made from. Held while
    /// refreshing, so that two refreshes can't overtake each other.
    seen: Mutex<Option<String>>,
    cache: moka::future::Cache<Digest, Bytes>,
    memory: Option<Memory>,
}

/// What learners see, and what they saw just before; both are accepted.
#[derive(Debug)]
pub struct Snapshot {
    /// The release that is live.
    pub live: Arc<Release>,
    /// The one before, so that a page loaded a moment ago still opens.
    pub previous: Option<Arc<Release>>,
    /// When the pointer was set.
    pub published_at: Timestamp,
}

/// A verified release.
#[derive(Debug)]
pub struct Release {
    /// Its name and its manifest's digest.
    pub reference: ReleaseRef,
    /// Its manifest.
    pub manifest: Manifest,
    places: Places,
}

/// Where each object stands in the manifest.
#[derive(Debug)]
enum Places {
    /// By key: a manifest from outside need not keep its order.
    Known(HashMap<ObjectKey, usize>),
    /// By audience and path, as whoever made the manifest in this process has
    /// ordered it.
    InOrder,
}

/// What a refresh found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// The pointer is the one we know; one small request was made.
    Unchanged,
    /// Another release is live now.
    Replaced {
        /// Which.
        live: ReleaseId,
    },
}

/// Bytes of pages, frames and bodies that are kept in memory.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

impl Catalog {
    /// A catalog that has read nothing yet; [`Catalog::snapshot`] is `None`
    /// until the first [`Catalog::refresh`] succeeds.
    #[must_use]
    pub fn new(store: Store, keys: Vec<PublicKey>) -> Self {
        let weigh = |_: &Digest, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let cache = moka::future::Cache::builder().weigher(weigh).max_capacity(CACHE_BYTES).build();
        let snapshot = RwLock::new(None);
        Self { store, keys, snapshot, seen: Mutex::new(None), cache, memory: None }
    }

    /// Keeps in a folder how new the newest pointer was, so that an older one is
    /// refused after a restart too. `place` is where the pointer stands: another
    /// store has releases of its own.
    #[must_use]
    pub fn remembering(mut self, folder: &Path, place: &Location) -> Self {
        let digest = Digest::from_bytes(*blake3::hash(place.to_string().as_bytes()).as_bytes());
        self.memory = Some(Memory::at(folder.join(format!("newest-release.{}", digest.short()))));
        self
    }

    /// As [`Catalog::new`], with the first refresh done; errs if it fails.
    pub async fn open(store: Store, keys: Vec<PublicKey>) -> Result<Self, ReadError> {
        let catalog = Self::new(store, keys);
        catalog.refresh().await?;
        Ok(catalog)
    }

    /// Looks whether another release is live, and takes it over only if all of
    /// it can be trusted.
    pub async fn refresh(&self) -> Result<Refreshed, ReadError> {
        let mut seen = self.seen.lock().await;
        let known = self.snapshot();
        let read = match self.store.get_unless(&ObjectKey::Current, seen.as_deref()).await {
            Ok(None) => return Ok(Refreshed::Unchanged),
            Ok(Some(read)) => read,
            Err(StoreError::NotFound { .. }) => return Err(ReadError::NothingPublished),
            Err(error) => return Err(error.into()),
        };
        let (etag, bytes) = read;
        let current = verified(&bytes, &self.keys)?;
        let remembered = match &self.memory {
            Some(memory) => memory.newest().await?,
            None => None,
        };
        let newest = known.as_deref().map(|known| known.published_at).max(remembered);
        if let Some(known) = newest.filter(|newest| current.published_at < *newest) {
            let published_at = current.published_at;
            return Err(ReadError::Replayed { published_at, known });
        }
        let live = self.release(&current.live, known.as_deref()).await?;
        let previous = match &current.previous {
            Some(reference) => Some(self.release(reference, known.as_deref()).await?),
            None => None,
        };
        if let Some(memory) = &self.memory
            && remembered != Some(current.published_at)
        {
            memory.keep(current.published_at).await?;
        }
        let unchanged = known.is_some_and(|known| known.published_at == current.published_at);
        let answer = if unchanged {
            Refreshed::Unchanged
        } else {
            Refreshed::Replaced { live: live.reference.release.clone() }
        };
        let snapshot = Snapshot { live, previous, published_at: current.published_at };
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(snapshot));
        // A server without entity tags is asked in full each time.
        *seen = Some(etag).filter(|etag| !etag.is_empty());
        Ok(answer)
    }

    /// The last good state; `None` before the first.
    #[must_use]
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A public page as the release has it, from the copy that is never overwritten.
    pub async fn page(&self, release: &Release, path: &SitePath) -> Result<Bytes, ReadError> {
        let page = ObjectKey::Page { path: path.clone() };
        let entry = release.entry(&page).ok_or_else(|| release.not_listed(&page))?;
        self.load(&ObjectKey::PageCopy { digest: entry.digest }, entry.digest).await
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

    /// Any object that the release lists, such as a gated body. Meant for what
    /// fits into memory; a video is handed out by signed URL.
    pub async fn object(&self, release: &Release, key: &ObjectKey) -> Result<Bytes, ReadError> {
        let entry = release.entry(key).ok_or_else(|| release.not_listed(key))?;
        self.load(key, entry.digest).await
    }

    async fn load(&self, key: &ObjectKey, expected: Digest) -> Result<Bytes, ReadError> {
        if let Some(bytes) = self.cache.get(&expected).await {
            return Ok(bytes);
        }
        let bytes = self.store.get(key).await?;
        let actual = Digest::from_bytes(*blake3::hash(&bytes).as_bytes());
        if actual != expected {
            return Err(StoreError::Differs { path: key.path(), expected, actual }.into());
        }
        self.cache.insert(expected, bytes.clone()).await;
        Ok(bytes)
    }

    /// A release that is known already is not read again.
    async fn release(
        &self,
        reference: &ReleaseRef,
        known: Option<&Snapshot>,
    ) -> Result<Arc<Release>, ReadError> {
        let known = known.and_then(|known| {
            std::iter::once(&known.live)
                .chain(&known.previous)
                .find(|release| release.reference == *reference)
        });
        match known {
            Some(release) => Ok(Arc::clone(release)),
            None => {
                let manifest = read_release(&self.store, reference).await?;
                Ok(Arc::new(Release::new(reference.clone(), manifest)))
            }
        }
    }
}

impl Snapshot {
    /// The live release or the one before, by id.
    #[must_use]
    pub fn release(&self, id: &ReleaseId) -> Option<&Arc<Release>> {
        std::iter::once(&self.live).chain(&self.previous).find(|release| release.id() == id)
    }
}

impl Release {
    fn new(reference: ReleaseRef, manifest: Manifest) -> Self {
        let places = manifest
            .objects
            .iter()
            .enumerate()
            .map(|(place, entry)| (entry.key.clone(), place))
            .collect();
        Self { reference, manifest, places: Places::Known(places) }
    }

    /// A release that was made in this process, its objects in order of audience
    /// and path.
    pub(crate) fn in_order(reference: ReleaseRef, manifest: Manifest) -> Self {
        Self { reference, manifest, places: Places::InOrder }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &ReleaseId {
        &self.reference.release
    }

    /// Digest and length of one of its objects.
    #[must_use]
    pub fn entry(&self, key: &ObjectKey) -> Option<&ObjectEntry> {
        let place = match &self.places {
            Places::Known(places) => *places.get(key)?,
            Places::InOrder => self.place(key.audience(), &key.path())?,
        };
        self.manifest.objects.get(place)
    }

    /// Where the object at a path stands in a manifest that keeps its order.
    pub(crate) fn place(&self, audience: Audience, path: &str) -> Option<usize> {
        let objects = &self.manifest.objects;
        let found = objects.binary_search_by(|entry| {
            let by_audience = entry.key.audience().cmp(&audience);
            by_audience.then_with(|| entry.key.path().as_str().cmp(path))
        });
        found.ok()
    }

    /// The frame of this name, in this language or else in the school's default.
    pub(crate) fn frame(
        &self,
        name: FrameName,
        language: &Language,
    ) -> Result<&ObjectKey, ReadError> {
        let missing = || ReadError::NotListed {
            release: self.id().clone(),
            path: format!("frames/{}.{language}", name.as_str()),
        };
        let languages = self.manifest.frames.get(&name).ok_or_else(missing)?;
        languages
            .get(language)
            .or_else(|| languages.get(self.manifest.default_language()?))
            .ok_or_else(missing)
    }

    pub(crate) fn not_listed(&self, key: &ObjectKey) -> ReadError {
        ReadError::NotListed { release: self.id().clone(), path: key.path() }
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live = self.snapshot().map(|snapshot| snapshot.live.id().clone());
        f.debug_struct("Catalog")
            .field("store", &self.store)
            .field("live", &live)
            .finish_non_exhaustive()
    }
}
