//! The data files of a school: facts that several pages show and that are kept in
//! one place, `data/<name>.toml`, `.yaml`, `.json` or `.csv`.
//!
//! They are public by definition, since any page and the theme may show any of
//! them; what is paid for stands in lessons.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::field::SourceText;
use crate::hidden::Setting;
use crate::source::SourceTree;
use crate::source_path::SourcePath;

mod notation;

/// The folder they stand in.
pub(crate) const FOLDER: &str = "data";

/// No table of facts on a page comes near it; more is a database.
const MAX_BYTES: u64 = 1024 * 1024;

/// A school has this many bytes of data altogether: each page of the theme may
/// walk through all of it.
const MAX_ALL_BYTES: u64 = 8 * 1024 * 1024;

/// All data of a school, by the names of its files.
#[derive(Debug, Clone)]
pub struct Data {
    root: Value,
    /// The paths of the files that were told and left out.
    unread: BTreeSet<String>,
}

impl Default for Data {
    fn default() -> Self {
        Self { root: Value::Object(Map::new()), unread: BTreeSet::new() }
    }
}

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The part of the path that is there, empty for none.
    pub(crate) found: String,
    /// The name that is not.
    pub(crate) name: String,
    /// The name that was meant, if one is near enough.
    pub(crate) near: Option<String>,
    /// Whether it would be there, had its file been readable.
    pub(crate) is_unread: bool,
}

impl Data {
    /// Reads `data/`. A file that can't be read is told and left out.
    pub(crate) fn read(tree: &SourceTree, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut data = Self::default();
        let mut all = 0;
        for (path, file) in tree.below(FOLDER) {
            let Some(names) = names(path) else {
                let message = format!("`{path}` is read by nobody");
                let hint = "data stands in files of `.toml`, `.yaml`, `.json` or `.csv`, named by \
                            letters, digits, `-` and `_`";
                diagnostics.push(Diagnostic::new(path, Code::StrayFile, message).hint(hint));
                continue;
            };
            all += file.len;
            if file.len > MAX_BYTES || all > MAX_ALL_BYTES {
                let message = if file.len > MAX_BYTES {
                    "the file has more than 1 MiB of data"
                } else {
                    "the school has more than 8 MiB of data"
                };
                let hint = "keep here only what pages show";
                diagnostics.push(Diagnostic::new(path, Code::BadData, message).hint(hint));
                data.unread.insert(names.join("."));
                continue;
            }
            let read = tree.text(path).and_then(|text| {
                SourceText { path, text }.tell_hidden(Setting::Prose, diagnostics);
                notation::read(path, text)
            });
            match read {
                Ok(value) => data.insert(path, &names, value, diagnostics),
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    data.unread.insert(names.join("."));
                }
            }
        }
        data
    }

    /// Everything, for templates.
    #[must_use]
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// What a path such as `team.0.name` leads to.
    pub(crate) fn at(&self, path: &str) -> Result<&Value, Missing> {
        let mut value = &self.root;
        let mut found: Vec<&str> = Vec::new();
        for name in path.split('.').map(str::trim) {
            let next = match value {
                Value::Object(map) => map.get(name),
                Value::Array(items) => name.parse().ok().and_then(|index: usize| items.get(index)),
                _ => None,
            };
            value = next.ok_or_else(|| {
                let near = match value {
                    Value::Object(map) => did_you_mean(name, map.keys().map(String::as_str)),
                    _ => None,
                };
                let near = near.map(str::to_owned);
                let is_unread = self.is_unread(path);
                Missing { found: found.join("."), name: name.to_owned(), near, is_unread }
            })?;
            found.push(name);
        }
        Ok(value)
    }

    /// Whether a path leads into a file that was left out.
    fn is_unread(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('.').map(str::trim).collect();
        let mut files = (1..=names.len()).filter_map(|length| names.get(..length));
        !self.unread.is_empty() && files.any(|file| self.unread.contains(&file.join(".")))
    }

    fn insert(
        &mut self,
        path: &SourcePath,
        names: &[&str],
        value: Value,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut place = &mut self.root;
        let Some((last, folders)) = names.split_last() else { return };
        for folder in folders {
            let Value::Object(map) = place else { return taken(path, names, diagnostics) };
            place = map.entry(*folder).or_insert_with(|| Value::Object(Map::new()));
        }
        match place {
            Value::Object(map) if !map.contains_key(*last) => {
                map.insert((*last).to_owned(), value);
            }
            _ => taken(path, names, diagnostics),
        }
    }
}

fn taken(path: &SourcePath, names: &[&str], diagnostics: &mut Vec<Diagnostic>) {
    let message = format!("`data.{}` is already in another file", names.join("."));
    diagnostics.push(Diagnostic::new(path, Code::BadData, message).hint("rename one of them"));
}

/// `data/team/board.toml` is `team.board`.
fn names(path: &SourcePath) -> Option<Vec<&str>> {
    let below = path.as_str().strip_prefix("data/")?;
    let (name, extension) = below.rsplit_once('.')?;
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let names: Vec<&str> = name.split('/').collect();
    let fits = matches!(extension, "toml" | "yaml" | "yml" | "json" | "csv");
    (fits && names.iter().all(|name| is_name(name))).then_some(names)
}

/// A value as it stands in a text; `None` for a table, which has no one text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(items) if !items.iter().any(|item| item.is_array() || item.is_object()) => {
            Some(items.iter().filter_map(text).collect::<Vec<_>>().join(", "))
        }
        Value::Array(_) | Value::Object(_) => None,
    }
}
