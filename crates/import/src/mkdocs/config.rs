//! The few keys of `mkdocs.yml` that say what a site consists of.
//!
//! Each is cut out and read alone: the rest of the file often holds tags of
//! Python programs that no other reader of YAML understands.

use serde_json::Value;

use super::super::error::BookError;
use super::super::note::{Notes, quoted};
use super::super::prose;
use super::super::yaml;

/// The site as its author configured it.
#[derive(Debug, Default)]
pub(super) struct Config {
    pub(super) site_name: Option<String>,
    pub(super) site_description: Option<String>,
    pub(super) site_url: Option<String>,
    pub(super) language: Option<String>,
    pub(super) docs_dir: String,
    pub(super) nav: Vec<Item>,
    /// Folders in which snippets are looked for.
    pub(super) snippet_folders: Vec<String>,
}

/// An entry of `nav`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Page { title: Option<String>, path: String },
    Group { title: String, items: Vec<Item> },
}

/// Deeper groups are no navigation.
const MAX_DEPTH: usize = 16;

impl Config {
    pub(super) fn read(text: &str, path: &str, notes: &mut Notes) -> Result<Self, BookError> {
        let key = |name: &str| -> Result<Option<Value>, BookError> {
            let Some(block) = top_level(text, name) else { return Ok(None) };
            let value: Value = yaml::read(&block).map_err(|source| BookError::Setting {
                name: name.to_owned(),
                path: path.to_owned(),
                source: Box::new(source),
            })?;
            Ok(value.get(name).cloned())
        };
        let word = |name: &str| -> Result<Option<String>, BookError> {
            Ok(key(name)?.as_ref().and_then(Value::as_str).map(str::to_owned))
        };
        let nav = key("nav")?;
        let theme = top_level(text, "theme").unwrap_or_default();
        note_settings(text, path, notes);
        Ok(Self {
            site_name: word("site_name")?,
            site_description: word("site_description")?,
            site_url: word("site_url")?,
            language: scalar_below(&theme, "language"),
            docs_dir: word("docs_dir")?.unwrap_or_else(|| "docs".to_owned()),
            nav: nav.as_ref().map(|nav| items(nav, path, notes, 0)).unwrap_or_default(),
            snippet_folders: snippet_folders(text),
        })
    }
}

fn note_settings(text: &str, path: &str, notes: &mut Notes) {
    for (key, why) in [
        ("INHERIT", "the file that it names is not read"),
        ("plugins", "not run: what a plugin would change stays as it is written"),
        ("hooks", "not run: what a hook would change stays as it is written"),
        ("extra_css", "left out: the look of a course is the school's theme"),
        ("extra_javascript", "left out: lessons run nothing"),
        ("copyright", "left out: write it into a page or into the course's text"),
    ] {
        if top_level(text, key).is_some() {
            notes.add(path, 0, quoted(key), why);
        }
    }
    if let Some(author) = scalar_below(text, "site_author") {
        let why = "add them to `content/instructors/` and to `course.md`";
        notes.add(path, 0, format!("author {}", quoted(&author)), why);
    }
}

