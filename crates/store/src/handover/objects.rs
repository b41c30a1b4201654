//! What was handed over, in the manner of an object store that is only read.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use contracts::access::Audience;
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result,
};

use crate::handover::Handover;
use crate::store::Payload;

/// One side of what was handed over.
#[derive(Debug)]
pub(super) struct HandedObjects {
    handover: Handover,
    audiences: &'static [Audience],
}

impl HandedObjects {
    /// The objects of these audiences.
    pub(super) fn new(handover: Handover, audiences: &'static [Audience]) -> Self {
        Self { handover, audiences }
    }

    fn find(&self, location: &Path) -> Result<(ObjectMeta, Payload)> {
        let missing = || Error::NotFound {
            path: location.to_string(),
            source: "it is not in the release that was handed over".into(),
        };
        let handed = self.handover.now().ok_or_else(missing)?;
        let (entry, payload) =
            handed.entry(self.audiences, location.as_ref()).ok_or_else(missing)?;
        let meta = ObjectMeta {
            location: location.clone(),
            last_modified: Default::default(),
            size: entry.bytes,
            e_tag: Some(format!("\"{}\"", entry.digest)),
            version: None,
        };
        Ok((meta, payload))
    }
}

#[async_trait::async_trait]
impl ObjectStore for HandedObjects {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let (meta, payload) = self.find(location)?;
        options.check_preconditions(&meta)?;
        let range = match &options.range {
            Some(wanted) => wanted
                .as_range(meta.size)
                .map_err(|error| Error::Generic { store: STORE, source: error.into() })?,
            None => 0..meta.size,
        };
        let payload = match payload {
            Payload::Bytes(bytes) => GetResultPayload::Stream(once(part(&bytes, &range))),
            Payload::File(path) => {
                let opened = tokio::fs::File::open(&path).await;
                let file = opened.map_err(|source| Error::NotFound {
                    path: location.to_string(),
                    source: source.into(),
                })?;
                GetResultPayload::File(file.into_std().await, path)
            }
        };
        let attributes = Attributes::new();
        Ok(GetResult { payload, meta, range, attributes, extensions: Default::default() })
    }

    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(only_read("put"))
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(only_read("put"))
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        stream::once(std::future::ready(Err(only_read("delete")))).boxed()
    }

    fn list(&self, _: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        stream::once(std::future::ready(Err(only_read("list")))).boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(only_read("list"))
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(only_read("copy"))
    }
}

/// How this kind of store is called in an error.
const STORE: &str = "handover";

fn once(bytes: Bytes) -> BoxStream<'static, Result<Bytes>> {
    stream::once(std::future::ready(Ok(bytes))).boxed()
}

fn part(bytes: &Bytes, range: &Range<u64>) -> Bytes {
    let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(bytes.len());
    let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
    bytes.slice(start..end)
}

fn only_read(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.to_owned(), implementer: STORE.to_owned() }
}

impl fmt::Display for HandedObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{STORE} of {:?}", self.audiences)
    }
}
