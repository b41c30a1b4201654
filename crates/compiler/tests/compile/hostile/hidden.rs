//! Characters that nobody sees, wherever an author can put them: told at their
//! place, and what machines read stays well-formed.

use std::collections::BTreeMap;

use compiler::compile;
use compiler::parse::Options;
use compiler::site::Site;
use compiler::source::{SourcePath, SourceTree};
use jiff::Timestamp;

use super::{COURSE, SITE};

/// What is told of a school with these files: `path:line:column severity[code]
/// message`, and the hint.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    compiled(files).1
}

fn compiled(files: &[(&str, &str)]) -> (Site, Vec<String>) {
    let site = format!("{SITE}[build]\nprecompress = false\n");
    let sound = [("site.toml", site.as_str()), ("content/rust/course.md", COURSE)];
    let tree = SourceTree::from_files(sound.into_iter().chain(files.iter().copied()));
    let changed = |(path, _): &(&str, &str)| (SourcePath::new(path), Timestamp::UNIX_EPOCH);
    let tree = tree.with_changes(files.iter().map(changed).collect::<BTreeMap<_, _>>());
    let made = compile(&tree, &Options::default());
    let line = |found: &compiler::diagnostic::Diagnostic| {
        let place = found.span.map_or_else(String::new, |s| format!(":{}:{}", s.line, s.column));
        let path = found.path.as_str().escape_debug().to_string();
        let hint = found.hint.as_deref().unwrap_or_default();
        let severity = format!("{:?}", found.severity).to_lowercase();
        format!("{path}{place} {severity}[{}] {} | {hint}", found.code, found.message)
    };
    (made.site.unwrap(), made.diagnostics.iter().map(line).collect())
}

fn lesson(body: &str) -> String {
    format!("---\nid: hello\ntitle: Hello\n---\n{body}")
}

#[test]
fn code_that_turns_its_direction_is_told() {
    // The attack of <https://trojansource.codes>: what reads as a comment is code.
    let code = "if access != \"user\u{202e} \u{2066}// check\u{2069} \u{2066}\" {\n";
    let fenced = lesson(&format!("Copy it:\n\n```c\n{code}```\n\nThen `a\u{2067}b\u{2069}`.\n"));
    let hint = "remove it: who copies the code gets what can't be seen";
    let at = |place: &str, what: &str| {
        format!(
            "content/rust/01-hello.md:{place} warning[hidden-characters] the code holds a hidden character, {what} | {hint}"
        )
    };
    assert_eq!(
        told(&[("content/rust/01-hello.md", &fenced)]),
        [
            at("8:19", "U+202E (right-to-left override)"),
            at("8:21", "U+2066 (left-to-right isolate), 2 times"),
            at("8:30", "U+2069 (end of isolate), 2 times"),
            at("11:8", "U+2067 (right-to-left isolate)"),
        ]
    );
}

#[test]
fn code_of_a_file_is_told_in_the_file() {
    let page = lesson("```c include=\"main.c\"\n```\n");
    let told = told(&[
        ("content/rust/01-hello.md", page.as_str()),
        ("content/rust/main.c", "int a;\nint b;\u{202e}\n"),
    ]);
    assert_eq!(
        told,
        ["content/rust/main.c:2:7 warning[hidden-characters] the code holds a hidden \
          character, U+202E (right-to-left override) | remove it: who copies the code gets \
          what can't be seen"]
    );
}

#[test]
fn sentences_may_hold_what_their_script_needs() {
    let text =
        "הפקודה \u{2066}git push\u{2069} היא\u{200f}, می\u{200c}خواهم, 👨\u{200d}👩\u{200d}👧.\n";
    let page = lesson(text).replace("Hello", "שלום \u{2067}a\u{2069}");
    assert_eq!(told(&[("content/rust/01-hello.md", page.as_str())]), [] as [&str; 0]);
}

#[test]
fn sentences_that_leave_their_direction_open_are_told() {
    let page = lesson("\u{feff}A \u{2067}b.\n\nC\u{200b}d\u{7f}.\n");
    let open = "remove it, or close in its paragraph what it opens";
    let copied = "remove it: it can't be seen, and it is copied along";
    let at = |place: &str, what: &str, hint: &str| {
        format!(
            "content/rust/01-hello.md:{place} warning[hidden-characters] the text holds a hidden character, {what} | {hint}"
        )
    };
    assert_eq!(
        told(&[("content/rust/01-hello.md", page.as_str())]),
        [
            at("5:1", "U+FEFF (byte order mark)", copied),
            at("5:4", "U+2067 (right-to-left isolate)", open),
            at("7:2", "U+200B (zero width space)", copied),
            at("7:4", "U+007F (control character)", copied),
        ]
    );
}

