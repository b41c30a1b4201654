//! Schools and lessons of a size that no author writes: what is twice as large takes
//! about twice as long, and what is told of it stays a list that can be read.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use compiler::compile;
use compiler::diagnostic::Diagnostic;
use compiler::parse::{Options, parse};
use compiler::source::SourceTree;

use super::{COURSE, SITE};

/// Generous, since tests run unoptimised and side by side; work that grows with the
/// square of these sizes takes hours.
const PATIENCE: Duration = Duration::from_secs(90);

fn tree(files: Vec<(String, String)>) -> SourceTree {
    let site = format!("{SITE}[build]\nprecompress = false\n");
    let sound = [("site.toml".to_owned(), site)];
    let course = [("content/rust/course.md".to_owned(), COURSE.to_owned())];
    SourceTree::from_files(sound.into_iter().chain(course).chain(files))
}

#[track_caller]
fn in_time<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = work();
    let took = start.elapsed();
    assert!(took < PATIENCE, "{what} took {took:?}");
    made
}

fn parsed(what: &str, files: Vec<(String, String)>) -> Vec<Diagnostic> {
    let tree = tree(files);
    in_time(what, || parse(&tree, &Options::default())).diagnostics
}

fn lessons(count: usize, body: &str) -> Vec<(String, String)> {
    let lesson = |n: usize| {
        let text = format!("---\nid: l{n}\ntitle: Lesson {n}\n{body}");
        (format!("content/rust/lesson-{n:05}.md"), text)
    };
    (0..count).map(lesson).collect()
}

#[test]
fn ten_thousand_lessons_of_a_folder_are_read_in_time() {
    assert_eq!(parsed("sound", lessons(10_000, "---\nHi.\n")), []);
}

#[test]
fn thousands_of_lessons_that_each_miss_something_are_told_in_time() {
    let keys = "video: lesson.mp4\nrequires: [lessen]\n---\n";
    let told = parsed("missing", lessons(4_000, keys));
    assert_eq!(told.len(), 8_000);
    // A video of its own for each, with captions beside it.
    let mut files = lessons(4_000, "---\n");
    for n in 0..4_000 {
        files[n].1 = format!("---\nid: l{n}\ntitle: L\nvideo: v{n}.mp4\n---\n");
        files.push((format!("content/rust/v{n}.mp4"), String::new()));
        files.push((format!("content/rust/v{n}.en.vtt"), String::new()));
    }
    assert_eq!(parsed("videos", files), []);
}

#[test]
fn links_between_thousands_of_lessons_are_found_in_time() {
    let body =
        "---\n[[lesson-00001]], [[lessen-00001]], [a](lessen-00002.md), [b](lesson-00003.md)\n";
    let tree = tree(lessons(300, body));
    let made = in_time("links", || compile(&tree, &Options::default()));
    assert_eq!(made.diagnostics.len(), 600);
    assert_eq!(made.diagnostics[0].hint.as_deref(), Some("did you mean `lesson-00001`?"));
}

/// The pages of a long course grow with its lessons and not with their square,
/// whether they stand in one section or each in its own.
#[test]
fn what_stands_beside_a_lesson_is_bounded() {
    let flat = lessons(400, "---\nHi.\n");
    let nested = lessons(400, "---\nHi.\n")
        .into_iter()
        .enumerate()
        .map(|(n, (_, text))| (format!("content/rust/part-{n:05}/a{n:05}.md"), text));
    for (what, files) in [("flat", flat), ("nested", nested.collect())] {
        let made = compile(&tree(files), &Options::default());
        assert_eq!(made.diagnostics, []);
        let site = made.site.unwrap();
        let last = if what == "flat" { "lesson-00399" } else { "a00399" };
        let path = format!("courses/rust/{last}/index.html");
        let page = site.files.iter().find(|file| file.key.path() == path).unwrap();
        let html = String::from_utf8(page.content.read().unwrap()).unwrap();
        let beside = html.matches("href=\"/courses/rust/").count();
        // A section's link leads to its first lesson; 11 sections stand beside each lesson.
        let least = if what == "flat" { 150 } else { 11 };
        assert!((least..200).contains(&beside), "{what}: {beside}");
        assert!(html.contains("aria-current=\"page\""), "{what}");
    }
}

