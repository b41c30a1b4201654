//! The schemas and the parser agree: each takes a value exactly when the other does.

use std::collections::BTreeMap;

use compiler::diagnostic::Code;
use compiler::parse::{Options, parse};
use compiler::schema::{Kind, of};
use compiler::source::SourceTree;
use regex::Regex;
use serde_json::{Value, json};

/// Values as YAML and TOML write them alike, and as JSON sees them.
fn values() -> Vec<(&'static str, Value)> {
    vec![
        ("\"rust\"", json!("rust")),
        ("\"Two words\"", json!("Two words")),
        ("\"  \"", json!("  ")),
        ("\"a/b\"", json!("a/b")),
        ("\"/a/\"", json!("/a/")),
        ("\".hidden\"", json!(".hidden")),
        ("1984", json!(1984)),
        ("true", json!(true)),
        ("[\"en\", \"zh\"]", json!(["en", "zh"])),
        ("[\"missing-alt\", \"warnings\"]", json!(["missing-alt", "warnings"])),
        ("[[\"a\"]]", json!([["a"]])),
        ("[]", json!([])),
        ("\"paid\"", json!("paid")),
        ("\"Paid\"", json!("Paid")),
        ("\"beginner\"", json!("beginner")),
        ("\"2030-01-01T09:00:00+08:00\"", json!("2030-01-01T09:00:00+08:00")),
        ("\"2030-01-01T09:00:00Z\"", json!("2030-01-01T09:00:00Z")),
        ("\"2030-01-01T09:00:00\"", json!("2030-01-01T09:00:00")),
        ("\"2030-01-01\"", json!("2030-01-01")),
        ("\"https://school.test/\"", json!("https://school.test/")),
        ("\"s3://bucket/prefix\"", json!("s3://bucket/prefix")),
        ("\"CNY\"", json!("CNY")),
        ("\"cny\"", json!("cny")),
    ]
}

