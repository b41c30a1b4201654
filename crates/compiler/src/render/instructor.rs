//! Those who teach: the list of them, and the page of each with their courses, on
//! as many pages as they need.

use contracts::language::Language;

use crate::address::{List, Place};
use crate::diagnostic::Diagnostic;
use crate::document::PublicHtml;
use crate::render::drawing::{Drawing, Hole};
use crate::render::head::About;
use crate::render::view::{InstructorPage, InstructorsPage};
use crate::render::{Output, Renderer, public_assets};
use crate::school::Instructor;
use crate::theme::Template;

impl Renderer<'_> {
    /// `/instructors/`
    pub(super) fn instructors(
        &self,
        number: usize,
        language: &Language,
    ) -> Result<Output, Diagnostic> {
        let title = self.theme.text(language, "instructors");
        let numbered = self.numbered(title, number, self.page_count(List::Instructors), language);
        let about = About {
            title: &numbered,
            description: self.school_description(language),
            ..self.everywhere(Place::List(List::Instructors, number))
        };
        let size = self.school.config.courses_per_page;
        let everyone = self.school.instructors.values().skip((number - 1) * size).take(size);
        let view = InstructorsPage {
            page: self.head(&about, language, None)?,
            instructors: everyone
                .map(|who| self.instructor_card(who, language))
                .collect::<Result<_, _>>()?,
            pages: self.pages_of(List::Instructors, number, language)?,
        };
        self.finish(Template::Instructors, &about, language, &view)
    }

    /// `/instructors/<id>/`
    pub(super) fn instructor(
        &self,
        instructor: &Instructor,
        number: usize,
        language: &Language,
    ) -> Result<Output, Diagnostic> {
        let Some(edition) = instructor.editions.get(language) else {
            return Ok(Output::default());
        };
        let list = List::Instructor(&instructor.slug);
        let document = self.document(&edition.body.path);
        let card = self.instructor_card(instructor, language)?;
        let title = self.numbered(&edition.name, number, self.page_count(list), language);
        let about = About {
            title: &title,
            description: edition.headline.as_deref().unwrap_or_default(),
            languages: instructor.editions.keys().collect(),
            kind: "profile",
            image: card.avatar.as_ref().map(|image| image.src.as_str()),
            ..self.everywhere(Place::List(list, number))
        };
        let courses =
            self.cards(language, |course| course.instructors.contains(&instructor.slug))?;
        let size = self.school.config.courses_per_page;
        let view = InstructorPage {
            page: self.head(&about, language, None)?,
            // What is said of them stands on the first page alone.
            body: if number == 1 { document.public.clone() } else { PublicHtml::default() },
            courses: courses.into_iter().skip((number - 1) * size).take(size).collect(),
            pages: self.pages_of(list, number, language)?,
            linked_from: self.linked_from(&edition.body.path, language),
            instructor: card.clone(),
        };
        let shared = self.shared(language);
        let drawing = Drawing {
            template: Template::Instructor,
            shared,
            view: &view,
            parts: None,
            hole: Hole::None,
        };
        let mut output = self.output(&about, language, &drawing, &edition.body.path)?;
        if number == 1 {
            output.made.extend(public_assets(document, &edition.body.path));
            output.found = self.found(&about, language, &document.public)?;
        }
        Ok(output)
    }
}
