//! What a stored object says once it is unpacked, as an attacker would look.

use std::io::Read;

use anyhow::Result;

/// The text of an object; copies packed by brotli or gzip are unpacked, and
/// bytes that are no text become marks.
pub fn text(path: &str, bytes: &[u8]) -> Result<String> {
    let mut plain = Vec::new();
    match path.rsplit('.').next() {
        Some("br") => {
            brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain)?;
        }
        Some("gz") => {
            flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain)?;
        }
        _ => plain.extend_from_slice(bytes),
    }
    Ok(String::from_utf8_lossy(&plain).into_owned())
}
