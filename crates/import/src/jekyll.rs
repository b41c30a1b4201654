//! Reads a Jekyll site: its settings, pages, posts and collections.

use std::collections::{BTreeMap, BTreeSet};

use contracts::language::Language;
use serde_json::Value;
use url::Url;

use super::address::SiteAddresses;
use super::book_folder::{BookFolder, file_name, parent};
use super::branch::{Branch, entries};
use super::error::BookError;
use super::front_matter::{self, FrontMatter};
use super::line::lines_of;
use super::manuscript::{Manuscript, Page};
use super::note::{Notes, quoted};
use super::tag;

mod kramdown;
mod liquid;

const SETTINGS: &str = "_config.yml";

/// Folders that no site is made of.
const NOT_PAGES: [&str; 4] = ["vendor", "node_modules", "_site", "_includes"];

/// Reads the site in a folder.
pub(super) fn read(folder: &BookFolder, notes: &mut Notes) -> Result<Manuscript, BookError> {
    let (_, text) = folder.settings(&[SETTINGS], super::Kind::Jekyll)?;
    let settings = front_matter::settings(SETTINGS, &text)
        .ok_or_else(|| BookError::NotUnderstood { path: SETTINGS.to_owned() })?;
    let site = Site::read(&settings, notes);
    let sources = site.sources(folder);
    let mut reader = Reader {
        folder,
        site: &site,
        sources: &sources,
        addresses: SiteAddresses::default(),
        notes,
    };
    let branches = reader.branches();
    let mut addresses = reader.addresses;
    addresses.base = site.base.trim_matches('/').to_owned();
    Ok(Manuscript {
        title: site.title.clone(),
        description: site.description,
        language: site.language.and_then(|tag| Language::parse(&tag).ok()),
        site: site.url.and_then(|url| Url::parse(&url).ok()),
        text_root: String::new(),
        entries: entries(branches, SETTINGS, notes),
        addresses,
    })
}

/// What `_config.yml` says.
struct Site {
    title: Option<String>,
    description: Option<String>,
    url: Option<String>,
    base: String,
    language: Option<String>,
    permalink: String,
    excerpt_separator: String,
    collections: BTreeSet<String>,
    exclude: Vec<String>,
}

