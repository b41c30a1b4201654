//! The end of a lesson.

use contracts::access::Audience;

use super::{LESSON_PATH, build, check, page};

#[test]
fn a_free_lesson_that_ends_is_gated_and_its_page_says_until_when() {
    let text = "---\nid: hello\ntitle: Hello\nexpires_at: 2027-01-02T08:00:00+08:00\n---\n\
                Words that nobody reads afterwards.\n";
    let site = build(&[(LESSON_PATH, text)]);
    let entry = site.manifest.lessons.values().next().unwrap();
    assert!(entry.is_gated());
    assert_eq!(entry.expires_at, Some("2027-01-02T00:00:00Z".parse().unwrap()));
    let public = page(&site, "courses/rust/hello/index.html");
    assert!(public.contains("Open until 2 January 2027"), "{public}");
    for file in site.files.iter().filter(|file| file.key.audience() == Audience::Everyone) {
        let bytes = file.content.read().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("nobody reads afterwards"), "{}", file.key);
    }
}

#[test]
fn a_lesson_that_ends_before_it_opens_is_told() {
    let text = "---\nid: hello\ntitle: Hello\npublish_at: 2027-01-02T08:00:00Z\n\
                expires_at: 2027-01-02T08:00:00Z\n---\nHi.\n";
    check(
        &[(LESSON_PATH, text)],
        r"
content/rust/01-hello.md:5:13+20 error[bad-date]: `expires_at` is not after `publish_at`: the lesson never opens
  hint: write a moment after `2027-01-02T08:00:00Z`, or leave it out
",
    );
}

#[test]
fn an_end_without_a_time_zone_is_told() {
    let text = "---\nid: hello\ntitle: Hello\nexpires_at: 2027-01-02 08:00\n---\nHi.\n";
    check(
        &[(LESSON_PATH, text)],
        r"
content/rust/01-hello.md:4:13+16 error[bad-date]: `expires_at` has no time zone: `2027-01-02 08:00`
  hint: write `2027-01-02T08:00:00+08:00`, or `2027-01-02T08:00:00Z` for UTC
",
    );
}
