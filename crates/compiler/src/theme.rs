//! The look of a school: templates, assets and texts, ready to render with.
//!
//! The built-in theme is part of the program, and the school's own
//! `themes/<name>/` lies over it file by file. What the pages are about comes
//! in as data; nothing here knows a course.

pub mod component;
mod locale;
mod template;

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::digest::Digest;
use contracts::frame::FrameName;
use contracts::language::Language;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use include_dir::{Dir, DirEntry, include_dir};
use serde::{Deserialize, Serialize};
use tera::{Context, Tera};
use url::Url;

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::site::SiteFile;
use crate::site_config::SiteConfig;
use crate::source::{SourcePath, SourceTree};
use crate::theme::component::Components;
use crate::theme::locale::Locale;

/// The theme that is part of the program, and the ground that every other
/// theme stands on.
pub const BUILT_IN: &str = "lyceum";

static BUILT_IN_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../themes/lyceum");

/// A theme in the languages of one school.
#[derive(Debug)]
pub struct Theme {
    /// What `theme.toml` says.
    pub settings: ThemeSettings,
    components: Components,
    files: SourceTree,
    folder: String,
    assets: Vec<SiteFile>,
    editions: BTreeMap<Language, Edition>,
    digest: Digest,
}

/// The content of `theme.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeSettings {
    /// The colour of the browser's own frame by day, as CSS writes it.
    pub color_light: String,
    /// The same by night.
    pub color_dark: String,
}

/// The theme in one language.
#[derive(Debug)]
struct Edition {
    locale: Arc<Locale>,
    templates: Tera,
}

/// Every template that the compiler asks a theme for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// `/`
    Home,
    /// `/courses/`
    Courses,
    /// A course's landing page.
    Course,
    /// A lesson's public page.
    Lesson,
    /// The video of a lesson, in its page or before its gated body.
    Player,
    /// An instructor and their courses.
    Instructor,
    /// Everyone who teaches.
    Instructors,
    /// The courses of a category.
    Category,
    /// What the lessons of the school teach.
    Concepts,
    /// The lessons that teach one thing.
    Concept,
    /// What the words of the school mean.
    Glossary,
    /// The learning paths.
    Paths,
    /// One learning path.
    Path,
    /// A page outside courses.
    Page,
    /// Where the school is searched.
    Search,
    /// What stands at an address that leads nowhere.
    NotFound,
    /// A page that the edge fills.
    Frame(FrameName),
}

impl Template {
    /// Its file below `templates/`.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Home => "home.html",
            Self::Courses => "courses.html",
            Self::Course => "course.html",
            Self::Lesson => "lesson.html",
            Self::Player => "player.html",
            Self::Instructor => "instructor.html",
            Self::Instructors => "instructors.html",
            Self::Category => "category.html",
            Self::Concepts => "concepts.html",
            Self::Concept => "concept.html",
            Self::Glossary => "glossary.html",
            Self::Paths => "paths.html",
            Self::Path => "path.html",
            Self::Page => "page.html",
            Self::Search => "search.html",
            Self::NotFound => "404.html",
            Self::Frame(FrameName::SignIn) => "sign-in.html",
            Self::Frame(FrameName::Confirm) => "confirm.html",
            Self::Frame(FrameName::Account) => "account.html",
        }
    }
}

impl Theme {
    /// Loads the theme that `config` names, in every language of the school; that
    /// there is one of this name was checked with the rest of `site.toml`.
    ///
    /// `None` comes with at least one error among the diagnostics.
    pub fn load(tree: &SourceTree, config: &SiteConfig) -> (Option<Self>, Vec<Diagnostic>) {
        let folder = format!("themes/{}", config.theme);
        let own = tree.subtree(&folder);
        let built_in = built_in();
        let mut diagnostics = Vec::new();
        let locales = locale::load(&built_in, &own, &folder, config, &mut diagnostics);
        let files = built_in.clone().overlay(own.clone());
        let components = component::load(&built_in, &own, &files, &folder, &mut diagnostics);
        let settings = settings(&files, &folder).map_err(|error| diagnostics.push(error)).ok();
        let (assets, urls) = assets(&files, &folder, &config.base_url, &mut diagnostics);
        let templates = template::parse(&files, &folder, &mut diagnostics);
        let (Some(settings), Some(templates)) = (settings, templates) else {
            return (None, diagnostics);
        };
        let urls = Arc::new(urls);
        let editions = locales
            .into_iter()
            .map(|(language, locale)| {
                let locale = Arc::new(locale);
                let templates = template::in_language(&templates, &locale, &urls);
                (language, Edition { locale, templates })
            })
            .collect();
        let digest = files.digest_below("");
        (Some(Self { settings, components, files, folder, assets, editions, digest }), diagnostics)
    }

    /// All that the theme is made of: templates, assets, locales.
    #[must_use]
    pub fn files(&self) -> &SourceTree {
        &self.files
    }

    /// Tells the theme from all others.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The theme's files, fingerprinted.
    #[must_use]
    pub fn assets(&self) -> &[SiteFile] {
        &self.assets
    }

