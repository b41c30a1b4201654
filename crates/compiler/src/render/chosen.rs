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
    /// The language.
    pub(super) language: &'a Language,
    /// What is written in that language.
    pub(super) edition: &'a LessonEdition,
}
