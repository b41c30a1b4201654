//! Input made to hang, to crash or to fill the memory: each ends fast, with a
//! diagnostic or a sound result.
//!
//! Here stand bombs, depth, long lines and encodings. `hidden` has characters that
//! nobody sees, `name` files and addresses, `value` what keys say, `size` schools and
//! lessons past all measure. Pipes, devices, links and files that change while they are
//! read are in the tests of `source`, Markdown made to hang in those of `markdown`, and
//! what reaches a terminal in those of `report` in the command line.

use std::time::{Duration, Instant};

use compiler::diagnostic::Diagnostic;
use compiler::parse::{Options, Parsed, parse};
use compiler::source::SourceTree;
use proptest::prelude::*;

mod hidden;
mod name;
mod size;
mod value;

const SITE: &str = "title = \"School\"\nbase_url = \"https://school.test/\"\n";
const COURSE: &str = "---\ntitle: Rust\ndescription: All of it.\n---\n";

fn school(lesson: impl AsRef<[u8]>) -> Parsed {
    let files = [
        ("site.toml", SITE.as_bytes()),
        ("content/rust/course.md", COURSE.as_bytes()),
        ("content/rust/01-hello.md", lesson.as_ref()),
    ];
    parse(&SourceTree::from_files(files), &Options::default())
}

/// Reads a lesson and says what was told, within a time that no honest lesson
/// comes near, in a debug build on a busy machine too.
#[track_caller]
fn told(lesson: impl AsRef<[u8]>) -> Vec<Diagnostic> {
    let start = Instant::now();
    let parsed = school(lesson);
    let taken = start.elapsed();
    assert!(taken < Duration::from_secs(30), "took {taken:?}");
    parsed.diagnostics
}

#[track_caller]
fn refused(lesson: impl AsRef<[u8]>, code: &str) {
    let told = told(lesson);
    assert!(told.iter().any(|diagnostic| diagnostic.code.name() == code), "{told:#?}");
}

#[test]
fn an_alias_bomb_ends_fast() {
    let mut bomb = "---\na0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(",");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    refused(bomb + "---\n", "bad-front-matter");
}

#[test]
fn deep_nesting_ends_fast() {
    let flow = format!("---\na: {}{}\n---\n", "[".repeat(20_000), "]".repeat(20_000));
    refused(flow, "bad-front-matter");
    let block: String = (0..200).map(|depth| format!("{}a:\n", "  ".repeat(depth))).collect();
    refused(format!("---\n{block}---\n"), "bad-front-matter");
    let dashes = format!("---\n{}x\n---\n", "- ".repeat(10_000));
    refused(dashes, "bad-front-matter");
}

#[test]
fn a_line_of_ten_megabytes_ends_fast() {
    let line = "a".repeat(10 * 1024 * 1024);
    refused(format!("---\ntitle: {line}\n---\n"), "unterminated-front-matter");
    let told_at_body = told(format!("---\nid: hello\ntitle: Hello\n---\n{line}"));
    assert_eq!(told_at_body, []);
    let told = told(&line);
    assert!(
        told.iter().all(|diagnostic| diagnostic.source_line.is_none()),
        "a line too long to quote"
    );
}

#[test]
fn many_keys_end_fast() {
    let keys: String = (0..3_000).map(|key| format!("key{key}: 1\n")).collect();
    refused(format!("---\n{keys}---\n"), "bad-front-matter");
}

#[test]
fn text_in_another_encoding_is_told() {
    refused(b"---\nid: hello\ntitle: H\xe9llo\n---\n", "not-utf8");
    refused("---\nid: hello\0\ntitle: Hello\n---\n", "nul-character");
    let utf16: Vec<u8> = "---\ntitle: x".encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(utf16, "nul-character");
}

#[test]
fn byte_order_mark_and_dos_line_endings_change_nothing() {
    let parsed =
        school("\u{feff}---\r\nid: hello\r\ntitle: Hello\r\nsummary: S\r\n---\r\nText\r\n");
    assert_eq!(parsed.diagnostics, []);
    let school = parsed.school.unwrap();
    let lesson = school.courses[0].lessons().next().unwrap();
    let edition = lesson.editions.values().next().unwrap();
    assert_eq!((edition.title.as_str(), edition.summary.as_deref()), ("Hello", Some("S")));
    assert_eq!(edition.body.text(), "Text\r\n");
}

#[test]
fn keys_and_names_with_control_characters_are_shown_escaped() {
    let told = told("---\nid: hello\ntitle: Hello\n\"a\\e[31m\": 1\n---\n");
    let messages: Vec<&str> = told.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, ["unknown key `a\\u{1b}[31m`"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_front_matter_panics(keys in "(?s).{0,200}") {
        school(format!("---\n{keys}\n---\nText"));
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        school(bytes);
    }

    #[test]
    fn no_yaml_like_text_panics(keys in "([a-c\"'&*!|>{}\\[\\]:,#%@` \t\n-]|title|id|: |é|中){0,80}") {
        school(format!("---\n{keys}\n---\nText"));
    }

    #[test]
    fn no_site_toml_panics(text in "([a-c\"'{}\\[\\]=,#. \n-]|title|languages|language|publish|é){0,80}") {
        let _ = parse(&SourceTree::from_files([("site.toml", text)]), &Options::default());
    }

    #[test]
    fn no_file_name_panics(name in "[^/\0]{1,30}") {
        let path = format!("content/rust/{name}.md");
        let files = [("site.toml", SITE), ("content/rust/course.md", COURSE), (path.as_str(), "---\nid: a\n---\n")];
        let _ = parse(&SourceTree::from_files(files), &Options::default());
    }
}
