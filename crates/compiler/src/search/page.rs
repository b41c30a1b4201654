//! What one page gives to the search, apart from all other pages, so that it can be
//! kept from one build to the next.

use ahash::AHashMap;
use contracts::digest::Digest;
use contracts::language::Language;
use serde::Serialize;

use super::{json, section, term};
use crate::cache;
use crate::document::PublicHtml;
use crate::memo::Memo;

/// How much of a page a word says something about, by where it stands.
mod weight {
    pub(super) const TITLE: u32 = 24;
    pub(super) const HEADING: u32 = 10;
    pub(super) const DESCRIPTION: u32 = 6;
    pub(super) const TEXT: u32 = 1;
    /// Saying a word more often than this does not say more.
    pub(super) const MOST_TEXT: u32 = 5;
}

/// More than all weights together.
pub(super) const WEIGHTS: u32 = 64;

/// A page as the search knows it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Page<'a> {
    /// Its path-absolute URL.
    pub(crate) url: &'a str,
    /// Its title.
    pub(crate) title: &'a str,
    /// What it says of itself in lists.
    pub(crate) description: &'a str,
    /// What everyone may read of it.
    pub(crate) body: &'a PublicHtml,
    /// The language of its text, where that is not the language of the index.
    pub(crate) language: Option<&'a Language>,
}

/// What stands in the index of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its path-absolute URL.
    pub(super) url: String,
    /// The row that is shown of it.
    pub(super) row: String,
    /// How many places a reader can be led to: the page and its headings.
    pub(super) places: u32,
    /// All of its terms, one behind the other.
    names: String,
    /// Where each term ends in `names`, the place it stands in, and what it says of that;
    /// [`place_and_weight`] has the last two as one number. In order of term and place.
    ends: Vec<(u32, u32)>,
}

/// A row: URL, title, the places, and of a text in another language its tag and
/// direction.
#[derive(Serialize)]
struct Row<'a>(
    &'a str,
    &'a str,
    Vec<Place>,
    #[serde(skip_serializing_if = "Option::is_none")] Option<(&'a str, &'static str)>,
);

/// A place: anchor, heading, text. The first of a page has no anchor.
#[derive(Serialize)]
struct Place(String, String, String);

impl Entry {
    /// The entry as an earlier build made it, else made now.
    pub(crate) fn recalled(page: &Page<'_>, memo: &Memo) -> Self {
        let mut input = memo.input("search");
        if input.add_value(page).is_err() {
            return Self::of(page);
        }
        let input = input.digest();
        if let Some(entry) = memo.get(&input).and_then(|bytes| Self::unpacked(page.url, &bytes)) {
            return entry;
        }
        let entry = Self::of(page);
        memo.put(&input, &entry.packed());
        entry
    }

    /// What stands in the index of a page.
    pub(crate) fn of(page: &Page<'_>) -> Self {
        let places = places_of(page);
        let mut found: Vec<(String, u32)> = Vec::new();
        for (number, place) in (0_u32..).zip(&places) {
            let weights = weights(place, page, number == 0);
            found.extend(
                weights.into_iter().map(|(term, weight)| (term, number * WEIGHTS + weight)),
            );
        }
        found.sort_unstable();
        let mut entry = Self {
            url: page.url.to_owned(),
            row: String::new(),
            places: u32::try_from(places.len()).unwrap_or(u32::MAX),
            names: String::new(),
            ends: Vec::with_capacity(found.len()),
        };
        for (term, number) in found {
            entry.names.push_str(&term);
            entry.ends.push((u32::try_from(entry.names.len()).unwrap_or(u32::MAX), number));
        }
        let other = page.language.map(|language| (language.as_str(), language.direction()));
        entry.row = json(&Row(page.url, page.title, places, other));
        entry
    }

