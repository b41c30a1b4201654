//! A folder or a bucket in which builds on several machines keep what is dear to make.
//!
//! It is no part of a release: nothing links to it, and it may be emptied at any time.
//! Whether the bytes are to be believed is the caller's business, who seals them.

use std::time::Duration;

use bytes::Bytes;
use contracts::digest::Digest;
use object_store::GetOptions;

use crate::adapter::{OpenError, Side};
use crate::config::{Location, S3Access, StoreConfig};
use crate::error::StoreError;

/// A place that machines share.
#[derive(Debug, Clone)]
pub struct RemoteCache {
    side: Side,
}

impl RemoteCache {
    /// Opens `file:///folder`, which is made if need be, or `s3://bucket/prefix`.
    /// `request_timeout` is the longest one request may take.
    pub fn open(url: &str, s3: S3Access, request_timeout: Duration) -> Result<Self, OpenError> {
        let place = Location::parse(url)?;
        if matches!(place, Location::Bucket { .. }) {
            s3.checked(&place)?;
        }
        let (public, private) = (place.clone(), place.clone());
        let config = StoreConfig { public, private, s3, request_timeout };
        Ok(Self { side: Side::open(&config, &place)? })
    }

    /// What stands under a name, if it is not longer than the limit; `None` if
    /// nothing does.
    pub async fn get(&self, name: &Digest, max_bytes: u64) -> Result<Option<Bytes>, StoreError> {
        let path = path(name);
        let found = match self.side.open_read(&path, GetOptions::default()).await {
            Ok(found) => found,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if found.meta.size > max_bytes {
            return Err(StoreError::TooLarge { path, bytes: found.meta.size, limit: max_bytes });
        }
        let bytes = found.bytes().await.map_err(|error| StoreError::wrap("get", &path, error))?;
        Ok(Some(bytes))
    }

    /// Puts something in the place of what stood there. It appears whole.
    pub async fn put(&self, name: &Digest, bytes: Bytes) -> Result<(), StoreError> {
        self.side.put_unnamed(&path(name), bytes).await
    }
}

/// A folder takes a few hundred names more easily than a hundred thousand.
fn path(name: &Digest) -> String {
    let name = name.to_string();
    format!("{}/{name}", name.get(..2).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(url: &str) -> Result<RemoteCache, OpenError> {
        RemoteCache::open(url, S3Access::default(), Duration::from_secs(5))
    }

    #[tokio::test]
    async fn a_folder_gives_back_what_it_was_given_up_to_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let cache = open(&format!("file://{}/new", folder.path().display())).unwrap();
        let name = Digest::from_bytes([7; 32]);
        assert_eq!(cache.get(&name, 9).await.unwrap(), None);
        cache.put(&name, Bytes::from_static(b"one")).await.unwrap();
        cache.put(&name, Bytes::from_static(b"other")).await.unwrap();
        assert_eq!(cache.get(&name, 5).await.unwrap().as_deref(), Some(b"other".as_slice()));
        let error = cache.get(&name, 4).await.unwrap_err();
        assert!(matches!(error, StoreError::TooLarge { bytes: 5, limit: 4, .. }), "{error}");
    }

    #[test]
    fn what_is_no_place_and_a_bucket_without_keys_are_refused() {
        for (url, reason) in [
            ("/srv/cache", "neither `file:///absolute/folder` nor `s3://bucket/prefix`"),
            ("https://cache.test", "neither `file:///absolute/folder` nor `s3://bucket/prefix`"),
            ("s3://a-bucket", "needs a region"),
        ] {
            let error = open(url).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
