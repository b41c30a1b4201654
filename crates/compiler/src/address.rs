//! Where each thing stands: the URLs of the school, made in one place.
//!
//! The default language has no prefix; another one stands under `/<lang>/`.

use contracts::frame::FrameName;
use contracts::id::Slug;
use contracts::language::Language;
use contracts::site_path::{SitePath, SitePathError};
use url::Url;

use crate::level::Level;
use crate::site_config::SiteConfig;

/// Builds addresses for one school.
#[derive(Debug, Clone, Copy)]
pub struct Addresses<'a> {
    config: &'a SiteConfig,
}

/// What has an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place<'a> {
    /// The home page, `/`.
    Home,
    /// A page of a list, from 1; the first has the list's own address.
    List(List<'a>, usize),
    /// `/courses/<course>/`
    Course(&'a Slug),
    /// `/courses/<course>/<lesson>/`
    Lesson(&'a Slug, &'a Slug),
    /// `/instructors/<id>/`
    Instructor(&'a Slug),
    /// `/concepts/`
    Concepts,
    /// `/concepts/<concept>/`, a page of the lessons that teach it, from 1.
    Concept(&'a Slug, usize),
    /// `/glossary/`
    Glossary,
    /// `/paths/`
    Paths,
    /// `/paths/<path>/`
    Path(&'a Slug),
    /// `/<page>/`
    Page(&'a Slug),
    /// `/search/`
    Search,
    /// `/404.html`
    NotFound,
    /// A page that the edge serves, such as `/account/`.
    Frame(FrameName),
}

/// A list of courses, or of those who teach them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum List<'a> {
    /// `/courses/`
    Courses,
    /// `/categories/<c>/`
    Category(&'a Slug),
    /// `/tags/<t>/`
    Tag(&'a Slug),
    /// `/levels/<l>/`
    Level(Level),
    /// `/instructors/`
    Instructors,
    /// `/instructors/<id>/`, their courses
    Instructor(&'a Slug),
}

impl Place<'_> {
    /// The list of all courses, from its start.
    pub const COURSES: Self = Self::List(List::Courses, 1);

    /// The file in which it stands, below the prefix of its language.
    #[must_use]
    pub fn below(self) -> String {
        match self {
            Self::Home => "index.html".to_owned(),
            Self::List(list, 1) => format!("{}/index.html", list.folder()),
            Self::List(list, number) => format!("{}/page/{number}/index.html", list.folder()),
            Self::Course(course) => format!("courses/{course}/index.html"),
            Self::Lesson(course, lesson) => format!("courses/{course}/{lesson}/index.html"),
            Self::Instructor(id) => format!("instructors/{id}/index.html"),
            Self::Concepts => "concepts/index.html".to_owned(),
            Self::Concept(concept, 1) => format!("concepts/{concept}/index.html"),
            Self::Concept(concept, number) => {
                format!("concepts/{concept}/page/{number}/index.html")
            }
            Self::Glossary => "glossary/index.html".to_owned(),
            Self::Paths => "paths/index.html".to_owned(),
            Self::Path(path) => format!("paths/{path}/index.html"),
            Self::Page(page) => format!("{page}/index.html"),
            Self::Search => "search/index.html".to_owned(),
            Self::NotFound => "404.html".to_owned(),
            Self::Frame(FrameName::SignIn) => "sign-in/index.html".to_owned(),
            Self::Frame(FrameName::Confirm) => "sign-in/confirm/index.html".to_owned(),
            Self::Frame(FrameName::Account) => "account/index.html".to_owned(),
        }
    }
}

impl List<'_> {
    fn folder(self) -> String {
        match self {
            Self::Courses => "courses".to_owned(),
            Self::Category(category) => format!("categories/{category}"),
            Self::Tag(tag) => format!("tags/{tag}"),
            Self::Level(level) => format!("levels/{}", level.word()),
            Self::Instructors => "instructors".to_owned(),
            Self::Instructor(id) => format!("instructors/{id}"),
        }
    }
}

impl<'a> Addresses<'a> {
    /// The addresses of the school with this configuration.
    #[must_use]
    pub fn new(config: &'a SiteConfig) -> Self {
        Self { config }
    }

    /// The file in which a place stands in the public site.
    ///
    /// Slugs are checked, so an error means a path of more than 1024 bytes.
    pub fn path(&self, place: Place<'_>, language: &Language) -> Result<SitePath, SitePathError> {
        let below = place.below();
        SitePath::parse(&format!("{}{below}", self.prefix(language)))
    }

    /// A path that holds for every language, in one of them.
    pub fn in_language(
        &self,
        below: &SitePath,
        language: &Language,
    ) -> Result<SitePath, SitePathError> {
        SitePath::parse(&format!("{}{below}", self.prefix(language)))
    }

    /// The path-absolute URL of a place, percent-encoded, as it stands in links.
    pub fn link(&self, place: Place<'_>, language: &Language) -> Result<String, SitePathError> {
        Ok(self.path(place, language)?.url_path(&self.config.base_url))
    }

    /// The full public URL of a place.
    pub fn url(&self, place: Place<'_>, language: &Language) -> Result<Url, SitePathError> {
        Ok(self.path(place, language)?.url(&self.config.base_url))
    }

    /// The path-absolute URL at which the edge serves a lesson whole,
    /// `/learn/<course>/<lesson>/`. A file of its gated body stands right below.
    pub fn learn_link(
        &self,
        course: &Slug,
        lesson: &Slug,
        language: &Language,
    ) -> Result<String, SitePathError> {
        let path = format!("{}learn/{course}/{lesson}/index.html", self.prefix(language));
        Ok(SitePath::parse(&path)?.url_path(&self.config.base_url))
    }

    /// The path-absolute URL of one of the edge's own routes, such as
    /// `api/sign-in`; `route` is relative and plain ASCII.
    #[must_use]
    pub fn edge_route(&self, route: &str) -> String {
        format!("{}/{route}", self.config.base_url.path().trim_end_matches('/'))
    }

    /// `zh/`, or nothing for the default language.
    fn prefix(&self, language: &Language) -> String {
        if *language == self.config.default_language {
            String::new()
        } else {
            format!("{language}/")
        }
    }
}
