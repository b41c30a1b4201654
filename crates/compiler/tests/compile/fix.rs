//! What is mended: each mend makes its diagnostic go away, mending twice changes
//! nothing more, and a doubtful case is left to its author.

use std::collections::BTreeMap;

use compiler::diagnostic::Diagnostic;
use compiler::mend::{Mend, mends};
use compiler::parse::{Options, parse};
use compiler::source::SourceTree;
use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::{prop_assert, prop_assert_eq, sample};

const SITE: &str = "title = \"School\"\nbase_url = \"https://school.test/\"\n";
const COURSE: &str = "---\ntitle: Rust\ndescription: All of it.\n---\n";
const LESSON: &str = "content/rust/01-hello.md";

fn school(files: &[(&str, &str)]) -> SourceTree {
    let sound = [
        ("site.toml", SITE),
        ("content/rust/course.md", COURSE),
        ("content/instructors/mara.md", "---\nname: Mara\n---\nShe draws.\n"),
    ];
    let mut all: BTreeMap<&str, &str> = BTreeMap::from(sound);
    all.extend(files.iter().copied());
    SourceTree::from_files(all)
}

fn told(tree: &SourceTree) -> Vec<Diagnostic> {
    parse(tree, &Options::default()).diagnostics
}

fn mended(tree: &SourceTree, mends: &[Mend]) -> SourceTree {
    tree.clone().overlay(SourceTree::from_files(mends.iter().map(|mend| (&mend.path, &mend.after))))
}

/// Compares what becomes of one file, and what is said to have been done.
#[track_caller]
fn check(path: &str, before: &str, after: &str, done: &[&str]) {
    let tree = school(&[(path, before)]);
    let all = mends(&tree, &Options::default());
    let mend = all.iter().find(|mend| mend.path.as_str() == path);
    assert_eq!(mend.map_or(before, |mend| &mend.after), after);
    let said: Vec<String> = all
        .iter()
        .flat_map(|mend| &mend.done)
        .map(|done| format!("{}: {}: {}", done.line, done.code, done.what))
        .collect();
    assert_eq!(said, done);
    let tree = mended(&tree, &all);
    assert_eq!(mends(&tree, &Options::default()), [], "mending twice");
}

#[test]
fn a_misspelt_key_is_written_as_it_was_meant() {
    check(
        LESSON,
        "---\nid: hello\ntitle: Hello\nacess: paid\n---\nHi.\n",
        "---\nid: hello\ntitle: Hello\naccess: paid\n---\nHi.\n",
        &["4: unknown-key: write `access`"],
    );
    check(
        "site.toml",
        &format!("{SITE}[bulid]\nprecompres = false\n"),
        &format!("{SITE}[build]\nprecompress = false\n"),
        &["3: unknown-key: write `build`", "4: unknown-key: write `precompress`"],
    );
}

#[test]
fn several_misspelt_keys_of_one_file_are_mended_together() {
    check(
        LESSON,
        "---\nid: a\ntitle: T\nsummry: s\nacces: paid\n---\nx\n",
        "---\nid: a\ntitle: T\nsummary: s\naccess: paid\n---\nx\n",
        &["4: unknown-key: write `summary`", "5: unknown-key: write `access`"],
    );
    check(
        LESSON,
        "---\nid: a\ntitel: T\nsummry: s\nacces: paid\n---\nx\n",
        "---\nid: a\ntitle: T\nsummary: s\naccess: paid\n---\nx\n",
        &[
            "3: unknown-key: write `title`",
            "4: unknown-key: write `summary`",
            "5: unknown-key: write `access`",
        ],
    );
    check(
        LESSON,
        "---\ntitle: T\nacces: paid\n---\nx\n",
        "---\nid: rust-hello\ntitle: T\naccess: paid\n---\nx\n",
        &["1: missing-key: write `id: rust-hello`", "3: unknown-key: write `access`"],
    );
}

#[test]
fn a_mend_that_would_not_help_does_not_keep_the_others_from_helping() {
    let text = "---\ntitle: Hello\nacces: paid\n---\nHi.\n";
    let tree =
        school(&[("content/rust/01-a/hello.md", text), ("content/rust/02-b/hello.md", text)]);
    let all = mends(&tree, &Options::default());
    let after: Vec<&str> = all.iter().map(|mend| mend.after.as_str()).collect();
    assert_eq!(after, ["---\ntitle: Hello\naccess: paid\n---\nHi.\n"; 2]);
}

#[test]
fn a_translation_without_an_original_is_not_made_a_lesson() {
    let text = "---\ntitle: 只有中文\n---\n正文。\n";
    check("content/rust/09-only.zh.md", text, text, &[]);
}

#[test]
fn a_key_of_a_setting_in_another_spelling_is_written_as_it_is_known() {
    check(
        "site.toml",
        "title = \"School\"\nbaseURL = \"https://school.test/\"\n",
        "title = \"School\"\nbase_url = \"https://school.test/\"\n",
        &["2: unknown-key: write `base_url`"],
    );
}

#[test]
fn full_width_colons_of_a_component_become_plain_ones() {
    check(
        LESSON,
        "---\nid: a\ntitle: T\n---\n：：：note\n文字。\n：：：\n",
        "---\nid: a\ntitle: T\n---\n:::note\n文字。\n:::\n",
        &["5: fullwidth-colons: write `:::`", "7: fullwidth-colons: write `:::`"],
    );
}

