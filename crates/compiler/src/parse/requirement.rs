//! What has to be known before what: `requires:` of courses and lessons.
//!
//! Each course and lesson is two moments, its beginning and its end. Something that
//! requires a course begins after the end of it, a course ends after all of its
//! lessons, and a lesson begins after its course does. So a circle is found however
//! it goes through courses and lessons, and each has a written requirement in it.

use std::collections::{BTreeMap, BTreeSet};

use contracts::access::Access;
use contracts::id::Slug;

use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, Span, did_you_mean, surely_meant};
use crate::field::{Placed, SourceText};
use crate::parse::Parser;
use crate::school::{Course, Requirement};

/// More circles than these are mended after these.
const MOST_CIRCLES: usize = 20;

/// A course or a lesson, as far as the order of learning is concerned.
pub(super) struct Step<'a> {
    pub(super) source: SourceText<'a>,
    pub(super) course: Slug,
    /// `None` for the course itself.
    pub(super) lesson: Option<Slug>,
    /// Its stable id.
    pub(super) id: String,
    /// Of a lesson.
    pub(super) access: Access,
    /// Whether it is no draft, or drafts are shown.
    pub(super) is_shown: bool,
    /// As it is written.
    pub(super) requires: Vec<Placed<String>>,
}

/// A written requirement that leads somewhere.
#[derive(Debug, Clone)]
struct Edge {
    to: usize,
    written: Placed<String>,
}

/// The place of an edge: the step, and which of its edges.
type EdgeId = (usize, usize);

/// Beginnings and ends: of step `n` they are `2 * n` and `2 * n + 1`.
struct Graph<'s, 'a> {
    steps: &'s [Step<'a>],
    edges: Vec<Vec<Edge>>,
    /// The step of the course of each step.
    course_of: Vec<Option<usize>>,
    /// The lessons of each course.
    lessons_of: BTreeMap<usize, Vec<usize>>,
}

/// What a walk through the whole graph finds.
struct Walk {
    /// Each moment after all that come before it; complete if there are no circles.
    order: Vec<usize>,
    circles: Vec<Vec<EdgeId>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Never,
    Open,
    Done,
}

impl Step<'_> {
    /// As an author would write it.
    fn name(&self) -> String {
        match &self.lesson {
            Some(lesson) => format!("{}/{lesson}", self.course),
            None => self.course.to_string(),
        }
    }
}

impl<'a> Parser<'a> {
    /// Tells what is wrong with the order of learning, and writes into the courses
    /// what of it can be shown.
    pub(super) fn requirements(&mut self, courses: &mut [Course]) {
        let steps = std::mem::take(&mut self.steps);
        let edges = self.edges(&steps);
        let graph = Graph::new(&steps, edges);
        let walk = graph.walk();
        for circle in &walk.circles {
            self.tell_circle(&graph, circle);
        }
        if walk.circles.is_empty() {
            self.tell_sold(&graph, &walk.order);
        }
        let broken: BTreeSet<EdgeId> = walk.circles.into_iter().flatten().collect();
        let mut shown = graph.shown(&broken);
        for course in courses {
            course.requires = shown.remove(&(&course.slug, None)).unwrap_or_default();
            for lesson in course.sections.iter_mut().flat_map(|section| &mut section.lessons) {
                let key = (&course.slug, Some(&lesson.slug));
                lesson.requires = shown.remove(&key).unwrap_or_default();
            }
        }
    }

