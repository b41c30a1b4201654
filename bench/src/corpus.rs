//! What is built: courses of distinct lessons, the same for the same seed, and known
//! to no generator. Nothing in it repeats, so that no cache profits from it.

mod code;
mod picture;
mod prose;

use clap::ValueEnum;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use self::code::Fence;

/// Lessons of a course, and so entries of its navigation.
pub(crate) const COURSE_LESSONS: usize = 40;

/// What the pages have to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Scenario {
    /// Prose in a shell.
    Minimal,
    /// And three fences of code, a picture, a table, and a formula in every third.
    Lesson,
    /// And the course's navigation, previous and next, and a text behind a teaser.
    Course,
}

impl Scenario {
    /// Its word on the command line and in tables.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Lesson => "lesson",
            Self::Course => "course",
        }
    }

    /// Whether pages show code, a picture, a table and formulas.
    pub(crate) fn is_rich(self) -> bool {
        self >= Self::Lesson
    }
}

/// A lesson before anybody's notation.
#[derive(Debug)]
pub(crate) struct Lesson {
    /// Counts from 0 through all courses.
    pub(crate) number: usize,
    pub(crate) title: String,
    pub(crate) summary: String,
    /// Open to everybody in every scenario.
    pub(crate) teaser: String,
    /// Parts with a heading each.
    pub(crate) parts: Vec<Part>,
    /// A small PNG, of a rich lesson.
    pub(crate) picture: Option<Vec<u8>>,
}

/// A heading and what stands under it.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) heading: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) fence: Option<Fence>,
    /// Cells by rows; the first row is the head.
    pub(crate) table: Option<Vec<Vec<String>>>,
    /// TeX.
    pub(crate) formula: Option<String>,
}

impl Lesson {
    /// The lesson with this number. It depends on nothing but its arguments, so that
    /// a corpus of any size never has to be in memory.
    pub(crate) fn new(seed: u64, number: usize, scenario: Scenario) -> Self {
        let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number as u64);
        let mut random = StdRng::seed_from_u64(mixed);
        let part_count = random.random_range(3..=5);
        let mut parts: Vec<Part> = (0..part_count)
            .map(|_| Part {
                heading: prose::title(&mut random),
                paragraphs: (0..random.random_range(1..=2))
                    .map(|_| prose::paragraph(&mut random))
                    .collect(),
                fence: None,
                table: None,
                formula: None,
            })
            .collect();
        if scenario.is_rich() {
            for part in parts.iter_mut().take(3) {
                part.fence = Some(code::fence(&mut random));
            }
            if let Some(part) = parts.get_mut(1) {
                part.table = Some(prose::table(&mut random));
            }
            if number.is_multiple_of(3)
                && let Some(part) = parts.first_mut()
            {
                part.formula = Some(prose::formula(&mut random));
            }
        }
        Self {
            number,
            title: prose::title(&mut random),
            summary: prose::sentence(&mut random),
            teaser: prose::paragraph(&mut random),
            parts,
            picture: scenario.is_rich().then(|| picture::png(&mut random)),
        }
    }

    /// The course it belongs to, from 0.
    pub(crate) fn course(&self) -> usize {
        self.number / COURSE_LESSONS
    }

    /// Its name in files and addresses.
    pub(crate) fn slug(&self) -> String {
        format!("lesson-{:06}", self.number)
    }

    /// The name of its picture.
    pub(crate) fn picture_name(&self) -> String {
        format!("{}.png", self.slug())
    }
}

/// A course's name in files and addresses.
pub(crate) fn course_slug(course: usize) -> String {
    format!("course-{course:05}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_number_is_the_same_lesson_and_another_is_another() {
        let text = |seed, number| format!("{:?}", Lesson::new(seed, number, Scenario::Lesson));
        assert_eq!(text(1, 7), text(1, 7));
        assert_ne!(text(1, 7), text(2, 7));
        let lessons = (0..500).map(|number| Lesson::new(1, number, Scenario::Lesson));
        let mut fences = HashSet::new();
        let mut paragraphs = HashSet::new();
        for lesson in lessons {
            for part in lesson.parts {
                assert!(part.paragraphs.into_iter().all(|text| paragraphs.insert(text)));
                assert!(part.fence.is_none_or(|fence| fences.insert(fence.code)));
            }
        }
        assert_eq!(fences.len(), 1500);
    }

    #[test]
    fn a_minimal_lesson_has_prose_alone() {
        let lesson = Lesson::new(1, 3, Scenario::Minimal);
        assert!(lesson.picture.is_none());
        assert!(lesson.parts.iter().all(|part| part.fence.is_none() && part.formula.is_none()));
    }
}
