//! Undoing what could hide a text from a plain search: compression, base64,
//! JSON escapes, entities, percent signs.
//!
//! Everything here is bounded: a file that unfolds without end is reported as
//! one that can't be searched.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use contracts::object_key::Encoding;

/// The most that a compressed file may unfold to.
const MAX_INFLATED: u64 = 64 * 1024 * 1024;

/// The shortest run that is taken for base64: 48 characters are 36 bytes, about
/// one shingle, and longer than almost every identifier.
const MIN_BASE64: usize = 48;

/// The plain bytes of a compressed file; `None` if it is damaged or too large.
pub(super) fn inflated(bytes: &[u8], encoding: Encoding) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let read = match encoding {
        Encoding::Gzip => {
            flate2::read::MultiGzDecoder::new(bytes).take(MAX_INFLATED + 1).read_to_end(&mut plain)
        }
        Encoding::Br => brotli::Decompressor::new(bytes, 64 * 1024)
            .take(MAX_INFLATED + 1)
            .read_to_end(&mut plain),
    };
    (read.is_ok() && plain.len() as u64 <= MAX_INFLATED).then_some(plain)
}

/// What the runs of base64 in a text hold.
pub(super) fn base64_runs(text: &str) -> Vec<Vec<u8>> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let is_break = |b: &u8| matches!(b, b'\r' | b'\n');
    let mut decoded = Vec::new();
    // Lines of one block stay together, as in mail.
    for block in text.as_bytes().split(|b| !is_part(b) && !is_break(b)) {
        let block = block.strip_suffix(b"=").unwrap_or(block);
        // Most blocks are words.
        if block.len() < MIN_BASE64 || block.split(is_break).all(|line| line.len() < MIN_BASE64) {
            continue;
        }
        let run: Vec<u8> = block.iter().copied().filter(is_part).collect();
        // A word may stand right before the run, so each alignment is tried.
        decoded.extend((0..4).filter_map(|skip| decode_base64(run.get(skip..)?)));
    }
    decoded
}

fn decode_base64(run: &[u8]) -> Option<Vec<u8>> {
    let whole = run.len() - usize::from(run.len() % 4 == 1);
    let run = run.get(..whole)?;
    let standard = STANDARD_NO_PAD.decode(run);
    standard.or_else(|_| URL_SAFE_NO_PAD.decode(run)).ok().or_else(|| {
        // Stray bits at the end are no reason to look away from the rest.
        let aligned = run.get(..run.len() - run.len() % 4)?;
        STANDARD_NO_PAD.decode(aligned).ok()
    })
}

/// A text with the escapes of JSON and JavaScript strings undone.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let mut chars = rest.chars();
        match chars.next() {
            Some('n' | 'r' | 't' | 'b' | 'f') => out.push(' '),
            Some('u') => {
                let (c, length) = unicode_escape(rest);
                out.push(c);
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            Some('x') => {
                let code = rest.get(1..3).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                if let Some(c) = code.and_then(char::from_u32) {
                    out.push(c);
                    rest = rest.get(3..).unwrap_or_default();
                    continue;
                }
                out.push('x');
            }
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// `u1234`, `u{1f600}` or a pair of surrogates, and how many bytes it takes.
fn unicode_escape(text: &str) -> (char, usize) {
    let hex = |text: &str| u32::from_str_radix(text, 16).ok();
    if let Some(braced) = text.strip_prefix("u{") {
        let digits = braced.split('}').next().unwrap_or_default();
        let c = hex(digits.get(..digits.len().min(8)).unwrap_or_default()).and_then(char::from_u32);
        return (c.unwrap_or(' '), (digits.len() + 3).min(text.len()));
    }
    let Some(first) = text.get(1..5).and_then(hex) else {
        return ('u', 1);
    };
    if let Some(c) = char::from_u32(first) {
        return (c, 5);
    }
    let second = text.get(5..7).filter(|mark| *mark == "\\u").and_then(|_| text.get(7..11));
    let pair = second.and_then(hex).and_then(|second| {
        let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low)
    });
    pair.map_or((' ', 5), |c| (c, 11))
}

/// A text with percent signs undone, as in links that share or mail a text.
pub(super) fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A text with entities undone. Named ones that stand for punctuation become a
/// space; letters with accents are written as themselves by every program of ours.
pub(super) fn without_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let end = rest.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| Some((entity(rest.get(..end)?)?, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = rest.get(end + 1..).unwrap_or_default();
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "shy" => Some('\u{ad}'),
        _ => name.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            unescaped(r#"a\u0062c\n\"d\" \u{65} \x66 \ud83d\ude00 \/"#),
            "abc \"d\" e f 😀 /"
        );
        assert_eq!(without_entities("a&#98;&#x63;&lt;&nbsp;&amp;&bogus &"), "abc< &&bogus &");
        assert_eq!(percent_decoded("a%20b%E4%B8%AD"), "a b中");
    }

    #[test]
    fn broken_escapes_end() {
        for text in [
            "\\",
            "\\u",
            "\\u12",
            "\\ud800",
            "\\ud800\\u",
            "\\u{",
            "\\u{zz",
            "\\x",
            "\\xé",
            "\\u中",
        ] {
            unescaped(text);
        }
        for text in ["&", "&;", "&#;", "&#x;", "&#99999999;", "&é;", "&中文中文中文;"] {
            without_entities(text);
        }
    }

    #[test]
    fn base64_is_found_after_a_word_and_over_lines() {
        let plain = "the quick brown fox jumps over the lazy dog again and again";
        let run = base64::engine::general_purpose::STANDARD.encode(plain);
        let lines = format!("{}\r\n{}", &run[..52], &run[52..]);
        for text in [run.clone(), format!("x/{run}"), format!("data:a;base64,{run}"), lines] {
            let found = base64_runs(&text);
            assert!(
                found.iter().any(|bytes| {
                    String::from_utf8_lossy(bytes)
                        .contains("brown fox jumps over the lazy dog again")
                }),
                "{text}"
            );
        }
    }

    #[test]
    fn a_bomb_does_not_fill_the_memory() {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let zeros = vec![0; 1024 * 1024];
        for _ in 0..65 {
            encoder.write_all(&zeros).unwrap();
        }
        assert_eq!(inflated(&encoder.finish().unwrap(), Encoding::Gzip), None);
        assert_eq!(inflated(b"no gzip", Encoding::Gzip), None);
    }
}
