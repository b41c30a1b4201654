//! Forgetting: what the store keeps of releases that learners neither see nor
//! saw just before.

use contracts::access::Audience;
use contracts::id::ReleaseId;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use super::error::ReleaseError;
use super::key::PublicKey;
use super::note::lock;
use super::pointer::read_pointer;
use crate::store::Store;

/// Deletes the manifest and the copies of pages of every release but the live
/// one and the one before, and says how many objects went. None of the others
/// can be restored afterwards.
///
/// Meant for a store that makes a release with every edit, such as a preview's.
/// No one else may publish to it meanwhile: a release that is not live yet looks
/// like one that isn't any more.
pub async fn forget(store: &Store, key: &PublicKey) -> Result<usize, ReleaseError> {
    let _lock = lock(store)?;
    let Some(pointer) = read_pointer(store, std::slice::from_ref(key)).await? else {
        return Ok(0);
    };
    let current = &pointer.current;
    let is_kept = |release: &ReleaseId| {
        std::iter::once(&current.live).chain(&current.previous).any(|kept| kept.release == *release)
    };
    let mut forgotten = 0;
    for listed in store.list(Audience::Internal, "releases").await? {
        if let Some((release, key)) = kept_by_release(&listed.path)
            && !is_kept(&release)
        {
            store.delete(&key).await?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

/// The release that an object belongs to, and the object's key.
fn kept_by_release(path: &str) -> Option<(ReleaseId, ObjectKey)> {
    let (release, rest) = path.strip_prefix("releases/")?.split_once('/')?;
    let release = ReleaseId::parse(release).ok()?;
    let key = match rest.strip_prefix("pages/") {
        Some(page) => {
            ObjectKey::ReleasePage { release: release.clone(), path: SitePath::parse(page).ok()? }
        }
        None => ObjectKey::Manifest { release: release.clone() },
    };
    (key.path() == path).then_some((release, key))
}
