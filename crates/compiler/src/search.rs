//! The public search index: what everyone may read, cut into files of which a
//! reader's browser fetches the few that their words need.
//!
//! Where a page stands follows from its address, and where terms are cut follows from
//! the terms: an edit of a page changes the file that its text stands in and those of
//! the words that came or went, however large the school. Only [`PublicHtml`] goes in.
//!
//! [`PublicHtml`]: crate::document::PublicHtml

mod page;
mod section;
mod term;

use std::cmp::Ordering;

use ahash::AHashMap;
use contracts::digest::Digest;
use rayon::prelude::{
    IntoParallelIterator, IntoParallelRefIterator, ParallelIterator, ParallelSliceMut,
};
use serde::Serialize;

pub(crate) use page::{Entry, Page};

use crate::site::digest;

/// What the theme's script understands; another number is another format.
const VERSION: u32 = 2;

/// What a file of terms comes to in the mean, somewhat more or less: small enough for a
/// phone, large enough that a school of a few lessons is one file.
const TERM_BYTES: usize = 32 * 1024;

/// Where it ends in any case.
const MOST_TERM_BYTES: usize = 3 * TERM_BYTES;

/// What a file of texts comes to at the most in the mean, and half of it at the least.
const TEXT_BYTES: usize = 64 * 1024;

/// Numbers are written with these: five bits at a time, the lowest first, and 32 more
/// where others follow.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

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
    /// How many pages a file of texts could hold: the page of number `n` is the one of
    /// number `n % stride` in the file of number `n / stride`.
    stride: usize,
    /// The first term of each file of terms, and where that stands.
    terms: Vec<(&'a str, String)>,
    /// Where each file of texts stands.
    texts: Vec<String>,
}

/// Makes the index of one language. The row of a term says where it stands: the number
/// of a page, as the distance from the one before, and in turn with it the place in that
/// page times 64 and the weight of the term there; all in the letters of [`DIGITS`].
///
/// The same pages in any order make the same bytes. `url` tells where a file will stand.
pub(crate) fn files(mut pages: Vec<Entry>, url: impl Fn(Digest) -> String) -> Files {
    let mut shards = Vec::new();
    let mut path = String::new();
    let mut add = |bytes: Vec<u8>| {
        let digest = digest(&bytes);
        let own = digest.short();
        path = url(digest).replace(&own, "{}");
        shards.push(bytes);
        own
    };
    let (buckets, stride) = buckets(&mut pages);
    let texts = buckets.iter().map(|bucket| add(list(bucket.iter().map(|page| page.row.as_str()))));
    let texts = texts.collect();
    let places = pages_of(&buckets).map(|(_, page)| page.places as usize).sum();
    let terms = terms(&buckets, stride);
    let rows: Vec<String> =
        terms.par_iter().map(|(term, places)| json(&(term, written(places)))).collect();
    let by_term = cut(&terms, &rows).into_iter().filter_map(|range| {
        let (first, _) = terms.get(range.start)?;
        let rows = rows.get(range)?;
        Some((*first, add(list(rows.iter().map(String::as_str)))))
    });
    let terms = by_term.collect();
    let index = Index { version: VERSION, path, places, stride, terms, texts };
    Files { index: json(&index).into_bytes(), shards }
}

/// The pages by the file that their texts stand in, and how many numbers each of the
/// files takes.
fn buckets(pages: &mut [Entry]) -> (Vec<&[Entry]>, usize) {
    let bytes: usize = pages.iter().map(|page| page.row.len()).sum();
    let count = (bytes / TEXT_BYTES).next_power_of_two();
    // As many leading bits of the digest as make so many files.
    let bits = count.trailing_zeros();
    let bucket = |page: &Entry| {
        let [a, b, c, d, ..] = *page.bucket_digest().as_bytes();
        u32::from_be_bytes([a, b, c, d]).checked_shr(u32::BITS - bits).unwrap_or(0) as usize
    };
    pages.par_sort_by_cached_key(|page| (bucket(page), page.url.clone()));
    let mut rest = &*pages;
    let mut buckets = Vec::with_capacity(count);
    for number in 0..count {
        let end = rest.partition_point(|page| bucket(page) <= number);
        let (own, others) = rest.split_at(end);
        buckets.push(own);
        rest = others;
    }
    let stride = buckets.iter().map(|own| own.len()).max().unwrap_or(0).next_power_of_two();
    (buckets, stride)
}

