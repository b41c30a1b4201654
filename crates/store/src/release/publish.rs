//! Publication, in the promised order: hashed assets and gated bodies, copies of
//! the pages, the manifest, the pointer, public pages; then what is stale is
//! retired.
//!
//! An edge and a reader see a whole release at every moment, and a publication
//! that was interrupted is completed by running it again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use futures::FutureExt;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use contracts::access::Audience;
use contracts::digest::Digest;
use contracts::id::ReleaseId;
use contracts::manifest::{Manifest, ObjectEntry};
use contracts::object_key::ObjectKey;
use contracts::release::ReleaseRef;

use super::act::{BATCH, all, flip, refuse_if_overtaken, retire};
use super::error::ReleaseError;
use super::interruption::Standing;
use super::key::ReleaseKey;
use super::note::{Clock, Mark, Turn, lock};
use super::plan::{Holding, Plan, is_page, plan};
use super::pointer::{manifest_bytes, release_ref};
use super::survey::{Premise, Survey, copy_of, needed_by, survey};
use crate::error::StoreError;
use crate::store::{Payload, Store};

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub key: ObjectKey,
    /// BLAKE3 of its bytes; checked while it is sent.
    pub digest: Digest,
    /// Its length.
    pub bytes: u64,
    /// Its content.
    pub payload: Payload,
}

/// A step of a publication, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// What will be stored, the manifest not counted.
    Planned {
        /// How many objects of the site.
        objects: usize,
        /// How many bytes they have.
        bytes: u64,
        /// How many copies of pages, for frames and rollback.
        copies: usize,
    },
    /// One of these objects was stored.
    Stored {
        /// Its path.
        path: &'a str,
        /// Its length.
        bytes: u64,
    },
    /// One of the copies was stored.
    Copied,
    /// Learners see the release from now on.
    Flipped,
    /// A stale public file was deleted.
    Retired {
        /// Its path.
        path: &'a str,
    },
}

/// What a publication did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The release that is live now.
    pub release: ReleaseId,
    /// Objects of the site that were stored.
    pub uploaded: usize,
    /// Objects of the site that stood there already.
    pub kept: usize,
    /// Public files that were deleted.
    pub retired: usize,
    /// Bytes of the objects that were stored.
    pub bytes: u64,
    /// Whether the release was live before, so that learners see no other one.
    pub was_live: bool,
}

/// What [`publish_on`] would do, without doing it.
pub async fn dry_run(
    store: &Store,
    manifest: &Manifest,
    key: &ReleaseKey,
    premise: Premise<'_>,
) -> Result<Plan, ReleaseError> {
    let next = Next::of(manifest)?;
    let survey = next.survey(store, key, premise).await?;
    Ok(next.plan(&survey)?.0)
}

/// Publishes a site. Running it twice stores nothing the second time, and
/// running it after an interruption completes it, without what was stored already.
///
/// The public side belongs to the school alone: a file that no release names is
/// deleted, apart from dot files. `key` must be the one that signed the release
/// that is live now. `progress` is called from this task, in no promised order
/// of objects.
pub async fn publish(
    store: &Store,
    files: Vec<Upload>,
    manifest: &Manifest,
    key: &ReleaseKey,
    now: Timestamp,
    progress: impl Fn(Progress<'_>) + Sync,
) -> Result<Published, ReleaseError> {
    publish_on(Premise::default(), store, files, manifest, key, now, progress).await
}

/// As [`publish`], by what the caller knows and believes.
pub async fn publish_on(
    premise: Premise<'_>,
    store: &Store,
    files: Vec<Upload>,
    manifest: &Manifest,
    key: &ReleaseKey,
    now: Timestamp,
    progress: impl Fn(Progress<'_>) + Sync,
) -> Result<Published, ReleaseError> {
    let clock = Clock::from(now);
    let next = Next::of(manifest)?;
    let files = check_files(files, manifest)?;
    let lock = lock(store)?;
    let survey = next.survey(store, key, premise).await?;
    let (plan, mark) = next.plan(&survey)?;
    if let Some(found) = &survey.note {
        found.refuse_if_running(store, &next.reference.release, clock.now())?;
    }
    let publication = Publication { store, files: &files, next: &next, plan: &plan };
    publication.store_unseen(&survey, &progress).await?;
    let is_live = survey.pointer.as_ref().is_some_and(|at| at.current.live == next.reference);
    if !(is_live && plan.is_empty() && survey.note.is_none()) {
        let note = survey.note.as_ref();
        let mut turn = Turn::take(store, &next.reference.release, note, mark, clock).await?;
        let flipping = if is_live { Flip::Standing } else { Flip::Pending(clock.now()) };
        match publication.store_seen(&survey, key, flipping, &mut turn, &progress).await {
            Ok(()) => turn.finish().await?,
            Err(error) => {
                // The first error says more than a failure to note it.
                drop(turn.stop().await);
                return Err(error);
            }
        }
    }
    // Without the lock of a folder others may be writing.
    if lock.is_some() {
        store.sweep().await;
    }
    Ok(Published {
        release: next.reference.release.clone(),
        uploaded: plan.put.len(),
        kept: plan.keep.len(),
        retired: plan.retire.len(),
        bytes: plan.bytes(),
        was_live: is_live,
    })
}

/// The release to be published.
struct Next<'a> {
    manifest: &'a Manifest,
    bytes: Bytes,
    reference: ReleaseRef,
}

/// Where progress goes.
type Tell<'a> = dyn Fn(Progress<'_>) + Sync + 'a;

