//! Lessons that have to do with one another, across courses: by concepts, tags,
//! category and the words of titles and summaries.
//!
//! All of that is declassified. No text of a lesson may be read here, or what is
//! paid for would show in the choice.

use std::collections::{BTreeSet, HashMap, HashSet};

use contracts::access::Access;
use contracts::id::LessonId;
use contracts::language::Language;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::view::Reference;
use crate::render::{Renderer, pick};
use crate::school::{Course, Lesson, School};

/// So many are shown.
const SHOWN: usize = 4;

/// A shared tag is enough, a shared rare word of the titles too.
const LEAST_SCORE: u32 = 4;

/// A feature of more lessons than this says little of any two of them, and would
/// make the work grow with the square of the school.
const MAX_LESSONS: usize = 100;

/// Words of titles that say nothing of what a lesson is about.
const STOP_WORDS: [&str; 30] = [
    "the",
    "and",
    "for",
    "with",
    "your",
    "you",
    "how",
    "what",
    "why",
    "when",
    "from",
    "into",
    "are",
    "its",
    "this",
    "that",
    "our",
    "not",
    "but",
    "can",
    "all",
    "one",
    "two",
    "first",
    "more",
    "introduction",
    "lesson",
    "part",
    "about",
    "using",
];

/// What two lessons may share.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Feature {
    Tag(String),
    Concept(String),
    Category(String),
    Title(String),
    Summary(String),
}

/// Lessons by what they share.
#[derive(Debug, Default)]
pub(super) struct Related<'a> {
    lessons: Vec<(&'a Course, &'a Lesson)>,
    /// The place of each lesson in `lessons`.
    places: HashMap<&'a LessonId, usize>,
    /// The features of each lesson that others have too, by its place in `lessons`.
    features: Vec<Vec<usize>>,
    /// What is shared by enough lessons and not by too many.
    shared: Vec<Shared>,
}

/// A feature, and the lessons that have it.
#[derive(Debug)]
struct Shared {
    feature: Feature,
    holders: Vec<usize>,
}

impl<'a> Related<'a> {
    pub(super) fn of(school: &'a School) -> Self {
        let mut related = Self::default();
        let mut numbers: HashMap<Feature, usize> = HashMap::new();
        let mut holders: Vec<Vec<usize>> = Vec::new();
        for course in &school.courses {
            for lesson in course.lessons() {
                let place = related.lessons.len();
                for feature in features(course, lesson) {
                    let number = *numbers.entry(feature).or_insert(holders.len());
                    match holders.get_mut(number) {
                        Some(holders) => holders.push(place),
                        None => holders.push(vec![place]),
                    }
                }
                related.places.insert(&lesson.id, place);
                related.lessons.push((course, lesson));
            }
        }
        related.features.resize_with(related.lessons.len(), Vec::new);
        for (feature, number) in numbers {
            let Some(holders) = holders.get_mut(number).map(std::mem::take) else { continue };
            if !(2..=MAX_LESSONS).contains(&holders.len()) {
                continue;
            }
            for place in &holders {
                related
                    .features
                    .get_mut(*place)
                    .into_iter()
                    .for_each(|of| of.push(related.shared.len()));
            }
            related.shared.push(Shared { feature, holders });
        }
        related
    }

