//! Instructors and pages outside courses.

use std::collections::BTreeMap;

use contracts::id::Slug;
use contracts::language::Language;

use crate::address::Place;
use crate::diagnostic::Code;
use crate::front_matter::{FrontMatter, InstructorKeys, PageKeys};
use crate::parse::{PICTURE, Parser, markdown};
use crate::school::{Instructor, InstructorEdition, Page, PageEdition};
use crate::slug;
use crate::source::{SourcePath, SourceTree};

/// First segments of addresses that the site or the edge uses itself.
pub(super) const RESERVED: [&str; 15] = [
    "account",
    "api",
    "assets",
    "categories",
    "concepts",
    "courses",
    "glossary",
    "instructors",
    "learn",
    "levels",
    "objects",
    "paths",
    "search",
    "sign-in",
    "tags",
];

impl<'a> Parser<'a> {
    /// Everyone in `content/instructors/`.
    pub(super) fn instructors(&mut self) -> BTreeMap<Slug, Instructor> {
        let mut instructors: BTreeMap<Slug, Instructor> = BTreeMap::new();
        let mut paths: BTreeMap<Slug, &'a SourcePath> = BTreeMap::new();
        let default = self.config.default_language.clone();
        for page in self.pages_in("content/instructors", &default) {
            let Some(front) = self.open(page.original) else {
                continue;
            };
            let keys = front.instructor(&mut self.diagnostics);
            let Some(slug) = self.slug_of(page.name, &front, None) else {
                continue;
            };
            if let Some(other) = paths.insert(slug.clone(), page.original) {
                self.collision(&front, &format!("/instructors/{slug}/"), other);
            }
            let avatar = keys.avatar.as_ref().and_then(|file| self.file(&front, file, &PICTURE));
            let git = keys.git.iter().map(|name| name.value.clone()).collect();
            let name = slug::title_from_name(page.name);
            let mut editions = BTreeMap::new();
            for (language, path) in &page.translations {
                let Some(translation) = self.open(path) else {
                    continue;
                };
                let keys = translation.instructor(&mut self.diagnostics);
                translation.compare(&front, &["avatar", "git"], &mut self.diagnostics);
                editions.insert(
                    language.clone(),
                    instructor_edition(self.tree, &translation, keys, &name),
                );
            }
            editions.insert(default.clone(), instructor_edition(self.tree, &front, keys, &name));
            instructors.insert(slug.clone(), Instructor { slug, git, avatar, editions });
        }
        self.instructors = instructors.keys().cloned().collect();
        instructors
    }

    /// Everything in `content/pages/`, in order.
    pub(super) fn pages(&mut self) -> Vec<Page> {
        let mut pages = Vec::new();
        let mut paths: BTreeMap<Slug, &'a SourcePath> = BTreeMap::new();
        let default = self.config.default_language.clone();
        for page in self.pages_in("content/pages", &default) {
            let Some(front) = self.open(page.original) else {
                continue;
            };
            let keys = front.page(&mut self.diagnostics);
            let Some(slug) = self.slug_of(page.name, &front, keys.slug.as_ref()) else {
                continue;
            };
            self.check_reserved(&front, &slug);
            if let Some(other) = paths.insert(slug.clone(), page.original) {
                self.collision(&front, &format!("/{slug}/"), other);
            }
            let aliases = keys.aliases.clone();
            let name = slug::title_from_name(page.name);
            let mut editions = BTreeMap::new();
            for (language, path) in &page.translations {
                let Some(translation) = self.open(path) else {
                    continue;
                };
                let keys = translation.page(&mut self.diagnostics);
                translation.compare(&front, &["slug", "aliases"], &mut self.diagnostics);
                editions
                    .insert(language.clone(), page_edition(self.tree, &translation, keys, &name));
            }
            editions.insert(default.clone(), page_edition(self.tree, &front, keys, &name));
            self.aliases(&front, &aliases, Place::Page(&slug));
            pages.push(Page { slug, editions });
        }
        pages
    }

    fn check_reserved(&mut self, front: &FrontMatter<'_>, slug: &Slug) {
        let is_language = |language: &Language| language.as_str() == slug.as_str();
        let owner = if self.config.languages.iter().any(is_language) {
            "the pages in that language"
        } else if RESERVED.contains(&slug.as_str()) {
            "Lyceum itself"
        } else {
            return;
        };
        let message = format!("the address `/{slug}/` is taken by {owner}");
        let place = front.place_of("slug");
        let diagnostic = front.source().diagnostic(Code::CollidingUrl, &place, message);
        self.diagnostics.push(diagnostic.hint("give the page another `slug:`"));
    }
}

fn instructor_edition(
    tree: &SourceTree,
    front: &FrontMatter<'_>,
    keys: InstructorKeys,
    name: &str,
) -> InstructorEdition {
    InstructorEdition {
        name: keys.name.map_or_else(|| name.to_owned(), |name| name.value),
        headline: keys.headline,
        body: markdown(tree, front),
    }
}

fn page_edition(
    tree: &SourceTree,
    front: &FrontMatter<'_>,
    keys: PageKeys,
    name: &str,
) -> PageEdition {
    PageEdition {
        title: keys.title.map_or_else(|| name.to_owned(), |title| title.value),
        description: keys.description,
        body: markdown(tree, front),
    }
}
