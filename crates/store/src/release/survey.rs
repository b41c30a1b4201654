//! What stands in the store before anything is changed, learned with as few
//! requests as may be.
//!
//! The public side is always listed: what no release names must not stay there.
//! Of the private side the live manifest tells most.

use futures::{StreamExt, TryStreamExt, stream};

use contracts::access::Audience;
use contracts::id::ReleaseId;
use contracts::manifest::{Manifest, ObjectEntry};
use contracts::object_key::ObjectKey;
use contracts::release::ReleaseRef;

use super::act::AT_ONCE;
use super::error::{ReadError, ReleaseError};
use super::key::PublicKey;
use super::note::{self, Found};
use super::plan::{Holding, is_page};
use super::pointer::{Live, Pointer, read_pointer, read_release};
use crate::error::StoreError;
use crate::store::Store;

/// What is believed to stand on the private side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// What the live manifest names: it became live only once all of it stood there.
    Manifest,
    /// Nothing but what is listed, so that what was lost since is noticed.
    Listing,
}

/// What a publication goes by.
#[derive(Debug, Clone, Copy)]
pub struct Premise<'a> {
    /// What is believed to stand on the private side.
    pub trust: Trust,
    /// The live release as the caller has read it: it is not read again unless another
    /// one is live by then.
    pub live: Option<&'a Live>,
}

impl Default for Premise<'_> {
    fn default() -> Self {
        Self { trust: Trust::Manifest, live: None }
    }
}

/// The state that a publication or rollback to one release starts from.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) pointer: Option<Pointer>,
    /// The manifest of the live release.
    pub(crate) live: Option<Manifest>,
    /// The manifest that will be the one before: of what is live now, or of
    /// its predecessor if the live release is published again.
    pub(crate) before: Option<Manifest>,
    /// A publication that runs or was interrupted.
    pub(crate) note: Option<Found>,
    pub(crate) public: Holding,
    /// What the release in question needs of the private side, as far as it is there.
    pub(crate) private: Holding,
}

/// So many objects are asked for one by one; a list tells a thousand with one
/// request, but tells of all that ever stood there.
const MOST_ASKED: usize = 100;

/// Reads the state that `next` would be published in, a release that needs these
/// objects of the private side; `key` must have signed the pointer.
pub(crate) async fn survey(
    store: &Store,
    key: &PublicKey,
    next: &ReleaseId,
    needs: &Holding,
    premise: Premise<'_>,
) -> Result<Survey, ReleaseError> {
    // The note is read first: if it is gone by the time the pointer is read,
    // the pointer is the one that its publication has set.
    let note = note::read(store).await?;
    let pointer = read_pointer(store, std::slice::from_ref(key)).await?;
    let current = pointer.as_ref().map(|pointer| &pointer.current);
    let (live, public) = futures::try_join!(
        async {
            let live = current.map(|current| &current.live);
            let known = premise.live.filter(|known| Some(&known.reference) == live);
            match known {
                Some(known) => Ok::<_, ReleaseError>(Some(known.manifest.clone())),
                None => Ok(read_if_any(store, live).await?),
            }
        },
        async { Ok(holding(store, Audience::Everyone, "").await?) },
    )?;
    let before = match current {
        Some(current) if current.live.release == *next => {
            read_if_any(store, current.previous.as_ref()).await?
        }
        _ => live.clone(),
    };
    let private = private(store, live.as_ref(), needs, premise.trust).await?;
    Ok(Survey { pointer, live, before, note, public, private })
}

async fn read_if_any(
    store: &Store,
    reference: Option<&ReleaseRef>,
) -> Result<Option<Manifest>, ReadError> {
    match reference {
        Some(reference) => read_release(store, reference).await.map(Some),
        None => Ok(None),
    }
}

/// Which of these objects stand on the private side.
async fn private(
    store: &Store,
    live: Option<&Manifest>,
    needs: &Holding,
    trust: Trust,
) -> Result<Holding, StoreError> {
    let believed = match (trust, live) {
        (Trust::Manifest, Some(live)) => needed_by(live),
        _ => Holding::new(),
    };
    let (mut held, mut unknown): (Holding, Holding) = needs
        .iter()
        .map(|(path, bytes)| (path.clone(), *bytes))
        .partition(|(path, bytes)| believed.get(path) == Some(bytes));
    // One of those believed in is asked for, the copy of a page, which comes last: a
    // private side that was emptied, or filled by a program that keeps its copies
    // elsewhere, is then noticed.
    let sample = held.iter().next_back().map(|(path, bytes)| (path.clone(), *bytes));
    unknown.extend(sample.clone());
    if unknown.len() > MOST_ASKED {
        return listed(store).await;
    }
    let found = asked(store, unknown).await?;
    if sample.is_some_and(|(path, bytes)| found.get(&path) != Some(&bytes)) {
        return listed(store).await;
    }
    held.extend(found);
    Ok(held)
}

/// What a release needs of the private side, its manifest apart.
pub(crate) fn needed_by(manifest: &Manifest) -> Holding {
    let objects = manifest.objects.iter();
    objects
        .filter_map(|entry| match entry.key.audience() {
            Audience::Everyone if is_page(&entry.key) => Some((copy_of(entry).path(), entry.bytes)),
            Audience::Everyone => None,
            Audience::Entitled | Audience::Internal => Some((entry.key.path(), entry.bytes)),
        })
        .collect()
}

/// Where the copy of a page, or of a compressed one, is kept.
pub(crate) fn copy_of(page: &ObjectEntry) -> ObjectKey {
    ObjectKey::PageCopy { digest: page.digest }
}

async fn asked(store: &Store, paths: Holding) -> Result<Holding, StoreError> {
    let asked = paths.into_keys().map(|path| async move {
        match store.head_private(&path).await {
            Ok(bytes) => Ok(Some((path, bytes))),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    });
    let found: Vec<_> = stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// The four folders of the private side.
async fn listed(store: &Store) -> Result<Holding, StoreError> {
    let list = |folder| holding(store, Audience::Internal, folder);
    let (lessons, frames, pages, releases) =
        futures::try_join!(list("lessons"), list("frames"), list("pages"), list("releases"))?;
    Ok([lessons, frames, pages, releases].into_iter().flatten().collect())
}

async fn holding(store: &Store, audience: Audience, prefix: &str) -> Result<Holding, StoreError> {
    let listed = store.list(audience, prefix).await?;
    Ok(listed.into_iter().map(|object| (object.path, object.bytes)).collect())
}
