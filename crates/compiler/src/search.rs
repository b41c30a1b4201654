//! The public search index: what everyone may read, cut into files of which a
//! reader's browser fetches the few that their words need.
//!
//! Terms are sorted and cut into shards, and the index names the first term of
//! each, so that a word or the beginning of one is found in one or two files,
//! however large the school. Only [`PublicHtml`] goes in.

mod section;
mod term;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use contracts::digest::Digest;
use contracts::language::Language;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator, ParallelSliceMut};
use serde::Serialize;

use crate::document::PublicHtml;
use crate::site::digest;

/// What the theme's script understands; another number is another format.
const VERSION: u32 = 1;

/// A shard is cut where it has grown to this many bytes: small enough for a
/// phone, large enough that a school of a few lessons is one file.
const SHARD_BYTES: usize = 24 * 1024;

/// How much of a page a word says something about, by where it stands.
mod weight {
    pub(super) const TITLE: u32 = 24;
    pub(super) const HEADING: u32 = 10;
    pub(super) const DESCRIPTION: u32 = 6;
    pub(super) const TEXT: u32 = 1;
    /// Saying a word more often than this does not say more.
    pub(super) const MOST_TEXT: u32 = 5;
}

/// A page as the search knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Its path-absolute URL.
    pub(crate) url: String,
    /// Its title.
    pub(crate) title: String,
    /// What it says of itself in lists.
    pub(crate) description: String,
    /// What everyone may read of it.
    pub(crate) body: PublicHtml,
    /// The language of its text, where that is not the language of the index.
    pub(crate) language: Option<Language>,
}

/// The files of one language's index.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// Terms and texts, in no order.
    pub(crate) shards: Vec<Vec<u8>>,
    /// The file that names them.
    pub(crate) index: Vec<u8>,
}

/// The file that a browser reads first.
#[derive(Serialize)]
struct Index<'a> {
    version: u32,
    /// How many places there are.
    places: usize,
    /// The first term of each shard, and its URL.
    terms: Vec<(&'a str, String)>,
    /// The number of the first place of each file of texts, and its URL.
    texts: Vec<(usize, String)>,
}

/// Where a reader can be led: a page, or a heading in it.
///
/// In the file it is an array: URL, title of the page, heading, text; and of a text
/// in another language its tag and direction.
#[derive(Debug, Serialize, PartialEq, Eq)]
struct Place(
    String,
    String,
    String,
    String,
    #[serde(skip_serializing_if = "Option::is_none")] Option<(String, &'static str)>,
);

/// Makes the index of one language. A term's row says where it stands: number of a
/// place and weight, in turn; each number but the first is the distance from the one
/// before. `url` tells where a shard will stand.
///
/// The same pages in the same order make the same bytes.
pub(crate) fn files(pages: &[Page], url: impl Fn(Digest) -> String) -> Files {
    let found: Vec<Vec<Found>> = pages.par_iter().map(found).collect();
    let mut places = Vec::new();
    let mut terms: HashMap<String, Vec<(u32, u32)>> = HashMap::new();
    for Found { place, weights } in found.into_iter().flatten() {
        let number = u32::try_from(places.len()).unwrap_or(u32::MAX);
        for (term, weight) in weights {
            terms.entry(term).or_default().push((number, weight));
        }
        places.push(place);
    }
    let mut terms: Vec<(String, Vec<(u32, u32)>)> = terms.into_iter().collect();
    terms.par_sort_unstable_by(|(one, _), (other, _)| as_javascript(one, other));
    let rows: Vec<String> =
        terms.par_iter().map(|(term, places)| json(&(term, deltas(places)))).collect();
    let texts: Vec<String> = places.par_iter().map(json).collect();

    let mut shards = Vec::new();
    let mut add = |bytes: Vec<u8>| {
        let url = url(digest(&bytes));
        shards.push(bytes);
        url
    };
    let by_term = cut(&rows).into_iter().filter_map(|(at, shard)| {
        let (first, _) = terms.get(at)?;
        Some((first.as_str(), add(shard)))
    });
    let by_term = by_term.collect();
    let texts = cut(&texts).into_iter().map(|(at, shard)| (at, add(shard))).collect();
    let index = Index { version: VERSION, places: places.len(), terms: by_term, texts };
    Files { index: json(&index).into_bytes(), shards }
}

