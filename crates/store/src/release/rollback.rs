//! Going back: the copies of a release's pages become the public pages again, then
//! the pointer is flipped.

use std::collections::BTreeMap;

use futures::FutureExt;
use jiff::Timestamp;

use contracts::access::Audience;
use contracts::id::ReleaseId;
use contracts::manifest::{Manifest, ObjectEntry};
use contracts::object_key::ObjectKey;
use contracts::release::ReleaseRef;

use super::act::{BATCH, all, flip, refuse_if_overtaken, retire};
use super::error::{ReadError, ReleaseError};
use super::interruption::Standing;
use super::key::{PublicKey, ReleaseKey};
use super::note::{Clock, Mark, Turn, lock};
use super::plan::{Plan, is_page, plan};
use super::pointer::{Pointer, read_manifest, read_pointer, release_ref};
use super::publish::Published;
use super::survey::{Premise, Survey, Trust, copy_of, needed_by, survey};
use crate::error::StoreError;
use crate::store::{Payload, Store};

/// A release that stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseSummary {
    /// Its id.
    pub release: ReleaseId,
    /// When its manifest was stored: the time of its first publication.
    pub stored_at: Timestamp,
    /// What it is to learners now.
    pub state: ReleaseState,
}

/// What a release is to learners now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseState {
    /// They see it.
    Live,
    /// They saw it before; the edge still accepts it.
    Previous,
    /// Older, never made live, or rolled back twice.
    Retired,
}

/// Makes an earlier release live again: `target`, or the one before the live
/// one. Its public pages come back byte for byte, and what was live becomes
/// the previous release.
///
/// A release can be restored as long as its hashed public files are there;
/// they are retired two publications later.
pub async fn rollback(
    store: &Store,
    target: Option<ReleaseId>,
    key: &ReleaseKey,
    now: Timestamp,
) -> Result<Published, ReleaseError> {
    let clock = Clock::from(now);
    let _lock = lock(store)?;
    let pointer = read_pointer(store, &[key.public()]).await?.ok_or(ReadError::NothingPublished)?;
    let target = choose(&pointer, target)?;
    let (reference, manifest) = read_target(store, &target).await?;
    let needs = needed_by(&manifest);
    let premise = Premise { trust: Trust::Listing, live: None };
    let survey = survey(store, &key.public(), &target, &needs, premise).await?;
    if let Some(found) = &survey.note {
        found.refuse_if_running(store, &target, clock.now())?;
    }
    let plan = restoring(&survey, &manifest, &target)?;
    let pages: Vec<_> = plan.put.iter().filter(|entry| is_page(&entry.key)).collect();
    let stale: Vec<_> = plan.retire.iter().collect();

    let note = survey.note.as_ref();
    // Pages are changed before the pointer, so that a mark would say the wrong thing.
    let mut turn = Turn::take(store, &target, note, Mark::default(), clock).await?;
    let restored = async {
        let pointer = survey.pointer.as_ref();
        refuse_if_overtaken(store, key, pointer, &manifest).await?;
        for batch in pages.chunks(BATCH) {
            turn.renew().await?;
            let acts = batch.iter().map(|entry| restore(store, entry).boxed());
            all(acts.collect()).await?;
        }
        flip(store, key, pointer, reference, clock.now()).await?;
        retire(store, &mut turn, &stale, &|_| ()).await
    };
    if let Err(error) = restored.await {
        // The first error says more than a failure to note it.
        drop(turn.stop().await);
        return Err(error);
    }
    turn.finish().await?;
    Ok(Published {
        release: target,
        uploaded: pages.len(),
        kept: plan.keep.len(),
        retired: stale.len(),
        bytes: pages.iter().map(|entry| entry.bytes).sum(),
        was_live: false,
    })
}

fn choose(pointer: &Pointer, target: Option<ReleaseId>) -> Result<ReleaseId, ReleaseError> {
    let current = &pointer.current;
    let previous = current.previous.as_ref().map(|previous| previous.release.clone());
    let target = target.or(previous).ok_or(ReleaseError::NoPrevious)?;
    if target == current.live.release {
        return Err(ReleaseError::AlreadyLive(target));
    }
    Ok(target)
}

