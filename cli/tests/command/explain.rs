//! `lyceum explain`, as someone asks it who has just been told a code.

use crate::harness::School;

#[test]
fn a_code_is_explained_with_a_wrong_and_a_right_example() {
    let run = School::empty().run(&["explain", "no-description"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        run.stdout,
        "\
no-description: warning, unless `--deny` or `--allow` changes it

A course has no `description`.
The list of courses, search engines and previews in chats show it: one or two sentences that say what one will be able to do.

Wrong, `content/rust/course.md`:

    ---
    title: Rust
    ---

Right, `content/rust/course.md`:

    ---
    title: Rust
    description: All of it.
    ---
"
    );
}

#[test]
fn without_a_code_all_of_them_are_listed() {
    let run = School::empty().run(&["explain"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.lines().count() > 40, "{}", run.stdout);
    let line = "unknown-theme              error    `theme` in `site.toml` names a theme that is not there.";
    assert!(run.stdout.lines().any(|known| known == line), "{}", run.stdout);
}

#[test]
fn a_code_that_does_not_exist_is_a_failure_with_a_guess() {
    let told = School::empty().run(&["explain", "unknown-keys"]).failed();
    assert_eq!(
        told,
        "error: there is no diagnostic `unknown-keys`\nhint: did you mean `unknown-key`?\n"
    );
    let told = School::empty().run(&["explain", "E0308"]).failed();
    assert_eq!(
        told,
        "error: there is no diagnostic `E0308`\nhint: `lyceum explain` lists all codes\n"
    );
}
