//! Compressed copies of public text, made once here so that no server has to.

use std::io::Write;

use contracts::access::Audience;
use contracts::object_key::{Encoding, ObjectKey};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::cache::{self, Cache, Recipe, Worth};
use crate::site::SiteFile;

/// Below this a copy saves less than the request for it costs.
const MIN_BYTES: u64 = 1024;

/// One below the best: the last level takes ten times as long for a hundredth.
const BROTLI_QUALITY: i32 = 9;

/// The usual window, 4 MiB, which every decoder has.
const BROTLI_WINDOW_BITS: i32 = 22;

/// Both copies of a file are made together.
const COPIES: Recipe = Recipe {
    tool: "brotli 9.1.1, flate2 1.1.11, miniz_oxide 0.9.1, zlib-rs 0.6.8",
    parameters: "brotli 9, window 22; gzip 9",
    worth: Worth::Keeping,
};

/// The copies that are smaller than what they copy.
pub(crate) fn copies(files: &[SiteFile], cache: &dyn Cache) -> Vec<SiteFile> {
    files
        .par_iter()
        .filter(|file| is_public_text(file))
        .flat_map_iter(|file| {
            let [brotli, gzip] = both(file, cache).unwrap_or_default();
            [(Encoding::Br, brotli), (Encoding::Gzip, gzip)].into_iter().filter_map(
                move |(encoding, copy)| {
                    let is_smaller = !copy.is_empty() && (copy.len() as u64) < file.len();
                    let of = Box::new(file.key.clone());
                    let key = ObjectKey::Precompressed { of, encoding };
                    is_smaller.then(|| SiteFile::new(key, copy))
                },
            )
        })
        .collect()
}

/// As brotli and as gzip. `None` for what can't be read now: it can't be published
/// either, and says so there.
fn both(file: &SiteFile, cache: &dyn Cache) -> Option<[Vec<u8>; 2]> {
    let key = COPIES.key(&file.digest);
    let kept = cache.get(&key);
    if let Some([brotli, gzip]) = kept.as_deref().and_then(cache::unpacked).as_deref() {
        return Some([brotli.to_vec(), gzip.to_vec()]);
    }
    let bytes = file.content.read().ok()?;
    let copies = [brotli(&bytes)?, gzip(&bytes)?];
    cache.put(&key, &cache::packed(copies.iter().map(Vec::as_slice)));
    Some(copies)
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

#[cfg(test)]
mod tests {
    use contracts::site_path::SitePath;

    use super::*;
    use crate::cache::MemoryCache;

    #[test]
    fn the_recipe_names_the_versions_of_the_lock_file_and_the_settings() {
        COPIES.check_versions();
        let settings = format!("brotli {BROTLI_QUALITY}, window {BROTLI_WINDOW_BITS}; gzip 9");
        assert_eq!(COPIES.parameters, settings);
    }

    #[test]
    fn copies_are_the_same_from_an_empty_a_full_and_a_damaged_cache() {
        let path = SitePath::parse("a.html").unwrap();
        let page =
            SiteFile::new(ObjectKey::Page { path }, "all the same ".repeat(200).into_bytes());
        let cache = MemoryCache::default();
        let made = || {
            let copies = copies(std::slice::from_ref(&page), &cache);
            copies.iter().map(|copy| (copy.key.clone(), copy.digest)).collect::<Vec<_>>()
        };
        let first = made();
        assert_eq!(first.len(), 2);
        assert_eq!(made(), first);
        cache.put(&COPIES.key(&page.digest), b"no pack");
        assert_eq!(made(), first);
    }
}
