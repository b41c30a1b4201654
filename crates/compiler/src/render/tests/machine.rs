//! What machines read: sitemap, feed, robots, structured data, translations.

use std::collections::BTreeMap;

use super::text;
use crate::render::fixture::Fixture;
use crate::source::SourcePath;

/// The school with two files whose last change is known.
fn dated() -> Fixture {
    let mut fixture = Fixture::new();
    let changed = [
        ("content/rust/01-memory/hello.md", "2026-05-03T23:30:00Z"),
        ("content/rust/01-memory/ownership.md", "2026-05-02T12:00:00Z"),
        ("content/rust/01-memory/ownership.zh.md", "2026-06-02T12:00:00Z"),
        ("content/rust/01-memory/later.md", "2026-05-04T12:00:00Z"),
        ("content/git/course.md", "2026-05-05T12:00:00Z"),
    ];
    let changed = changed.map(|(path, at)| (SourcePath::new(path), at.parse().unwrap()));
    fixture.tree = fixture.tree.with_changes(BTreeMap::from(changed));
    fixture
}

#[test]
fn a_lesson_says_when_its_text_was_last_changed_if_that_is_known() {
    let site = dated().build();
    let page = text(&site, "courses/rust/hello/index.html");
    assert!(page.contains("<time datetime=\"2026-05-03\">Last changed on 3 May 2026</time>"));
    assert!(page.contains("\"dateModified\":\"2026-05-03T23:30:00Z\""));
    let chinese = text(&site, "zh/courses/rust/ownership/index.html");
    assert!(chinese.contains("<time datetime=\"2026-06-02\">最后更新：2026年6月2日</time>"));
    let undated = text(&Fixture::new().build(), "courses/rust/hello/index.html");
    assert!(!undated.contains("Last changed") && !undated.contains("dateModified"));
}

#[test]
fn a_school_without_a_search_has_no_trace_of_one() {
    let mut fixture = Fixture::new();
    fixture.school.config.search = false;
    let site = fixture.build();
    let paths: Vec<String> = site.files.iter().map(|file| file.key.path()).collect();
    assert!(!paths.iter().any(|path| path.starts_with("search/")), "{paths:?}");
    assert!(!paths.iter().any(|path| path.ends_with(".json")), "{paths:?}");
    for page in ["index.html", "404.html", "courses/rust/hello/index.html"] {
        let page = text(&site, page);
        assert!(!page.contains("search"), "{page}");
    }
}

#[test]
fn the_sitemap_gives_a_date_only_where_one_is_known() {
    let sitemap = text(&dated().build(), "sitemap.xml");
    assert!(sitemap.contains(
        "<loc>https://school.test/courses/rust/hello/</loc><lastmod>2026-05-03T23:30:00Z</lastmod>"
    ));
    assert_eq!(sitemap.matches("<lastmod>").count(), 5);
    assert!(!text(&Fixture::new().build(), "sitemap.xml").contains("<lastmod>"));
}

#[test]
fn the_feed_leaves_out_what_has_no_date() {
    let feed = text(&dated().build(), "feed.xml");
    let ids: Vec<_> = feed.split("<entry><id>https://school.test/#").skip(1).collect();
    let ids: Vec<_> = ids.iter().map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(ids, ["lesson-later", "course-git", "lesson-hello", "lesson-ownership"]);
    assert!(feed.contains("<updated>2026-05-03T23:30:00Z</updated>"));
    assert!(!feed.contains("1970"));
}

#[test]
fn a_feed_of_nothing_is_still_a_feed() {
    let mut fixture = Fixture::new();
    for lesson in fixture.school.courses.iter_mut().flat_map(|course| &mut course.sections) {
        lesson.lessons.iter_mut().for_each(|lesson| lesson.publish_at = None);
    }
    let feed = text(&fixture.build(), "feed.xml");
    assert!(elements(&feed).iter().all(|(name, _)| name != "entry"), "{feed}");
    assert!(feed.contains("<updated>1970-01-01T00:00:00Z</updated>"), "an Atom feed must have one");
}

#[test]
fn translations_name_each_other_and_an_original_alone_names_none() {
    let site = Fixture::new().build();
    let english = text(&site, "courses/rust/index.html");
    let chinese = text(&site, "zh/courses/rust/index.html");
    for page in [&english, &chinese] {
        for link in [
            "hreflang=\"en\" href=\"https://school.test/courses/rust/\"",
            "hreflang=\"zh\" href=\"https://school.test/zh/courses/rust/\"",
            "hreflang=\"x-default\" href=\"https://school.test/courses/rust/\"",
        ] {
            assert!(page.contains(link), "{link}");
        }
    }
    assert!(chinese.contains("<html lang=\"zh\" dir=\"ltr\">"));
    assert!(chinese.contains("rel=\"canonical\" href=\"https://school.test/zh/courses/rust/\""));
    let alone = text(&site, "courses/git/index.html");
    assert!(!alone.contains("rel=\"alternate\" hreflang"), "{alone}");
}