#[test]
fn a_folder_in_a_thousand_folders_is_told_in_time() {
    let files = (0..1_000)
        .map(|n| (format!("content/rust/{}{n}.md", "d/".repeat(1_000)), "Hi.".to_owned()));
    assert_eq!(parsed("deep", files.collect()).len(), 1_000);
    let chain = (0..1_000).map(|n| {
        (format!("content/rust/{}a.md", "d/".repeat(n)), String::from("---\nid: a\n---\n"))
    });
    let told = parsed("chain", chain.collect());
    assert!(told.len() > 900, "{}", told.len());
}

#[test]
fn a_lesson_of_very_many_things_ends_in_time() {
    const MANY: usize = 4_000;
    let mut notes = String::new();
    for n in 0..MANY {
        let _ = write!(notes, "a[^n{n}] b\n\n[^n{n}]: note\n\n");
    }
    for (what, text) in [
        ("headings", "# Same\n\n".repeat(MANY)),
        ("anchors", "[a](#b)\n".repeat(MANY)),
        ("footnotes", notes),
        ("colons", ":::\n".repeat(10 * MANY)),
        ("hidden", "a\u{202e}b `c\u{202e}`\n".repeat(MANY)),
    ] {
        let page = format!(
            "---\nid: hello\ntitle: Hello\naccess: paid\n---\nHi.\n\n<!-- more -->\n\n{text}"
        );
        let tree = tree(vec![("content/rust/hello.md".to_owned(), page)]);
        let made = in_time(what, || compile(&tree, &Options::default()));
        assert!(made.diagnostics.len() <= 105, "{what}: {}", made.diagnostics.len());
    }
}

/// What `compile` tells of one lesson and the files beside it.
fn compiled(what: &str, body: &str, files: &[(&str, String)]) -> Vec<String> {
    let mut all = lessons(1, &format!("---\n{body}"));
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), text.clone())));
    let tree = tree(all);
    let told = in_time(what, || compile(&tree, &Options::default())).diagnostics;
    told.iter().map(|told| format!("{}: {}", told.code.name(), told.message)).collect()
}

#[test]
fn short_lines_that_take_in_long_texts_are_bounded_all_together() {
    let too_much =
        ["too-large: this text takes in more than 8 million bytes from files, data and \
                     the glossary"];
    let long = "a line of text\n".repeat(70_000);
    let fence = "```text include=\"long.txt\"\n```\n\n";
    let include = compiled("includes", &fence.repeat(400), &[("content/rust/long.txt", long)]);
    assert_eq!(include, too_much);
    let lines = "a line of text\n".repeat(20_000);
    let one: String =
        (1..=2_000).map(|n| format!("```text include=\"long.txt:{n}\"\n```\n\n")).collect();
    let single = compiled("single lines", &one, &[("content/rust/long.txt", lines)]);
    assert_eq!(single, too_much);
    let term = "[box]\nterm = { en = \"Box\" }\ndefinition = { en = \"";
    let term = format!("{term}{}\" }}\n", "long ".repeat(10_000));
    let terms =
        compiled("terms", &":term[box] ".repeat(20_000), &[("content/glossary.toml", term)]);
    assert_eq!(terms, too_much);
    let table = format!("a\n{}", format!("{}\n", "long ".repeat(100)).repeat(1_900));
    let shown = "::data-table{from=\"table\"}\n\n".repeat(50);
    let tables = compiled("tables", &shown, &[("data/table.csv", table)]);
    assert_eq!(tables, too_much);
}

#[test]
fn a_table_of_very_many_columns_and_words_that_no_glossary_has_end_in_time() {
    let names: Vec<String> = (0..100_000).map(|column| format!("c{column}")).collect();
    let wide = [("data/wide.csv", format!("{}\n", names.join(",")))];
    assert_eq!(compiled("columns", "Hi.\n", &wide), [""; 0]);
    let term = |n: usize| {
        format!("[word-{n}]\nterm = {{ en = \"word {n}\" }}\ndefinition = {{ en = \"A word.\" }}\n")
    };
    let glossary: String = (0..3_000).map(term).collect();
    let body = ":term[wort] ".repeat(20_000);
    let told = compiled("words", &body, &[("content/glossary.toml", glossary)]);
    assert!(told.iter().any(|told| told.starts_with("unknown-term")), "{told:?}");
}
