//! `lyceum publish` and `lyceum rollback` on two folders.

use std::fs;

use crate::harness::School;

pub(crate) const LESSON: &str = "content/first-course/01-welcome.md";

/// A school that is published into two folders beside it.
pub(crate) fn school() -> School {
    let school = School::new();
    let side = |name: &str| format!("file://{}", school.path(name).display());
    let publish = format!(
        "\n[publish]\npublic = \"{}\"\nprivate = \"{}\"\n",
        side("store/public"),
        side("store/private")
    );
    let config = school.read("site.toml").replace("school.example", "school.test") + &publish;
    school.write("site.toml", &config);
    school
}

pub(crate) fn release(told: &str) -> String {
    let rest = told.split_once("published release ").unwrap().1;
    rest.split_once(':').unwrap().0.to_owned()
}

#[test]
fn the_first_publication_prints_the_release_and_the_public_key() {
    let school = school();
    let told = school.run(&["publish"]).done();

    let release = release(&told);
    assert_eq!(release.len(), 16, "{told}");
    assert!(told.starts_with("uploading ") && told.contains("KiB\npublished "), "{told}");
    assert!(told.contains("\n  release_keys = [\"ed25519:"), "{told}");
    assert!(school.read("store/private/current.json").contains(&release));
    assert!(school.path("store/public/index.html").is_file());
    assert!(!school.run(&["publish"]).done().contains("release_keys"));
}

