//! A build in which nothing changed makes nothing; whatever changed, the result is
//! that of a clean build.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use crate::harness::School;

const LESSON: &str = "content/first-course/01-welcome.md";
const PAGE: &str = "dist/public/courses/first-course/welcome/index.html";

/// A school that was built, and whose record says so by stamps alone.
fn built() -> School {
    let school = School::new();
    school.run(&["build"]).done();
    assert_unchanged(&school);
    school
}

#[track_caller]
fn assert_unchanged(school: &School) {
    let told = school.run(&["build"]).done();
    assert!(told.starts_with("nothing changed: ") && told.ends_with(": `dist`\n"), "{told}");
}

/// A build was necessary, and gave what a build into a new folder gives.
#[track_caller]
fn assert_made_as_clean(school: &School, arguments: &[&str]) {
    let told = school.run(&[&["build"], arguments].concat()).done();
    assert!(told.contains("built "), "{told}");
    assert_clean(school, arguments);
    let told = school.run(&[&["build"], arguments].concat()).done();
    assert!(told.contains("nothing changed: "), "{told}");
    assert_clean(school, arguments);
}

#[track_caller]
fn assert_clean(school: &School, arguments: &[&str]) {
    let clean = ["build", "--out", "clean"];
    school.run(&[clean.as_slice(), arguments].concat()).done();
    assert!(school.files("dist") == school.files("clean"), "dist differs from a clean build");
    fs::remove_dir_all(school.path("clean")).unwrap();
}

/// Gives a file back the time it had, as some editors and archives do.
fn with_its_time(path: &Path, change: impl FnOnce()) {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    change();
    File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}

#[test]
fn what_was_told_is_told_again() {
    let school = School::new();
    let text = school.read(LESSON);
    school.write(LESSON, &format!("{text}\n```rust\nfn main() {{}}\n"));
    let first = school.run(&["build"]).done();
    assert!(first.starts_with("warning[unclosed-fence]"), "{first}");
    let again = school.run(&["build"]).done();
    assert_eq!(again, first.replace("\nbuilt ", "\nnothing changed: "));
    let json: serde_json::Value =
        serde_json::from_str(&school.run(&["build", "--json"]).stdout).unwrap();
    assert_eq!((&json["built"]["written"], &json["built"]["removed"]), (&0.into(), &0.into()));
    assert_eq!(json["built"]["files"], json["built"]["unchanged"]);
}

#[test]
fn an_edit_of_the_same_length_with_the_old_time_is_noticed() {
    let school = built();
    let path = school.path(LESSON);
    with_its_time(&path, || school.edit(LESSON, "Welcome", "Wilcome"));
    assert_made_as_clean(&school, &[]);
    assert!(school.read(PAGE).contains("Wilcome"));
}

#[test]
fn a_file_that_was_only_touched_is_no_change() {
    let school = built();
    let text = school.read(LESSON);
    fs::remove_file(school.path(LESSON)).unwrap();
    school.write(LESSON, &text);
    assert_unchanged(&school);
    assert_clean(&school, &[]);
}

#[test]
fn files_that_come_go_and_move_are_noticed() {
    let school = built();
    school.write(
        "content/first-course/90-new.md",
        "---\nid: new\ntitle: New\nsummary: New.\n---\n\nNew.\n",
    );
    assert_made_as_clean(&school, &[]);
    school.write(
        "content/first-course/more/01-deep.md",
        "---\nid: deep\ntitle: Deep\nsummary: D.\n---\n\nD.\n",
    );
    assert_made_as_clean(&school, &[]);
    let from = school.path("content/first-course/90-new.md");
    fs::rename(from, school.path("content/first-course/91-other.md")).unwrap();
    assert_made_as_clean(&school, &[]);
    fs::remove_dir_all(school.path("content/first-course/more")).unwrap();
    assert_made_as_clean(&school, &[]);
}

