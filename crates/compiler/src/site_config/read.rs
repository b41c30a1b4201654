//! From the text of `site.toml` to [`SiteConfig`], telling every mistake at once.

use std::collections::BTreeMap;

use contracts::id::Slug;
use contracts::language::{Language, LanguageError};
use contracts::money::Currency;
use url::Url;

use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::field::key::names;
use crate::field::{Entry, Fields, Placed, SourceText, Value, find, listed, toml};
use crate::site_config::{Images, NavigationLink, PublishTarget, SiteConfig, check, defaults, key};
use crate::slug::Cjk;
use crate::source::{SourcePath, SourceTree};

/// Fills rows of two, three and four.
const COURSES_PER_PAGE: usize = 24;

/// Beyond, a page of a list is larger than a book.
const MAX_COURSES_PER_PAGE: usize = 1000;

/// The theme that is built in.
const BUILT_IN_THEME: &str = "lyceum";

/// A table of texts, one for each language.
type Texts = BTreeMap<Language, String>;

impl SiteConfig {
    /// Reads `site.toml` of a tree. `base_url` takes the place of the one in
    /// the file, for a preview. `None` if the file can't be read at all; a
    /// mistake in it is a diagnostic, and the key has its default.
    pub fn read(
        tree: &SourceTree,
        base_url: Option<&Url>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let path = SourcePath::new("site.toml");
        let text = tree.text(&path).map_err(|error| diagnostics.push(error)).ok()?;
        let source = SourceText { path: &path, text };
        let entries = toml::read(source).map_err(|error| diagnostics.push(error)).ok()?;
        let mut fields = Fields::open(source, &entries, 0..0, &names(&key::SITE), diagnostics);
        let languages = languages(&mut fields)?;
        let default_language = languages.first()?.clone();
        let title = fields.required_text("title", "add `title = \"…\"` to `site.toml`");
        let title = title.map_or_else(|| "School".to_owned(), |title| title.value);
        let mut titles = Texts::from([(default_language.clone(), title)]);
        let description = fields.text("description").map(|text| text.value);
        let mut descriptions: Texts =
            description.map(|text| (default_language.clone(), text)).into_iter().collect();
        let base = base_url_of(&mut fields, base_url)?;
        let theme = theme(&mut fields, tree);
        let currency = fields.parsed("currency", |code| {
            Currency::parse(code).map_err(|_| "is not an ISO 4217 code such as `CNY` or `USD`")
        });
        let currency = currency.map(|currency| currency.value).or(Currency::parse("USD").ok())?;
        let courses_per_page = fields.count("courses_per_page", 1..=MAX_COURSES_PER_PAGE);
        let courses_per_page = courses_per_page.unwrap_or(COURSES_PER_PAGE);
        let build = build(source, &entries, diagnostics);
        translations(source, &entries, &languages, &mut titles, &mut descriptions, diagnostics);
        Some(Self {
            title: titles,
            description: descriptions,
            base_url: base,
            navigation: navigation(source, &entries, &languages, diagnostics),
            precompress: build.precompress,
            llms_txt: build.llms_txt,
            search: build.search,
            unsafe_html: unsafe_html(source, &entries, diagnostics),
            images: images(source, &entries, diagnostics),
            publish: publish(source, &entries, diagnostics),
            check: check::policy(
                source,
                table(source, &entries, "check", diagnostics),
                diagnostics,
            ),
            external: check::external(
                source,
                table(
                    source,
                    table(source, &entries, "check", &mut Vec::new()),
                    "external",
                    diagnostics,
                ),
                diagnostics,
            ),
            defaults: defaults::read(
                source,
                table(source, &entries, "defaults", diagnostics),
                diagnostics,
            ),
            cjk: slugs(source, &entries, diagnostics),
            courses_per_page,
            default_language,
            languages,
            theme,
            currency,
        })
    }
}

