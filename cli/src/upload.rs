//! From a compiled site to what the store takes.

use std::path::PathBuf;
use std::sync::Arc;

use compiler::site::{Content, Site, SiteFile};
use compiler::source::SourceBytes;
use store::release::Upload;
use store::store::Payload;

/// Every file of the site. A large one is named, not read.
pub(crate) fn all(site: &Site) -> Vec<Upload> {
    site.files.iter().map(upload).collect()
}

fn upload(file: &SiteFile) -> Upload {
    Upload { key: file.key.clone(), digest: file.digest, bytes: file.len(), payload: payload(file) }
}

/// The bytes of a file, shared or named.
pub(crate) fn payload(file: &SiteFile) -> Payload {
    match &file.content {
        Content::Bytes(bytes) => held(bytes),
        Content::Source(source) => match &source.bytes {
            SourceBytes::Held(bytes) => held(bytes),
            SourceBytes::Text(text) => held(&Arc::clone(text).into()),
            SourceBytes::OnDisk(path) => Payload::File(PathBuf::clone(path)),
        },
    }
}

fn held(bytes: &Arc<[u8]>) -> Payload {
    // Shared, not copied: the site is in memory once.
    Payload::Bytes(bytes::Bytes::from_owner(Arc::clone(bytes)))
}
