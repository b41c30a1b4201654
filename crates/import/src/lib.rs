//! Reads a book that was written for another tool, as the files of a course.
//!
//! A book becomes a manuscript, every page gets its place, and links and
//! pictures are led there. What can't be carried over is noted; nothing is
//! dropped without a word. Nothing is written here, and only `book_folder` reads
//! the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use compiler::markdown::anchors;
use contracts::id::Slug;

mod address;
mod alert;
mod book_folder;
mod branch;
mod container;
mod docusaurus;
mod error;
mod front_matter;
mod html_tag;
mod hugo;
mod inline;
mod jekyll;
mod layout;
mod lesson_text;
mod line;
mod link;
mod literal;
mod manuscript;
mod mdbook;
mod mkdocs;
mod note;
mod object;
mod page_head;
mod prose;
mod safe_name;
mod tag;
mod yaml;

use book_folder::BookFolder;
pub use error::{BookError, Unreadable};
use layout::{Layout, Place, Shape};
use lesson_text::{Course, LessonText};
use line::{Line, joined};
use link::{Atlas, Headings};
use manuscript::{Entry, Manuscript, Translation};
use note::Notes;
pub use note::{Harm, Note};

/// What kind of book is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `book.toml` and `src/SUMMARY.md`.
    Mdbook,
    /// `mkdocs.yml` and `docs/`.
    Mkdocs,
    /// `hugo.toml` and `content/`.
    Hugo,
    /// `docusaurus.config.js` and `docs/`.
    Docusaurus,
    /// `_config.yml`.
    Jekyll,
}

/// A file of the course, and what it was made of.
#[derive(Debug)]
pub struct Made {
    /// Names what it was made of, from import to import.
    pub key: String,
    /// The id, if it is a lesson.
    pub id: Option<String>,
    /// What it holds.
    pub content: Content,
}

impl Made {
    fn text(key: &str, text: String) -> Self {
        Self { key: key.to_owned(), id: None, content: Content::Text(text) }
    }
}

/// What a file of the course holds.
#[derive(Debug)]
pub enum Content {
    /// A page.
    Text(String),
    /// Copied from the book. A book's pictures together may not fit into memory.
    Copy(PathBuf),
}

/// What to read, and for which school.
#[derive(Debug, Clone, Copy)]
pub struct Book<'a> {
    /// What kind of book it is.
    pub kind: Kind,
    /// The folder that the book is built from.
    pub folder: &'a Path,
    /// The course that it becomes.
    pub course: &'a Slug,
    /// The languages of the school, its own first.
    pub languages: &'a [String],
    /// The ids that lessons have from an earlier import, by [`Made::key`].
    pub ids: &'a BTreeMap<String, String>,
}

/// A book as a course.
#[derive(Debug)]
pub struct Imported {
    /// How many sections it has.
    pub sections: usize,
    /// How many lessons it has, translations not counted.
    pub lessons: usize,
    /// Every file of the course by its path below it.
    pub files: BTreeMap<String, Made>,
    /// What is not, or not quite, in the course, by file and line.
    pub notes: Vec<Note>,
}

/// Reads a book.
///
/// # Errors
///
/// If it is no book of its kind, or lists no page that can be read. What is
/// wrong in a single page is a note.
pub fn read(asked: &Book<'_>) -> Result<Imported, BookError> {
    let folder = BookFolder::open(asked.folder)?;
    let mut notes = Notes::default();
    let mut book = match asked.kind {
        Kind::Mdbook => mdbook::read(&folder, &mut notes)?,
        Kind::Mkdocs => mkdocs::read(&folder, &mut notes)?,
        Kind::Hugo => hugo::read(&folder, &mut notes)?,
        Kind::Docusaurus => docusaurus::read(&folder, &mut notes)?,
        Kind::Jekyll => jekyll::read(&folder, &mut notes)?,
    };
    if book.pages().next().is_none() {
        return Err(BookError::NoPage);
    }
    leave_unspoken(&mut book, asked.languages, &mut notes);
    let titles = cut_titles(&mut book);
    let page = course_page(&book, asked.languages, asked.course, &mut notes);
    let layout = Layout::of(&book, asked.course.as_str(), asked.ids, &mut notes);
    let files = course_files(&folder, &book, &titles, page, layout, &mut notes);
    Ok(Imported {
        sections: book.entries.iter().filter(|e| matches!(e, Entry::Section { .. })).count(),
        lessons: book.pages().count(),
        files,
        notes: notes.into_sorted(),
    })
}

