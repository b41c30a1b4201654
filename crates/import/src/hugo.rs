//! Reads a Hugo site: its settings, the tree of its content, translations by
//! file name or by folder.

use std::collections::{BTreeMap, BTreeSet};

use contracts::language::Language;
use serde_json::Value;
use url::Url;

use super::Kind;
use super::address::SiteAddresses;
use super::book_folder::{BookFolder, file_name, parent, resolve};
use super::branch::{Branch, entries};
use super::error::BookError;
use super::front_matter::{self, FrontMatter};
use super::line::{Line, lines_of};
use super::manuscript::{Manuscript, Page, Translation};
use super::note::{Notes, quoted};
use super::tag;

mod shortcode;

/// Where Hugo looks for its settings.
const SETTINGS: [&str; 12] = [
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "config.toml",
    "config.yaml",
    "config.yml",
    "config.json",
    "config/_default/hugo.toml",
    "config/_default/hugo.yaml",
    "config/_default/config.toml",
    "config/_default/config.yaml",
];

/// Reads the site in a folder.
pub(super) fn read(folder: &BookFolder, notes: &mut Notes) -> Result<Manuscript, BookError> {
    let (path, text) = folder.settings(&SETTINGS, Kind::Hugo)?;
    let settings = front_matter::settings(path, &text)
        .ok_or_else(|| BookError::NotUnderstood { path: path.to_owned() })?;
    let site = Site::read(&settings, path, notes);
    let mut reader = Reader { folder, site: &site, addresses: SiteAddresses::default(), notes };
    let branches = reader.tree();
    let mut addresses = reader.addresses;
    addresses.static_folders = site.static_folders.clone();
    addresses.base =
        site.url.as_ref().map(|url| url.path().trim_matches('/').to_owned()).unwrap_or_default();
    Ok(Manuscript {
        title: site.title.clone(),
        description: site.description.clone(),
        language: Language::parse(&site.language).ok(),
        site: site.url.clone(),
        text_root: site.content(&site.language),
        entries: entries(branches, path, notes),
        addresses,
    })
}

/// What the settings say.
struct Site {
    title: Option<String>,
    description: Option<String>,
    url: Option<Url>,
    /// The language of files that name none.
    language: String,
    /// Folder of content by language.
    languages: BTreeMap<String, String>,
    static_folders: Vec<String>,
}

impl Site {
    fn read(settings: &Value, path: &str, notes: &mut Notes) -> Self {
        let lower: BTreeMap<String, &Value> = settings
            .as_object()
            .map(|map| map.iter().map(|(key, value)| (key.to_lowercase(), value)).collect())
            .unwrap_or_default();
        let text = |key: &str| lower.get(key)?.as_str().map(str::to_owned);
        let top = text("contentdir").unwrap_or_else(|| "content".to_owned());
        let language = text("defaultcontentlanguage").unwrap_or_else(|| "en".to_owned());
        let mut languages = BTreeMap::from([(language.clone(), top.clone())]);
        let mut title = text("title");
        let tables = lower.get("languages").and_then(|value| value.as_object());
        for (tag, table) in tables.into_iter().flatten() {
            let own = |key: &str| {
                let found = table.as_object()?.iter().find(|(k, _)| k.eq_ignore_ascii_case(key));
                found?.1.as_str().map(str::to_owned)
            };
            languages.insert(tag.clone(), own("contentdir").unwrap_or_else(|| top.clone()));
            if *tag == language {
                title = title.or(own("title"));
            }
        }
        for (key, why) in [
            ("permalinks", "not followed: lessons stand below their course"),
            ("menu", "left out: a course is its own menu"),
            ("menus", "left out: a course is its own menu"),
            ("theme", "left out: the look of a course is the school's theme"),
            ("module", "not fetched: what it would mount is not part of the course"),
            ("outputs", "left out: courses are web pages"),
        ] {
            if lower.contains_key(key) {
                notes.add(path, 0, quoted(key), why);
            }
        }
        let description = lower.get("params").and_then(|params| params.get("description"));
        let mut url = text("baseurl").and_then(|url| Url::parse(&url).ok());
        if let Some(url) = url.as_mut().filter(|url| !url.path().ends_with('/')) {
            url.set_path(&format!("{}/", url.path()));
        }
        Self {
            title,
            description: description.and_then(Value::as_str).map(str::to_owned),
            url: url.filter(|url| matches!(url.scheme(), "http" | "https")),
            language,
            languages,
            static_folders: vec![
                text("staticdir").unwrap_or_else(|| "static".to_owned()),
                "assets".to_owned(),
            ],
        }
    }

