//! What a page says about itself and what all pages of a language share.

use contracts::frame::FrameName;
use contracts::id::Slug;
use contracts::language::Language;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::address::{List, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::render::drawing::Shared;
use crate::render::view::{
    Alternate, Common, LanguageChoice, LanguageMark, Link, Page, Post, Site,
};
use crate::render::{Renderer, pick, too_long};
use crate::source::SourcePath;
use crate::theme::BUILT_IN;

/// What stays readable in a query value.
const QUERY_VALUE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A page's own facts.
pub(super) struct About<'p> {
    /// Its title, without the school's name.
    pub(super) title: &'p str,
    /// One or two sentences.
    pub(super) description: &'p str,
    /// Where it stands.
    pub(super) place: Place<'p>,
    /// The languages it exists in.
    pub(super) languages: Vec<&'p Language>,
    /// The language in which the same text has its own page, where this page only
    /// shows it for want of a translation.
    pub(super) original: Option<&'p Language>,
    /// Its `og:type`.
    pub(super) kind: &'static str,
    /// Path-absolute URL of its picture.
    pub(super) image: Option<&'p str>,
    /// Where to come back to after signing in; the page itself when `None`.
    pub(super) return_to: Option<&'p str>,
}

impl Renderer<'_> {
    /// The facts of a page, for its `<head>` and its language switch.
    pub(super) fn head(
        &self,
        about: &About<'_>,
        language: &Language,
        structured_data: Option<String>,
    ) -> Result<Page, Diagnostic> {
        let config = &self.school.config;
        let is_listed = !matches!(about.place, Place::NotFound | Place::Frame(_));
        let url = |language: &Language| {
            self.addresses.url(about.place, language).map_err(|error| too_long(&error))
        };
        let own = about.original.unwrap_or(language);
        let canonical = if is_listed { Some(url(own)?.to_string()) } else { None };
        let link = self.link(about.place, language)?;
        let school = self.school_title(language);
        Ok(Page {
            title: match about.title {
                "" => school.to_owned(),
                title => format!("{title} · {school}"),
            },
            description: about.description.to_owned(),
            canonical,
            alternates: if is_listed { self.alternates(about)? } else { Vec::new() },
            languages: self.language_choices(about, language)?,
            return_to: query_value(about.return_to.unwrap_or(&link)),
            image: about
                .image
                .and_then(|image| config.base_url.join(image).ok())
                .map(|url| url.to_string()),
            kind: about.kind,
            structured_data,
        })
    }

    /// The page in its languages, and `x-default` for everyone else.
    pub(super) fn alternates(&self, about: &About<'_>) -> Result<Vec<Alternate>, Diagnostic> {
        let mut alternates = Vec::new();
        // What is shown for want of a translation is no translation.
        if about.languages.len() < 2 || about.original.is_some() {
            return Ok(alternates);
        }
        let ordered = self.school.config.languages.iter();
        for language in ordered.filter(|language| about.languages.contains(language)) {
            let url =
                self.addresses.url(about.place, language).map_err(|error| too_long(&error))?;
            alternates.push(Alternate { language: language.to_string(), url: url.to_string() });
        }
        if let Some(first) = alternates.first() {
            let url = first.url.clone();
            alternates.push(Alternate { language: "x-default".to_owned(), url });
        }
        Ok(alternates)
    }

    /// Each language of the school: this page in it, or its home page. A lesson's
    /// course may speak a language that the lesson isn't written in.
    fn language_choices(
        &self,
        about: &About<'_>,
        current: &Language,
    ) -> Result<Vec<LanguageChoice>, Diagnostic> {
        let languages = self.school.config.languages.iter();
        languages
            .map(|language| {
                let is_translated = about.languages.contains(&language);
                let shown = match about.place {
                    Place::Lesson(course, _) => self.is_spoken(course, language),
                    _ => false,
                };
                let place = if is_translated || shown { about.place } else { Place::Home };
                Ok(LanguageChoice {
                    tag: language.to_string(),
                    name: self.theme.language_name(language).to_owned(),
                    url: self.link(place, language)?,
                    is_current: language == current,
                    is_translated,
                })
            })
            .collect()
    }

    /// Whether the lessons of a course have pages in a language.
    fn is_spoken(&self, slug: &Slug, language: &Language) -> bool {
        self.school.courses.iter().any(|course| course.slug == *slug && course.speaks(language))
    }

    /// `site`: what every page of a language shares.
    pub(super) fn site(&self, language: &Language) -> Result<Shared, Diagnostic> {
        let config = &self.school.config;
        let title = |texts| pick(texts, language, &config.languages);
        let navigation = config.navigation.iter().map(|link| Link {
            title: title(&link.title).map_or_else(String::new, |(_, title)| title.clone()),
            url: self.navigation_url(&link.url, language),
        });
        let site = Site {
            title: self.school_title(language).to_owned(),
            description: self.school_description(language).to_owned(),
            language: language.to_string(),
            language_name: self.theme.language_name(language).to_owned(),
            direction: language.direction(),
            home: self.link(Place::Home, language)?,
            courses: self.link(Place::COURSES, language)?,
            instructors: if self.school.instructors.is_empty() {
                None
            } else {
                Some(self.link(Place::List(List::Instructors, 1), language)?)
            },
            sign_in: self.link(Place::Frame(FrameName::SignIn), language)?,
            account: self.link(Place::Frame(FrameName::Account), language)?,
            search: match config.search {
                true => Some(self.link(Place::Search, language)?),
                false => None,
            },
            feed: self.addresses.edge_route("feed.xml"),
            navigation: navigation.collect(),
            categories: self.categories(language)?,
            shelves: self.shelves(language)?,
            theme: self.theme.settings.clone(),
            post: Post {
                sign_in: self.addresses.edge_route("api/sign-in"),
                confirm: self.addresses.edge_route("api/sign-in/confirm"),
                sign_out: self.addresses.edge_route("api/sign-out"),
            },
        };
        Shared::none().with(&Common { site, data: self.school.data.root() }).map_err(|error| {
            let path = SourcePath::new(&format!("themes/{BUILT_IN}"));
            Diagnostic::new(&path, Code::BadTemplate, error)
        })
    }

    /// A path of the school leads to the page in the reader's language where
    /// there is one; a full URL stays as it is.
    fn navigation_url(&self, url: &str, language: &Language) -> String {
        let config = &self.school.config;
        let Some(path) = url.strip_prefix('/') else {
            return url.to_owned();
        };
        let translated =
            match path.split('/').collect::<Vec<_>>().as_slice() {
                ["" | "courses" | "concepts" | "glossary", ..]
                | ["instructors"]
                | ["instructors", ""] => true,
                [slug, ..] => self.school.pages.iter().any(|page| {
                    page.slug.as_str() == *slug && page.editions.contains_key(language)
                }),
                [] => false,
            };
        let prefix = if translated && *language != config.default_language {
            format!("{language}/")
        } else {
            String::new()
        };
        self.addresses.edge_route(&format!("{prefix}{path}"))
    }

    /// The name of the school.
    pub(super) fn school_title(&self, language: &Language) -> &str {
        let config = &self.school.config;
        pick(&config.title, language, &config.languages).map_or("", |(_, title)| title)
    }

    /// What the school is about.
    pub(super) fn school_description(&self, language: &Language) -> &str {
        let config = &self.school.config;
        pick(&config.description, language, &config.languages)
            .map_or("", |(_, description)| description)
    }

    /// A mark for text in another language than the page's.
    pub(super) fn mark(&self, text: &Language, page: &Language) -> Option<LanguageMark> {
        (text != page).then(|| LanguageMark {
            tag: text.to_string(),
            name: self.theme.language_name(text).to_owned(),
            direction: text.direction(),
        })
    }
}

/// Encodes a path for a query value.
pub(super) fn query_value(path: &str) -> String {
    utf8_percent_encode(path, QUERY_VALUE).to_string()
}
