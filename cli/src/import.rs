//! Makes a course of a book that was written for another tool, or brings one up
//! to date.
//!
//! The book itself is read by the crate of the same name; here stands what
//! touches the school.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use compiler::site_config::SiteConfig;
use compiler::source::SourceTree;
use contracts::id::Slug;
use import::{Book, BookError, Kind, Note};
use serde::Serialize;

use crate::failure::Failure;

mod lock;
mod merge;
mod store;
mod update;

use lock::Lock;
use store::Store;
pub(crate) use store::{Change, Outcome};
pub(crate) use update::Mode;

/// What came of an import.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The course, from the top of the school.
    pub(crate) course: PathBuf,
    pub(crate) sections: usize,
    pub(crate) lessons: usize,
    /// Pictures and downloads that were copied.
    pub(crate) files: usize,
    /// What is not, or not quite, in the course.
    pub(crate) notes: Vec<Note>,
    /// What became of each file of a course that was imported before; empty the
    /// first time.
    pub(crate) changes: Vec<Change>,
    /// Whether anything was written.
    pub(crate) mode: Mode,
}

/// What to import, and where to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) kind: Kind,
    pub(crate) source: &'a Path,
    pub(crate) school: &'a Path,
    pub(crate) course: &'a Slug,
    pub(crate) mode: Mode,
}

/// Imports a book as the course `content/<course>/` of a school. A course that
/// was not imported is never touched; one that was is brought up to date
/// without losing what its author changed.
pub(crate) fn run(asked: &Request<'_>) -> anyhow::Result<Report> {
    let Request { kind, source, school, course, mode } = *asked;
    let target = PathBuf::from("content").join(course.as_str());
    let store = Store::open(school, course)?;
    let finished = if mode == Mode::Write { store.finish()? } else { Vec::new() };
    let lock = store.lock()?;
    let is_there = school.join(&target).symlink_metadata().is_ok();
    if is_there && lock.is_none() {
        let message = format!("`{}` is there already", target.display());
        let hint = "choose another name with `--course`, or remove the folder first";
        return Err(Failure::new(message, hint).into());
    }
    let ids = lock.as_ref().map(Lock::ids).unwrap_or_default();
    let languages = languages(school)?;
    let book = Book { kind, folder: source, course, languages: &languages, ids: &ids };
    let book = import::read(&book).map_err(with_hint)?;
    let files = book.files;
    let changes = match lock.filter(|_| is_there) {
        Some(lock) => {
            finished.into_iter().chain(update::update(&store, &files, &lock, mode)?).collect()
        }
        None if mode == Mode::Write => {
            // The record first: without the course it is harmless.
            store.record(&files)?;
            store.write(&files)?;
            Vec::new()
        }
        None => Vec::new(),
    };
    Ok(Report {
        course: target,
        sections: book.sections,
        lessons: book.lessons,
        files: files.len() - files.keys().filter(|path| path.ends_with(".md")).count(),
        notes: book.notes,
        changes,
        mode,
    })
}

/// The failure as the person sees it who asked for the import.
fn with_hint(error: BookError) -> anyhow::Error {
    match error.hint() {
        Some(hint) => Failure::new(error.to_string(), hint).into(),
        None => error.into(),
    }
}

/// The languages of the school, as `site.toml` lists them.
fn languages(school: &Path) -> anyhow::Result<Vec<String>> {
    let path = school.join("site.toml");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("failed to read `{}`", path.display()))?;
    let tree = SourceTree::from_files([("site.toml", text)]);
    // What is wrong with the school is told by `lyceum check`.
    let config = SiteConfig::read(&tree, None, &mut Vec::new());
    let languages = config.map(|config| config.languages).unwrap_or_default();
    Ok(languages.iter().map(|language| language.as_str().to_owned()).collect())
}
