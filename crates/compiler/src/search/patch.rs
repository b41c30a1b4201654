//! Other words of some pages put into an index that stands already: of its files only
//! those are read and made anew that hold a word which came, went or weighs another
//! amount. The outcome is the index that all pages would make.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use ahash::AHashMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::page::Entry;
use super::{Files, Index, Places, VERSION, as_javascript, cut, json, number, posting};
use crate::site::digest;

/// What has to be known of an index beside its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outline {
    /// All terms in order, one behind the other.
    names: String,
    /// Where each of them ends, and how long its row is.
    rows: Vec<(u32, u32)>,
    /// The first number of each page and how many it takes, by address.
    pages: BTreeMap<String, (u32, u32)>,
}

/// The first file of an index, as it was written.
#[derive(Deserialize)]
struct Written {
    version: u32,
    path: String,
    places: usize,
    stride: u32,
    terms: Vec<(String, String)>,
    pages: Vec<String>,
}

/// What becomes of a term.
#[derive(Debug, Default)]
struct Change {
    gone: Vec<u32>,
    new: Places,
}

/// Some terms of an index in order: those of one of its files.
struct Segment<'i> {
    /// The file that holds them.
    own: &'i str,
    /// Their places in the outline.
    terms: Range<usize>,
    /// Term and row of each, where these are others now.
    rows: Option<Vec<(String, String)>>,
}

impl Outline {
    /// The outline of an index that is made of all pages.
    pub(super) fn of(
        terms: &[(&str, Places)],
        rows: &[String],
        pages: &number::Numbered<'_>,
    ) -> Self {
        let mut outline = Self::default();
        for ((term, _), row) in terms.iter().zip(rows) {
            outline.push(term, row.len());
        }
        let number = |(number, page): &(u32, &Entry)| (page.url.clone(), (*number, page.width));
        outline.pages = pages.pages.iter().map(number).collect();
        outline
    }

    fn push(&mut self, term: &str, length: usize) {
        self.names.push_str(term);
        let short = |number| u32::try_from(number).unwrap_or(u32::MAX);
        self.rows.push((short(self.names.len()), short(length)));
    }

    /// A term and the length of its row.
    fn row(&self, at: usize) -> Option<(&str, usize)> {
        let (end, length) = *self.rows.get(at)?;
        let start = at.checked_sub(1).and_then(|at| self.rows.get(at)).map_or(0, |(end, _)| *end);
        Some((self.names.get(start as usize..end as usize)?, length as usize))
    }

    fn find(&self, term: &str) -> Option<usize> {
        let mut range = 0..self.rows.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            match as_javascript(self.row(middle)?.0, term) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Greater => range.end = middle,
            }
        }
        None
    }
}

