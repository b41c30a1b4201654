//! What one page gives to the search, apart from all other pages, so that it can be
//! kept from one build to the next.

use ahash::AHashMap;
use contracts::digest::Digest;
use contracts::language::Language;
use serde::Serialize;

use super::section::Section;
use super::{json, number, section, term};
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
const WEIGHTS: u32 = 64;

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
    /// How many numbers it takes for them.
    pub(super) width: u32,
    /// All of its terms, one behind the other.
    names: String,
    /// Where each term ends in `names`, and the place it stands in times [`WEIGHTS`] and
    /// what it says of that. In order of term and place.
    ends: Vec<(u32, u32)>,
}

/// A row: URL, title, the places in the order of the page, and of a text in another
/// language its tag and direction. What a page says is not in it: a browser that shows
/// it reads it from the page.
#[derive(Serialize)]
struct Row<'a>(
    &'a str,
    &'a str,
    Vec<Place<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")] Option<(&'a str, &'static str)>,
);

/// A place: its number in the page, anchor, heading.
#[derive(Serialize)]
struct Place<'a>(u32, &'a str, &'a str);

impl Entry {
    /// The entry as an earlier build made it, else made now; and under which name it is
    /// kept.
    pub(crate) fn recalled(page: &Page<'_>, memo: &Memo) -> (Self, Option<Digest>) {
        let mut input = memo.input("search");
        if input.add_value(page).is_err() {
            return (Self::of(page), None);
        }
        let input = input.digest();
        let entry = Self::kept(page.url, &input, memo).unwrap_or_else(|| {
            let entry = Self::of(page);
            memo.put(&input, &entry.packed());
            entry
        });
        (entry, Some(input))
    }

    /// An entry that was kept under a name.
    pub(crate) fn kept(url: &str, name: &Digest, memo: &Memo) -> Option<Self> {
        Self::unpacked(url, &memo.get(name)?)
    }

    /// What stands in the index of a page.
    pub(crate) fn of(page: &Page<'_>) -> Self {
        let sections = sections_of(page);
        let (numbers, width) = number::of_places(sections.iter().map(anchor));
        let mut found: Vec<(String, u32)> = Vec::new();
        for (section, number) in sections.iter().zip(&numbers) {
            let weights = weights(section, page);
            found.extend(
                weights.into_iter().map(|(term, weight)| (term, number * WEIGHTS + weight)),
            );
        }
        found.sort_unstable();
        let places = sections.iter().zip(&numbers);
        let places: Vec<Place<'_>> = places
            .map(|(section, number)| Place(*number, anchor(section), &section.heading))
            .collect();
        let mut entry = Self {
            url: page.url.to_owned(),
            row: String::new(),
            places: u32::try_from(places.len()).unwrap_or(u32::MAX),
            width,
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

    /// Its path-absolute URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Each term with the number of a place in which it stands, and what it says of
    /// that.
    pub(super) fn terms(&self) -> impl Iterator<Item = (&str, u32, u32)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        starts.zip(&self.ends).filter_map(|(start, (end, number))| {
            let term = self.names.get(start as usize..*end as usize)?;
            Some((term, number / WEIGHTS, number % WEIGHTS))
        })
    }

    fn packed(&self) -> Vec<u8> {
        let numbers = self.ends.iter().flat_map(|(end, number)| [*end, *number]);
        let numbers: Vec<u8> = [self.places, self.width]
            .into_iter()
            .chain(numbers)
            .flat_map(u32::to_le_bytes)
            .collect();
        cache::packed([self.row.as_bytes(), self.names.as_bytes(), &numbers])
    }

    fn unpacked(url: &str, bytes: &[u8]) -> Option<Self> {
        let parts = cache::unpacked(bytes)?;
        let [row, names, numbers] = parts.as_slice() else { return None };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let (numbers, rest) = numbers.as_chunks::<4>();
        let mut numbers = numbers.iter().map(|bytes| u32::from_le_bytes(*bytes));
        let places = numbers.next().filter(|_| rest.is_empty())?;
        let width = numbers.next()?;
        let mut ends = Vec::with_capacity(numbers.len() / 2);
        while let (Some(end), Some(number)) = (numbers.next(), numbers.next()) {
            ends.push((end, number));
        }
        let (url, row, names) = (url.to_owned(), text(row)?, text(names)?);
        Some(Self { url, row, places, width, names, ends })
    }
}

/// The page itself, and each of its headings that can be led to.
fn sections_of(page: &Page<'_>) -> Vec<Section> {
    let mut sections = section::sections(page.body);
    for section in sections.iter_mut().filter(|section| section.anchor.is_none()) {
        section.text = [page.description, section.text.as_str()].join(" ");
    }
    sections
}

/// The anchor of a heading; the page itself has none.
fn anchor(section: &Section) -> &str {
    section.anchor.as_deref().unwrap_or_default()
}

/// How much each term says about a place.
fn weights(section: &Section, page: &Page<'_>) -> AHashMap<String, u32> {
    let Section { anchor, heading, text } = section;
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
    if anchor.is_none() {
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
        let made = Entry::recalled(&page, &memo).0;
        assert_eq!(Entry::recalled(&page, &memo).0, made);
        assert_eq!(Entry::of(&page), made);
        let other = Page { title: "Owner", ..page };
        assert_ne!(Entry::recalled(&other, &memo).0, made);
        let [(_, own, 1)] = made.terms().filter(|found| found.0 == "盒子").collect::<Vec<_>>()[..]
        else {
            panic!("a place");
        };
        assert_eq!(
            made.row,
            format!(
                "[\"/a/\",\"Ownership\",[[0,\"\",\"\"],[{own},\"move\",\"To move\"]],\
                [\"ar\",\"rtl\"]]"
            )
        );
        assert!(made.terms().any(|found| found == ("boxes", 0, 8)));
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
        let entry = Entry::of(&page);
        let found: Vec<(u32, u32)> = entry.terms().map(|(_, own, weight)| (own, weight)).collect();
        assert_eq!(found.iter().map(|(_, weight)| *weight).collect::<Vec<_>>(), [35, 15]);
        assert!(found[0].0 == 0 && found[1].0 > 0, "{found:?}");
    }
}
