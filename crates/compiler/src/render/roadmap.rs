//! What has to be known before what: drawn on a course's page, told on a lesson's.
//!
//! Only titles and addresses are shown, which are public of every lesson. The layers
//! are lists in lists, so that the drawing reads in order without any drawing.

use std::collections::{BTreeMap, BTreeSet};

use contracts::access::Access;
use contracts::id::Slug;
use contracts::language::Language;

use crate::address::Place;
use crate::concept::key_of;
use crate::diagnostic::Diagnostic;
use crate::render::chosen::Chosen;
use crate::render::view::Link;
use crate::render::view::learning::{LessonLearning, Need, Roadmap, Step};
use crate::render::{Renderer, pick};
use crate::school::{Course, Lesson, Requirement};

impl Renderer<'_> {
    /// What a lesson's page says besides its text.
    pub(super) fn lesson_learning(
        &self,
        chosen: &Chosen<'_>,
    ) -> Result<LessonLearning, Diagnostic> {
        let Chosen { lesson, language, edition, .. } = *chosen;
        let requires = lesson.requires.iter();
        let requires = requires.filter_map(|required| self.step(required, language).transpose());
        let mut concepts: Vec<Link> = Vec::new();
        for label in &lesson.concepts {
            let (slug, _) = key_of(self.school, label);
            let url = self.link(Place::Concept(slug, 1), language)?;
            if concepts.iter().all(|other| other.url != url) {
                concepts.push(Link { title: self.concept_title(slug, language), url });
            }
        }
        Ok(LessonLearning {
            objectives: edition.objectives.clone(),
            language: chosen.original().and_then(|written| self.mark(written, language)),
            requires: requires.collect::<Result<_, _>>()?,
            concepts,
        })
    }

    /// A course or a lesson as a link; `None` if it isn't shown.
    pub(super) fn step(
        &self,
        to: &Requirement,
        language: &Language,
    ) -> Result<Option<Step>, Diagnostic> {
        let Some(course) = self.school.courses.iter().find(|course| course.slug == to.course)
        else {
            return Ok(None);
        };
        match &to.lesson {
            None => self.course_step(course, language).map(Some),
            Some(slug) => match course.lessons().find(|lesson| lesson.slug == *slug) {
                Some(lesson) => self.lesson_step(course, lesson, language).map(Some),
                None => Ok(None),
            },
        }
    }

    pub(super) fn course_step(
        &self,
        course: &Course,
        language: &Language,
    ) -> Result<Step, Diagnostic> {
        let picked = pick(&course.editions, language, std::slice::from_ref(&course.language));
        let (written, title) = match picked {
            Some((written, edition)) => (written, edition.title.clone()),
            None => (&course.language, course.slug.to_string()),
        };
        Ok(Step {
            title,
            url: self.link(Place::Course(&course.slug), written)?,
            language: self.mark(written, language),
            is_paid: course.is_sold(),
            needs: Vec::new(),
        })
    }

    pub(super) fn lesson_step(
        &self,
        course: &Course,
        lesson: &Lesson,
        language: &Language,
    ) -> Result<Step, Diagnostic> {
        let picked = pick(&lesson.editions, language, std::slice::from_ref(&course.language));
        let (written, title) = match picked {
            Some((written, edition)) => (written, edition.title.clone()),
            None => (&course.language, lesson.slug.to_string()),
        };
        // In a course that doesn't speak the language, the link leads to the original.
        let page = if course.speaks(language) { language } else { written };
        Ok(Step {
            title,
            url: self.link(Place::Lesson(&course.slug, &lesson.slug), page)?,
            language: self.mark(written, language),
            is_paid: lesson.access == Access::Paid,
            needs: Vec::new(),
        })
    }

    /// The drawing of a course; `None` if nothing is required here.
    pub(super) fn roadmap(
        &self,
        course: &Course,
        language: &Language,
    ) -> Result<Option<Roadmap>, Diagnostic> {
        let mut before = Vec::new();
        let outside =
            course.requires.iter().chain(course.lessons().flat_map(|lesson| &lesson.requires));
        for required in outside.filter(|required| required.course != course.slug) {
            let step = self.step(required, language)?;
            before.extend(step.filter(|step| !before.contains(step)));
        }
        let others = self.school.courses.iter();
        let after = others
            .filter(|other| other.required_courses().contains(&course.slug))
            .map(|other| self.course_step(other, language))
            .collect::<Result<Vec<_>, _>>()?;
        let mut layers = Vec::new();
        for layer in layers_of(course) {
            let steps = layer.into_iter().map(|lesson| {
                let mut step = self.lesson_step(course, lesson, language)?;
                for required in &lesson.requires {
                    let needed = self.step(required, language)?;
                    step.needs.extend(
                        needed.map(|step| Need { title: step.title, language: step.language }),
                    );
                }
                Ok(step)
            });
            layers.push(steps.collect::<Result<Vec<_>, Diagnostic>>()?);
        }
        let is_empty = before.is_empty() && layers.is_empty() && after.is_empty();
        Ok((!is_empty).then_some(Roadmap { before, layers, after }))
    }
}

/// The lessons of a course that require others or that others of it require, each
/// in the first layer below all that it requires.
fn layers_of(course: &Course) -> Vec<Vec<&Lesson>> {
    let inside = |lesson: &Lesson| -> BTreeSet<Slug> {
        let own = lesson.requires.iter().filter(|required| required.course == course.slug);
        own.filter_map(|required| required.lesson.clone()).collect()
    };
    let mut needs: BTreeMap<&Slug, BTreeSet<Slug>> = BTreeMap::new();
    let needed: BTreeSet<Slug> = course.lessons().flat_map(&inside).collect();
    for lesson in course.lessons() {
        if !lesson.requires.is_empty() || needed.contains(&lesson.slug) {
            needs.insert(&lesson.slug, inside(lesson));
        }
    }
    let mut layers = Vec::new();
    let mut placed: BTreeSet<Slug> = BTreeSet::new();
    while !needs.is_empty() {
        let is_ready = |slug: &Slug| {
            needs.get(slug).is_some_and(|needs| needs.iter().all(|need| placed.contains(need)))
        };
        let layer: Vec<&Lesson> =
            course.lessons().filter(|lesson| is_ready(&lesson.slug)).collect();
        // Circles are taken out before, so that there is always one.
        if layer.is_empty() {
            break;
        }
        for lesson in &layer {
            needs.remove(&lesson.slug);
            placed.insert(lesson.slug.clone());
        }
        layers.push(layer);
    }
    layers
}
