//! Reads a Docusaurus site: its settings and sidebars without running them, the
//! pages under `docs/`, and their translations.

use std::collections::{BTreeMap, BTreeSet};

use contracts::language::Language;
use serde_json::Value;
use url::Url;

use super::Kind;
use super::address::SiteAddresses;
use super::book_folder::{BookFolder, file_name, parent, resolve};
use super::branch::entries;
use super::error::BookError;
use super::front_matter::{self, FrontMatter};
use super::line::lines_of;
use super::literal;
use super::manuscript::{Manuscript, Page, Translation};
use super::note::{Notes, quoted};
use super::tag;

mod code;
mod mdx;
mod sidebar;

const SETTINGS: [&str; 5] = [
    "docusaurus.config.js",
    "docusaurus.config.ts",
    "docusaurus.config.mjs",
    "docusaurus.config.cjs",
    "docusaurus.config.mts",
];

/// Where the pages stand.
const DOCS: &str = "docs";

/// Reads the site in a folder.
pub(super) fn read(folder: &BookFolder, notes: &mut Notes) -> Result<Manuscript, BookError> {
    let (path, settings) = folder.settings(&SETTINGS, Kind::Docusaurus)?;
    notes.add(
        path,
        0,
        "settings",
        "not run: only title, tagline, addresses and languages are read",
    );
    for (name, what) in [
        ("versioned_docs", "versions of the docs"),
        ("blog", "the blog"),
        ("src/pages", "pages of React"),
    ] {
        if !folder.markdown_below(name).is_empty() {
            notes.add(name, 0, what, "left out: a course is what stands in `docs`");
        }
    }
    let text = |key: &str| literal::text_of(&settings, key);
    let language = text("defaultLocale").unwrap_or_else(|| "en".to_owned());
    let route = text("routeBasePath").unwrap_or_else(|| DOCS.to_owned());
    let mut reader = Reader {
        folder,
        route: route.trim_matches('/').to_owned(),
        addresses: SiteAddresses::default(),
        notes,
    };
    let mut documents = reader.documents(DOCS);
    reader.translate(&mut documents, &language);
    let branches = sidebar::branches(folder, documents, reader.notes);
    let mut addresses = reader.addresses;
    addresses.static_folders = vec!["static".to_owned()];
    addresses.base = text("baseUrl").unwrap_or_default().trim_matches('/').to_owned();
    let site = text("url").and_then(|url| Url::parse(&url).ok());
    Ok(Manuscript {
        title: text("title"),
        description: text("tagline"),
        language: Language::parse(&language).ok(),
        site: site.filter(|url| matches!(url.scheme(), "http" | "https")),
        text_root: DOCS.to_owned(),
        entries: entries(branches, path, notes),
        addresses,
    })
}

/// A page with what orders it.
#[derive(Debug)]
struct Document {
    /// By which sidebars name it.
    id: String,
    /// Its path below `docs`.
    path: String,
    position: f64,
    page: Page,
}

struct Reader<'a> {
    folder: &'a BookFolder,
    route: String,
    addresses: SiteAddresses,
    notes: &'a mut Notes,
}

