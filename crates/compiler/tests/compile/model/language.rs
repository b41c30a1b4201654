//! Pages in several languages: where links between them lead, what search engines
//! are told, and how a text in another language is marked.

use compiler::site::Site;

use super::{COURSE_PATH, LESSON_PATH, build, page};

const SITE: &str = "title = \"School\"\nbase_url = \"https://school.test/\"\n\
     languages = [\"en\", \"zh\", \"ar\"]\n[build]\nprecompress = false\n";
const COURSE_AR: (&str, &str) =
    ("content/rust/course.ar.md", "---\ntitle: رست\ndescription: كل شيء.\n---\n");
const SECOND: (&str, &str) =
    ("content/rust/02-b.md", "---\nid: b\ntitle: Second\nrequires: rust/hello\n---\n## There\n");

/// A school in three languages, its course in Arabic without its lessons.
fn school(files: &[(&str, &str)]) -> Site {
    let mut all = vec![("site.toml", SITE), COURSE_AR, SECOND];
    all.extend(files);
    build(&all)
}

#[test]
fn a_link_to_an_untranslated_lesson_leads_to_its_page_in_the_language_of_the_text() {
    let text = "---\ntitle: مرحبا\n---\n[a](02-b.md), [b](02-b.md#there), [[b]], \
                [c](/ar/courses/rust/b/), [d](/courses/rust/b/).\n";
    let site = school(&[("content/rust/01-hello.ar.md", text)]);
    let lesson = page(&site, "ar/courses/rust/hello/index.html");
    for link in [
        "<a href=\"/ar/courses/rust/b/\">a</a>",
        "<a href=\"/ar/courses/rust/b/#there\">b</a>",
        "<a href=\"/ar/courses/rust/b/\">Second</a>",
        "<a href=\"/ar/courses/rust/b/\">c</a>",
        "<a href=\"/courses/rust/b/\">d</a>",
    ] {
        assert!(lesson.contains(link), "{link} in {lesson}");
    }
    let shown = page(&site, "ar/courses/rust/b/index.html");
    assert!(shown.contains("class=\"untranslated\"") && shown.contains("id=\"there\""));
}

#[test]
fn where_the_course_does_not_speak_the_language_a_link_leads_to_the_original() {
    let text = "---\ntitle: 关于\n---\n[a](../rust/02-b.md), [b](../rust/01-hello.md).\n";
    let arabic = "---\ntitle: مرحبا\n---\nنص.\n";
    let site = school(&[
        ("content/pages/about.md", "---\ntitle: About\n---\n[b](../rust/01-hello.ar.md)\n"),
        ("content/pages/about.zh.md", text),
        ("content/rust/01-hello.ar.md", arabic),
    ]);
    let about = page(&site, "zh/about/index.html");
    for link in ["<a href=\"/courses/rust/b/\">a</a>", "<a href=\"/courses/rust/hello/\">b</a>"] {
        assert!(about.contains(link), "{link} in {about}");
    }
    let named = page(&site, "about/index.html");
    assert!(named.contains("<a href=\"/ar/courses/rust/hello/\">b</a>"), "{named}");
}

#[test]
fn an_address_in_a_language_that_the_course_does_not_speak_is_still_a_broken_link() {
    let text = "---\nid: hello\ntitle: Hello\n---\n[a](/zh/courses/rust/hello/)\n";
    let tree = super::school(&[(LESSON_PATH, text)]);
    let told = compiler::compile(&tree, &super::Options::default()).diagnostics;
    let told: Vec<&str> = told.iter().map(|told| told.message.as_str()).collect();
    assert_eq!(told, ["there is no `/zh/courses/rust/hello/`"]);
}

/// The languages that a page names for search engines.
fn alternates(html: &str) -> Vec<String> {
    let links = html.split("<link rel=\"alternate\" hreflang=\"").skip(1);
    let pair = |link: &str| {
        let (language, rest) = link.split_once('"')?;
        let url = rest.strip_prefix(" href=\"https://school.test/")?.split('"').next()?;
        Some(format!("{language} {url}"))
    };
    links.filter_map(pair).collect()
}

