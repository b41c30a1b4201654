//! The files of pictures as the pieces they consist of: segments, chunks and blocks.
//!
//! Nothing is decoded here. A file that does not hang together has no pieces, and what
//! stands behind its end belongs to none.

use std::io::{self, Read};
use std::ops::RangeInclusive;

use flate2::read::ZlibDecoder;

use super::PictureError;

/// Markers of JPEG that stand alone.
const RESTARTS: RangeInclusive<u8> = 0xd0..=0xd7;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Profiles of cameras and printers have up to three million bytes.
const MAX_PROFILE_BYTES: u64 = 8 * 1024 * 1024;

/// One piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'b> {
    /// A JPEG marker, a block of a GIF or the four letters of a chunk.
    pub(super) kind: Kind,
    /// All of it, as it stands in the file.
    pub(super) whole: &'b [u8],
    /// What it says.
    pub(super) data: &'b [u8],
}

/// What a piece is, in the words of its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A JPEG segment by its marker.
    Segment(u8),
    /// A chunk of PNG or WebP.
    Chunk([u8; 4]),
    /// What stands before the blocks of a GIF, or ends it.
    GifFrame,
    /// A picture of a GIF.
    GifImage,
    /// An extension of a GIF, by its label.
    GifExtension(u8),
}

/// Reads from the front.
struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// What was read since a place.
    fn since(&self, start: usize) -> Option<&'b [u8]> {
        self.bytes.get(start..self.at)
    }
}

/// The segments of a JPEG from its start to its end marker; scans are part of the
/// segment that starts them. A file may break off in a scan.
pub(super) fn jpeg(bytes: &[u8]) -> Option<Vec<Piece<'_>>> {
    let mut cursor = Cursor { bytes, at: 0 };
    let mut pieces = Vec::new();
    loop {
        let start = cursor.at;
        if cursor.byte()? != 0xff {
            return None;
        }
        let mut marker = cursor.byte()?;
        while marker == 0xff {
            marker = cursor.byte()?;
        }
        let mut data = &[][..];
        if !matches!(marker, 0x01 | 0xd8 | 0xd9) && !RESTARTS.contains(&marker) {
            let length: [u8; 2] = cursor.take(2)?.try_into().ok()?;
            data = cursor.take(usize::from(u16::from_be_bytes(length)).checked_sub(2)?)?;
        }
        let ends = marker == 0xd9 || (marker == 0xda && !skip_scan(&mut cursor));
        let whole = cursor.since(start)?;
        pieces.push(Piece { kind: Kind::Segment(marker), whole, data });
        if ends {
            return Some(pieces);
        }
    }
}

/// Goes on to the marker behind a scan. False if the file ends before.
fn skip_scan(cursor: &mut Cursor<'_>) -> bool {
    let rest = cursor.bytes.get(cursor.at..).unwrap_or_default();
    let is_marker = |pair: &[u8; 2]| {
        pair[0] == 0xff && !matches!(pair[1], 0 | 0xff) && !RESTARTS.contains(&pair[1])
    };
    match rest.array_windows().position(is_marker) {
        Some(length) => {
            cursor.at += length;
            true
        }
        None => {
            cursor.at = cursor.bytes.len();
            false
        }
    }
}

/// The chunks of a PNG up to its end.
pub(super) fn png(bytes: &[u8]) -> Option<Vec<Piece<'_>>> {
    let mut cursor = Cursor { bytes, at: 0 };
    if cursor.take(PNG_SIGNATURE.len())? != PNG_SIGNATURE {
        return None;
    }
    let mut pieces = Vec::new();
    loop {
        let start = cursor.at;
        let length: [u8; 4] = cursor.take(4)?.try_into().ok()?;
        let kind: [u8; 4] = cursor.take(4)?.try_into().ok()?;
        let data = cursor.take(usize::try_from(u32::from_be_bytes(length)).ok()?)?;
        let _checksum = cursor.take(4)?;
        pieces.push(Piece { kind: Kind::Chunk(kind), whole: cursor.since(start)?, data });
        if kind == *b"IEND" {
            return Some(pieces);
        }
    }
}

/// The chunks of a WebP, as far as its own length goes.
pub(super) fn webp(bytes: &[u8]) -> Option<Vec<Piece<'_>>> {
    let mut head = Cursor { bytes, at: 0 };
    if head.take(4)? != b"RIFF" {
        return None;
    }
    let length: [u8; 4] = head.take(4)?.try_into().ok()?;
    let end = usize::try_from(u32::from_le_bytes(length)).ok()?.checked_add(8)?;
    if head.take(4)? != b"WEBP" {
        return None;
    }
    let mut cursor = Cursor { bytes: bytes.get(..end)?, at: head.at };
    let mut pieces = Vec::new();
    while cursor.at < end {
        let start = cursor.at;
        let kind: [u8; 4] = cursor.take(4)?.try_into().ok()?;
        let length: [u8; 4] = cursor.take(4)?.try_into().ok()?;
        let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
        let data = cursor.take(length)?;
        // The last one may lack the byte that makes it even.
        let _padding = cursor.take(length % 2);
        pieces.push(Piece { kind: Kind::Chunk(kind), whole: cursor.since(start)?, data });
    }
    Some(pieces)
}

