//! JSON-LD for search engines: school, course and lesson by schema.org.
//!
//! It says what the page says: titles, summaries, prices, and which parts are
//! not free to read.

use contracts::language::Language;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::chosen::Chosen;
use crate::render::syllabus::Outline;
use crate::render::view::{CourseCard, SyllabusLesson};
use crate::render::{Renderer, too_long};
use crate::school::{Course, Requirement};

/// A search engine needs an idea of the course, not each of a thousand lessons.
const PARTS: usize = 100;

impl Renderer<'_> {
    /// The school, for the home page.
    pub(super) fn school_data(&self, language: &Language) -> Result<String, Diagnostic> {
        Ok(for_script(&json!({
            "@context": "https://schema.org",
            "@type": "EducationalOrganization",
            "name": self.school_title(language),
            "description": self.school_description(language),
            "url": self.full_url(Place::Home, language)?,
        })))
    }

    /// A course, for its page.
    pub(super) fn course_data(
        &self,
        course: &Course,
        card: &CourseCard,
        outline: &Outline,
        language: &Language,
    ) -> Result<String, Diagnostic> {
        let base = &self.school.config.base_url;
        let absolute = |link: &str| base.join(link).map_or_else(|_| link.to_owned(), Into::into);
        let parts = outline.lessons.iter().take(PARTS).map(|lesson| {
            json!({
                "@type": "LearningResource",
                "name": lesson.title,
                "url": absolute(&lesson.url),
                "isAccessibleForFree": !lesson.is_paid,
            })
        });
        let people = card
            .instructors
            .iter()
            .map(|who| json!({ "@type": "Person", "name": who.title, "url": absolute(&who.url) }));
        let people: Vec<_> = people.collect();
        let offers = course.prices.iter().map(|price| {
            json!({
                "@type": "Offer",
                "category": "Paid",
                "price": price.decimal(),
                "priceCurrency": price.currency.code(),
            })
        });
        let offers: Vec<_> = if course.is_sold() {
            offers.collect()
        } else {
            vec![json!({ "@type": "Offer", "category": "Free" })]
        };
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": "Course",
            "name": card.title,
            "description": card.description,
            "url": self.full_url(Place::Course(&course.slug), language)?,
            "inLanguage": language.as_str(),
            "isAccessibleForFree": !course.is_sold(),
            "provider": self.provider(language)?,
            "offers": offers,
            "hasCourseInstance": {
                "@type": "CourseInstance",
                "courseMode": "Online",
                "courseWorkload": format!("PT{}M", outline.minutes.max(1)),
                "instructor": people,
            },
            "hasPart": parts.collect::<Vec<_>>(),
        });
        let edition = course.editions.get(language);
        let objectives = edition.map_or(&[][..], |edition| edition.objectives.as_slice());
        if let (false, Some(object)) = (objectives.is_empty(), data.as_object_mut()) {
            object.insert("teaches".to_owned(), json!(objectives));
        }
        let required = self.prerequisites(&course.requires, language)?;
        if let (false, Some(object)) = (required.is_empty(), data.as_object_mut()) {
            object.insert("coursePrerequisites".to_owned(), json!(required));
        }
        if let (Some(level), Some(object)) = (course.level, data.as_object_mut()) {
            object.insert("educationalLevel".to_owned(), json!(level.word()));
        }
        Ok(for_script(&data))
    }

    /// A lesson, for its page.
    pub(super) fn lesson_data(
        &self,
        chosen: &Chosen<'_>,
        entry: &SyllabusLesson,
        changed: Option<Timestamp>,
    ) -> Result<String, Diagnostic> {
        let Chosen { course, lesson, language, written, .. } = *chosen;
        let card = self.card(course, language)?;
        let base = &self.school.config.base_url;
        let mut data = json!({
            "@context": "https://schema.org",
            "@type": "LearningResource",
            "name": entry.title,
            "description": entry.summary.as_deref().unwrap_or_default(),
            "url": self.full_url(Place::Lesson(&course.slug, &lesson.slug), written)?,
            "inLanguage": written.as_str(),
            "position": entry.number,
            "timeRequired": format!("PT{}M", entry.minutes),
            "isAccessibleForFree": !lesson.is_gated(),
            "isPartOf": {
                "@type": "Course",
                "name": card.title,
                "description": card.description,
                "url": base.join(&card.url).map_or(card.url.clone(), Into::into),
                "provider": self.provider(language)?,
            },
        });
        let concepts = lesson.concepts.iter().map(|label| &label.text);
        let teaches: Vec<&String> = chosen.edition.objectives.iter().chain(concepts).collect();
        if let (false, Some(object)) = (teaches.is_empty(), data.as_object_mut()) {
            object.insert("teaches".to_owned(), json!(teaches));
        }
        if let (Some(changed), Some(object)) = (changed, data.as_object_mut()) {
            object.insert("dateModified".to_owned(), json!(changed.to_string()));
        }
        if let (true, Some(object)) = (lesson.is_gated(), data.as_object_mut()) {
            let part = json!({
                "@type": "WebPageElement",
                "isAccessibleForFree": false,
                "cssSelector": ".lesson-gated",
            });
            object.insert("hasPart".to_owned(), part);
        }
        Ok(for_script(&data))
    }

    /// What has to be known, by title and address.
    fn prerequisites(
        &self,
        requires: &[Requirement],
        language: &Language,
    ) -> Result<Vec<Value>, Diagnostic> {
        let base = &self.school.config.base_url;
        let steps = requires.iter().filter_map(|required| {
            let kind = if required.lesson.is_some() { "LearningResource" } else { "Course" };
            Some((kind, self.step(required, language).transpose()?))
        });
        steps
            .map(|(kind, step)| {
                let step = step?;
                let url = base.join(&step.url).map_or(step.url.clone(), Into::into);
                Ok(json!({ "@type": kind, "name": step.title, "url": url }))
            })
            .collect()
    }

    fn provider(&self, language: &Language) -> Result<Value, Diagnostic> {
        Ok(json!({
            "@type": "EducationalOrganization",
            "name": self.school_title(language),
            "url": self.full_url(Place::Home, language)?,
        }))
    }

    fn full_url(&self, place: Place<'_>, language: &Language) -> Result<String, Diagnostic> {
        let url = self.addresses.url(place, language).map_err(|error| too_long(&error))?;
        Ok(url.to_string())
    }
}

/// JSON that can't end the `<script>` it stands in or begin a comment there.
fn for_script(data: &Value) -> String {
    data.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_can_not_end_the_script_and_reads_back_as_written() {
        let data = json!({ "name": "</script><!-- & \u{2028}" });
        let text = for_script(&data);
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), data);
    }
}
