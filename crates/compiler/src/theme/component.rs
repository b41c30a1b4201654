//! The components a theme offers: what `:::name` may be written, and which
//! attributes each takes.
//!
//! `components.toml` of a school's theme adds to the built-in one name by name,
//! and a template `templates/components/<name>.html` that nothing declares is a
//! container without attributes. How a component looks is its template's affair.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourcePath, SourceTree};
use crate::theme::toml_diagnostic;

/// Where a theme declares its components.
const FILE: &str = "components.toml";

/// The components of a theme by name.
pub type Components = BTreeMap<String, Component>;

/// One component as its theme declares it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// How it is written.
    #[serde(default)]
    pub form: Form,
    /// The component that it is an item of. An item stands directly inside of
    /// that one and is drawn by that one's template.
    #[serde(default)]
    pub inside: Option<String>,
    /// What may stand between its braces.
    #[serde(default)]
    pub attributes: BTreeMap<String, Attribute>,
}

/// How a component is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// `:::name`, text, `:::`
    #[default]
    Container,
    /// `::name{…}` on a line of its own.
    Leaf,
    /// `:name[text]` within a line.
    Inline,
}

/// One attribute as its theme declares it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// What its value must be.
    #[serde(default)]
    pub kind: Kind,
    /// Whether the component can't do without it.
    #[serde(default)]
    pub required: bool,
    /// The only values it may have, if there are only some.
    #[serde(default)]
    pub one_of: Vec<String>,
}

/// What the value of an attribute must be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Any text.
    #[default]
    Text,
    /// Nothing: the name alone says it.
    Flag,
    /// A whole number from 1 to 12.
    Number,
    /// A link as Markdown has it: a file, a page, another site.
    Link,
    /// A picture beside the page, or on another site.
    Picture,
    /// A film, a sound or captions, beside the page or on another site.
    Media,
    /// The `https:` address of another site.
    Web,
    /// A word of the glossary; of an inline component that does not say it, its text.
    Term,
}

/// The declarations of a theme. `files` is the theme with the built-in one below
/// it; a declaration that nothing draws is an error.
pub(super) fn load(
    built_in: &SourceTree,
    own: &SourceTree,
    files: &SourceTree,
    folder: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Components {
    let path = SourcePath::new(&format!("{folder}/{FILE}"));
    let mut components = Components::new();
    for tree in [built_in, own] {
        if !tree.contains(FILE) {
            continue;
        }
        let read = tree
            .text(&SourcePath::new(FILE))
            .map_err(|diagnostic| Diagnostic { path: path.clone(), ..diagnostic })
            .and_then(|text| {
                toml::from_str::<Components>(text)
                    .map_err(|error| toml_diagnostic(&path, text, &error))
            });
        match read {
            Ok(declared) => components.extend(declared),
            Err(error) => diagnostics.push(error),
        }
    }
    for (path, _) in files.below("templates/components") {
        let name = path.as_str().trim_start_matches("templates/components/");
        if let Some(name) = name.strip_suffix(".html").filter(|name| is_name(name)) {
            components.entry(name.to_owned()).or_default();
        }
    }
    diagnostics.extend(components.iter().filter_map(|(name, component)| {
        let message = match &component.inside {
            Some(parent) if components.contains_key(parent) => return None,
            Some(parent) => format!("`{name}` is an item of `{parent}`, which is no component"),
            None if files.contains(&template_file(name)) => return None,
            None => format!("the component `{name}` has no template"),
        };
        let hint = format!("add `{folder}/{}`", template_file(name));
        Some(Diagnostic::new(&path, Code::BadTemplate, message).hint(hint))
    }));
    components
}

/// Where the template of a component stands in its theme.
pub(super) fn template_file(name: &str) -> String {
    format!("templates/components/{name}.html")
}

/// Whether a component can be called so: small letters, digits and `-`.
pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
