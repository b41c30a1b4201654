//! What is told to someone who does not know the command yet, or mistypes it.

use std::process::Stdio;

use crate::harness::School;

#[test]
fn the_help_names_every_command_and_how_to_start() {
    let run = School::empty().run(&["--help"]);
    assert_eq!(run.code, Some(0));
    for command in [
        "new", "check", "explain", "list", "config", "build", "import", "serve", "publish",
        "rollback", "demo",
    ] {
        assert!(run.stdout.contains(&format!("\n  {command} ")), "{}", run.stdout);
    }
    assert!(run.stdout.contains("lyceum new my-school"), "{}", run.stdout);
    assert!(run.stdout.contains("Exit codes: 0 done, 1 the content has errors"), "{}", run.stdout);
    assert_eq!(run.stderr, "");
}

#[test]
fn every_command_explains_itself() {
    let school = School::empty();
    for command in [
        "new", "check", "explain", "list", "config", "build", "import", "serve", "publish",
        "rollback", "demo",
    ] {
        let run = school.run(&[command, "--help"]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{command}");
        assert!(run.stdout.contains("Usage: lyceum"), "{}", run.stdout);
    }
}

#[test]
fn a_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let run = School::empty().run(&["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(run.stdout.contains("rollback"), "{shell}");
    }
}

#[test]
fn a_mistyped_command_is_a_failure_with_a_guess() {
    let told = School::empty().run(&["biuld"]).failed();
    assert!(told.contains("'build'"), "{told}");
}

#[test]
fn outside_of_a_school_the_way_to_one_is_told() {
    let school = School::empty();
    for command in ["check", "build", "serve", "publish", "rollback"] {
        assert_eq!(
            school.run(&[command]).failed(),
            "\
error: there is no `site.toml` in `.` or above it
hint: start a school with `lyceum new my-school`, or go into its folder
",
            "{command}"
        );
    }
}

#[test]
fn a_reader_who_hangs_up_is_no_failure() {
    let school = School::new();
    let mut child = school
        .command(&["check", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
