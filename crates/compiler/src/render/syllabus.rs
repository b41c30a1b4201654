//! A course's lessons in one language, made once and used by all its pages.

use std::collections::BTreeMap;

use contracts::access::Access;
use contracts::language::Language;
use jiff::Timestamp;

use crate::address::Place;
use crate::diagnostic::{Code, Diagnostic};
use crate::render::drawing::Shared;
use crate::render::view::{CourseShared, Day, Duration, Syllabus, SyllabusLesson, SyllabusSection};
use crate::render::{Renderer, convention, pick};
use crate::school::{Course, Lesson, Section};
use crate::source::SourcePath;

/// Up to so many lessons the whole syllabus stands beside each of them. Beyond,
/// only the lesson's own section is opened, so that the site grows with its
/// lessons and not with their square.
const WHOLE_SYLLABUS_LESSONS: usize = 150;

/// So many sections stand beside a lesson of a long course, and so many lessons of its
/// own section: those around it, and never fewer near an end. So a page of a long course
/// has about one size, and twice as many lessons are twice as many bytes. All sections
/// stand on the page of the course.
const NEAR_SECTIONS: usize = 11;
const NEAR_LESSONS: usize = WHOLE_SYLLABUS_LESSONS;

/// A course's lessons in one language.
pub(super) struct Outline {
    /// `site`, `course` and `syllabus`, for templates.
    pub(super) shared: Shared,
    /// Every lesson in reading order.
    pub(super) lessons: Vec<SyllabusLesson>,
    /// The places of the lessons, by their addresses.
    places: BTreeMap<String, usize>,
    /// The sections of a course whose syllabus is too long to stand whole beside
    /// each lesson; else none.
    long: Vec<SyllabusSection>,
    /// How long the whole takes.
    pub(super) minutes: u32,
}

impl Outline {
    /// The place of a lesson in reading order, by its address.
    pub(super) fn place(&self, url: &str) -> Option<usize> {
        self.places.get(url).copied()
    }

    /// What of a long syllabus stands beside the lesson with this number in this
    /// section, both from 1; `None` where the whole does.
    pub(super) fn near(&self, section: usize, lesson: usize) -> Option<Syllabus> {
        if self.long.is_empty() {
            return None;
        }
        let cut = |part: &SyllabusSection| {
            let lessons = part.lessons.iter();
            let lessons: Vec<SyllabusLesson> = if part.number == section {
                let at = part.lessons.iter().position(|other| other.number == lesson);
                let (skipped, shown) = around(at.unwrap_or(0), lessons.len(), NEAR_LESSONS);
                lessons.skip(skipped).take(shown).cloned().collect()
            } else {
                // Its first one is where a link to the section leads.
                lessons.take(1).cloned().collect()
            };
            SyllabusSection {
                title: part.title.clone(),
                summary: part.summary.clone(),
                language: part.language.clone(),
                lessons,
                ..*part
            }
        };
        let at = section.saturating_sub(1);
        let (skipped, shown) = around(at, self.long.len(), NEAR_SECTIONS);
        let sections = self.long.iter().skip(skipped).take(shown).map(cut).collect();
        Some(Syllabus { sections, is_long: true })
    }
}