/// A place, and how much each term says about it.
struct Found {
    place: Place,
    weights: HashMap<String, u32>,
}

/// What is found of a page.
fn found(page: &Page) -> Vec<Found> {
    let places = places_of(page).into_iter();
    places.map(|place| Found { weights: weights(&place, page), place }).collect()
}

/// The order in which JavaScript compares texts.
fn as_javascript(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        return one.cmp(other);
    }
    one.encode_utf16().cmp(other.encode_utf16())
}

/// The page itself, and each of its headings that can be led to.
fn places_of(page: &Page) -> Vec<Place> {
    let sections = section::sections(&page.body);
    let place = |section: section::Section| {
        let url = match &section.anchor {
            Some(anchor) => format!("{}#{anchor}", page.url),
            None => page.url.clone(),
        };
        let text = match &section.anchor {
            Some(_) => section.text,
            None => [page.description.as_str(), section.text.as_str()].join(" ").trim().to_owned(),
        };
        let language = page.language.as_ref();
        let other = language.map(|language| (language.to_string(), language.direction()));
        Place(url, page.title.clone(), section.heading, text, other)
    };
    sections.into_iter().map(place).collect()
}

/// How much each term says about a place.
fn weights(place: &Place, page: &Page) -> HashMap<String, u32> {
    let Place(url, title, heading, text, _) = place;
    let mut weights: HashMap<String, u32> = HashMap::new();
    term::terms(text, |term| {
        add_weight(&mut weights, term, |weight| (weight + weight::TEXT).min(weight::MOST_TEXT));
    });
    let mut stand_out = |text: &str, weight: u32| {
        let mut found = HashSet::new();
        term::terms(text, |term| {
            if !found.contains(term) {
                found.insert(term.to_owned());
                add_weight(&mut weights, term, |before| before + weight);
            }
        });
    };
    stand_out(heading, weight::HEADING);
    if *url == page.url {
        stand_out(title, weight::TITLE);
        stand_out(&page.description, weight::DESCRIPTION);
    }
    weights
}

/// Most words of a page stand there more than once, so the name is copied only for
/// the first.
fn add_weight(weights: &mut HashMap<String, u32>, term: &str, add: impl FnOnce(u32) -> u32) {
    match weights.get_mut(term) {
        Some(weight) => *weight = add(*weight),
        None => drop(weights.insert(term.to_owned(), add(0))),
    }
}

fn deltas(places: &[(u32, u32)]) -> Vec<u32> {
    let mut before = 0;
    let pair = |(place, weight): &(u32, u32)| {
        let delta = place - before;
        before = *place;
        [delta, *weight]
    };
    places.iter().flat_map(pair).collect()
}

/// Lists of about [`SHARD_BYTES`] each, with the number of their first item.
fn cut(items: &[String]) -> Vec<(usize, Vec<u8>)> {
    let mut shards: Vec<(usize, Vec<u8>)> = Vec::new();
    let mut bytes = 0;
    for (number, item) in items.iter().enumerate() {
        match shards.last_mut() {
            Some((_, shard)) if bytes + item.len() <= SHARD_BYTES => {
                shard.push(b',');
                shard.extend_from_slice(item.as_bytes());
            }
            _ => {
                shards.push((number, [b"[", item.as_bytes()].concat()));
                bytes = 0;
            }
        }
        bytes += item.len();
    }
    for (_, shard) in &mut shards {
        shard.push(b']');
    }
    shards
}

