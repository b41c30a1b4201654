//! Files that hold other files or texts in a form of their own: zip archives and so
//! EPUB, PDF, and what pictures say beside their pixels.
//!
//! Read only as far as words can hide there, and by the marks in the bytes, not by
//! the name or by what a file says of its own length: both may lie. All that is
//! unfolded is bounded by what the caller allows.

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};

/// What was unfolded of one file.
#[derive(Debug, Default)]
pub(super) struct Unfolded {
    /// Its parts, in order.
    pub(super) parts: Vec<Vec<u8>>,
    /// Whether something in it can't be looked at.
    pub(super) is_closed: bool,
    /// Bytes that the parts may still take.
    left: usize,
}

/// The head of an entry in a zip archive.
const ZIP_ENTRY: &[u8] = b"PK\x03\x04";

/// Its length without the name and the extra field.
const ZIP_HEAD_BYTES: usize = 30;

/// Takes a file apart by its kind; one of no known kind has no parts.
pub(super) fn unfolded(bytes: &[u8], limit: usize) -> Unfolded {
    let mut found = Unfolded { left: limit, ..Unfolded::default() };
    if bytes.starts_with(b"PK") {
        found.zip(bytes);
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        found.png(bytes);
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        found.jpeg(bytes);
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        found.webp(bytes);
    } else if bytes.starts_with(b"%PDF-") {
        found.pdf(bytes);
    } else if let Some(text) = utf16_with_mark(bytes) {
        found.keep(text.into_bytes());
    }
    found
}

impl Unfolded {
    fn keep(&mut self, part: Vec<u8>) {
        match self.left.checked_sub(part.len()) {
            Some(left) => {
                self.left = left;
                self.parts.push(part);
            }
            None => self.is_closed = true,
        }
    }

    /// Keeps what a stream unfolds to, if it does; answers whether it did.
    fn inflate(&mut self, stream: impl Read) -> bool {
        let mut plain = Vec::new();
        let most = u64::try_from(self.left).unwrap_or(u64::MAX);
        match stream.take(most.saturating_add(1)).read_to_end(&mut plain) {
            Ok(_) => {
                self.keep(plain);
                true
            }
            Err(_) => {
                // What came before the damage is looked at all the same.
                if !plain.is_empty() {
                    self.keep(plain);
                }
                false
            }
        }
    }

    /// Every entry, by its own head: the list at the end of an archive may leave
    /// some out. What is stored without compression is found in the bytes as they
    /// stand, so only compressed entries are unfolded.
    fn zip(&mut self, bytes: &[u8]) {
        let heads = bytes.windows(ZIP_ENTRY.len()).enumerate();
        let heads = heads.filter(|(_, window)| *window == ZIP_ENTRY).map(|(at, _)| at);
        for at in heads {
            if self.is_closed {
                return;
            }
            let Some(head) = bytes.get(at..at.saturating_add(ZIP_HEAD_BYTES)) else { return };
            let (flags, method) = (little_u16(head, 6), little_u16(head, 8));
            let skipped = usize::from(little_u16(head, 26)) + usize::from(little_u16(head, 28));
            let data = bytes.get(at.saturating_add(ZIP_HEAD_BYTES + skipped)..).unwrap_or_default();
            match method {
                _ if flags & 1 != 0 => self.is_closed = true,
                0 => {}
                8 => self.is_closed |= !self.inflate(DeflateDecoder::new(data)),
                _ => self.is_closed = true,
            }
        }
    }

    /// `tEXt`, `zTXt`, `iTXt` and `eXIf`.
    fn png(&mut self, bytes: &[u8]) {
        let mut rest = bytes.get(8..).unwrap_or_default();
        while let Some(head) = rest.get(..8) {
            let length = usize::try_from(big_u32(head)).unwrap_or(usize::MAX);
            let data = rest.get(8..8_usize.saturating_add(length).min(rest.len()));
            let data = data.unwrap_or_default();
            match head.get(4..8) {
                Some(b"tEXt") => self.keep(latin1(data)),
                Some(b"zTXt") => {
                    let packed = after_nul(data, 1).and_then(|rest| rest.get(1..));
                    let is_plain = packed.is_none_or(|packed| self.zlib_text(packed));
                    self.is_closed |= !is_plain;
                }
                Some(b"iTXt") => self.international(data),
                Some(b"eXIf") => self.exif(data),
                _ => {}
            }
            let next = length.saturating_add(12);
            rest = rest.get(next..).unwrap_or_default();
        }
    }

    fn international(&mut self, data: &[u8]) {
        let Some(rest) = after_nul(data, 1) else { return };
        let is_packed = rest.first() == Some(&1);
        let text = rest.get(2..).and_then(|rest| after_nul(rest, 2)).unwrap_or_default();
        if is_packed {
            self.is_closed |= !self.inflate(ZlibDecoder::new(text));
        } else {
            self.keep(text.to_vec());
        }
    }

