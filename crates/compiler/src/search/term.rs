//! Text to the terms under which it is found. The theme's `search.js` cuts what a
//! reader types in the same way, and a test in a browser holds the two together.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A longer word is found by its beginning.
const WORD_CHARS: usize = 40;

/// Writing without spaces between words, as first and last code point: Thai, Lao,
/// Burmese, Khmer, Chinese, Japanese; and Korean, whose words carry endings.
const DENSE: [(u32, u32); 15] = [
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1100, 0x11FF),
    (0x1780, 0x17FF),
    (0x2E80, 0x2FDF),
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x3130, 0x318F),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
];

/// Calls `found` with each term of a text, as often as it stands there.
///
/// A word is one term. Of dense writing each pair of letters is one, and the last
/// letter of a run too: so every letter begins a term, and any part of a sentence
/// is found.
pub(super) fn terms(text: &str, mut found: impl FnMut(&str)) {
    let mut word = String::new();
    let mut dense: Option<char> = None;
    for letter in fold(text).chars() {
        let is_letter = letter.is_alphanumeric() || letter == '_';
        let is_dense = is_letter && is_dense(letter);
        if let Some(before) = dense.take() {
            let mut term = String::from(before);
            if is_dense {
                term.push(letter);
            }
            found(&term);
        }
        if is_dense {
            dense = Some(letter);
        } else if is_letter {
            word.push(letter);
            continue;
        }
        end(&mut word, &mut found);
    }
    dense.into_iter().for_each(|last| found(last.encode_utf8(&mut [0; 4])));
    end(&mut word, &mut found);
}

fn end(word: &mut String, found: &mut impl FnMut(&str)) {
    if !word.is_empty() {
        let end = word.char_indices().nth(WORD_CHARS).map_or(word.len(), |(end, _)| end);
        found(word.get(..end).unwrap_or_default());
        word.clear();
    }
}

/// Lower case, without accents, width and other dress. Letters whose capital is
/// another letter's too are taken for that one.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    // ASCII has no dress, and what stands beside it doesn't change it.
    while !rest.is_empty() {
        let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (plain, other) = rest.split_at(plain);
        folded.extend(plain.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        let (dressed, after) =
            other.split_at(other.bytes().position(|byte| byte.is_ascii()).unwrap_or(other.len()));
        folded.push_str(&undressed(dressed));
        rest = after;
    }
    folded
}

fn undressed(text: &str) -> String {
    let lower = text.to_lowercase().replace('ß', "ss").replace('ς', "σ").replace('ı', "i");
    let bare: String = lower.nfkd().filter(|letter| !is_combining_mark(*letter)).collect();
    bare.nfc().collect()
}

fn is_dense(letter: char) -> bool {
    let code = u32::from(letter);
    code >= DENSE[0].0 && DENSE.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        terms(text, |term| all.push(term.to_owned()));
        all
    }

    #[test]
    fn words_are_folded_and_cut_at_what_is_no_letter() {
        assert_eq!(of("Vec::new(), snake_case"), ["vec", "new", "snake_case"]);
        // An accent that stands by itself, and a capital that has two letters when small.
        assert_eq!(of("Cafe\u{301}s İz ΣΑΣ"), ["cafes", "iz", "σασ"]);
        assert_eq!(of("Café ＡＢＣ ﬁne Straße 42"), ["cafe", "abc", "fine", "strasse", "42"]);
        assert_eq!(of(" \n.,;—"), [""; 0]);
    }

    #[test]
    fn dense_writing_is_cut_into_pairs_and_a_last_letter() {
        assert_eq!(of("所有权"), ["所有", "有权", "权"]);
        assert_eq!(of("车"), ["车"]);
        assert_eq!(of("用Rust写"), ["用", "rust", "写"]);
        assert_eq!(of("한국어"), ["한국", "국어", "어"]);
    }

    #[test]
    fn a_very_long_word_is_found_by_its_beginning() {
        assert_eq!(of(&"x".repeat(100_000)), ["x".repeat(40)]);
    }
}
