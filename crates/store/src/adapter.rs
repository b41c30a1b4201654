//! One side of the store: a folder or a bucket behind the same few acts.
//!
//! Paths come in as text that an object key has made; what a folder can't do
//! (headers, conditional updates) is decided here and nowhere else.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use futures::TryStreamExt;
use jiff::Timestamp;
use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, GetOptions, GetResult, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload, RetryConfig,
    UpdateVersion, WriteMultipart,
};

use contracts::object_key::ObjectKey;

use crate::config::{ConfigError, Location, StoreConfig};
use crate::error::StoreError;

/// A folder or a bucket.
#[derive(Clone)]
pub(crate) struct Side {
    objects: Arc<dyn ObjectStore>,
    /// `None` for what is in this process alone.
    place: Option<Location>,
}

/// What the listing of a side says about one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Path in its bucket.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// When it was last written.
    pub stored_at: Timestamp,
}

/// Under which condition a small object is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Only if there is none.
    Absent,
    /// Only if it is still the one with this entity tag.
    Still(String),
}

impl Side {
    /// Opens a side; a folder that isn't there is made.
    pub(crate) fn open(config: &StoreConfig, place: &Location) -> Result<Self, OpenError> {
        let objects: Arc<dyn ObjectStore> = match place {
            Location::Folder(folder) => Arc::new(open_folder(folder)?),
            Location::Bucket { bucket, prefix } => {
                let s3 = open_bucket(config, place, bucket)?;
                if prefix.is_empty() {
                    Arc::new(s3)
                } else {
                    let prefix = Path::parse(prefix)
                        .map_err(|_| ConfigError::Location(place.to_string()))?;
                    Arc::new(PrefixStore::new(s3, prefix))
                }
            }
        };
        Ok(Self { objects, place: Some(place.clone()) })
    }

    /// A side on any object store, for tests that make it fail.
    #[cfg(test)]
    pub(crate) fn on(objects: Arc<dyn ObjectStore>, place: Location) -> Self {
        Self { objects, place: Some(place) }
    }

    /// A side of what was handed over in this process.
    pub(crate) fn handed(objects: Arc<dyn ObjectStore>) -> Self {
        Self { objects, place: None }
    }

    /// The folder, if it is one.
    pub(crate) fn folder(&self) -> Option<&PathBuf> {
        match &self.place {
            Some(Location::Folder(folder)) => Some(folder),
            Some(Location::Bucket { .. }) | None => None,
        }
    }

    /// Where it is, unless it is in this process alone.
    pub(crate) fn place(&self) -> Option<&Location> {
        self.place.as_ref()
    }

    pub(crate) async fn put(
        &self,
        key: &ObjectKey,
        path: &str,
        bytes: bytes::Bytes,
    ) -> Result<(), StoreError> {
        let options = PutOptions { attributes: self.attributes(key), ..PutOptions::default() };
        self.objects
            .put_opts(&location(path)?, PutPayload::from(bytes), options)
            .await
            .map_err(|error| StoreError::wrap("put", path, error))?;
        Ok(())
    }

    /// Stores what is no object of a release: only [`crate::remote_cache`] does.
    pub(crate) async fn put_unnamed(
        &self,
        path: &str,
        bytes: bytes::Bytes,
    ) -> Result<(), StoreError> {
        let put = self.objects.put(&location(path)?, PutPayload::from(bytes)).await;
        put.map(drop).map_err(|error| StoreError::wrap("put", path, error))
    }

    /// Replaces a small object only under a condition; answers its new entity
    /// tag. A folder has no conditional update: there the caller holds the
    /// publication lock, which this relies on.
    pub(crate) async fn put_if(
        &self,
        key: &ObjectKey,
        bytes: bytes::Bytes,
        condition: Condition,
    ) -> Result<Option<String>, StoreError> {
        let path = key.path();
        let mode = match (condition, self.folder()) {
            (Condition::Absent, _) => PutMode::Create,
            (Condition::Still(etag), None) => {
                PutMode::Update(UpdateVersion { e_tag: Some(etag), version: None })
            }
            (Condition::Still(etag), Some(_)) => {
                let now = self.open_read(&path, GetOptions { head: true, ..GetOptions::default() });
                if now.await?.meta.e_tag.as_deref() != Some(&etag) {
                    return Err(StoreError::Changed { path });
                }
                PutMode::Overwrite
            }
        };
        let options =
            PutOptions { mode, attributes: self.attributes(key), ..PutOptions::default() };
        let payload = PutPayload::from(bytes);
        match self.objects.put_opts(&location(&path)?, payload, options).await {
            Ok(stored) => Ok(stored.e_tag),
            Err(error) => Err(StoreError::wrap("put", &path, error)),
        }
    }

    /// Begins an upload in parts; nothing shows before it is finished.
    pub(crate) async fn put_parts(
        &self,
        key: &ObjectKey,
        path: &str,
        part_bytes: usize,
    ) -> Result<WriteMultipart, StoreError> {
        let options =
            PutMultipartOptions { attributes: self.attributes(key), ..Default::default() };
        let upload = self
            .objects
            .put_multipart_opts(&location(path)?, options)
            .await
            .map_err(|error| StoreError::wrap("put", path, error))?;
        Ok(WriteMultipart::new_with_chunk_size(upload, part_bytes))
    }

    pub(crate) async fn open_read(
        &self,
        path: &str,
        options: GetOptions,
    ) -> Result<GetResult, StoreError> {
        let place = location(path)?;
        self.refuse_escape(path).await?;
        self.objects
            .get_opts(&place, options)
            .await
            .map_err(|error| StoreError::wrap("get", path, error))
    }