    /// Compressed Latin-1.
    fn zlib_text(&mut self, packed: &[u8]) -> bool {
        let kept = self.parts.len();
        let is_plain = self.inflate(ZlibDecoder::new(packed));
        if let Some(part) = self.parts.get_mut(kept) {
            *part = latin1(part);
        }
        is_plain
    }

    /// Comments, EXIF and XMP, up to the pixels. A long XMP goes on in the next
    /// segment, so all are read as one as well.
    fn jpeg(&mut self, bytes: &[u8]) {
        let mut rest = bytes.get(2..).unwrap_or_default();
        let mut extended = Vec::new();
        while let Some([0xff, kind]) = rest.get(..2) {
            if matches!(kind, 0xd9 | 0xda) {
                break;
            }
            let length = rest.get(2..4).map_or(0, |two| usize::from(big_u16(two)));
            let data = rest.get(4..2_usize.saturating_add(length).min(rest.len()));
            let data = data.unwrap_or_default();
            match kind {
                0xfe => self.keep(latin1(data)),
                0xe1 if data.starts_with(b"Exif") => self.exif(data),
                // The name of the kind, a digest and two numbers stand before it.
                0xe1 if data.starts_with(b"http://ns.adobe.com/xmp/extension/") => {
                    extended.extend_from_slice(data.get(75..).unwrap_or_default());
                }
                0xe1..=0xef => self.keep(data.to_vec()),
                _ => {}
            }
            rest = rest.get(2 + length.max(2)..).unwrap_or_default();
        }
        if !extended.is_empty() {
            self.keep(extended);
        }
    }

    /// The chunks `EXIF` and `XMP `.
    fn webp(&mut self, bytes: &[u8]) {
        let mut rest = bytes.get(12..).unwrap_or_default();
        while let Some(head) = rest.get(..8) {
            let length = usize::try_from(little_u32(head)).unwrap_or(usize::MAX);
            let data = rest.get(8..8_usize.saturating_add(length).min(rest.len()));
            let data = data.unwrap_or_default();
            match head.get(..4) {
                Some(b"EXIF") => self.exif(data),
                Some(b"XMP ") => self.keep(data.to_vec()),
                _ => {}
            }
            let next = length.saturating_add(length % 2).saturating_add(8);
            rest = rest.get(next..).unwrap_or_default();
        }
    }

    /// EXIF keeps some of its texts as UTF-16, at places that only its tables tell;
    /// so it is read in each way that a text could stand there.
    fn exif(&mut self, data: &[u8]) {
        self.keep(data.to_vec());
        for skip in [0, 1] {
            let data = data.get(skip..).unwrap_or_default();
            self.keep(utf16(data, |[a, b]| u16::from_le_bytes([a, b])).into_bytes());
            self.keep(utf16(data, |[a, b]| u16::from_be_bytes([a, b])).into_bytes());
        }
    }

    /// What the pages of a PDF say: the strings of each stream, also of compressed
    /// ones. A font with codes of its own is not undone.
    fn pdf(&mut self, bytes: &[u8]) {
        self.keep(pdf_strings(bytes));
        let mut rest = bytes;
        while let Some(at) = find(rest, b"stream") {
            rest = rest.get(at + b"stream".len()..).unwrap_or_default();
            let data = rest.strip_prefix(b"\r").unwrap_or(rest);
            let Some(data) = data.strip_prefix(b"\n") else { continue };
            if !matches!(data.first(), Some(0x08 | 0x18 | 0x28 | 0x38 | 0x48 | 0x58 | 0x68 | 0x78))
            {
                continue;
            }
            let kept = self.parts.len();
            // A picture is a stream too and need not unfold.
            self.inflate(ZlibDecoder::new(data));
            if let Some(strings) = self.parts.get(kept).map(|plain| pdf_strings(plain)) {
                self.keep(strings);
            }
            if self.is_closed {
                return;
            }
        }
    }
}

/// The strings of a PDF in the order in which they are shown. Between two strings of
/// one array stands a number: a large one is the room between two words.
fn pdf_strings(content: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut at = 0;
    let mut is_array = false;
    while let Some(byte) = content.get(at) {
        at += 1;
        match byte {
            b'(' => at = literal(content, at, &mut text),
            b'<' if content.get(at) != Some(&b'<') => at = hexadecimal(content, at, &mut text),
            b'<' => at += 1,
            b'[' => is_array = true,
            b']' => {
                is_array = false;
                text.push(b' ');
            }
            b'-' if is_array => {
                let digits = content.get(at..).unwrap_or_default();
                let digits = digits.iter().take(8).take_while(|b| b.is_ascii_digit()).count();
                if digits >= 3 {
                    text.push(b' ');
                }
            }
            // The end of an operator such as `Tj`: the next string is another one.
            b'j' | b'\'' | b'*' if !is_array => text.push(b' '),
            _ => {}
        }
    }
    text
}

