//! The steps that publication and rollback share: flip the pointer, write
//! pages, retire what is stale.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use contracts::access::Audience;
use contracts::manifest::Manifest;
use contracts::object_key::ObjectKey;
use contracts::release::ReleaseRef;

use super::error::ReleaseError;
use super::key::ReleaseKey;
use super::note::Turn;
use super::plan::is_page;
use super::pointer::{Pointer, read_pointer};
use crate::adapter::Condition;
use crate::error::StoreError;
use crate::store::Store;

/// Requests on their way at once: enough to hide the way to a server that answers in
/// 50 ms behind 300 objects a second, and few enough for the connections that a small
/// server or a home line takes.
pub(crate) const AT_ONCE: usize = 16;

/// Pages between two renewals of the note.
pub(crate) const BATCH: usize = 200;

/// Whether the store is still as it was surveyed: the pointer is the same, and
/// no other publication has retired a hashed file that we are about to show.
/// Asked when it is our turn, so that the answer stays true.
pub(crate) async fn refuse_if_overtaken(
    store: &Store,
    key: &ReleaseKey,
    surveyed: Option<&Pointer>,
    next: &Manifest,
) -> Result<(), ReleaseError> {
    let pointer = read_pointer(store, &[key.public()]).await?.map(|pointer| pointer.current);
    let public = hashed_files(store).await?;
    let is_whole = next
        .objects
        .iter()
        .filter(|entry| entry.key.audience() == Audience::Everyone && !is_page(&entry.key))
        .all(|entry| public.contains(&entry.key.path()));
    if is_whole && pointer.as_ref() == surveyed.map(|pointer| &pointer.current) {
        Ok(())
    } else {
        Err(ReleaseError::Overtaken)
    }
}

/// The paths of public files that stand under hashed names.
async fn hashed_files(store: &Store) -> Result<BTreeSet<String>, StoreError> {
    let listed = store.list(Audience::Everyone, "assets").await?;
    Ok(listed.into_iter().map(|listed| listed.path).collect())
}

/// Points to another release; what was live becomes the one before.
pub(crate) async fn flip(
    store: &Store,
    key: &ReleaseKey,
    surveyed: Option<&Pointer>,
    live: ReleaseRef,
    now: Timestamp,
) -> Result<(), ReleaseError> {
    // An edge refuses a pointer that is older than the one it knows, so the
    // time goes forward even where the publishers' clocks don't agree.
    let published_at = surveyed
        .and_then(|pointer| {
            pointer.current.published_at.checked_add(SignedDuration::from_millis(1)).ok()
        })
        .map_or(now, |least| least.max(now));
    let previous = surveyed.map(|pointer| pointer.current.live.clone());
    let current = key.sign(live, previous, published_at);
    let bytes = Bytes::from(serde_json::to_vec(&current)?);
    let condition = match surveyed {
        Some(pointer) => Condition::Still(pointer.etag.clone()),
        None => Condition::Absent,
    };
    match store.put_if(&ObjectKey::Current, bytes, condition).await {
        Ok(_) => Ok(()),
        // A request whose answer was lost is sent again and then meets itself.
        Err(StoreError::Changed { .. }) => match read_pointer(store, &[key.public()]).await? {
            Some(now) if now.current == current => Ok(()),
            _ => Err(ReleaseError::Overtaken),
        },
        Err(error) => Err(error.into()),
    }
}

/// Deletes public files, with a sign of life after every batch.
pub(crate) async fn retire(
    store: &Store,
    turn: &mut Turn<'_>,
    paths: &[&String],
    done: &(dyn Fn(&str) + Sync),
) -> Result<(), ReleaseError> {
    for batch in paths.chunks(BATCH) {
        turn.renew().await?;
        let acts = batch.iter().map(|path| {
            async move {
                store.delete_public(path).await?;
                done(path);
                Ok(())
            }
            .boxed()
        });
        all(acts.collect()).await?;
    }
    Ok(())
}

/// Does all of it, several at a time; the first failure ends the rest. Boxed,
/// so that a publication can be handed to another thread.
pub(crate) async fn all(
    acts: Vec<BoxFuture<'_, Result<(), StoreError>>>,
) -> Result<(), StoreError> {
    stream::iter(acts).map(Ok).try_for_each_concurrent(AT_ONCE, |act| act).await
}
