//! The public search index: what everyone may read, cut into files of which a
//! reader's browser fetches the few that their words need.
//!
//! The number of a page follows from its address, and where terms are cut follows from
//! the terms: an edit of a page changes the files of the words that came or went, and
//! that of its row if a heading did, however large the school. Only [`PublicHtml`] goes
//! in; what a page says is read from the page itself when it is found.
//!
//! [`PublicHtml`]: crate::document::PublicHtml

mod cut;
mod number;
mod page;
mod patch;
mod posting;
mod section;
mod term;

use std::cmp::Ordering;
use std::fmt::Write;
use std::ops::Range;

use ahash::AHashMap;
use contracts::digest::Digest;
use rayon::prelude::{
    IntoParallelIterator, IntoParallelRefIterator, ParallelIterator, ParallelSliceMut,
};
use serde::Serialize;

pub(crate) use page::{Entry, Page};
pub(crate) use patch::{Outline, named, patched};

use crate::site::digest;

/// What the theme's script understands; another number is another format.
const VERSION: u32 = 3;

/// A school's terms are cut into somewhat more files than this, until they are many:
/// small pieces for a phone, and few files to publish.
const FEW: usize = 32;

/// A file of terms is cut where it is longer than this, in a small school and in a large
/// one. Compressed it is a quarter of that.
const MOST_BYTES: (usize, usize) = (16 * 1024, 128 * 1024);

/// The rows of about so many pages stand in a file.
const PAGES: usize = 64;

/// The files of one language's index.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// Terms and texts, in no order.
    pub(crate) shards: Vec<Vec<u8>>,
    /// The file that names them.
    pub(crate) index: Vec<u8>,
}

/// The file that a browser reads first. Where a file stands is written as `path` with
/// its own part in the place of `{}`.
#[derive(Serialize)]
struct Index<'a> {
    version: u32,
    path: String,
    /// How many places there are.
    places: usize,
    /// How many numbers a file of rows is for: place `n` stands in that of number
    /// `n / stride`, or the last, in the last row whose number isn't greater than `n`.
    stride: u32,
    /// The first term of each file of terms, and where that stands.
    terms: Vec<(&'a str, String)>,
    /// Where each file of rows stands.
    pages: Vec<String>,
}

/// Makes the index of one language. A file of terms is one text, the rows of which are
/// parted by commas; a row is a term and its postings. A file of pages is a list of
/// numbers and rows.
///
/// The same pages in any order make the same bytes. `url` tells where a file will stand.
pub(crate) fn files(pages: &[Entry], url: impl Fn(Digest) -> String) -> (Files, Outline) {
    let mut shards = Vec::new();
    let mut path = String::new();
    let mut add = |bytes: Vec<u8>| {
        let digest = digest(&bytes);
        let own = digest.short();
        path = url(digest).replace(&own, "{}");
        shards.push(bytes);
        own
    };
    let numbered = number::of_pages(pages);
    let (stride, of_pages) = rows(&numbered);
    let of_pages = of_pages.into_iter().map(&mut add).collect();
    let terms = terms(&numbered);
    let rows: Vec<String> =
        terms.par_iter().map(|(term, places)| posting::row(term, places)).collect();
    let lengths: Vec<(&str, usize)> =
        terms.iter().zip(&rows).map(|((term, _), row)| (*term, row.len())).collect();
    let outline = Outline::of(&terms, &rows, &numbered);
    let by_term = cut(&lengths).into_iter().filter_map(|range| {
        let (first, _) = terms.get(range.start)?;
        Some((*first, add(format!("\"{}\"", rows.get(range)?.join(",")).into_bytes())))
    });
    let terms = by_term.collect();
    let places = pages.iter().map(|page| page.places as usize).sum();
    let index = Index { version: VERSION, path, places, stride, terms, pages: of_pages };
    (Files { index: json(&index).into_bytes(), shards }, outline)
}

/// How many numbers a file of rows is for, and these files.
fn rows(numbered: &number::Numbered<'_>) -> (u32, Vec<Vec<u8>>) {
    let count = (numbered.pages.len() / PAGES).next_power_of_two();
    let stride = numbered.numbers / u32::try_from(count).unwrap_or(u32::MAX);
    let mut files = vec![String::new(); count];
    for (number, page) in &numbered.pages {
        let file = number.checked_div(stride).unwrap_or(0) as usize;
        if let Some(file) = files.get_mut(file.min(count - 1)) {
            file.push(if file.is_empty() { '[' } else { ',' });
            // Writing into a text can't fail.
            let _ = write!(file, "[{number},{}]", page.row);
        }
    }
    let closed = |file: String| if file.is_empty() { "[]".to_owned() } else { file + "]" };
    (stride, files.into_iter().map(closed).map(String::into_bytes).collect())
}

/// Places in which a term stands, with its weight there.
type Places = Vec<(u32, u32)>;

/// All terms, in the order in which JavaScript compares them.
fn terms<'p>(numbered: &number::Numbered<'p>) -> Vec<(&'p str, Places)> {
    // Each thread reads all of it and takes its share of the terms.
    let parts = rayon::current_num_threads();
    let mut terms: Vec<(&str, Places)> = (0..parts)
        .into_par_iter()
        .flat_map_iter(|part| {
            let mut found: AHashMap<&str, Places> = AHashMap::new();
            for (start, page) in &numbered.pages {
                for (term, own, weight) in
                    page.terms().filter(|(term, ..)| share(term, parts) == part)
                {
                    found.entry(term).or_default().push((start.saturating_add(own), weight));
                }
            }
            found
        })
        .collect();
    terms.par_sort_unstable_by(|(one, _), (other, _)| as_javascript(one, other));
    terms
}

/// Which of the threads counts a term.
fn share(term: &str, parts: usize) -> usize {
    let sum =
        term.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    sum % parts
}

/// Which rows stand in one file, given each term with the length of its row.
fn cut(rows: &[(&str, usize)]) -> Vec<Range<usize>> {
    let bytes: usize = rows.iter().map(|(_, length)| length).sum();
    let (least, most) = MOST_BYTES;
    let most = (bytes / FEW).next_power_of_two().clamp(least, most);
    // A comma stands behind each.
    let rows: Vec<(&str, usize)> = rows.iter().map(|(term, length)| (*term, length + 1)).collect();
    cut::stretches(&rows, most)
}

/// The order in which JavaScript compares texts: by halves of UTF-16, in which the
/// letters beyond the first 65,536 come before some of the others.
fn as_javascript(one: &str, other: &str) -> Ordering {
    let is_plain = |text: &str| text.bytes().all(|byte| byte < 0xee);
    if is_plain(one) && is_plain(other) {
        return one.cmp(other);
    }
    one.encode_utf16().cmp(other.encode_utf16())
}

fn json(value: &impl Serialize) -> String {
    // Texts and numbers can always be written. A browser that took the file for a
    // page would find no element in it.
    serde_json::to_string(value).unwrap_or_default().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests;