/// The index with other entries of some pages, and its outline; `shards` are those files
/// that are new. `file` gives the files of the index that stands, by their own parts.
///
/// `None` if the numbers of other pages would change, or if a file is not to be had.
pub(crate) fn patched(
    outline: &Outline,
    index: &[u8],
    pages: &[(Entry, Entry)],
    file: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Option<(Files, Outline)> {
    let index: Written =
        serde_json::from_slice(index).ok().filter(|i: &Written| i.version == VERSION)?;
    let mut shards = Vec::new();
    let mut add = |bytes: Vec<u8>| {
        let own = digest(&bytes).short();
        shards.push(bytes);
        own
    };
    let mut segments = segments(outline, &index)?;
    change(&mut segments, &changes(outline, pages)?, &index, file)?;
    let mut next = Outline { pages: outline.pages.clone(), ..Outline::default() };
    for segment in &segments {
        match &segment.rows {
            Some(rows) => rows.iter().for_each(|(term, row)| next.push(term, row.len())),
            None => segment
                .terms
                .clone()
                .try_for_each(|at| outline.row(at).map(|(term, length)| next.push(term, length)))?,
        }
    }
    let rows: Option<Vec<(&str, usize)>> = (0..next.rows.len()).map(|at| next.row(at)).collect();
    let mut terms = Vec::new();
    for range in cut(&rows?) {
        let (first, _) = next.row(range.start)?;
        let own = match kept(&segments, &range) {
            Some(own) => own.to_owned(),
            None => add(file_of_terms(&segments, &range, file)?),
        };
        terms.push((first, own));
    }
    let mut of_pages = index.pages.clone();
    for (at, bytes) in changed_pages(outline, &index, pages, file)? {
        *of_pages.get_mut(at)? = add(bytes);
    }
    let count = |page: &Entry| page.places as usize;
    let places = pages
        .iter()
        .fold(index.places, |places, (old, new)| (places + count(new)).saturating_sub(count(old)));
    let Written { path, stride, .. } = index;
    let written = Index { version: VERSION, path, places, stride, terms, pages: of_pages };
    let index = json(&written).into_bytes();
    Some((Files { index, shards }, next))
}

/// The own parts of all files that the first file of an index names.
pub(crate) fn named(index: &[u8]) -> Option<Vec<String>> {
    let Written { terms, pages, .. } = serde_json::from_slice(index).ok()?;
    Some(terms.into_iter().map(|(_, own)| own).chain(pages).collect())
}

/// What becomes of each term that stands otherwise in one of the pages, in order.
fn changes<'p>(outline: &Outline, pages: &'p [(Entry, Entry)]) -> Option<Vec<(&'p str, Change)>> {
    let mut changes: AHashMap<&str, Change> = AHashMap::new();
    for (old, new) in pages {
        let (start, width) = *outline.pages.get(&old.url)?;
        if (old.width, new.width, old.url.as_str()) != (width, width, new.url.as_str()) {
            return None;
        }
        let (before, after) = (places(old, start), places(new, start));
        for (term, gone) in &before {
            if after.get(term) != Some(gone) {
                let numbers = gone.iter().map(|(number, _)| *number);
                changes.entry(term).or_default().gone.extend(numbers);
            }
        }
        for (term, new) in after {
            if before.get(term) != Some(&new) {
                changes.entry(term).or_default().new.extend(new);
            }
        }
    }
    let mut changes: Vec<_> = changes.into_iter().collect();
    changes.sort_unstable_by(|(one, _), (other, _)| as_javascript(one, other));
    Some(changes)
}

fn places(page: &Entry, start: u32) -> BTreeMap<&str, Places> {
    let mut places: BTreeMap<&str, Places> = BTreeMap::new();
    for (term, own, weight) in page.terms() {
        places.entry(term).or_default().push((start.saturating_add(own), weight));
    }
    places
}

/// The files of terms and where each begins in the outline.
fn segments<'i>(outline: &Outline, index: &'i Written) -> Option<Vec<Segment<'i>>> {
    let starts: Option<Vec<usize>> =
        index.terms.iter().map(|(first, _)| outline.find(first)).collect();
    let starts = starts?;
    let ends = starts.iter().skip(1).copied().chain([outline.rows.len()]);
    let segments = index.terms.iter().zip(starts.iter().zip(ends));
    let segment = |((_, own), (start, end)): (&'i (String, String), (&usize, usize))| {
        (*start < end).then_some(Segment { own, terms: *start..end, rows: None })
    };
    let segments: Option<Vec<_>> = segments.map(segment).collect();
    segments.filter(|all| all.first().is_some_and(|first| first.terms.start == 0))
}

