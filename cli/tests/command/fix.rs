//! `lyceum check --fix`: what is certain is mended, and nothing else is touched.

use std::fs;

use crate::harness::School;

const LESSON: &str = "content/first-course/01-welcome.md";

fn with_mistakes() -> School {
    let school = School::new();
    school.edit(LESSON, "access: free", "acess: Free");
    school
}

#[test]
fn mistakes_with_one_mend_are_mended_and_told() {
    let school = with_mistakes();
    let told = school.run(&["check", "--fix"]).done();
    assert_eq!(
        told,
        "\
mended content/first-course/01-welcome.md:6: write `access` (unknown-key)
mended content/first-course/01-welcome.md:6: write `free` (wrong-value)
mended 2 places in 1 file
no errors and no warnings
"
    );
    assert!(school.read(LESSON).contains("\naccess: free\n"));
    assert_eq!(
        school.run(&["check", "--fix"]).done(),
        "mended 0 places in 0 files\nno errors and no warnings\n"
    );
}

#[test]
fn what_can_be_mended_is_offered_and_what_can_not_is_not() {
    let school = with_mistakes();
    let told = school.run(&["check"]).has_errors();
    assert!(told.ends_with("\n2 places in 1 file can be mended: `lyceum check --fix`\n"), "{told}");
    school.run(&["check", "--fix"]).done();
    assert!(!school.run(&["check"]).done().contains("--fix"));
}

#[test]
fn two_misspelt_keys_of_one_lesson_are_mended_at_once() {
    let school = School::new();
    let text = "---\nid: a\ntitle: T\nsummry: s\nacces: free\n---\nx\n";
    school.write("content/first-course/09-x.md", text);
    let told = school.run(&["check", "--fix"]).done();
    assert!(told.contains("\nmended 2 places in 1 file\n"), "{told}");
    assert_eq!(
        school.read("content/first-course/09-x.md"),
        text.replace("summry", "summary").replace("acces", "access")
    );
}

#[test]
fn a_dry_run_prints_a_diff_and_changes_nothing() {
    let school = with_mistakes();
    let before = school.files("content");
    let run = school.run(&["check", "--fix", "--dry-run"]);
    assert_eq!(run.code, Some(0));
    let expect = "\
--- a/content/first-course/01-welcome.md
+++ b/content/first-course/01-welcome.md
";
    assert!(run.stdout.starts_with(expect), "{}", run.stdout);
    assert!(run.stdout.contains("\n-acess: Free\n+access: free\n"), "{}", run.stdout);
    assert_eq!(run.stderr, "would mend 2 places in 1 file; nothing was changed\n");
    assert_eq!(school.files("content"), before);
}

#[test]
fn what_is_not_certain_is_left_and_still_told() {
    let school = with_mistakes();
    let about = "content/pages/about.md";
    school.edit(about, "title: About this school\n", "");
    let left = school.read(about);
    let told = school.run(&["check", "--fix"]).has_errors();
    assert!(told.contains("mended 2 places in 1 file\n"), "{told}");
    assert!(told.contains("error[missing-key]: `title` is missing"), "{told}");
    assert_eq!(school.read(about), left);
}

#[test]
fn a_byte_order_mark_and_dos_line_endings_stay() {
    let school = with_mistakes();
    let text = format!("\u{feff}{}", school.read(LESSON).replace('\n', "\r\n"));
    school.write(LESSON, &text);
    school.run(&["check", "--fix"]).done();
    assert_eq!(school.read(LESSON), text.replace("acess: Free", "access: free"));
}

#[cfg(unix)]
#[test]
fn the_permissions_of_a_file_stay() {
    use std::os::unix::fs::PermissionsExt;

    let school = with_mistakes();
    let (file, real) = (school.path(LESSON), school.path("content/first-course/02-real.md"));
    fs::rename(&file, &real).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    school.run(&["check", "--fix"]).done();
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&real).unwrap().contains("access: free"));
}
