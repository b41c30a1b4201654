//! Old addresses: `aliases:` in front matter, and what `content/removed.toml`
//! sends on. None of them may hide a page, and each leads to one.

use std::collections::BTreeMap;

use contracts::frame::FrameName;
use contracts::language::Language;
use contracts::site_path::SitePath;
use percent_encoding::percent_decode_str;

use crate::address::{List, Place};
use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, did_you_mean};
use crate::field::{Placed, SourceText};
use crate::front_matter::FrontMatter;
use crate::parse::Parser;
use crate::parse::page::RESERVED;
use crate::school::{Redirect, School};
use crate::source::SourcePath;

/// First segments under which only the edge or the theme has files.
const EDGE: [&str; 4] = ["api", "assets", "learn", "objects"];

/// An old address as it was written, before the rest of the school is known.
pub(super) struct OldAddress<'a> {
    pub(super) source: SourceText<'a>,
    pub(super) from: Placed<SitePath>,
    pub(super) leads: Leads,
}

/// Where an old address leads.
pub(super) enum Leads {
    /// To the page in whose front matter it stands.
    Home(SitePath),
    /// To an address that its author wrote.
    Away(Placed<SitePath>),
}

/// What stands at an address.
struct Standing {
    owner: Owner,
    /// The languages of the page, its first one first; none for what nobody
    /// is sent to.
    languages: Vec<Language>,
}

enum Owner {
    File(SourcePath),
    Lyceum,
}

impl<'a> Parser<'a> {
    /// Notes the `aliases:` of the page that stands at `place`.
    pub(super) fn aliases(
        &mut self,
        front: &FrontMatter<'a>,
        written: &[Placed<String>],
        place: Place<'_>,
    ) {
        let Ok(home) = SitePath::parse(&place.below()) else {
            return;
        };
        let folder = home.as_str().trim_end_matches("/index.html");
        let beside = folder.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
        for alias in written {
            let from = self.old_path(front.source(), "aliases", alias, &beside);
            self.old_addresses.extend(from.map(|from| OldAddress {
                source: front.source(),
                from,
                leads: Leads::Home(home.clone()),
            }));
        }
    }

    /// The file of an address that an author wrote: from the root with a `/` in
    /// front, from the folder `beside` without.
    pub(super) fn old_path(
        &mut self,
        source: SourceText<'a>,
        key: &str,
        written: &Placed<String>,
        beside: &str,
    ) -> Option<Placed<SitePath>> {
        let place = |value| Placed { value, span: written.span.clone() };
        match self.address(&written.value, beside) {
            Ok(path) => Some(place(path)),
            Err((code, hint)) => {
                let message = format!("`{key}` is no address: `{}`", shown(&written.value));
                let diagnostic = source.diagnostic(code, &written.span, message);
                self.diagnostics.push(diagnostic.hint(hint));
                None
            }
        }
    }

    fn address(&self, written: &str, beside: &str) -> Result<SitePath, (Code, String)> {
        let form = || (Code::WrongValue, "write one such as `/courses/rust/old-name/`".to_owned());
        let decoded = percent_decode_str(written).decode_utf8().map_err(|_| form())?;
        let from_root = match decoded.strip_prefix('/') {
            Some(path) => path.to_owned(),
            None if beside.is_empty() => decoded.into_owned(),
            None => format!("{beside}/{decoded}"),
        };
        let folder = from_root.trim_end_matches('/');
        let path = match folder {
            "" => "index.html".to_owned(),
            file if file == from_root && is_page(file) => from_root,
            folder => format!("{folder}/index.html"),
        };
        let path = SitePath::parse(&path).map_err(|_| form())?;
        let first = path.as_str().split('/').next().unwrap_or_default();
        if self.config.languages.iter().any(|language| language.as_str() == first) {
            let hint = format!("leave `/{first}` out: an old address holds for every language");
            return Err((Code::CollidingUrl, hint));
        }
        if EDGE.contains(&first) {
            return Err((Code::CollidingUrl, format!("`/{first}/` belongs to Lyceum itself")));
        }
        Ok(path)
    }

    /// Every old address that leads to a page; the others are told about.
    pub(super) fn redirects(&mut self, school: &School) -> Vec<Redirect> {
        let mut standing = self.standing(school);
        let mut redirects = Vec::new();
        for old in std::mem::take(&mut self.old_addresses) {
            let Some((to, languages)) = self.target(&old, &standing) else {
                continue;
            };
            let from = old.from.value.clone();
            let origin = old.source.path.clone();
            if let Some(taken) = standing.get(from.as_str()) {
                self.taken(&old, taken);
                continue;
            }
            let owner = Owner::File(origin.clone());
            standing.insert(from.as_str().to_owned(), Standing { owner, languages: Vec::new() });
            redirects.push(Redirect { from, to, languages, origin });
        }
        redirects
    }

