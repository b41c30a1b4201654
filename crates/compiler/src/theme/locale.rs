//! The texts of a theme, by language.
//!
//! A locale is a flat table of strings in `locales/<tag>.toml`. A school's own
//! file adds to the built-in one key by key; what a language lacks is said in
//! English, with a warning.

use std::collections::BTreeMap;

use contracts::language::Language;
use contracts::message::fill;
use tera::{Kwargs, State, TeraResult};

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::site_config::SiteConfig;
use crate::source::{SourcePath, SourceTree};
use crate::theme::toml_diagnostic;

/// The language every text exists in, so that something can always be shown.
const FALLBACK: &str = "en";

/// The key under which a language names itself; it is never taken from English.
const LANGUAGE_NAME: &str = "language-name";

/// Keys ending so are used when the number `n` is one.
const ONE: &str = "-one";

/// The texts in one language, English where it has none.
#[derive(Debug)]
pub(super) struct Locale {
    texts: BTreeMap<String, String>,
    language_name: Option<String>,
}

type Texts = BTreeMap<String, String>;

impl Locale {
    /// The text of a key as it stands in the file, placeholders and all.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// What the language is called in itself.
    pub(super) fn language_name(&self) -> Option<&str> {
        self.language_name.as_deref()
    }

    /// `t(key="…", n=3)` in templates: the text with each `{name}` replaced by
    /// the argument of that name. With `n=1` the key `<key>-one` is preferred.
    pub(super) fn translate(&self, arguments: &Kwargs, _: &State<'_>) -> TeraResult<String> {
        let key = arguments.must_get::<&str>("key")?;
        let is_one = arguments.get::<i64>("n").ok().flatten() == Some(1);
        let one = is_one.then(|| self.text(&format!("{key}{ONE}"))).flatten();
        let Some(text) = one.or_else(|| self.text(key)) else {
            let near = did_you_mean(key, self.texts.keys().map(String::as_str));
            let hint = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
            return Err(tera::Error::message(format!("no locale has the text `{key}`{hint}")));
        };
        let values: BTreeMap<String, String> =
            arguments.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Ok(fill(text, |name| values.get(name)))
    }
}

/// The locale of each of the school's languages.
pub(super) fn load(
    built_in: &SourceTree,
    own: &SourceTree,
    folder: &str,
    config: &SiteConfig,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<Language, Locale> {
    let english = texts_of(FALLBACK, built_in, own, folder, diagnostics).unwrap_or_default();
    let mut locales = BTreeMap::new();
    for language in &config.languages {
        let tag = language.as_str();
        let primary = tag.split('-').next().unwrap_or(tag);
        let path = SourcePath::new(&format!("{folder}/locales/{tag}.toml"));
        let texts = if tag == FALLBACK {
            Some(english.clone())
        } else {
            texts_of(tag, built_in, own, folder, diagnostics).or_else(|| {
                (primary != tag).then(|| texts_of(primary, built_in, own, folder, diagnostics))?
            })
        };
        diagnostics.extend(incomplete(&path, language, texts.as_ref(), &english));
        let texts = texts.unwrap_or_default();
        let language_name = texts.get(LANGUAGE_NAME).cloned();
        // A language that says a text itself needs no English singular of it.
        let mut all = english.clone();
        all.retain(|key, _| {
            !key.strip_suffix(ONE).is_some_and(|many| texts.contains_key(many))
                || texts.contains_key(key)
        });
        all.extend(texts);
        locales.insert(language.clone(), Locale { texts: all, language_name });
    }
    locales
}

/// The texts of one tag, the school's own over the built-in ones; `None` when
/// neither has a file for it.
fn texts_of(
    tag: &str,
    built_in: &SourceTree,
    own: &SourceTree,
    folder: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Texts> {
    let file = SourcePath::new(&format!("locales/{tag}.toml"));
    let mut all: Option<Texts> = None;
    for tree in [built_in, own] {
        if !tree.contains(file.as_str()) {
            continue;
        }
        let path = SourcePath::new(&format!("{folder}/{file}"));
        let texts = tree
            .text(&file)
            .map_err(|diagnostic| Diagnostic { path: path.clone(), ..diagnostic })
            .and_then(|text| {
                toml::from_str::<Texts>(text).map_err(|error| toml_diagnostic(&path, text, &error))
            });
        match texts {
            Ok(texts) => all.get_or_insert_default().extend(texts),
            Err(error) => diagnostics.push(error),
        }
    }
    all
}

/// The warning that a language is not, or not wholly, spoken by the theme.
fn incomplete(
    path: &SourcePath,
    language: &Language,
    texts: Option<&Texts>,
    english: &Texts,
) -> Option<Diagnostic> {
    let hint = format!("add it to `{path}`; until then it is shown in English");
    let Some(texts) = texts else {
        let message = format!("the theme has no texts in `{language}`");
        let hint = format!("add `{path}`; until then they are shown in English");
        return Some(Diagnostic::new(path, Code::MissingLocale, message).hint(hint));
    };
    // A language without a singular of its own needs no `-one` keys.
    let missing: Vec<_> = english
        .keys()
        .filter(|key| !texts.contains_key(*key) && !key.ends_with(ONE))
        .map(|key| format!("`{key}`"))
        .collect();
    let message = match missing.as_slice() {
        [] => return None,
        [one] => format!("`{language}` has no text for {one}"),
        [first, rest @ ..] => {
            format!("`{language}` has no text for {first} and {} more", rest.len())
        }
    };
    Some(Diagnostic::new(path, Code::MissingText, message).hint(hint))
}
