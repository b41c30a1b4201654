//! Learning paths: `content/paths/`, courses in an order.

use std::collections::{BTreeMap, BTreeSet};

use contracts::id::Slug;

use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, did_you_mean, surely_meant};
use crate::field::Placed;
use crate::front_matter::{Edition, FrontMatter, PathKeys};
use crate::parse::{Parser, markdown};
use crate::school::{Course, LearningPath, PageEdition};
use crate::slug;
use crate::source::{SourcePath, SourceTree};

impl<'a> Parser<'a> {
    /// Everything in `content/paths/`, in order. A path of which only drafts are
    /// left has nothing to show.
    pub(super) fn paths(&mut self, courses: &[Course]) -> Vec<LearningPath> {
        let mut paths = Vec::new();
        let mut files: BTreeMap<Slug, &'a SourcePath> = BTreeMap::new();
        let default = self.config.default_language.clone();
        for page in self.pages_in("content/paths", &default) {
            let Some(front) = self.open(page.original) else {
                continue;
            };
            let keys = front.path(Edition::Original, &mut self.diagnostics);
            let Some(slug) = self.slug_of(page.name, &front, keys.slug.as_ref()) else {
                continue;
            };
            if let Some(other) = files.insert(slug.clone(), page.original) {
                self.collision(&front, &format!("/paths/{slug}/"), other);
            }
            let listed = self.path_courses(&front, &keys.courses, courses);
            let is_shown = !self.leaves_out(keys.draft) && !listed.is_empty();
            let name = slug::title_from_name(page.name);
            let mut editions = BTreeMap::new();
            for (language, path) in &page.translations {
                let Some(translation) = self.open(path) else {
                    continue;
                };
                let keys = translation.path(Edition::Translation, &mut self.diagnostics);
                translation.compare(&front, &["courses", "slug"], &mut self.diagnostics);
                if !self.leaves_out(keys.draft) {
                    editions
                        .insert(language.clone(), edition(self.tree, &translation, keys, &name));
                }
            }
            editions.insert(default.clone(), edition(self.tree, &front, keys, &name));
            if is_shown {
                paths.push(LearningPath { slug, courses: listed, editions });
            }
        }
        paths
    }

    /// The courses that are shown, in the author's order.
    fn path_courses(
        &mut self,
        front: &FrontMatter<'_>,
        written: &[Placed<String>],
        courses: &[Course],
    ) -> Vec<Slug> {
        let mut listed: Vec<(&Placed<String>, &Course)> = Vec::new();
        for text in written {
            let is_meant = |course: &&Course| {
                course.slug.as_str() == text.value || course.id.as_str() == text.value
            };
            match courses.iter().find(is_meant) {
                Some(course) if listed.iter().all(|(_, other)| other.slug != course.slug) => {
                    listed.push((text, course));
                }
                Some(_) => {}
                None => self.tell_unknown_course(front, text),
            }
        }
        for (place, (text, course)) in listed.iter().enumerate() {
            let before = needed(course, courses);
            let later =
                listed.iter().skip(place + 1).find(|(_, other)| before.contains(&other.slug));
            if let Some((_, later)) = later {
                let (course, later) = (&course.slug, &later.slug);
                let message = format!("`{course}` requires `{later}`, which comes after it");
                let told = front.source().diagnostic(Code::PathOrder, &text.span, message);
                self.diagnostics.push(told.hint(format!("put `{later}` before `{course}`")));
            }
        }
        listed.into_iter().map(|(_, course)| course.slug.clone()).collect()
    }

    /// A draft that is left out is known, and not shown.
    fn tell_unknown_course(&mut self, front: &FrontMatter<'_>, text: &Placed<String>) {
        let slugs = self.course_slugs.keys().map(Slug::as_str);
        let known: Vec<&str> = slugs.chain(self.course_ids.keys().map(|id| id.as_str())).collect();
        if known.contains(&text.value.as_str()) {
            return;
        }
        let message = format!("there is no course `{}`", shown(&text.value));
        let mut told = front.source().diagnostic(Code::UnknownCourse, &text.span, message);
        told = told.hint(did_you_mean(&text.value, known.iter().copied()).map_or_else(
            || "a course is named as in its address: `/courses/<name>/`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ));
        if let Some(near) = surely_meant(&text.value, &known) {
            told = told.fixed_by(&text.span, near, format!("write `{near}`"));
        }
        self.diagnostics.push(told);
    }
}

/// Every course that has to come before this one, directly or through others.
fn needed<'c>(course: &'c Course, courses: &'c [Course]) -> BTreeSet<&'c Slug> {
    let mut needed = BTreeSet::new();
    let mut open = course.required_courses();
    while let Some(slug) = open.pop_first() {
        if needed.insert(slug) {
            let next = courses.iter().find(|course| course.slug == *slug);
            open.extend(next.map(Course::required_courses).unwrap_or_default());
        }
    }
    needed
}

fn edition(tree: &SourceTree, front: &FrontMatter<'_>, keys: PathKeys, name: &str) -> PageEdition {
    PageEdition {
        title: keys.title.map_or_else(|| name.to_owned(), |title| title.value),
        description: keys.description,
        body: markdown(tree, front),
    }
}
