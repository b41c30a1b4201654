//! What an author is told when a site differs from the release that is live, in
//! exact words.

use compiler::comparison::{CODES, compare};
use compiler::diagnostic::policy::{Level, Policy};
use compiler::diagnostic::{Severity, has_errors};
use compiler::parse::Options;
use compiler::source::SourceTree;
use compiler::{Compilation, compile};
use contracts::id::{CourseId, ProductId};

const SITE: &str = "title = \"School\"\nbase_url = \"https://school.test/\"\n\
                    [build]\nprecompress = false\n";
const RUST: &str = "---\ntitle: Rust\ndescription: All of it.\naccess: paid\n\
                    prices: { USD: \"29\", CNY: \"199\" }\n---\n";
const GIT: &str = "---\ntitle: Git\ndescription: Branches.\n---\n";

type Files<'a> = Vec<(&'a str, String)>;

fn lesson(id: &str, title: &str, more: &str) -> String {
    format!("---\nid: {id}\ntitle: {title}\n{more}---\nThe words of {id}.\n")
}

/// A sold course of two lessons and a free one with a picture.
fn live() -> Files<'static> {
    vec![
        ("site.toml", SITE.to_owned()),
        ("content/rust/course.md", RUST.to_owned()),
        ("content/rust/01-one.md", lesson("one", "One", "aliases: [first]\n")),
        ("content/rust/02-two.md", lesson("two", "Two", "")),
        ("content/git/course.md", GIT.to_owned()),
        ("content/git/01-start.md", lesson("start", "Start", "") + "![A dot](dot.svg)\n"),
        (
            "content/git/dot.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"/>".to_owned(),
        ),
    ]
}

fn built(files: Files<'_>) -> Compilation {
    let built = compile(&SourceTree::from_files(files), &Options::default());
    assert!(!has_errors(&built.diagnostics), "{:#?}", built.diagnostics);
    built
}

