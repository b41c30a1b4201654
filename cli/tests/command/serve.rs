//! `lyceum serve` and `lyceum demo`: what a browser gets while an author writes.

use crate::harness::School;

const FREE: &str = "content/first-course/01-welcome.md";
const PAID: &str = "content/first-course/02-behind-the-door.md";
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
    let page = preview.open(FREE_PAGE);
    page.until(|news| news.contains("01-welcome.md:6:1"));
    assert!(preview.get(FREE_PAGE).contains("Hello there"));

    school.edit(FREE, "acess: free", "access: free");
    page.until(|news| news.contains(r#""diagnostics":null"#));
    preview.stop();
    school.assert_tidy();
}

#[test]
fn a_school_that_is_broken_at_first_is_served_once_it_is_mended() {
    let school = School::new();
    school.edit(FREE, "access: free", "acess: free");
    let preview = school.start(&["serve", "--port", "0"]);
    preview.until_told("waiting until the content can be built");
    // Whoever looks meanwhile is told why there is nothing, and hears of the first site.
    let preview = preview.ready();
    assert!(preview.get("/").contains("/_lyceum/reload.js"), "{}", preview.get("/"));
    let page = preview.open("/");
    page.until(|news| news.contains("01-welcome.md:6:1"));
    school.edit(FREE, "acess: free", "access: free");
    page.until(|news| news.contains(r#""act":"reload""#));
    assert!(preview.get(FREE_PAGE).contains("Welcome"));
}

#[test]
fn whatever_an_author_changes_is_shown() {
    let school = School::new();
    school.write("themes/own/theme.toml", "name = \"own\"\n");
    let preview = school.preview(&["serve", "--port", "0"]);
    let lesson = |title: &str| {
        let front = format!("title: {title}\naccess: free\nid: {}", title.to_lowercase());
        format!("---\n{front}\nsummary: A lesson.\n---\n\nText of {title}.\n")
    };
    school.write("content/first-course/03-new.md", &lesson("Third"));
    preview.until("/courses/first-course/new/", |page| page.contains("Text of Third."));

    let at = |name: &str| school.path(&format!("content/first-course/{name}"));
    std::fs::rename(at("03-new.md"), at("03-newer.md")).unwrap();
    preview.until("/courses/first-course/newer/", |page| page.contains("Text of Third."));
    preview.until("/courses/first-course/new/", |page| page.starts_with("HTTP/1.0 404"));
    std::fs::remove_file(at("03-newer.md")).unwrap();
    preview.until("/courses/first-course/newer/", |page| page.starts_with("HTTP/1.0 404"));

    school.write("content/second-course/course.md", "---\ntitle: Second\naccess: free\n---\n");
    school.write("content/second-course/01-start.md", &lesson("Start"));
    preview.until("/courses/second-course/start/", |page| page.contains("Text of Start."));
    std::fs::remove_dir_all(school.path("content/second-course")).unwrap();
    preview.until("/courses/second-course/start/", |page| page.starts_with("HTTP/1.0 404"));

    school.edit("site.toml", "title = \"", "title = \"The school of ");
    preview.until(FREE_PAGE, |page| page.contains("The school of "));
    school.write("themes/lyceum/templates/404.html", "<body>Nothing but this</body>");
    preview.until("/nowhere/", |page| page.contains("Nothing but this"));
    std::fs::remove_file(school.path("themes/lyceum/templates/404.html")).unwrap();
    preview.until("/nowhere/", |page| !page.contains("Nothing but this"));
    preview.stop();
    school.assert_tidy();
}

#[test]
fn another_branch_of_git_is_shown_with_all_its_files() {
    let school = School::new();
    school.git(&["init", "-q", "-b", "main"]);
    school.git(&["add", "-A"]);
    school.git(&["commit", "-q", "-m", "One"]);
    school.git(&["checkout", "-q", "-b", "many"]);
    for number in 10..60 {
        let lesson = format!(
            "---\ntitle: Lesson {number}\nid: many-{number}\naccess: free\nsummary: A \
             lesson.\n---\n\nNumber {number} of many.\n"
        );
        school.write(&format!("content/first-course/{number}-many.md"), &lesson);
        let course = format!("---\ntitle: Course {number}\naccess: free\n---\n");
        school.write(&format!("content/course-{number}/course.md"), &course);
        std::fs::rename(
            school.path(&format!("content/first-course/{number}-many.md")),
            school.path(&format!("content/course-{number}/01-start.md")),
        )
        .unwrap();
    }
    school.git(&["add", "-A"]);
    school.git(&["commit", "-q", "-m", "Many"]);
    school.git(&["checkout", "-q", "main"]);
    let preview = school.preview(&["serve", "--port", "0"]);
    let last = "/courses/course-59/start/";
    assert!(preview.get(last).starts_with("HTTP/1.0 404"), "{}", preview.get(last));
    for _ in 0..2 {
        school.git(&["checkout", "-q", "many"]);
        for number in 10..60 {
            let page = format!("/courses/course-{number}/start/");
            preview.until(&page, |page| page.contains(&format!("Number {number} of many.")));
        }
        school.git(&["checkout", "-q", "main"]);
        preview.until(last, |page| page.starts_with("HTTP/1.0 404"));
    }
    assert!(!preview.told().contains("error"), "{}", preview.told());
}

#[test]
fn only_a_page_that_would_come_out_otherwise_is_loaded_again() {
    let school = School::new();
    let preview = school.preview(&["serve", "--port", "0"]);
    let (lesson, about) = (preview.open(FREE_PAGE), preview.open("/about/"));
    for page in [&lesson, &about] {
        assert!(page.next().contains(r#""act":"stay""#));
    }
    school.edit(FREE, "access: free\n---\n", "access: free\n---\n\nA new paragraph.\n");
    assert!(lesson.next().contains(r#""act":"reload""#));
    assert!(about.next().contains(r#""act":"stay""#));

    // One that missed a build is told at once.
    let late = preview.open_shown("/about/", "0123456789abcdef");
    assert!(late.next().contains(r#""act":"reload""#));
}

#[test]
fn a_new_style_is_taken_in_place() {
    let school = School::new();
    let preview = school.preview(&["serve", "--port", "0"]);
    let page = preview.open("/about/");
    assert!(page.next().contains(r#""act":"stay""#));
    school.write("themes/lyceum/assets/prose.css", "p { color: #123456 }\n");
    let told = page.next();
    assert!(told.contains(r#""act":"restyle","sheets":[{"from":"/assets/prose."#), "{told}");
}

#[test]
fn who_may_not_open_a_lesson_is_not_disturbed_by_its_author() {
    let school = School::new();
    for (visitor, act) in [("guest", "stay"), ("learner", "reload")] {
        let preview = school.preview(&["serve", "--port", "0", "--as", visitor]);
        let page = preview.open_lesson("first-course/behind-the-door");
        assert!(page.next().contains(r#""act":"stay""#));
        school.edit(PAID, "See it with", "Look at it with");
        let told = page.next();
        assert!(told.contains(&format!(r#""act":"{act}""#)), "{visitor}: {told}");
        school.edit(PAID, "Look at it with", "See it with");
    }
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
