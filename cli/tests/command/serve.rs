//! `lyceum serve` and `lyceum demo`: what a browser gets while an author writes.

use crate::harness::School;

const FREE: &str = "content/first-course/01-welcome.md";
const FREE_PAGE: &str = "/courses/first-course/welcome/";
const PAID_PAGE: &str = "/learn/first-course/behind-the-door/";

#[test]
fn an_edit_appears_and_a_broken_one_keeps_the_last_good_site() {
    let school = School::new();
    let preview = school.preview(&["serve", "--port", "0"]);
    assert!(preview.get("/").contains("<html"), "{}", preview.get("/"));
    assert!(preview.get(FREE_PAGE).contains("/_lyceum/reload.js"));
    assert!(preview.get("/_lyceum/reload.js").contains("EventSource"));

    school.edit(FREE, "title: Welcome", "title: Hello there");
    preview.until(FREE_PAGE, |page| page.contains("Hello there"));

    school.edit(FREE, "access: free", "acess: free");
    preview.until_told("error[unknown-key]: unknown key `acess`");
    preview.until_told("waiting until the content can be built");
    preview.until_news(|news| news.contains("01-welcome.md:6:1"));
    assert!(preview.get(FREE_PAGE).contains("Hello there"));

    school.edit(FREE, "acess: free", "access: free");
    preview.until_news(|news| news.contains(r#""diagnostics":null"#));
    preview.stop();
    school.assert_tidy();
}

#[test]
fn a_school_that_is_broken_at_first_is_served_once_it_is_mended() {
    let school = School::new();
    school.edit(FREE, "access: free", "acess: free");
    let preview = school.start(&["serve", "--port", "0"]);
    preview.until_told("waiting until the content can be built");
    school.edit(FREE, "acess: free", "access: free");
    let preview = preview.ready();
    assert!(preview.get(FREE_PAGE).contains("Welcome"));
}

#[test]
fn nothing_is_left_behind_however_a_preview_is_ended() {
    let school = School::new();
    for signal in ["-INT", "-TERM", "-HUP"] {
        school.preview(&["demo", "--port", "0"]).stop_by(signal);
        school.assert_tidy();
        school.preview(&["serve", "--port", "0"]).stop_by(signal);
        school.assert_tidy();
    }
    // In the middle of a publication too.
    let preview = school.preview(&["serve", "--port", "0"]);
    school.edit(FREE, "title: Welcome", "title: Hello there");
    preview.stop();
    school.assert_tidy();
}

#[test]
fn a_guest_meets_the_lock_and_a_learner_the_lesson() {
    let school = School::new();
    let paid = "never written to a public file";
    let guest = school.preview(&["serve", "--port", "0"]);
    assert!(!guest.get(PAID_PAGE).contains(paid));
    let learner = school.preview(&["serve", "--port", "0", "--as", "learner"]);
    assert!(learner.get(PAID_PAGE).contains(paid), "{}", learner.get(PAID_PAGE));
}

#[test]
fn a_taken_port_gives_the_next_one_with_a_word() {
    let school = School::new();
    let first = school.preview(&["serve", "--port", "0"]);
    let second = school.preview(&["serve", "--port", &first.port().to_string()]);
    assert!(second.told().contains(&format!("port {} is taken", first.port())));
    assert_ne!(first.port(), second.port());
}

#[test]
fn the_demo_shows_a_school_to_a_guest_and_signs_a_learner_in() {
    for school in [School::empty(), School::new()] {
        let demo = school.preview(&["demo", "--port", "0"]);
        let told = demo.told();
        assert!(told.contains("\n  a paid lesson    http://localhost:"), "{told}");
        assert!(told.contains("/courses/first-course/behind-the-door/"), "{told}");
        assert!(told.contains("\n  as a learner     http://localhost:"), "{told}");
        let link = told.lines().find_map(|line| line.strip_prefix("  as a learner     ")).unwrap();
        let path = link.split_once("localhost:").unwrap().1.split_once('/').unwrap().1;
        assert!(demo.get(&format!("/{path}")).contains("<form"), "{}", demo.get(path));
        assert!(!demo.get(PAID_PAGE).contains("never written to a public file"));
        demo.stop();
        school.assert_tidy();
    }
}
