//! Reading a release and trusting it: signature, digest, name, version, shape,
//! in this order, so that nothing is parsed before it is known to be ours.

use bytes::Bytes;
use serde::Deserialize;

use contracts::digest::Digest;
use contracts::id::ReleaseId;
use contracts::manifest::{MANIFEST_VERSION, Manifest};
use contracts::object_key::ObjectKey;
use contracts::release::{Current, ReleaseRef};

use super::error::ReadError;
use super::key::{PublicKey, verify};
use super::note;
use crate::error::StoreError;
use crate::store::Store;

/// A pointer as it stood when it was read.
#[derive(Debug, Clone)]
pub(crate) struct Pointer {
    /// Changes with it; the condition under which it may be replaced.
    pub(crate) etag: String,
    pub(crate) current: Current,
}

/// The canonical bytes of a manifest: compact JSON in the order of its fields.
pub fn manifest_bytes(manifest: &Manifest) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(manifest)
}

/// The release that these manifest bytes are.
#[must_use]
pub fn release_ref(bytes: &[u8]) -> Option<ReleaseRef> {
    let manifest = Digest::from_bytes(*blake3::hash(bytes).as_bytes());
    let release = ReleaseId::parse(&manifest.short()).ok()?;
    Some(ReleaseRef { release, manifest })
}

/// The verified pointer, or `None` before the first publication.
pub(crate) async fn read_pointer(
    store: &Store,
    keys: &[PublicKey],
) -> Result<Option<Pointer>, ReadError> {
    match store.get_unless(&ObjectKey::Current, None).await {
        Ok(Some((etag, bytes))) => Ok(Some(Pointer { etag, current: verified(&bytes, keys)? })),
        Ok(None) | Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The release that learners see.
#[derive(Debug, Clone)]
pub struct Live {
    /// Its name and its manifest's digest, as they were signed.
    pub reference: ReleaseRef,
    /// Its manifest.
    pub manifest: Manifest,
}

/// The release that is live, or `None` before the first publication.
///
/// Errs if none of the keys signed it.
pub async fn live(store: &Store, keys: &[PublicKey]) -> Result<Option<Live>, ReadError> {
    let Some(pointer) = read_pointer(store, keys).await? else { return Ok(None) };
    let reference = pointer.current.live;
    let manifest = read_release(store, &reference).await?;
    Ok(Some(Live { reference, manifest }))
}

/// The release that is live while no publication is under way or was interrupted,
/// told by two small requests; `None` also before the first publication.
///
/// Errs if none of the keys signed it.
pub async fn undisturbed(
    store: &Store,
    keys: &[PublicKey],
) -> Result<Option<ReleaseRef>, ReadError> {
    // As in a survey, the note is read first.
    if note::read(store).await?.is_some() {
        return Ok(None);
    }
    Ok(read_pointer(store, keys).await?.map(|pointer| pointer.current.live))
}

/// Reads a pointer and checks that one of the keys signed it.
pub(crate) fn verified(bytes: &Bytes, keys: &[PublicKey]) -> Result<Current, ReadError> {
    let current: Current = serde_json::from_slice(bytes)
        .map_err(|source| ReadError::Malformed { path: ObjectKey::Current.path(), source })?;
    verify(&current, keys).map_err(|_| ReadError::NotSigned)?;
    check_pointer(&current.live)?;
    current.previous.as_ref().map_or(Ok(()), check_pointer)?;
    Ok(current)
}

/// Whether a release is named after its manifest.
fn check_pointer(reference: &ReleaseRef) -> Result<(), ReadError> {
    if reference.release.as_str() == reference.manifest.short() {
        Ok(())
    } else {
        Err(ReadError::Misnamed {
            release: reference.release.clone(),
            manifest: reference.manifest,
        })
    }
}

/// The manifest of a release whose digest is known from a signed pointer.
pub(crate) async fn read_release(
    store: &Store,
    reference: &ReleaseRef,
) -> Result<Manifest, ReadError> {
    let release = reference.release.clone();
    let bytes = store.get(&ObjectKey::Manifest { release: release.clone() }).await?;
    let actual = Digest::from_bytes(*blake3::hash(&bytes).as_bytes());
    if actual != reference.manifest {
        let expected = reference.manifest;
        return Err(ReadError::ManifestDiffers { release, expected, actual });
    }
    read_manifest(&release, &bytes)
}

/// Parses a manifest; one of an unknown version is refused before its other
/// fields are looked at.
pub fn read_manifest(release: &ReleaseId, bytes: &[u8]) -> Result<Manifest, ReadError> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    let malformed = |source| ReadError::Malformed {
        path: ObjectKey::Manifest { release: release.clone() }.path(),
        source,
    };
    let Versioned { version } = serde_json::from_slice(bytes).map_err(malformed)?;
    if version != u64::from(MANIFEST_VERSION) {
        return Err(ReadError::UnknownVersion { release: release.clone(), version });
    }
    serde_json::from_slice(bytes).map_err(malformed)
}