    /// Where the written requirements of each step lead.
    fn edges(&mut self, steps: &[Step<'a>]) -> Vec<Vec<Edge>> {
        let names = names(steps);
        let mut all = Vec::new();
        for step in steps {
            let mut edges: Vec<Edge> = Vec::new();
            for written in &step.requires {
                match names.get(&written.value) {
                    Some(to) => edges.push(Edge { to: *to, written: written.clone() }),
                    None => self.tell_unknown(step, written, &names),
                }
            }
            all.push(edges);
        }
        all
    }

    fn tell_unknown(
        &mut self,
        step: &Step<'a>,
        written: &Placed<String>,
        names: &BTreeMap<String, usize>,
    ) {
        let name = shown(&written.value);
        let what = if written.value.contains('/') { "lesson" } else { "course" };
        let message = format!("there is no {what} `{name}`");
        // A lesson is not meant where a course is written, nor the other way round.
        let is_alike = |known: &&str| known.contains('/') == written.value.contains('/');
        let known: Vec<&str> = if self.wants_search() {
            names.keys().map(String::as_str).filter(is_alike).collect()
        } else {
            Vec::new()
        };
        let mut told = step.source.diagnostic(Code::UnknownRequirement, &written.span, message);
        told = told.hint(did_you_mean(&written.value, known.iter().copied()).map_or_else(
            || {
                "write a course as `course` and a lesson as `course/lesson`, as in its address"
                    .to_owned()
            },
            |near| format!("did you mean `{near}`?"),
        ));
        if let Some(near) = surely_meant(&written.value, &known) {
            told = told.fixed_by(&written.span, near, format!("write `{near}`"));
        }
        self.diagnostics.push(told);
    }

    fn tell_circle(&mut self, graph: &Graph<'_, 'a>, circle: &[EdgeId]) {
        let written: Vec<_> = circle.iter().filter_map(|id| graph.written(*id)).collect();
        let Some((first, edge)) = written.first() else {
            return;
        };
        let links: Vec<String> = written
            .iter()
            .map(|(step, edge)| {
                let span = &edge.written.span;
                let line = Span::of_bytes(step.source.text, span.start, span.end).line;
                let target = graph.steps.get(edge.to).map(Step::name).unwrap_or_default();
                format!("`{}` requires `{target}` ({}:{line})", step.name(), step.source.path)
            })
            .collect();
        let message = format!("the requirements go round in a circle: {}", links.join(", "));
        let told = first.source.diagnostic(Code::CircularRequirement, &edge.written.span, message);
        self.diagnostics.push(told.hint("take one of them out of its `requires`"));
    }

    /// Tells where something free asks for something sold.
    fn tell_sold(&mut self, graph: &Graph<'_, 'a>, order: &[usize]) {
        let sold = graph.sold(order);
        for (at, step) in graph.steps.iter().enumerate() {
            let is_sold = match step.lesson {
                Some(_) => step.access == Access::Paid,
                // A course with a paid lesson is sold; its free lessons are samples.
                None => graph.lessons(at).any(|lesson| graph.is_sold(lesson)),
            };
            if is_sold || !step.is_shown {
                continue;
            }
            let edges = graph.edges.get(at).into_iter().flatten();
            let found = edges.filter_map(|edge| {
                let paid = sold.get(2 * edge.to + 1).copied().flatten()?;
                Some((edge, graph.steps.get(edge.to)?, graph.steps.get(paid)?))
            });
            let Some((edge, target, paid)) = found.into_iter().next() else {
                continue;
            };
            let (name, target_name, paid_name) = (step.name(), target.name(), paid.name());
            let how = if target_name == paid_name {
                "which is paid".to_owned()
            } else if target.lesson.is_none() && target.course == paid.course {
                format!("whose lesson `{paid_name}` is paid")
            } else {
                format!("which leads to `{paid_name}`, which is paid")
            };
            let message = format!("`{name}` is free and requires `{target_name}`, {how}");
            let hint = format!(
                "make `{paid_name}` free, add `access: paid` here, or take it out of `requires`"
            );
            let told = step.source.diagnostic(Code::FreeRequiresPaid, &edge.written.span, message);
            self.diagnostics.push(told.hint(hint));
        }
    }
}

/// Steps by every name that means them. An address wins over an id.
fn names(steps: &[Step<'_>]) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        names.entry(step.name()).or_insert(at);
    }
    let ids: BTreeMap<&Slug, &str> = steps
        .iter()
        .filter(|step| step.lesson.is_none())
        .map(|step| (&step.course, step.id.as_str()))
        .collect();
    for (at, step) in steps.iter().enumerate() {
        match &step.lesson {
            None => drop(names.entry(step.id.clone()).or_insert(at)),
            Some(lesson) => {
                let course = ids.get(&step.course).copied().unwrap_or_default();
                for name in [
                    format!("{}/{}", step.course, step.id),
                    format!("{course}/{lesson}"),
                    format!("{course}/{}", step.id),
                ] {
                    names.entry(name).or_insert(at);
                }
            }
        }
    }
    names
}

impl<'s, 'a> Graph<'s, 'a> {
    fn new(steps: &'s [Step<'a>], edges: Vec<Vec<Edge>>) -> Self {
        let courses: BTreeMap<&Slug, usize> = steps
            .iter()
            .enumerate()
            .filter(|(_, step)| step.lesson.is_none())
            .map(|(at, step)| (&step.course, at))
            .collect();
        let course_of: Vec<Option<usize>> = steps
            .iter()
            .map(|step| step.lesson.as_ref().and_then(|_| courses.get(&step.course).copied()))
            .collect();
        let mut lessons_of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, course) in course_of.iter().enumerate() {
            if let Some(course) = course {
                lessons_of.entry(*course).or_default().push(at);
            }
        }
        Self { steps, edges, course_of, lessons_of }
    }

    fn lessons(&self, course: usize) -> impl Iterator<Item = usize> {
        self.lessons_of.get(&course).into_iter().flatten().copied()
    }

    fn is_shown(&self, at: usize) -> bool {
        let shown = |at: usize| self.steps.get(at).is_some_and(|step| step.is_shown);
        shown(at) && self.course_of.get(at).copied().flatten().is_none_or(shown)
    }

    /// Whether it is a lesson that is shown and paid.
    fn is_sold(&self, at: usize) -> bool {
        let is_paid = |step: &Step<'_>| step.lesson.is_some() && step.access == Access::Paid;
        self.is_shown(at) && self.steps.get(at).is_some_and(is_paid)
    }

    fn written(&self, (step, edge): EdgeId) -> Option<(&Step<'a>, &Edge)> {
        Some((self.steps.get(step)?, self.edges.get(step)?.get(edge)?))
    }

    /// The moments that come before one, and the requirement that says so.
    fn before(&self, moment: usize) -> Vec<(usize, Option<EdgeId>)> {
        let at = moment / 2;
        if moment % 2 == 1 {
            let lessons = self.lessons(at).map(|lesson| (2 * lesson + 1, None));
            return lessons.chain([(2 * at, None)]).collect();
        }
        let edges = self.edges.get(at).into_iter().flatten().enumerate();
        let course = self.course_of.get(at).copied().flatten();
        edges
            .map(|(number, edge)| (2 * edge.to + 1, Some((at, number))))
            .chain(course.map(|course| (2 * course, None)))
            .collect()
    }

    /// Goes through all moments by hand: a chain may be longer than the stack.
    fn walk(&self) -> Walk {
        let mut seen = vec![Seen::Never; 2 * self.steps.len()];
        let mut walk = Walk { order: Vec::new(), circles: Vec::new() };
        for start in 0..seen.len() {
            if seen.get(start) == Some(&Seen::Never) {
                self.walk_from(start, &mut seen, &mut walk);
            }
        }
        walk
    }

    fn walk_from(&self, start: usize, seen: &mut [Seen], walk: &mut Walk) {
        let mark = |seen: &mut [Seen], moment: usize, as_: Seen| {
            if let Some(place) = seen.get_mut(moment) {
                *place = as_;
            }
        };
        mark(seen, start, Seen::Open);
        let mut stack = vec![(start, None, self.before(start).into_iter())];
        while let Some((moment, _, rest)) = stack.last_mut() {
            let Some((next, by)) = rest.next() else {
                mark(seen, *moment, Seen::Done);
                walk.order.push(*moment);
                stack.pop();
                continue;
            };
            match seen.get(next) {
                Some(Seen::Never) => {
                    mark(seen, next, Seen::Open);
                    stack.push((next, by, self.before(next).into_iter()));
                }
                Some(Seen::Open) if walk.circles.len() < MOST_CIRCLES => {
                    let inside = stack.iter().skip_while(|(moment, ..)| *moment != next).skip(1);
                    let edges = inside.filter_map(|(_, by, _)| *by).chain(by).collect();
                    walk.circles.push(self.turned_to_first(edges));
                }
                _ => {}
            }
        }
    }

    /// A circle turned so that it begins in the first file.
    fn turned_to_first(&self, mut circle: Vec<EdgeId>) -> Vec<EdgeId> {
        let place = |id: &EdgeId| {
            let (step, edge) = self.written(*id)?;
            Some((step.source.path, edge.written.span.start))
        };
        let first = circle.iter().enumerate().min_by_key(|(_, id)| place(id));
        let first = first.map_or(0, |(at, _)| at);
        circle.rotate_left(first);
        circle
    }

    /// For each moment a paid lesson that comes before it, if there is one. That a
    /// lesson begins after its course does not count: a sample of a sold course is
    /// free whatever the course requires.
    fn sold(&self, order: &[usize]) -> Vec<Option<usize>> {
        let mut sold: Vec<Option<usize>> = vec![None; 2 * self.steps.len()];
        for moment in order {
            let at = moment / 2;
            let is_end = moment % 2 == 1;
            let own = (is_end && self.is_sold(at)).then_some(at);
            let is_lesson = self.course_of.get(at).copied().flatten().is_some();
            let found = own.or_else(|| {
                let before = self.before(*moment).into_iter();
                before
                    .filter(|(_, by)| is_end || !is_lesson || by.is_some())
                    .find_map(|(before, _)| sold.get(before).copied().flatten())
            });
            if let Some(place) = sold.get_mut(*moment) {
                *place = found;
            }
        }
        sold
    }

    /// What can be shown of the requirements of each step: both ends are shown, and
    /// they are in no circle.
    fn shown(
        &self,
        broken: &BTreeSet<EdgeId>,
    ) -> BTreeMap<(&'s Slug, Option<&'s Slug>), Vec<Requirement>> {
        let mut all = BTreeMap::new();
        for (at, (step, edges)) in self.steps.iter().zip(&self.edges).enumerate() {
            let mut requires: Vec<Requirement> = Vec::new();
            for (number, edge) in edges.iter().enumerate() {
                let Some(target) = self.steps.get(edge.to) else {
                    continue;
                };
                let requirement =
                    Requirement { course: target.course.clone(), lesson: target.lesson.clone() };
                let is_new = !requires.contains(&requirement);
                if is_new && self.is_shown(edge.to) && !broken.contains(&(at, number)) {
                    requires.push(requirement);
                }
            }
            all.insert((&step.course, step.lesson.as_ref()), requires);
        }
        all
    }
}