    /// Each term with a place in which it stands and what it says of that, as one
    /// number: the place times [`WEIGHTS`], and the weight.
    pub(super) fn terms(&self) -> impl Iterator<Item = (&str, u32)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        starts.zip(&self.ends).filter_map(|(start, (end, number))| {
            Some((self.names.get(start as usize..*end as usize)?, *number))
        })
    }

    /// Decides where a page stands among all pages, by nothing but its address.
    pub(super) fn bucket_digest(&self) -> Digest {
        crate::site::digest(self.url.as_bytes())
    }

    fn packed(&self) -> Vec<u8> {
        let numbers = self.ends.iter().flat_map(|(end, number)| [*end, *number]);
        let numbers: Vec<u8> =
            std::iter::once(self.places).chain(numbers).flat_map(u32::to_le_bytes).collect();
        cache::packed([self.row.as_bytes(), self.names.as_bytes(), &numbers])
    }

    fn unpacked(url: &str, bytes: &[u8]) -> Option<Self> {
        let parts = cache::unpacked(bytes)?;
        let [row, names, numbers] = parts.as_slice() else { return None };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let (numbers, rest) = numbers.as_chunks::<4>();
        let mut numbers = numbers.iter().map(|bytes| u32::from_le_bytes(*bytes));
        let places = numbers.next().filter(|_| rest.is_empty())?;
        let mut ends = Vec::with_capacity(numbers.len() / 2);
        while let (Some(end), Some(number)) = (numbers.next(), numbers.next()) {
            ends.push((end, number));
        }
        Some(Self { url: url.to_owned(), row: text(row)?, places, names: text(names)?, ends })
    }
}

/// The page itself, and each of its headings that can be led to.
fn places_of(page: &Page<'_>) -> Vec<Place> {
    let sections = section::sections(page.body);
    let place = |section: section::Section| match section.anchor {
        Some(anchor) => Place(anchor, section.heading, section.text),
        None => {
            let text = [page.description, section.text.as_str()].join(" ");
            Place(String::new(), section.heading, text.trim().to_owned())
        }
    };
    sections.into_iter().map(place).collect()
}

/// How much each term says about a place.
fn weights(place: &Place, page: &Page<'_>, is_page: bool) -> AHashMap<String, u32> {
    let Place(_, heading, text) = place;
    let mut weights: AHashMap<String, u32> = AHashMap::new();
    term::terms(text, |term| {
        add_weight(&mut weights, term, |weight| (weight + weight::TEXT).min(weight::MOST_TEXT));
    });
    let mut stand_out = |text: &str, weight: u32| {
        let mut found: Vec<String> = Vec::new();
        term::terms(text, |term| found.push(term.to_owned()));
        found.sort_unstable();
        found.dedup();
        for term in found {
            add_weight(&mut weights, &term, |before| before + weight);
        }
    };
    stand_out(heading, weight::HEADING);
    if is_page {
        stand_out(page.title, weight::TITLE);
        stand_out(page.description, weight::DESCRIPTION);
    }
    weights
}

/// Most words of a page stand there more than once, so the name is copied only for
/// the first.
fn add_weight(weights: &mut AHashMap<String, u32>, term: &str, add: impl FnOnce(u32) -> u32) {
    match weights.get_mut(term) {
        Some(weight) => *weight = add(*weight),
        None => drop(weights.insert(term.to_owned(), add(0))),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cache::{Cache, MemoryCache};

    #[test]
    fn an_entry_is_the_same_when_it_is_recalled() {
        let body =
            PublicHtml("<p>Boxes</p><h2 id=\"move\">To move</h2><p>A box 盒子.</p>".to_owned());
        let language = Language::parse("ar").unwrap();
        let page = Page {
            url: "/a/",
            title: "Ownership",
            description: "Of boxes",
            body: &body,
            language: Some(&language),
        };
        let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
        let memo = Memo::new(&cache);
        let made = Entry::recalled(&page, &memo);
        assert_eq!(Entry::recalled(&page, &memo), made);
        assert_eq!(Entry::of(&page), made);
        let other = Page { title: "Owner", ..page };
        assert_ne!(Entry::recalled(&other, &memo), made);
        assert_eq!(
            made.row,
            "[\"/a/\",\"Ownership\",[[\"\",\"\",\"Of boxes Boxes\"],[\"move\",\
            \"To move\",\"A box 盒子.\"]],[\"ar\",\"rtl\"]]"
        );
        assert!(made.terms().any(|found| found == ("boxes", 8)));
        assert!(made.terms().any(|found| found == ("盒子", WEIGHTS + 1)));
        for end in 0..made.packed().len() {
            let _ = Entry::unpacked("/a/", &made.packed()[..end]);
        }
    }

    #[test]
    fn no_weights_reach_into_the_place() {
        let words = "word ".repeat(50);
        let body = PublicHtml(format!("<p>{words}</p><h2 id=\"a\">{words}</h2><p>{words}</p>"));
        let page =
            Page { url: "/", title: &words, description: &words, body: &body, language: None };
        let found: Vec<u32> = Entry::of(&page).terms().map(|(_, number)| number).collect();
        assert_eq!(found, [35, WEIGHTS + 15]);
    }
}