/// The live school with some files written anew, or taken away.
fn with(changes: &[(&'static str, Option<String>)]) -> Files<'static> {
    let mut files = live();
    for (path, text) in changes {
        files.retain(|(old, _)| old != path);
        files.extend(text.clone().map(|text| (*path, text)));
    }
    files
}

/// What is told, as `file: code: message`.
fn told(before: Files<'_>, after: Files<'_>) -> Vec<String> {
    let (before, after) = (built(before), built(after));
    let live = before.site.unwrap().manifest;
    let told = compare(&live, &after.site.unwrap().manifest, &after.files);
    assert!(told.iter().all(|found| found.hint.is_some()));
    told.iter().map(|d| format!("{}: {}: {}", d.path, d.code, d.message)).collect()
}

#[track_caller]
fn tells(changes: &[(&'static str, Option<String>)], expect: &[&str]) {
    assert_eq!(told(live(), with(changes)), expect);
}

#[test]
fn the_same_school_and_one_with_more_in_it_are_told_nothing() {
    tells(&[], &[]);
    tells(
        &[
            ("content/rust/03-three.md", Some(lesson("three", "Three", ""))),
            ("content/rust/course.md", Some(RUST.replace("CNY", "EUR: \"27\", CNY"))),
            ("content/git/01-start.md", Some(lesson("start", "Begin", ""))),
        ],
        &[],
    );
}

#[test]
fn another_price_is_told_with_the_old_and_the_new_one() {
    tells(
        &[("content/rust/course.md", Some(RUST.replace("29", "2.90")))],
        &[
            "content/rust/course.md: price-changed: the price of `rust` changes from 29.00 USD to 2.90 USD",
        ],
    );
}

#[test]
fn a_currency_without_a_price_is_told() {
    tells(
        &[("content/rust/course.md", Some(RUST.replace(", CNY: \"199\"", "")))],
        &[
            "content/rust/course.md: currency-dropped: `rust` can't be bought for 199.00 CNY any more",
        ],
    );
}

#[test]
fn a_sold_lesson_that_is_gone_is_told_unless_it_is_written_off() {
    let gone = ("content/rust/02-two.md", None);
    tells(
        std::slice::from_ref(&gone),
        &["content/removed.toml: missing-tombstone: the lesson `two` was sold and is gone"],
    );
    let written = "[lesson.two]\non = 2026-11-22\n".to_owned();
    tells(&[gone, ("content/removed.toml", Some(written))], &[]);
}

#[test]
fn a_sold_course_that_is_gone_is_told_once_for_all_its_lessons() {
    let gone = [
        ("content/rust/course.md", None),
        ("content/rust/01-one.md", None),
        ("content/rust/02-two.md", None),
    ];
    tells(
        &gone,
        &[
            "content/removed.toml: lost-address: `/courses/rust/first/` was published and leads nowhere any more",
            "content/removed.toml: missing-tombstone: the course `rust` was sold and is gone",
        ],
    );
}

#[test]
fn a_free_lesson_that_is_gone_leaves_an_address_that_leads_nowhere() {
    tells(
        &[("content/git/01-start.md", Some(lesson("begin", "Begin", "slug: begin\n")))],
        &[
            "content/removed.toml: lost-address: `/courses/git/start/` was published and leads nowhere any more",
        ],
    );
}

#[test]
fn a_sold_lesson_in_another_course_is_told() {
    tells(
        &[
            ("content/rust/02-two.md", None),
            (
                "content/git/02-two.md",
                Some(lesson("two", "Two", "access: paid\naliases: [/courses/rust/two/]\n")),
            ),
            (
                "content/git/course.md",
                Some(GIT.replace("title: Git\n", "title: Git\nprices: { USD: \"9\" }\n")),
            ),
        ],
        &[
            "content/git/02-two.md: moved-lesson: the lesson `two` moves from the course `rust` to `git`",
        ],
    );
}

#[test]
fn an_id_under_another_title_and_address_is_told() {
    tells(
        &[("content/rust/02-two.md", Some(lesson("two", "Borrowing", "slug: borrowing\n")))],
        &[
            "content/rust/02-two.md: reused-id: the id `two` was that of “Two” in `rust` and is now that of “Borrowing” in `rust`",
        ],
    );
    let renamed = "slug: borrowing\naliases: [two]\n";
    tells(&[("content/rust/02-two.md", Some(lesson("two", "Borrowing", renamed)))], &[]);
}

#[test]
fn an_id_that_was_written_off_and_is_used_again_is_told() {
    let before = with(&[
        ("content/rust/02-two.md", None),
        ("content/removed.toml", Some("[lesson.two]\non = 2026-11-22\n".to_owned())),
    ]);
    assert_eq!(
        told(before, live()),
        [
            "content/rust/02-two.md: reused-id: the lesson id `two` was written off as removed and is used again"
        ]
    );
}

#[test]
fn a_free_lesson_that_is_closed_is_told_with_all_that_caches_hold_of_it() {
    let paid = GIT.replace("title: Git\n", "title: Git\naccess: paid\nprices: { USD: \"9\" }\n");
    let (before, after) = (built(live()), built(with(&[("content/git/course.md", Some(paid))])));
    let found =
        compare(&before.site.unwrap().manifest, &after.site.unwrap().manifest, &after.files);
    let [found] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(found.path.as_str(), "content/git/01-start.md");
    assert_eq!(found.message, "everyone could read the lesson `start`, and now it is paid for");
    let hint = found.hint.as_deref().unwrap();
    let addresses: Vec<&str> =
        hint.split_whitespace().filter(|word| word.starts_with("https://")).collect();
    assert_eq!(addresses.len(), 2, "{hint}");
    assert!(addresses[0].starts_with("https://school.test/assets/dot."), "{hint}");
    assert!(addresses[1].starts_with("https://school.test/courses/git/start/"), "{hint}");
    assert!(hint.ends_with("; if it is meant, publish with `--accept turned-paid`"), "{hint}");
}

#[test]
fn a_free_lesson_that_gets_a_date_is_closed_too() {
    tells(
        &[(
            "content/git/01-start.md",
            Some(lesson("start", "Start", "publish_at: 2030-01-01T00:00:00Z\n")),
        )],
        &[
            "content/git/01-start.md: turned-paid: everyone could read the lesson `start`, and now it has a date",
        ],
    );
}

#[test]
fn a_paid_lesson_that_is_free_from_now_on_is_told_without_stopping() {
    let after =
        built(with(&[("content/rust/02-two.md", Some(lesson("two", "Two", "access: free\n")))]));
    let live = built(live()).site.unwrap().manifest;
    let found = compare(&live, &after.site.unwrap().manifest, &after.files);
    let [found] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(found.message, "the lesson `two` was paid for, and now everyone can read it");
    assert_eq!(found.severity, Severity::Warning);
}

#[test]
fn an_address_that_leads_nowhere_is_told_also_if_it_is_an_old_one() {
    tells(
        &[
            ("content/rust/02-two.md", Some(lesson("two", "Two", "slug: second\n"))),
            ("content/rust/01-one.md", Some(lesson("one", "One", ""))),
        ],
        &[
            "content/removed.toml: lost-address: `/courses/rust/first/` was published and leads nowhere any more",
            "content/rust/02-two.md: lost-address: `/courses/rust/two/` was published and leads nowhere any more",
        ],
    );
    let kept = "slug: second\naliases: [two]\n";
    tells(&[("content/rust/02-two.md", Some(lesson("two", "Two", kept)))], &[]);
}

#[test]
fn a_product_and_a_course_that_do_not_name_each_other_are_told() {
    let built = built(live());
    let live = built.site.unwrap().manifest;
    let mut next = live.clone();
    let (_, mut product) = next.products.pop_first().unwrap();
    product.courses = [CourseId::parse("gone").unwrap()].into();
    let id = ProductId::parse("bundle").unwrap();
    next.products.insert(id, product);
    let told = compare(&live, &next, &built.files);
    let messages: Vec<&str> = told.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "the course `rust` is opened by `rust`, which is not sold",
            "the product `bundle` opens the course `gone`, which is not there",
        ]
    );
}

#[test]
fn all_that_a_comparison_tells_can_be_accepted() {
    for code in CODES {
        let mut policy = Policy::default();
        assert_eq!(policy.set(code, Level::Warn), Ok(()), "{code}");
    }
}
