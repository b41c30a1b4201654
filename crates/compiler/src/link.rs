//! What a link in Markdown leads to: a page of the school, a file beside the
//! lesson, or another site.
//!
//! Only what is listed in [`Destination`] ever becomes an `href`, so an address
//! that would run code can't get through by being spelt strangely.

use std::collections::{BTreeMap, BTreeSet};

use contracts::language::Language;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::address::{Addresses, List, Place};
use crate::concept::ConceptIndex;
use crate::diagnostic::shown::shown_at_most;
use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean};
use crate::glossary::Glossary;
use crate::school::{Course, Lesson, Markdown, School};
use crate::source::{SourcePath, SourceTree};

mod noted;
mod term;

pub use noted::Links;
pub use term::{DefinedTerm, DefinitionLanguage};

/// More broken links of one file are counted and not told.
const MOST_BROKEN: usize = 100;

/// Of so many pages of one name the author is told: a school may have one in each
/// course.
const MOST_NAMED: usize = 20;

/// The addresses of a school, by what authors write to mean them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LinkIndex {
    /// Pages by every path that names them: `intro.md` and `intro.zh.md`.
    pages: BTreeMap<SourcePath, NamedPage>,
    /// Addresses as they stand in links, by the path an author writes: `/about/`.
    addresses: BTreeMap<String, Address>,
    /// Pages in order of path, by what they are called and by their files' names.
    names: BTreeMap<String, Vec<SourcePath>>,
    /// What pages are called, by the file they are written in.
    titles: BTreeMap<SourcePath, String>,
    /// The glossary, and where it stands in each language.
    glossary: Glossary,
    glossary_links: BTreeMap<Language, String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Address {
    link: String,
    source: Option<SourcePath>,
}

/// A page under one of its names.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct NamedPage {
    /// The page in each language.
    editions: std::sync::Arc<BTreeMap<Language, Edition>>,
    /// Set when the name itself says the language.
    language: Option<Language>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Edition {
    source: SourcePath,
    link: String,
    /// Whether the text is the original's, shown for want of a translation.
    is_fallback: bool,
}

/// Where a link leads, if anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Another site, a mail address or a telephone number, as written.
    External(String),
    /// A page of the school.
    Page {
        /// Its address, without the anchor.
        link: String,
        /// The file it is written in; `None` for a page that no file stands for.
        source: Option<SourcePath>,
        /// The heading in it, decoded.
        anchor: Option<String>,
    },
    /// A heading of this same page, decoded.
    Anchor(String),
    /// A file of the school, below `content/`.
    File(SourcePath),
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkProblem {
    /// There is no address at all.
    Empty,
    /// A scheme that is not for links, such as `javascript:`.
    Scheme(String),
    /// `//host/…`, which means another thing on every page.
    NoScheme,
    /// It climbs out of the school's folder.
    Outside,
    /// There is no such file or page.
    Missing,
    /// There is such a file, but no page is made of it.
    NoPage(SourcePath),
}

/// What `[[name]]` leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The link to a page, as it would be written in Markdown.
    Page(String),
    /// Several pages have the name; the links to each.
    Several(Vec<String>),
    /// None has it; the name that was meant, if one is near enough.
    Nothing(Option<String>),
}

/// A link to a heading, to be checked when all pages are rendered.
#[derive(Debug, Clone)]
pub struct AnchorLink {
    /// The page.
    pub source: SourcePath,
    /// The heading.
    pub anchor: String,
    /// What to tell the author if there is none: placed, without a hint.
    pub diagnostic: Diagnostic,
}

impl LinkIndex {
    /// The index of a school.
    #[must_use]
    pub fn new(school: &School) -> Self {
        let addresses = Addresses::new(&school.config);
        let mut index = Self { glossary: school.glossary.clone(), ..Self::default() };
        for language in &school.config.languages {
            index.add_lists(&addresses, school, language);
        }
        for course in &school.courses {
            let place = Place::Course(&course.slug);
            index.add(&addresses, place, course.editions.iter().map(|(l, e)| (l, &e.body)));
            for lesson in course.lessons() {
                let place = Place::Lesson(&course.slug, &lesson.slug);
                index.add(&addresses, place, lesson_pages(school, course, lesson).into_iter());
            }
        }
        for (slug, instructor) in &school.instructors {
            let place = Place::Instructor(slug);
            index.add(&addresses, place, instructor.editions.iter().map(|(l, e)| (l, &e.body)));
        }
        for path in &school.paths {
            let place = Place::Path(&path.slug);
            index.add(&addresses, place, path.editions.iter().map(|(l, e)| (l, &e.body)));
        }
        for page in &school.pages {
            let place = Place::Page(&page.slug);
            index.add(&addresses, place, page.editions.iter().map(|(l, e)| (l, &e.body)));
        }
        index.add_titles(school);
        index.add_names();
        index
    }

