//! Courses: what `course.md` says, in each language, and what it must name.

use std::collections::BTreeMap;

use contracts::access::Access;
use contracts::id::{CourseId, Slug};
use contracts::language::Language;

use crate::address::Place;
use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, Diagnostic, did_you_mean, surely_meant};
use crate::field::{Placed, SourceText};
use crate::front_matter::{CourseKeys, Edition, FrontMatter};
use crate::parse::cascade::Inherited;
use crate::parse::requirement::Step;
use crate::parse::{IdPlace, PICTURE, Parser, listed_languages, markdown, order_of};
use crate::school::{Course, CourseEdition, Label};
use crate::slug;
use crate::source::SourcePath;

/// Keys that hold for every language and so are said in `course.md` alone.
const SHARED: [&str; 14] = [
    "id",
    "instructors",
    "tags",
    "level",
    "language",
    "cover",
    "prices",
    "access",
    "requires",
    "publish_at",
    "expires_at",
    "authors",
    "slug",
    "aliases",
];

/// What the lessons of a course need to know about it.
pub(super) struct Rules {
    pub(super) course: Slug,
    pub(super) inherited: Inherited,
    pub(super) language: Language,
    /// The addresses taken inside the course.
    pub(super) slugs: BTreeMap<Slug, SourcePath>,
}

impl<'a> Parser<'a> {
    /// Every course, in the order of their folders.
    pub(super) fn courses(&mut self) -> Vec<Course> {
        let mut folders: Vec<&'a str> = self.tree.folders_in("content").into_iter().collect();
        folders.retain(|name| !matches!(*name, "instructors" | "pages" | "paths"));
        folders.sort_by_key(|name| order_of(name));
        folders.into_iter().filter_map(|name| self.course(name)).collect()
    }

    fn course(&mut self, name: &'a str) -> Option<Course> {
        let folder = format!("content/{name}");
        self.cut_all(&folder);
        let Some((path, _)) = self.tree.entry(&format!("{folder}/course.md")) else {
            self.no_course(&folder);
            return None;
        };
        let front = self.open(path)?;
        let keys = front.course(Edition::Original, &mut self.diagnostics);
        let language = self.course_language(&front, &keys);
        let slug = self.course_slug(name, &front, &keys)?;
        let id = self.course_id(&slug, &front, &keys)?;
        let editions = self.course_editions(&folder, &front, &keys, &language);
        let own = self.inherited(front.source(), &keys.cascade);
        let mut inherited = self.defaults.lessons.overlaid(own);
        // A course that is a draft is left out as a whole.
        let draft = inherited.draft.take().is_some_and(|draft| draft.value);
        let access = inherited.access.as_ref().map_or(Access::Free, |access| access.value);
        let tags = inherited.tags.as_ref().map_or_else(Vec::new, |tags| tags.value.clone());
        let course = slug.clone();
        let rules = Rules { course, inherited, language, slugs: BTreeMap::new() };
        let (sections, language) = self.sections(&folder, rules);
        self.aliases(&front, &keys.aliases, Place::Course(&slug));
        self.steps.push(Step {
            source: front.source(),
            course: slug.clone(),
            lesson: None,
            id: id.to_string(),
            access: Access::Free,
            is_shown: !self.leaves_out(draft),
            requires: keys.requires.clone(),
        });
        let course = Course {
            id,
            slug,
            access,
            draft,
            instructors: match &keys.instructors {
                Some(written) => self.instructors_of(front.source(), &written.value),
                None => self.defaults.instructors.clone(),
            },
            category: keys.category.as_ref().and_then(|text| self.category(&front, text)),
            tags,
            level: keys.level.map(|level| level.value).or(self.defaults.level),
            cover: keys.cover.as_ref().and_then(|cover| self.file(&front, cover, &PICTURE)),
            prices: keys.prices,
            requires: Vec::new(),
            language,
            editions,
            sections,
        };
        self.check_prices(&course, &front);
        (!self.leaves_out(course.draft)).then_some(course)
    }