#[test]
fn titles_and_data_are_told_even_where_they_are_escaped() {
    let page = "---\nid: hello\ntitle: \"A\\u202Eb\"\nsummary: c\u{200b}d\n---\nHi.\n";
    let data = "[team]\nlead = \"A\u{2028}b\"\n";
    assert_eq!(
        told(&[("content/rust/01-hello.md", page), ("data/team.toml", data)]),
        [
            "content/rust/01-hello.md:3:8 warning[hidden-characters] the text holds a hidden character, U+202E (right-to-left override) | remove it: it can't be seen, and it is copied along",
            "content/rust/01-hello.md:4:11 warning[hidden-characters] the text holds a hidden character, U+200B (zero width space) | remove it: it can't be seen, and it is copied along",
            "data/team.toml:2:10 warning[hidden-characters] the text holds a hidden character, U+2028 (line separator) | remove it: it can't be seen, and it is copied along",
        ]
    );
}

#[test]
fn slugs_and_ids_refuse_what_can_not_be_seen() {
    for (c, escaped) in [
        ('\u{200b}', "\\u{200b}"),
        ('\u{202e}', "\\u{202e}"),
        ('\u{feff}', "\\u{feff}"),
        ('\u{e000}', "\\u{e000}"),
        ('\u{378}', "\\u{378}"),
        // Rust prints this letter as it is.
        ('\u{3164}', "\u{3164}"),
        ('\u{ad}', "\\u{ad}"),
    ] {
        for key in ["slug", "id"] {
            let page = "---\nid: hello\ntitle: H\n---\n".replace(
                "id: hello",
                &match key {
                    "id" => format!("id: \"a{c}b\""),
                    _ => format!("id: hello\nslug: \"a{c}b\""),
                },
            );
            let told = told(&[("content/rust/01-hello.md", page.as_str())]);
            let refused = format!("error[wrong-value] `{key}` must not contain '{escaped}'");
            assert!(told.iter().any(|line| line.contains(&refused)), "{key} {c:?}: {told:#?}");
        }
    }
}

#[test]
fn names_that_deceive_are_refused() {
    let page = lesson("Hi.\n");
    for (c, what) in [
        ('\u{202e}', "U+202E (right-to-left override)"),
        ('\u{2066}', "U+2066 (left-to-right isolate)"),
        ('\u{200b}', "U+200B (zero width space)"),
        ('\u{feff}', "U+FEFF (byte order mark)"),
        ('\u{e000}', "U+E000 (for private use)"),
        ('\u{1b}', "U+001B (control character)"),
    ] {
        let path = format!("content/rust/a{c}b.md");
        let told = told(&[(path.as_str(), page.as_str())]);
        let shown = format!("a{c}b.md").escape_debug().to_string();
        assert_eq!(
            told.iter().filter(|line| line.contains("[bad-file-name]")).collect::<Vec<_>>(),
            [&format!(
                "content/rust/{shown} error[bad-file-name] the name `{shown}`: the name holds a \
                 hidden character, {what} | rename it without what can't be seen"
            )]
        );
    }
}

/// XML can't hold most control characters in any form, and a feed with one is none.
#[test]
fn what_machines_read_stays_well_formed() {
    let title = "a\\u0001\\u0085\\u2028</script><!--]]>\\uFFFE\\uFFFF";
    let page =
        format!("---\nid: hello\ntitle: \"{title}\"\nsummary: \"{title}\"\n---\n&#1;&#xFFFF;\n");
    let (site, told) = compiled(&[("content/rust/01-hello.md", page.as_str())]);
    assert!(told.iter().all(|line| line.contains(" warning[")), "{told:#?}");
    let text = |name: &str| {
        let file = site.files.iter().find(|file| file.key.path() == name).unwrap();
        String::from_utf8(file.content.read().unwrap()).unwrap()
    };
    for name in ["feed.xml", "sitemap.xml"] {
        let xml = text(name);
        let is_allowed =
            |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
        assert!(xml.chars().all(is_allowed), "{name}: {xml:?}");
        assert_eq!(xml.matches("<entry>").count(), xml.matches("</entry>").count());
    }
    assert!(text("feed.xml").contains("&lt;/script&gt;&lt;!--]]&gt;"));
    let html = text("courses/rust/hello/index.html");
    let scripts = html.split("<script type=\"application/ld+json\">").skip(1);
    let data: Vec<&str> = scripts.filter_map(|rest| rest.split("</script>").next()).collect();
    assert!(!data.is_empty());
    for json in data {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert!(value.to_string().contains("<!--"), "{value}");
        assert!(!json.contains("<!--"), "{json}");
    }
}