/// Takes translations out whose language the school doesn't have.
fn leave_unspoken(book: &mut Manuscript, spoken: &[String], notes: &mut Notes) {
    for page in book.pages_mut() {
        page.translations.retain(|other| {
            let is_spoken = spoken.iter().any(|language| language == other.language.as_str());
            if !is_spoken {
                let what = format!("the page in `{}`", other.language);
                let why =
                    "left out: add the language to `languages` in `site.toml`, then import again";
                notes.add(&other.source, 0, what, why);
            }
            is_spoken
        });
    }
}

/// Takes headings off that repeat a title; answers them by source.
fn cut_titles(book: &mut Manuscript) -> BTreeMap<String, String> {
    let mut titles = BTreeMap::new();
    let mut cut = |source: Option<&String>, title: &str, lines: &mut Vec<Line>| {
        let (rest, heading) = page_head::without_title(std::mem::take(lines), title);
        *lines = rest;
        titles.extend(source.cloned().zip(heading));
    };
    for page in book.pages_mut() {
        cut(page.source.as_ref(), &page.title, &mut page.lines);
        for other in &mut page.translations {
            cut(Some(&other.source), &other.title, &mut other.lines);
        }
    }
    titles
}

/// Every file of the course by its path below it.
fn course_files(
    folder: &BookFolder,
    book: &Manuscript,
    titles: &BTreeMap<String, String>,
    course_page: String,
    mut layout: Layout,
    notes: &mut Notes,
) -> BTreeMap<String, Made> {
    let atlas = Atlas {
        folder,
        text_root: &book.text_root,
        site: book.site.as_ref(),
        pages: sources(book).map(|(source, _)| source.to_owned()).collect(),
        addresses: &book.addresses,
    };
    let headings: BTreeMap<&str, Headings> = sources(book)
        .map(|(source, lines)| {
            let headings = Headings::new(anchors(&joined(lines)), titles.get(source).cloned());
            (source, headings)
        })
        .collect();
    // A lesson with files is a folder, and only its text says whether it has
    // any; so the texts are read once for that and once for their links.
    let first = texts(&atlas, &layout, book, &headings, &mut Notes::default());
    for (place, texts) in layout.places.iter_mut().zip(first) {
        let is_alone = texts.iter().all(|text| text.files.is_empty());
        place.shape = if is_alone { Shape::File } else { Shape::Folder };
    }
    let texts = texts(&atlas, &layout, book, &headings, notes);
    let mut files = BTreeMap::new();
    files.insert("course.md".to_owned(), Made::text("course", course_page));
    for (index, entry) in book.entries.iter().enumerate() {
        if let (Entry::Section { title, .. }, Some(name)) = (entry, layout.sections.get(&index)) {
            let text = format!("---\ntitle: {}\n---\n", yaml_text(title));
            files.insert(
                format!("{name}/section.md"),
                Made::text(&format!("section {title}"), text),
            );
        }
    }
    let mut aliases = BTreeSet::new();
    for ((page, place), texts) in book.pages().zip(&layout.places).zip(texts) {
        let mut texts = texts.into_iter();
        let own = texts.next().unwrap_or_default();
        let source = page.source.as_deref();
        copied_files(folder, place, &own, source.unwrap_or_default(), &mut files, notes);
        let lesson = lesson_page(page, place, &own.text, &mut aliases, notes);
        let key = source.map_or_else(|| format!("title {}", page.title), str::to_owned);
        let made = Made { key, id: Some(place.id.clone()), content: Content::Text(lesson) };
        files.insert(place.file(), made);
        for (other, text) in page.translations.iter().zip(texts) {
            copied_files(folder, place, &text, &other.source, &mut files, notes);
            let lesson = translated_page(other, &text.text);
            files.insert(place.file_in(&other.language), Made::text(&other.source, lesson));
        }
    }
    files
}

/// Every page in every language, with its lines.
fn sources(book: &Manuscript) -> impl Iterator<Item = (&str, &[Line])> {
    book.pages().flat_map(|page| {
        let own = page.source.as_deref().map(|source| (source, page.lines.as_slice()));
        let others = page.translations.iter().map(|t| (t.source.as_str(), t.lines.as_slice()));
        own.into_iter().chain(others)
    })
}

