//! What leads from page to page by itself: links back, related lessons, authors,
//! those who teach, and what categories are called.

use std::collections::BTreeMap;

use compiler::compile;
use compiler::parse::Options;
use compiler::site::Site;
use compiler::source::SourcePath;

use super::{COURSE_PATH, LESSON_PATH, build, page, school};

const SITE: &str = "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n\
     [build]\nprecompress = false\n";
const PAID: &str = "---\ntitle: Rust\ndescription: x\naccess: paid\nprices: { USD: \"1\" }\n---\n";
const HELLO: &str = "courses/rust/hello/index.html";

/// The list of a page under a heading of this anchor.
fn references(page: &str, id: &str) -> Option<String> {
    let start = page.find(&format!("<section class=\"references\" aria-labelledby=\"{id}\""))?;
    let list = page.get(start..)?.split("</section>").next()?;
    let links = list.split("<a href=\"").skip(1).filter_map(|link| link.split('"').next());
    Some(links.collect::<Vec<_>>().join(" "))
}

#[test]
fn a_page_names_those_that_link_to_it() {
    let site = build(&[
        ("content/pages/about.md", "---\ntitle: About\n---\nRead [it](../rust/01-hello.md).\n"),
        (
            "content/rust/02-b.md",
            "---\nid: b\ntitle: B\n---\nSee [[hello]] and [about](/about/).\n",
        ),
    ]);
    let links = references(&page(&site, HELLO), "linked-from");
    assert_eq!(links.as_deref(), Some("/courses/rust/b/ /about/"));
    let links = references(&page(&site, "about/index.html"), "linked-from");
    assert_eq!(links.as_deref(), Some("/courses/rust/b/"));
    assert_eq!(references(&page(&site, "courses/rust/b/index.html"), "linked-from"), None);
}

#[test]
fn a_link_in_a_paid_text_leaves_no_trace_on_a_public_page() {
    let with = |body: &str| {
        let lesson = format!("---\nid: b\ntitle: B\n---\n{body}");
        build(&[
            (COURSE_PATH, PAID),
            (LESSON_PATH, "---\nid: hello\ntitle: Hello\naccess: free\n---\nHi.\n"),
            ("content/rust/02-b.md", lesson.as_str()),
        ])
    };
    let hidden = with("Open.\n\n<!-- more -->\n\nSee [the first](01-hello.md).\n");
    let none = with("Open.\n\n<!-- more -->\n\nThis names nothing at all.\n");
    assert_eq!(page(&hidden, HELLO), page(&none, HELLO));
    assert_eq!(references(&page(&hidden, HELLO), "linked-from"), None);
    let shown =
        with("See [the first](01-hello.md).\n\n<!-- more -->\n\nThis names nothing at all.\n");
    let links = references(&page(&shown, HELLO), "linked-from");
    assert_eq!(links.as_deref(), Some("/courses/rust/b/"));
}

#[test]
fn related_lessons_share_tags_or_rare_words_of_titles_across_courses() {
    let files = [
        (LESSON_PATH, "---\nid: hello\ntitle: Borrowing values\ntags: [memory]\n---\nHi.\n"),
        ("content/rust/02-next.md", "---\nid: next\ntitle: Next\ntags: [memory]\n---\nHi.\n"),
        ("content/rust/03-z.md", "---\nid: z\ntitle: Closures\n---\nHi.\n"),
        ("content/go/course.md", "---\ntitle: Go\ndescription: x\n---\n"),
        ("content/go/1-stack.md", "---\nid: stack\ntitle: The stack\ntags: [Memory]\n---\nHi.\n"),
        ("content/go/2-borrow.md", "---\nid: lend\ntitle: Borrowing a book\n---\nHi.\n"),
        ("content/go/3-other.md", "---\nid: other\ntitle: Other\n---\nBorrowing values.\n"),
    ];
    let links = references(&page(&build(&files), HELLO), "related");
    assert_eq!(links.as_deref(), Some("/courses/go/stack/ /courses/go/borrow/"));
}

#[test]
fn related_lessons_do_not_depend_on_a_paid_text() {
    let with = |body: &str| {
        let lesson = format!("---\nid: b\ntitle: Lifetimes\ntags: [memory]\n---\n{body}");
        build(&[
            (COURSE_PATH, PAID),
            (LESSON_PATH, "---\nid: hello\ntitle: Hello\naccess: free\ntags: [memory]\n---\nHi.\n"),
            ("content/rust/02-z.md", "---\nid: z\ntitle: Z\naccess: free\n---\nHi.\n"),
            ("content/rust/03-b.md", lesson.as_str()),
        ])
    };
    let (first, second) = (with("Words on memory and greetings.\n"), with("Other words.\n"));
    assert_eq!(references(&page(&first, HELLO), "related").as_deref(), Some("/courses/rust/b/"));
    assert_eq!(page(&first, HELLO), page(&second, HELLO));
}

