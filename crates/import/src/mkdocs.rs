//! Reads a MkDocs site: `mkdocs.yml` and the pages under `docs/`, with the
//! extensions that Material for MkDocs brings.

use std::collections::BTreeSet;

use contracts::language::Language;
use url::Url;

use super::address::SiteAddresses;
use super::book_folder::{BookFolder, file_name, parent, resolve};
use super::error::BookError;
use super::line::{Line, lines_of};
use super::manuscript::{Entry, Manuscript, Page};
use super::note::{Notes, quoted};
use super::{Kind, page_head, prose};

mod block;
mod config;
mod formula;
mod mark;
mod snippet;

use config::{Config, Item};

/// Reads the site in a folder.
pub(super) fn read(folder: &BookFolder, notes: &mut Notes) -> Result<Manuscript, BookError> {
    let path = ["mkdocs.yml", "mkdocs.yaml"].into_iter().find(|path| folder.has(path));
    let path = path.ok_or(BookError::NoSettings(Kind::Mkdocs))?;
    let text = folder
        .text(path)
        .map_err(|problem| BookError::Unreadable { path: path.to_owned(), problem })?;
    let config = Config::read(&text, path, notes)?;
    let docs = resolve("", &config.docs_dir).unwrap_or_default();
    let items = if config.nav.is_empty() { from_folders(folder, &docs) } else { config.nav };
    let snippets = config.snippet_folders;
    let mut reader = Reader {
        folder,
        config: path,
        docs: &docs,
        snippets: &snippets,
        notes,
        read: BTreeSet::new(),
    };
    let entries = reader.entries(items);
    let read = reader.read;
    for unlisted in folder.markdown_below(&docs) {
        if !read.contains(&unlisted) {
            notes.add(
                &unlisted,
                0,
                "the page",
                format!("left out: `nav` in `{path}` doesn't list it"),
            );
        }
    }
    Ok(Manuscript {
        title: config.site_name,
        description: config.site_description,
        language: config.language.and_then(|tag| Language::parse(&tag).ok()),
        site: config.site_url.and_then(|url| folder_url(&url)),
        text_root: docs,
        entries,
        addresses: SiteAddresses::default(),
    })
}

/// The site's address with a `/` at its end, so that pages join below it.
fn folder_url(url: &str) -> Option<Url> {
    let mut url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Some(url)
}

/// Without `nav` every folder is a group, its index first.
fn from_folders(folder: &BookFolder, docs: &str) -> Vec<Item> {
    let mut paths = folder.markdown_below(docs);
    let below =
        |path: &str| path.strip_prefix(docs).unwrap_or(path).trim_start_matches('/').to_owned();
    paths.sort_by_key(|path| {
        let is_index = matches!(file_name(path), "index.md" | "README.md");
        let path = below(path);
        (parent(&path).to_owned(), !is_index, path)
    });
    let mut items: Vec<Item> = Vec::new();
    for path in paths.iter().map(|path| below(path)) {
        let group = path.split_once('/').map(|(group, _)| group.to_owned());
        let page = Item::Page { title: None, path };
        match (group, items.last_mut()) {
            (Some(group), Some(Item::Group { title, items })) if *title == group => {
                items.push(page)
            }
            (Some(title), _) => items.push(Item::Group { title, items: vec![page] }),
            (None, _) => items.push(page),
        }
    }
    for item in &mut items {
        if let Item::Group { title, .. } = item {
            *title = compiler::slug::title_from_name(title);
        }
    }
    items
}

/// Reads the listed pages.
struct Reader<'a> {
    folder: &'a BookFolder,
    config: &'a str,
    docs: &'a str,
    snippets: &'a [String],
    notes: &'a mut Notes,
    read: BTreeSet<String>,
}

impl Reader<'_> {
    /// A group of the navigation is a section; groups inside of it are flattened.
    fn entries(&mut self, items: Vec<Item>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for item in items {
            match item {
                Item::Page { title, path } => {
                    entries.extend(self.page(title, &path).map(Entry::Page));
                }
                Item::Group { title, items } => {
                    let mut pages = Vec::new();
                    self.flatten(&title, items, &mut pages);
                    if !pages.is_empty() {
                        entries.push(Entry::Section { title, pages });
                    }
                }
            }
        }
        entries
    }

    fn flatten(&mut self, section: &str, items: Vec<Item>, pages: &mut Vec<Page>) {
        for item in items {
            match item {
                Item::Page { title, path } => pages.extend(self.page(title, &path)),
                Item::Group { title, items } => {
                    let before = pages.len();
                    self.flatten(section, items, pages);
                    if pages.len() > before {
                        let what = format!("group {}", quoted(&title));
                        let why = format!(
                            "its pages follow in the section {}: sections have no sections",
                            quoted(section)
                        );
                        self.notes.add(self.config, 0, what, why);
                    }
                }
            }
        }
    }

    fn page(&mut self, title: Option<String>, path: &str) -> Option<Page> {
        let mut refuse = |why: &str| {
            self.notes.add(self.config, 0, quoted(path), why);
            None
        };
        if path.contains("://") {
            return refuse("left out: a course lists no pages of other sites");
        }
        let Some(source) = resolve(self.docs, path) else {
            return refuse("left out: it leads out of the book's folder");
        };
        if !self.read.insert(source.clone()) {
            return refuse("left out: the page is listed twice");
        }
        let text = match self.folder.text(&source) {
            Ok(text) => text,
            Err(problem) => return refuse(&format!("left out: the file {problem}")),
        };
        let (lines, head) =
            page_head::cut(lines_of(&text), page_head::Bare::AtText, &source, self.notes);
        let first_heading = || {
            lines.iter().find_map(|line| match prose::heading(&line.text) {
                Some((1, heading)) => Some(prose::plain(heading)),
                _ => None,
            })
        };
        let title =
            title.or(head.title).or_else(first_heading).unwrap_or_else(|| title_of_file(&source));
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
        let snippets = snippet::Snippets::new(self.folder, self.snippets, source, self.notes);
        let lines = snippets.expand(lines);
        let lines = block::converted(lines, source, self.notes);
        let lines = mark::converted(lines, source, self.notes);
        formula::joined(lines)
    }
}

fn title_of_file(source: &str) -> String {
    let stem = file_name(source).rsplit_once('.').map_or(source, |(stem, _)| stem);
    let name = match stem.to_ascii_lowercase().as_str() {
        "index" | "readme" => file_name(parent(source)),
        _ => stem,
    };
    compiler::slug::title_from_name(name)
}
