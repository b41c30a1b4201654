//! Takes out of pictures what they say beside what they show: where and when a photo
//! was taken, by which camera, in whose program, and what stood behind its end.
//!
//! The rule is closed: what is not known to be part of the picture goes. Pixels are not
//! touched, colour profiles stay, and so does the note by which a photo stands upright.

use std::borrow::Cow;

use flate2::Crc;
use image::metadata::Orientation;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use super::container::{self, Kind, Piece};
use crate::source::{SourceFile, SourcePath, SourceTree};

/// Files that may say more than they show.
const EXTENSIONS: [&str; 5] = ["jpg", "jpeg", "png", "webp", "gif"];

/// What a PNG may have beside its pixels. Everything else that can be left out is.
const PNG_CHUNKS: [&[u8; 4]; 19] = [
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"mDCv", b"cLLI",
    b"cLLi", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT", b"IEND",
];

const WEBP_CHUNKS: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// What a GIF's program may say: how often it runs, and a colour profile.
const GIF_PROGRAMS: [&[u8]; 3] = [b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0", b"\x0bICCRGBG1012"];

/// `VP8X` announces EXIF and XMP by these.
const WEBP_EXIF: u8 = 0x08;
const WEBP_XMP: u8 = 0x04;

/// The tree with pictures that say no more than they show.
pub(crate) fn without(tree: &SourceTree) -> Cow<'_, SourceTree> {
    let pictures: Vec<(&SourcePath, &SourceFile)> =
        tree.iter().filter(|(path, _)| may_say_more(path)).collect();
    let cleaned: Vec<(&SourcePath, Vec<u8>)> = pictures
        .par_iter()
        // What can't be read now, or does not hang together, is told where it is used.
        .filter_map(|(path, file)| Some((*path, cleaned(&file.read().ok()?)?)))
        .collect();
    if cleaned.is_empty() {
        return Cow::Borrowed(tree);
    }
    let cleaned =
        SourceTree::from_files(cleaned.iter().map(|(path, bytes)| (path.as_str(), bytes)));
    Cow::Owned(tree.clone().overlay(cleaned))
}

/// Whether a file is one of those that this module cleans, by its name.
pub(super) fn may_say_more(path: &SourcePath) -> bool {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    EXTENSIONS.contains(&extension.as_str())
}

/// The picture alone; `None` if the file is nothing else or does not hang together.
fn cleaned(bytes: &[u8]) -> Option<Vec<u8>> {
    let cleaned = match bytes {
        [0xff, 0xd8, ..] => jpeg(&container::jpeg(bytes)?),
        [0x89, ..] => png(&container::png(bytes)?),
        [b'R', b'I', b'F', b'F', ..] => webp(&container::webp(bytes)?)?,
        [b'G', b'I', b'F', ..] => gif(&container::gif(bytes)?),
        _ => return None,
    };
    (cleaned != bytes).then_some(cleaned)
}

fn jpeg(pieces: &[Piece<'_>]) -> Vec<u8> {
    let mut cleaned = Vec::new();
    for piece in pieces {
        let Kind::Segment(marker) = piece.kind else { continue };
        let stays = match marker {
            0xe0 => piece.data.starts_with(b"JFIF\0"),
            0xe2 => piece.data.starts_with(b"ICC_PROFILE\0"),
            0xee => piece.data.starts_with(b"Adobe"),
            0xe1..=0xef | 0xfe => false,
            _ => true,
        };
        if stays {
            cleaned.extend_from_slice(piece.whole);
        }
        let exif = piece.data.strip_prefix(b"Exif\0\0").filter(|_| marker == 0xe1);
        if let Some(upright) = exif.and_then(upright) {
            // Marker, length, name and the note itself.
            cleaned.extend_from_slice(b"\xff\xe1\0\x22Exif\0\0");
            cleaned.extend_from_slice(&upright);
        }
    }
    cleaned
}

fn png(pieces: &[Piece<'_>]) -> Vec<u8> {
    let mut cleaned = b"\x89PNG\r\n\x1a\n".to_vec();
    for piece in pieces {
        let Kind::Chunk(kind) = piece.kind else { continue };
        // Without a chunk in a capital letter a picture can't be decoded.
        if kind[0].is_ascii_uppercase() || PNG_CHUNKS.contains(&&kind) {
            cleaned.extend_from_slice(piece.whole);
        }
        if let Some(upright) = upright(piece.data).filter(|_| kind == *b"eXIf") {
            cleaned.extend_from_slice(&[0, 0, 0, 26]);
            let chunk = [b"eXIf", &upright[..]].concat();
            let mut checksum = Crc::new();
            checksum.update(&chunk);
            cleaned.extend_from_slice(&chunk);
            cleaned.extend_from_slice(&checksum.sum().to_be_bytes());
        }
    }
    cleaned
}

fn webp(pieces: &[Piece<'_>]) -> Option<Vec<u8>> {
    let exif = pieces.iter().find(|piece| piece.kind == Kind::Chunk(*b"EXIF"));
    let upright =
        exif.and_then(|piece| upright(piece.data.strip_prefix(b"Exif\0\0").unwrap_or(piece.data)));
    let mut chunks = Vec::new();
    for piece in pieces {
        let Kind::Chunk(kind) = piece.kind else { continue };
        if !WEBP_CHUNKS.contains(&&kind) {
            continue;
        }
        let start = chunks.len();
        chunks.extend_from_slice(piece.whole);
        if !chunks.len().is_multiple_of(2) {
            chunks.push(0);
        }
        if kind == *b"VP8X" {
            let flags = chunks.get_mut(start + 8)?;
            *flags &= !(WEBP_EXIF | WEBP_XMP);
            if upright.is_some() {
                *flags |= WEBP_EXIF;
            }
        }
    }
    if let Some(upright) = upright {
        chunks.extend_from_slice(b"EXIF\x1a\0\0\0");
        chunks.extend_from_slice(&upright);
    }
    let length = u32::try_from(chunks.len() + 4).ok()?.to_le_bytes();
    Some([b"RIFF", &length[..], b"WEBP", &chunks].concat())
}

fn gif(pieces: &[Piece<'_>]) -> Vec<u8> {
    let stays = |piece: &&Piece<'_>| match piece.kind {
        Kind::GifExtension(0xf9 | 0x01) => true,
        Kind::GifExtension(0xff) => GIF_PROGRAMS.iter().any(|name| piece.data.starts_with(name)),
        Kind::GifExtension(_) => false,
        _ => true,
    };
    pieces.iter().filter(stays).flat_map(|piece| piece.whole).copied().collect()
}

/// EXIF that only says how a picture is turned, if this one says so.
fn upright(exif: &[u8]) -> Option<[u8; 26]> {
    let orientation = Orientation::from_exif_chunk(exif)?;
    let mut note = *b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    *note.get_mut(19)? = orientation.to_exif();
    (orientation != Orientation::NoTransforms).then_some(note)
}

#[cfg(test)]
mod tests;
