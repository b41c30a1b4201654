//! Put, get, list and delete under object keys.
//!
//! The bucket follows from the key's audience; no caller can choose it. What
//! is put carries the headers its key demands.

mod read;

use std::fmt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::GetOptions;
use tokio::io::AsyncReadExt;

use contracts::access::Audience;
use contracts::digest::Digest;
use contracts::object_key::ObjectKey;

use crate::adapter::{Condition, Side};
use crate::config::{Location, StoreConfig};
use crate::error::StoreError;
use crate::sign::SignedObject;
use crate::staged::{self, Ours};

use read::{head_of, read_from, read_whole};

pub use crate::adapter::{Listed, OpenError};
pub use read::{ByteRange, ObjectInfo, Reader};

/// Both sides of a school's storage.
#[derive(Clone)]
pub struct Store {
    public: Side,
    private: Side,
}

/// What is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Bytes in memory.
    Bytes(Bytes),
    /// A file, read while it is sent: it need not fit into memory.
    File(PathBuf),
}

/// The most that [`Store::get`] reads into memory. A manifest of 10,000
/// lessons has about 20 MB; whatever is larger should be streamed.
const WHOLE_LIMIT_BYTES: u64 = 128 * 1024 * 1024;

/// Files up to this length are sent in one request, larger ones in parts of it.
const PART_BYTES: usize = 8 * 1024 * 1024;

/// What stands at the top of the private side.
const PRIVATE_NAMES: [&str; 6] =
    ["current.json", "frames", "lessons", "pages", "publication.json", "releases"];

/// S3 takes 10,000 parts at most.
const MOST_PARTS: u64 = 9_000;

/// Parts of one file on their way at once.
const PARTS_AT_ONCE: usize = 2;

impl Store {
    /// Opens both sides. Folders that aren't there are made; the private one
    /// for its owner alone. No request is sent.
    pub fn open(config: &StoreConfig) -> Result<Self, OpenError> {
        config.check()?;
        if let Location::Folder(folder) = &config.private {
            make_private_folder(folder)?;
        }
        Ok(Self {
            public: Side::open(config, &config.public)?,
            private: Side::open(config, &config.private)?,
        })
    }

    pub(crate) fn of_sides(public: Side, private: Side) -> Self {
        Self { public, private }
    }

    /// Stores an object with the headers of its key. It shows whole or not at all.
    pub async fn put(&self, key: &ObjectKey, payload: Payload) -> Result<(), StoreError> {
        self.put_any(key, payload, None).await
    }

    /// As [`Store::put`], but only if the bytes have this digest; otherwise
    /// nothing shows. A file may change between its compilation and its upload.
    pub async fn put_as(
        &self,
        key: &ObjectKey,
        payload: Payload,
        digest: &Digest,
    ) -> Result<(), StoreError> {
        self.put_any(key, payload, Some(digest)).await
    }

    async fn put_any(
        &self,
        key: &ObjectKey,
        payload: Payload,
        expected: Option<&Digest>,
    ) -> Result<(), StoreError> {
        let path = key.path();
        match payload {
            Payload::Bytes(bytes) => {
                check_digest(&path, expected, || blake3::hash(&bytes))?;
                self.side(key.audience()).put(key, &path, bytes).await
            }
            Payload::File(file) => self.put_file(key, &path, &file, expected).await,
        }
    }

