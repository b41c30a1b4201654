//! Turns a book that was written for another tool into a course.
//!
//! A book is read into a manuscript, every page gets its place, links and
//! pictures are led there, and the course is written in one piece. What can't
//! be carried over is noted; nothing is dropped without a word.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use compiler::markdown::anchors;
use compiler::site_config::SiteConfig;
use compiler::source::SourceTree;
use contracts::id::Slug;
use serde::Serialize;

use crate::failure::Failure;

mod alert;
mod book_folder;
mod html_tag;
mod inline;
mod layout;
mod lesson_text;
mod line;
mod link;
mod manuscript;
mod mdbook;
mod mkdocs;
mod note;
mod object;
mod page_head;
mod prose;

use book_folder::BookFolder;
use layout::{Layout, Place, Shape};
use lesson_text::{Course, LessonText};
use line::{Line, joined};
use link::{Atlas, Headings};
use manuscript::{Entry, Manuscript};
pub(crate) use note::Note;
use note::Notes;

/// What kind of book is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `book.toml` and `src/SUMMARY.md`.
    Mdbook,
    /// `mkdocs.yml` and `docs/`.
    Mkdocs,
}

/// A file of the new course.
enum Content {
    Text(String),
    /// Copied from the book. A book's pictures together may not fit into memory.
    Copy(PathBuf),
}

/// What came of an import.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The new course, from the top of the school.
    pub(crate) course: PathBuf,
    pub(crate) sections: usize,
    pub(crate) lessons: usize,
    /// Pictures and downloads that were copied.
    pub(crate) files: usize,
    /// What is not, or not quite, in the course.
    pub(crate) notes: Vec<Note>,
}

/// Imports the book in `source` as the course `content/<course>/` of the school
/// in `school`. A course that is there already is never touched.
pub(crate) fn run(
    kind: Kind,
    source: &Path,
    school: &Path,
    course: &Slug,
) -> anyhow::Result<Report> {
    let target = PathBuf::from("content").join(course.as_str());
    if school.join(&target).exists() {
        let message = format!("`{}` is there already", target.display());
        let hint = "choose another name with `--course`, or remove the folder first";
        return Err(Failure::new(message, hint).into());
    }
    let folder = BookFolder::open(source)?;
    let mut notes = Notes::default();
    let mut book = match kind {
        Kind::Mdbook => mdbook::read(&folder, &mut notes)?,
        Kind::Mkdocs => mkdocs::read(&folder, &mut notes)?,
    };
    if book.pages().next().is_none() {
        let hint = "is this the folder of the book?";
        return Err(Failure::new("the book lists no page that can be read", hint).into());
    }
    let titles = cut_titles(&mut book);
    let files = course_files(&folder, &book, &titles, school, course, &mut notes)?;
    write(&files, school, &target)?;
    Ok(Report {
        course: target,
        sections: book.entries.iter().filter(|e| matches!(e, Entry::Section { .. })).count(),
        lessons: book.pages().count(),
        files: files.len() - files.keys().filter(|path| path.ends_with(".md")).count(),
        notes: notes.into_sorted(),
    })
}

/// Takes headings off that repeat a title; answers them by source.
fn cut_titles(book: &mut Manuscript) -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    let pages = book.entries.iter_mut().flat_map(|entry| match entry {
        Entry::Page(page) => std::slice::from_mut(page),
        Entry::Section { pages, .. } => pages,
    });
    for page in pages {
        let lines = std::mem::take(&mut page.lines);
        let (lines, heading) = page_head::without_title(lines, &page.title);
        page.lines = lines;
        if let (Some(source), Some(heading)) = (&page.source, heading) {
            titles.insert(source.clone(), heading);
        }
    }
    titles
}

/// Every file of the course by its path below it.
fn course_files(
    folder: &BookFolder,
    book: &Manuscript,
    titles: &BTreeMap<String, String>,
    school: &Path,
    course: &Slug,
    notes: &mut Notes,
) -> anyhow::Result<BTreeMap<String, Content>> {
    let mut layout = Layout::of(book, course.as_str());
    let sources: Vec<&str> =
        book.pages().map(|page| page.source.as_deref().unwrap_or_default()).collect();
    let atlas = Atlas {
        folder,
        text_root: &book.text_root,
        site: book.site.as_ref(),
        pages: sources.iter().map(|source| (*source).to_owned()).collect(),
    };
    let headings: BTreeMap<&str, Headings> = book
        .pages()
        .filter_map(|page| {
            let source = page.source.as_deref()?;
            let headings =
                Headings::new(anchors(&joined(&page.lines)), titles.get(source).cloned());
            Some((source, headings))
        })
        .collect();
    // A lesson with files is a folder, and only its text says whether it has
    // any; so the texts are read once for that and once for their links.
    let first = texts(&atlas, &layout, book, &headings, &mut Notes::default());
    for (place, text) in layout.places.iter_mut().zip(first) {
        place.shape = if text.files.is_empty() { Shape::File } else { Shape::Folder };
    }
    let texts = texts(&atlas, &layout, book, &headings, notes);
    let mut files = BTreeMap::new();
    files.insert("course.md".to_owned(), Content::Text(course_page(book, school, course, notes)?));
    for (index, entry) in book.entries.iter().enumerate() {
        if let (Entry::Section { title, .. }, Some(name)) = (entry, layout.sections.get(&index)) {
            let text = format!("---\ntitle: {}\n---\n", yaml(title));
            files.insert(format!("{name}/section.md"), Content::Text(text));
        }
    }
    for ((page, place), text) in book.pages().zip(&layout.places).zip(texts) {
        let text =
            with_copied_files(folder, place, text, page.source.as_deref(), &mut files, notes);
        let lesson = lesson_page(page, place, &text);
        files.insert(place.file(), Content::Text(lesson));
    }
    Ok(files)
}