    /// Pages by the names that `[[…]]` may call them.
    fn add_names(&mut self) {
        for (path, _) in self.pages.iter().filter(|(_, page)| page.language.is_none()) {
            let file_name = path.file_name().to_owned();
            for name in BTreeSet::from([name_of(path), file_name]) {
                self.names.entry(name).or_default().push(path.clone());
            }
        }
    }

    fn add_titles(&mut self, school: &School) {
        let mut add = |body: &Markdown, title: &str| {
            self.titles.insert(body.path.clone(), title.to_owned());
        };
        for course in &school.courses {
            course.editions.values().for_each(|edition| add(&edition.body, &edition.title));
            for edition in course.lessons().flat_map(|lesson| lesson.editions.values()) {
                add(&edition.body, &edition.title);
            }
        }
        for edition in school.instructors.values().flat_map(|i| i.editions.values()) {
            add(&edition.body, &edition.name);
        }
        for edition in school.pages.iter().flat_map(|page| page.editions.values()) {
            add(&edition.body, &edition.title);
        }
    }

    /// What the page is called that is written in this file.
    #[must_use]
    pub fn title(&self, source: &SourcePath) -> Option<&str> {
        self.titles.get(source).map(String::as_str)
    }

    /// Pages that no file stands for.
    fn add_lists(&mut self, addresses: &Addresses<'_>, school: &School, language: &Language) {
        let courses = || school.courses.iter();
        let mut lists: Vec<List<'_>> = vec![List::Courses];
        lists
            .extend(courses().filter_map(|c| c.category.as_ref()).map(|c| List::Category(&c.slug)));
        lists.extend(courses().flat_map(|c| &c.tags).map(|tag| List::Tag(&tag.slug)));
        lists.extend(courses().filter_map(|course| course.level).map(List::Level));
        if !school.instructors.is_empty() {
            lists.push(List::Instructors);
        }
        let lists = lists.into_iter().map(|list| Place::List(list, 1));
        let of_lessons = ConceptIndex::new(school);
        let concepts = of_lessons.concepts().map(|slug| Place::Concept(slug, 1));
        let all = (!of_lessons.is_empty()).then_some(Place::Concepts);
        let paths = (!school.paths.is_empty()).then_some(Place::Paths);
        let places = std::iter::once(Place::Home).chain(lists).chain(concepts);
        for place in places.chain(all).chain(paths) {
            self.add_address(addresses, place, language, None);
        }
        if !school.glossary.is_empty() {
            let link = self.add_address(addresses, Place::Glossary, language, None);
            self.glossary_links.extend(link.map(|link| (language.clone(), link)));
        }
        let base = &school.config.base_url;
        let prefix = if *language == school.config.default_language {
            String::new()
        } else {
            format!("{language}/")
        };
        for file in ["feed.xml", "sitemap.xml", "robots.txt", "llms.txt", "sign-in/", "account/"] {
            if let Ok(url) = base.join(&format!("{prefix}{file}")) {
                let address = Address { link: url.path().to_owned(), source: None };
                self.addresses.insert(format!("/{prefix}{file}"), address);
            }
        }
    }

    fn add_address(
        &mut self,
        addresses: &Addresses<'_>,
        place: Place<'_>,
        language: &Language,
        source: Option<SourcePath>,
    ) -> Option<String> {
        let path = addresses.path(place, language).ok()?;
        let link = addresses.link(place, language).ok()?;
        let written = format!("/{}", path.as_str().trim_end_matches("index.html"));
        self.addresses.insert(written, Address { link: link.clone(), source });
        Some(link)
    }