/// The manifest of any release of the store. The id holds 64 bits of the
/// digest, so a changed manifest is noticed here too.
async fn read_target(
    store: &Store,
    target: &ReleaseId,
) -> Result<(ReleaseRef, Manifest), ReleaseError> {
    let bytes = match store.get(&ObjectKey::Manifest { release: target.clone() }).await {
        Err(StoreError::NotFound { .. }) => {
            return Err(ReleaseError::UnknownRelease(target.clone()));
        }
        read => read?,
    };
    match release_ref(&bytes) {
        Some(reference) if reference.release == *target => {
            let manifest = read_manifest(target, &bytes)?;
            Ok((reference, manifest))
        }
        _ => {
            let manifest = contracts::digest::Digest::from_bytes(*blake3::hash(&bytes).as_bytes());
            Err(ReadError::Misnamed { release: target.clone(), manifest }.into())
        }
    }
}

/// The plan of a rollback; refused unless everything the release needs is there.
fn restoring(
    survey: &Survey,
    manifest: &Manifest,
    target: &ReleaseId,
) -> Result<Plan, ReleaseError> {
    let standing = Standing::of(survey, target, manifest);
    let plan = plan(standing.described, manifest).against(
        &survey.public,
        &survey.private,
        manifest,
        survey.before.as_ref(),
        &standing.known,
    );
    let lost = || plan.put.iter().filter(|entry| !is_page(&entry.key));
    if let Some(entry) = lost().find(|entry| is_gated_now(entry, survey.live.as_ref())) {
        let (release, path) = (target.clone(), entry.key.path());
        return Err(ReleaseError::Gated { release, path });
    }
    let mut missing: Vec<String> = lost().map(|entry| entry.key.path()).collect();
    for entry in manifest.objects.iter().filter(|entry| is_page(&entry.key)) {
        let copy = copy_of(entry).path();
        if survey.private.get(&copy) != Some(&entry.bytes) {
            missing.push(copy);
        }
    }
    if missing.is_empty() {
        Ok(plan)
    } else {
        Err(ReleaseError::Incomplete { release: target.clone(), missing })
    }
}

/// Whether everyone could have the file and the live release keeps the same
/// bytes for learners. Putting it back would undo what the author decided since.
fn is_gated_now(entry: &ObjectEntry, live: Option<&Manifest>) -> bool {
    let mut now = live.into_iter().flat_map(|live| &live.objects);
    entry.key.audience() == Audience::Everyone
        && now.any(|kept| kept.digest == entry.digest && kept.key.audience() == Audience::Entitled)
}

async fn restore(store: &Store, entry: &ObjectEntry) -> Result<(), StoreError> {
    let bytes = store.get(&copy_of(entry)).await?;
    store.put_as(&entry.key, Payload::Bytes(bytes), &entry.digest).await
}

/// The releases of the store, the newest first. A pointer that none of the
/// keys signed is an error.
pub async fn releases(
    store: &Store,
    keys: &[PublicKey],
) -> Result<Vec<ReleaseSummary>, ReleaseError> {
    let pointer = read_pointer(store, keys).await?;
    let current = pointer.as_ref().map(|pointer| &pointer.current);
    let live = current.map(|current| &current.live.release);
    let previous = current.and_then(|current| current.previous.as_ref());
    let mut found = BTreeMap::new();
    for object in store.list(Audience::Internal, "releases").await? {
        let id = object
            .path
            .strip_prefix("releases/")
            .and_then(|rest| rest.strip_suffix("/manifest.json"));
        if let Some(release) = id.and_then(|id| ReleaseId::parse(id).ok()) {
            found.insert(release, object.stored_at);
        }
    }
    let mut summaries: Vec<_> = found
        .into_iter()
        .map(|(release, stored_at)| {
            let state = if live == Some(&release) {
                ReleaseState::Live
            } else if previous.is_some_and(|previous| previous.release == release) {
                ReleaseState::Previous
            } else {
                ReleaseState::Retired
            };
            ReleaseSummary { release, stored_at, state }
        })
        .collect();
    summaries.sort_by(|a, b| b.stored_at.cmp(&a.stored_at).then_with(|| a.release.cmp(&b.release)));
    Ok(summaries)
}