    /// The page that an old address leads to, and its languages. `None` for the
    /// alias of a draft, which has no page, and for what was told about.
    fn target(
        &mut self,
        old: &OldAddress<'_>,
        standing: &BTreeMap<String, Standing>,
    ) -> Option<(SitePath, Vec<Language>)> {
        let stands = |path: &SitePath| {
            let page = standing.get(path.as_str()).filter(|page| !page.languages.is_empty())?;
            Some((path.clone(), page.languages.clone()))
        };
        match &old.leads {
            Leads::Home(path) => stands(path),
            Leads::Away(path) => stands(&path.value).or_else(|| {
                let message = format!("no page stands at `{}`", url(&path.value));
                let pages = standing.iter().filter(|(_, page)| !page.languages.is_empty());
                let near = did_you_mean(path.value.as_str(), pages.map(|(path, _)| path.as_str()));
                let near = near.and_then(|near| SitePath::parse(near).ok());
                let hint = near.map_or_else(
                    || "write the address of a page of this school, such as `/courses/`".to_owned(),
                    |near| format!("did you mean `{}`?", url(&near)),
                );
                let diagnostic =
                    old.source.diagnostic(Code::BrokenLink, &path.span, message).hint(hint);
                self.diagnostics.push(diagnostic);
                None
            }),
        }
    }

    fn taken(&mut self, old: &OldAddress<'_>, standing: &Standing) {
        let address = url(&old.from.value);
        let message = match &standing.owner {
            Owner::File(path) if path == old.source.path => {
                format!("this file has the address `{address}` already")
            }
            Owner::File(path) => format!("the address `{address}` is already taken by `{path}`"),
            Owner::Lyceum => format!("the address `{address}` is taken by Lyceum itself"),
        };
        let diagnostic = old.source.diagnostic(Code::CollidingUrl, &old.from.span, message);
        self.diagnostics.push(diagnostic.hint("remove the old address here"));
    }

    /// What stands where, below the prefix of a language.
    fn standing(&self, school: &School) -> BTreeMap<String, Standing> {
        let mut standing = BTreeMap::new();
        let everywhere = &self.config.languages;
        let courses = || school.courses.iter();
        let mut lists = vec![List::Courses];
        lists
            .extend(courses().filter_map(|c| c.category.as_ref()).map(|c| List::Category(&c.slug)));
        lists.extend(courses().flat_map(|c| &c.tags).map(|tag| List::Tag(&tag.slug)));
        lists.extend(courses().filter_map(|course| course.level).map(List::Level));
        let lists = lists.into_iter().map(|list| Place::List(list, 1));
        for place in std::iter::once(Place::Home).chain(lists) {
            let page = Standing { owner: Owner::Lyceum, languages: everywhere.clone() };
            standing.insert(place.below(), page);
        }
        let frames = FrameName::ALL.into_iter().map(Place::Frame);
        for place in frames.chain([Place::NotFound]) {
            standing
                .insert(place.below(), Standing { owner: Owner::Lyceum, languages: Vec::new() });
        }
        for name in RESERVED {
            standing
                .entry(format!("{name}/index.html"))
                .or_insert(Standing { owner: Owner::Lyceum, languages: Vec::new() });
        }
        let default = &self.config.default_language;
        let mut add = |place: Place<'_>, first: &Language, pages: Vec<(&Language, &SourcePath)>| {
            let original = pages.iter().find(|(language, _)| *language == first);
            if let Some((_, path)) = original.or(pages.first()) {
                let owner = Owner::File((*path).clone());
                let mut languages: Vec<Language> =
                    pages.iter().map(|(language, _)| (*language).clone()).collect();
                languages.sort_by_key(|language| language != first);
                standing.insert(place.below(), Standing { owner, languages });
            }
        };
        for course in &school.courses {
            let pages = course.editions.iter().map(|(l, edition)| (l, &edition.body.path));
            add(Place::Course(&course.slug), &course.language, pages.collect());
            for lesson in course.lessons() {
                let pages = lesson.editions.iter().map(|(l, edition)| (l, &edition.body.path));
                let place = Place::Lesson(&course.slug, &lesson.slug);
                add(place, &course.language, pages.collect());
            }
        }
        for instructor in school.instructors.values() {
            let pages = instructor.editions.iter().map(|(l, edition)| (l, &edition.body.path));
            add(Place::Instructor(&instructor.slug), default, pages.collect());
        }
        for page in &school.pages {
            let pages = page.editions.iter().map(|(l, edition)| (l, &edition.body.path));
            add(Place::Page(&page.slug), default, pages.collect());
        }
        standing
    }
}

/// Whether a path names a page and not a folder.
fn is_page(path: &str) -> bool {
    path.ends_with(".html") || path.ends_with(".htm")
}

/// The address of a file, as an author would write it.
fn url(path: &SitePath) -> String {
    let folder = path.as_str().strip_suffix("index.html").unwrap_or(path.as_str());
    format!("/{folder}")
}
