//! Learning paths: the list of them, and each with its courses in order.

use std::collections::BTreeMap;

use contracts::language::Language;
use contracts::money::Money;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::level::Level;
use crate::render::drawing::{Drawing, Hole};
use crate::render::head::About;
use crate::render::view::Duration;
use crate::render::view::learning::{PathCard, PathPage, PathsPage};
use crate::render::{Output, Renderer, pick, public_assets};
use crate::school::{Course, LearningPath};
use crate::theme::Template;

impl Renderer<'_> {
    /// `/paths/`
    pub(super) fn paths(&self, language: &Language) -> Result<Output, Diagnostic> {
        let about = About {
            title: self.theme.text(language, "paths"),
            description: self.school_description(language),
            ..self.everywhere(Place::Paths)
        };
        let page = self.head(&about, language, None)?;
        let view = PathsPage { page, paths: self.path_cards(language)? };
        self.finish(Template::Paths, &about, language, &view)
    }

    /// `/paths/<path>/`
    pub(super) fn path_page(
        &self,
        path: &LearningPath,
        language: &Language,
    ) -> Result<Output, Diagnostic> {
        let Some(edition) = path.editions.get(language) else {
            return Ok(Output::default());
        };
        let document = self.document(&edition.body.path);
        let about = About {
            title: &edition.title,
            description: edition.description.as_deref().unwrap_or_default(),
            languages: path.editions.keys().collect(),
            ..self.everywhere(Place::Path(&path.slug))
        };
        let courses = self.courses_of(path).into_iter();
        let view = PathPage {
            page: self.head(&about, language, None)?,
            path: self.path_card(path, language)?,
            body: document.public.clone(),
            courses: courses.map(|course| self.card(course, language)).collect::<Result<_, _>>()?,
        };
        let shared = self.shared(language);
        let drawing = Drawing {
            template: Template::Path,
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

    /// Every path as it stands in lists.
    pub(super) fn path_cards(&self, language: &Language) -> Result<Vec<PathCard>, Diagnostic> {
        self.school.paths.iter().map(|path| self.path_card(path, language)).collect()
    }

    fn path_card(&self, path: &LearningPath, language: &Language) -> Result<PathCard, Diagnostic> {
        let picked = pick(&path.editions, language, &self.school.config.languages);
        let (written, title, description) = match picked {
            Some((written, edition)) => {
                (written, edition.title.clone(), edition.description.clone())
            }
            None => (language, path.slug.to_string(), None),
        };
        let courses = self.courses_of(path);
        let minutes = courses
            .iter()
            .filter_map(|course| self.outlines.get(&(&course.slug, language)))
            .map(|outline| outline.minutes)
            .sum();
        let (easiest, hardest) = (
            courses.iter().filter_map(|course| course.level).min(),
            courses.iter().filter_map(|course| course.level).max(),
        );
        let mut levels: Vec<&'static str> =
            easiest.into_iter().chain(hardest).map(Level::word).collect();
        levels.dedup();
        Ok(PathCard {
            title,
            description,
            url: self.link(Place::Path(&path.slug), written)?,
            language: self.mark(written, language),
            course_count: courses.len(),
            lesson_count: courses.iter().map(|course| course.lessons().count()).sum(),
            duration: Duration::of_minutes(minutes),
            levels,
            prices: self.amounts(&sums(&courses), language),
            is_sold: courses.iter().any(|course| course.is_sold()),
        })
    }

    fn courses_of(&self, path: &LearningPath) -> Vec<&Course> {
        let courses = &self.school.courses;
        let named = path.courses.iter();
        named.filter_map(|slug| courses.iter().find(|course| course.slug == *slug)).collect()
    }
}

/// What the courses that are sold cost together: only in currencies that each of
/// them has a price in, since a sum without one of them would promise too much.
fn sums(courses: &[&Course]) -> Vec<Money> {
    let sold: Vec<&&Course> = courses.iter().filter(|course| course.is_sold()).collect();
    let mut sums: BTreeMap<&str, (usize, Money)> = BTreeMap::new();
    let mut order = Vec::new();
    for price in sold.iter().flat_map(|course| &course.prices) {
        let code = price.currency.code();
        match sums.get_mut(code) {
            Some((count, sum)) => {
                *count += 1;
                sum.minor = sum.minor.saturating_add(price.minor);
            }
            None => {
                order.push(code);
                sums.insert(code, (1, *price));
            }
        }
    }
    let complete = order.into_iter().filter_map(|code| sums.remove(code));
    complete.filter(|(count, _)| *count == sold.len()).map(|(_, sum)| sum).collect()
}
