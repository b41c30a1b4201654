//! Reads an mdBook: `book.toml`, `SUMMARY.md` and the chapters it lists.

use std::collections::BTreeSet;

use contracts::language::Language;
use url::Url;

use super::address::SiteAddresses;
use super::book_folder::{BookFolder, resolve};
use super::error::BookError;
use super::line::{Line, lines_of};
use super::manuscript::{Entry, Manuscript, Page};
use super::note::{Notes, quoted};
use super::page_head;

mod admonish;
mod code;
mod directive;
mod listing;
mod redirect;
mod summary;

use code::HiddenMarks;
use summary::{Chapter, Item};

/// Preprocessors whose work the import does itself.
const BUILT_IN: [&str; 4] = ["links", "index", "trpl-listing", "trpl-note"];

/// Reads the book in a folder.
pub(super) fn read(folder: &BookFolder, notes: &mut Notes) -> Result<Manuscript, BookError> {
    let config = config(folder, notes)?;
    let text = |key: &str| config.get("book")?.get(key)?.as_str().map(str::to_owned);
    let src = resolve("", &text("src").unwrap_or_else(|| "src".to_owned())).unwrap_or_default();
    let path = resolve(&src, "SUMMARY.md").unwrap_or_default();
    let summary = folder
        .text(&path)
        .map_err(|problem| BookError::NoContents { path: path.clone(), problem })?;
    let items = summary::read(&lines_of(&summary), &path, &src, notes);
    let marks = hidden_marks(&config);
    let mut reader = Reader { folder, summary: &path, marks: &marks, notes, read: BTreeSet::new() };
    let mut entries = reader.entries(items);
    let read = reader.read;
    redirect::apply(&config, &src, &mut entries, notes);
    for unlisted in folder.markdown_below(&src) {
        if !read.contains(&unlisted) && unlisted != path {
            notes.add(&unlisted, 0, "the page", format!("left out: `{path}` doesn't list it"));
        }
    }
    let site =
        config.get("output").and_then(|output| output.get("html")?.get("site-url")?.as_str());
    Ok(Manuscript {
        title: text("title"),
        description: text("description"),
        language: text("language").and_then(|tag| Language::parse(&tag).ok()),
        site: site.and_then(|site| Url::parse(site).ok()),
        text_root: src,
        entries,
        addresses: SiteAddresses::default(),
    })
}

/// `book.toml`; an old book may have none.
fn config(folder: &BookFolder, notes: &mut Notes) -> Result<toml::Table, BookError> {
    const PATH: &str = "book.toml";
    if !folder.has(PATH) {
        notes.add(PATH, 0, "`book.toml`", "it is not there; the course is titled after its name");
        return Ok(toml::Table::new());
    }
    let text = folder
        .text(PATH)
        .map_err(|problem| BookError::Unreadable { path: PATH.to_owned(), problem })?;
    let config: toml::Table = text.parse().map_err(|source| BookError::Settings {
        path: PATH.to_owned(),
        source: Box::new(source),
    })?;
    note_settings(&config, PATH, notes);
    Ok(config)
}

fn note_settings(config: &toml::Table, path: &str, notes: &mut Notes) {
    let table = |value: Option<&toml::Value>| value.and_then(toml::Value::as_table).cloned();
    for name in table(config.get("preprocessor")).unwrap_or_default().keys() {
        if !BUILT_IN.contains(&name.as_str()) {
            let what = format!("preprocessor {}", quoted(name));
            notes.add(path, 0, what, "not run: what it would change stays as it is written");
        }
    }
    for (name, output) in table(config.get("output")).unwrap_or_default() {
        if name != "html" {
            notes.add(
                path,
                0,
                format!("output {}", quoted(&name)),
                "left out: courses are web pages",
            );
            continue;
        }
        for (key, value) in output.as_table().cloned().unwrap_or_default() {
            let why = match key.as_str() {
                "additional-css" | "additional-js" | "theme" => {
                    "left out: the look of a course is the school's theme"
                }
                "mathjax-support" if value.as_bool() == Some(true) => {
                    "formulas between dollars are shown; those of `\\\\(` stay as they are written"
                }
                _ => continue,
            };
            notes.add(path, 0, quoted(&key), why);
        }
    }
    let book = table(config.get("book")).unwrap_or_default();
    if let Some(authors) = book.get("authors").and_then(toml::Value::as_array) {
        let names: Vec<&str> = authors.iter().filter_map(toml::Value::as_str).collect();
        let what = format!("authors {}", quoted(&names.join(", ")));
        notes.add(path, 0, what, "add them to `content/instructors/` and to `course.md`");
    }
}