    fn add<'a>(
        &mut self,
        addresses: &Addresses<'_>,
        place: Place<'_>,
        editions: impl Iterator<Item = (&'a Language, &'a Markdown)>,
    ) {
        let mut written = BTreeSet::new();
        let editions: BTreeMap<Language, Edition> = editions
            .filter_map(|(language, body)| {
                let link = self.add_address(addresses, place, language, Some(body.path.clone()))?;
                let source = body.path.clone();
                let is_fallback = !written.insert(source.clone());
                Some((language.clone(), Edition { source, link, is_fallback }))
            })
            .collect();
        let editions = std::sync::Arc::new(editions);
        for (language, edition) in editions.iter().filter(|(_, edition)| !edition.is_fallback) {
            let path = edition.source.as_str();
            let original =
                path.strip_suffix(&format!(".{language}.md")).map(|stem| format!("{stem}.md"));
            let said = original.as_ref().map(|_| language.clone());
            // The plain name means the page even where only a translation exists.
            if let Some(original) = original {
                let named = NamedPage { editions: editions.clone(), language: None };
                self.pages.entry(SourcePath::new(&original)).or_insert(named);
            }
            let named = NamedPage { editions: editions.clone(), language: said };
            self.pages.insert(edition.source.clone(), named);
        }
    }

    /// What `target` means in the file `from`, written in `language`.
    pub fn resolve(
        &self,
        tree: &SourceTree,
        from: &SourcePath,
        language: &Language,
        target: &str,
    ) -> Result<Destination, LinkProblem> {
        if let Some(found) = without_index(target) {
            return found;
        }
        let target = trimmed(target);
        let (path, anchor) = match target.split_once('#') {
            Some((path, anchor)) => (path, Some(decoded(anchor)).filter(|a| !a.is_empty())),
            None => (target, None),
        };
        let path = decoded(path.split('?').next().unwrap_or_default());
        if let Some(Address { link, source }) = self.address(&path).cloned() {
            return Ok(Destination::Page { link, source, anchor });
        }
        self.file(tree, from, language, &path, anchor)
    }

    /// The address an author wrote as it stands on the web, with or without the
    /// last `/`.
    fn address(&self, path: &str) -> Option<&Address> {
        let path: String = path.strip_prefix('/')?.nfc().collect();
        self.addresses.get(&format!("/{path}")).or_else(|| self.addresses.get(&format!("/{path}/")))
    }

    fn file(
        &self,
        tree: &SourceTree,
        from: &SourcePath,
        language: &Language,
        path: &str,
        anchor: Option<String>,
    ) -> Result<Destination, LinkProblem> {
        let resolved = resolve_path(from, path).ok_or(LinkProblem::Outside)?;
        let names = [
            resolved.clone(),
            SourcePath::new(&format!("{resolved}/lesson.md")),
            SourcePath::new(&format!("{resolved}/course.md")),
        ];
        if let Some(named) = names.iter().find_map(|name| self.pages.get(name)) {
            let edition = named.edition(language).ok_or(LinkProblem::Missing)?;
            let (link, source) = (edition.link.clone(), Some(edition.source.clone()));
            return Ok(Destination::Page { link, source, anchor });
        }
        // What stands outside is the school's own business: its configuration, its theme.
        if tree.contains(&resolved) && resolved.as_str().starts_with("content/") {
            return if resolved.as_str().ends_with(".md") {
                Err(LinkProblem::NoPage(resolved))
            } else {
                Ok(Destination::File(resolved))
            };
        }
        Err(LinkProblem::Missing)
    }

    /// What `[[name]]` means in the file `from`: the page whose file or folder is
    /// called so, number and ending aside. One in the same course comes first.
    #[must_use]
    pub fn named(&self, from: &SourcePath, name: &str) -> Named {
        let name: String = name.nfc().collect();
        let wanted = name.trim().trim_end_matches(".md").to_lowercase().replace(' ', "-");
        let last = name.rsplit('/').next().unwrap_or_default();
        let called = |name: &str| self.names.get(name).map_or(&[][..], Vec::as_slice);
        let fits = |path: &&SourcePath| {
            wanted == name_of(path) || path.as_str().ends_with(&format!("/{name}"))
        };
        let all = [called(&wanted), called(last)];
        let here: BTreeSet<&SourcePath> = all
            .iter()
            .flat_map(|paths| in_course_of(from, paths).iter().filter(fits).take(MOST_NAMED))
            .collect();
        let found: BTreeSet<&SourcePath> =
            all.iter().flat_map(|paths| paths.iter().filter(fits).take(MOST_NAMED)).collect();
        let mut links: Vec<String> = if here.is_empty() { found } else { here }
            .into_iter()
            .map(|path| relative(from, path))
            .collect();
        match (links.len(), links.pop()) {
            (1, Some(link)) => Named::Page(link),
            (_, Some(last)) => {
                links.push(last);
                Named::Several(links)
            }
            (_, None) => {
                let names = self.names.keys().map(String::as_str);
                let near = did_you_mean(&wanted, names.filter(|name| !name.ends_with(".md")));
                Named::Nothing(near.map(str::to_owned))
            }
        }
    }

    /// The existing page or file that is nearest to a missing one, as it would be
    /// written in `from`. Looks at every name there is, so ask only to show it.
    #[must_use]
    pub fn nearest(&self, tree: &SourceTree, from: &SourcePath, target: &str) -> Option<String> {
        let written = &decoded(target.split(['#', '?']).next().unwrap_or_default());
        if written.starts_with('/') && !written.starts_with("/content/") {
            let addresses = self.addresses.keys().map(String::as_str);
            return did_you_mean(written, addresses).map(str::to_owned);
        }
        let resolved = resolve_path(from, written)?;
        let is_page = resolved.as_str().ends_with(".md");
        let beside = tree
            .files_in(resolved.parent())
            .map(|(path, _)| path)
            .filter(|path| is_page || !path.as_str().ends_with(".md"))
            .map(SourcePath::file_name);
        let beside: Vec<&str> = beside.collect();
        // Lessons are moved by renumbering them.
        let renumbered = beside
            .iter()
            .find(|name| unnumbered(name) == unnumbered(resolved.file_name()))
            .copied();
        if let Some(name) = renumbered.or_else(|| did_you_mean(resolved.file_name(), beside)) {
            let folder = written.rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
            return Some(format!("{}{name}", folder.unwrap_or_default()));
        }
        // The file may have moved to another folder under the same name.
        let same_name = |path: &&SourcePath| path.file_name() == resolved.file_name();
        let mut moved = tree.below("content").map(|(path, _)| path).filter(same_name);
        let only = moved.next().filter(|_| resolved.file_name() != "lesson.md")?;
        moved.next().is_none().then(|| relative(from, only))
    }
}