/// The text of each page, followed by those of its translations.
fn texts(
    atlas: &Atlas<'_>,
    layout: &Layout,
    book: &Manuscript,
    headings: &BTreeMap<&str, Headings>,
    notes: &mut Notes,
) -> Vec<Vec<LessonText>> {
    let mut places = BTreeMap::new();
    for (page, place) in book.pages().zip(&layout.places) {
        let others = page.translations.iter().map(|other| other.source.as_str());
        places.extend(page.source.as_deref().into_iter().chain(others).map(|s| (s, place)));
    }
    let course = Course { atlas, places, headings: headings.clone() };
    book.pages()
        .zip(&layout.places)
        .map(|(page, place)| {
            let own = match &page.source {
                Some(source) => course.lesson(source, place, &page.lines, BTreeMap::new(), notes),
                None => LessonText::default(),
            };
            let mut texts = vec![own];
            for other in &page.translations {
                let beside = texts.last().map(|text| text.files.clone()).unwrap_or_default();
                texts.push(course.lesson(&other.source, place, &other.lines, beside, notes));
            }
            texts
        })
        .collect()
}

/// Puts a lesson's files beside it. A file that can't be read is noted, and the
/// text keeps its name.
fn copied_files(
    folder: &BookFolder,
    place: &Place,
    text: &LessonText,
    source: &str,
    files: &mut BTreeMap<String, Made>,
    notes: &mut Notes,
) {
    let file = place.file();
    for (name, asset) in &text.files {
        let path = format!("{}/{name}", book_folder::parent(&file));
        if files.contains_key(&path) {
            continue;
        }
        match folder.asset(asset) {
            Ok(original) => {
                let key = format!("{asset} in {}", place.id);
                files.insert(path, Made { key, id: None, content: Content::Copy(original) });
            }
            Err(problem) => {
                let what = format!("file `{asset}`");
                notes.add(source, 0, what, format!("not copied: it {problem}"));
            }
        }
    }
}

/// A lesson with its head. An old address that another lesson has already is
/// noted and left out.
fn lesson_page(
    page: &manuscript::Page,
    place: &Place,
    text: &str,
    taken: &mut BTreeSet<String>,
    notes: &mut Notes,
) -> String {
    let mut head = format!("---\nid: {}\ntitle: {}\n", place.id, yaml_text(&page.title));
    if let Some(summary) = &page.summary {
        head += &format!("summary: {}\n", yaml_text(&one_line(summary)));
    }
    head += &tag_line(&page.tags);
    let mut aliases = Vec::new();
    for alias in &page.aliases {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
        let is_plain = alias.starts_with('/')
            && !alias.trim_matches('/').is_empty()
            && alias.chars().all(fits)
            && !alias.split('/').any(|part| matches!(part, "." | ".."));
        if is_plain && taken.insert(alias.trim_matches('/').to_lowercase()) {
            aliases.push(yaml_text(alias));
        } else {
            let what = format!("old address {}", note::quoted(alias));
            let source = page.source.as_deref().unwrap_or_default();
            notes.add(source, 1, what, "left out: it leads elsewhere already, or is no address");
        }
    }
    if !aliases.is_empty() {
        head += &format!("aliases: [{}]\n", aliases.join(", "));
    }
    if page.source.is_none() || page.is_draft {
        head += "draft: true\n";
    }
    if text.is_empty() { format!("{head}---\n") } else { format!("{head}---\n\n{text}") }
}

/// The key, unless there are none.
fn tag_line(tags: &[String]) -> String {
    if tags.is_empty() {
        return String::new();
    }
    let tags: Vec<String> = tags.iter().map(|tag| yaml_text(tag)).collect();
    format!("tags: [{}]\n", tags.join(", "))
}

fn translated_page(page: &Translation, text: &str) -> String {
    let mut head = format!("---\ntitle: {}\n", yaml_text(&page.title));
    if let Some(summary) = &page.summary {
        head += &format!("summary: {}\n", yaml_text(&one_line(summary)));
    }
    head += &tag_line(&page.tags);
    format!("{head}---\n\n{text}")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn course_page(
    book: &Manuscript,
    languages: &[String],
    course: &Slug,
    notes: &mut Notes,
) -> String {
    let title = book.title.clone();
    let title = title.unwrap_or_else(|| compiler::slug::title_from_name(course.as_str()));
    let mut text = format!("---\ntitle: {}\n", yaml_text(&title));
    if let Some(description) = &book.description {
        text += &format!("description: {}\n", yaml_text(description));
    }
    if let Some(language) = &book.language {
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
    text + "---\n"
}

/// A text as YAML reads it back: JSON's quotes are YAML's too.
fn yaml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
