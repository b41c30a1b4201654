//! Texts as runs of words, so that a quotation is found however it is marked up.
//!
//! A word is a run of letters and digits in lower case; a Chinese or Japanese
//! character is a word of its own. A shingle is the shortest run that weighs
//! enough: eight words or twelve characters. Each start has one, so a quotation
//! that is longer than a shingle always holds one whole.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator, ParallelSliceMut};

/// Parts texts that stand side by side without belonging together: no shingle
/// reaches over it.
pub(super) const BARRIER: char = '\u{1}';

/// What a shingle weighs: eight words at 3, or twelve characters at 2.
const SHINGLE_WEIGHT: u32 = 24;

/// What a block of its own, such as a heading, weighs at least to be looked for
/// as a whole: four words. Shorter ones are said by everyone.
const BLOCK_WEIGHT: u32 = 12;

/// How many different words with letters a secret must have: rows of numbers
/// and repeated words are said by everyone too.
const DISTINCT_WORDS: usize = 4;

/// Bits of the filter before the table: 512 KiB, so that it stays in the cache.
const FILTER_BITS: usize = 1 << 22;

/// Runs of words that must not be public, and whose they are.
pub(super) struct Index {
    owners: HashMap<u64, u32, BuildHasherDefault<AlreadyHashed>>,
    filter: Vec<u64>,
    /// Runs of an earlier build, in order; whose they are is not known any more.
    known: Vec<u64>,
}

/// The owner of what an earlier build has found.
const UNKNOWN: u32 = u32::MAX;

/// A word, hashed.
#[derive(Debug, Clone, Copy)]
struct Word {
    hash: u64,
    weight: u32,
    has_letter: bool,
}

/// The keys are hashes themselves.
#[derive(Default)]
pub(super) struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| combine(hash, u64::from(*byte)));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Index {
    fn new() -> Self {
        let filter = vec![0; FILTER_BITS / 64];
        Self { owners: HashMap::default(), filter, known: Vec::new() }
    }

    /// The index of many texts, each with its owner; the first owner of what several
    /// say keeps it.
    pub(super) fn of<T: AsRef<str> + Sync>(texts: &[(u32, T)]) -> Self {
        let found: Vec<_> =
            texts.par_iter().map(|(owner, text)| (*owner, runs(text.as_ref()))).collect();
        let mut index = Self::new();
        index.owners.reserve(found.iter().map(|(_, runs)| runs.len()).sum());
        for (owner, runs) in found {
            runs.into_iter().for_each(|run| index.insert(run, owner));
        }
        index
    }

    /// Takes out what stands in texts that are public by right, over their barriers
    /// too, as it was put in; tells in which texts there was any of it.
    pub(super) fn remove<T: AsRef<str> + Sync>(&mut self, texts: &[T]) -> Vec<usize> {
        if self.owners.is_empty() {
            return Vec::new();
        }
        let hits = |text: &T| {
            let mut found = Vec::new();
            self.each_hit(&text.as_ref().replace(BARRIER, "\n"), |run, _| found.push(run));
            found
        };
        let found: Vec<Vec<u64>> = texts.par_iter().map(hits).collect();
        for run in found.iter().flatten() {
            self.owners.remove(run);
        }
        (0..).zip(&found).filter(|(_, runs)| !runs.is_empty()).map(|(at, _)| at).collect()
    }

    /// All runs, in order.
    pub(super) fn runs(&self) -> Vec<u64> {
        let mut runs: Vec<u64> = self.owners.keys().chain(&self.known).copied().collect();
        runs.par_sort_unstable();
        runs.dedup();
        runs
    }

    /// Adds runs of an earlier build, which are in order.
    pub(super) fn with_known(mut self, runs: Vec<u64>) -> Self {
        self.known = runs;
        self
    }

    /// Whose run it is, if it is one.
    fn owner(&self, run: u64) -> Option<u32> {
        let (slot, bit) = filter_place(run);
        let may_be = self.filter.get(slot).is_some_and(|bits| bits & bit != 0);
        let owner = may_be.then(|| self.owners.get(&run).copied()).flatten();
        owner.or_else(|| self.known.binary_search(&run).ok().map(|_| UNKNOWN))
    }

    /// Takes over what another index has.
    pub(super) fn absorb(&mut self, other: Self) {
        for (run, owner) in other.owners {
            self.insert(run, owner);
        }
    }

    /// The owners of what a text holds.
    pub(super) fn search(&self, text: &str, hits: &mut Vec<u32>) {
        self.each_hit(text, |_, owner| {
            if !hits.contains(&owner) {
                hits.push(owner);
            }
        });
    }

    fn insert(&mut self, hash: u64, owner: u32) {
        self.owners.entry(hash).or_insert(owner);
        let (slot, bit) = filter_place(hash);
        if let Some(bits) = self.filter.get_mut(slot) {
            *bits |= bit;
        }
    }

    fn each_hit(&self, text: &str, mut hit: impl FnMut(u64, u32)) {
        let words = words(text);
        for start in 0..words.len() {
            let (mut hash, mut weight) = (0, 0);
            for word in words.iter().skip(start) {
                hash = combine(hash, word.hash);
                weight += word.weight;
                if weight >= BLOCK_WEIGHT
                    && let Some(owner) = self.owner(hash)
                {
                    hit(hash, owner);
                }
                if weight >= SHINGLE_WEIGHT {
                    break;
                }
            }
        }
    }
}