/// Whether the pointer has yet to be set.
enum Flip {
    Standing,
    Pending(Timestamp),
}

struct Publication<'a> {
    store: &'a Store,
    files: &'a HashMap<ObjectKey, Upload>,
    next: &'a Next<'a>,
    plan: &'a Plan,
}

impl<'a> Next<'a> {
    fn of(manifest: &'a Manifest) -> Result<Self, ReleaseError> {
        check_paths(manifest)?;
        let bytes = manifest_bytes(manifest)?;
        let reference = release_ref(&bytes)
            .ok_or_else(|| ReleaseError::Missing { path: "manifest.json".to_owned() })?;
        Ok(Self { manifest, bytes: bytes.into(), reference })
    }

    async fn survey(
        &self,
        store: &Store,
        key: &ReleaseKey,
        premise: Premise<'_>,
    ) -> Result<Survey, ReleaseError> {
        let mut needs = needed_by(self.manifest);
        needs.insert(self.key().path(), self.bytes.len() as u64);
        survey(store, &key.public(), &self.reference.release, &needs, premise).await
    }

    fn key(&self) -> ObjectKey {
        ObjectKey::Manifest { release: self.reference.release.clone() }
    }

    /// What is to be done, and what is noted of the pages to begin with.
    fn plan(&self, survey: &Survey) -> Result<(Plan, Mark), ReleaseError> {
        let standing = Standing::of(survey, &self.reference.release, self.manifest);
        let plan = plan(standing.described, self.manifest).against(
            &survey.public,
            &survey.private,
            self.manifest,
            survey.before.as_ref(),
            &standing.known,
        );
        // Hashed files may stem from a first attempt; anything else is foreign.
        let foreign = plan.retire.iter().find(|path| !path.starts_with("assets/"));
        match foreign {
            Some(path) if survey.pointer.is_none() && survey.note.is_none() => {
                Err(ReleaseError::NotEmpty { path: path.clone() })
            }
            _ => Ok((plan, standing.mark)),
        }
    }

    /// A page for each copy that is missing. Pages with the same bytes share one.
    fn missing_copies(&self, private: &Holding) -> BTreeMap<Digest, &'a ObjectEntry> {
        let pages = self.manifest.objects.iter().filter(|entry| is_page(&entry.key));
        let missing =
            pages.filter(|entry| private.get(&copy_of(entry).path()) != Some(&entry.bytes));
        missing.map(|entry| (entry.digest, entry)).collect()
    }
}