    /// As [`Side::open_read`], but `None` if the object still has this entity tag.
    pub(crate) async fn open_read_unless(
        &self,
        path: &str,
        etag: Option<&str>,
    ) -> Result<Option<GetResult>, StoreError> {
        let options =
            GetOptions { if_none_match: etag.map(str::to_owned), ..GetOptions::default() };
        let place = location(path)?;
        self.refuse_escape(path).await?;
        match self.objects.get_opts(&place, options).await {
            Ok(result) => Ok(Some(result)),
            Err(object_store::Error::NotModified { .. }) => Ok(None),
            Err(error) => Err(StoreError::wrap("get", path, error)),
        }
    }

    /// In a folder a symbolic link could lead anywhere; what lies outside of
    /// the folder is not found.
    async fn refuse_escape(&self, path: &str) -> Result<(), StoreError> {
        let Some(folder) = self.folder() else { return Ok(()) };
        let escapes = match (
            tokio::fs::canonicalize(folder).await,
            tokio::fs::canonicalize(folder.join(path)).await,
        ) {
            (Ok(root), Ok(file)) => !file.starts_with(root),
            // What can't be resolved can't be opened either, and says why then.
            _ => false,
        };
        if escapes { Err(StoreError::NotFound { path: path.to_owned() }) } else { Ok(()) }
    }

    /// Everything below `prefix`, in order of path, without dot files.
    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StoreError> {
        let below = (!prefix.is_empty()).then(|| location(prefix)).transpose()?;
        let mut found: Vec<Listed> = self
            .objects
            .list(below.as_ref())
            .map_ok(|meta| Listed {
                path: meta.location.to_string(),
                bytes: meta.size,
                stored_at: stored_at(&meta),
            })
            .try_filter(|listed| std::future::ready(!is_hidden(&listed.path)))
            .try_collect()
            .await
            .map_err(|error| StoreError::wrap("list", prefix, error))?;
        found.sort();
        Ok(found)
    }

    /// Deletes; an object that isn't there is as good as deleted.
    pub(crate) async fn delete(&self, path: &str) -> Result<(), StoreError> {
        match self.objects.delete(&location(path)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(StoreError::wrap("delete", path, error)),
        }
    }

    /// The headers of an object. A folder keeps none: whoever serves it asks
    /// the key again.
    fn attributes(&self, key: &ObjectKey) -> Attributes {
        let mut attributes = Attributes::new();
        if self.folder().is_none() {
            attributes.insert(Attribute::ContentType, key.content_type().into());
            attributes.insert(Attribute::CacheControl, key.cache_policy().header().into());
            if let Some(encoding) = key.content_encoding() {
                attributes.insert(Attribute::ContentEncoding, encoding.token().into());
            }
        }
        attributes
    }
}

/// Why a side can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The folder can't be made or entered.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn open_folder(folder: &std::path::Path) -> Result<LocalFileSystem, StoreError> {
    let fail = |source| StoreError::Folder { folder: folder.display().to_string(), source };
    std::fs::create_dir_all(folder).map_err(fail)?;
    let files = LocalFileSystem::new_with_prefix(folder)
        .map_err(|error| fail(std::io::Error::other(error)))?;
    // An empty folder left behind would look like a page to a web server. And without
    // syncing, a pointer could survive a power cut and the manifest that it names could
    // not: the next publication would refuse to build upon it.
    Ok(files.with_automatic_cleanup(true).with_fsync(true))
}

fn open_bucket(
    config: &StoreConfig,
    place: &Location,
    bucket: &str,
) -> Result<object_store::aws::AmazonS3, OpenError> {
    let (region, keys) = config.s3.checked(place)?;
    let timeout = config.request_timeout;
    let client = ClientOptions::new()
        .with_connect_timeout(timeout.min(std::time::Duration::from_secs(5)))
        .with_timeout(timeout);
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 4,
        retry_timeout: timeout.saturating_mul(2),
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region)
        .with_access_key_id(&keys.access_key_id)
        .with_secret_access_key(&keys.secret_access_key)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        // Not every S3 server has it, and its refusals come without a status.
        .with_disable_bulk_delete(true)
        .with_retry(retry);
    if let Some(token) = &keys.session_token {
        builder = builder.with_token(token);
    }
    builder = match &config.s3.endpoint {
        Some(endpoint) => builder
            .with_endpoint(endpoint.as_str().trim_end_matches('/'))
            .with_virtual_hosted_style_request(false)
            .with_client_options(client.with_allow_http(endpoint.scheme() == "http")),
        // A dot in the name breaks the wildcard certificate of virtual hosts.
        None => builder
            .with_virtual_hosted_style_request(!bucket.contains('.'))
            .with_client_options(client),
    };
    builder.build().map_err(|error| StoreError::wrap("open", bucket, error).into())
}

/// A path as object storage takes it. Keys can't hold a dot file; this is the
/// last door should one ever try.
fn location(path: &str) -> Result<Path, StoreError> {
    let bad = || StoreError::BadPath { path: path.to_owned() };
    if path.is_empty() || path.starts_with('/') || is_hidden(path) {
        return Err(bad());
    }
    Path::parse(path).map_err(|_| bad())
}

/// When an object was last written, in our own kind of time. A time that can't
/// be written down is as old as time itself.
pub(crate) fn stored_at(meta: &ObjectMeta) -> Timestamp {
    Timestamp::from_millisecond(meta.last_modified.timestamp_millis())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

impl fmt::Debug for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The adapter's own `Debug` shows its credentials.
        f.debug_tuple("Side").field(&self.place).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_syncs_what_it_takes() {
        let folder = tempfile::tempdir().unwrap();
        // Nothing but a power cut would tell, so the adapter is asked.
        let opened = open_folder(folder.path()).unwrap();
        assert!(format!("{opened:?}").contains("fsync: true"));
    }
}