    fn content(&self, language: &str) -> String {
        let folder = self.languages.get(language).map_or("content", String::as_str);
        resolve("", folder).unwrap_or_else(|| "content".to_owned())
    }
}

/// A page in one language, before its translations join it.
struct Draft {
    /// Its place in the tree, `docs/intro.md`, without a language.
    name: String,
    language: String,
    source: String,
    page: Page,
    weight: f64,
    date: String,
}

struct Reader<'a> {
    folder: &'a BookFolder,
    site: &'a Site,
    addresses: SiteAddresses,
    notes: &'a mut Notes,
}

impl Reader<'_> {
    fn tree(&mut self) -> Vec<Branch> {
        let files = self.files();
        let names: BTreeSet<String> = files.iter().map(|(_, _, source)| source.clone()).collect();
        let mut drafts = Vec::new();
        for (name, language, source) in files {
            drafts.extend(self.page(&name, &language, &source, &names));
        }
        let (own, others): (Vec<Draft>, Vec<Draft>) =
            drafts.into_iter().partition(|draft| draft.language == self.site.language);
        let mut own: BTreeMap<String, Draft> =
            own.into_iter().map(|draft| (draft.name.clone(), draft)).collect();
        for other in others {
            let language = Language::parse(&other.language).ok();
            match own.get_mut(&other.name).zip(language) {
                Some((original, language)) => original.page.translations.push(Translation {
                    language,
                    title: other.page.title,
                    summary: other.page.summary,
                    tags: other.page.tags,
                    source: other.source,
                    lines: other.page.lines,
                }),
                None => {
                    let why = "left out: there is no such page in the site's first language";
                    self.notes.add(&other.source, 0, "the page", why);
                }
            }
        }
        branches(own)
    }

    /// Name, language and path of every page.
    fn files(&self) -> Vec<(String, String, String)> {
        let mut files = BTreeMap::new();
        for language in self.site.languages.keys() {
            let top = self.site.content(language);
            // The folder of another language may stand inside of this one.
            let inner: Vec<String> = self
                .site
                .languages
                .keys()
                .map(|other| self.site.content(other))
                .filter(|other| *other != top && other.starts_with(&format!("{top}/")))
                .collect();
            for source in self.folder.markdown_below(&top) {
                if inner.iter().any(|other| source.starts_with(&format!("{other}/"))) {
                    continue;
                }
                let below = source.strip_prefix(&top).unwrap_or(&source).trim_start_matches('/');
                let (name, said) = self.without_language(below);
                let shares_folder = self.site.content(&self.site.language) == top;
                let own = if shares_folder { &self.site.language } else { language };
                let language = said.unwrap_or_else(|| own.clone());
                files.insert(source.clone(), (name, language, source));
            }
        }
        files.into_values().collect()
    }

    /// `a.zh.md` is `a.md` in Chinese, if the site has that language.
    fn without_language(&self, path: &str) -> (String, Option<String>) {
        let said = path.rsplit_once('.').and_then(|(stem, extension)| {
            let (stem, language) = stem.rsplit_once('.')?;
            let known =
                self.site.languages.keys().find(|tag| tag.eq_ignore_ascii_case(language))?;
            Some((format!("{stem}.{extension}"), known.clone()))
        });
        match said {
            Some((name, language)) => (name, Some(language)),
            None => (path.to_owned(), None),
        }
    }

    fn page(
        &mut self,
        name: &str,
        language: &str,
        source: &str,
        names: &BTreeSet<String>,
    ) -> Option<Draft> {
        let text = match self.folder.text(source) {
            Ok(text) => text,
            Err(problem) => {
                self.notes.add(source, 0, "the page", format!("left out: the file {problem}"));
                return None;
            }
        };
        let (mut front, lines) = FrontMatter::cut(lines_of(&text), source, self.notes);
        let own = stem_name(name);
        let title = front_matter::title(front.text(&["title", "linktitle"]), &lines, &own);
        let summary = front.text(&["description", "summary"]);
        // A page may leave these out of the course without a loss.
        front.text(&["layout", "type"]);
        let weight = front.number("weight").filter(|w| *w != 0.0).unwrap_or(f64::MAX);
        let date = front.text(&["date", "publishdate"]).unwrap_or_default();
        let url = front.text(&["url"]);
        let slug = front.text(&["slug"]);
        let mut aliases = front.texts("aliases");
        aliases.extend(url.clone());
        let tags = tag::valid(front.texts("tags"), source, self.notes);
        let categories = front.texts("categories");
        if !categories.is_empty() {
            let what = format!("categories {}", quoted(&categories.join(", ")));
            let why = "left out: a course has a category, a lesson has none";
            self.notes.add(source, 1, what, why);
        }
        if !date.is_empty() {
            self.notes.add(source, 1, "`date`", "orders the lessons, and is not shown");
        }
        let is_draft = front.flag("draft") == Some(true);
        front.note_rest(source, self.notes);
        self.addresses.add(source, &url.unwrap_or_else(|| address(name, slug.as_deref())));
        let lines = shortcode::converted(lines, source, names, self.notes);
        let lines = without_more(lines, source, self.notes);
        let page = Page {
            title,
            summary,
            source: Some(source.to_owned()),
            lines,
            slug,
            aliases: aliases.into_iter().map(|alias| from_top(&alias, name)).collect(),
            is_draft,
            tags,
            translations: Vec::new(),
        };
        let (name, language) = (name.to_owned(), language.to_owned());
        Some(Draft { name, language, source: source.to_owned(), page, weight, date })
    }
}

