//! A publication after a build: what that build left is published, with other words in it
//! where only words were edited since, and it is what a clean publication publishes.

use std::fs;

use serde_json::Value;

use crate::harness::School;
use crate::publish::{LESSON, school};

const PAID: &str = "content/first-course/02-behind-the-door.md";
const COURSE: &str = "content/first-course/course.md";

/// A school that was built and published.
fn published() -> School {
    let school = school();
    school.run(&["build"]).done();
    assert_eq!(published_as_clean(&school), Way::Short, "nothing was edited since the build");
    school
}

#[derive(Debug, PartialEq, Eq)]
enum Way {
    Short,
    Long,
}

fn add(school: &School, path: &str, words: &str) {
    let text = school.read(path);
    school.write(path, &format!("{text}\n{words}\n"));
}

/// Publishes, and tells whether nothing was parsed; the output folder is left alone.
#[track_caller]
fn published_as_clean(school: &School) -> Way {
    let dist = school.files("dist");
    let run = school.run(&["publish", "--json", "--timings"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(school.files("dist") == dist);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    let release = told["release"].as_str().unwrap();
    let is_long = told["timings"]["stages"].to_string().contains("\"parsing\"");

    let side = |name: &str| format!("file://{}", school.path(name).display());
    let hide = |from: &str, to: &str| fs::rename(school.path(from), school.path(to)).unwrap();
    hide("dist", "dist-aside");
    hide(".lyceum/cache", ".lyceum/cache-aside");
    let sides = (side("clean/public"), side("clean/private"));
    let clean = ["publish", "--json", "--public", &sides.0, "--private", &sides.1];
    let clean: Value = serde_json::from_str(&school.run(&clean).stdout).unwrap();
    fs::remove_dir_all(school.path(".lyceum/cache")).unwrap();
    hide("dist-aside", "dist");
    hide(".lyceum/cache-aside", ".lyceum/cache");

    assert_eq!(clean["release"], release);
    let store = school.files("store");
    for (name, bytes) in school.files("clean") {
        let here = store.iter().find(|(here, _)| *here == name);
        let is_pointer = name == "private/current.json";
        assert!(here.is_some_and(|(_, here)| is_pointer || *here == bytes), "{name}");
    }
    fs::remove_dir_all(school.path("clean")).unwrap();
    if is_long { Way::Long } else { Way::Short }
}

#[test]
fn words_are_put_into_what_the_last_build_left() {
    let school = published();
    add(&school, LESSON, "Zanzibar is an island.");
    add(&school, PAID, "Nobody reads this for nothing.");
    assert_eq!(published_as_clean(&school), Way::Short);
    let page = "store/public/courses/first-course/welcome/index.html";
    assert!(school.read(page).contains("Zanzibar is an island."));
    assert!(school.run(&["publish"]).done().starts_with("nothing changed: "));
    school.edit(LESSON, "Zanzibar", "Madagascar");
    assert_eq!(published_as_clean(&school), Way::Short);
    school.run(&["build"]).done();
    assert_eq!(published_as_clean(&school), Way::Short);
}

#[test]
fn what_may_be_seen_elsewhere_is_compiled() {
    let school = published();
    school.edit(LESSON, "title: Welcome", "title: The welcome");
    assert_eq!(published_as_clean(&school), Way::Long);
    school.run(&["build"]).done();
    add(&school, LESSON, "A word.");
    assert_eq!(published_as_clean(&school), Way::Short);
    add(&school, LESSON, "Another word.");
    fs::write(school.path("dist/public/index.html"), "no page").unwrap();
    assert_eq!(published_as_clean(&school), Way::Long);
}

#[test]
fn what_is_to_be_paid_for_and_what_is_wrong_is_refused_as_ever() {
    let school = published();
    let before = school.files("store");
    add(&school, LESSON, "[nowhere](nowhere.md)");
    let told = school.run(&["publish"]).has_errors();
    assert!(told.ends_with("nothing was published\n"), "{told}");
    assert!(school.files("store") == before);
}

#[test]
fn what_changes_for_people_stops_it_unless_it_is_accepted() {
    let school = published();
    school.edit(COURSE, "USD: \"29\"", "USD: \"39\"");
    school.run(&["build"]).done();
    add(&school, LESSON, "A word.");
    let short = school.run(&["publish"]).has_errors();
    fs::remove_dir_all(school.path("dist")).unwrap();
    let long = school.run(&["publish"]).has_errors();
    assert_eq!(short, long);
    assert!(short.contains("price-changed") && short.contains(COURSE), "{short}");
    school.run(&["build"]).done();
    school.run(&["publish", "--accept", "price-changed"]).done();
    assert!(school.run(&["publish"]).done().starts_with("nothing changed: "));
}

#[test]
fn a_dry_run_after_an_edit_shows_what_is_sent_and_changes_nothing() {
    let school = published();
    add(&school, PAID, "Nobody reads this for nothing.");
    let before = (school.files("store"), school.files("dist"));
    let run = school.run(&["publish", "--dry-run"]);
    assert!(run.stdout.contains("put private lessons/"), "{}", run.stdout);
    assert!(!run.stdout.contains("put public"), "{}", run.stdout);
    assert!((school.files("store"), school.files("dist")) == before);
}
