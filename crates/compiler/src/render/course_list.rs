//! Lists: all courses, those of a category, a tag or a level, and who teaches, each
//! on as many pages as it needs.
//!
//! Every list asks [`Renderer::cards`], so that none can show what another hides.

use std::collections::BTreeMap;

use contracts::language::Language;

use crate::address::{List, Place};
use crate::diagnostic::Diagnostic;
use crate::render::head::About;
use crate::render::view::{CategoryPage, CourseCard, CoursesPage, Link, Pages};
use crate::render::{Output, Renderer};
use crate::school::{Course, Label};
use crate::theme::Template;

impl<'a> Renderer<'a> {
    /// Every page of every list.
    pub(super) fn lists(&self) -> Vec<(List<'a>, usize)> {
        let courses = &self.school.courses;
        let mut lists = vec![List::Courses];
        if !self.school.instructors.is_empty() {
            lists.push(List::Instructors);
        }
        lists.extend(self.school.instructors.keys().map(List::Instructor));
        lists.extend(self.category_labels().into_values().map(|label| List::Category(&label.slug)));
        let tags = courses.iter().flat_map(|course| &course.tags);
        lists.extend(tags.map(|tag| List::Tag(&tag.slug)));
        lists.extend(courses.iter().filter_map(|course| course.level).map(List::Level));
        lists.sort();
        lists.dedup();
        let pages = |list| (1..=self.page_count(list)).map(move |number| (list, number));
        lists.into_iter().flat_map(pages).collect()
    }

    /// A page of a list.
    pub(super) fn list(
        &self,
        list: List<'_>,
        number: usize,
        language: &Language,
    ) -> Result<Output, Diagnostic> {
        let name = self.list_title(list, language);
        let said = list_kind(list).map(|kind| self.theme.text(language, kind));
        let full = said.map_or_else(|| name.to_owned(), |said| said.replace("{name}", name));
        let title = self.numbered(&full, number, self.page_count(list), language);
        let about = About {
            title: &title,
            description: self.school_description(language),
            ..self.everywhere(Place::List(list, number))
        };
        let page = self.head(&about, language, None)?;
        let size = self.school.config.courses_per_page;
        let cards = self.cards(language, |course| is_in(list, course))?;
        let courses: Vec<CourseCard> =
            cards.into_iter().skip((number - 1) * size).take(size).collect();
        let pages = self.pages_of(list, number, language)?;
        match list {
            // They have pages of their own kind.
            List::Instructors | List::Instructor(_) => Ok(Output::default()),
            List::Courses => {
                let view = CoursesPage {
                    page,
                    courses,
                    instructors: Vec::new(),
                    paths: Vec::new(),
                    pages,
                };
                self.finish(Template::Courses, &about, language, &view)
            }
            List::Category(_) | List::Tag(_) | List::Level(_) => {
                let view = CategoryPage { page, title: full, courses, pages };
                self.finish(Template::Category, &about, language, &view)
            }
        }
    }

    /// The categories that have courses, by their words.
    pub(super) fn categories(&self, language: &Language) -> Result<Vec<Link>, Diagnostic> {
        let labels = self.category_labels().into_values();
        labels
            .map(|label| {
                let url = self.link(Place::List(List::Category(&label.slug), 1), language)?;
                Ok(Link { title: self.category_name(label, language).to_owned(), url })
            })
            .collect()
    }

    /// The courses of a list as they stand in it.
    pub(super) fn cards(
        &self,
        language: &Language,
        is_listed: impl Fn(&Course) -> bool,
    ) -> Result<Vec<CourseCard>, Diagnostic> {
        let courses = self.school.courses.iter().filter(|course| is_listed(course));
        courses.map(|course| self.card(course, language)).collect()
    }

    /// A category in the words of a language, where a translated course has them.
    pub(super) fn category_name<'l>(&'l self, label: &'l Label, language: &Language) -> &'l str {
        let mut courses =
            self.school.courses.iter().filter(|course| course.category.as_ref() == Some(label));
        let name = courses.find_map(|course| course.editions.get(language)?.category.as_deref());
        name.unwrap_or(&label.text)
    }

    fn category_labels(&self) -> BTreeMap<&'a contracts::id::Slug, &'a Label> {
        let labels = self.school.courses.iter().filter_map(|course| course.category.as_ref());
        labels.map(|label| (&label.slug, label)).collect()
    }

    fn list_title(&self, list: List<'_>, language: &Language) -> &str {
        // Two spellings of one word share a page, under the first of them.
        let mut courses = self.school.courses.iter();
        let title = match list {
            List::Courses => return self.theme.text(language, "courses"),
            // They have titles of their own.
            List::Instructors | List::Instructor(_) => return "",
            List::Level(level) => return self.theme.text(language, level.word()),
            List::Category(slug) => {
                let label = courses.find_map(|course| {
                    course.category.as_ref().filter(|category| category.slug == *slug)
                });
                return label.map_or("", |label| self.category_name(label, language));
            }
            List::Tag(slug) => {
                courses.find_map(|course| course.tags.iter().find(|tag| tag.slug == *slug))
            }
        };
        title.map_or("", |label| label.text.as_str())
    }

    pub(super) fn page_count(&self, list: List<'_>) -> usize {
        let entries = match list {
            List::Instructors => self.school.instructors.len(),
            _ => self.school.courses.iter().filter(|course| is_in(list, course)).count(),
        };
        entries.div_ceil(self.school.config.courses_per_page).max(1)
    }

    pub(super) fn pages_of(
        &self,
        list: List<'_>,
        number: usize,
        language: &Language,
    ) -> Result<Option<Pages>, Diagnostic> {
        self.pages(number, self.page_count(list), language, |number| Place::List(list, number))
    }
}

/// The text of the theme that says what a list is one of: `{name}` alone does not tell
/// a tag from a course.
fn list_kind(list: List<'_>) -> Option<&'static str> {
    match list {
        List::Category(_) => Some("list-category"),
        List::Tag(_) => Some("list-tag"),
        List::Level(_) => Some("list-level"),
        List::Courses | List::Instructors | List::Instructor(_) => None,
    }
}

fn is_in(list: List<'_>, course: &Course) -> bool {
    match list {
        List::Courses => true,
        List::Instructors => false,
        List::Instructor(slug) => course.instructors.contains(slug),
        List::Category(slug) => course.category.as_ref().is_some_and(|label| label.slug == *slug),
        List::Tag(slug) => course.tags.iter().any(|tag| tag.slug == *slug),
        List::Level(level) => course.level == Some(level),
    }
}
