//! What stands in the store before anything is changed.

use contracts::access::Audience;
use contracts::id::ReleaseId;
use contracts::manifest::Manifest;
use contracts::object_key::ObjectKey;
use contracts::release::ReleaseRef;
use contracts::site_path::SitePath;

use super::error::{ReadError, ReleaseError};
use super::key::PublicKey;
use super::note::{self, Found};
use super::plan::Holding;
use super::pointer::{Pointer, read_pointer, read_release};
use crate::error::StoreError;
use crate::store::Store;

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
    /// Bodies, frames and the copies of the release in question.
    pub(crate) private: Holding,
}

/// Reads the state; `key` must have signed the pointer.
pub(crate) async fn survey(
    store: &Store,
    key: &PublicKey,
    next: &ReleaseId,
) -> Result<Survey, ReleaseError> {
    // The note is read first: if it is gone by the time the pointer is read,
    // the pointer is the one that its publication has set.
    let note = note::read(store).await?;
    let pointer = read_pointer(store, std::slice::from_ref(key)).await?;
    let current = pointer.as_ref().map(|pointer| &pointer.current);
    let live = match current {
        Some(current) => Some(read_release(store, &current.live).await?),
        None => None,
    };
    let before = match current {
        Some(current) if current.live.release == *next => {
            read_if_any(store, current.previous.as_ref()).await?
        }
        _ => live.clone(),
    };
    let mut private = Holding::new();
    for prefix in ["lessons".to_owned(), "frames".to_owned(), format!("releases/{next}")] {
        private.extend(holding(store, Audience::Internal, &prefix).await?);
    }
    let public = holding(store, Audience::Everyone, "").await?;
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

async fn holding(store: &Store, audience: Audience, prefix: &str) -> Result<Holding, StoreError> {
    let listed = store.list(audience, prefix).await?;
    Ok(listed.into_iter().map(|object| (object.path, object.bytes)).collect())
}

/// Where a release keeps its own copy of a public page or of a compressed one.
pub(crate) fn copy_of(release: &ReleaseId, page: &ObjectKey) -> Result<ObjectKey, StoreError> {
    let path = page.path();
    let path = SitePath::parse(&path).map_err(|_| StoreError::BadPath { path })?;
    Ok(ObjectKey::ReleasePage { release: release.clone(), path })
}