/// Puts changes, which are in order, into the segments that hold their terms.
fn change(
    segments: &mut [Segment<'_>],
    changes: &[(&str, Change)],
    index: &Written,
    file: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Option<()> {
    for (term, change) in changes {
        let behind = index.terms.partition_point(|(first, _)| as_javascript(first, term).is_le());
        let segment = segments.get_mut(behind.saturating_sub(1))?;
        let rows = match &mut segment.rows {
            Some(rows) => rows,
            None => segment.rows.insert(rows_of(&file(segment.own)?)?),
        };
        let found = rows.binary_search_by(|(other, _)| as_javascript(other, term));
        let mut places = match found {
            Ok(at) => posting::places(rows.get(at)?.1.strip_prefix(term)?.strip_prefix(' ')?)?,
            Err(_) => Places::new(),
        };
        places.retain(|(number, _)| !change.gone.contains(number));
        places.extend(&change.new);
        places.sort_unstable();
        let row = || ((*term).to_owned(), posting::row(term, &places));
        match found {
            Ok(at) if places.is_empty() => drop(rows.remove(at)),
            Ok(at) => *rows.get_mut(at)? = row(),
            Err(at) => rows.insert(at, row()),
        }
    }
    Some(())
}

/// Term and row of each row of a file.
fn rows_of(file: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(file).ok()?.strip_prefix('"')?.strip_suffix('"')?;
    let row = |row: &str| Some((row.split_once(' ')?.0.to_owned(), row.to_owned()));
    text.split(',').map(row).collect()
}

impl Segment<'_> {
    fn len(&self) -> usize {
        self.rows.as_ref().map_or(self.terms.len(), Vec::len)
    }
}

/// The segments that a range of all terms touches, each with what of it lies inside.
fn parts<'s, 'i>(
    segments: &'s [Segment<'i>],
    range: &Range<usize>,
) -> Vec<(&'s Segment<'i>, Range<usize>)> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for segment in segments {
        let end = begin + segment.len();
        let inside = range.start.max(begin)..range.end.min(end);
        if !inside.is_empty() {
            parts.push((segment, inside.start - begin..inside.end - begin));
        }
        begin = end;
    }
    parts
}

/// The file that holds exactly these terms already.
fn kept<'i>(segments: &[Segment<'i>], range: &Range<usize>) -> Option<&'i str> {
    match parts(segments, range).as_slice() {
        [(segment, inside)] if segment.rows.is_none() && inside.len() == segment.len() => {
            Some(segment.own)
        }
        _ => None,
    }
}

fn file_of_terms(
    segments: &[Segment<'_>],
    range: &Range<usize>,
    file: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let mut rows: Vec<String> = Vec::new();
    for (segment, inside) in parts(segments, range) {
        let all = match &segment.rows {
            Some(rows) => Cow::Borrowed(rows),
            None => Cow::Owned(rows_of(&file(segment.own)?)?),
        };
        rows.extend(all.get(inside)?.iter().map(|(_, row)| row.clone()));
    }
    Some(format!("\"{}\"", rows.join(",")).into_bytes())
}

/// The files of rows in which one of the pages has another row, by their places.
fn changed_pages(
    outline: &Outline,
    index: &Written,
    pages: &[(Entry, Entry)],
    file: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Option<BTreeMap<usize, Vec<u8>>> {
    let mut rows: BTreeMap<usize, BTreeMap<u32, &str>> = BTreeMap::new();
    for (old, new) in pages.iter().filter(|(old, new)| old.row != new.row) {
        let (start, _) = *outline.pages.get(&old.url)?;
        let at = start.checked_div(index.stride).unwrap_or(0) as usize;
        let at = at.min(index.pages.len().checked_sub(1)?);
        rows.entry(at).or_default().insert(start, &new.row);
    }
    let changed = rows.into_iter().map(|(at, new)| {
        let bytes = file(index.pages.get(at)?)?;
        let all: Vec<(u32, &RawValue)> = serde_json::from_slice(&bytes).ok()?;
        let row = |(number, row): &(u32, &RawValue)| {
            format!("[{number},{}]", new.get(number).copied().unwrap_or(row.get()))
        };
        let rows: Vec<String> = all.iter().map(row).collect();
        Some((at, format!("[{}]", rows.join(",")).into_bytes()))
    });
    changed.collect()
}
