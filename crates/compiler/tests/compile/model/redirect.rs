//! Old addresses and what is gone.

use contracts::access::Audience;

use super::{COURSE_PATH, LESSON, LESSON_PATH, build, check, page};

const REMOVED: &str = "content/removed.toml";

fn lesson(id: &str, keys: &str) -> String {
    format!("---\nid: {id}\ntitle: Hello\n{keys}\n---\nHi.\n")
}

#[test]
fn an_old_address_leads_to_the_new_one_in_each_language() {
    let site = build(&[
        (LESSON_PATH, &lesson("hello", "aliases: [greeting, /blog/hi.html, /欢迎/]")),
        ("content/rust/01-hello.zh.md", "---\ntitle: 你好\n---\n你好。\n"),
    ]);
    let redirects: Vec<_> =
        site.manifest.redirects.iter().map(|(from, to)| format!("{from} > {to}")).collect();
    assert_eq!(
        redirects,
        [
            "blog/hi.html > courses/rust/hello/index.html",
            "courses/rust/greeting/index.html > courses/rust/hello/index.html",
            "zh/blog/hi.html > zh/courses/rust/hello/index.html",
            "zh/courses/rust/greeting/index.html > zh/courses/rust/hello/index.html",
            "zh/欢迎/index.html > zh/courses/rust/hello/index.html",
            "欢迎/index.html > courses/rust/hello/index.html",
        ]
    );
    assert_eq!(
        page(&site, "zh/blog/hi.html"),
        "<!doctype html>\n<html lang=\"zh\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>https://school.test/zh/courses/rust/hello/</title>\n\
         <link rel=\"canonical\" href=\"https://school.test/zh/courses/rust/hello/\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url=/zh/courses/rust/hello/\">\n</head>\n<body>\n\
         <p><a href=\"/zh/courses/rust/hello/\">https://school.test/zh/courses/rust/hello/</a></p>\n\
         </body>\n</html>\n"
    );
    assert!(!page(&site, "sitemap.xml").contains("greeting"), "only pages are listed");
}

#[test]
fn the_old_address_of_a_paid_lesson_tells_its_new_one_and_nothing_else() {
    let text = "---\nid: hello\ntitle: Dear title\nsummary: Dear summary.\naccess: paid\n\
                aliases: greeting\n---\nA dear preview.\n\n<!-- more -->\n\nDear words.\n";
    let priced = "---\ntitle: Rust\ndescription: All.\nprices: { USD: \"29\" }\n---\n";
    let site = build(&[(LESSON_PATH, text), (COURSE_PATH, priced)]);
    let old = page(&site, "courses/rust/greeting/index.html").to_lowercase();
    assert!(!old.contains("dear"), "{old}");
    let object = site.manifest.objects.iter().find(|o| o.key.path().contains("greeting"));
    assert_eq!(object.unwrap().key.audience(), Audience::Everyone);
}

#[test]
fn courses_and_pages_have_old_addresses_too() {
    let site = build(&[
        (COURSE_PATH, "---\ntitle: Rust\ndescription: All.\naliases: [rust-101, /rust]\n---\n"),
        ("content/pages/about.md", "---\ntitle: About\naliases: who\n---\nWe.\n"),
    ]);
    let from: Vec<_> = site.manifest.redirects.keys().map(|from| from.as_str()).collect();
    assert_eq!(from, ["courses/rust-101/index.html", "rust/index.html", "who/index.html"]);
}

#[test]
fn the_alias_of_a_draft_is_no_page() {
    let site = build(&[
        ("content/rust/02-draft.md", &lesson("draft", "draft: true\naliases: old")),
        (
            "content/git/course.md",
            "---\ntitle: Git\ndescription: All.\ndraft: true\naliases: hg\n---\n",
        ),
        ("content/git/01-clone.md", &lesson("clone", "aliases: copy")),
    ]);
    assert!(site.manifest.redirects.is_empty(), "{:?}", site.manifest.redirects);
}

#[test]
fn an_old_address_that_is_taken_is_told_with_the_file_that_has_it() {
    check(
        &[
            (LESSON_PATH, &lesson("hello", "aliases: [/courses/rust/two/, hello, /courses/, a]")),
            ("content/rust/02-two.md", &lesson("two", "aliases: [a, /account/]")),
        ],
        r"
content/rust/01-hello.md:4:11+18 error[colliding-url]: the address `/courses/rust/two/` is already taken by `content/rust/02-two.md`
  hint: remove the old address here
content/rust/01-hello.md:4:31+5 error[colliding-url]: this file has the address `/courses/rust/hello/` already
  hint: remove the old address here
content/rust/01-hello.md:4:38+9 error[colliding-url]: the address `/courses/` is taken by Lyceum itself
  hint: remove the old address here
content/rust/02-two.md:4:11+1 error[colliding-url]: the address `/courses/rust/a/` is already taken by `content/rust/01-hello.md`
  hint: remove the old address here
content/rust/02-two.md:4:14+9 error[colliding-url]: the address `/account/` is taken by Lyceum itself
  hint: remove the old address here
",
    );
}