/// Every shingle of a text, and each of its blocks that is shorter than one as a
/// whole. Blocks are parted by [`BARRIER`]; shingles of running text reach over it,
/// since the page has no barriers there.
fn runs(text: &str) -> Vec<u64> {
    let mut runs = Vec::new();
    for block in text.split(BARRIER) {
        let words = words(block);
        let weight: u32 = words.iter().map(|word| word.weight).sum();
        if (BLOCK_WEIGHT..SHINGLE_WEIGHT).contains(&weight) && is_distinct(&words) {
            runs.push(run_hash(&words));
        }
    }
    let words = words(&text.replace(BARRIER, "\n"));
    let shingles = (0..words.len()).map(|start| shingle(&words, start));
    runs.extend(shingles.filter(|run| !run.is_empty() && is_distinct(run)).map(run_hash));
    runs
}

fn filter_place(hash: u64) -> (usize, u64) {
    // The low bits choose the bucket of the table, so the filter takes others.
    let bit = (hash >> 40) as usize % FILTER_BITS;
    (bit / 64, 1 << (bit % 64))
}

/// The shortest run from `start` that weighs enough; empty near the end.
fn shingle(words: &[Word], start: usize) -> &[Word] {
    let mut weight = 0;
    for (index, word) in words.iter().enumerate().skip(start) {
        weight += word.weight;
        if weight >= SHINGLE_WEIGHT {
            return words.get(start..=index).unwrap_or_default();
        }
    }
    &[]
}

fn run_hash(words: &[Word]) -> u64 {
    words.iter().fold(0, |hash, word| combine(hash, word.hash))
}

fn is_distinct(words: &[Word]) -> bool {
    let mut seen: Vec<u64> = Vec::with_capacity(words.len());
    for word in words.iter().filter(|word| word.has_letter) {
        if !seen.contains(&word.hash) {
            seen.push(word.hash);
        }
    }
    seen.len() >= DISTINCT_WORDS
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut open: Option<Word> = None;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || (!c.is_ascii() && is_word_part(c)) {
            let word = open.get_or_insert(Word { hash: SEED, weight: 3, has_letter: false });
            word.has_letter |= !c.is_numeric();
            if c.is_ascii() {
                word.hash = combine(word.hash, u64::from(c.to_ascii_lowercase()));
            } else {
                for lower in c.to_lowercase() {
                    word.hash = combine(word.hash, u64::from(lower));
                }
            }
        } else if !is_invisible(c) {
            words.extend(open.take());
            if is_ideograph(c) {
                let hash = combine(SEED, u64::from(c));
                words.push(Word { hash, weight: 2, has_letter: true });
            } else if c == BARRIER {
                words.push(Word { hash: BARRIER_HASH, weight: 0, has_letter: false });
            }
        }
    }
    words.extend(open);
    words
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() && !is_ideograph(c)
}

/// Scripts that are written without spaces between words.
fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c),
        0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff)
}

/// Characters that part a word for the machine and not for the eye.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const BARRIER_HASH: u64 = 1;

/// One step of a multiplicative hash. It need not withstand an attacker: the
/// texts are the author's own, and a collision is a false alarm, not a leak.
fn combine(hash: u64, value: u64) -> u64 {
    let mixed = (hash.rotate_left(23) ^ value).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(secret: &str, public: &str) -> bool {
        let index = Index::of(&[(7, secret)]);
        let mut hits = Vec::new();
        index.search(public, &mut hits);
        hits == [7]
    }

    const SECRET: &str =
        "Moving a value hands over the box, and the old name is dead from then on.";

    #[test]
    fn eight_words_are_found_whatever_stands_between_them() {
        assert!(found(SECRET, "x MOVING a  value, hands -- over the\nbox and y"));
        assert!(found(SECRET, "mov\u{ad}ing a val\u{200b}ue hands over the box and"));
    }

    #[test]
    fn seven_words_are_said_by_everyone() {
        assert!(!found(SECRET, "moving a value hands over the box"));
        assert!(!found(SECRET, "moving a value hands over the BAG and the old"));
    }

    #[test]
    fn twelve_chinese_characters_are_found() {
        let secret = "移动一个值就是把盒子交出去，旧的名字从此失效。";
        assert!(found(secret, "……移动一个值就是把盒子交出……"));
        assert!(!found(secret, "移动一个值就是把盒子"));
    }

    #[test]
    fn a_short_block_is_found_as_a_whole() {
        let secret = "Intro\u{1}Drawing the borrow checker's arrows\u{1}Yes";
        assert!(found(secret, "contents: drawing the borrow checker's arrows, more"));
        assert!(!found(secret, "drawing the borrow"));
    }

    #[test]
    fn numbers_and_repetitions_are_no_secret() {
        assert!(!found("1 2 3 4 5 6 7 8 9 10", "1 2 3 4 5 6 7 8 9 10"));
        assert!(!found("ha ha ha ha ha ha ha ha ha", "ha ha ha ha ha ha ha ha ha"));
    }

    #[test]
    fn no_shingle_reaches_over_a_barrier_in_a_public_text() {
        assert!(!found(SECRET, "moving a value hands\u{1}over the box and the old name"));
    }

    #[test]
    fn what_is_public_by_right_is_no_secret() {
        let mut index = Index::of(&[(0, SECRET)]);
        index.remove(&[SECRET]);
        let mut hits = Vec::new();
        index.search(SECRET, &mut hits);
        assert!(hits.is_empty());
    }
}
