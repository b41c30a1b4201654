//! The release that learners see, with the public files looked up by path.
//!
//! Only what a manifest names as public is ever served: a path is looked up
//! and never joined to a folder.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use contracts::access::Audience;
use contracts::frame::FrameName;
use contracts::id::LessonId;
use contracts::language::Language;
use contracts::manifest::{LessonEntry, Manifest, ObjectEntry};
use contracts::object_key::{Encoding, ObjectKey};
use contracts::site_path::SitePath;
use store::catalog::{Catalog, Refreshed, Release, Snapshot};
use store::error::StoreError;
use store::handover::{Handed, Handover};
use store::release::{ReadError, lingering};

use crate::error::{Problem, with_causes};

/// Keeps the last good release.
pub struct Published {
    source: Source,
    now: RwLock<Option<Arc<Publication>>>,
}

/// Whence releases come.
enum Source {
    /// From a store, signed.
    Store(Box<Catalog>),
    /// From an author's side in this process, for a preview.
    Author(Handover),
}

/// The live release and the one before it.
pub struct Publication {
    /// The live release.
    pub live: PublicRelease,
    /// The release that pages loaded a moment ago belong to.
    pub previous: Option<PublicRelease>,
}

/// A release and its public files by path.
pub struct PublicRelease {
    /// What the store verified.
    pub release: Arc<Release>,
    /// What is served of it.
    files: Files,
}

/// The public files of a release by path.
enum Files {
    Stored(HashMap<String, PublicFile>),
    Handed(Arc<Handed>),
}

/// A public file and its compressed copies.
#[derive(Debug, Clone)]
pub struct PublicFile {
    /// Its name.
    pub key: ObjectKey,
    /// Copies, the smallest first.
    pub compressed: Vec<(Encoding, ObjectKey)>,
}

impl Published {
    /// Nothing is published until the first [`Published::refresh`].
    #[must_use]
    pub fn new(catalog: Catalog) -> Self {
        Self { source: Source::Store(Box::new(catalog)), now: RwLock::default() }
    }

    /// What an author's side hands over. Only a preview comes by here: nobody has
    /// signed these releases.
    pub(crate) fn handed(handover: Handover) -> Self {
        Self { source: Source::Author(handover), now: RwLock::default() }
    }

    /// Asks the store once; what was good stays when the answer is not.
    pub async fn refresh(&self) -> Result<Refreshed, ReadError> {
        // What is handed over is here already.
        let Source::Store(catalog) = &self.source else { return Ok(Refreshed::Unchanged) };
        let outcome = catalog.refresh().await;
        if let Some(snapshot) = catalog.snapshot() {
            self.keep(&snapshot);
        }
        outcome
    }

    /// What learners see now.
    pub fn publication(&self) -> Result<Arc<Publication>, Problem> {
        let now = match &self.source {
            Source::Store(_) => self.now.read().unwrap_or_else(PoisonError::into_inner).clone(),
            Source::Author(handover) => handover.now().map(Publication::handed).map(Arc::new),
        };
        now.ok_or_else(|| Problem::Unavailable {
            part: "the published school",
            cause: "no release was read yet".to_owned(),
        })
    }

    /// A public page as a release has it, as text.
    pub async fn page(&self, release: &Release, path: &SitePath) -> Result<String, Problem> {
        text(match &self.source {
            Source::Store(catalog) => catalog.page(release, path).await,
            Source::Author(handover) => handover.page(release, path).await,
        })
    }

    /// A frame of the theme, as text.
    pub async fn frame(
        &self,
        release: &Release,
        name: FrameName,
        language: &Language,
    ) -> Result<String, Problem> {
        text(match &self.source {
            Source::Store(catalog) => catalog.frame(release, name, language).await,
            Source::Author(handover) => handover.frame(release, name, language).await,
        })
    }

    /// A gated body, as text. The gate's yes has to come first.
    pub async fn body(&self, release: &Release, key: &ObjectKey) -> Result<String, Problem> {
        text(match &self.source {
            Source::Store(catalog) => catalog.object(release, key).await,
            Source::Author(handover) => handover.object(release, key).await,
        })
    }

    fn keep(&self, snapshot: &Snapshot) {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let same =
            |kept: &PublicRelease, release: &Arc<Release>| Arc::ptr_eq(&kept.release, release);
        let is_kept = now.as_ref().is_some_and(|kept| {
            same(&kept.live, &snapshot.live)
                && match (&kept.previous, &snapshot.previous) {
                    (Some(kept), Some(release)) => same(kept, release),
                    (None, None) => true,
                    (Some(_), None) | (None, Some(_)) => false,
                }
        });
        if !is_kept {
            let public = snapshot.live.manifest.objects.iter().filter(|entry| is_public(entry));
            *now = Some(Arc::new(Publication {
                live: PublicRelease::new(&snapshot.live, public),
                previous: snapshot.previous.as_ref().map(|previous| {
                    let kept = lingering(&previous.manifest, &snapshot.live.manifest);
                    PublicRelease::new(previous, kept.into_iter())
                }),
            }));
        }
    }
}