impl Publication<'_> {
    /// Everything that no page and no pointer names yet.
    async fn store_unseen(&self, survey: &Survey, progress: &Tell<'_>) -> Result<(), ReleaseError> {
        let copies = self.next.missing_copies(&survey.private);
        let (objects, bytes) = (self.plan.put.len(), self.plan.bytes());
        progress(Progress::Planned { objects, bytes, copies: copies.len() });
        // Two large files fill a line; more would only fill the memory.
        let large = Semaphore::new(2);
        let unseen = self.plan.put.iter().filter(|entry| !is_page(&entry.key));
        let acts = unseen.map(|entry| self.store_one(entry, &large, progress).boxed());
        all(acts.collect()).await?;

        let acts = copies.into_values().map(|entry| self.store_copy(entry, progress).boxed());
        all(acts.collect()).await?;

        let key = self.next.key();
        if survey.private.get(&key.path()) != Some(&(self.next.bytes.len() as u64)) {
            self.store.put(&key, Payload::Bytes(self.next.bytes.clone())).await?;
        }
        Ok(())
    }

    /// The pointer, the public pages, and what is stale.
    async fn store_seen(
        &self,
        survey: &Survey,
        key: &ReleaseKey,
        flipping: Flip,
        turn: &mut Turn<'_>,
        progress: &Tell<'_>,
    ) -> Result<(), ReleaseError> {
        let pointer = survey.pointer.as_ref();
        refuse_if_overtaken(self.store, key, pointer, self.next.manifest).await?;
        if let Flip::Pending(now) = flipping {
            flip(self.store, key, pointer, self.next.reference.clone(), now).await?;
            progress(Progress::Flipped);
        }
        let large = Semaphore::new(2);
        for batch in self.pages().chunks(BATCH) {
            turn.renew().await?;
            let acts =
                batch.iter().map(|(_, entry)| self.store_one(entry, &large, progress).boxed());
            all(acts.collect()).await?;
            turn.reached(batch.last().map_or(0, |(place, _)| place + 1));
        }
        let stale: Vec<_> = self.plan.retire.iter().collect();
        retire(self.store, turn, &stale, &|path| progress(Progress::Retired { path })).await
    }

    /// The pages to be stored with their places in the manifest, in the order of
    /// places: so one number says how far an interrupted publication came.
    fn pages(&self) -> Vec<(usize, &ObjectEntry)> {
        let pages = self.plan.put.iter().filter(|entry| is_page(&entry.key));
        let put: HashSet<&ObjectKey> = pages.map(|entry| &entry.key).collect();
        let all = self.next.manifest.objects.iter().enumerate();
        all.filter(|(_, entry)| put.contains(&entry.key)).collect()
    }

    async fn store_copy(&self, entry: &ObjectEntry, progress: &Tell<'_>) -> Result<(), StoreError> {
        let Some(file) = self.files.get(&entry.key) else {
            return Err(StoreError::NotFound { path: entry.key.path() });
        };
        self.store.put_as(&copy_of(entry), file.payload.clone(), &entry.digest).await?;
        progress(Progress::Copied);
        Ok(())
    }

    async fn store_one(
        &self,
        entry: &ObjectEntry,
        large: &Semaphore,
        progress: &Tell<'_>,
    ) -> Result<(), StoreError> {
        let path = entry.key.path();
        let Some(file) = self.files.get(&entry.key) else {
            return Err(StoreError::NotFound { path });
        };
        let _permit = match entry.bytes {
            0..=LARGE_BYTES => None,
            _ => large.acquire().await.ok(),
        };
        self.store.put_as(&entry.key, file.payload.clone(), &entry.digest).await?;
        progress(Progress::Stored { path: &path, bytes: entry.bytes });
        Ok(())
    }
}

/// Files above this length wait for each other.
const LARGE_BYTES: u64 = 8 * 1024 * 1024;

/// Whether there is the right file for each object of the manifest. Files that
/// it doesn't name are not published.
fn check_files(
    files: Vec<Upload>,
    manifest: &Manifest,
) -> Result<HashMap<ObjectKey, Upload>, ReleaseError> {
    let files: HashMap<_, _> = files.into_iter().map(|file| (file.key.clone(), file)).collect();
    for entry in &manifest.objects {
        let path = || entry.key.path();
        let file = files.get(&entry.key).ok_or_else(|| ReleaseError::Missing { path: path() })?;
        if file.digest != entry.digest || file.bytes != entry.bytes {
            return Err(ReleaseError::Mismatch { path: path() });
        }
    }
    Ok(files)
}

/// No two objects of a side share a path, and none takes a place that the
/// store needs for itself.
fn check_paths(manifest: &Manifest) -> Result<(), ReleaseError> {
    let mut taken: BTreeMap<bool, BTreeSet<String>> = BTreeMap::new();
    for entry in &manifest.objects {
        let path = entry.key.path();
        let own = match &entry.key {
            ObjectKey::PageCopy { .. }
            | ObjectKey::Manifest { .. }
            | ObjectKey::Current
            | ObjectKey::Publication => true,
            ObjectKey::Page { .. }
            | ObjectKey::Asset { .. }
            | ObjectKey::Precompressed { .. }
            | ObjectKey::Body { .. }
            | ObjectKey::LessonAsset { .. }
            | ObjectKey::Frame { .. } => false,
        };
        let is_public = entry.key.audience() == Audience::Everyone;
        let is_first = taken.entry(is_public).or_default().insert(path.clone());
        if own || !is_first {
            return Err(ReleaseError::Collision { path });
        }
    }
    Ok(())
}
