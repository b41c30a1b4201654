//! What becomes of a sound folder: order, addresses, languages, inheritance, drafts.

use std::fmt::Write as _;

use compiler::parse::{Drafts, Options, parse};
use compiler::school::School;
use compiler::source::SourceTree;

const SITE: &str =
    "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n";

fn read(files: &[(&str, &str)], drafts: Drafts) -> School {
    let site = [("site.toml", SITE)];
    let tree = SourceTree::from_files(site.iter().chain(files).copied());
    let parsed = parse(&tree, &Options { drafts, ..Options::default() });
    assert_eq!(parsed.diagnostics, []);
    parsed.school.unwrap()
}

/// The tree of content as an indented list.
fn outline(school: &School) -> String {
    let mut out = String::new();
    for course in &school.courses {
        let _ = writeln!(out, "{} {:?} {}", course.slug, course.access, course.language);
        for section in &course.sections {
            let titles: Vec<String> = section
                .editions
                .iter()
                .map(|(l, edition)| format!("{l}={}", edition.title))
                .collect();
            let _ = writeln!(out, "  [{}]", titles.join(" "));
            for lesson in &section.lessons {
                let editions: Vec<String> = lesson
                    .editions
                    .iter()
                    .map(|(l, edition)| format!("{l}={}", edition.title))
                    .collect();
                let _ = writeln!(
                    out,
                    "    {} #{} {:?} {}",
                    lesson.slug,
                    lesson.id,
                    lesson.access,
                    editions.join(" ")
                );
            }
        }
    }
    out
}

#[track_caller]
fn check(files: &[(&str, &str)], drafts: Drafts, expect: &str) {
    assert_eq!(outline(&read(files, drafts)).trim(), expect.trim());
}

#[test]
fn number_prefixes_order_and_never_show() {
    check(
        &[
            ("content/10-go/course.md", "---\ntitle: Go\ndescription: x\n---\n"),
            ("content/10-go/a.md", "---\nid: go-a\ntitle: A\n---\n"),
            ("content/2-rust/course.md", "---\ntitle: Rust\ndescription: x\n---\n"),
            ("content/2-rust/00-welcome.md", "---\nid: welcome\ntitle: Welcome\n---\n"),
            ("content/2-rust/10-last/1-z.md", "---\nid: z\ntitle: Z\n---\n"),
            ("content/2-rust/9_first-steps/10.b.md", "---\nid: b\ntitle: B\n---\n"),
            ("content/2-rust/9_first-steps/9.c/lesson.md", "---\nid: c\ntitle: C\n---\n"),
            ("content/2-rust/9_first-steps/9.c/figure.png", ""),
            ("content/2-rust/99-bye.md", "---\nid: bye\ntitle: Bye\nslug: farewell\n---\n"),
        ],
        Drafts::Leave,
        "
rust Free en
  []
    welcome #welcome Free en=Welcome
  [en=First steps]
    c #c Free en=C
    b #b Free en=B
  [en=Last]
    z #z Free en=Z
  []
    farewell #bye Free en=Bye
go Free en
  []
    a #go-a Free en=A
",
    );
}

#[test]
fn lessons_inherit_the_rule_of_their_course_and_may_change_it() {
    check(
        &[
            (
                "content/rust/course.md",
                "---\ntitle: Rust\ndescription: x\naccess: paid\nprices: { CNY: \"199.00\", USD: \"29\" }\n---\n",
            ),
            ("content/rust/a.md", "---\nid: a\ntitle: A\n---\n"),
            ("content/rust/b.md", "---\nid: b\ntitle: B\naccess: free\n---\n"),
        ],
        Drafts::Leave,
        "
rust Paid en
  []
    a #a Paid en=A
    b #b Free en=B
",
    );
}

