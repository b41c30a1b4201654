//! A build after an edit of nothing but words makes what they touch, and gives what a
//! clean build gives; whatever may be seen elsewhere makes a build like any other.

use std::fs;

use crate::harness::School;

const FREE: &str = "content/first-course/01-welcome.md";
const PAID: &str = "content/first-course/02-behind-the-door.md";
const PAGE: &str = "dist/public/courses/first-course/welcome/index.html";

/// A school that was built, with notes.
fn built() -> School {
    let school = School::new();
    school.run(&["build"]).done();
    school
}

fn add(school: &School, path: &str, words: &str) {
    let text = school.read(path);
    school.write(path, &format!("{text}\n{words}\n"));
}

/// Builds, and tells whether it was by amending, and how many files were written.
#[track_caller]
fn build(school: &School) -> (bool, u64) {
    let told = school.run(&["build", "--json", "--timings"]);
    let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let stages = told["timings"]["stages"].to_string();
    school.run(&["build", "--out", "clean"]).done();
    let (dist, clean) = (school.files("dist"), school.files("clean"));
    let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&dist), names(&clean));
    let other = dist.iter().zip(&clean).find(|(one, other)| one != other);
    assert!(other.is_none(), "{:?}", other.map(|((name, _), _)| name));
    fs::remove_dir_all(school.path("clean")).unwrap();
    (!stages.contains("parsing"), told["built"]["written"].as_u64().unwrap())
}

#[test]
fn words_are_built_where_they_stand_and_nothing_else_is() {
    let school = built();
    add(&school, FREE, "Zanzibar is an island.");
    let (amended, written) = build(&school);
    // The page, the index of the search and two or three of its parts, with their copies.
    assert!(amended && written <= 15, "{written}");
    assert!(school.read(PAGE).contains("Zanzibar is an island."));
    let all: Vec<String> = school.files("dist/public").into_iter().map(|(name, _)| name).collect();

    add(&school, PAID, "Nobody reads this for nothing.");
    let (amended, written) = build(&school);
    assert!(amended && written == 1, "{written}");
    let names: Vec<String> =
        school.files("dist/public").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, all);
    let told = school.run(&["build"]).done();
    assert!(told.starts_with("nothing changed: "), "{told}");

    add(&school, FREE, "## A new heading\n\nWith words of its own.");
    assert!(build(&school).0);
    add(&school, FREE, "And again.");
    add(&school, PAID, "And here.");
    assert!(build(&school).0);
    school.run(&["check", "--prove"]).done();
}

#[test]
fn what_others_see_of_a_lesson_makes_a_whole_build() {
    let school = built();
    for (path, from, to) in [
        (FREE, "title: Welcome", "title: The welcome"),
        (FREE, "summary: How", "summary: Here is how"),
        ("content/first-course/course.md", "---\n\n", "---\n\nMore. "),
        ("site.toml", "title = \"", "title = \"The "),
    ] {
        school.edit(path, from, to);
        assert!(!build(&school).0, "{path} {to}");
    }
    add(&school, FREE, &"Long, long words. ".repeat(400));
    assert!(!build(&school).0, "it takes longer to read");
    add(&school, FREE, "[there](../pages/about.md)");
    assert!(!build(&school).0, "the other page says who links to it");
    add(&school, FREE, "[nowhere](nowhere.md)");
    school.run(&["build"]).has_errors();
}

#[test]
fn a_text_that_says_what_a_paid_one_says_makes_a_whole_build() {
    let school = built();
    let secret = "Seven green lamps burn under the old stone bridge in the northern wind.";
    add(&school, PAID, secret);
    assert!(build(&school).0);
    add(&school, FREE, secret);
    assert!(!build(&school).0, "the author makes it public");
    school.write(FREE, &school.read(FREE).replace(secret, ""));
    assert!(!build(&school).0, "it is secret again");
    add(&school, FREE, "Nothing of that.");
    assert!(build(&school).0);
}

#[test]
fn notes_that_are_damaged_or_of_another_build_are_not_believed() {
    let school = built();
    let folder = school.path(".lyceum/cache/builds");
    let mut files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let notes = files.find(|path| path.to_string_lossy().ends_with(".notes")).unwrap();
    let mut old = fs::read(&notes).unwrap();
    school.edit(FREE, "title: Welcome", "title: The welcome");
    assert!(!build(&school).0);
    fs::write(&notes, &old).unwrap();
    add(&school, FREE, "One.");
    assert!(!build(&school).0);
    old = fs::read(&notes).unwrap();
    for at in (0..old.len()).step_by(old.len() / 5) {
        let mut bad = old.clone();
        bad[at] ^= 1;
        fs::write(&notes, &bad).unwrap();
        add(&school, FREE, "Two.");
        let _ = build(&school);
    }
    fs::remove_file(&notes).unwrap();
    add(&school, FREE, "Three.");
    assert!(!build(&school).0);
}

#[test]
fn an_output_folder_that_somebody_changed_makes_a_whole_build() {
    let school = built();
    fs::write(school.path(PAGE), "no page").unwrap();
    add(&school, FREE, "One.");
    assert!(!build(&school).0);
    fs::remove_file(school.path("dist/public/index.html")).unwrap();
    add(&school, FREE, "Two.");
    assert!(!build(&school).0);
}

#[test]
fn a_file_whose_stamp_is_worth_nothing_is_read_and_costs_no_whole_build() {
    let school = School::new();
    let tomorrow = std::time::SystemTime::now() + std::time::Duration::from_secs(24 * 60 * 60);
    let file = fs::File::options().write(true).open(school.path("site.toml")).unwrap();
    file.set_modified(tomorrow).unwrap();
    school.run(&["build"]).done();
    add(&school, FREE, "One.");
    assert!(build(&school).0);
}
