//! Reading objects: whole, in part, or only what is known of them. Adapters
//! disagree on ranges and entity tags; here they are made to agree.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use object_store::{GetOptions, GetRange, GetResult};

use crate::adapter::{Side, stored_at};
use crate::error::StoreError;

/// What the store knows of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Length of the whole object.
    pub bytes: u64,
    /// A strong entity tag without quotes; changes with the bytes.
    pub etag: String,
    /// When it was last written.
    pub stored_at: Timestamp,
}

/// A part of an object, in the three forms of HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByteRange {
    /// From the first to before the last; cut at the end of the object.
    Between(Range<u64>),
    /// From here to the end.
    From(u64),
    /// The last so many.
    Last(u64),
}

/// An open object, read piece by piece.
pub struct Reader {
    /// The whole object.
    pub info: ObjectInfo,
    /// Which bytes of it follow.
    pub range: Range<u64>,
    /// The bytes.
    pub stream: BoxStream<'static, Result<Bytes, StoreError>>,
}

pub(super) async fn head_of(side: &Side, path: &str) -> Result<ObjectInfo, StoreError> {
    let options = GetOptions { head: true, ..GetOptions::default() };
    Ok(info(&side.open_read(path, options).await?))
}

pub(super) async fn read_from(
    side: &Side,
    path: String,
    range: Option<ByteRange>,
) -> Result<Reader, StoreError> {
    let range = match range {
        None => None,
        // Adapters disagree on what an impossible range is, so it is made
        // possible or refused here.
        Some(wanted) => {
            let bytes = head_of(side, &path).await?.bytes;
            match wanted.within(bytes) {
                Some(range) => Some(GetRange::Bounded(range)),
                None => return Err(StoreError::RangeNotSatisfiable { path, bytes }),
            }
        }
    };
    let result = side.open_read(&path, GetOptions { range, ..GetOptions::default() }).await?;
    let info = info(&result);
    let range = result.range.clone();
    let stream =
        result.into_stream().map_err(move |error| StoreError::wrap("get", &path, error)).boxed();
    Ok(Reader { info, range, stream })
}

pub(super) async fn read_whole(
    path: &str,
    result: GetResult,
    limit: u64,
) -> Result<(String, Bytes), StoreError> {
    if result.meta.size > limit {
        let path = path.to_owned();
        return Err(StoreError::TooLarge { path, bytes: result.meta.size, limit });
    }
    // The tag as the adapter gave it: it goes back to it in conditions.
    let etag = result.meta.e_tag.clone().unwrap_or_default();
    let bytes = result.bytes().await.map_err(|error| StoreError::wrap("get", path, error))?;
    Ok((etag, bytes))
}

fn info(result: &GetResult) -> ObjectInfo {
    let etag = result.meta.e_tag.as_deref().unwrap_or_default();
    let etag = etag.trim_start_matches("W/").trim_matches('"').to_owned();
    ObjectInfo { bytes: result.meta.size, etag, stored_at: stored_at(&result.meta) }
}

impl ByteRange {
    /// The bytes it means in an object of this length; `None` if there are none.
    #[must_use]
    pub fn within(&self, bytes: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::Between(range) => range.start..range.end.min(bytes),
            Self::From(start) => *start..bytes,
            Self::Last(count) => bytes.saturating_sub(*count)..bytes,
        };
        (range.start < range.end).then_some(range)
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("info", &self.info)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_at_the_end_or_refused() {
        assert_eq!(ByteRange::Between(2..100).within(10), Some(2..10));
        assert_eq!(ByteRange::From(9).within(10), Some(9..10));
        assert_eq!(ByteRange::Last(100).within(10), Some(0..10));
        for impossible in [
            ByteRange::Between(10..12),
            ByteRange::Between(std::ops::Range { start: 5, end: 2 }),
            ByteRange::From(10),
            ByteRange::Last(0),
        ] {
            assert_eq!(impossible.within(10), None, "{impossible:?}");
        }
    }
}