/// Every page of the buckets, each with the number of its bucket.
fn pages_of<'b>(buckets: &'b [&[Entry]]) -> impl Iterator<Item = (usize, &'b Entry)> {
    buckets.iter().enumerate().flat_map(|(number, own)| own.iter().map(move |page| (number, page)))
}

/// Pages in which a term stands, with the place there and its weight.
type Places = Vec<(u32, u32)>;

/// All terms, in the order in which JavaScript compares them.
fn terms<'p>(buckets: &[&'p [Entry]], stride: usize) -> Vec<(&'p str, Places)> {
    let numbered: Vec<(u32, &Entry)> = buckets
        .iter()
        .enumerate()
        .flat_map(|(number, own)| {
            let number = move |at: usize| u32::try_from(number * stride + at).unwrap_or(u32::MAX);
            own.iter().enumerate().map(move |(at, page)| (number(at), page))
        })
        .collect();
    // Each thread reads all of it and takes its share of the terms.
    let parts = rayon::current_num_threads();
    let mut terms: Vec<(&str, Places)> = (0..parts)
        .into_par_iter()
        .flat_map_iter(|part| {
            let mut found: AHashMap<&str, Places> = AHashMap::new();
            for (number, page) in &numbered {
                for (term, place) in page.terms().filter(|(term, _)| sum(term) % parts == part) {
                    found.entry(term).or_default().push((*number, place));
                }
            }
            found
        })
        .collect();
    terms.par_sort_unstable_by(|(one, _), (other, _)| as_javascript(one, other));
    terms
}

/// A number by which terms are shared out.
fn sum(term: &str) -> usize {
    term.bytes().fold(0, |sum: usize, byte| sum.wrapping_mul(31).wrapping_add(byte.into()))
}

/// Where the files of terms begin and end: in front of a term whose digest says so, and
/// where one would grow too long.
fn cut(terms: &[(&str, Places)], rows: &[String]) -> Vec<std::ops::Range<usize>> {
    let bytes: usize = rows.iter().map(String::len).sum();
    let files = bytes / TERM_BYTES;
    let rows_of_a_file = rows.len().checked_div(files).unwrap_or(rows.len()).next_power_of_two();
    let begins: Vec<bool> = terms
        .par_iter()
        .map(|(term, _)| {
            let [a, b, c, d, ..] = *digest(term.as_bytes()).as_bytes();
            let number = u32::from_be_bytes([a, b, c, d]) as usize;
            files > 0 && number.is_multiple_of(rows_of_a_file)
        })
        .collect();
    let mut ranges = Vec::new();
    let (mut start, mut length) = (0, 0);
    for (at, (row, begins)) in rows.iter().zip(begins).enumerate() {
        if at > start && (begins || length + row.len() > MOST_TERM_BYTES) {
            ranges.push(start..at);
            (start, length) = (at, 0);
        }
        length += row.len();
    }
    if start < rows.len() {
        ranges.push(start..rows.len());
    }
    ranges
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

fn written(places: &[(u32, u32)]) -> String {
    let mut text = String::with_capacity(places.len() * 4);
    let mut before = 0;
    for (page, place) in places {
        push_number(&mut text, page - before);
        push_number(&mut text, *place);
        before = *page;
    }
    text
}

fn push_number(text: &mut String, mut number: u32) {
    loop {
        let rest = number >> 5;
        let digit = (number & 31) as usize + if rest > 0 { 32 } else { 0 };
        text.push(DIGITS.get(digit).copied().unwrap_or_default().into());
        if rest == 0 {
            return;
        }
        number = rest;
    }
}

/// Rows as one file.
fn list<'r>(rows: impl Iterator<Item = &'r str>) -> Vec<u8> {
    let mut file = vec![b'['];
    for (number, row) in rows.enumerate() {
        if number > 0 {
            file.push(b',');
        }
        file.extend_from_slice(row.as_bytes());
    }
    file.push(b']');
    file
}

fn json(value: &impl Serialize) -> String {
    // Texts and numbers can always be written. A browser that took the file for a
    // page would find no element in it.
    serde_json::to_string(value).unwrap_or_default().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests;
