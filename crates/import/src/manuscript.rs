//! A book after it was read and before it becomes a course: the same for every
//! kind of book.

use contracts::language::Language;
use url::Url;

use super::address::SiteAddresses;
use super::line::Line;

/// A whole book.
#[derive(Debug)]
pub(super) struct Manuscript {
    /// The title the book gives itself; without one the course is titled after
    /// its name.
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// The language the book says it is in.
    pub(super) language: Option<Language>,
    /// Where the book stands on the web, if it says so: links to pages of it
    /// that were not imported lead there.
    pub(super) site: Option<Url>,
    /// The folder its pages stand in, from the top of the book.
    pub(super) text_root: String,
    /// Its parts, in reading order.
    pub(super) entries: Vec<Entry>,
    /// Where its pages stood, for links that are written as addresses.
    pub(super) addresses: SiteAddresses,
}

/// A part of a book.
#[derive(Debug)]
pub(super) enum Entry {
    /// A page outside of any part.
    Page(Page),
    /// A part with a title and pages, however deep they were nested.
    Section { title: String, pages: Vec<Page> },
}

/// A page, in Markdown that Lyceum reads, apart from its links.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) summary: Option<String>,
    /// Its file; `None` for a page that was announced and not written yet.
    pub(super) source: Option<String>,
    pub(super) lines: Vec<Line>,
    /// The part of the address that it had, unless its file's name was it.
    pub(super) slug: Option<String>,
    /// Addresses at which it stood, from the top of the site.
    pub(super) aliases: Vec<String>,
    /// Words that lessons share.
    pub(super) tags: Vec<String>,
    /// Whether its author has not finished it.
    pub(super) is_draft: bool,
    pub(super) translations: Vec<Translation>,
}

/// The page in another language.
#[derive(Debug)]
pub(super) struct Translation {
    pub(super) language: Language,
    pub(super) title: String,
    pub(super) summary: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) source: String,
    pub(super) lines: Vec<Line>,
}

impl Manuscript {
    pub(super) fn pages(&self) -> impl Iterator<Item = &Page> {
        self.entries.iter().flat_map(|entry| match entry {
            Entry::Page(page) => std::slice::from_ref(page),
            Entry::Section { pages, .. } => pages,
        })
    }

    pub(super) fn pages_mut(&mut self) -> impl Iterator<Item = &mut Page> {
        self.entries.iter_mut().flat_map(|entry| match entry {
            Entry::Page(page) => std::slice::from_mut(page),
            Entry::Section { pages, .. } => pages,
        })
    }
}