#[test]
fn a_missing_id_is_written_below_the_opening_line() {
    check(
        LESSON,
        "---\r\ntitle: Hello\r\n---\r\nHi.\r\n",
        "---\r\nid: rust-hello\r\ntitle: Hello\r\n---\r\nHi.\r\n",
        &["1: missing-key: write `id: rust-hello`"],
    );
    check(
        LESSON,
        "# Hello\n",
        "---\nid: rust-hello\n---\n# Hello\n",
        &["1: missing-key: write `id: rust-hello`"],
    );
}

#[test]
fn two_lessons_never_get_the_same_id() {
    let text = "---\ntitle: Hello\n---\nHi.\n";
    let tree =
        school(&[("content/rust/01-a/hello.md", text), ("content/rust/02-b/hello.md", text)]);
    assert_eq!(mends(&tree, &Options::default()), [], "it is for the author to tell them apart");
}

#[test]
fn a_word_in_other_letters_is_mended_and_a_misspelt_access_is_not() {
    check(
        LESSON,
        "---\nid: hello\ntitle: Hello\naccess: Paid\ndraft: yes\n---\n",
        "---\nid: hello\ntitle: Hello\naccess: paid\ndraft: true\n---\n",
        &["4: wrong-value: write `paid`", "5: wrong-value: write `true`"],
    );
    let doubtful = "---\nid: hello\ntitle: Hello\naccess: fre\n---\n";
    check(LESSON, doubtful, doubtful, &[]);
}

#[test]
fn a_price_is_quoted_and_its_currency_written_in_capitals() {
    check(
        "content/rust/course.md",
        "---\ntitle: Rust\ndescription: x\nprices: { USD: 29.90, cny: \"199\", JPY: 9.99 }\n---\n",
        "---\ntitle: Rust\ndescription: x\nprices: { USD: \"29.90\", CNY: \"199\", JPY: 9.99 }\n---\n",
        &["4: bad-price: write `\"29.90\"`", "4: bad-price: write `CNY`"],
    );
}

#[test]
fn front_matter_that_can_not_be_read_is_quoted_and_indented_and_then_mended_further() {
    check(
        LESSON,
        "---\nid: hello\ntitle: Hello: \"World\"\nacess: paid\n---\n",
        "---\nid: hello\ntitle: \"Hello: \\\"World\\\"\"\naccess: paid\n---\n",
        &["3: bad-front-matter: quote what needs quotes", "4: unknown-key: write `access`"],
    );
    check(
        "content/rust/course.md",
        "---\ntitle: Rust\ndescription: x\nprices:\n\tUSD: \"29\"\n---\n",
        "---\ntitle: Rust\ndescription: x\nprices:\n  USD: \"29\"\n---\n",
        &["5: bad-front-matter: indent by spaces"],
    );
}

#[test]
fn a_key_that_is_there_already_is_not_written_twice() {
    let twice = "---\nid: hello\ntitle: Hello\naccess: free\nacess: paid\n---\n";
    check(LESSON, twice, twice, &[]);
}

const LESSON_MISTAKES: [&str; 8] = [
    "acess: paid\n",
    "access: Paid\n",
    "draft: Yes\n",
    "sumary: What it is: a box\n",
    "summary: `code` first\n",
    "slug: hello\n",
    "publishat: 2030-01-01T00:00:00Z\n",
    "draft: \"no\"\n",
];

const COURSE_MISTAKES: [&str; 6] = [
    "prices: { USD: 29.90, eur: \"9\" }\n",
    "prices:\n\tUSD: \"29\"\n",
    "level: Beginner\n",
    "instructors: [marra]\n",
    "acces: paid\n",
    "categry: Code\n",
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_mended_is_gone_and_mending_twice_changes_nothing(
        lesson in sample::subsequence(LESSON_MISTAKES.to_vec(), 0..5),
        course in sample::subsequence(COURSE_MISTAKES.to_vec(), 0..4),
        has_id in any::<bool>(),
        dos in any::<bool>(),
    ) {
        let id = if has_id { "id: hello\n" } else { "" };
        let mut lesson = format!("---\n{id}title: Hello\n{}---\nHi.\n", lesson.concat());
        let course = format!("---\ntitle: Rust\ndescription: x\n{}---\n", course.concat());
        if dos {
            lesson = lesson.replace('\n', "\r\n");
        }
        let tree = school(&[
            (LESSON, &lesson),
            ("content/rust/course.md", &course),
            ("site.toml", &format!("{SITE}[check]\ndeny = [\"mising-alt\"]\n")),
        ]);
        let all = mends(&tree, &Options::default());
        let after = mended(&tree, &all);
        prop_assert_eq!(mends(&after, &Options::default()), []);
        let still = told(&after);
        for diagnostic in told(&tree) {
            let is_mended = all.iter().any(|mend| {
                mend.path == diagnostic.path && mend.done.iter().any(|d| d.code == diagnostic.code)
            });
            if diagnostic.fix.is_some() && is_mended {
                let same = |found: &&Diagnostic| {
                    (&found.path, &found.message) == (&diagnostic.path, &diagnostic.message)
                };
                prop_assert!(!still.iter().any(|found| same(&found)), "{diagnostic:?}");
            }
        }
        for mend in &all {
            prop_assert_eq!(mend.after.contains("\r\n"), mend.before.contains("\r\n"));
            prop_assert!(mend.after.ends_with("---\n") || mend.after.ends_with("Hi.\n")
                || mend.after.ends_with("Hi.\r\n") || mend.path.as_str() == "site.toml");
        }
    }
}
