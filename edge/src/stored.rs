//! Answers made of a stored object: whole, in part, or "you have it already".

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use contracts::cache_policy::CachePolicy;
use contracts::object_key::{Encoding, ObjectKey};
use http::header::{
    ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use store::store::{ObjectInfo, Reader};

use crate::error::Problem;
use crate::range;
use crate::security_headers::Sandboxed;

/// What is known of an object before it is read.
pub struct Stored {
    /// Its media type.
    pub content_type: &'static str,
    /// How its bytes are compressed.
    pub encoding: Option<Encoding>,
    /// Whether other clients get other bytes at the same address.
    pub varies: bool,
    /// How long it may be kept.
    pub policy: CachePolicy,
    /// What it may do when a browser is led to it.
    pub trust: Trust,
}

/// What a file may do as a document of its own on the school's origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The compiler wrote it: it lives by the rules of every page.
    Page,
    /// An author attached it: whatever markup is in it runs nothing and
    /// belongs to no origin.
    Attached,
}

impl Trust {
    /// As the kind of object has it.
    #[must_use]
    pub fn of(key: &ObjectKey) -> Self {
        match key {
            ObjectKey::Page { .. } | ObjectKey::PageCopy { .. } | ObjectKey::Frame { .. } => {
                Self::Page
            }
            ObjectKey::Precompressed { of, .. } => Self::of(of),
            ObjectKey::Asset { .. }
            | ObjectKey::Body { .. }
            | ObjectKey::LessonAsset { .. }
            | ObjectKey::Manifest { .. }
            | ObjectKey::Current
            | ObjectKey::Publication => Self::Attached,
        }
    }

    /// Whether a browser has to be told to shut the file in. Players and
    /// readers that browsers bring along run no script of the file on our
    /// origin, and don't work inside a sandbox.
    fn needs_sandbox(self, content_type: &str) -> bool {
        let has_viewer = content_type == "application/pdf"
            || content_type.starts_with("video/")
            || content_type.starts_with("audio/");
        self == Self::Attached && !has_viewer
    }
}

impl Stored {
    /// The answer for a client that has the object already, if it has.
    #[must_use]
    pub fn unchanged(&self, request: &HeaderMap, info: &ObjectInfo) -> Option<Response> {
        range::is_known(request, &info.etag).then(|| {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            self.describe(&mut response, info);
            response
        })
    }

    /// The answer that carries what was read. A range that happens to be all of
    /// it is a part too: players take a plain 200 for a server without ranges.
    pub fn answer(&self, status: StatusCode, reader: Reader) -> Result<Response, Problem> {
        let Reader { info, range, stream } = reader;
        let is_part = status == StatusCode::PARTIAL_CONTENT;
        let mut response = (status, Body::from_stream(stream)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(encoding) = self.encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.token()));
        } else {
            headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        }
        if is_part {
            let last = range.end.saturating_sub(1);
            let text = format!("bytes {}-{last}/{}", range.start, info.bytes);
            let value = HeaderValue::from_str(&text);
            headers.insert(CONTENT_RANGE, value.map_err(|e| Problem::Internal(e.to_string()))?);
        }
        self.describe(&mut response, &info);
        Ok(response)
    }

    fn describe(&self, response: &mut Response, info: &ObjectInfo) {
        response.extensions_mut().insert(self.policy);
        if self.trust.needs_sandbox(self.content_type) {
            response.extensions_mut().insert(Sandboxed);
        }
        let headers = response.headers_mut();
        let etag = HeaderValue::from_str(&format!("\"{}\"", info.etag));
        headers.extend(etag.ok().map(|etag| (ETAG, etag)));
        if self.varies {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
    }
}