#[test]
fn every_kind_of_page_names_its_translations_and_never_a_page_that_shows_the_original() {
    let lesson = "---\nid: hello\ntitle: Hello\nconcepts: [move]\n---\nHi.\n";
    let course = "---\ntitle: Rust\ndescription: x\ncategory: Code\ntags: [Box]\nlevel: beginner\n\
                  instructors: [ada]\n---\n";
    let site = school(&[
        (COURSE_PATH, course),
        (LESSON_PATH, lesson),
        ("content/rust/01-hello.ar.md", "---\ntitle: مرحبا\n---\nنص.\n"),
        ("content/instructors/ada.md", "---\nname: Ada\n---\n"),
        ("content/instructors/ada.zh.md", "---\nname: 艾达\n---\n"),
        ("content/paths/way.md", "---\ntitle: Way\ncourses: [rust]\n---\n"),
        ("content/paths/way.ar.md", "---\ntitle: طريق\n---\n"),
        ("content/glossary.toml", "[move]\nterm = \"move\"\ndefinition = \"To give.\"\n"),
    ]);
    let everywhere = [
        "",
        "courses/",
        "search/",
        "categories/code/",
        "tags/box/",
        "levels/beginner/",
        "instructors/",
        "paths/",
        "concepts/",
        "concepts/move/",
        "glossary/",
    ];
    for place in everywhere {
        let expected = [
            format!("en {place}"),
            format!("zh zh/{place}"),
            format!("ar ar/{place}"),
            format!("x-default {place}"),
        ];
        for prefix in ["", "zh/", "ar/"] {
            let html = page(&site, &format!("{prefix}{place}index.html"));
            assert_eq!(alternates(&html), expected, "{prefix}{place}");
        }
    }
    for (place, languages) in [
        ("courses/rust/", ["en", "ar"]),
        ("courses/rust/hello/", ["en", "ar"]),
        ("instructors/ada/", ["en", "zh"]),
        ("paths/way/", ["en", "ar"]),
    ] {
        let [_, other] = languages;
        let expected = [
            format!("en {place}"),
            format!("{other} {other}/{place}"),
            format!("x-default {place}"),
        ];
        for path in [format!("{place}index.html"), format!("{other}/{place}index.html")] {
            assert_eq!(alternates(&page(&site, &path)), expected, "{path}");
        }
    }
    for path in ["courses/rust/b/index.html", "ar/courses/rust/b/index.html"] {
        assert_eq!(alternates(&page(&site, path)), [""; 0], "{path}");
    }
    assert_eq!(alternates(&page(&site, "404.html")), [""; 0]);
}

#[test]
fn what_stands_in_another_language_says_so_wherever_it_is_named() {
    let site = school(&[
        ("content/rust/01-hello.ar.md", "---\ntitle: مرحبا\n---\nنص.\n"),
        ("content/instructors/ada.md", "---\nname: Ada\nheadline: Boxes\n---\n"),
    ]);
    let course = page(&site, "ar/courses/rust/index.html");
    assert!(course.starts_with("<!doctype html>\n<html lang=\"ar\" dir=\"rtl\">"), "{course}");
    let row = "<span class=\"row-title\" lang=\"en\" dir=\"ltr\">Second</span>";
    assert!(course.contains(row), "{course}");
    let step = "<a href=\"/ar/courses/rust/b/\" hreflang=\"en\" lang=\"en\" dir=\"ltr\">Second</a>";
    assert!(course.contains(step), "{course}");
    let lesson = page(&site, "ar/courses/rust/hello/index.html");
    let next = "<strong><bdi lang=\"en\" dir=\"ltr\">Second</bdi>";
    assert!(lesson.contains(next), "{lesson}");
    let entry = "hreflang=\"en\"><span lang=\"en\" dir=\"ltr\">Second</span>";
    assert!(lesson.contains(entry), "{lesson}");
    let who = page(&site, "ar/instructors/index.html");
    let person = "<a class=\"person\" href=\"/instructors/ada/\" hreflang=\"en\" lang=\"en\">";
    assert!(who.contains(person), "{who}");
}

#[test]
fn what_a_word_means_says_its_language_if_it_is_not_the_texts() {
    let text = "---\ntitle: مرحبا\n---\n:term[move]\n";
    let site = school(&[
        ("content/rust/01-hello.ar.md", text),
        ("content/glossary.toml", "[move]\nterm = \"move\"\ndefinition = \"To give.\"\n"),
    ]);
    let lesson = page(&site, "ar/courses/rust/hello/index.html");
    let card = "popover><span lang=\"en\" dir=\"ltr\">To give.</span> \
                <a href=\"/ar/glossary/#move\">";
    assert!(lesson.contains(card), "{lesson}");
}
