//! Compressed copies of public text, made once here so that no server has to.

use std::io::Write;

use contracts::access::Audience;
use contracts::object_key::{Encoding, ObjectKey};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::site::SiteFile;

/// Below this a copy saves less than the request for it costs.
const MIN_BYTES: u64 = 1024;

/// One below the best: the last level takes ten times as long for a hundredth.
const BROTLI_QUALITY: i32 = 9;

/// The usual window, 4 MiB, which every decoder has.
const BROTLI_WINDOW_BITS: i32 = 22;

/// The copies that are smaller than what they copy.
pub(super) fn copies(files: &[SiteFile]) -> Vec<SiteFile> {
    files
        .par_iter()
        .filter(|file| is_public_text(file))
        .flat_map_iter(|file| {
            // What can't be read now can't be published either, and says so there.
            let bytes = file.content.read().unwrap_or_default();
            [(Encoding::Br, brotli(&bytes)), (Encoding::Gzip, gzip(&bytes))].into_iter().filter_map(
                move |(encoding, copy)| {
                    let copy = copy.filter(|copy| copy.len() < bytes.len())?;
                    let of = Box::new(file.key.clone());
                    Some(SiteFile::new(ObjectKey::Precompressed { of, encoding }, copy))
                },
            )
        })
        .collect()
}

fn is_public_text(file: &SiteFile) -> bool {
    let kind = file.key.content_type();
    let is_text = kind.starts_with("text/")
        || ["application/xml", "application/json", "application/manifest+json", "image/svg+xml"]
            .iter()
            .any(|text| kind.starts_with(text));
    file.key.audience() == Audience::Everyone && is_text && file.len() > MIN_BYTES
}

fn brotli(bytes: &[u8]) -> Option<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW_BITS,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut copy = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut copy, &params).ok().map(|_| copy)
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    // The header's time stays zero, so the same bytes give the same copy.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}