    fn no_course(&mut self, folder: &str) {
        let tree = self.tree;
        for (path, _) in tree.below(folder) {
            self.read.insert(path.clone());
        }
        let path = SourcePath::new(&format!("{folder}/course.md"));
        let message = format!("the folder `{folder}` has no `course.md`");
        let hint =
            "each folder of `content/` is a course, but for `instructors`, `pages` and `paths`";
        self.diagnostics.push(Diagnostic::new(&path, Code::NoCourse, message).hint(hint));
    }

    fn course_language(&mut self, front: &FrontMatter<'_>, keys: &CourseKeys) -> Language {
        let config = self.config;
        let path = SourcePath::new("site.toml");
        let (source, written) = match (&keys.language, &config.defaults.language) {
            (Some(written), _) => (front.source(), written),
            (None, Some(written)) => {
                let text = self.tree.text(&path).unwrap_or_default();
                (SourceText { path: &path, text }, written)
            }
            (None, None) => return config.default_language.clone(),
        };
        let languages = &self.config.languages;
        let known = languages.iter().find(|language| language.as_str() == written.value);
        known.cloned().unwrap_or_else(|| {
            let message = format!("`{}` is not a language of the school", shown(&written.value));
            let hint = format!("`languages` in `site.toml` has {}", listed_languages(languages));
            let diagnostic = source.diagnostic(Code::UnknownLanguage, &written.span, message);
            self.diagnostics.push(diagnostic.hint(hint));
            self.config.default_language.clone()
        })
    }

    fn course_slug(
        &mut self,
        name: &str,
        front: &FrontMatter<'_>,
        keys: &CourseKeys,
    ) -> Option<Slug> {
        let slug = self.slug_of(name, front, keys.slug.as_ref())?;
        let path = front.source().path;
        if let Some(other) = self.course_slugs.insert(slug.clone(), path.clone()) {
            self.collision(front, &format!("/courses/{slug}/"), &other);
        }
        Some(slug)
    }

    fn course_id(
        &mut self,
        slug: &Slug,
        front: &FrontMatter<'a>,
        keys: &CourseKeys,
    ) -> Option<CourseId> {
        let written = keys.id.as_ref().map(|id| id.value.clone());
        let id = written.or_else(|| CourseId::parse(slug.as_str()).ok())?;
        let place = IdPlace { source: front.source(), span: front.place_of("id") };
        if let Some(other) = self.course_ids.insert(id.clone(), place) {
            let other = other.source.path;
            let message = format!("the course id `{id}` is already used by `{other}`");
            let diagnostic =
                front.source().diagnostic(Code::DuplicateId, &front.place_of("id"), message);
            self.diagnostics.push(diagnostic.hint("give one of them another `id:`"));
        }
        Some(id)
    }

    /// The explicit slug, or the one that the name of the file gives.
    pub(super) fn slug_of(
        &mut self,
        name: &str,
        front: &FrontMatter<'_>,
        explicit: Option<&Placed<Slug>>,
    ) -> Option<Slug> {
        if let Some(explicit) = explicit {
            return Some(explicit.value.clone());
        }
        match slug::from_name_with(name, self.config.cjk) {
            Ok(slug) => Some(slug),
            Err(error) => {
                let message = format!("the name `{}` gives no address: it {error}", shown(name));
                let place = front.place_of("slug");
                let diagnostic = front.source().diagnostic(Code::NoSlug, &place, message);
                self.diagnostics.push(diagnostic.hint("add `slug: …` to the front matter"));
                None
            }
        }
    }

    /// Two things at one address.
    pub(super) fn collision(&mut self, front: &FrontMatter<'_>, url: &str, other: &SourcePath) {
        let message = format!("the address `{url}` is already taken by `{other}`");
        let place = front.place_of("slug");
        let diagnostic = front.source().diagnostic(Code::CollidingUrl, &place, message);
        self.diagnostics.push(diagnostic.hint("give one of them another `slug:`"));
    }

