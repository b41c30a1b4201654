//! What the lessons of a school teach, and which lessons teach it.
//!
//! A concept is known by its address. Where the glossary has its word, in whatever
//! language, it is that term, so that a lesson in Chinese and one in English that
//! teach the same stand on one page.

use std::collections::BTreeMap;

use contracts::id::Slug;

use crate::glossary::Term;
use crate::school::{Course, Label, Lesson, School};

/// The concepts of the lessons that are shown.
#[derive(Debug)]
pub struct ConceptIndex<'a> {
    concepts: BTreeMap<&'a Slug, Concept<'a>>,
}

/// One concept.
#[derive(Debug)]
pub struct Concept<'a> {
    /// What the first lesson calls it.
    pub label: &'a Label,
    /// The glossary's word for it.
    pub term: Option<&'a Term>,
    /// The lessons that teach it, in the order of courses.
    pub lessons: Vec<(&'a Course, &'a Lesson)>,
}

impl<'a> ConceptIndex<'a> {
    /// The concepts of a school.
    #[must_use]
    pub fn new(school: &'a School) -> Self {
        let mut concepts: BTreeMap<&'a Slug, Concept<'a>> = BTreeMap::new();
        for course in &school.courses {
            for lesson in course.lessons() {
                for label in &lesson.concepts {
                    let (slug, term) = key_of(school, label);
                    let empty = || Concept { label, term, lessons: Vec::new() };
                    let lessons = &mut concepts.entry(slug).or_insert_with(empty).lessons;
                    // Two words of one lesson may be the same term.
                    if lessons.last().is_none_or(|(_, last)| last.id != lesson.id) {
                        lessons.push((course, lesson));
                    }
                }
            }
        }
        Self { concepts }
    }

    /// The addresses of all concepts.
    pub fn concepts(&self) -> impl Iterator<Item = &'a Slug> {
        self.concepts.keys().copied()
    }

    /// The concept at an address.
    #[must_use]
    pub fn get(&self, slug: &Slug) -> Option<&Concept<'a>> {
        self.concepts.get(slug)
    }

    /// Every concept and its address, in the order of addresses.
    pub fn iter(&self) -> impl Iterator<Item = (&'a Slug, &Concept<'a>)> {
        self.concepts.iter().map(|(slug, concept)| (*slug, concept))
    }

    /// Whether no lesson names any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }
}

/// The address of a concept, and the glossary's term for it.
#[must_use]
pub fn key_of<'a>(school: &'a School, label: &'a Label) -> (&'a Slug, Option<&'a Term>) {
    let found = school.glossary.find(&label.text);
    let term = found.or_else(|| school.glossary.find(label.slug.as_str()));
    (term.map_or(&label.slug, |term| &term.slug), term)
}
