//! `lyceum check` and `lyceum build`: diagnostics, the output folder, exit codes.

use std::fs;

use crate::harness::School;

const LESSON: &str = "content/first-course/01-welcome.md";

#[test]
fn a_new_school_builds_without_a_word_of_complaint() {
    let school = School::new();
    let told = school.run(&["build"]).done();
    assert!(told.starts_with("built ") && told.lines().count() == 1, "{told}");
    assert!(told.contains("1 gated lesson, ") && told.ends_with(" in [TIME]: `dist`\n"), "{told}");
    assert!(school.read("dist/public/index.html").contains("<html"));
    assert!(school.read("dist/public/courses/first-course/welcome/index.html").contains("<html"));
    assert!(school.read("dist/manifest.json").starts_with('{'));
}

#[test]
fn what_is_paid_stands_on_the_private_side_alone() {
    let school = School::new();
    school.run(&["build"]).done();
    let paid = "never written to a public file";
    let holds = |side: &str| {
        school
            .files(&format!("dist/{side}"))
            .iter()
            .any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(paid))
    };
    assert!(holds("private"));
    assert!(!holds("public"));
}

#[test]
fn building_twice_rewrites_nothing() {
    let school = School::new();
    school.run(&["build"]).done();
    let (times, files) = (school.times("dist"), school.files("dist"));
    school.run(&["build"]).done();
    assert_eq!(school.times("dist"), times);
    assert_eq!(school.files("dist"), files);
}

#[test]
fn an_error_is_shown_in_its_line_and_leaves_the_old_output() {
    let school = School::new();
    school.run(&["build"]).done();
    let (times, files) = (school.times("dist"), school.files("dist"));
    school.edit(LESSON, "access: free", "acess: free");

    let told = school.run(&["build"]).has_errors();

    assert_eq!(
        told,
        "\
error[unknown-key]: unknown key `acess`
 --> content/first-course/01-welcome.md:6:1
  |
6 | acess: free
  | ^^^^^
  |
  = hint: did you mean `access`?

1 error in 1 file; `lyceum explain unknown-key` tells more
nothing was written
"
    );
    assert_eq!(school.times("dist"), times);
    assert_eq!(school.files("dist"), files);
}

#[test]
fn all_mistakes_are_shown_at_once() {
    let school = School::new();
    school.edit(LESSON, "access: free", "access: fre");
    school.edit("content/pages/about.md", "title: About this school\n", "");
    let told = school.run(&["check"]).has_errors();
    assert!(told.contains("01-welcome.md:6:9"), "{told}");
    assert!(told.contains("about.md"), "{told}");
    assert!(told.ends_with("2 errors in 2 files; `lyceum explain <code>` tells more\n"), "{told}");
}

