//! Lists of courses by category, tag and level, on as many pages as they need.

use super::{COURSE_PATH, SITE, build, check, page};

const TAGGED: &str = "---\ntitle: Rust\ndescription: All.\ntags: [Systems, 编程]\nlevel: beginner\n\
                      category: Code\n---\n";

#[test]
fn tags_and_levels_have_pages_in_every_language() {
    let site = build(&[(COURSE_PATH, TAGGED)]);
    for (path, title) in [
        ("tags/systems/index.html", "<h1 class=\"list-title\">Tag: Systems</h1>"),
        ("tags/编程/index.html", "<h1 class=\"list-title\">Tag: 编程</h1>"),
        ("levels/beginner/index.html", "<h1 class=\"list-title\">Level: Beginner</h1>"),
        ("zh/levels/beginner/index.html", "<h1 class=\"list-title\">难度：入门</h1>"),
        ("categories/code/index.html", "<h1 class=\"list-title\">Category: Code</h1>"),
    ] {
        let text = page(&site, path);
        assert!(text.contains(title), "{path}: {text}");
        assert!(text.contains("/courses/rust/"), "{path}");
        assert!(!text.contains("turn-pages"), "{path}");
    }
    let course = page(&site, "courses/rust/index.html");
    assert!(
        course.contains("<a href=\"/tags/systems/\" rel=\"tag\"><bdi>Systems</bdi></a>"),
        "{course}"
    );
    assert!(course.contains("<a href=\"/levels/beginner/\">Beginner</a>"), "{course}");
    assert!(page(&site, "sitemap.xml").contains("https://school.test/tags/systems/"));
}

#[test]
fn a_long_list_goes_on_on_pages_that_know_each_other() {
    let config = format!("courses_per_page = 1\n{SITE}");
    let git = TAGGED.replace("Rust", "Git");
    let site = build(&[
        ("site.toml", &config),
        (COURSE_PATH, TAGGED),
        ("content/git/course.md", &git),
        ("content/git/01-clone.md", "---\nid: clone\ntitle: Clone\n---\nIt.\n"),
    ]);
    let first = page(&site, "tags/systems/index.html");
    assert!(first.contains("/courses/git/") && !first.contains("/courses/rust/"), "{first}");
    assert!(first.contains("<a rel=\"next\" href=\"/tags/systems/page/2/\">"), "{first}");
    assert!(first.contains("Page 1 of 2") && !first.contains("rel=\"prev\""), "{first}");
    let second = page(&site, "zh/tags/systems/page/2/index.html");
    assert!(second.contains("<a rel=\"prev\" href=\"/zh/tags/systems/\">"), "{second}");
    assert!(second.contains("第 2 页，共 2 页") && !second.contains("rel=\"next\""), "{second}");
    let canonical = "rel=\"canonical\" href=\"https://school.test/zh/tags/systems/page/2/\"";
    assert!(second.contains(canonical), "{second}");
    let courses = page(&site, "courses/page/2/index.html");
    assert!(courses.contains("<title>Courses: Page 2 of 2 · School</title>"), "{courses}");
    assert!(courses.contains("/courses/rust/") && !courses.contains("/courses/git/"), "{courses}");
}

#[test]
fn drafts_are_in_no_list() {
    let draft = TAGGED.replace("level", "draft: true\nlevel");
    let site = build(&[
        ("content/git/course.md", &draft),
        ("content/git/01-clone.md", "---\nid: clone\ntitle: Clone\n---\nIt.\n"),
    ]);
    assert!(site.files.iter().all(|file| !file.key.path().contains("tags/")));
}

#[test]
fn a_size_that_is_no_size_is_told() {
    for size in ["0", "1001", "1.5", "\"24\"", "true"] {
        let config = format!("courses_per_page = {size}\n{SITE}");
        let expect = format!(
            "site.toml:1:20+{} error[wrong-value]: `courses_per_page` must be a whole number from 1 to 1000",
            size.len()
        );
        check(&[("site.toml", &config)], &expect);
    }
}

#[test]
fn a_page_can_not_stand_where_the_lists_are() {
    check(
        &[("content/pages/tags.md", "---\ntitle: Tags\n---\nWords.\n")],
        r"
content/pages/tags.md:1:1+3 error[colliding-url]: the address `/tags/` is taken by Lyceum itself
  hint: give the page another `slug:`
",
    );
}
