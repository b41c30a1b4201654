//! A template that fails does so on every page that it draws: the mistake is told
//! once, with the content that brought it to light.

use std::collections::BTreeMap;

use contracts::language::Language;

use crate::diagnostic::{Code, Diagnostic};
use crate::render::{Job, Subject};
use crate::source::SourcePath;

/// The failures of a run, each with the pages that it struck.
#[derive(Debug, Default)]
pub(super) struct Failures(BTreeMap<Diagnostic, Vec<SourcePath>>);

impl Failures {
    pub(super) fn add(&mut self, diagnostic: Diagnostic, job: &Job<'_>) {
        self.0.entry(diagnostic).or_default().extend(content(job).cloned());
    }

    /// Each failure once; one of a template names the content.
    pub(super) fn told(self) -> impl Iterator<Item = Diagnostic> {
        self.0.into_iter().map(|(diagnostic, mut struck)| {
            struck.sort();
            struck.dedup();
            let is_bare = diagnostic.code == Code::BadTemplate && diagnostic.hint.is_none();
            match struck.first() {
                Some(first) if is_bare => {
                    let rest = match struck.len() {
                        1 => String::new(),
                        2 => " and one more".to_owned(),
                        count => format!(" and {} more", count - 1),
                    };
                    diagnostic.hint(format!("it was met by the page of `{first}`{rest}"))
                }
                _ => diagnostic,
            }
        })
    }
}

/// The author's file that a page shows, in the page's language where there is one.
fn content<'a>(job: &Job<'a>) -> Option<&'a SourcePath> {
    let language = job.language;
    match &job.subject {
        Subject::Course(course) => edition(&course.editions, language).map(|e| &e.body.path),
        Subject::Lesson(_, _, lesson) => edition(&lesson.editions, language).map(|e| &e.body.path),
        Subject::Path(path) => edition(&path.editions, language).map(|e| &e.body.path),
        Subject::Page(page) => edition(&page.editions, language).map(|e| &e.body.path),
        Subject::Concepts | Subject::Concept(..) | Subject::Glossary | Subject::Paths => None,
        Subject::Home
        | Subject::List(..)
        | Subject::NotFound
        | Subject::Search
        | Subject::Frame(_) => None,
    }
}

fn edition<'a, E>(editions: &'a BTreeMap<Language, E>, language: &Language) -> Option<&'a E> {
    editions.get(language).or_else(|| editions.values().next())
}
