//! The texts of a theme, by language, written in Fluent.
//!
//! A locale is `locales/<tag>.ftl`. A school's own file changes the built-in one
//! text by text, a regional language changes its language the same way, and what
//! a language lacks is said in English, with a warning.

mod fluent_file;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use contracts::language::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use tera::{Kwargs, State, TeraResult};
use unic_langid::LanguageIdentifier;

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::site_config::SiteConfig;
use crate::source::{SourcePath, SourceTree};
use crate::theme::locale::fluent_file::FluentFile;

/// The language every text exists in, so that something can always be shown.
const FALLBACK: &str = "en";

/// The key under which a language names itself; it is never taken from English.
const LANGUAGE_NAME: &str = "language-name";

/// The texts in one language, English where it has none.
pub(super) struct Locale {
    language: Language,
    own: Speech,
    english: Arc<Speech>,
    /// Every text with its placeholders standing: `{name}`.
    plain: BTreeMap<String, String>,
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locale").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Locale {
    /// The text of a key with each variable left as `{name}`, in its most general
    /// plural form: for whoever fills it later.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.plain.get(key).map(String::as_str)
    }

    /// What the language is called in itself.
    pub(super) fn language_name(&self) -> Option<&str> {
        self.own
            .files
            .iter()
            .any(|file| file.messages().contains_key(LANGUAGE_NAME))
            .then_some(())?;
        self.text(LANGUAGE_NAME)
    }

    /// `t(key="…", n=3)` in templates: the text, its variables being the other
    /// arguments.
    pub(super) fn translate(&self, arguments: &Kwargs, _: &State<'_>) -> TeraResult<String> {
        let key = arguments.must_get::<&str>("key")?;
        let mut values = FluentArgs::new();
        for (name, value) in arguments.iter() {
            let value = match value.as_i64() {
                Some(number) => FluentValue::from(number),
                None => FluentValue::from(value.to_string()),
            };
            values.set(name.to_string(), value);
        }
        let said = self.own.say(key, &values).or_else(|| self.english.say(key, &values));
        let Some((text, errors)) = said else {
            let near = did_you_mean(key, self.plain.keys().map(String::as_str));
            let hint = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
            return Err(tera::Error::message(format!("no locale has the text `{key}`{hint}")));
        };
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(tera::Error::message(format!(
                "the text `{key}` in `{}` can't be said: {}",
                self.language,
                what_lacks(error)
            ))),
        }
    }
}

/// One language by itself.
struct Speech {
    bundle: FluentBundle<FluentResource>,
    files: Vec<FluentFile>,
}

impl Speech {
    fn new(tag: &str, files: Vec<FluentFile>) -> Self {
        let identifier = tag.parse::<LanguageIdentifier>().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // No isolation marks: in a page, elements isolate, and in a mail the marks
        // would become part of the link that a program finds in the text.
        bundle.set_use_isolating(false);
        // It fails only where a function of that name is there already.
        let _ = bundle.add_builtins();
        for file in &files {
            bundle.add_resource_overriding(file.resource());
        }
        Self { bundle, files }
    }

    fn say(&self, key: &str, values: &FluentArgs<'_>) -> Option<(String, Vec<FluentError>)> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text: Cow<'_, str> = self.bundle.format_pattern(pattern, Some(values), &mut errors);
        Some((text.into_owned(), errors))
    }

    /// The keys of the texts.
    fn keys(&self) -> BTreeSet<&str> {
        self.files.iter().flat_map(|file| file.messages().keys().map(String::as_str)).collect()
    }

    /// Every text with `{name}` for its variables.
    fn plain(&self) -> BTreeMap<String, String> {
        let mut placeholders = FluentArgs::new();
        for name in self.files.iter().flat_map(FluentFile::variables) {
            placeholders.set(name.to_owned(), FluentValue::from(format!("{{{name}}}")));
        }
        let say = |key: &str| Some((key.to_owned(), self.say(key, &placeholders)?.0));
        self.keys().into_iter().filter_map(say).collect()
    }
}