    /// Fills a template. `shared` is what several pages have in common, made
    /// once; the fields of `data` win over it.
    pub fn render<T: Serialize>(
        &self,
        template: Template,
        language: &Language,
        shared: &Context,
        data: &T,
    ) -> Result<String, Diagnostic> {
        let path = self.path_of(template);
        let edition = self.editions.get(language).ok_or_else(|| {
            Diagnostic::new(
                &path,
                Code::BadTemplate,
                format!("the school has no language `{language}`"),
            )
        })?;
        let mut context = shared.clone();
        let data = Context::from_serialize(data)
            .map_err(|error| Diagnostic::new(&path, Code::BadTemplate, error.to_string()))?;
        context.extend(data);
        edition.templates.render(template.file(), &context).map_err(|error| {
            template::diagnostics(&error, &self.files, &self.folder)
                .into_iter()
                .next()
                .unwrap_or_else(|| Diagnostic::new(&path, Code::BadTemplate, error.to_string()))
        })
    }

    /// What authors may write as `:::name`.
    #[must_use]
    pub fn components(&self) -> &Components {
        &self.components
    }

    /// Fills the template of a component. The error stands in the template.
    pub fn render_component<T: Serialize>(
        &self,
        name: &str,
        language: &Language,
        data: &T,
    ) -> Result<String, Diagnostic> {
        let file = component::template_file(name);
        let path = SourcePath::new(&format!("{}/{file}", self.folder));
        let fail = |message: String| Diagnostic::new(&path, Code::BadTemplate, message);
        let edition = self
            .editions
            .get(language)
            .ok_or_else(|| fail(format!("the school has no language `{language}`")))?;
        let context = Context::from_serialize(data).map_err(|error| fail(error.to_string()))?;
        let template = file.trim_start_matches("templates/");
        edition.templates.render(template, &context).map_err(|error| {
            let found = template::diagnostics(&error, &self.files, &self.folder);
            found.into_iter().next().unwrap_or_else(|| fail(error.to_string()))
        })
    }

    /// Where a template stands, for diagnostics.
    #[must_use]
    pub fn path_of(&self, template: Template) -> SourcePath {
        SourcePath::new(&format!("{}/templates/{}", self.folder, template.file()))
    }

    /// A text of the theme; the key itself when no locale has it.
    #[must_use]
    pub fn text<'a>(&'a self, language: &Language, key: &'a str) -> &'a str {
        self.editions.get(language).and_then(|edition| edition.locale.text(key)).unwrap_or(key)
    }

    /// What a language is called in itself; its tag when the theme doesn't know.
    #[must_use]
    pub fn language_name<'a>(&'a self, language: &'a Language) -> &'a str {
        self.editions
            .get(language)
            .and_then(|edition| edition.locale.language_name())
            .unwrap_or(language.as_str())
    }
}

/// The theme that is part of the program, by paths below its folder.
fn built_in() -> SourceTree {
    fn collect(dir: &'static Dir<'static>, into: &mut Vec<(&'static str, &'static [u8])>) {
        for entry in dir.entries() {
            match entry {
                DirEntry::Dir(dir) => collect(dir, into),
                DirEntry::File(file) => {
                    into.extend(file.path().to_str().map(|path| (path, file.contents())));
                }
            }
        }
    }
    let mut files = Vec::new();
    collect(&BUILT_IN_FILES, &mut files);
    SourceTree::from_files(files)
}

fn settings(files: &SourceTree, folder: &str) -> Result<ThemeSettings, Diagnostic> {
    let path = SourcePath::new(&format!("{folder}/theme.toml"));
    let text = files
        .text(&SourcePath::new("theme.toml"))
        .map_err(|diagnostic| Diagnostic { path: path.clone(), ..diagnostic })?;
    toml::from_str(text).map_err(|error| toml_diagnostic(&path, text, &error))
}

/// What the TOML reader found, in our words' order: where, what.
fn toml_diagnostic(path: &SourcePath, text: &str, error: &toml::de::Error) -> Diagnostic {
    let diagnostic = Diagnostic::new(path, Code::BadToml, error.message().to_owned());
    match error.span() {
        Some(range) => diagnostic.at(text, Span::of_bytes(text, range.start, range.end)),
        None => diagnostic,
    }
}

/// The theme's assets, and their URLs by path below `assets/`.
fn assets(
    files: &SourceTree,
    folder: &str,
    base_url: &Url,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<SiteFile>, BTreeMap<String, String>) {
    let mut assets = Vec::new();
    let mut urls = BTreeMap::new();
    for (path, file) in files.subtree("assets").iter() {
        let key = SitePath::parse(path.file_name())
            .map(|name| ObjectKey::Asset { digest: file.digest, name })
            .and_then(|key| Ok((SitePath::parse(&key.path())?.url_path(base_url), key)));
        match key {
            Ok((url, key)) => {
                urls.insert(path.as_str().to_owned(), url);
                assets.push(SiteFile::from_source(key, file.clone()));
            }
            Err(error) => diagnostics.push(Diagnostic::new(
                &SourcePath::new(&format!("{folder}/assets/{path}")),
                Code::BadFileName,
                error.to_string(),
            )),
        }
    }
    (assets, urls)
}

#[cfg(test)]
mod tests;