#[test]
fn a_script_reads_diagnostics_and_counts() {
    let school = School::new();
    school.edit(LESSON, "access: free", "acess: free");
    for command in ["check", "build"] {
        let run = school.run(&[command, "--json"]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!((&json["errors"], &json["warnings"]), (&1.into(), &0.into()));
        let diagnostic = &json["diagnostics"][0];
        assert_eq!(diagnostic["path"], "content/first-course/01-welcome.md");
        assert_eq!(diagnostic["span"]["line"], 6);
        assert_eq!(diagnostic["severity"], "error");
        assert_eq!(diagnostic["hint"], "did you mean `access`?");
    }
    school.edit(LESSON, "acess: free", "access: free");
    let run = school.run(&["build", "--json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["built"]["folder"], "dist");
    assert_eq!(json["built"]["gated_lessons"], 1);
    assert_eq!(json["errors"], 0);
}

#[test]
fn a_draft_is_built_only_when_asked_for() {
    let school = School::new();
    school.edit(LESSON, "access: free", "draft: true");
    let page = school.path("dist/public/courses/first-course/welcome/index.html");
    school.run(&["build"]).done();
    assert!(!page.exists());
    school.run(&["build", "--drafts"]).done();
    assert!(page.exists());
}

#[test]
fn the_address_of_the_site_can_be_given() {
    let school = School::new();
    school.run(&["build", "--base-url", "https://other.test/sub"]).done();
    let sitemap = school.read("dist/public/sitemap.xml");
    assert!(
        sitemap.contains("<loc>https://other.test/sub/courses/first-course/</loc>"),
        "{sitemap}"
    );
    let told = school.run(&["build", "--base-url", "other.test"]).failed();
    assert!(told.contains("--base-url"), "{told}");
}

#[test]
fn a_folder_that_others_filled_is_refused() {
    let school = School::new();
    school.write("site/thesis.txt", "mine");
    for folder in ["site", "content", "."] {
        let told = school.run(&["build", "--out", folder]).failed();
        assert_eq!(
            told,
            format!(
                "\
error: `{folder}` holds files that `lyceum build` did not write, and a build removes what it doesn't know
hint: choose an empty folder with `--out`
"
            )
        );
    }
    assert_eq!(school.files("site"), [("thesis.txt".to_owned(), b"mine".to_vec())]);
}

#[test]
fn a_place_where_nothing_can_be_written_is_a_clear_failure() {
    let school = School::new();
    let told = school.run(&["build", "--out", "README.md/dist"]).failed();
    assert_eq!(
        told,
        "\
error: can't write to `README.md/dist`: Not a directory (os error 20)
hint: choose another folder with `--out`
"
    );
}

#[test]
#[cfg(unix)]
fn a_read_only_output_folder_is_a_clear_failure() {
    use std::os::unix::fs::PermissionsExt;

    let school = School::new();
    school.run(&["build"]).done();
    school.edit(LESSON, "How a lesson is written.", "Another summary.");
    let files = school.files("dist");
    let allow = |mode| fs::set_permissions(school.path("dist"), fs::Permissions::from_mode(mode));
    allow(0o555).unwrap();
    let told = school.run_as_somebody(&["build"]).failed();
    allow(0o755).unwrap();

    assert!(
        told.contains("error: can't write to `dist`\n  caused by: Permission denied"),
        "{told}"
    );
    assert_eq!(school.files("dist"), files);
}

#[test]
fn escape_codes_in_a_file_do_not_reach_the_terminal() {
    let school = School::new();
    school.edit(LESSON, "access: free", "a\u{1b}[31mccess: free");
    let told = school.run(&["check"]).has_errors();
    assert!(!told.contains('\u{1b}'), "{told:?}");
}

#[test]
fn a_school_is_found_from_inside_it_and_built_beside_its_site_toml() {
    let school = School::new();
    let output = school.command(&["build"]).current_dir(school.path("content")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(school.path("dist/public/index.html").is_file());
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_school_is_refused_with_the_way_out() {
    let school = School::new();
    std::os::unix::fs::symlink("/etc", school.path("content/etc")).unwrap();
    assert_eq!(
        school.run(&["build"]).failed(),
        "\
error: `[FOLDER]/content/etc` is a link that leaves the school's content
hint: copy what it leads to into the school, or move the link out of it
"
    );
}

#[test]
fn two_machines_build_the_same_bytes() {
    let here = School::new();
    let there = School::new();
    let files = here.files("content");
    // The same files, written in another order and so at other times.
    for (name, _) in &files {
        fs::remove_file(there.path(&format!("content/{name}"))).unwrap();
    }
    for (name, bytes) in files.iter().rev() {
        fs::write(there.path(&format!("content/{name}")), bytes).unwrap();
    }
    fs::write(there.path("site.toml"), here.read("site.toml")).unwrap();
    let mut first = here.command(&["build"]);
    first.env("TZ", "UTC").env("LANG", "C").env("RAYON_NUM_THREADS", "1");
    let mut second = there.command(&["build"]);
    second.env("TZ", "Asia/Shanghai").env("LANG", "zh_CN.UTF-8").env("RAYON_NUM_THREADS", "7");
    here.outcome(&mut first).done();
    there.outcome(&mut second).done();
    assert_eq!(here.files("dist"), there.files("dist"));
}

#[test]
fn a_stale_file_of_an_earlier_build_is_removed() {
    let school = School::new();
    school.run(&["build"]).done();
    let built = school.files("dist");
    fs::create_dir_all(school.path("dist/public/old")).unwrap();
    fs::write(school.path("dist/public/old/paid.html"), "what was paid for").unwrap();
    school.run(&["build"]).done();
    assert_eq!(school.files("dist"), built);
}
