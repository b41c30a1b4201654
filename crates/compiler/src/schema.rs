//! JSON Schemas of front matter and `site.toml`, so that an editor completes keys
//! and marks what is wrong while it is typed.
//!
//! They are made of the declarations that the parser reads by, so that both know
//! the same keys. What needs the whole school, such as whether a file exists, is
//! left to `lyceum check`.

use serde_json::{Map, Value, json};

use crate::diagnostic::Code;
use crate::field::key::{Key, Presence, Shape};
use crate::front_matter::key as page;
use crate::site_config::key as site;

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The front matter of `course.md`.
    Course,
    /// The front matter of `section.md`.
    Section,
    /// The front matter of a lesson.
    Lesson,
    /// The front matter of a page outside courses.
    Page,
    /// The front matter of a learning path.
    Path,
    /// The front matter of an instructor's page.
    Instructor,
    /// `site.toml`
    Site,
}

impl Kind {
    fn keys(self) -> (&'static [Key], &'static str) {
        match self {
            Self::Course => (&page::COURSE, "The front matter of a course"),
            Self::Section => (&page::SECTION, "The front matter of a section"),
            Self::Lesson => (&page::LESSON, "The front matter of a lesson"),
            Self::Page => (&page::PAGE, "The front matter of a page"),
            Self::Path => (&page::PATH, "The front matter of a learning path"),
            Self::Instructor => (&page::INSTRUCTOR, "The front matter of an instructor's page"),
            Self::Site => (&site::SITE, "site.toml, the settings of a school"),
        }
    }
}

/// The schema of one kind, as JSON Schema draft 7, which editors know best.
#[must_use]
pub fn of(kind: Kind) -> Value {
    let (keys, title) = kind.keys();
    let mut schema =
        json!({ "$schema": "http://json-schema.org/draft-07/schema#", "title": title });
    if let (Some(schema), Value::Object(table)) = (schema.as_object_mut(), table(keys)) {
        schema.extend(table);
    }
    schema
}

fn table(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(property).collect();
    let required: Vec<&str> =
        keys.iter().filter(|key| key.presence == Presence::Required).map(|key| key.name).collect();
    let mut schema =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    // Draft 4, which some editors are bound to, knows no empty list here.
    if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn property(key: &Key) -> (String, Value) {
    let mut schema = shape(key.shape);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(key.about));
    }
    (key.name.to_owned(), schema)
}

fn shape(shape: Shape) -> Value {
    match shape {
        // YAML reads a title such as `1984` as a number.
        Shape::Text => json!({ "type": ["string", "number", "boolean"], "pattern": "\\S" }),
        Shape::Id => word("^[a-z0-9][a-z0-9_-]{0,63}$"),
        Shape::Slug => word("^[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}._-]{0,99}$"),
        Shape::Count { most } => json!({ "type": "integer", "minimum": 1, "maximum": most }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Addresses => {
            let segment = r"[^/.\\?#\s][^/\\?#]*";
            list_or_one(word(&format!(r"^\s*(/+|/?{segment}(/{segment})*/*)\s*$")))
        }
        Shape::Texts => list_or_one(self::shape(Shape::Text)),
        Shape::Words(words) => json!({ "enum": words }),
        Shape::Prices => json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Z]{3}$" },
            "additionalProperties": { "type": "string", "pattern": "^\\s*[0-9]+(\\.[0-9]+)?\\s*$" },
        }),
        Shape::Moment => text(
            "^(none|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?))$",
        ),
        Shape::Duration => json!({
            "type": ["string", "number"],
            "pattern": r"^\s*([0-9]+|[0-9]+\s*h|([0-9]+\s*h\s*)?[0-9]+\s*m(in)?)\s*$",
        }),
        Shape::Currency => text("^[A-Z]{3}$"),
        Shape::Codes => {
            let names = Code::ALL.iter().map(|code| code.name()).chain(["warnings"]);
            list_or_one(json!({ "enum": names.collect::<Vec<_>>() }))
        }
        Shape::Starts(starts) => text(&format!("^({})", starts.join("|"))),
        Shape::Table(keys) => table(keys),
        Shape::Tables(keys) => json!({ "type": "array", "items": table(keys) }),
        Shape::TableByLanguage(keys) => {
            json!({ "type": "object", "additionalProperties": table(keys) })
        }
        Shape::TextOrByLanguage => {
            let text = self::shape(Shape::Text);
            let table = json!({ "type": "object", "additionalProperties": text.clone() });
            json!({ "anyOf": [text, table] })
        }
    }
}

/// A text that may look like a number.
fn word(pattern: &str) -> Value {
    json!({ "type": ["string", "number", "boolean"], "pattern": pattern })
}

fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn list_or_one(one: Value) -> Value {
    json!({ "anyOf": [{ "type": "array", "items": one.clone() }, one] })
}
