//! Which public texts link to a page. A link in a gated text counts for nothing:
//! it would tell what is said there.

use std::collections::BTreeMap;

use contracts::language::Language;

use crate::address::{Addresses, Place};
use crate::document::Document;
use crate::render::Renderer;
use crate::render::view::Reference;
use crate::school::School;
use crate::source_path::SourcePath;
use crate::text::Documents;

/// More links to one page tell a reader nothing new.
const MAX_LINKS: usize = 24;

/// A page that links, as it is named where it is listed.
#[derive(Debug)]
pub(super) struct Source<'a> {
    path: &'a SourcePath,
    title: &'a str,
    link: String,
    language: &'a Language,
}

/// The pages that link to each file, in the order of the school.
#[derive(Debug, Default)]
pub(super) struct Backlinks<'a> {
    sources: BTreeMap<&'a SourcePath, Vec<usize>>,
    pages: Vec<Source<'a>>,
}

impl<'a> Backlinks<'a> {
    pub(super) fn of(school: &'a School, documents: &'a Documents) -> Self {
        let mut backlinks = Self { pages: pages(school), sources: BTreeMap::new() };
        for (index, page) in backlinks.pages.iter().enumerate() {
            let Some(Document { links, .. }) = documents.get(page.path) else { continue };
            for target in links.iter().filter(|target| *target != page.path) {
                backlinks.sources.entry(target).or_default().push(index);
            }
        }
        backlinks
    }
}

impl Renderer<'_> {
    /// The pages that link to a file in their public part.
    pub(super) fn linked_from(&self, path: &SourcePath, language: &Language) -> Vec<Reference> {
        let indices = self.backlinks.sources.get(path).into_iter().flatten();
        let pages = indices.filter_map(|index| self.backlinks.pages.get(*index));
        let references = pages.take(MAX_LINKS).map(|page| Reference {
            title: page.title.to_owned(),
            url: page.link.clone(),
            course: None,
            is_paid: false,
            language: self.mark(page.language, language),
        });
        references.collect()
    }
}

/// Every page that a text stands on.
fn pages(school: &School) -> Vec<Source<'_>> {
    let addresses = Addresses::new(&school.config);
    let mut pages = Vec::new();
    let mut add = |place: Place<'_>, path, title, language| {
        // An address that can't be made is told where the page is.
        if let Ok(link) = addresses.link(place, language) {
            pages.push(Source { path, title, link, language });
        }
    };
    for course in &school.courses {
        for (language, edition) in &course.editions {
            add(Place::Course(&course.slug), &edition.body.path, &edition.title, language);
        }
        for lesson in course.lessons() {
            for (language, edition) in &lesson.editions {
                let place = Place::Lesson(&course.slug, &lesson.slug);
                add(place, &edition.body.path, &edition.title, language);
            }
        }
    }
    for page in &school.pages {
        for (language, edition) in &page.editions {
            add(Place::Page(&page.slug), &edition.body.path, &edition.title, language);
        }
    }
    for who in school.instructors.values() {
        for (language, edition) in &who.editions {
            add(Place::Instructor(&who.slug), &edition.body.path, &edition.name, language);
        }
    }
    pages
}
