//! The steps that publication and rollback share: flip the pointer, write
//! pages, retire what is stale.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
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

/// Requests on their way at once.
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
    let public: BTreeSet<String> =
        store.list(Audience::Everyone, "").await?.into_iter().map(|listed| listed.path).collect();
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
    done: impl Fn(&str),
) -> Result<(), ReleaseError> {
    for batch in paths.chunks(BATCH) {
        turn.renew().await?;
        stream::iter(batch.iter().map(Ok::<_, StoreError>))
            .try_for_each_concurrent(AT_ONCE, |path| {
                let done = &done;
                async move {
                    store.delete_public(path).await?;
                    done(path);
                    Ok(())
                }
            })
            .await?;
    }
    Ok(())
}

/// Runs one act on each object, several at a time.
pub(crate) async fn each<T, F>(
    objects: impl IntoIterator<Item = T>,
    act: impl Fn(T) -> F,
) -> Result<(), StoreError>
where
    F: Future<Output = Result<(), StoreError>>,
{
    stream::iter(objects).map(Ok).try_for_each_concurrent(AT_ONCE, act).await
}