#[test]
fn a_page_in_another_language_stands_beside_its_original() {
    check(
        &[
            ("content/rust/course.md", "---\ntitle: Rust\ndescription: x\n---\n"),
            ("content/rust/course.zh.md", "---\ntitle: 铁锈\n---\n"),
            ("content/rust/01-s/section.md", "---\ntitle: Start\n---\n"),
            ("content/rust/01-s/section.zh.md", "---\ntitle: 开始\n---\n"),
            ("content/rust/01-s/01-a.md", "---\nid: a\ntitle: A\nvideo: a.mp4\n---\n"),
            ("content/rust/01-s/01-a.zh.md", "---\ntitle: 甲\n---\n"),
            ("content/rust/01-s/a.mp4", "video"),
            ("content/rust/01-s/a.en.vtt", "WEBVTT"),
            ("content/rust/01-s/a.mp4.zh.vtt", "WEBVTT"),
            ("content/所有权/course.md", "---\ntitle: 所有权\ndescription: x\nlanguage: zh\n---\n"),
            (
                "content/所有权/01-第一部分/01-什么是所有权.md",
                "---\nid: what\ntitle: 什么是所有权\n---\n",
            ),
            ("content/所有权/01-第一部分/01-什么是所有权.en.md", "---\ntitle: What\n---\n"),
        ],
        Drafts::Leave,
        "
rust Free en
  [en=Start zh=开始]
    a #a Free en=A zh=甲
所有权 Free zh
  [zh=第一部分]
    什么是所有权 #what Free en=What zh=什么是所有权
",
    );
}

#[test]
fn a_translation_without_a_video_has_the_video_of_its_original() {
    let school = read(
        &[
            ("content/rust/course.md", "---\ntitle: Rust\ndescription: x\n---\n"),
            ("content/rust/a.md", "---\nid: a\ntitle: A\nvideo: a.mp4\n---\n"),
            ("content/rust/a.zh.md", "---\ntitle: 甲\n---\n"),
            ("content/rust/a.mp4", "video"),
            ("content/rust/a.en.vtt", "WEBVTT"),
            ("content/rust/a.zh.vtt", "WEBVTT"),
        ],
        Drafts::Leave,
    );
    let lesson = school.courses[0].lessons().next().unwrap();
    for edition in lesson.editions.values() {
        assert_eq!(edition.video.as_ref().unwrap().as_str(), "content/rust/a.mp4");
        let captions: Vec<&str> =
            edition.captions.keys().map(|language| language.as_str()).collect();
        assert_eq!(captions, ["en", "zh"]);
    }
}

#[test]
fn drafts_are_left_out_unless_they_are_asked_for() {
    let files = [
        ("content/rust/course.md", "---\ntitle: Rust\ndescription: x\n---\n"),
        ("content/rust/01-s/a.md", "---\nid: a\ntitle: A\ndraft: true\n---\n"),
        ("content/rust/02-t/b.md", "---\nid: b\ntitle: B\n---\n"),
        ("content/rust/02-t/b.zh.md", "---\ntitle: 乙\ndraft: true\n---\n"),
        ("content/go/course.md", "---\ntitle: Go\ndescription: x\ndraft: true\n---\n"),
        ("content/go/c.md", "---\nid: c\ntitle: C\n---\n"),
    ];
    check(
        &files,
        Drafts::Leave,
        "
rust Free en
  [en=T]
    b #b Free en=B
",
    );
    check(
        &files,
        Drafts::Include,
        "
go Free en
  []
    c #c Free en=C
rust Free en
  [en=S]
    a #a Free en=A
  [en=T]
    b #b Free en=B zh=乙
",
    );
}

#[test]
fn a_lesson_with_a_date_is_gated_even_if_it_is_free() {
    let school = read(
        &[
            ("content/rust/course.md", "---\ntitle: Rust\ndescription: x\n---\n"),
            (
                "content/rust/a.md",
                "---\nid: a\ntitle: A\npublish_at: 2026-12-01T09:00:00+08:00\n---\n",
            ),
        ],
        Drafts::Leave,
    );
    let lesson = school.courses[0].lessons().next().unwrap();
    assert!(lesson.is_gated());
    assert_eq!(lesson.publish_at.unwrap().to_string(), "2026-12-01T01:00:00Z");
}