fn items(value: &Value, path: &str, notes: &mut Notes, depth: usize) -> Vec<Item> {
    let Some(list) = value.as_array().filter(|_| depth < MAX_DEPTH) else {
        notes.add(path, 0, "an entry of `nav`", "left out: it is no list of pages");
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in list {
        match entry {
            Value::String(page) => found.push(Item::Page { title: None, path: page.clone() }),
            Value::Object(titled) => {
                for (title, target) in titled {
                    let title = prose::plain(title);
                    match target {
                        Value::String(page) => {
                            found.push(Item::Page { title: Some(title), path: page.clone() });
                        }
                        group => {
                            let items = items(group, path, notes, depth + 1);
                            found.push(Item::Group { title, items });
                        }
                    }
                }
            }
            _ => notes.add(path, 0, "an entry of `nav`", "left out: it is no page"),
        }
    }
    found
}

/// The lines of a key at the top of the file, with everything below it.
fn top_level(text: &str, key: &str) -> Option<String> {
    let mut block = String::new();
    for line in text.lines() {
        if block.is_empty() {
            let is_key = line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
            if is_key {
                block = format!("{line}\n");
            }
            continue;
        }
        // A list may stand under its key without indentation.
        let is_below = line.trim().is_empty() || line.starts_with([' ', '\t', '#', '-', ']', '}']);
        if !is_below {
            break;
        }
        block += &format!("{line}\n");
    }
    (!block.is_empty()).then_some(block)
}

/// The value of a key with a plain value, at whatever depth it stands.
fn scalar_below(block: &str, key: &str) -> Option<String> {
    block.lines().find_map(|line| {
        let value = line.trim().strip_prefix(key)?.strip_prefix(':')?.trim();
        let value = value.split(" #").next().unwrap_or_default().trim();
        let value = value.trim_matches(['"', '\'']);
        (!value.is_empty()).then(|| value.to_owned())
    })
}

/// `base_path` of the snippets extension; the site's own folder without it.
fn snippet_folders(text: &str) -> Vec<String> {
    let extensions = top_level(text, "markdown_extensions").unwrap_or_default();
    let mut folders = Vec::new();
    let mut is_list = false;
    for line in extensions.lines() {
        let line = line.trim();
        if is_list && let Some(folder) = line.strip_prefix("- ") {
            folders.push(folder.trim().trim_matches(['"', '\'']).to_owned());
            continue;
        }
        is_list = false;
        if let Some(value) = line.strip_prefix("base_path:") {
            let value = value.trim();
            is_list = value.is_empty();
            let plain = value.trim_matches(['[', ']']).split(',').map(str::trim);
            folders.extend(
                plain
                    .map(|folder| folder.trim_matches(['"', '\'']).to_owned())
                    .filter(|f| !f.is_empty()),
            );
        }
    }
    // Paths that a program computes, such as `!relative $config_dir`, are not known.
    folders.retain(|folder| !folder.starts_with(['!', '$']));
    if folders.is_empty() {
        folders.push(".".to_owned());
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "site_name: 'Wiki'\nsite_url: https://wiki.test\nsite_author: Ada # x\nnav:\n\
        - Home: index.md\n- intro.md\n- Part *one*:\n  - A: a/a.md\n  - Deep:\n    - B: a/b.md\n\
        - Web: https://a.test\ntheme:\n  name: material\n  language: zh\nmarkdown_extensions:\n  \
        - toc:\n      slugify: !!python/name:pymdownx.slugs.uslugify\n  - pymdownx.snippets:\n      \
        base_path:\n        - docs\n        - \"code\"\n      check_paths: true\nplugins:\n- search\n";

    #[test]
    fn navigation_is_read_although_the_file_holds_python() {
        let mut notes = Notes::default();
        let config = Config::read(SITE, "mkdocs.yml", &mut notes).unwrap();
        assert_eq!(config.site_name.as_deref(), Some("Wiki"));
        assert_eq!(config.language.as_deref(), Some("zh"));
        assert_eq!(config.docs_dir, "docs");
        assert_eq!(config.snippet_folders, ["docs", "code"]);
        let page = |title: Option<&str>, path: &str| Item::Page {
            title: title.map(str::to_owned),
            path: path.to_owned(),
        };
        let deep = Item::Group { title: "Deep".to_owned(), items: vec![page(Some("B"), "a/b.md")] };
        assert_eq!(
            config.nav,
            [
                page(Some("Home"), "index.md"),
                page(None, "intro.md"),
                Item::Group {
                    title: "Part one".to_owned(),
                    items: vec![page(Some("A"), "a/a.md"), deep],
                },
                page(Some("Web"), "https://a.test"),
            ]
        );
        let notes: Vec<String> = notes.into_sorted().into_iter().map(|note| note.what).collect();
        assert_eq!(notes, ["`plugins`", "author `Ada`"]);
    }

    #[test]
    fn a_navigation_that_can_not_be_read_says_so() {
        let error = Config::read("nav: [a, b\n", "mkdocs.yml", &mut Notes::default()).unwrap_err();
        assert_eq!(error.to_string(), "failed to read `nav` in `mkdocs.yml`");
        let mut notes = Notes::default();
        let config = Config::read("nav:\n  - 1\n  - A: {}\n", "mkdocs.yml", &mut notes).unwrap();
        assert_eq!(config.nav, [Item::Group { title: "A".to_owned(), items: Vec::new() }]);
        assert_eq!(notes.into_sorted().len(), 2);
    }
}