impl Renderer<'_> {
    /// Makes the outline of a course, titles in `language` where they exist.
    pub(super) fn outline(
        &self,
        course: &Course,
        language: &Language,
    ) -> Result<Outline, Diagnostic> {
        let mut sections = Vec::new();
        let mut lessons = Vec::new();
        for (index, section) in course.sections.iter().enumerate() {
            let section = self.section(course, section, index + 1, lessons.len(), language)?;
            lessons.extend(section.lessons.iter().cloned());
            sections.push(section);
        }
        let minutes = sections.iter().map(|section| section.minutes).sum();
        let is_long = lessons.len() > WHOLE_SYLLABUS_LESSONS;
        let long = if is_long { sections.clone() } else { Vec::new() };
        let syllabus = Syllabus { sections, is_long };
        let mut card = self.card(course, language)?;
        card.duration = Duration::of_minutes(minutes);
        let own = CourseShared { course: card, syllabus };
        let shared = self.shared(language).with(&own).map_err(|error| {
            let path = SourcePath::new("site.toml");
            Diagnostic::new(&path, Code::BadTemplate, error)
        })?;
        let places = lessons.iter().enumerate().map(|(at, lesson)| (lesson.url.clone(), at));
        Ok(Outline { shared, places: places.collect(), lessons, long, minutes })
    }

    fn section(
        &self,
        course: &Course,
        section: &Section,
        number: usize,
        before: usize,
        language: &Language,
    ) -> Result<SyllabusSection, Diagnostic> {
        let order = std::slice::from_ref(&course.language);
        let picked = pick(&section.editions, language, order);
        let edition = picked.map(|(_, edition)| edition);
        let lessons = section
            .lessons
            .iter()
            .enumerate()
            .filter_map(|(index, lesson)| {
                self.syllabus_lesson(course, lesson, before + index + 1, language).transpose()
            })
            .collect::<Result<Vec<_>, _>>()?;
        let minutes = lessons.iter().map(|lesson| lesson.minutes).sum();
        Ok(SyllabusSection {
            number,
            title: edition.map(|edition| edition.title.clone()),
            summary: edition.and_then(|edition| edition.summary.clone()),
            language: picked.and_then(|(written, _)| self.mark(written, language)),
            minutes,
            duration: Duration::of_minutes(minutes),
            lessons,
        })
    }

    fn syllabus_lesson(
        &self,
        course: &Course,
        lesson: &Lesson,
        number: usize,
        language: &Language,
    ) -> Result<Option<SyllabusLesson>, Diagnostic> {
        let order = std::slice::from_ref(&course.language);
        let Some((written, edition)) = pick(&lesson.editions, language, order) else {
            return Ok(None);
        };
        // In a course that doesn't speak the language, the link leads to the original.
        let page = if course.speaks(language) { language } else { written };
        let document = self.documents.get(&edition.body.path);
        Ok(Some(SyllabusLesson {
            number,
            title: edition.title.clone(),
            summary: edition.summary.clone(),
            url: self.link(Place::Lesson(&course.slug, &lesson.slug), page)?,
            minutes: lesson
                .duration_minutes
                .unwrap_or_else(|| document.map_or(1, |document| document.reading_minutes.max(1))),
            is_paid: lesson.access == Access::Paid,
            opens: self.opens(lesson, language),
            has_video: edition.video.is_some(),
            language: self.mark(written, language),
        }))
    }

    /// The day a lesson opens, in UTC, as the language writes it.
    pub(super) fn opens(&self, lesson: &Lesson, language: &Language) -> Option<String> {
        Some(self.day(lesson.publish_at?, language).text)
    }

    /// The day of a moment, in UTC: a page knows no reader's time zone.
    pub(super) fn day(&self, moment: Timestamp, language: &Language) -> Day {
        let date = moment.to_zoned(jiff::tz::TimeZone::UTC);
        let date = date.date();
        Day { iso: date.to_string(), text: convention::of(language).date(date) }
    }
}

/// How many of `count` things are left out before those around the one at `at`, and how
/// many are shown: `most`, as far as there are so many.
fn around(at: usize, count: usize, most: usize) -> (usize, usize) {
    let skipped = at.saturating_sub(most / 2).min(count.saturating_sub(most));
    (skipped, most.min(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_shown_near_an_end_as_in_the_middle() {
        for (at, count, most, expect) in [
            (0, 0, 5, (0, 0)),
            (2, 3, 5, (0, 3)),
            (0, 9, 5, (0, 5)),
            (1, 9, 5, (0, 5)),
            (4, 9, 5, (2, 5)),
            (8, 9, 5, (4, 5)),
            (8, 9, 4, (5, 4)),
        ] {
            assert_eq!(around(at, count, most), expect, "{at} of {count}");
        }
    }
}