fn json(value: &impl Serialize) -> String {
    // Texts and numbers can always be written. A browser that took the file for a
    // page would find no element in it.
    serde_json::to_string(value).unwrap_or_default().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn page(url: &str, title: &str, body: &str) -> Page {
        Page {
            url: url.to_owned(),
            title: title.to_owned(),
            description: String::new(),
            body: PublicHtml(body.to_owned()),
            language: None,
        }
    }

    fn read(bytes: &[u8]) -> Value {
        serde_json::from_slice(bytes).unwrap()
    }

    /// The numbers of the places of each term, as a browser finds them.
    fn found(files: &Files, term: &str) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        for posting in files.shards.iter().map(|shard| read(shard)).flat_map(|shard| {
            shard
                .as_array()
                .unwrap()
                .iter()
                .filter(|row| row[0] == term)
                .cloned()
                .collect::<Vec<_>>()
        }) {
            let Some(numbers) = posting[1].as_array() else { continue };
            let mut place = 0;
            for pair in numbers.chunks(2) {
                place += pair[0].as_u64().unwrap();
                found.push((place, pair[1].as_u64().unwrap()));
            }
        }
        found
    }

    fn by_digest(digest: Digest) -> String {
        digest.to_string()
    }

    #[test]
    fn a_word_leads_to_the_page_and_to_the_heading_under_which_it_stands() {
        let body = "<p>Boxes</p><h2 id=\"move\">To move</h2><p>A moved box.</p>";
        let files = files(&[page("/a/", "Ownership", body)], by_digest);
        assert_eq!(found(&files, "ownership"), [(0, 24)]);
        assert_eq!(found(&files, "moved"), [(1, 1)]);
        assert_eq!(found(&files, "move"), [(1, 10)]);
        let index = read(&files.index);
        assert_eq!(index["places"], 2);
        assert_eq!(index["terms"][0][0], "a");
        let texts = files.shards.last().map(|shard| read(shard)).unwrap();
        assert_eq!(texts[1][0], "/a/#move");
        assert_eq!(texts[1][3], "A moved box.");
    }

    #[test]
    fn a_text_in_another_language_says_so() {
        let original = Page { language: Language::parse("ar").ok(), ..page("/zh/a/", "A", "") };
        let files = files(&[original, page("/zh/b/", "B", "")], by_digest);
        let texts = files.shards.last().map(|shard| read(shard)).unwrap();
        assert_eq!(texts[0][4], serde_json::json!(["ar", "rtl"]));
        assert_eq!(texts[1].as_array().map(Vec::len), Some(4));
    }

    #[test]
    fn every_part_of_a_chinese_sentence_is_found() {
        let text = "这是我想做的事所以继续";
        let files = files(&[page("/a/", "", &format!("<p>{text}</p>"))], by_digest);
        let letters: Vec<char> = text.chars().collect();
        for pair in letters.windows(2) {
            let term: String = pair.iter().collect();
            assert_eq!(found(&files, &term).len(), 1, "{term}");
        }
        let known: BTreeSet<String> = files
            .shards
            .iter()
            .flat_map(|shard| read(shard).as_array().cloned().unwrap_or_default())
            .map(|row| row[0].as_str().unwrap_or_default().to_owned())
            .collect();
        for letter in letters {
            assert!(known.iter().any(|term| term.starts_with(letter)), "{letter}");
        }
    }

    #[test]
    fn a_large_school_is_cut_into_small_files() {
        let word = |number: usize| format!("word{number}");
        let pages: Vec<Page> = (0..400)
            .map(|number| {
                let text: Vec<String> = (0..40).map(|at| word(number * 40 + at)).collect();
                page(&format!("/{number}/"), "Page", &format!("<p>{}</p>", text.join(" ")))
            })
            .collect();
        let files = files(&pages, by_digest);
        assert!(files.shards.len() > 10, "{}", files.shards.len());
        assert!(files.shards.iter().all(|shard| shard.len() <= SHARD_BYTES + SHARD_BYTES / 10));
        assert_eq!(found(&files, "word15999"), [(399, 1)]);
        let index = read(&files.index);
        let terms = index["terms"].as_array().unwrap();
        let first: Vec<&str> = terms.iter().map(|row| row[0].as_str().unwrap()).collect();
        assert!(first.is_sorted(), "{first:?}");
        assert_eq!(index["texts"][0][0], 0);
    }

    #[test]
    fn the_same_pages_make_the_same_files() {
        let pages = [page("/a/", "One", "<p>b a</p>"), page("/b/", "Two", "<p>a 中文</p>")];
        assert_eq!(files(&pages, by_digest), files(&pages, by_digest));
    }

    #[test]
    fn a_school_without_pages_has_an_index_all_the_same() {
        let files = files(&[], by_digest);
        assert_eq!(read(&files.index)["places"], 0);
        assert!(files.shards.is_empty());
    }
}