impl Site {
    fn read(settings: &Value, notes: &mut Notes) -> Self {
        let text = |key: &str| settings.get(key)?.as_str().map(str::to_owned);
        let names = |key: &str| match settings.get(key) {
            Some(Value::Object(map)) => map.keys().cloned().collect(),
            Some(Value::Array(list)) => {
                list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        };
        for (key, why) in [
            ("plugins", "not run: what a plugin would change stays as it is written"),
            ("theme", "left out: the look of a course is the school's theme"),
            ("remote_theme", "left out: the look of a course is the school's theme"),
            ("defaults", "not applied: lessons say what they are themselves"),
        ] {
            if settings.get(key).is_some() {
                notes.add(SETTINGS, 0, quoted(key), why);
            }
        }
        Self {
            title: text("title"),
            description: text("description"),
            url: text("url").filter(|url| url.starts_with("http")),
            base: text("baseurl").unwrap_or_default(),
            language: text("lang").or(text("locale")),
            permalink: text("permalink").unwrap_or_else(|| "date".to_owned()),
            excerpt_separator: text("excerpt_separator").unwrap_or_default(),
            collections: names("collections").into_iter().collect(),
            exclude: names("exclude"),
        }
    }

    /// Every page, post and document, with what it is.
    fn sources(&self, folder: &BookFolder) -> BTreeMap<String, Kind> {
        let files = folder.markdown_below("");
        files.into_iter().filter_map(|path| Some((path.clone(), self.kind(&path)?))).collect()
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        let is_out = |name: &String| {
            let name = name.trim_matches('/');
            path == name || path.starts_with(&format!("{name}/"))
        };
        let mut parts = path.split('/');
        let first = parts.next().unwrap_or_default();
        if NOT_PAGES.contains(&first) || self.exclude.iter().any(is_out) {
            return None;
        }
        if path.split('/').any(|part| part == "_posts") {
            return Some(Kind::Post);
        }
        if path.split('/').any(|part| part == "_drafts") {
            return Some(Kind::Draft);
        }
        if let Some(name) = first.strip_prefix('_') {
            return self.collections.contains(name).then(|| Kind::Document(name.to_owned()));
        }
        let is_readme = matches!(
            path,
            "README.md" | "CONTRIBUTING.md" | "CODE_OF_CONDUCT.md" | "LICENSE.md" | "CHANGELOG.md"
        );
        (!is_readme && !path.split('/').any(|part| part.starts_with('_'))).then_some(Kind::Page)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Page,
    Post,
    Draft,
    /// Of a collection.
    Document(String),
}

/// A page with what orders it.
struct Draft {
    page: Page,
    source: String,
    order: f64,
    date: String,
    /// The title of the page above it.
    above: Option<String>,
}

struct Reader<'a> {
    folder: &'a BookFolder,
    site: &'a Site,
    sources: &'a BTreeMap<String, Kind>,
    addresses: SiteAddresses,
    notes: &'a mut Notes,
}

impl Reader<'_> {
    fn branches(&mut self) -> Vec<Branch> {
        let mut pages = Vec::new();
        let mut posts = Vec::new();
        let mut collections: BTreeMap<String, Vec<Draft>> = BTreeMap::new();
        for (source, kind) in self.sources {
            let Some(draft) = self.page(source, kind) else { continue };
            match kind {
                Kind::Page => pages.push(draft),
                Kind::Post | Kind::Draft => posts.push(draft),
                Kind::Document(name) => collections.entry(name.clone()).or_default().push(draft),
            }
        }
        let mut branches = nested(pages);
        let folder = |title: &str, drafts: Vec<Draft>| Branch::Folder {
            title: title.to_owned(),
            branches: nested(drafts),
        };
        for (name, drafts) in collections {
            branches.push(folder(&compiler::slug::title_from_name(&name), drafts));
        }
        if !posts.is_empty() {
            branches.push(folder("Posts", posts));
        }
        branches
    }

    fn page(&mut self, source: &str, kind: &Kind) -> Option<Draft> {
        let text = match self.folder.text(source) {
            Ok(text) => text,
            Err(problem) => {
                self.notes.add(source, 0, "the page", format!("left out: the file {problem}"));
                return None;
            }
        };
        if !text.trim_start_matches('\u{feff}').starts_with("---") {
            let why = "left out: it has no front matter, so it is no page of the site";
            self.notes.add(source, 0, "the page", why);
            return None;
        }
        let (mut front, lines) = FrontMatter::cut(lines_of(&text), source, self.notes);
        let (date, name) = dated_name(source);
        let title = front_matter::title(front.text(&["title"]), &lines, &name);
        let summary = front.text(&["description", "excerpt"]);
        let order = front.number("nav_order").or(front.number("order")).or(front.number("weight"));
        let date = front.text(&["date"]).or(date).unwrap_or_default();
        let above = front.text(&["parent"]);
        front.text(&["layout", "has_children", "grand_parent", "has_toc"]);
        let tags = tag::valid(front.words("tags"), source, self.notes);
        for key in ["categories", "category"] {
            let words = front.texts(key);
            if !words.is_empty() {
                let what = format!("{key} {}", quoted(&words.join(", ")));
                let why = "left out: a course has a category, a lesson has none";
                self.notes.add(source, 1, what, why);
            }
        }
        let categories = front.texts("categories");
        let permalink = front.text(&["permalink"]);
        let is_draft = *kind == Kind::Draft
            || front.flag("published") == Some(false)
            || front.flag("draft") == Some(true);
        let mut aliases = front.texts("redirect_from");
        front.note_rest(source, self.notes);
        let address = self.address(source, kind, &name, &date, &categories, permalink.as_deref());
        if permalink.is_some() || *kind == Kind::Post {
            aliases.push(address.clone());
        }
        self.addresses.add(source, &address);
        let lines = liquid::converted(lines, source, &title, self.site, self.sources, self.notes);
        let lines = kramdown::converted(lines, source, &self.site.excerpt_separator, self.notes);
        let page = Page {
            title,
            summary,
            source: Some(source.to_owned()),
            lines,
            slug: matches!(kind, Kind::Post | Kind::Draft).then_some(name),
            aliases,
            is_draft,
            tags,
            translations: Vec::new(),
        };
        let order = order.unwrap_or(f64::MAX);
        Some(Draft { page, source: source.to_owned(), order, date, above })
    }

