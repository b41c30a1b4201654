//! Words that stand nowhere else, planted in paid texts and looked for on the public side.
//!
//! By its own reading of the files: what the product holds for secret must not decide it.

use std::collections::BTreeSet;
use std::io::Read;

use crate::harness::School;
use crate::script::desk;

const BEGIN: &str = "zq";
const END: &str = "heron";
const LETTERS: usize = 6;

/// A word for a number.
pub(super) fn word(mut number: u64) -> String {
    let letters: String = (0..LETTERS)
        .map(|_| {
            let letter = b'a' + u8::try_from(number % 26).unwrap();
            number /= 26;
            char::from(letter)
        })
        .collect();
    format!("{BEGIN}{letters}{END}")
}

/// A sentence that holds a word.
pub(super) fn sentence(number: u64) -> String {
    let word = word(number);
    format!("Under the seventh bridge the {word} counts green lamps and tells nobody of {word}.")
}

/// All such words in a text.
fn words(bytes: &[u8]) -> BTreeSet<String> {
    let length = BEGIN.len() + LETTERS + END.len();
    let is_word = |word: &&[u8]| {
        word.starts_with(BEGIN.as_bytes())
            && word.ends_with(END.as_bytes())
            && word.iter().all(u8::is_ascii_lowercase)
    };
    let found = bytes.windows(length).filter(is_word);
    found.map(|word| String::from_utf8(word.to_vec()).unwrap()).collect()
}

/// A word that must be paid for and stands in a public file, and that file's name.
pub(super) fn public_one<'f>(
    school: &School,
    public: impl Iterator<Item = &'f (String, Vec<u8>)>,
) -> Option<(String, String)> {
    let hidden = hidden(school);
    public.into_iter().find_map(|(name, bytes)| {
        let found = words(&plain(name, bytes));
        let word = hidden.intersection(&found).next()?;
        Some((word.clone(), name.clone()))
    })
}

fn plain(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    if name.ends_with(".gz") {
        flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    } else if name.ends_with(".br") {
        brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain).unwrap();
    } else {
        plain.extend(bytes);
    }
    plain
}

/// The words that stand only where they are paid for.
pub(super) fn hidden(school: &School) -> BTreeSet<String> {
    let mut hidden = BTreeSet::new();
    let mut open = String::new();
    for path in desk::texts(school) {
        let text = school.read(&path);
        if desk::is_paid(school, &path) {
            let (before, behind) = text.split_once(desk::MARK).unwrap_or((&text, ""));
            open.push_str(before);
            hidden.extend(words(behind.as_bytes()));
        } else {
            open.push_str(&text);
        }
    }
    for path in desk::downloads(school) {
        let words = words(school.read(&path).as_bytes());
        if open.contains(path.rsplit('/').next().unwrap()) {
            open.extend(words);
        } else {
            hidden.extend(words);
        }
    }
    let open = words(open.as_bytes());
    hidden.retain(|word| !open.contains(word));
    hidden
}