/// The languages in the author's order; `["en"]` if none are given.
fn languages(fields: &mut Fields<'_>) -> Option<Vec<Language>> {
    let mut languages: Vec<Language> = Vec::new();
    for text in fields.texts("languages") {
        match Language::parse(&text.value) {
            Ok(language) if languages.contains(&language) => {
                let message = format!("`{language}` is listed twice");
                fields.tell(Code::DuplicateKey, &text.span, message, "remove one of them");
            }
            Ok(language) => languages.push(language),
            Err(LanguageError) => {
                let message = format!("`{}` is not a language tag", shown(&text.value));
                let hint = "write tags such as `en`, `zh` or `zh-Hant`";
                fields.tell(Code::WrongValue, &text.span, message, hint);
            }
        }
    }
    if languages.is_empty() {
        languages.push(Language::parse("en").ok()?);
    }
    Some(languages)
}

fn base_url_of(fields: &mut Fields<'_>, preview: Option<&Url>) -> Option<Url> {
    let hint = "add `base_url = \"https://school.example/\"`, the address of the public site";
    let written = if preview.is_some() && fields.value("base_url").is_none() {
        None
    } else {
        fields.required_text("base_url", hint)
    };
    let written = written.and_then(|text| match parse_base_url(&text.value) {
        Ok(url) => Some(url),
        Err(error) => {
            let message = format!("`base_url` {error}");
            fields.tell(
                Code::WrongValue,
                &text.span,
                message,
                "write one such as `https://school.example/`",
            );
            None
        }
    });
    let mut url = match preview.cloned().or(written) {
        Some(url) => url,
        None => Url::parse("https://school.invalid/").ok()?,
    };
    if !url.path().ends_with('/') {
        let folder = format!("{}/", url.path());
        url.set_path(&folder);
    }
    Some(url)
}

fn parse_base_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "is not a full URL")?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("must start with `https://` or `http://`");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query or a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a name or a password");
    }
    Ok(url)
}

fn theme(fields: &mut Fields<'_>, tree: &SourceTree) -> String {
    let Some(theme) = fields.parsed("theme", Slug::parse) else {
        return BUILT_IN_THEME.to_owned();
    };
    let name = theme.value.as_str();
    if name != BUILT_IN_THEME && !tree.contains(&format!("themes/{name}/theme.toml")) {
        let themes = tree.folders_in("themes");
        let near = did_you_mean(name, themes.iter().copied().chain([BUILT_IN_THEME]));
        let hint = near.map_or_else(
            || format!("the theme `{BUILT_IN_THEME}` is built in"),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("there is no theme `{name}`: `themes/{name}/theme.toml` is missing");
        fields.tell(Code::UnknownTheme, &theme.span, message, hint);
        return BUILT_IN_THEME.to_owned();
    }
    name.to_owned()
}

/// `[language.zh]` with title and description.
fn translations(
    source: SourceText<'_>,
    entries: &[Entry],
    languages: &[Language],
    titles: &mut Texts,
    descriptions: &mut Texts,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for Entry { key, value } in table(source, entries, "language", diagnostics) {
        let language = match known_language(source, key, languages) {
            Ok(language) => language,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                continue;
            }
        };
        if languages.first() == Some(&language) {
            let message = format!("`{language}` is the default language");
            let hint = "its `title` and `description` stand at the top of `site.toml`";
            diagnostics.push(source.diagnostic(Code::WrongValue, &key.span, message).hint(hint));
            continue;
        }
        let Value::Map(texts) = &value.value else {
            let message = format!("`language.{language}` must be a table");
            diagnostics.push(source.diagnostic(Code::WrongValue, &value.span, message));
            continue;
        };
        let place = key.span.clone();
        let mut fields = Fields::open(source, texts, place, &names(&key::TRANSLATION), diagnostics);
        titles.extend(fields.text("title").map(|text| (language.clone(), text.value)));
        descriptions.extend(fields.text("description").map(|text| (language, text.value)));
    }
}