/// The byline of a lesson whose file git says was written by these.
fn byline(files: &[(&str, &str)], by: &[&str]) -> Option<String> {
    let by = by.iter().map(|name| (*name).to_owned()).collect();
    let tree = school(files).with_authors(BTreeMap::from([(SourcePath::new(LESSON_PATH), by)]));
    let compilation = compile(&tree, &Options::default());
    assert_eq!(compilation.diagnostics, []);
    let site: Site = compilation.site.unwrap();
    let page = page(&site, HELLO);
    let start = page.find("<span class=\"written-by\">")? + "<span class=\"written-by\">".len();
    page.get(start..)?.split("</span>").next().map(str::to_owned)
}

#[test]
fn a_lesson_names_its_authors_and_links_those_who_teach() {
    let ada = ("content/instructors/ada.md", "---\nname: Ada\ngit: [a.lovelace]\n---\n");
    let link = "<a href=\"/instructors/ada/\"><bdi>Ada</bdi></a>";
    assert_eq!(
        byline(&[ada], &["a.lovelace", "Bob <b>", "Ada"]),
        Some(format!("Written by {link}, <bdi>Bob &lt;b&gt;</bdi>"))
    );
    let own = "---\nid: hello\ntitle: Hello\nauthors: [Cy, ada]\n---\nHi.\n";
    assert_eq!(
        byline(&[ada, (LESSON_PATH, own)], &["Bob"]),
        Some(format!("Written by <bdi>Cy</bdi>, {link}"))
    );
    let none = "---\nid: hello\ntitle: Hello\nauthors: []\n---\nHi.\n";
    assert_eq!(byline(&[(LESSON_PATH, none)], &["Bob"]), None);
    assert_eq!(byline(&[], &[]), None);
}

#[test]
fn those_who_teach_are_listed_and_their_courses_go_on_as_many_pages_as_they_need() {
    let site = SITE.replace("[build]", "courses_per_page = 1\n[build]");
    let course = "---\ntitle: Rust\ndescription: x\ninstructors: [ada]\n---\n";
    let site = build(&[
        ("site.toml", site.as_str()),
        ("content/instructors/ada.md", "---\nname: Ada\n---\nShe draws.\n"),
        ("content/instructors/bob.md", "---\nname: Bob\n---\n"),
        ("content/pages/about.md", "---\ntitle: About\n---\nWe are [these](/instructors/).\n"),
        (COURSE_PATH, course),
        ("content/go/course.md", "---\ntitle: Go\ndescription: x\ninstructors: [ada]\n---\n"),
        ("content/go/a.md", "---\nid: a\ntitle: A\n---\n"),
    ]);
    assert!(page(&site, "instructors/index.html").contains("/instructors/ada/"));
    assert!(page(&site, "instructors/page/2/index.html").contains("/instructors/bob/"));
    assert!(page(&site, "zh/instructors/index.html").contains("讲师"));
    let first = page(&site, "instructors/ada/index.html");
    assert!(first.contains("She draws.") && first.contains("/instructors/ada/page/2/"), "{first}");
    let second = page(&site, "instructors/ada/page/2/index.html");
    assert!(!second.contains("She draws.") && second.contains("Ada: Page 2 of 2"), "{second}");
    let map = page(&site, "sitemap.xml");
    assert!(map.contains("https://school.test/instructors/page/2/"), "{map}");
    assert!(map.contains("https://school.test/instructors/ada/page/2/"), "{map}");
}

#[test]
fn a_category_is_called_as_a_translated_course_calls_it() {
    let site = build(&[
        (COURSE_PATH, "---\ntitle: Rust\ndescription: x\ncategory: Code\n---\n"),
        ("content/rust/course.zh.md", "---\ntitle: 铁锈\ndescription: x\ncategory: 编程\n---\n"),
    ]);
    let link = "<a href=\"/zh/categories/code/\"><bdi>编程</bdi></a>";
    assert!(page(&site, "zh/index.html").contains(link));
    assert!(page(&site, "zh/categories/code/index.html").contains("编程</h1>"));
    assert!(
        page(&site, "index.html").contains("<a href=\"/categories/code/\"><bdi>Code</bdi></a>")
    );
}

#[test]
fn a_school_may_have_its_addresses_in_pinyin() {
    let site = format!("{SITE}[slugs]\ncjk = \"pinyin\"\n");
    let site = build(&[
        ("site.toml", site.as_str()),
        ("content/rust/02-所有权.md", "---\nid: own\ntitle: 所有权\n---\n"),
        ("content/rust/03-重庆.md", "---\nid: city\ntitle: 重庆\nslug: chong-qing\n---\n"),
    ]);
    page(&site, "courses/rust/suo-you-quan/index.html");
    page(&site, "courses/rust/chong-qing/index.html");
}
