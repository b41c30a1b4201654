//! Which lesson a page is made of, apart from the pages that are: its player and
//! its structured data are made of the same.

use contracts::language::Language;

use crate::school::{Course, Lesson, LessonEdition, Section};

/// A lesson in one language, with what it stands in.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a> {
    /// Its course.
    pub(super) course: &'a Course,
    /// Its section.
    pub(super) section: &'a Section,
    /// The lesson itself.
    pub(super) lesson: &'a Lesson,
    /// The language of the page.
    pub(super) language: &'a Language,
    /// The language of the text: another one where a translation is missing.
    pub(super) written: &'a Language,
    /// What is written in that language.
    pub(super) edition: &'a LessonEdition,
}

impl Chosen<'_> {
    /// The language of the text, where the page is in another one.
    pub(super) fn original(&self) -> Option<&Language> {
        (self.written != self.language).then_some(self.written)
    }
}
