//! `lyceum new`: what it makes builds, and what exists it leaves alone.

use crate::harness::School;

#[test]
fn a_new_school_has_nothing_to_complain_about() {
    let school = School::empty();
    assert_eq!(
        school.run(&["new", "my-school"]).done(),
        "made a school in `my-school`; go on with\n  cd my-school\n  lyceum serve\n"
    );
    assert_eq!(
        school.run(&["check", "--drafts", "--school", "my-school"]).done(),
        "no errors and no warnings\n"
    );
    assert!(school.read("my-school/site.toml").contains("\ntitle = \"My school\"\n"));
    assert!(school.read("my-school/.gitignore").contains("/.lyceum/"));
}

#[test]
fn a_school_may_be_made_where_git_was_first() {
    let school = School::empty();
    school.write(".git/HEAD", "ref: refs/heads/main\n");
    school.run(&["new", "."]).done();
}

#[test]
fn a_folder_with_files_is_not_filled() {
    let school = School::empty();
    school.write("mine/thesis.txt", "mine");
    assert_eq!(
        school.run(&["new", "mine"]).failed(),
        "\
error: `mine` is not empty
hint: choose a folder that doesn't exist yet
"
    );
    assert_eq!(school.files("mine"), [("thesis.txt".to_owned(), b"mine".to_vec())]);
}

#[test]
fn courses_sections_and_lessons_are_added_in_order_and_check() {
    let school = School::new();
    assert_eq!(
        school.run(&["new", "course", "rust", "--title", "Rust: \"safe\" & fast"]).done(),
        "made `content/rust/course.md`; add a lesson with `lyceum new lesson rust/first-steps`\n"
    );
    assert_eq!(
        school.run(&["new", "lesson", "rust/ownership"]).done(),
        "made `content/rust/01-ownership.md`\n"
    );
    assert_eq!(
        school.run(&["new", "lesson", "rust/basics/变量"]).done(),
        "made `content/rust/02-basics/section.md`\nmade `content/rust/02-basics/01-变量.md`\n"
    );
    assert_eq!(
        school.run(&["new", "lesson", "rust/basics/loops"]).done(),
        "made `content/rust/02-basics/02-loops.md`\n"
    );
    assert_eq!(school.run(&["check", "--drafts"]).done(), "no errors and no warnings\n");
}

#[test]
fn every_lesson_gets_an_id_of_its_own() {
    let school = School::new();
    let id = |path: &str| {
        let text = school.read(path);
        let line = text.lines().find(|line| line.starts_with("id: ")).unwrap();
        line.trim_start_matches("id: ").to_owned()
    };
    school.run(&["new", "lesson", "first-course/next"]).done();
    let ids = [
        id("content/first-course/01-welcome.md"),
        id("content/first-course/02-behind-the-door.md"),
        id("content/first-course/03-next.md"),
    ];
    assert!(ids.iter().all(|id| id.len() == 10), "{ids:?}");
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
}

#[test]
fn what_exists_is_never_overwritten() {
    let school = School::new();
    for (arguments, told) in [
        (
            ["new", "course", "first-course"],
            "\
error: there is a course `first-course` already, in `content/first-course`
hint: add a lesson to it with `lyceum new lesson first-course/first-steps`
",
        ),
        (
            ["new", "lesson", "first-course/welcome"],
            "\
error: there is a lesson or section `welcome` already: `content/first-course/01-welcome.md`
hint: choose another name
",
        ),
        (
            ["new", "course", "pages"],
            "\
error: a course can't be named `pages`: that folder holds something else
hint: choose another name
",
        ),
    ] {
        assert_eq!(school.run(&arguments).failed(), told);
    }
}

#[test]
fn a_place_that_can_not_be_is_explained() {
    let school = School::new();
    for (place, told) in [
        (
            "first-curse/x",
            "error: there is no course `first-curse`\nhint: did you mean `first-course`?\n",
        ),
        ("sql/x", "error: there is no course `sql`\nhint: make it with `lyceum new course sql`\n"),
        (
            "welcome",
            "\
error: `welcome` does not say where the lesson belongs
hint: write `<course>/<lesson>` or `<course>/<section>/<lesson>`
",
        ),
        (
            "first-course/a b",
            "\
error: the name `a b` must not contain ' '
hint: a name stands in an address: letters and digits joined by `-`
",
        ),
    ] {
        assert_eq!(school.run(&["new", "lesson", place]).failed(), told);
    }
}

#[test]
fn every_key_that_a_template_explains_is_known() {
    let school = School::new();
    school.run(&["new", "course", "rust"]).done();
    school.run(&["new", "lesson", "rust/basics/loops"]).done();
    let files = [
        "site.toml",
        "content/rust/course.md",
        "content/rust/01-basics/section.md",
        "content/rust/01-basics/01-loops.md",
    ];
    for file in files {
        let text = school.read(file);
        let is_key = |line: &&str| {
            line.starts_with('[')
                || line.split_once([':', '=']).is_some_and(|(key, _)| {
                    key.trim().chars().all(|c| c.is_ascii_lowercase() || c == '_')
                })
        };
        let shown: Vec<&str> = text
            .lines()
            .map(|line| line.strip_prefix("# ").filter(is_key).unwrap_or(line))
            .collect();
        assert_ne!(shown.join("\n"), text, "{file}");
        school.write(file, &shown.join("\n"));
    }
    // The examples name files and people that are not there, but no unknown key.
    let told = school.run(&["check", "--drafts"]).has_errors();
    assert!(!told.contains("[unknown-key]") && !told.contains("[unknown-table]"), "{told}");
    assert!(!told.contains("[bad-front-matter]") && !told.contains("[bad-toml]"), "{told}");
}