/// What a text would need in order to be said.
fn what_lacks(error: &FluentError) -> String {
    let text = error.to_string();
    match text.strip_prefix("Resolver error: ").unwrap_or(&text).split_once(": ") {
        Some(("Unknown variable", name)) => format!("it needs `{}`", name.trim_start_matches('$')),
        Some((what, which)) => format!("{} `{which}`", what.to_lowercase()),
        None => text.to_lowercase(),
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
    diagnostics.extend(unread(own, folder));
    let mut reader = Reader { built_in, own, folder, diagnostics, told: BTreeSet::new() };
    let english = Arc::new(Speech::new(FALLBACK, reader.files_of(FALLBACK)));
    let mut locales = BTreeMap::new();
    for language in &config.languages {
        let tag = language.as_str();
        let primary = tag.split('-').next().unwrap_or(tag);
        let mut files = reader.files_of(primary);
        if primary != tag {
            files.extend(reader.files_of(tag));
        }
        let path = SourcePath::new(&format!("{folder}/locales/{tag}.ftl"));
        let found = incomplete(&path, language, &files, &english);
        reader.diagnostics.extend(found);
        for file in &files {
            let told = fluent_file::differences(file, &english.files);
            reader.tell(told);
        }
        let speech = Speech::new(tag, files);
        let mut plain = english.plain();
        plain.extend(speech.plain());
        let english = Arc::clone(&english);
        let language = language.clone();
        locales.insert(language.clone(), Locale { language, own: speech, english, plain });
    }
    locales
}

/// Reads locale files, telling each mistake once though English is read for
/// every language.
struct Reader<'r> {
    built_in: &'r SourceTree,
    own: &'r SourceTree,
    folder: &'r str,
    diagnostics: &'r mut Vec<Diagnostic>,
    told: BTreeSet<Diagnostic>,
}

impl Reader<'_> {
    /// The files of one tag, the built-in one first.
    fn files_of(&mut self, tag: &str) -> Vec<FluentFile> {
        let file = SourcePath::new(&format!("locales/{tag}.ftl"));
        let path = SourcePath::new(&format!("{}/{file}", self.folder));
        let mut files = Vec::new();
        for tree in [self.built_in, self.own] {
            if !tree.contains(file.as_str()) {
                continue;
            }
            match tree.text(&file) {
                Ok(text) => {
                    let (file, found) = FluentFile::parse(&path, text);
                    self.tell(found);
                    files.extend(file);
                }
                Err(diagnostic) => self.tell(vec![Diagnostic { path: path.clone(), ..diagnostic }]),
            }
        }
        let known: Vec<_> = files.iter().collect();
        let lost: Vec<_> = files.iter().flat_map(|file| file.dangling(&known)).collect();
        self.tell(lost);
        files
    }

    fn tell(&mut self, found: Vec<Diagnostic>) {
        for diagnostic in found {
            if self.told.insert(diagnostic.clone()) {
                self.diagnostics.push(diagnostic);
            }
        }
    }
}

/// What lies among the locales of a school's theme and is no locale.
fn unread(own: &SourceTree, folder: &str) -> Vec<Diagnostic> {
    own.below("locales")
        .filter(|(path, _)| !path.as_str().ends_with(".ftl"))
        .map(|(path, _)| {
            let path = SourcePath::new(&format!("{folder}/{path}"));
            let message = "a locale is a Fluent file, `<language>.ftl`; this one isn't read";
            Diagnostic::new(&path, Code::BadLocale, message)
                .hint("write `key = text`, with variables as `{ $name }`, into a file `.ftl`")
        })
        .collect()
}

/// The warning that a language is not, or not wholly, spoken by the theme.
fn incomplete(
    path: &SourcePath,
    language: &Language,
    files: &[FluentFile],
    english: &Speech,
) -> Option<Diagnostic> {
    if files.is_empty() {
        let message = format!("the theme has no texts in `{language}`");
        let hint = format!("add `{path}`; until then they are shown in English");
        return Some(Diagnostic::new(path, Code::MissingLocale, message).hint(hint));
    }
    let keys = english.keys();
    let has = |key: &str| files.iter().any(|file| file.messages().contains_key(key));
    let missing: Vec<_> =
        keys.into_iter().filter(|key| !has(key)).map(|key| format!("`{key}`")).collect();
    let message = match missing.as_slice() {
        [] => return None,
        [one] => format!("`{language}` has no text for {one}"),
        [first, rest @ ..] => {
            format!("`{language}` has no text for {first} and {} more", rest.len())
        }
    };
    let hint = format!("add it to `{path}`; until then it is shown in English");
    Some(Diagnostic::new(path, Code::MissingText, message).hint(hint))
}