fn known_language(
    source: SourceText<'_>,
    key: &Placed<String>,
    languages: &[Language],
) -> Result<Language, Diagnostic> {
    languages.iter().find(|language| language.as_str() == key.value).cloned().ok_or_else(|| {
        let tags: Vec<&str> = languages.iter().map(Language::as_str).collect();
        let message = format!("`{}` is not one of `languages`", shown(&key.value));
        let hint = format!("the school's languages are {}", listed(&tags));
        source.diagnostic(Code::UnknownLanguage, &key.span, message).hint(hint)
    })
}

/// `[[navigation]]` with url and title; the title is a text or a table by language.
fn navigation(
    source: SourceText<'_>,
    entries: &[Entry],
    languages: &[Language],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<NavigationLink> {
    let Some(value) = find(entries, "navigation") else {
        return Vec::new();
    };
    let Value::List(items) = &value.value else {
        let message = "`navigation` must be a list of tables";
        let diagnostic = source.diagnostic(Code::WrongValue, &value.span, message);
        diagnostics.push(diagnostic.hint("write `[[navigation]]`"));
        return Vec::new();
    };
    let mut links = Vec::new();
    for item in items {
        let Value::Map(keys) = &item.value else {
            let message = "a link must be a table with `title` and `url`";
            diagnostics.push(source.diagnostic(Code::WrongValue, &item.span, message));
            continue;
        };
        let place = item.span.clone();
        let mut fields = Fields::open(source, keys, place, &names(&key::LINK), diagnostics);
        let title = link_title(source, &mut fields, languages);
        let url = fields.required_text("url", "add `url = \"/about/\"`");
        if let Some(url) = url.and_then(|url| checked_link(&mut fields, url)) {
            links.push(NavigationLink { title, url });
        }
    }
    links
}

fn link_title(source: SourceText<'_>, fields: &mut Fields<'_>, languages: &[Language]) -> Texts {
    let Some(Placed { value: Value::Map(texts), .. }) = fields.value("title") else {
        let title = fields.required_text("title", "add `title = \"…\"`");
        let first = languages.first().cloned();
        return title
            .zip(first)
            .map(|(title, language)| (language, title.value))
            .into_iter()
            .collect();
    };
    let mut titles = Texts::new();
    for Entry { key, value } in texts {
        match known_language(source, key, languages) {
            Ok(language) => {
                let text = fields.text_of(&format!("title.{language}"), value);
                titles.extend(text.map(|text| (language, text.value)));
            }
            Err(diagnostic) => fields.push(diagnostic),
        }
    }
    titles
}

/// A path of the site or a full URL; `javascript:` and the like have no place
/// in a header.
fn checked_link(fields: &mut Fields<'_>, url: Placed<String>) -> Option<String> {
    let is_path = url.value.starts_with('/') && !url.value.starts_with("//");
    let is_full =
        Url::parse(&url.value).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"));
    if is_path || is_full {
        return Some(url.value);
    }
    let message = format!("`url` is no link: `{}`", shown(&url.value));
    let hint = "write a path of the site such as `/about/`, or a full URL";
    fields.tell(Code::WrongValue, &url.span, message, hint);
    None
}

/// `[slugs] cjk`
fn slugs(source: SourceText<'_>, entries: &[Entry], diagnostics: &mut Vec<Diagnostic>) -> Cjk {
    let keys = table(source, entries, "slugs", diagnostics);
    let mut fields = Fields::open(source, keys, 0..0, &names(&key::SLUGS), diagnostics);
    let words = [("keep", Cjk::Keep), ("pinyin", Cjk::Pinyin)];
    fields.choice("cjk", &words).map_or(Cjk::Keep, |cjk| cjk.value)
}

/// `[build]`.
struct Build {
    precompress: bool,
    llms_txt: bool,
    search: bool,
}

/// `[build]`; each of its flags is on unless it is switched off.
fn build(source: SourceText<'_>, entries: &[Entry], diagnostics: &mut Vec<Diagnostic>) -> Build {
    let build = table(source, entries, "build", diagnostics);
    let mut fields = Fields::open(source, build, 0..0, &names(&key::BUILD), diagnostics);
    let mut is_on = |name| fields.flag(name).is_none_or(|flag| flag.value);
    Build {
        precompress: is_on("precompress"),
        llms_txt: is_on("llms_txt"),
        search: is_on("search"),
    }
}

/// `[markdown] unsafe_html`: off unless it is switched on.
fn unsafe_html(
    source: SourceText<'_>,
    entries: &[Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let markdown = table(source, entries, "markdown", diagnostics);
    let mut fields = Fields::open(source, markdown, 0..0, &names(&key::MARKDOWN), diagnostics);
    fields.flag("unsafe_html").is_some_and(|flag| flag.value)
}

/// `[images]`
fn images(source: SourceText<'_>, entries: &[Entry], diagnostics: &mut Vec<Diagnostic>) -> Images {
    let images = table(source, entries, "images", diagnostics);
    let mut fields = Fields::open(source, images, 0..0, &names(&key::IMAGES), diagnostics);
    Images {
        avif: fields.flag("avif").is_none_or(|flag| flag.value),
        keep_metadata: fields.flag("keep_metadata").is_some_and(|flag| flag.value),
    }
}

/// `[publish]`: both buckets or none, and never one inside the other.
fn publish(
    source: SourceText<'_>,
    entries: &[Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> PublishTarget {
    let keys = table(source, entries, "publish", diagnostics);
    let mut fields = Fields::open(source, keys, 0..0, &names(&key::PUBLISH), diagnostics);
    let public = fields.parsed("public", bucket);
    let private = fields.parsed("private", bucket);
    let endpoint = fields.parsed("endpoint", |text| {
        Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or("must be a full URL such as `https://s3.example`")
    });
    match (&public, &private) {
        (Some(public), Some(private)) if overlap(&public.value, &private.value) => {
            let message = "`private` lies in the public place";
            let hint = "give paid content a bucket or folder of its own";
            fields.tell(Code::PrivateIsPublic, &private.span, message, hint);
        }
        (Some(alone), None) if fields.value("private").is_none() => {
            let hint = "add `private = \"…\"`, where paid content goes";
            fields.tell(Code::MissingKey, &alone.span, "`private` is missing", hint);
        }
        (None, Some(alone)) if fields.value("public").is_none() => {
            let hint = "add `public = \"…\"`, where the public site goes";
            fields.tell(Code::MissingKey, &alone.span, "`public` is missing", hint);
        }
        _ => {}
    }
    PublishTarget {
        public: public.map(|url| url.value),
        private: private.map(|url| url.value),
        endpoint: endpoint.map(|url| url.value),
        region: fields.text("region").map(|region| region.value),
    }
}

fn bucket(text: &str) -> Result<String, &'static str> {
    if text.starts_with("file:") || text.starts_with("s3://") {
        Ok(text.to_owned())
    } else {
        Err("must be `s3://bucket/prefix` or `file:///folder`")
    }
}

fn overlap(left: &str, right: &str) -> bool {
    let folder = |url: &str| format!("{}/", url.trim_end_matches('/'));
    let (left, right) = (folder(left), folder(right));
    left.starts_with(&right) || right.starts_with(&left)
}

/// The entries of a table, or none.
fn table<'a>(
    source: SourceText<'_>,
    entries: &'a [Entry],
    key: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> &'a [Entry] {
    match find(entries, key) {
        None => &[],
        Some(Placed { value: Value::Map(entries), .. }) => entries,
        Some(other) => {
            let message = format!("`{key}` must be a table");
            let hint = format!("write `[{key}]` on a line of its own");
            diagnostics.push(source.diagnostic(Code::WrongValue, &other.span, message).hint(hint));
            &[]
        }
    }
}
