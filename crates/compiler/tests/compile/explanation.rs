//! Every diagnostic is explained, and its explanation is true: the wrong example
//! brings it about, and the right one does not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use compiler::comparison::compare;
use compiler::compile;
use compiler::diagnostic::{Code, Diagnostic};
use compiler::parse::{Options, parse};
use compiler::source::SourceTree;

const SITE: &str =
    "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n";
const COURSE: &str = "---\ntitle: Rust\ndescription: All of it.\n---\n";
const LESSON: &str = "---\nid: hello\ntitle: Hello\n---\nHi.\n";

/// What no school in memory brings about. `leaks.rs` plants every leak there is, and
/// the command line reads the history and asks other sites; `comparison.rs` makes a
/// manifest by hand.
const ELSEWHERE: [Code; 5] = [
    Code::BrokenExternalLink,
    Code::DanglingProduct,
    Code::Leak,
    Code::MovedExternalLink,
    Code::NoHistory,
];

/// A file of a small school.
type File = (String, Vec<u8>);

/// Codes whose example is told in words, since it would be too long to read or is
/// no text, with a school that brings them about.
fn told_in_words() -> Vec<(Code, Vec<File>)> {
    let lesson = |body: &str| {
        vec![file("content/rust/01-hello.md", format!("---\nid: hello\ntitle: Hello\n---\n{body}"))]
    };
    let mine = |path: &str, text: &str| {
        vec![
            file("site.toml", format!("{SITE}theme = \"mine\"\n")),
            file("themes/mine/theme.toml", "color_light = \"#fff\"\ncolor_dark = \"#000\"\n"),
            file(path, text),
        ]
    };
    vec![
        (Code::BadFileName, mine("themes/mine/assets/a b?.css", "p {}")),
        (
            Code::CollidingFile,
            vec![file("content/pages/robots.md", "---\ntitle: A\nslug: robots.txt\n---\nHi.\n")],
        ),
        (Code::MissingFile, Vec::new()),
        (Code::NotUtf8, vec![("content/rust/01-hello.md".to_owned(), b"H\xe9llo".to_vec())]),
        (Code::PlainCode, lesson(&format!("```rust\n{}\n```\n", "a".repeat(3_000)))),
        (Code::TooLarge, lesson(&"word ".repeat(14_000_000))),
        (Code::TooMany, lesson(&"[a](b.md)\n\n".repeat(1000))),
    ]
}

fn file(path: &str, text: impl Into<String>) -> File {
    (path.to_owned(), text.into().into_bytes())
}

/// The codes that a school brings about, after the school `before` it was published.
fn told(before: &[File], files: &[File]) -> BTreeSet<Code> {
    let tree = tree(&laid_out(files));
    // What the parse alone tells needs no rendering.
    let parsed = parse(&tree, &Options::default());
    let codes = |all: &[Diagnostic]| all.iter().map(|found| found.code).collect::<BTreeSet<_>>();
    let told = codes(&parsed.diagnostics);
    if !told.is_empty() {
        return told;
    }
    let mut next = compile(&tree, &Options::default());
    if let (false, Some(site)) = (before.is_empty(), &next.site) {
        let live = compile(&self::tree(&laid_out(before)), &Options::default());
        assert_eq!(codes(&live.diagnostics), BTreeSet::new());
        let live = live.site.unwrap().manifest;
        next.diagnostics.extend(compare(&live, &site.manifest, &next.files));
    }
    codes(&next.diagnostics)
}

/// A small sound school with these files over it.
fn laid_out(files: &[File]) -> BTreeMap<String, Vec<u8>> {
    let sound = [
        file("site.toml", format!("{SITE}[build]\nprecompress = false\n")),
        file("content/rust/course.md", COURSE),
        file("content/rust/01-hello.md", LESSON),
    ];
    let mut all: BTreeMap<String, Vec<u8>> = BTreeMap::from(sound);
    if files.is_empty() {
        all.remove("site.toml");
    }
    all.extend(files.iter().cloned());
    all
}

fn tree(files: &BTreeMap<String, Vec<u8>>) -> SourceTree {
    if files.values().all(|bytes| bytes.len() < 64 * 1024 * 1024) {
        return SourceTree::from_files(files);
    }
    // Only a file on a disk can be too large to be held in memory.
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    SourceTree::read(folder.path()).unwrap()
}

/// The files of an explanation that stand under `Wrong` or `Right` with a path.
fn example(code: Code, kind: &str) -> Vec<File> {
    let mut files = Vec::new();
    let mut lines = code.explanation().lines();
    while let Some(line) = lines.next() {
        let Some(path) = line.strip_prefix(kind).and_then(|rest| rest.strip_prefix(", `")) else {
            continue;
        };
        let path = path.strip_suffix("`:").unwrap();
        let text = lines.by_ref().skip_while(|line| !line.starts_with("~~~")).skip(1);
        let text: Vec<&str> = text.take_while(|line| *line != "~~~").collect();
        let text = text.join("\n");
        files.push(file(path, text.replace("\\0", "\0").replace("\\u200b", "\u{200b}") + "\n"));
    }
    files
}

#[test]
fn the_wrong_example_of_each_explanation_brings_its_diagnostic_about() {
    let in_words: BTreeMap<Code, Vec<File>> = told_in_words().into_iter().collect();
    let mut untrue = Vec::new();
    for code in Code::ALL.iter().filter(|code| !ELSEWHERE.contains(code)) {
        let shown = example(*code, "Wrong");
        assert_eq!(shown.is_empty(), in_words.contains_key(code), "{code}: shown or told in words");
        let told = told(&example(*code, "Before"), in_words.get(code).unwrap_or(&shown));
        if !told.contains(code) {
            untrue.push((*code, told));
        }
    }
    assert_eq!(untrue, []);
}

#[test]
fn the_right_example_of_each_explanation_is_without_it() {
    let mut untrue = Vec::new();
    for code in Code::ALL {
        let files = example(*code, "Right");
        if !files.is_empty() {
            let told = told(&example(*code, "Before"), &files);
            if !told.is_empty() {
                untrue.push((*code, told));
            }
        }
    }
    assert_eq!(untrue, []);
}