    /// The nearest lessons, the nearest first.
    fn to(&self, lesson: &Lesson) -> Vec<(&'a Course, &'a Lesson)> {
        let Some(&index) = self.places.get(&lesson.id) else { return Vec::new() };
        let own = self.lessons.get(index);
        let mut scores: HashMap<usize, u32> = HashMap::new();
        let numbers = self.features.get(index).into_iter().flatten();
        for Shared { feature, holders } in numbers.filter_map(|number| self.shared.get(*number)) {
            let rarity = (self.lessons.len() / holders.len().max(1)).max(1).ilog2();
            for other in holders.iter().filter(|other| **other != index) {
                let same_course = self.lessons.get(*other).zip(own).is_some_and(|(other, own)| {
                    std::ptr::eq(other.0, own.0) && belongs_to(own.0, feature)
                });
                if !same_course {
                    *scores.entry(*other).or_default() += feature.weight() * (1 + rarity);
                }
            }
        }
        // The neighbours have links of their own.
        scores.retain(|other, score| *score >= LEAST_SCORE && !self.is_beside(index, *other));
        let mut ranked: Vec<(usize, u32)> = scores.into_iter().collect();
        ranked.sort_by_key(|(other, score)| (std::cmp::Reverse(*score), *other));
        ranked
            .iter()
            .take(SHOWN)
            .filter_map(|(other, _)| self.lessons.get(*other))
            .copied()
            .collect()
    }

    fn is_beside(&self, index: usize, other: usize) -> bool {
        let course = |index: usize| self.lessons.get(index).map(|(course, _)| &course.slug);
        index.abs_diff(other) == 1 && course(index) == course(other)
    }
}

impl Feature {
    fn weight(&self) -> u32 {
        match self {
            Self::Tag(_) | Self::Concept(_) => 4,
            Self::Title(_) => 3,
            Self::Category(_) | Self::Summary(_) => 1,
        }
    }
}

/// Whether all lessons of a course share it, so that it tells none apart.
fn belongs_to(course: &Course, feature: &Feature) -> bool {
    match feature {
        Feature::Tag(slug) => course.tags.iter().any(|tag| tag.slug.as_str() == slug),
        Feature::Category(_) => true,
        Feature::Concept(_) | Feature::Title(_) | Feature::Summary(_) => false,
    }
}

fn features(course: &Course, lesson: &Lesson) -> HashSet<Feature> {
    let mut features = HashSet::new();
    features.extend(lesson.tags.iter().map(|tag| Feature::Tag(tag.slug.to_string())));
    features.extend(lesson.concepts.iter().map(|label| Feature::Concept(label.slug.to_string())));
    features.extend(course.category.iter().map(|label| Feature::Category(label.slug.to_string())));
    for edition in lesson.editions.values() {
        let title = words(&edition.title);
        let summary = words(edition.summary.as_deref().unwrap_or_default());
        features.extend(summary.difference(&title).cloned().map(Feature::Summary));
        features.extend(title.into_iter().map(Feature::Title));
    }
    features
}

/// The words of a text; of one without spaces, each two neighbouring letters.
fn words(text: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
        let chars: Vec<char> = word.chars().collect();
        if chars.iter().any(|c| ('\u{2e80}'..='\u{9fff}').contains(c)) {
            words.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else if chars.len() > 2 && !STOP_WORDS.contains(&word) {
            words.insert(word.to_owned());
        }
    }
    words
}

impl Renderer<'_> {
    /// Lessons worth reading next to this one.
    pub(super) fn related(
        &self,
        lesson: &Lesson,
        language: &Language,
    ) -> Result<Vec<Reference>, Diagnostic> {
        let mut references = Vec::new();
        for (course, other) in self.related.to(lesson) {
            let order = std::slice::from_ref(&course.language);
            let Some((written, edition)) = pick(&other.editions, language, order) else { continue };
            let page = if course.speaks(language) { language } else { written };
            references.push(Reference {
                title: edition.title.clone(),
                url: self.link(Place::Lesson(&course.slug, &other.slug), page)?,
                course: pick(&course.editions, written, order).map(|(_, of)| of.title.clone()),
                is_paid: other.access == Access::Paid,
                language: self.mark(written, language),
            });
        }
        Ok(references)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_and_without_spaces() {
        let found = |text| words(text).into_iter().collect::<Vec<_>>();
        assert_eq!(found("The Borrow checker, and how it's 42"), ["borrow", "checker"]);
        assert_eq!(found("所有权"), ["所有", "有权"]);
    }
}