/// An alias as Hugo reads it: relative ones start beside the page.
fn from_top(alias: &str, name: &str) -> String {
    if alias.starts_with('/') {
        return alias.to_owned();
    }
    resolve(parent(name), alias).map_or_else(|| alias.to_owned(), |path| format!("/{path}"))
}

fn stem_name(name: &str) -> String {
    let stem = file_name(name).rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_index = matches!(stem, "index" | "_index");
    if is_index { file_name(parent(name)).to_owned() } else { stem.to_owned() }
}

/// Where Hugo puts a page unless it is told otherwise.
fn address(name: &str, slug: Option<&str>) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let path = match file_name(stem) {
        "index" | "_index" => parent(stem),
        _ => stem,
    };
    match slug {
        Some(slug) => format!("{}/{slug}", parent(path)),
        None => path.to_owned(),
    }
}

/// The mark of a summary has no meaning in a course that is free.
fn without_more(lines: Vec<Line>, source: &str, notes: &mut Notes) -> Vec<Line> {
    let is_more = |line: &Line| matches!(line.text.trim(), "<!--more-->" | "<!-- more -->");
    let (marks, rest): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(is_more);
    if let Some(mark) = marks.first() {
        let why = "left out: in a paid lesson it would say where the preview ends";
        notes.add(source, mark.at, "`<!--more-->`", why);
    }
    rest
}

/// The tree of pages, each folder in the order that Hugo shows it in.
fn branches(own: BTreeMap<String, Draft>) -> Vec<Branch> {
    let mut top = Folder::default();
    for (name, draft) in own {
        let is_leaf_bundle = matches!(file_name(&name), "index.md" | "index.markdown");
        let place = if is_leaf_bundle { parent(parent(&name)) } else { parent(&name) };
        let mut folder = &mut top;
        for part in place.split('/').filter(|part| !part.is_empty()) {
            folder = folder.folders.entry(part.to_owned()).or_default();
        }
        if file_name(&name).starts_with("_index.") {
            folder.head = Some(draft);
        } else {
            folder.pages.push(draft);
        }
    }
    top.branches()
}

#[derive(Default)]
struct Folder {
    head: Option<Draft>,
    pages: Vec<Draft>,
    folders: BTreeMap<String, Folder>,
}

impl Folder {
    fn branches(self) -> Vec<Branch> {
        let has_text = |draft: &Draft| draft.page.lines.iter().any(|l| !l.text.trim().is_empty());
        let mut items: Vec<((f64, String, String), Branch)> = Vec::new();
        for draft in self.pages {
            let key = (draft.weight, draft.date, draft.page.title.clone());
            items.push((key, Branch::Page(Box::new(draft.page))));
        }
        for (name, folder) in self.folders {
            let head = folder.head.as_ref();
            let title = head.map_or_else(
                || compiler::slug::title_from_name(&name),
                |head| head.page.title.clone(),
            );
            let weight = head.map_or(f64::MAX, |head| head.weight);
            let date = head.map_or_else(String::new, |head| head.date.clone());
            let key = (weight, date, title.clone());
            items.push((key, Branch::Folder { title, branches: folder.branches() }));
        }
        items.sort_by(|(a, _), (b, _)| {
            a.0.total_cmp(&b.0).then_with(|| (&a.1, &a.2).cmp(&(&b.1, &b.2)))
        });
        let head = self.head.filter(has_text).map(|head| Branch::Page(Box::new(head.page)));
        head.into_iter().chain(items.into_iter().map(|(_, branch)| branch)).collect()
    }
}