#[test]
fn structured_data_says_what_is_free() {
    let site = Fixture::new().build();
    let data = |path: &str| -> serde_json::Value {
        let page = text(&site, path);
        let (_, rest) = page.split_once("<script type=\"application/ld+json\">").unwrap();
        serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
    };
    let course = data("courses/rust/index.html");
    assert_eq!(course["@type"], "Course");
    assert_eq!(course["isAccessibleForFree"], false);
    assert_eq!(course["hasPart"][0]["isAccessibleForFree"], true);
    assert_eq!(course["hasPart"][1]["isAccessibleForFree"], false);
    assert_eq!(course["offers"][1]["price"], "199.00");
    let lesson = data("courses/rust/ownership/index.html");
    assert_eq!(lesson["@type"], "LearningResource");
    assert_eq!(lesson["hasPart"]["cssSelector"], ".lesson-gated");
    assert!(text(&site, "courses/rust/ownership/index.html").contains("lesson-gated\""));
}

/// The names and attributes of an XML document's elements, in order; panics if
/// it is not well formed.
fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut elements = Vec::new();
    let mut depth = 0;
    loop {
        let event = reader.read_event().unwrap();
        let (start, opens) = match &event {
            quick_xml::events::Event::Start(start) => (start, 1),
            quick_xml::events::Event::Empty(start) => (start, 0),
            quick_xml::events::Event::End(_) => {
                depth -= 1;
                continue;
            }
            quick_xml::events::Event::Eof => break,
            _ => continue,
        };
        depth += opens;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let attributes = start
            .attributes()
            .map(|attribute| attribute.unwrap())
            .map(|attribute| (text(attribute.key.as_ref()), text(&attribute.value)))
            .collect();
        elements.push((text(start.name().as_ref()), attributes));
    }
    assert_eq!(depth, 0);
    elements
}

#[test]
fn the_sitemap_lists_every_page_with_its_translations() {
    let sitemap = text(&Fixture::new().build(), "sitemap.xml");
    let elements = elements(&sitemap);
    let count = |name: &str| elements.iter().filter(|(element, _)| element == name).count();
    assert_eq!(elements[0].0, "urlset");
    // Every page but the two that say that there is nothing.
    assert_eq!(count("loc"), 22);
    assert!(sitemap.contains(
        "<url><loc>https://school.test/zh/courses/rust/</loc>\
         <xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"https://school.test/courses/rust/\"/>\
         <xhtml:link rel=\"alternate\" hreflang=\"zh\" href=\"https://school.test/zh/courses/rust/\"/>\
         <xhtml:link rel=\"alternate\" hreflang=\"x-default\" href=\"https://school.test/courses/rust/\"/>\
         </url>"
    ));
    assert!(!sitemap.contains("404") && !sitemap.contains("sign-in"));
}

#[test]
fn the_feed_announces_dated_lessons_first_and_by_their_stable_id() {
    let feed = text(&dated().build(), "feed.xml");
    let first = feed.find("<entry>").unwrap();
    assert!(feed[first..].starts_with(
        "<entry><id>https://school.test/#lesson-later</id><title>Later</title>\
         <updated>2027-01-02T08:00:00Z</updated>\
         <link href=\"https://school.test/courses/rust/later/\"/>\
         <summary>What Later is about</summary></entry>"
    ));
}

#[test]
fn the_feed_stays_well_formed_with_a_hostile_title() {
    let mut fixture = dated();
    for edition in fixture.school.courses[1].editions.values_mut() {
        edition.title = "<a> & \"b\" \u{1}\u{fffe}]]>".to_owned();
    }
    let feed = text(&fixture.build(), "feed.xml");
    elements(&feed);
    assert!(feed.contains("<title>&lt;a&gt; &amp; &quot;b&quot; ]]&gt;</title>"), "{feed}");
}

#[test]
fn robots_keep_out_of_what_the_edge_serves() {
    assert_eq!(
        text(&Fixture::new().build(), "robots.txt"),
        "User-agent: *\nDisallow: /api/\nDisallow: /learn/\nDisallow: /zh/learn/\n\
         Sitemap: https://school.test/sitemap.xml\n"
    );
}