impl Reader<'_> {
    fn documents(&mut self, top: &str) -> Vec<Document> {
        let paths = self.folder.markdown_below(top);
        paths.into_iter().filter_map(|source| self.document(top, &source)).collect()
    }

    fn document(&mut self, top: &str, source: &str) -> Option<Document> {
        let path = source.strip_prefix(top)?.trim_start_matches('/').to_owned();
        // A file of this name is a part of others.
        if path.split('/').any(|part| part.starts_with('_')) {
            self.notes.add(source, 0, "the page", "left out: its name begins with `_`");
            return None;
        }
        let text = match self.folder.text(source) {
            Ok(text) => text,
            Err(problem) => {
                self.notes.add(source, 0, "the page", format!("left out: the file {problem}"));
                return None;
            }
        };
        let (mut front, lines) = FrontMatter::cut(lines_of(&text), source, self.notes);
        let (folder, name) = (unnumbered(parent(&path)), stem(&path));
        let own = front.text(&["id"]).unwrap_or_else(|| unnumbered(&name));
        let id = if folder.is_empty() { own } else { format!("{folder}/{own}") };
        let title = front_matter::title(front.text(&["title"]), &lines, &own_name(&path));
        let label = front.text(&["sidebar_label"]);
        if label.as_ref().is_some_and(|label| *label != title) {
            self.notes.add(source, 1, "`sidebar_label`", "left out: a lesson has one title");
        }
        let slug = front.text(&["slug"]);
        let tags = tag::valid(front.texts("tags"), source, self.notes);
        let summary = front.text(&["description"]);
        let position = front.number("sidebar_position");
        let is_draft = front.flag("draft") == Some(true) || front.flag("unlisted") == Some(true);
        front.note_rest(source, self.notes);
        let address = self.address(&id, &path, slug.as_deref());
        self.addresses.add(source, &address);
        let lines = mdx::converted(lines, source, self.notes);
        let name = slug.as_deref().map(|slug| file_name(slug.trim_matches('/')).to_owned());
        let page = Page {
            title,
            summary,
            source: Some(source.to_owned()),
            lines,
            slug: name.filter(|name| !name.is_empty()),
            is_draft,
            tags,
            ..Page::default()
        };
        let number = compiler::slug::order(&stem(&path)).map(|order| f64::from(order as u32));
        let position = position.or(number).unwrap_or(f64::MAX);
        Some(Document { id, path, position, page })
    }

    fn address(&self, id: &str, path: &str, slug: Option<&str>) -> String {
        let below = match slug {
            Some(slug) if slug.starts_with('/') => slug.to_owned(),
            Some(slug) => format!("{}/{slug}", unnumbered(parent(path))),
            None if matches!(stem(path).to_lowercase().as_str(), "index" | "readme") => {
                unnumbered(parent(path))
            }
            None => id.to_owned(),
        };
        format!("{}/{}", self.route, below.trim_matches('/'))
    }

    /// The same files below `i18n/<language>/` are their translations.
    fn translate(&mut self, documents: &mut [Document], own: &str) {
        let languages: BTreeSet<String> = self
            .folder
            .markdown_below("i18n")
            .iter()
            .filter_map(|path| path.split('/').nth(1).map(str::to_owned))
            .filter(|language| language != own)
            .collect();
        for tag in languages {
            let top = format!("i18n/{tag}/docusaurus-plugin-content-docs/current");
            let Ok(language) = Language::parse(&tag) else {
                self.notes.add(&top, 0, quoted(&tag), "left out: it names no language");
                continue;
            };
            let mut translated: BTreeMap<String, Document> =
                self.documents(&top).into_iter().map(|d| (d.path.clone(), d)).collect();
            for document in documents.iter_mut() {
                let Some(found) = translated.remove(&document.path) else { continue };
                document.page.translations.push(Translation {
                    language: language.clone(),
                    title: found.page.title,
                    summary: found.page.summary,
                    tags: found.page.tags,
                    source: found.page.source.unwrap_or_default(),
                    lines: found.page.lines,
                });
            }
            for left in translated.into_values() {
                let source = left.page.source.unwrap_or_default();
                let why = "left out: there is no such page in the site's first language";
                self.notes.add(&source, 0, "the page", why);
            }
        }
    }
}

fn stem(path: &str) -> String {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

fn own_name(path: &str) -> String {
    let stem = stem(path);
    let is_index = matches!(stem.to_lowercase().as_str(), "index" | "readme");
    let name = if is_index { file_name(parent(path)) } else { stem.as_str() };
    unnumbered(name)
}

/// Each part of a path without the number that orders it.
fn unnumbered(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| match compiler::slug::order(part) {
            Some(_) => compiler::slug::without_order(part),
            None => part,
        })
        .collect();
    parts.join("/")
}

/// A setting beside the pages of a folder: label and position.
fn category(folder: &BookFolder, below: &str) -> (Option<String>, Option<f64>) {
    let value =
        ["_category_.json", "_category_.yml", "_category_.yaml"].into_iter().find_map(|name| {
            let path = resolve(DOCS, &format!("{below}/{name}"))?;
            front_matter::settings(&path, &folder.text(&path).ok()?)
        });
    let label = value.as_ref().and_then(|v| v.get("label")?.as_str().map(str::to_owned));
    let position = value.as_ref().and_then(|v| v.get("position").and_then(Value::as_f64));
    (label, position)
}
