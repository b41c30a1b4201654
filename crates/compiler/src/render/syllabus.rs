//! A course's lessons in one language, made once and used by all its pages.

use contracts::access::Access;
use contracts::language::Language;
use jiff::Timestamp;
use tera::Context;

use crate::address::Place;
use crate::diagnostic::{Code, Diagnostic};
use crate::render::view::{CourseShared, Day, Duration, Syllabus, SyllabusLesson, SyllabusSection};
use crate::render::{Renderer, convention, pick};
use crate::school::{Course, Lesson, Section};
use crate::source::SourcePath;

/// Up to so many lessons the whole syllabus stands beside each of them. Beyond,
/// only the lesson's own section is opened, so that the site grows with its
/// lessons and not with their square.
const WHOLE_SYLLABUS_LESSONS: usize = 150;

/// A course's lessons in one language.
pub(super) struct Outline {
    /// `site`, `course` and `syllabus`, for templates.
    pub(super) shared: Context,
    /// Every lesson in reading order.
    pub(super) lessons: Vec<SyllabusLesson>,
    /// How long the whole takes.
    pub(super) minutes: u32,
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
        let syllabus = Syllabus { sections, is_long: lessons.len() > WHOLE_SYLLABUS_LESSONS };
        let mut card = self.card(course, language)?;
        card.duration = Duration::of_minutes(minutes);
        let mut shared = self.shared(language);
        let own =
            Context::from_serialize(&CourseShared { course: card, syllabus }).map_err(|error| {
                let path = SourcePath::new("site.toml");
                Diagnostic::new(&path, Code::BadTemplate, error.to_string())
            })?;
        shared.extend(own);
        Ok(Outline { shared, lessons, minutes })
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
