//! Forgetting: what the store keeps of releases that learners neither see nor
//! saw just before.

use std::collections::HashSet;

use contracts::access::Audience;
use contracts::digest::Digest;
use contracts::id::ReleaseId;
use contracts::object_key::ObjectKey;

use super::error::ReleaseError;
use super::key::PublicKey;
use super::note::lock;
use super::plan::is_page;
use super::pointer::{read_pointer, read_release};
use crate::store::Store;

/// Deletes the manifest of every release but the live one and the one before, and
/// the copies of pages that only the others have; says how many objects went. None of
/// the others can be restored afterwards.
///
/// Meant for a store that makes a release with every edit, such as a preview's.
/// No one else may publish to it meanwhile: a release that is not live yet looks
/// like one that isn't any more.
pub async fn forget(store: &Store, key: &PublicKey) -> Result<usize, ReleaseError> {
    let _lock = lock(store)?;
    let Some(pointer) = read_pointer(store, std::slice::from_ref(key)).await? else {
        return Ok(0);
    };
    let kept: Vec<_> =
        std::iter::once(&pointer.current.live).chain(&pointer.current.previous).collect();
    let listed = store.list(Audience::Internal, "releases").await?;
    let retired: Vec<ObjectKey> = listed
        .iter()
        .filter_map(|listed| manifest_at(&listed.path))
        .filter(|(release, _)| kept.iter().all(|kept| kept.release != *release))
        .map(|(_, key)| key)
        .collect();
    if retired.is_empty() {
        return Ok(0);
    }
    let mut needed = HashSet::new();
    for reference in kept {
        let manifest = read_release(store, reference).await?;
        let pages = manifest.objects.into_iter().filter(|entry| is_page(&entry.key));
        needed.extend(pages.map(|entry| entry.digest));
    }
    let mut forgotten = 0;
    for listed in store.list(Audience::Internal, "pages").await? {
        if let Some(digest) = copy_at(&listed.path)
            && !needed.contains(&digest)
        {
            store.delete(&ObjectKey::PageCopy { digest }).await?;
            forgotten += 1;
        }
    }
    // Last, since without them nothing would tell that there are copies to forget.
    for key in retired {
        store.delete(&key).await?;
        forgotten += 1;
    }
    Ok(forgotten)
}

/// The release whose manifest stands at a path, and its key.
fn manifest_at(path: &str) -> Option<(ReleaseId, ObjectKey)> {
    let (release, _) = path.strip_prefix("releases/")?.split_once('/')?;
    let release = ReleaseId::parse(release).ok()?;
    let key = ObjectKey::Manifest { release: release.clone() };
    (key.path() == path).then_some((release, key))
}

/// The digest of the page whose copy stands at a path.
fn copy_at(path: &str) -> Option<Digest> {
    Digest::parse(path.strip_prefix("pages/")?).ok()
}