fn texts(
    atlas: &Atlas<'_>,
    layout: &Layout,
    book: &Manuscript,
    headings: &BTreeMap<&str, Headings>,
    notes: &mut Notes,
) -> Vec<LessonText> {
    let places = book
        .pages()
        .zip(&layout.places)
        .filter_map(|(page, place)| Some((page.source.as_deref()?, place)))
        .collect();
    let course = Course { atlas, places, headings: headings.clone() };
    let lesson = |lines: &[Line], source: &str, place: &Place, notes: &mut Notes| {
        course.lesson(source, place, lines, notes)
    };
    book.pages()
        .zip(&layout.places)
        .map(|(page, place)| match &page.source {
            Some(source) => lesson(&page.lines, source, place, notes),
            None => LessonText::default(),
        })
        .collect()
}

/// Puts a lesson's files beside it. A file that can't be read is noted, and the
/// text keeps its name.
fn with_copied_files(
    folder: &BookFolder,
    place: &Place,
    text: LessonText,
    source: Option<&str>,
    files: &mut BTreeMap<String, Content>,
    notes: &mut Notes,
) -> String {
    let file = place.file();
    for (name, asset) in &text.files {
        match folder.asset(asset) {
            Ok(original) => {
                files.insert(
                    format!("{}/{name}", book_folder::parent(&file)),
                    Content::Copy(original),
                );
            }
            Err(problem) => {
                let what = format!("file `{asset}`");
                notes.add(source.unwrap_or_default(), 0, what, format!("not copied: it {problem}"));
            }
        }
    }
    text.text
}

fn lesson_page(page: &manuscript::Page, place: &Place, text: &str) -> String {
    let mut head = format!("---\nid: {}\ntitle: {}\n", place.id, yaml(&page.title));
    if let Some(summary) = &page.summary {
        head += &format!("summary: {}\n", yaml(summary));
    }
    if page.source.is_none() {
        head += "draft: true\n";
    }
    if text.is_empty() { format!("{head}---\n") } else { format!("{head}---\n\n{text}") }
}

fn course_page(
    book: &Manuscript,
    school: &Path,
    course: &Slug,
    notes: &mut Notes,
) -> anyhow::Result<String> {
    let title = book.title.clone();
    let title = title.unwrap_or_else(|| compiler::slug::title_from_name(course.as_str()));
    let mut text = format!("---\ntitle: {}\n", yaml(&title));
    if let Some(description) = &book.description {
        text += &format!("description: {}\n", yaml(description));
    }
    if let Some(language) = &book.language {
        let languages = languages(school)?;
        let speaks = languages.iter().any(|known| known == language.as_str());
        if speaks && languages.first().is_none_or(|first| first != language.as_str()) {
            text += &format!("language: {language}\n");
        }
        if !speaks {
            let what = format!("language `{language}`");
            let why = "add it to `languages` in `site.toml`, then `language: …` to `course.md`";
            notes.add("course.md", 0, what, why);
        }
    }
    Ok(text + "---\n")
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

/// A text as YAML reads it back: JSON's quotes are YAML's too.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes the course in one piece: beside its place first, so that an import
/// that fails leaves nothing behind.
fn write(files: &BTreeMap<String, Content>, school: &Path, target: &Path) -> anyhow::Result<()> {
    let content = school.join("content");
    fs::create_dir_all(&content)
        .with_context(|| format!("failed to make `{}`", content.display()))?;
    let staging = tempfile::Builder::new()
        .prefix(".import-")
        .tempdir_in(&content)
        .with_context(|| format!("failed to write into `{}`", content.display()))?;
    let course = staging.path().join("course");
    for (path, content) in files {
        let file = course.join(path);
        let folder = file.parent().unwrap_or(&course);
        fs::create_dir_all(folder)
            .and_then(|()| match content {
                Content::Text(text) => fs::write(&file, text),
                // Not `fs::copy`: a file the book protects would stay protected.
                Content::Copy(original) => {
                    io::copy(&mut fs::File::open(original)?, &mut fs::File::create(&file)?)
                        .map(drop)
                }
            })
            .with_context(|| format!("failed to write `{path}`"))?;
    }
    fs::rename(&course, school.join(target))
        .with_context(|| format!("failed to write `{}`", target.display()))
}