/// Reads `(…)` from behind its first parenthesis; answers where it ends.
fn literal(content: &[u8], start: usize, text: &mut Vec<u8>) -> usize {
    let (mut at, mut depth) = (start, 1_usize);
    let begin = text.len();
    while let Some(byte) = content.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                match content.get(at) {
                    Some(b'n' | b'r' | b't') => text.push(b' '),
                    Some(b'0'..=b'7') => {
                        let digits = content.get(at..at.saturating_add(3)).unwrap_or_default();
                        let code = digits.iter().take_while(|b| matches!(b, b'0'..=b'7'));
                        let code =
                            code.fold(0_u32, |code, digit| code * 8 + u32::from(digit - b'0'));
                        text.push(u8::try_from(code).unwrap_or(b' '));
                        at += 2;
                    }
                    Some(other) => text.push(*other),
                    None => {}
                }
                at += 1;
            }
            b'(' => {
                depth += 1;
                text.push(b'(');
            }
            b')' => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
                text.push(b')');
            }
            other => text.push(*other),
        }
    }
    spelt(text, begin);
    at
}

/// Reads `<48656c6c6f>` from behind its first mark; answers where it ends.
fn hexadecimal(content: &[u8], start: usize, text: &mut Vec<u8>) -> usize {
    let begin = text.len();
    let (mut at, mut high) = (start, None);
    while let Some(byte) = content.get(at) {
        let Some(digit) = char::from(*byte).to_digit(16) else {
            if byte.is_ascii_whitespace() {
                at += 1;
                continue;
            }
            break;
        };
        at += 1;
        match high.take() {
            None => high = Some(digit),
            Some(first) => text.push(u8::try_from(first * 16 + digit).unwrap_or(b' ')),
        }
    }
    spelt(text, begin);
    at
}

/// A string may be UTF-16 with its mark, or Latin-1.
fn spelt(text: &mut Vec<u8>, begin: usize) {
    let string = text.split_off(begin.min(text.len()));
    match utf16_with_mark(&string) {
        Some(spelt) => text.extend_from_slice(spelt.as_bytes()),
        None => text.extend(latin1(&string)),
    }
}

/// A text that says by its first bytes that it is UTF-16.
fn utf16_with_mark(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => Some(utf16(rest, |[a, b]| u16::from_le_bytes([a, b]))),
        [0xfe, 0xff, rest @ ..] => Some(utf16(rest, |[a, b]| u16::from_be_bytes([a, b]))),
        _ => None,
    }
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(' ')).collect()
}

/// Bytes that are UTF-8 already stay; others are read as Latin-1.
fn latin1(bytes: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes.to_vec(),
        Err(_) => bytes.iter().copied().map(char::from).collect::<String>().into_bytes(),
    }
}

/// What stands behind so many bytes of nought.
fn after_nul(bytes: &[u8], count: usize) -> Option<&[u8]> {
    let mut rest = bytes;
    for _ in 0..count {
        let nul = rest.iter().position(|byte| *byte == 0)?;
        rest = rest.get(nul + 1..)?;
    }
    Some(rest)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn little_u16(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..at + 2) {
        Some([a, b]) => u16::from_le_bytes([*a, *b]),
        _ => 0,
    }
}

fn little_u32(head: &[u8]) -> u32 {
    match head.get(4..8) {
        Some([a, b, c, d]) => u32::from_le_bytes([*a, *b, *c, *d]),
        _ => u32::MAX,
    }
}

fn big_u32(head: &[u8]) -> u32 {
    match head.get(..4) {
        Some([a, b, c, d]) => u32::from_be_bytes([*a, *b, *c, *d]),
        _ => u32::MAX,
    }
}

fn big_u16(two: &[u8]) -> u16 {
    match two {
        [a, b] => u16::from_be_bytes([*a, *b]),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_strings_of_a_pdf_are_read_as_they_are_shown() {
        let shown = |content: &[u8]| String::from_utf8_lossy(&pdf_strings(content)).into_owned();
        assert_eq!(shown(b"BT (Moving) Tj (a \\(value\\)) Tj ET").trim(), "Moving a (value)");
        assert_eq!(shown(b"[(Mov) -12 (ing) -250 (a)] TJ").trim(), "Moving a");
        assert_eq!(shown(b"<4d6f76 696e67> Tj").trim(), "Moving");
        assert_eq!(shown(b"(\\115\\157ving) Tj").trim(), "Moving");
        assert_eq!(shown(b"(\xfe\xff\x79\xfb\x52\xa8) Tj").trim(), "移动");
        for broken in [&b"("[..], b"(\\", b"<", b"<<", b"[(", b"(\\9", b"(a(b"] {
            pdf_strings(broken);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_end_it_or_unfold_to_more_than_is_allowed(
            kind in 0..6_usize,
            bytes in proptest::collection::vec(any::<u8>(), 0..600),
        ) {
            let heads: [&[u8]; 6] = [
                b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", &[0xff, 0xd8, 0xff], b"RIFF\0\0\0\0WEBP",
                b"%PDF-1.7 stream\n\x78\x9c", &[0xff, 0xfe],
            ];
            let found = unfolded(&[heads[kind], &bytes].concat(), 1000);
            prop_assert!(found.parts.iter().map(Vec::len).sum::<usize>() <= 1000);
        }
    }
}