/// Prices are maps, which YAML and TOML write differently.
const PRICES: [(&str, &str); 5] = [
    ("{ USD: \"29.00\" }", r#"{ "USD": "29.00" }"#),
    ("{ USD: 29.00 }", r#"{ "USD": 29.0 }"#),
    ("{ usd: \"29.00\" }", r#"{ "usd": "29.00" }"#),
    ("{ USD: \"1,99\" }", r#"{ "USD": "1,99" }"#),
    ("{ USD: [1] }", r#"{ "USD": [1] }"#),
];

/// The part of JSON Schema that ours are written in.
fn fits(schema: &Value, value: &Value) -> bool {
    let schema = schema.as_object().unwrap();
    schema.iter().all(|(word, rule)| match (word.as_str(), value) {
        ("$schema" | "title" | "description", _) => true,
        ("type", _) => {
            let kinds = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
            kinds.iter().any(|kind| kind == kind_of(value))
        }
        ("enum", _) => rule.as_array().unwrap().contains(value),
        ("anyOf", _) => rule.as_array().unwrap().iter().any(|schema| fits(schema, value)),
        ("pattern", Value::String(text)) => {
            Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)
        }
        ("items", Value::Array(items)) => items.iter().all(|item| fits(rule, item)),
        ("required", Value::Object(map)) => {
            rule.as_array().unwrap().iter().all(|key| map.contains_key(key.as_str().unwrap()))
        }
        ("propertyNames", Value::Object(map)) => map.keys().all(|key| fits(rule, &json!(key))),
        ("properties", Value::Object(map)) => {
            map.iter().all(|(key, value)| rule.get(key).is_none_or(|schema| fits(schema, value)))
        }
        ("additionalProperties", Value::Object(map)) => map
            .iter()
            .filter(|(key, _)| {
                schema.get("properties").is_none_or(|known| known.get(key).is_none())
            })
            .all(|(_, value)| rule.is_object() && fits(rule, value)),
        (
            "pattern"
            | "items"
            | "required"
            | "propertyNames"
            | "properties"
            | "additionalProperties",
            _,
        ) => true,
        (unknown, _) => panic!("the test does not know `{unknown}`"),
    })
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Whether the parser takes what is written; what needs the whole school is left out.
fn parses(path: &str, text: &str) -> bool {
    let sound = [
        ("site.toml", "title = \"School\"\nbase_url = \"https://school.test/\"\n"),
        ("content/rust/course.md", "---\ntitle: Rust\ndescription: x\n---\n"),
        ("content/rust/01-a/section.md", "---\ntitle: A\n---\n"),
        ("content/rust/01-a/01-hello.md", "---\nid: hello\ntitle: Hello\n---\nHi.\n"),
    ];
    let mut files: BTreeMap<&str, &str> = BTreeMap::from(sound);
    files.insert(path, text);
    let told = parse(&SourceTree::from_files(files), &Options::default()).diagnostics;
    let shape = [
        Code::UnknownKey,
        Code::WrongValue,
        Code::MissingKey,
        Code::BadPrice,
        Code::BadDate,
        Code::UnknownCode,
        Code::BadFrontMatter,
        Code::BadToml,
    ];
    !told.iter().any(|found| found.path.as_str() == path && shape.contains(&found.code))
}

const KINDS: [(Kind, &str, &str); 5] = [
    (Kind::Course, "content/rust/course.md", r#"{ "title": "T", "description": "D" }"#),
    (Kind::Section, "content/rust/01-a/section.md", r#"{ "title": "T" }"#),
    (Kind::Lesson, "content/rust/01-a/01-hello.md", r#"{ "id": "hello", "title": "T" }"#),
    (Kind::Page, "content/pages/about.md", r#"{ "title": "T" }"#),
    (Kind::Instructor, "content/instructors/ada.md", r#"{ "name": "T" }"#),
];

#[test]
fn a_value_of_front_matter_fits_the_schema_exactly_when_the_parser_takes_it() {
    let mut values = values();
    values.extend(PRICES.map(|(yaml, json)| (yaml, serde_json::from_str(json).unwrap())));
    let mut differ = Vec::new();
    for (kind, path, base) in KINDS {
        let schema = of(kind);
        let keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        for key in keys.into_iter().map(String::as_str).chain(["quantum"]) {
            for (yaml, value) in &values {
                let mut page: Value = serde_json::from_str(base).unwrap();
                page[key] = value.clone();
                let written = |(name, value): (&String, &Value)| {
                    if name == key {
                        format!("{name}: {yaml}\n")
                    } else {
                        format!("{name}: {value}\n")
                    }
                };
                let keys: String = page.as_object().unwrap().iter().map(written).collect();
                if fits(&schema, &page) != parses(path, &format!("---\n{keys}---\nHi.\n")) {
                    differ.push(format!("{kind:?} {key}: {yaml}"));
                }
            }
        }
    }
    assert_eq!(differ, Vec::<String>::new());
}

#[test]
fn what_the_parser_misses_the_schema_misses() {
    for (kind, path, base) in KINDS {
        let page: Value = serde_json::from_str(base).unwrap();
        assert!(fits(&of(kind), &page), "{kind:?}");
        let name = if kind == Kind::Instructor { "name" } else { "title" };
        let mut without = page.as_object().unwrap().clone();
        without.remove(name);
        assert!(!fits(&of(kind), &Value::Object(without)), "{kind:?}");
        assert!(!parses(path, "---\nid: hello\n---\n"), "{kind:?}");
    }
}

#[test]
fn a_value_of_site_toml_fits_the_schema_exactly_when_the_parser_takes_it() {
    let schema = of(Kind::Site);
    // Which languages and themes there are only the school knows.
    let places = [
        ("title", ""),
        ("description", ""),
        ("base_url", ""),
        ("currency", ""),
        ("navigation", ""),
        ("build", ""),
        ("quantum", ""),
        ("precompress", "build"),
        ("public", "publish"),
        ("endpoint", "publish"),
        ("region", "publish"),
        ("quantum", "publish"),
        ("deny", "check"),
        ("allow", "check"),
    ];
    let mut differ = Vec::new();
    for (key, table) in places {
        for (toml, value) in values() {
            let mut site = json!({ "title": "S", "base_url": "https://school.test/" });
            if table.is_empty() {
                site[key] = value;
            } else {
                site[table] = json!({ key: value });
            }
            let mut text = String::new();
            for (name, value) in site.as_object().unwrap().iter().filter(|(name, _)| *name != table)
            {
                if *name == key {
                    text += &format!("{name} = {toml}\n");
                } else {
                    text += &format!("{name} = {value}\n");
                }
            }
            if !table.is_empty() {
                text += &format!("[{table}]\n{key} = {toml}\n");
            }
            if key == "public" {
                text += "private = \"s3://other\"\n";
            }
            if fits(&schema, &site) != parses("site.toml", &text) {
                differ.push(format!("{table}.{key} = {toml}"));
            }
        }
    }
    assert_eq!(differ, Vec::<String>::new());
}