    fn course_editions(
        &mut self,
        folder: &str,
        front: &FrontMatter<'a>,
        keys: &CourseKeys,
        language: &Language,
    ) -> BTreeMap<Language, CourseEdition> {
        let tree = self.tree;
        let edition = |front: &FrontMatter<'_>, keys: &CourseKeys, title: &str| CourseEdition {
            title: keys.title.as_ref().map_or_else(|| title.to_owned(), |text| text.value.clone()),
            description: keys.description.as_ref().map_or_else(String::new, |d| d.value.clone()),
            category: keys.category.as_ref().map(|category| category.value.clone()),
            objectives: keys.objectives.clone(),
            body: markdown(tree, front),
        };
        let name = folder.rsplit('/').next().unwrap_or_default();
        let original = edition(front, keys, &slug::title_from_name(name));
        let mut editions = BTreeMap::new();
        let page = self.page_named(folder, "course", language);
        for (language, path) in page.map(|page| page.translations).unwrap_or_default() {
            let Some(translation) = self.open(path) else {
                continue;
            };
            let keys = translation.course(Edition::Translation, &mut self.diagnostics);
            translation.compare(front, &SHARED, &mut self.diagnostics);
            if !self.leaves_out(keys.cascade.is_draft()) {
                editions.insert(language, edition(&translation, &keys, &original.title));
            }
        }
        editions.insert(language.clone(), original);
        editions
    }

    pub(super) fn instructors_of(
        &mut self,
        source: SourceText<'_>,
        instructors: &[Placed<String>],
    ) -> Vec<Slug> {
        let mut found = Vec::new();
        for written in instructors {
            let known = self.instructors.iter().find(|slug| slug.as_str() == written.value);
            if let Some(slug) = known {
                if !found.contains(slug) {
                    found.push(slug.clone());
                }
                continue;
            }
            let name = shown(&written.value);
            let message = format!("there is no instructor `{name}`");
            let near = did_you_mean(&written.value, self.instructors.iter().map(Slug::as_str));
            let hint = near.map_or_else(
                || format!("add `content/instructors/{name}.md`"),
                |near| format!("did you mean `{near}`?"),
            );
            let diagnostic = source.diagnostic(Code::UnknownInstructor, &written.span, message);
            let known: Vec<&str> = self.instructors.iter().map(Slug::as_str).collect();
            let diagnostic = diagnostic.hint(hint);
            self.diagnostics.push(match surely_meant(&written.value, &known) {
                Some(near) => diagnostic.fixed_by(&written.span, near, format!("write `{near}`")),
                None => diagnostic,
            });
        }
        found
    }

    /// A category stands at one address, so it is spelled in one way.
    fn category(&mut self, front: &FrontMatter<'_>, written: &Placed<String>) -> Option<Label> {
        let label = self.label(front.source(), written)?;
        let path = front.source().path.clone();
        let (first, other) =
            self.categories.entry(label.slug.clone()).or_insert((label.text.clone(), path));
        if *first != label.text {
            let message = format!(
                "the category `{}` has the address of `{first}` in `{other}`",
                shown(&label.text)
            );
            let hint = format!("write `category: {first}`");
            let diagnostic = front.source().diagnostic(Code::CollidingUrl, &written.span, message);
            self.diagnostics.push(diagnostic.hint(hint));
        }
        Some(label)
    }

    pub(super) fn label(
        &mut self,
        source: SourceText<'_>,
        written: &Placed<String>,
    ) -> Option<Label> {
        match slug::from_name_with(&written.value, self.config.cjk) {
            Ok(slug) => Some(Label { text: written.value.clone(), slug }),
            Err(error) => {
                let name = shown(&written.value);
                let message = format!("`{name}` gives no address: it {error}");
                self.diagnostics.push(source.diagnostic(Code::NoSlug, &written.span, message));
                None
            }
        }
    }

    fn check_prices(&mut self, course: &Course, front: &FrontMatter<'_>) {
        let source = front.source();
        // Prices that could not be read were told already.
        if course.is_sold() && course.prices.is_empty() && !front.has("prices") {
            let message = "the course has paid lessons and no price";
            let hint = format!(
                "add `prices: {{ {}: \"29\" }}`; until then it can only be granted by hand",
                self.config.currency
            );
            let place = front.place_of("access");
            self.diagnostics.push(source.diagnostic(Code::NoPrice, &place, message).hint(hint));
        }
        if !course.is_sold() && !course.prices.is_empty() {
            let message = "the course has a price and no paid lesson";
            let hint = "add `access: paid` to the course or to the lessons that are sold";
            let place = front.place_of("prices");
            self.diagnostics.push(source.diagnostic(Code::UnusedPrice, &place, message).hint(hint));
        }
    }
}