#[test]
fn everything_an_author_can_say_about_a_course_arrives() {
    let school = read(
        &[
            (
                "content/instructors/ada.md",
                "---\nname: Ada\nheadline: First\navatar: ada.png\n---\nBio.\n",
            ),
            ("content/instructors/ada.png", "png"),
            ("content/pages/about.md", "---\ntitle: About\ndescription: Us\n---\nText.\n"),
            (
                "content/rust/course.md",
                "---\nid: rust-1\ntitle: 1984\ndescription: >\n  Long\n  text\ninstructors: [ada]\n\
                 category: System Programming\ntags: [safe, 快]\nlevel: advanced\ncover: cover.png\n\
                 prices: { CNY: \"199.00\" }\naccess: paid\nslug: the-rust\n---\nLanding.\n",
            ),
            ("content/rust/cover.png", "png"),
            ("content/rust/a.md", "---\nid: a\ntitle: A\nsummary: S\n---\nBody.\n"),
        ],
        Drafts::Leave,
    );
    let course = &school.courses[0];
    let edition = &course.editions[&course.language];
    assert_eq!((course.id.as_str(), course.slug.as_str()), ("rust-1", "the-rust"));
    assert_eq!((edition.title.as_str(), edition.description.as_str()), ("1984", "Long text"));
    assert_eq!(edition.body.text(), "Landing.\n");
    assert_eq!(course.category.as_ref().unwrap().slug.as_str(), "system-programming");
    let tags: Vec<&str> = course.tags.iter().map(|tag| tag.text.as_str()).collect();
    assert_eq!(tags, ["safe", "快"]);
    assert_eq!(course.prices[0].to_string(), "199.00 CNY");
    assert_eq!(course.cover.as_ref().unwrap().as_str(), "content/rust/cover.png");
    assert_eq!(course.instructors[0].as_str(), "ada");
    let ada = &school.instructors[&course.instructors[0]];
    assert_eq!(ada.avatar.as_ref().unwrap().as_str(), "content/instructors/ada.png");
    assert_eq!(school.pages[0].slug.as_str(), "about");
}

#[test]
fn site_toml_says_it_all() {
    let site = "title = \"School\"\ndescription = \"D\"\nbase_url = \"https://school.test/sub\"\n\
        languages = [\"zh\", \"en\"]\ntheme = \"mine\"\ncurrency = \"CNY\"\n\
        [language.en]\ntitle = \"In English\"\n\
        [[navigation]]\ntitle = \"关于\"\nurl = \"/about/\"\n\
        [[navigation]]\ntitle = { zh = \"源\", en = \"Source\" }\nurl = \"https://git.test/\"\n\
        [build]\nprecompress = false\n\
        [publish]\npublic = \"s3://a/b\"\nprivate = \"s3://c\"\nendpoint = \"http://localhost:9000\"\nregion = \"us-east-1\"\n";
    let tree = SourceTree::from_files([("site.toml", site), ("themes/mine/theme.toml", "")]);
    let parsed = parse(&tree, &Options::default());
    assert_eq!(parsed.diagnostics, []);
    let config = parsed.school.unwrap().config;
    assert_eq!(config.base_url.as_str(), "https://school.test/sub/");
    assert_eq!(config.default_language.as_str(), "zh");
    assert_eq!(
        config.title.values().map(String::as_str).collect::<Vec<_>>(),
        ["In English", "School"]
    );
    assert_eq!((config.theme.as_str(), config.currency.code()), ("mine", "CNY"));
    assert_eq!(config.navigation[1].title.len(), 2);
    assert!(!config.precompress);
    assert_eq!(config.publish.private.as_deref(), Some("s3://c"));
    assert_eq!(config.publish.region.as_deref(), Some("us-east-1"));

    let preview =
        Options { base_url: Some("http://localhost:4000".parse().unwrap()), ..Options::default() };
    let config = parse(&tree, &preview).school.unwrap().config;
    assert_eq!(config.base_url.as_str(), "http://localhost:4000/");
}