#[test]
#[cfg(unix)]
fn the_release_key_is_for_its_owner_alone_and_never_in_git() {
    use std::os::unix::fs::PermissionsExt;

    let school = school();
    fs::remove_file(school.path(".gitignore")).unwrap();
    school.run(&["publish"]).done();

    let mode = fs::metadata(school.path(".lyceum/release.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(school.read(".lyceum/.gitignore"), "*\n");

    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(school.path(".lyceum/release.key"), open).unwrap();
    assert_eq!(
        school.run(&["publish"]).failed(),
        "\
error: others can read the release key `[FOLDER]/.lyceum/release.key`
hint: keep it to yourself with `chmod 600 [FOLDER]/.lyceum/release.key`
"
    );
}

#[test]
fn publishing_the_same_site_again_uploads_nothing() {
    let school = school();
    let first = release(&school.run(&["publish"]).done());
    let times = school.times("store");
    let told = school.run(&["publish"]).done();

    assert!(told.starts_with(&format!("nothing changed: release {first} is live, ")), "{told}");
    assert_eq!(school.times("store"), times);
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let school = school();
    let run = school.run(&["publish", "--dry-run"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("put public index.html\n"), "{}", run.stdout);
    assert!(run.stdout.contains("put private lessons/"), "{}", run.stdout);
    assert!(run.stderr.ends_with("; nothing was changed\n"), "{}", run.stderr);
    assert!(!school.path(".lyceum/release.key").exists());
    assert!(!school.path("store/private/current.json").exists());

    school.run(&["publish"]).done();
    let run = school.run(&["publish", "--dry-run", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&json["put"], &json["retire"]), (&serde_json::json!([]), &serde_json::json!([])));
}

#[test]
fn a_rollback_restores_the_public_side_exactly() {
    let school = school();
    let first = release(&school.run(&["publish"]).done());
    let before = school.files("store/public");
    school.edit(LESSON, "title: Welcome", "title: Hello");
    let second = release(&school.run(&["publish"]).done());
    assert_ne!(school.files("store/public"), before);

    let told = school.run(&["rollback"]).done();

    assert!(told.starts_with(&format!("release {first} is live again: restored ")), "{told}");
    // A file that no page names any more may stay: its address holds its digest.
    let mut after = school.files("store/public");
    after.retain(|file| before.contains(file) || !file.0.starts_with("assets/"));
    assert_eq!(after, before);
    let run = school.run(&["rollback", "--list"]);
    assert!(run.stdout.contains(&format!("{first} ")), "{}", run.stdout);
    assert!(run.stdout.lines().any(|line| line.starts_with(&second) && line.ends_with("previous")));
    assert!(run.stdout.lines().any(|line| line.starts_with(&first) && line.ends_with("live")));

    school.run(&["rollback", &second]).done();
    assert!(school.read("store/private/current.json").contains(&second));
}

#[test]
fn the_address_of_a_new_school_is_warned_of() {
    let school = school();
    school.edit("site.toml", "school.test", "school.example");
    let told = school.run(&["publish"]).done();
    let (warning, _) = told.split_once("uploading ").unwrap();
    assert_eq!(
        warning,
        "\
warning: `base_url` is still `https://school.example/`, an address that leads nowhere
hint: write the address of your school into `site.toml`: links, feed and sitemap name it in full
"
    );
}

#[test]
fn content_with_errors_is_not_published() {
    let school = school();
    school.run(&["publish"]).done();
    let times = school.times("store");
    school.edit(LESSON, "access: free", "access: fre");
    let told = school.run(&["publish"]).has_errors();
    assert!(told.contains("01-welcome.md:6:9"), "{told}");
    assert!(told.ends_with("\nnothing was published\n"), "{told}");
    assert_eq!(school.times("store"), times);
}

#[test]
fn a_school_without_a_place_to_publish_to_is_told_how_to_name_one() {
    let school = School::new();
    for command in ["publish", "rollback"] {
        assert_eq!(
            school.run(&[command]).failed(),
            "\
error: it is not said where the public and the private side of the school stands
hint: add `public` and `private` to `[publish]` in `site.toml`, or give `--public` and `--private`
"
        );
        for (given, side) in [("--public", "private"), ("--private", "public")] {
            assert_eq!(
                school.run(&[command, given, "file:///tmp/one-side"]).failed(),
                format!(
                    "\
error: it is not said where the {side} side of the school stands
hint: add `{side}` to `[publish]` in `site.toml`, or give `--{side}`
"
                )
            );
        }
    }
}

#[test]
fn places_that_can_not_be_are_explained() {
    let school = School::new();
    for (public, private, told) in [
        (
            "dist",
            "file:///tmp/b",
            "error: `dist` is neither `file:///absolute/folder` nor `s3://bucket/prefix`\n",
        ),
        (
            "s3://my-school/x",
            "s3://my-school",
            "error: the public side `s3://my-school/x` and the private side `s3://my-school` \
             overlap; give each its own bucket or folder\n",
        ),
    ] {
        let run = school.run(&["publish", "--public", public, "--private", private]);
        assert_eq!(run.failed(), told);
    }
}

#[test]
fn what_others_put_on_the_public_side_is_not_deleted() {
    let school = school();
    school.write("store/public/thesis.txt", "mine");
    assert_eq!(
        school.run(&["publish"]).failed(),
        "\
error: the public side already holds `thesis.txt`, which is not part of the school
hint: choose an empty folder, or an own bucket or prefix, for the public side
"
    );
    assert_eq!(school.read("store/public/thesis.txt"), "mine");
}

#[test]
fn a_rollback_needs_the_key_and_an_earlier_release() {
    let school = school();
    assert_eq!(
        school.run(&["rollback"]).failed(),
        "\
error: there is no release key `.lyceum/release.key`
hint: copy the one that published the school, or set `LYCEUM_RELEASE_KEY`
"
    );
    school.run(&["publish"]).done();
    assert_eq!(
        school.run(&["rollback"]).failed(),
        "error: there is no release before the one that is live\n"
    );
    assert_eq!(
        school.run(&["rollback", "0000000000000000"]).failed(),
        "error: there is no release `0000000000000000`\n"
    );
    assert_eq!(
        school.run(&["rollback", "../x"]).failed(),
        "\
error: `../x` is no release: it must not contain '.'
hint: see the releases with `lyceum rollback --list`
"
    );
}

#[test]
fn a_script_reads_what_was_published_and_restored() {
    let school = school();
    let run = school.run(&["publish", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let first = json["release"].as_str().unwrap().to_owned();
    assert!(json["public_key"].as_str().unwrap().starts_with("ed25519:"), "{json}");
    assert!(json["uploaded"].as_u64().unwrap() > 0, "{json}");
    school.edit(LESSON, "title: Welcome", "title: Hello");
    school.run(&["publish", "--json"]);
    let run = school.run(&["rollback", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["release"], first);
    let run = school.run(&["rollback", "--list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
}

#[test]
fn another_key_can_not_publish_over_ours() {
    let school = school();
    school.run(&["publish"]).done();
    fs::remove_dir_all(school.path(".lyceum")).unwrap();
    assert_eq!(
        school.run(&["publish"]).failed(),
        "\
error: `current.json` is signed by none of the known release keys
hint: publish with the release key of the last publication
"
    );
}

#[test]
fn a_site_that_shows_paid_text_is_neither_built_nor_published() {
    let school = school();
    school.run(&["publish"]).done();
    let times = school.times("store");
    let secret = "The combination of the safe in the cellar is written behind the third picture.";
    let lesson = "content/first-course/02-behind-the-door.md";
    school.write(lesson, &format!("{}\n{secret}\n", school.read(lesson)));
    // Nobody sees into such a file but the proof.
    school.write("content/pages/slides.bin", &format!("\u{1}\u{2}{secret}\u{3}"));
    let about = school.read("content/pages/about.md");
    school.write("content/pages/about.md", &format!("{about}\n[The slides](slides.bin)\n"));
    for command in ["publish", "build"] {
        let told = school.run(&[command]).has_errors();
        assert!(told.contains("slides."), "{told}");
        assert!(!told.contains("combination"), "{told}");
    }
    assert_eq!(school.times("store"), times);
    assert!(!school.path("dist").exists());
}

#[test]
fn the_key_may_come_from_the_environment() {
    let school = school();
    let run = |key: &str| {
        let mut command = school.command(&["publish"]);
        school.outcome(command.env("LYCEUM_RELEASE_KEY", key))
    };
    assert_eq!(
        run("nonsense").failed(),
        "\
error: `LYCEUM_RELEASE_KEY` does not hold a release key
  caused by: the release key is neither a PEM file of an Ed25519 key nor a base64 seed of 32 bytes
"
    );
    run("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").done();
    assert!(!school.path(".lyceum/release.key").exists());
}

#[test]
fn buckets_need_credentials() {
    let buckets = ["--public", "s3://my-school-public", "--private", "s3://my-school-private"];
    let told =
        School::new().run(&[&["publish", "--region", "eu-central-1"], &buckets[..]].concat());
    assert_eq!(
        told.failed(),
        "error: `s3://my-school-public` needs credentials: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`\n"
    );
}

#[test]
fn a_broken_site_toml_is_a_diagnostic_for_publication_and_rollback() {
    let school = school();
    school.edit("site.toml", "title = ", "tilte = ");
    for command in ["publish", "rollback"] {
        let told = school.run(&[command]).has_errors();
        assert!(told.contains("did you mean `title`?"), "{told}");
    }
    school.edit("site.toml", "tilte = ", "title = ");
    school.edit("site.toml", "theme = \"lyceum\"", "theme = \"mine\"");
    school.write("themes/mine/theme.toml", "");
    assert!(school.run(&["rollback"]).failed().contains("no release key"));
}

#[test]
fn a_changed_price_stops_a_publication_until_it_is_accepted() {
    let school = school();
    school.run(&["publish"]).done();
    let before = school.files("store");
    let course = "content/first-course/course.md";
    let text = school.read(course);
    let at = text.find("prices:").unwrap();
    let line = text[at..].lines().next().unwrap().to_owned();
    school.edit(course, &line, "prices: { USD: \"1.00\" }");

    for arguments in [&["publish"][..], &["publish", "--dry-run"], &["check", "--against-live"]] {
        let told = school.run(arguments).has_errors();
        assert!(
            told.contains("error[price-changed]: the price of `first-course` changes "),
            "{told}"
        );
        assert!(told.contains("publish with `--accept price-changed`"), "{told}");
        assert_eq!(school.files("store"), before);
    }
    assert!(school.run(&["publish", "--accept", "leak"]).failed().contains("price-changed"));

    let told = school.run(&["publish", "--accept", "price-changed,currency-dropped"]).done();
    assert!(told.contains("warning[price-changed]"), "{told}");
    assert!(told.contains("published release "), "{told}");
    assert!(school.run(&["check", "--against-live"]).done().contains("no errors"));
}

#[test]
fn a_check_against_a_release_needs_a_key_that_signed_it() {
    let school = school();
    let none = school.run(&["check", "--against-live"]).failed();
    assert!(none.contains("there is no release key"), "{none}");
    let told = school.run(&["publish"]).done();
    let (_, key) = told.split_once("release_keys = [\"").unwrap();
    let (key, _) = key.split_once('"').unwrap();
    fs::remove_file(school.path(".lyceum/release.key")).unwrap();
    school.run(&["check", "--against-live", "--release-key", key]).done();
    let other = format!("ed25519:{}", "A".repeat(43));
    let refused = school.run(&["check", "--against-live", "--release-key", &other]).failed();
    assert!(refused.contains("signed by none of the known release keys"), "{refused}");
}