/// What was read as text, or the accident as the client may hear of it.
fn text(read: Result<Bytes, ReadError>) -> Result<String, Problem> {
    match read {
        Ok(bytes) => String::from_utf8(bytes.into())
            .map_err(|_| Problem::Internal("a stored page is no UTF-8".to_owned())),
        Err(ReadError::Store(error)) => Err(store_away(error)),
        Err(error) => Err(Problem::Internal(with_causes(&error))),
    }
}

/// An accident of the store, as the client may hear of it.
#[must_use]
pub fn store_away(error: StoreError) -> Problem {
    match error {
        // The manifest names it, so its absence is our fault and not the client's.
        StoreError::NotFound { .. } | StoreError::Differs { .. } => {
            Problem::Internal(with_causes(&error))
        }
        StoreError::RangeNotSatisfiable { bytes, .. } => {
            Problem::RangeNotSatisfiable { length: bytes }
        }
        error => Problem::Unavailable { part: "the store", cause: with_causes(&error) },
    }
}

impl Publication {
    /// What an author's side shows. There is no release before it: what the author
    /// has deleted is gone at once.
    fn handed(handed: Arc<Handed>) -> Self {
        let release = Arc::clone(handed.live());
        let live = PublicRelease { release, files: Files::Handed(handed) };
        Self { live, previous: None }
    }

    /// The lesson with these URL parts and the release that has it: the live
    /// one, else the one before.
    #[must_use]
    pub fn lesson(
        &self,
        course: &str,
        lesson: &str,
    ) -> Option<(&PublicRelease, &LessonId, &LessonEntry)> {
        std::iter::once(&self.live).chain(&self.previous).find_map(|public| {
            let (id, entry) = public.manifest().lesson_by_slug(course, lesson)?;
            Some((public, id, entry))
        })
    }

    /// The public file at a path of the site. Of the release before, only
    /// what a publication leaves there: a page has an older text, and what
    /// turned gated is gone.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Cow<'_, PublicFile>> {
        self.live.file(path).or_else(|| self.previous.as_ref()?.file(path))
    }

    /// Where the page at an old address stands now; `path` is a file or a folder
    /// of the site, with or without its last slash.
    #[must_use]
    pub fn moved(&self, path: &str) -> Option<&SitePath> {
        let redirects = &self.live.manifest().redirects;
        let at = |path: &str| redirects.get(&SitePath::parse(path).ok()?);
        at(path).or_else(|| at(&format!("{}/index.html", path.trim_end_matches('/'))))
    }

    /// The language of the school with this tag.
    #[must_use]
    pub fn language(&self, tag: &str) -> Option<&Language> {
        self.live.manifest().school.languages.iter().find(|language| language.as_str() == tag)
    }

    /// The language whose pages carry no prefix.
    pub fn default_language(&self) -> Result<&Language, Problem> {
        let none = || Problem::Internal("the release has no language".to_owned());
        self.live.manifest().default_language().ok_or_else(none)
    }
}

fn is_public(entry: &ObjectEntry) -> bool {
    entry.key.audience() == Audience::Everyone
}

impl PublicRelease {
    /// What the release says about itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.release.manifest
    }

    fn file(&self, path: &str) -> Option<Cow<'_, PublicFile>> {
        match &self.files {
            Files::Stored(files) => files.get(path).map(Cow::Borrowed),
            // Nobody compresses on the way to the same machine.
            Files::Handed(handed) => handed
                .public(path)
                .map(|key| Cow::Owned(PublicFile { key: key.clone(), compressed: Vec::new() })),
        }
    }

    fn new<'a>(
        release: &Arc<Release>,
        public: impl Iterator<Item = &'a ObjectEntry> + Clone,
    ) -> Self {
        let mut files: HashMap<String, PublicFile> = HashMap::new();
        let keys = public.map(|entry| &entry.key);
        for key in keys.clone().filter(|key| key.content_encoding().is_none()) {
            let file = PublicFile { key: key.clone(), compressed: Vec::new() };
            files.insert(key.path(), file);
        }
        for key in keys {
            if let ObjectKey::Precompressed { of, encoding } = key
                && let Some(file) = files.get_mut(&of.path())
            {
                file.compressed.push((*encoding, key.clone()));
                // `Br` stands before `Gzip`, and is the smaller.
                file.compressed.sort();
            }
        }
        Self { release: Arc::clone(release), files: Files::Stored(files) }
    }
}