/// `[output.html.code.hidelines]`
fn hidden_marks(config: &toml::Table) -> HiddenMarks {
    let code = config.get("output").and_then(|output| output.get("html")?.get("code"));
    let table = code.and_then(|code| code.get("hidelines")?.as_table());
    let mark = |(language, mark): (&String, &toml::Value)| {
        Some((language.clone(), mark.as_str().filter(|mark| !mark.is_empty())?.to_owned()))
    };
    table.into_iter().flatten().filter_map(mark).collect()
}

/// Reads the listed chapters.
struct Reader<'a> {
    folder: &'a BookFolder,
    summary: &'a str,
    marks: &'a HiddenMarks,
    notes: &'a mut Notes,
    read: BTreeSet<String>,
}

impl Reader<'_> {
    /// A part is a section. In a book without parts a chapter that has chapters
    /// below it is one, and stands first in it.
    fn entries(&mut self, items: Vec<Item>) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut part: Option<(String, Vec<Page>)> = None;
        for item in items {
            match item {
                Item::Part(title) => {
                    entries.extend(part.replace((title, Vec::new())).and_then(section));
                }
                Item::Chapter(chapter) => match &mut part {
                    Some((_, pages)) => self.flatten(chapter, pages),
                    None => {
                        let title = chapter.title.clone();
                        let mut pages = Vec::new();
                        let has_children = !chapter.children.is_empty();
                        self.flatten(chapter, &mut pages);
                        if has_children {
                            entries.extend(section((title, pages)));
                        } else {
                            entries.extend(pages.into_iter().map(Entry::Page));
                        }
                    }
                },
            }
        }
        entries.extend(part.and_then(section));
        entries
    }

    /// A chapter and everything below it, in reading order.
    fn flatten(&mut self, chapter: Chapter, pages: &mut Vec<Page>) {
        let Chapter { title, source, line, children } = chapter;
        match source {
            None => pages.push(Page { title, ..Page::default() }),
            Some(source) => pages.extend(self.page(title, source, line)),
        }
        for child in children {
            self.flatten(child, pages);
        }
    }

    fn page(&mut self, title: String, source: String, line: usize) -> Option<Page> {
        if !self.read.insert(source.clone()) {
            let why = "left out: the chapter is listed twice";
            self.notes.add(self.summary, line, quoted(&source), why);
            return None;
        }
        let text = match self.folder.text(&source) {
            Ok(text) => text,
            Err(problem) => {
                let why = format!("left out: the file {problem}");
                self.notes.add(self.summary, line, quoted(&source), why);
                return None;
            }
        };
        let (lines, head) =
            page_head::cut(lines_of(&text), page_head::Bare::AtBlankLine, &source, self.notes);
        let lines = self.converted(lines, &source);
        Some(Page {
            title,
            summary: head.summary,
            tags: head.tags,
            source: Some(source),
            lines,
            ..Page::default()
        })
    }

    fn converted(&mut self, lines: Vec<Line>, source: &str) -> Vec<Line> {
        let lines = directive::Directives::new(self.folder, source, self.notes).expand(lines);
        let lines = admonish::alerts(lines, source, self.notes);
        let lines = code::plain_code(lines, self.marks, source, self.notes);
        listing::figures(lines, source, self.notes)
    }
}

fn section((title, pages): (String, Vec<Page>)) -> Option<Entry> {
    (!pages.is_empty()).then_some(Entry::Section { title, pages })
}