/// The blocks of a GIF up to its end.
pub(super) fn gif(bytes: &[u8]) -> Option<Vec<Piece<'_>>> {
    let mut cursor = Cursor { bytes, at: 0 };
    let head = cursor.take(13)?;
    if !head.starts_with(b"GIF8") {
        return None;
    }
    cursor.take(colour_table_bytes(*head.get(10)?))?;
    let mut pieces = vec![Piece { kind: Kind::GifFrame, whole: cursor.since(0)?, data: &[] }];
    loop {
        let start = cursor.at;
        let kind = match cursor.byte()? {
            0x2c => {
                let descriptor = cursor.take(9)?;
                cursor.take(colour_table_bytes(*descriptor.get(8)?) + 1)?;
                Kind::GifImage
            }
            0x21 => Kind::GifExtension(cursor.byte()?),
            0x3b => Kind::GifFrame,
            _ => return None,
        };
        let inside = cursor.at;
        if kind != Kind::GifFrame {
            skip_sub_blocks(&mut cursor)?;
        }
        pieces.push(Piece { kind, whole: cursor.since(start)?, data: cursor.since(inside)? });
        if kind == Kind::GifFrame {
            return Some(pieces);
        }
    }
}

fn colour_table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn skip_sub_blocks(cursor: &mut Cursor<'_>) -> Option<()> {
    loop {
        match cursor.byte()? {
            0 => return Some(()),
            length => cursor.take(usize::from(length))?,
        };
    }
}

/// The pieces of a file of any of these kinds.
pub(super) fn pieces(bytes: &[u8]) -> Result<Vec<Piece<'_>>, PictureError> {
    let pieces = match bytes {
        [0xff, 0xd8, ..] => jpeg(bytes),
        [0x89, ..] => png(bytes),
        [b'R', b'I', b'F', b'F', ..] => webp(bytes),
        [b'G', b'I', b'F', ..] => gif(bytes),
        _ => return Err(PictureError::Unsupported),
    };
    pieces.ok_or_else(|| PictureError::Damaged("its parts don't hang together".to_owned()))
}

/// How many pictures follow one another in an animation; at most one in what stands still.
pub(super) fn frames(pieces: &[Piece<'_>]) -> usize {
    let is_frame = |piece: &&Piece<'_>| {
        matches!(
            piece.kind,
            Kind::GifImage | Kind::Chunk([b'A', b'N', b'M', b'F'] | [b'f', b'c', b'T', b'L'])
        )
    };
    pieces.iter().filter(is_frame).count()
}

/// Whether the colour profile of a PNG, the one part of a picture beside its pixels that
/// a decoder unpacks unasked, is larger unpacked than any honest one.
pub(super) fn has_endless_profile(pieces: &[Piece<'_>]) -> bool {
    let profiles = pieces.iter().filter(|piece| piece.kind == Kind::Chunk(*b"iCCP"));
    profiles.map(|piece| piece.data).any(|data| {
        // A name, a zero, and the method of compression, which is always the same.
        let packed = data.iter().position(|byte| *byte == 0).and_then(|end| data.get(end + 2..));
        let unpacked = ZlibDecoder::new(packed.unwrap_or_default());
        // What breaks off is the decoder's business.
        io::copy(&mut unpacked.take(MAX_PROFILE_BYTES + 1), &mut io::sink())
            .is_ok_and(|bytes| bytes > MAX_PROFILE_BYTES)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_off_anywhere_has_no_pieces_and_harms_nobody() {
        let jpeg_file = b"\xff\xd8\xff\xe0\0\x04ab\xff\xda\0\x02\x12\xff\0\x34\xff\xd0\x56\xff\xd9";
        let png_file = b"\x89PNG\r\n\x1a\n\0\0\0\x02IHDRab\0\0\0\0\0\0\0\0IEND\0\0\0\0";
        let webp_file = b"RIFF\x10\0\0\0WEBPVP8 \x03\0\0\0abc\0";
        let gif_file =
            b"GIF89a\x01\0\x01\0\0\0\0\x21\xfe\x02ab\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x01a\0\x3b";
        assert_eq!(jpeg(jpeg_file).map(|pieces| pieces.len()), Some(4));
        assert_eq!(png(png_file).map(|pieces| pieces.len()), Some(2));
        assert_eq!(webp(webp_file).map(|pieces| pieces.len()), Some(1));
        assert_eq!(gif(gif_file).map(|pieces| pieces.len()), Some(4));
        for (file, read) in [
            (&jpeg_file[..], jpeg as fn(&[u8]) -> Option<Vec<Piece<'_>>>),
            (png_file, png),
            (webp_file, webp),
            (gif_file, gif),
        ] {
            let whole: Vec<u8> = [file, b"behind"].concat();
            let pieces = read(&whole).unwrap();
            let length: usize = pieces.iter().map(|piece| piece.whole.len()).sum();
            let head = if file.starts_with(b"R") {
                12
            } else if file.starts_with(b"\x89") {
                8
            } else {
                0
            };
            assert_eq!(length + head, file.len(), "nothing behind the end");
            for end in 0..file.len() {
                let _ = read(&file[..end]);
                let mut other = file.to_vec();
                other[end] ^= 0xff;
                let _ = read(&other);
            }
        }
    }

    #[test]
    fn the_pictures_of_an_animation_are_counted() {
        let still = b"GIF89a\x01\0\x01\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x01a\0\x3b";
        let count = |bytes| pieces(bytes).map(|pieces| frames(&pieces));
        assert_eq!(count(still), Ok(1));
        let image = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x01a\0";
        let many = [&still[..13], &image.repeat(3000), b"\x3b"].concat();
        assert_eq!(count(&many), Ok(3000));
        assert!(matches!(count(b"\xff\xd8"), Err(PictureError::Damaged(_))));
        assert_eq!(count(b"text"), Err(PictureError::Unsupported));
    }
}