    /// Where Jekyll puts a page.
    fn address(
        &self,
        source: &str,
        kind: &Kind,
        name: &str,
        date: &str,
        categories: &[String],
        permalink: Option<&str>,
    ) -> String {
        let stem = source.rsplit_once('.').map_or(source, |(stem, _)| stem);
        if let Some(permalink) = permalink {
            return format!("/{}", permalink.trim_start_matches('/'));
        }
        match kind {
            Kind::Page if file_name(stem) == "index" => format!("/{}/", parent(stem)),
            Kind::Page => format!("/{stem}.html"),
            Kind::Document(_) => format!("/{}.html", stem.trim_start_matches('_')),
            Kind::Post | Kind::Draft => {
                let style = match self.site.permalink.as_str() {
                    "date" | "ordinal" => "/:categories/:year/:month/:day/:title.html",
                    "pretty" => "/:categories/:year/:month/:day/:title/",
                    "none" => "/:categories/:title.html",
                    own => own,
                };
                let mut day = date.get(..10).unwrap_or(date).split('-');
                let mut next = || day.next().unwrap_or_default();
                let filled = style
                    .replace(":categories", &categories.join("/").to_lowercase())
                    .replace(":year", next())
                    .replace(":month", next())
                    .replace(":day", next())
                    .replace(":title", name)
                    .replace(":slug", name);
                let parts: Vec<&str> = filled.split('/').filter(|part| !part.is_empty()).collect();
                let end = if filled.ends_with('/') { "/" } else { "" };
                format!("/{}{end}", parts.join("/"))
            }
        }
    }
}

/// `2024-01-02-title.md` in its parts.
fn dated_name(source: &str) -> (Option<String>, String) {
    let stem = file_name(source).rsplit_once('.').map_or(source, |(stem, _)| stem);
    let is_date = |day: &str| {
        day.bytes()
            .enumerate()
            .all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() })
    };
    match (stem.get(..10), stem.get(11..)) {
        (Some(day), Some(name)) if is_date(day) && !name.is_empty() => {
            (Some(day.to_owned()), name.to_owned())
        }
        _ if stem == "index" && !parent(source).is_empty() => {
            (None, file_name(parent(source)).to_owned())
        }
        _ => (None, stem.to_owned()),
    }
}

/// Pages with those that name them as their parent below them.
fn nested(mut drafts: Vec<Draft>) -> Vec<Branch> {
    drafts.sort_by(|a, b| {
        let index = |draft: &Draft| draft.source != "index.md" && draft.source != "index.markdown";
        index(a)
            .cmp(&index(b))
            .then(a.order.total_cmp(&b.order))
            .then_with(|| (&a.date, &a.source).cmp(&(&b.date, &b.source)))
    });
    let titles: BTreeSet<String> = drafts.iter().map(|draft| draft.page.title.clone()).collect();
    let has_parent = |draft: &Draft| {
        draft
            .above
            .as_ref()
            .is_some_and(|above| titles.contains(above) && *above != draft.page.title)
    };
    let (mut below, top): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(has_parent);
    let mut branches = Vec::new();
    for draft in top {
        let title = draft.page.title.clone();
        let mut family = vec![title.clone()];
        let mut inner = vec![Branch::Page(Box::new(draft.page))];
        // Grandchildren follow: a section has no sections.
        while let Some(at) =
            below.iter().position(|d| d.above.as_ref().is_some_and(|a| family.contains(a)))
        {
            let child = below.remove(at);
            family.push(child.page.title.clone());
            inner.push(Branch::Page(Box::new(child.page)));
        }
        if inner.len() > 1 {
            branches.push(Branch::Folder { title, branches: inner });
        } else {
            branches.append(&mut inner);
        }
    }
    // A circle of parents has no top.
    branches.extend(below.into_iter().map(|draft| Branch::Page(Box::new(draft.page))));
    branches
}
