//! `lyceum config`: the settings that hold, each with the place it comes from.
//!
//! Secrets are never shown, only whether they are there.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::Context;
use compiler::diagnostic::Code;
use compiler::diagnostic::policy::Level;
use compiler::site_config::SiteConfig;
use serde::Serialize;
use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

use crate::args::Config;
use crate::failure::Outcome;
use crate::school_folder::SchoolFolder;
use crate::{compilation, console, report};

/// Variables whose presence matters and whose value is nobody's business.
const SECRETS: [&str; 3] = ["LYCEUM_RELEASE_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// Where the key that signs releases stands if no variable holds it.
const KEY_FILE: &str = ".lyceum/release.key";

#[derive(Debug, Serialize)]
struct Setting {
    key: String,
    value: Value,
    /// `site.toml:3`, `default`, or the name of a variable or file.
    from: String,
}

/// Reads the settings and prints them.
pub(crate) fn run(config: &Config, school: &Path) -> anyhow::Result<Outcome> {
    let school = SchoolFolder::find(school)?;
    let tree = compilation::read(school.root())?;
    let mut diagnostics = Vec::new();
    let read = SiteConfig::read(&tree, None, &mut diagnostics);
    diagnostics.sort();
    report::say(&diagnostics);
    if let Some(read) = read {
        let path = school.join("site.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("failed to read `{}`", path.display()))?;
        let mut settings = written(&read, text.trim_start_matches('\u{feff}'));
        settings.extend(secrets(&school));
        if config.json {
            console::json(&settings)?;
        } else {
            console::data(&lines(&settings))?;
        }
    }
    Ok(Outcome::of(&diagnostics))
}

/// What `site.toml` can say, whether it does or not.
fn written(config: &SiteConfig, text: &str) -> Vec<Setting> {
    let table = DeTable::parse(text).ok();
    let setting = |key: &str, value: Value| Setting {
        key: key.to_owned(),
        value,
        from: table
            .as_ref()
            .and_then(|table| line_of(text, table.get_ref(), key))
            .map_or_else(|| "default".to_owned(), |line| format!("site.toml:{line}")),
    };
    let mut settings = Vec::new();
    for language in &config.languages {
        let place = if *language == config.default_language {
            String::new()
        } else {
            format!("language.{language}.")
        };
        settings.push(setting(&format!("{place}title"), json!(config.title.get(language))));
        let description = json!(config.description.get(language));
        settings.push(setting(&format!("{place}description"), description));
    }
    settings.push(setting("base_url", json!(config.base_url)));
    settings.push(setting("languages", json!(config.languages)));
    settings.push(setting("theme", json!(config.theme)));
    settings.push(setting("currency", json!(config.currency.code())));
    let links: Vec<Value> = config
        .navigation
        .iter()
        .map(|link| json!({ "title": link.title, "url": link.url }))
        .collect();
    settings.push(setting("navigation", json!(links)));
    settings.push(setting("build.precompress", json!(config.precompress)));
    settings.push(setting("build.llms_txt", json!(config.llms_txt)));
    settings.push(setting("markdown.unsafe_html", json!(config.unsafe_html)));
    settings.push(setting("images.avif", json!(config.images.avif)));
    settings.push(setting("images.keep_metadata", json!(config.images.keep_metadata)));
    let publish = &config.publish;
    settings.push(setting("publish.public", json!(publish.public)));
    settings.push(setting("publish.private", json!(publish.private)));
    settings.push(setting("publish.endpoint", json!(publish.endpoint)));
    settings.push(setting("publish.region", json!(publish.region)));
    for (name, level) in [("deny", Level::Deny), ("warn", Level::Warn), ("allow", Level::Allow)] {
        let codes = config.check.levels().filter(|(_, set)| *set == level).map(|(code, _)| code);
        settings.push(setting(&format!("check.{name}"), json!(codes.collect::<Vec<Code>>())));
    }
    settings
}

/// The line of a key such as `publish.public`, counted from 1.
fn line_of(text: &str, table: &DeTable<'_>, key: &str) -> Option<usize> {
    let mut table = table;
    let mut parts = key.split('.').peekable();
    while let Some(part) = parts.next() {
        let (written, value) = table.get_key_value(part)?;
        if parts.peek().is_none() {
            let before = text.get(..written.span().start).unwrap_or_default();
            return Some(before.matches('\n').count() + 1);
        }
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => return None,
        }
    }
    None
}

fn secrets(school: &SchoolFolder) -> Vec<Setting> {
    let present = |name: &str, from: &str| Setting {
        key: name.to_owned(),
        value: json!("(not shown)"),
        from: from.to_owned(),
    };
    let mut settings: Vec<Setting> = SECRETS
        .iter()
        .filter(|name| env::var_os(name).is_some())
        .map(|name| present(name, "environment"))
        .collect();
    if school.join(KEY_FILE).is_file() {
        settings.push(present("release key", KEY_FILE));
    }
    settings
}

/// `key = value   # where it comes from`
fn lines(settings: &[Setting]) -> String {
    let width = settings.iter().map(|setting| setting.key.len()).max().unwrap_or_default();
    let line = |setting: &Setting| {
        let value = match &setting.value {
            Value::Null => "(none)".to_owned(),
            value => report::plain(&value.to_string()),
        };
        format!("{:<width$} = {value}   # {}", setting.key, setting.from)
    };
    settings.iter().map(line).collect::<Vec<_>>().join("\n")
}