#[test]
fn what_can_be_no_old_address_is_told_with_the_form_of_one() {
    check(
        &[(
            LESSON_PATH,
            &lesson("hello", "aliases: [/zh/hi/, /learn/a/, '../up', 'a?b', '//h/', '%ff']"),
        )],
        r"
content/rust/01-hello.md:4:11+7 error[colliding-url]: `aliases` is no address: `/zh/hi/`
  hint: leave `/zh` out: an old address holds for every language
content/rust/01-hello.md:4:20+9 error[colliding-url]: `aliases` is no address: `/learn/a/`
  hint: `/learn/` belongs to Lyceum itself
content/rust/01-hello.md:4:31+7 error[wrong-value]: `aliases` is no address: `../up`
  hint: write one such as `/courses/rust/old-name/`
content/rust/01-hello.md:4:40+5 error[wrong-value]: `aliases` is no address: `a?b`
  hint: write one such as `/courses/rust/old-name/`
content/rust/01-hello.md:4:47+6 error[wrong-value]: `aliases` is no address: `//h/`
  hint: write one such as `/courses/rust/old-name/`
content/rust/01-hello.md:4:55+5 error[wrong-value]: `aliases` is no address: `%ff`
  hint: write one such as `/courses/rust/old-name/`
",
    );
}

#[test]
fn old_addresses_hold_for_every_language_and_are_said_once() {
    check(
        &[("content/rust/01-hello.zh.md", "---\ntitle: 你好\naliases: old\n---\n你好。\n")],
        r"
content/rust/01-hello.zh.md:3:1+7 error[translation-differs]: `aliases` is not what `01-hello.md` says
  hint: `aliases` holds for every language: remove it here
",
    );
}

#[test]
fn the_address_of_something_removed_leads_on() {
    let text = "[lesson.greeting]\non = 2026-11-01\nfrom = \"/courses/rust/greeting/\"\n\
                to = \"/courses/rust/\"\n\n[course.perl]\non = \"2026-10-01\"\n";
    let site = build(&[(REMOVED, text)]);
    let redirects: Vec<_> =
        site.manifest.redirects.iter().map(|(from, to)| format!("{from} > {to}")).collect();
    assert_eq!(redirects, ["courses/rust/greeting/index.html > courses/rust/index.html"]);
}

#[test]
fn a_removed_id_is_never_used_again() {
    check(
        &[(REMOVED, "[lesson.hello]\non = 2026-11-01\n\n[course.rust]\non = 2026-10-01\n")],
        r"
content/rust/01-hello.md:2:5+5 error[removed-id]: the lesson id `hello` was removed on 2026-11-01 and is never used again
  hint: give the lesson another `id:`; if it is the same lesson that came back, remove `[lesson.hello]` from `content/removed.toml`
content/rust/course.md:1:1+3 error[removed-id]: the course id `rust` was removed on 2026-10-01 and is never used again
  hint: give the course another `id:`; if it is the same course that came back, remove `[course.rust]` from `content/removed.toml`
",
    );
}

#[test]
fn a_removed_id_is_not_used_by_a_draft_either() {
    let draft = LESSON.replace("title: Hello", "title: Hello\ndraft: true");
    check(
        &[(LESSON_PATH, &draft), (REMOVED, "[lesson.hello]\non = 2026-11-01\n")],
        r"
content/rust/01-hello.md:2:5+5 error[removed-id]: the lesson id `hello` was removed on 2026-11-01 and is never used again
  hint: give the lesson another `id:`; if it is the same lesson that came back, remove `[lesson.hello]` from `content/removed.toml`
",
    );
}

#[test]
fn each_mistake_in_the_list_of_the_removed_is_told() {
    check(
        &[(
            REMOVED,
            "lesson.a = 1\nlessons = 2\n[lesson.b]\nfrom = \"/b/\"\n[lesson.c]\non = \"soon\"\nto = \"/c/\"\n\
             [lesson.d]\non = 2026-01-01\nfrom = \"/d/\"\nto = \"/course/\"\n",
        )],
        r#"
content/removed.toml:1:12+1 error[wrong-value]: `a` must be a table
  hint: write `[lesson.a]` and `on = 2026-11-22` below
content/removed.toml:2:1+7 error[unknown-key]: unknown key `lessons`
  hint: did you mean `lesson`?
content/removed.toml:3:9+1 error[missing-key]: `on` is missing
  hint: add `on = 2026-11-22`, the day on which it was removed
content/removed.toml:4:8+5 error[missing-key]: `to` is missing
  hint: add `to = "…"`, the address of the page to go to instead
content/removed.toml:6:6+6 error[bad-date]: `on` is not a date: `soon`
  hint: write one such as `2026-11-22`
content/removed.toml:7:6+5 error[missing-key]: `from` is missing
  hint: add `from = "…"`, the address at which it stood
content/removed.toml:11:6+10 error[broken-link]: no page stands at `/course/`
  hint: did you mean `/courses/`?
"#,
    );
}

#[test]
fn a_list_of_the_removed_that_is_no_toml_is_told() {
    check(
        &[(REMOVED, "[lesson\n")],
        "content/removed.toml:1:8+1 error[bad-toml]: the file is not valid TOML: unclosed table, expected `]`",
    );
}