/// Those of some sorted paths that stand in the same course.
fn in_course_of<'p>(from: &SourcePath, paths: &'p [SourcePath]) -> &'p [SourcePath] {
    let course: Vec<&str> = from.as_str().split('/').take(2).collect();
    let folder = format!("{}/", course.join("/"));
    let start = paths.partition_point(|path| path.as_str() < folder.as_str());
    let rest = paths.get(start..).unwrap_or_default();
    let end = rest.partition_point(|path| path.as_str().starts_with(&folder));
    rest.get(..end).unwrap_or_default()
}

/// The text on each page of a lesson: first its editions, then the original on the
/// pages in languages that only its course speaks.
fn lesson_pages<'a>(
    school: &'a School,
    course: &'a Course,
    lesson: &'a Lesson,
) -> Vec<(&'a Language, &'a Markdown)> {
    let editions = &lesson.editions;
    let original = editions.get(&course.language).or_else(|| editions.values().next());
    let spoken = school.config.languages.iter().filter(|language| course.speaks(language));
    let untranslated = spoken.filter(|language| !editions.contains_key(language));
    let written = editions.iter().map(|(language, edition)| (language, &edition.body));
    let shown = untranslated.filter_map(|language| Some((language, &original?.body)));
    written.chain(shown).collect()
}

/// What a page is called in `[[…]]`.
fn name_of(path: &SourcePath) -> String {
    let own = path.file_name().trim_end_matches(".md");
    let name = match own {
        "lesson" | "course" => path.parent().rsplit('/').next().unwrap_or(own),
        own => own,
    };
    crate::slug::without_order(name).to_lowercase()
}

impl NamedPage {
    /// The edition that its name says, else the one in `language`, else the original.
    fn edition(&self, language: &Language) -> Option<&Edition> {
        let wanted = self.language.as_ref().unwrap_or(language);
        self.editions.get(wanted).or_else(|| {
            let is_original = |(language, edition): &(&Language, &Edition)| {
                !edition.source.as_str().ends_with(&format!(".{language}.md"))
            };
            let written = || self.editions.iter().filter(|(_, edition)| !edition.is_fallback);
            written().find(is_original).or_else(|| written().next()).map(|(_, edition)| edition)
        })
    }
}

