//! A publication in which nothing changed compiles nothing and sends nothing; with any
//! doubt it goes the long way.

use std::fs;

use crate::harness::School;
use crate::publish::{LESSON, release, school};

/// A school that was published, and whose note says so by stamps alone.
fn published() -> (School, String) {
    let school = school();
    let release = release(&school.run(&["publish"]).done());
    // The first time a file may have been written too shortly before.
    school.run(&["publish"]).done();
    assert!(is_short(&school, &["publish"]));
    (school, release)
}

/// Whether nothing was compiled.
#[track_caller]
fn is_short(school: &School, arguments: &[&str]) -> bool {
    let run = school.run(&[arguments, &["--timings", "--json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let stages = json["timings"]["stages"].as_array().unwrap();
    let stages: Vec<_> = stages.iter().map(|stage| stage["stage"].as_str().unwrap()).collect();
    let is_short = stages == ["looking for changes", "asking what is live"];
    assert!(is_short || stages.contains(&"parsing"), "{stages:?}");
    is_short
}

#[test]
fn an_unchanged_school_is_not_compiled_and_its_store_not_touched() {
    let (school, first) = published();
    let store = (school.files("store"), school.times("store"));
    let told = school.run(&["publish"]).done();
    let files = store.0.iter().filter(|(path, _)| path.starts_with("public/")).count();
    assert!(told.starts_with(&format!("nothing changed: release {first} is live, ")), "{told}");
    assert!(files > 20);

    let run = school.run(&["publish", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&json["release"], &json["uploaded"]), (&first.into(), &0.into()));
    assert_eq!((&json["retired"], &json["bytes"]), (&0.into(), &0.into()));
    assert!(json["kept"].as_u64().unwrap() > files as u64, "{json}");
    assert!(json["public_key"].as_str().unwrap().starts_with("ed25519:"), "{json}");

    assert!(is_short(&school, &["publish", "--dry-run"]));
    let run = school.run(&["publish", "--dry-run"]);
    assert!(run.stderr.starts_with("would upload 0 files, keep "), "{}", run.stderr);
    assert!(run.stderr.ends_with(", retire 0; nothing was changed\n"), "{}", run.stderr);
    assert_eq!((school.files("store"), school.times("store")), store);
}

#[test]
fn the_time_is_told_when_it_is_asked_for() {
    let (school, _) = published();
    let told = school.run(&["publish", "--timings"]).done();
    assert!(told.contains("\nwhere the time went:\n"), "{told}");
    assert!(told.contains(" ms asking what is live\n"), "{told}");
    school.edit(LESSON, "title: Welcome", "title: Hello");
    let told = school.run(&["publish", "--timings"]).done();
    assert!(told.contains(" ms publishing\n") && told.contains(" ms parsing\n"), "{told}");
}

#[test]
fn what_was_told_of_the_content_is_told_again() {
    let school = school();
    let text = school.read(LESSON);
    school.write(LESSON, &format!("{text}\n```rust\nfn main() {{}}\n"));
    school.edit("site.toml", "school.test", "school.example");
    let first = school.run(&["publish"]).done();
    let (warnings, _) = first.split_once("uploading ").unwrap();
    assert!(warnings.starts_with("warning[unclosed-fence]"), "{first}");
    assert!(warnings.contains("\nwarning: `base_url` is still "), "{first}");
    for _ in 0..2 {
        let again = school.run(&["publish"]).done();
        assert_eq!(again.split_once("nothing changed: ").unwrap().0, warnings);
    }
    assert!(is_short(&school, &["publish"]));
}

#[test]
fn an_edit_and_its_taking_back_are_published() {
    let (school, first) = published();
    school.edit(LESSON, "title: Welcome", "title: Hello");
    let told = school.run(&["publish"]).done();
    assert!(told.starts_with("uploading "), "{told}");
    assert_ne!(release(&told), first);
    school.edit(LESSON, "title: Hello", "title: Welcome");
    assert_eq!(release(&school.run(&["publish"]).done()), first);
    school.git(&["init", "-q"]);
    school.git(&["add", "content"]);
    school.git(&["commit", "-q", "-m", "All of it"]);
    assert!(!is_short(&school, &["publish"]), "the pages have dates now");
}

#[test]
fn a_release_that_is_not_ours_any_more_is_published_over() {
    let (school, first) = published();
    school.edit(LESSON, "title: Welcome", "title: Hello");
    let second = release(&school.run(&["publish"]).done());
    school.run(&["publish"]).done();
    assert!(is_short(&school, &["publish"]));
    school.run(&["rollback"]).done();
    assert!(
        school.read("store/private/current.json").contains(&format!("{{\"release\":\"{first}\""))
    );

    let told = school.run(&["publish"]).done();
    assert_eq!(release(&told), second, "{told}");
    school.run(&["publish"]).done();
    assert!(is_short(&school, &["publish"]));
}

#[test]
fn an_interrupted_publication_of_another_is_mended() {
    let (school, first) = published();
    let note =
        r#"{"release":"0123456789abcdef","renewed_at":"2026-01-01T00:00:00Z","state":"stopped"}"#;
    school.write("store/private/publication.json", note);
    school.write("store/public/index.html", "a page of the other");
    let told = school.run(&["publish"]).done();
    assert!(told.contains(&format!("published release {first}: ")), "{told}");
    assert_ne!(school.read("store/public/index.html"), "a page of the other");
    assert!(!school.path("store/private/publication.json").exists());
}

#[test]
fn what_was_lost_is_found_out_when_asked_to() {
    let (school, first) = published();
    let before = school.files("store");
    fs::remove_file(school.path("store/public/index.html")).unwrap();
    fs::remove_dir_all(school.path("store/private/lessons")).unwrap();
    assert!(is_short(&school, &["publish"]), "nobody looks");
    let told = school.run(&["publish", "--dry-run", "--verify"]);
    assert!(told.stdout.contains("put public index.html\n"), "{}", told.stdout);
    let told = school.run(&["publish", "--verify"]).done();
    assert!(told.contains(&format!("published release {first}: uploaded ")), "{told}");
    assert_eq!(school.files("store"), before);
}

#[test]
fn another_target_an_emptied_one_and_a_lost_note_are_published_to_in_full() {
    let (school, first) = published();
    let side = |name: &str| format!("file://{}", school.path(name).display());
    let (public, private) = (side("other/public"), side("other/private"));
    let told = school.run(&["publish", "--public", &public, "--private", &private]).done();
    assert_eq!(release(&told), first);
    assert!(told.contains("release_keys"), "{told}");

    fs::remove_dir_all(school.path("store")).unwrap();
    assert_eq!(release(&school.run(&["publish"]).done()), first);
    assert!(school.path("store/public/index.html").is_file());

    fs::remove_dir_all(school.path(".lyceum/cache")).unwrap();
    assert!(!is_short(&school, &["publish"]));
}

#[test]
fn a_pointer_by_another_key_is_refused_on_the_short_way_too() {
    let (school, _) = published();
    let mut command = school.command(&["publish"]);
    command.env("LYCEUM_RELEASE_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!(
        school.outcome(&mut command).failed(),
        "\
error: `current.json` is signed by none of the known release keys
hint: publish with the release key of the last publication
"
    );
}

#[test]
fn pages_that_a_build_left_are_taken_from_it_and_only_as_they_were() {
    let school = school();
    school.run(&["build"]).done();
    let page = "dist/public/courses/first-course/welcome/index.html";
    let text = school.read(page);
    school.write(page, &text.replace("Welcome", "Wilcome"));
    school.run(&["publish"]).done();
    assert_eq!(school.read("store/public/courses/first-course/welcome/index.html"), text);
}

#[test]
fn a_publication_that_is_killed_anywhere_is_completed() {
    let whole = school();
    whole.run(&["publish"]).done();
    let expected = whole.files("store/public");
    let school = school();
    for milliseconds in [150, 250, 300, 350, 400, 450, 500] {
        school.killed_after(&["publish"], std::time::Duration::from_millis(milliseconds));
    }
    school.run(&["publish", "--verify"]).done();
    let addresses = |files: &[(String, Vec<u8>)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(addresses(&school.files("store/public")), addresses(&expected));
}