    async fn put_file(
        &self,
        key: &ObjectKey,
        path: &str,
        file: &Path,
        expected: Option<&Digest>,
    ) -> Result<(), StoreError> {
        let unreadable = |source| StoreError::Source {
            file: file.display().to_string(),
            path: path.to_owned(),
            source,
        };
        let mut source = tokio::fs::File::open(file).await.map_err(unreadable)?;
        let len = source.metadata().await.map_err(unreadable)?.len();
        let part = PART_BYTES.max(usize::try_from(len / MOST_PARTS).unwrap_or(usize::MAX));
        let side = self.side(key.audience());
        if len <= part as u64 {
            let mut bytes = Vec::new();
            source.read_to_end(&mut bytes).await.map_err(unreadable)?;
            check_digest(path, expected, || blake3::hash(&bytes))?;
            return side.put(key, path, bytes.into()).await;
        }
        let mut upload = side.put_parts(key, path, part).await?;
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; 256 * 1024];
        let sent = loop {
            match source.read(&mut buffer).await {
                Ok(0) => break check_digest(path, expected, || hasher.finalize()),
                Ok(read) => {
                    let piece = buffer.get(..read).unwrap_or_default();
                    hasher.update(piece);
                    if let Err(error) = upload.wait_for_capacity(PARTS_AT_ONCE).await {
                        break Err(StoreError::wrap("put", path, error));
                    }
                    upload.write(piece);
                }
                Err(error) => break Err(unreadable(error)),
            }
        };
        let wrap = |error| StoreError::wrap("put", path, error);
        match sent {
            Ok(()) => upload.finish().await.map(drop).map_err(wrap),
            Err(error) => {
                // The first error says more than a failure to tidy up after it.
                drop(upload.abort().await);
                Err(error)
            }
        }
    }

    /// Replaces a small internal object under a condition.
    pub(crate) async fn put_if(
        &self,
        key: &ObjectKey,
        bytes: Bytes,
        condition: Condition,
    ) -> Result<Option<String>, StoreError> {
        self.side(key.audience()).put_if(key, bytes, condition).await
    }

    /// The whole object in memory; refused above 128 MiB.
    pub async fn get(&self, key: &ObjectKey) -> Result<Bytes, StoreError> {
        let path = key.path();
        let result = self.side(key.audience()).open_read(&path, GetOptions::default()).await?;
        Ok(read_whole(&path, result, WHOLE_LIMIT_BYTES).await?.1)
    }

    /// A small object with its entity tag, or `None` if it still has the one given.
    pub(crate) async fn get_unless(
        &self,
        key: &ObjectKey,
        etag: Option<&str>,
    ) -> Result<Option<(String, Bytes)>, StoreError> {
        let path = key.path();
        match self.side(key.audience()).open_read_unless(&path, etag).await? {
            None => Ok(None),
            // A pointer or a note has a few hundred bytes.
            Some(result) => read_whole(&path, result, 64 * 1024).await.map(Some),
        }
    }

    /// A part of an object in memory.
    pub async fn get_range(&self, key: &ObjectKey, range: ByteRange) -> Result<Bytes, StoreError> {
        let reader = self.read(key, Some(range)).await?;
        let pieces: Vec<Bytes> = reader.stream.try_collect().await?;
        Ok(pieces.concat().into())
    }

    /// Opens an object for reading piece by piece.
    ///
    /// Any file of the public side can be read as [`ObjectKey::Page`] of its
    /// path: audience and media type come out the same.
    pub async fn read(
        &self,
        key: &ObjectKey,
        range: Option<ByteRange>,
    ) -> Result<Reader, StoreError> {
        read_from(self.side(key.audience()), key.path(), range).await
    }

    /// As [`Store::read`], for the bearer of a link whose signature was verified.
    pub async fn read_signed(
        &self,
        object: &SignedObject,
        range: Option<ByteRange>,
    ) -> Result<Reader, StoreError> {
        read_from(self.side(object.audience()), object.path().to_string(), range).await
    }

    /// Length and entity tag of an object.
    pub async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, StoreError> {
        head_of(self.side(key.audience()), &key.path()).await
    }

    /// Length of an object of the private side, by its path.
    pub(crate) async fn head_private(&self, path: &str) -> Result<u64, StoreError> {
        Ok(head_of(&self.private, path).await?.bytes)
    }

    /// As [`Store::head`], for the bearer of a link whose signature was verified.
    pub async fn head_signed(&self, object: &SignedObject) -> Result<ObjectInfo, StoreError> {
        head_of(self.side(object.audience()), object.path().as_str()).await
    }

    /// Everything in the bucket of an audience below a folder, in order of
    /// path; an empty `prefix` lists all. Dot files don't exist here.
    pub async fn list(&self, audience: Audience, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        self.side(audience).list(prefix.trim_matches('/')).await
    }

    /// Deletes an object; one that isn't there is as good as deleted.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.side(key.audience()).delete(&key.path()).await
    }

    /// Deletes a public file that no release names any more.
    pub(crate) async fn delete_public(&self, path: &str) -> Result<(), StoreError> {
        self.public.delete(path).await
    }

    /// Removes what killed writers left in the sides that are folders. Writers must be
    /// kept out. The public side is the school's alone, the private one need not be.
    pub(crate) async fn sweep(&self) {
        let sides = [(&self.public, Ours::All), (&self.private, Ours::Named(&PRIVATE_NAMES))];
        for (side, ours) in sides {
            let Some(folder) = side.folder().cloned() else { continue };
            // What was not removed now is removed after the next publication.
            drop(tokio::task::spawn_blocking(move || staged::sweep(&folder, ours)).await);
        }
    }

    /// The folder of the private side, if it is one.
    pub(crate) fn private_folder(&self) -> Option<&PathBuf> {
        self.private.folder()
    }

    fn side(&self, audience: Audience) -> &Side {
        match audience {
            Audience::Everyone => &self.public,
            Audience::Entitled | Audience::Internal => &self.private,
        }
    }
}

pub(crate) fn check_digest(
    path: &str,
    expected: Option<&Digest>,
    hash: impl FnOnce() -> blake3::Hash,
) -> Result<(), StoreError> {
    let Some(expected) = expected else { return Ok(()) };
    let actual = Digest::from_bytes(*hash().as_bytes());
    if actual == *expected {
        Ok(())
    } else {
        Err(StoreError::Differs { path: path.to_owned(), expected: *expected, actual })
    }
}

fn make_private_folder(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|source| StoreError::Folder { folder: folder.display().to_string(), source })
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("public", &self.public.place())
            .field("private", &self.private.place())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use contracts::frame::FrameName;
    use contracts::id::{LessonId, ReleaseId};
    use contracts::language::Language;

    use super::*;

    #[test]
    fn every_object_of_the_private_side_stands_under_a_name_of_ours() {
        let digest = Digest::from_bytes([7; 32]);
        let keys = [
            ObjectKey::Body { lesson: LessonId::parse("a").unwrap(), digest },
            ObjectKey::Frame {
                name: FrameName::SignIn,
                language: Language::parse("en").unwrap(),
                digest,
            },
            ObjectKey::PageCopy { digest },
            ObjectKey::Manifest { release: ReleaseId::parse("0123456789abcdef").unwrap() },
            ObjectKey::Current,
            ObjectKey::Publication,
        ];
        let tops = keys.map(|key| key.path().split('/').next().unwrap().to_owned());
        assert!(tops.iter().all(|top| PRIVATE_NAMES.contains(&top.as_str())), "{tops:?}");
    }
}