impl LinkProblem {
    /// Code, message and hint for the author who wrote `target`.
    #[must_use]
    pub fn explain(&self, target: &str) -> (Code, String, Option<String>) {
        let target: String = shown_at_most(target, 200);
        match self {
            Self::Empty => (
                Code::EmptyLink,
                "the link has no address".to_owned(),
                Some("write where it leads between the parentheses".to_owned()),
            ),
            Self::Scheme(scheme) => (
                Code::LinkScheme,
                format!("a link can't start with `{scheme}:`"),
                Some(
                    "links may be relative, or start with `https:`, `http:`, `mailto:` or `tel:`"
                        .to_owned(),
                ),
            ),
            Self::NoScheme => (
                Code::LinkScheme,
                format!("`{target}` does not say how the other site is reached"),
                Some(format!("write `https:{target}`")),
            ),
            Self::Outside => {
                (Code::BrokenLink, format!("`{target}` leads out of the school's folder"), None)
            }
            Self::Missing => {
                // The anchor is not what is missing.
                let file = target.split_once('#').map_or(target.as_str(), |(file, _)| file);
                (Code::BrokenLink, format!("there is no `{file}`"), None)
            }
            Self::NoPage(path) => (
                Code::BrokenLink,
                format!("no page is made of `{path}`"),
                Some("sections have no page of their own, and drafts are left out".to_owned()),
            ),
        }
    }
}

/// Reports links to headings that their page does not have. `anchors` are the
/// anchors of each rendered file; a file that is not in it is not checked.
#[must_use]
pub fn check_anchors(
    links: &[AnchorLink],
    anchors: &BTreeMap<SourcePath, BTreeSet<String>>,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut told: BTreeMap<&SourcePath, usize> = BTreeMap::new();
    for link in links {
        let Some(known) = anchors.get(&link.source) else { continue };
        if known.contains(&link.anchor) {
            continue;
        }
        let count = told.entry(&link.diagnostic.path).or_default();
        *count += 1;
        if *count > MOST_BROKEN {
            continue;
        }
        let meant = did_you_mean(&link.anchor, known.iter().map(String::as_str));
        let diagnostic = link.diagnostic.clone();
        diagnostics.push(match meant {
            Some(meant) => diagnostic.hint(format!("did you mean `#{meant}`?")),
            None => diagnostic,
        });
    }
    for (path, count) in told.into_iter().filter(|(_, count)| *count > MOST_BROKEN) {
        let more = count - MOST_BROKEN;
        let message = format!("more links to headings in this file are broken: {more}");
        let mut diagnostic = Diagnostic::new(path, Code::TooMany, message);
        diagnostic.severity = Severity::Warning;
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// The scheme of a URL, by the grammar of RFC 3986.
fn scheme(target: &str) -> Option<&str> {
    let (scheme, _) = target.split_once(':')?;
    let fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    fits.then_some(scheme)
}

/// The file a path means: from the school's folder on if it begins with `/`, else
/// from the folder of `from` on.
fn resolve_path(from: &SourcePath, path: &str) -> Option<SourcePath> {
    match path.strip_prefix('/') {
        Some(rooted) => SourcePath::new("site.toml").resolve(rooted),
        None => from.resolve(path),
    }
}

/// Browsers skip these in front of an address.
fn trimmed(target: &str) -> &str {
    target.trim_matches(|c: char| c.is_control() || c == ' ')
}

/// What a target means that says it without regard to the school's pages.
fn without_index(target: &str) -> Option<Result<Destination, LinkProblem>> {
    let target = trimmed(target);
    if target.is_empty() {
        return Some(Err(LinkProblem::Empty));
    }
    if let Some(anchor) = target.strip_prefix('#') {
        return Some(Ok(Destination::Anchor(decoded(anchor))));
    }
    if let Some(scheme) = scheme(target) {
        let lower = scheme.to_ascii_lowercase();
        return Some(if matches!(lower.as_str(), "http" | "https" | "mailto" | "tel") {
            Ok(Destination::External(target.to_owned()))
        } else {
            Err(LinkProblem::Scheme(lower))
        });
    }
    target.starts_with("//").then_some(Err(LinkProblem::NoScheme))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A file name without the number that orders it.
fn unnumbered(name: &str) -> &str {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.strip_prefix(['-', '_', '.']).unwrap_or(rest)
}

/// How `to` is written in a link in `from`.
fn relative(from: &SourcePath, to: &SourcePath) -> String {
    let here: Vec<&str> = from.parent().split('/').collect();
    let there: Vec<&str> = to.as_str().split('/').collect();
    let shared = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", here.len() - shared);
    up.chain(there.into_iter().skip(shared)).collect::<Vec<_>>().join("/")
}
