//! What is built: a corpus that was made for the comparison, or a real course.

use crate::book::Book;
use crate::corpus::{COURSE_LESSONS, Lesson, Scenario};

/// What is built.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content {
    /// Lessons from the generator.
    Made(Corpus),
    /// A course that other people wrote.
    Real(Book),
}

/// A corpus of a size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corpus {
    pub(crate) scenario: Scenario,
    pub(crate) lessons: usize,
    pub(crate) seed: u64,
}

impl Content {
    /// Its word in tables and in names of folders.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Made(corpus) => corpus.scenario.word(),
            Self::Real(book) => book.word(),
        }
    }
}

impl Corpus {
    /// Its lessons, made one by one.
    pub(crate) fn lessons(self) -> impl Iterator<Item = Lesson> {
        (0..self.lessons).map(move |number| self.lesson(number))
    }

    /// The lesson with this number.
    pub(crate) fn lesson(self, number: usize) -> Lesson {
        Lesson::new(self.seed, number, self.scenario)
    }

    /// The one in the middle.
    pub(crate) fn middle(self) -> Lesson {
        self.lesson(self.lessons / 2)
    }

    /// How many courses it has.
    pub(crate) fn courses(self) -> usize {
        self.lessons.div_ceil(COURSE_LESSONS)
    }

    /// The lessons of a course, made one by one.
    pub(crate) fn course(self, course: usize) -> impl Iterator<Item = Lesson> {
        let first = course * COURSE_LESSONS;
        (first..(first + COURSE_LESSONS).min(self.lessons)).map(move |number| self.lesson(number))
    }
}