#[test]
fn data_settings_and_the_theme_are_noticed() {
    let school = built();
    school.write("data/prices.toml", "a = 1\n");
    school.write("content/pages/other.md", "---\ntitle: Other\n---\n\nOther.\n");
    assert_made_as_clean(&school, &[]);
    school.edit("site.toml", "title = \"", "title = \"The ");
    assert_made_as_clean(&school, &[]);
    let name = "themes/lyceum/templates/partials/added.html";
    school.write(name, "added");
    assert_made_as_clean(&school, &[]);
    fs::remove_dir_all(school.path("themes")).unwrap();
    assert_made_as_clean(&school, &[]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_elsewhere_is_noticed() {
    use std::os::unix::fs::symlink;

    let school = School::new();
    school.write("content/first-course/one.txt", "one");
    school.write("content/first-course/two.txt", "two");
    let link = school.path("content/first-course/data.txt");
    symlink("one.txt", &link).unwrap();
    school.edit(LESSON, "---\n\n", "---\n\n[data](data.txt)\n\n");
    school.run(&["build"]).done();
    assert_unchanged(&school);
    fs::remove_file(&link).unwrap();
    symlink("two.txt", &link).unwrap();
    assert_made_as_clean(&school, &[]);
    school.write("content/first-course/two.txt", "six");
    assert_made_as_clean(&school, &[]);
    fs::remove_file(&link).unwrap();
    school.write("data/three.txt", "three");
    symlink(school.path("data/three.txt"), &link).unwrap();
    assert_made_as_clean(&school, &[]);
}

#[test]
fn another_option_is_another_build() {
    let school = built();
    school.edit(LESSON, "access: free", "access: free\ndraft: true");
    assert_made_as_clean(&school, &[]);
    assert_made_as_clean(&school, &["--drafts"]);
    assert_made_as_clean(&school, &["--base-url", "https://other.test"]);
    assert_made_as_clean(&school, &[]);
}

#[test]
fn a_commit_that_dates_a_page_is_noticed_and_one_that_does_not_is_no_change() {
    let school = School::new();
    school.git(&["init", "-q"]);
    school.run(&["build"]).done();
    school.git(&["add", "."]);
    school.git(&["commit", "-qm", "all"]);
    assert_made_as_clean(&school, &[]);
    school.write("notes.txt", "not of the school");
    school.git(&["add", "."]);
    school.git(&["commit", "-qm", "notes"]);
    assert_unchanged(&school);
    school.write(".mailmap", "Ada Lovelace <ada@school.test>\n");
    let told = school.run(&["build"]).done();
    assert!(told.contains("in [TIME]"), "{told}");
    assert_clean(&school, &[]);
    school.git(&["pack-refs", "--all"]);
    assert_unchanged(&school);
}

#[test]
fn output_that_was_changed_removed_or_added_is_put_right() {
    let school = built();
    let page = school.path(PAGE);
    let text = school.read(PAGE);
    with_its_time(&page, || fs::write(&page, text.replace("Welcome", "Wilcome")).unwrap());
    assert_made_as_clean(&school, &[]);
    fs::remove_file(&page).unwrap();
    assert_made_as_clean(&school, &[]);
    school.write("dist/public/foreign.html", "foreign");
    assert_made_as_clean(&school, &[]);
    school.write("dist/private/deep/down/foreign.html", "foreign");
    assert_made_as_clean(&school, &[]);
    fs::create_dir(school.path("dist/public/courses/empty")).unwrap();
    assert_made_as_clean(&school, &[]);
    school.write("dist/manifest.json", "{}");
    assert_made_as_clean(&school, &[]);
    fs::remove_dir_all(page.parent().unwrap()).unwrap();
    fs::write(page.parent().unwrap(), "a file where a folder stood").unwrap();
    assert_made_as_clean(&school, &[]);
    fs::remove_dir_all(school.path("dist")).unwrap();
    assert_made_as_clean(&school, &[]);
    school.write("dist/.staging-x/half", "of a killed build");
    assert_made_as_clean(&school, &[]);
}

#[cfg(unix)]
#[test]
fn output_that_became_a_link_is_put_right() {
    let school = built();
    let page = school.path(PAGE);
    fs::copy(&page, school.path("elsewhere.html")).unwrap();
    fs::remove_file(&page).unwrap();
    std::os::unix::fs::symlink(school.path("elsewhere.html"), &page).unwrap();
    assert_made_as_clean(&school, &[]);
    assert!(!page.is_symlink());
}

#[test]
fn a_record_that_is_damaged_or_gone_is_made_anew() {
    let school = built();
    let records = school.path(".lyceum/cache/builds");
    let mut files = fs::read_dir(&records).unwrap().map(|entry| entry.unwrap().path());
    let record = files.find(|path| path.extension().is_none()).unwrap();
    let whole = fs::read(&record).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for bytes in [b"".to_vec(), whole[..whole.len() - 1].to_vec(), flipped, b"x".repeat(100)] {
        fs::write(&record, bytes).unwrap();
        assert_made_as_clean(&school, &[]);
    }
    fs::remove_dir_all(school.path(".lyceum")).unwrap();
    assert_made_as_clean(&school, &[]);
}

#[test]
fn an_error_after_a_good_build_is_told_every_time_and_mending_it_is_no_change() {
    let school = built();
    let text = school.read(LESSON);
    school.edit(LESSON, "access: free", "acess: free");
    for _ in 0..2 {
        assert!(school.run(&["build"]).has_errors().contains("unknown-key"));
    }
    school.write(LESSON, &text);
    assert_unchanged(&school);
    assert_clean(&school, &[]);
}

#[test]
fn a_killed_build_is_put_right_by_the_next() {
    let school = built();
    for (number, milliseconds) in [5, 20, 40, 80, 160].into_iter().enumerate() {
        school.edit(LESSON, "---\n\n", &format!("---\n\nChange {number}.\n\n"));
        school.killed_after(&["build"], Duration::from_millis(milliseconds));
        school.run(&["build"]).done();
        assert_clean(&school, &[]);
    }
}

#[test]
fn timings_are_shown_to_people_and_scripts_and_change_nothing() {
    let school = School::new();
    let told = school.run(&["build", "--timings"]).done();
    let stages = ["reading", "git", "parsing", "Markdown", "pages", "search", "proof", "writing"];
    for stage in stages {
        assert!(told.lines().any(|line| line.ends_with(&format!(" ms {stage}"))), "{told}");
    }
    assert!(told.contains(" ms lesson (") && told.contains(LESSON), "{told}");
    assert_clean(&school, &[]);

    school.edit(LESSON, "Welcome", "Wilcome");
    let run = school.run(&["build", "--timings", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let stages = json["timings"]["stages"].as_array().unwrap();
    assert!(stages.iter().any(|stage| stage["stage"] == "reading"), "{json}");
    assert!(json["timings"]["slowest"][0]["seconds"].is_f64());

    let told = school.run(&["build", "--timings"]).done();
    assert!(told.contains("nothing changed: ") && !told.contains("slowest"), "{told}");
}
