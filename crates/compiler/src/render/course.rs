//! A course: its card in lists and its own page.

use contracts::access::Access;
use contracts::id::Slug;
use contracts::language::Language;
use contracts::money::Money;

use crate::address::{List, Place};
use crate::diagnostic::Diagnostic;
use crate::level::Level;
use crate::render::drawing::{Drawing, Hole};
use crate::render::head::About;
use crate::render::view::{CourseCard, CoursePage, Duration, InstructorCard, Link};
use crate::render::{Output, Renderer, convention, pick, price, public_assets};
use crate::school::{Course, Instructor};
use crate::theme::Template;

/// How many colours the theme has for a missing picture.
const HUES: usize = 6;

impl Renderer<'_> {
    /// A course as it stands in lists.
    pub(super) fn card(
        &self,
        course: &Course,
        language: &Language,
    ) -> Result<CourseCard, Diagnostic> {
        let (written, title, description) =
            match pick(&course.editions, language, std::slice::from_ref(&course.language)) {
                Some((written, edition)) => {
                    (written, edition.title.clone(), edition.description.clone())
                }
                None => (&course.language, course.slug.to_string(), String::new()),
            };
        let instructors =
            course.instructors.iter().filter_map(|id| self.school.instructors.get(id));
        let instructors = instructors
            .map(|who| self.instructor_card(who, language))
            .map(|card| card.map(|card| Link { title: card.name, url: card.url }))
            .collect::<Result<_, _>>()?;
        let category = match &course.category {
            Some(label) => Some(Link {
                title: self.category_name(label, language).to_owned(),
                url: self.link(Place::List(List::Category(&label.slug), 1), language)?,
            }),
            None => None,
        };
        let tags = course.tags.iter().map(|tag| {
            let url = self.link(Place::List(List::Tag(&tag.slug), 1), language)?;
            Ok(Link { title: tag.text.clone(), url })
        });
        let tags = tags.collect::<Result<_, Diagnostic>>()?;
        let minutes = self.outlines.get(&(&course.slug, language)).map_or(0, |o| o.minutes);
        Ok(CourseCard {
            url: self.link(Place::Course(&course.slug), written)?,
            language: self.mark(written, language),
            cover: course.cover.as_ref().and_then(|path| self.image(path)),
            monogram: monogram(&title),
            hue: hue(self.school.courses.iter().map(|course| &course.slug), &course.slug),
            level: course.level.map(Level::word),
            level_url: match course.level {
                Some(level) => Some(self.link(Place::List(List::Level(level), 1), language)?),
                None => None,
            },
            category,
            tags,
            instructors,
            lesson_count: course.lessons().count(),
            free_count: course.lessons().filter(|lesson| lesson.access == Access::Free).count(),
            duration: Duration::of_minutes(minutes),
            prices: self.prices(course, language),
            is_sold: course.is_sold(),
            title,
            description,
        })
    }

    /// Amounts in words, the school's currency first.
    pub(super) fn amounts(&self, amounts: &[Money], language: &Language) -> Vec<String> {
        price::format_all(amounts, self.school.config.currency, convention::of(language))
    }

    /// What a course costs, in words.
    pub(super) fn prices(&self, course: &Course, language: &Language) -> Vec<String> {
        self.amounts(&course.prices, language)
    }

    /// `/courses/<course>/`
    pub(super) fn course(
        &self,
        course: &Course,
        language: &Language,
    ) -> Result<Output, Diagnostic> {
        let (Some(edition), Some(outline)) =
            (course.editions.get(language), self.outlines.get(&(&course.slug, language)))
        else {
            return Ok(Output::default());
        };
        let document = self.document(&edition.body.path);
        let card = self.card(course, language)?;
        let instructors = course
            .instructors
            .iter()
            .filter_map(|id| self.school.instructors.get(id))
            .map(|who| self.instructor_card(who, language))
            .collect::<Result<Vec<_>, _>>()?;
        let data = self.course_data(course, &card, outline, language)?;
        let about = About {
            title: &edition.title,
            description: &edition.description,
            place: Place::Course(&course.slug),
            languages: course.editions.keys().collect(),
            original: None,
            kind: "website",
            image: card.cover.as_ref().map(|image| image.src.as_str()),
            return_to: None,
        };
        let start = outline.lessons.iter().find(|lesson| !lesson.is_paid && lesson.opens.is_none());
        let view = CoursePage {
            page: self.head(&about, language, Some(data))?,
            body: document.public.clone(),
            instructors,
            start: start.cloned(),
            objectives: edition.objectives.clone(),
            roadmap: self.roadmap(course, language)?,
        };
        let shared = &outline.shared;
        let drawing = Drawing {
            template: Template::Course,
            shared,
            view: &view,
            parts: None,
            hole: Hole::None,
        };
        let mut output = self.output(&about, language, &drawing, &edition.body.path)?;
        output.made.extend(public_assets(document, &edition.body.path));
        output.found = self.found(&about, language, &document.public)?;
        Ok(output)
    }

    /// An instructor as they stand in lists.
    pub(super) fn instructor_card(
        &self,
        instructor: &Instructor,
        language: &Language,
    ) -> Result<InstructorCard, Diagnostic> {
        let order = &self.school.config.languages;
        let picked = pick(&instructor.editions, language, order);
        let (written, name, headline) = match picked {
            Some((written, edition)) => (written, edition.name.clone(), edition.headline.clone()),
            None => (language, instructor.slug.to_string(), None),
        };
        Ok(InstructorCard {
            url: self.link(Place::Instructor(&instructor.slug), written)?,
            language: self.mark(written, language),
            avatar: instructor.avatar.as_ref().and_then(|path| self.image(path)),
            monogram: monogram(&name),
            hue: hue(self.school.instructors.keys(), &instructor.slug),
            name,
            headline,
        })
    }
}

/// The initials of the first two words, or the first letter where words are
/// not parted by spaces, as in Chinese.
fn monogram(title: &str) -> String {
    let words =
        title.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let initials: String = words.take(2).collect();
    match initials.chars().next() {
        Some(first) if !first.is_ascii() => first.to_string(),
        Some(_) => initials.to_uppercase(),
        None => "·".to_owned(),
    }
}

/// Colours go round in the order of the school, so that neighbours differ.
fn hue<'s>(mut all: impl Iterator<Item = &'s Slug>, slug: &Slug) -> u8 {
    let index = all.position(|other| other == slug).unwrap_or_default();
    u8::try_from(index % HUES).unwrap_or_default()
}
