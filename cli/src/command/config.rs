//! `lyceum config`: the settings that hold, each with the place it comes from.
//!
//! Secrets are never shown, only whether they are there.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::Context;
use compiler::diagnostic::Code;
use compiler::diagnostic::policy::Level;
use compiler::site_config::{self, SiteConfig};
use compiler::slug::Cjk;
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

/// What `site.toml` can say, whether it does or not. The keys are those that the
/// compiler knows, so that none is forgotten here.
fn written(config: &SiteConfig, text: &str) -> Vec<Setting> {
    let table = DeTable::parse(text).ok();
    let plain: toml::Table = text.parse().unwrap_or_default();
    let setting = |key: &str, value: Value| Setting {
        key: key.to_owned(),
        value,
        from: table
            .as_ref()
            .and_then(|table| line_of(text, table.get_ref(), key))
            .map_or_else(|| "default".to_owned(), |line| format!("site.toml:{line}")),
    };
    let mut settings = Vec::new();
    for key in site_config::keys() {
        if key == "language" {
            let others = config.languages.iter().filter(|tag| **tag != config.default_language);
            for language in others {
                let (title, description) =
                    (config.title.get(language), config.description.get(language));
                settings.push(setting(&format!("language.{language}.title"), json!(title)));
                let key = format!("language.{language}.description");
                settings.push(setting(&key, json!(description)));
            }
            continue;
        }
        let value = held(config, &key).unwrap_or_else(|| at(&plain, &key));
        settings.push(setting(&key, value));
    }
    settings
}

/// What holds for a key, where that may be more than what is written.
fn held(config: &SiteConfig, key: &str) -> Option<Value> {
    let (publish, external) = (&config.publish, &config.external);
    Some(match key {
        "title" => json!(config.title.get(&config.default_language)),
        "description" => json!(config.description.get(&config.default_language)),
        "base_url" => json!(config.base_url),
        "languages" => json!(config.languages),
        "theme" => json!(config.theme),
        "currency" => json!(config.currency.code()),
        "navigation" => navigation(config),
        "courses_per_page" => json!(config.courses_per_page),
        "slugs.cjk" => json!(match config.cjk {
            Cjk::Keep => "keep",
            Cjk::Pinyin => "pinyin",
        }),
        "build.precompress" => json!(config.precompress),
        "build.llms_txt" => json!(config.llms_txt),
        "build.search" => json!(config.search),
        "markdown.unsafe_html" => json!(config.unsafe_html),
        "images.avif" => json!(config.images.avif),
        "images.keep_metadata" => json!(config.images.keep_metadata),
        "publish.public" => json!(publish.public),
        "publish.private" => json!(publish.private),
        "publish.endpoint" => json!(publish.endpoint),
        "publish.region" => json!(publish.region),
        "check.deny" => codes(config, Level::Deny),
        "check.warn" => codes(config, Level::Warn),
        "check.allow" => codes(config, Level::Allow),
        "check.external.ignore" => json!(external.ignore),
        "check.external.local" => json!(external.local),
        "check.external.fragments" => json!(external.fragments),
        _ => return None,
    })
}

fn navigation(config: &SiteConfig) -> Value {
    let links = config.navigation.iter();
    links.map(|link| json!({ "title": link.title, "url": link.url })).collect()
}

fn codes(config: &SiteConfig, level: Level) -> Value {
    let codes = config.check.levels().filter(|(_, set)| *set == level).map(|(code, _)| code);
    json!(codes.collect::<Vec<Code>>())
}

/// What is written under a key such as `defaults.tags`.
fn at(table: &toml::Table, key: &str) -> Value {
    let (first, rest) = key.split_once('.').unwrap_or((key, ""));
    match table.get(first) {
        Some(toml::Value::Table(inner)) if !rest.is_empty() => at(inner, rest),
        Some(value) if rest.is_empty() => plain_value(value),
        _ => Value::Null,
    }
}

fn plain_value(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(moment) => json!(moment.to_string()),
        toml::Value::Array(items) => items.iter().map(plain_value).collect(),
        other => json!(other),
    }
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
