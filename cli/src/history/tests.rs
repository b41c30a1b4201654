//! History against the real git, in folders of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::History;

/// Runs git as someone without settings of their own, at a fixed time.
fn run(folder: &Path, seconds: u32, arguments: &[&str]) {
    let date = format!("@{seconds} +0000");
    let ran = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
        .args(["-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

fn write(school: &Path, path: &str, text: &str) {
    let file = school.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn commit(folder: &Path, seconds: u32) {
    run(folder, seconds, &["add", "--all"]);
    run(folder, seconds, &["commit", "--quiet", "--message", "A change"]);
}

fn times(school: &Path) -> Vec<(String, i64)> {
    let history = History::read(school);
    assert_eq!(history.warning, None);
    history.changed.iter().map(|(path, at)| (path.to_string(), at.as_second())).collect()
}

fn time(path: &str, seconds: i64) -> (String, i64) {
    (path.to_owned(), seconds)
}

#[test]
fn files_have_the_time_of_the_last_commit_that_changed_them() {
    let folder = tempfile::tempdir().unwrap();
    // The school stands below the top of its repository, and names are odd.
    let school = folder.path().join("die schule");
    write(&school, "content/a/1 – \u{5b57}.md", "one");
    write(&school, "content/a/two.md", "two");
    run(folder.path(), 1, &["init", "--quiet"]);
    commit(folder.path(), 1_000_000_000);
    write(&school, "content/a/two.md", "two, mended");
    commit(folder.path(), 1_000_000_100);
    run(&school, 1, &["mv", "content/a/two.md", "content/a/02-two.md"]);
    commit(folder.path(), 1_000_000_200);
    write(&school, "content/a/not-yet.md", "in no commit");

    assert_eq!(
        times(&school),
        [
            time("content/a/02-two.md", 1_000_000_100),
            time("content/a/1 – \u{5b57}.md", 1_000_000_000)
        ]
    );
}

#[test]
fn a_school_without_a_repository_or_a_commit_has_no_times_and_no_warning() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "content/a.md", "a");
    assert_eq!(times(folder.path()), []);
    run(folder.path(), 1, &["init", "--quiet"]);
    assert_eq!(times(folder.path()), []);
}

#[test]
fn a_shallow_clone_dates_only_what_it_knows_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    write(&whole, "content/old.md", "old");
    write(&whole, "content/older.md", "older");
    run(&whole, 1, &["init", "--quiet"]);
    commit(&whole, 1_000_000_000);
    write(&whole, "content/other.md", "other");
    commit(&whole, 1_000_000_100);
    write(&whole, "content/new.md", "new");
    commit(&whole, 1_000_000_200);
    let url = format!("file://{}", whole.display());
    run(folder.path(), 1, &["clone", "--quiet", "--depth", "2", &url, "part"]);

    let history = History::read(&folder.path().join("part"));

    let known: Vec<_> = history.changed.keys().map(ToString::to_string).collect();
    assert_eq!(known, ["content/new.md"]);
    let warning = history.warning.unwrap();
    assert_eq!(warning.message, "the clone is shallow: 3 files bear no date");
    assert_eq!(
        warning.hint.as_deref(),
        Some("fetch the whole history with `git fetch --unshallow`")
    );
}

#[test]
fn a_repository_that_git_refuses_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "content/a.md", "a");
    write(folder.path(), ".git", "gitdir: nowhere\n");

    let history = History::read(folder.path());

    assert!(history.changed.is_empty());
    let message = history.warning.unwrap().message;
    let expected = "git does not tell when the pages were changed: fatal: not a git repository";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn authors_are_named_as_the_mailmap_has_them_and_without_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let school = folder.path();
    write(school, "content/a.md", "one");
    write(school, ".mailmap", "Ada Lovelace <ada@example.org>\n");
    run(school, 1, &["init", "--quiet"]);
    commit(school, 1_000_000_000);
    let history = History::read(school);
    let authors: Vec<_> =
        history.authors.iter().map(|(p, who)| (p.as_str(), who.join(", "))).collect();
    assert_eq!(authors, [("content/a.md", "Ada Lovelace".to_owned())]);
}

#[test]
fn a_shallow_clone_names_no_author_whose_share_it_cannot_know() {
    let folder = tempfile::tempdir().unwrap();
    let (full, clone) = (folder.path().join("full"), folder.path().join("clone"));
    write(&full, "content/a.md", "one");
    write(&full, "content/b.md", "one");
    run(&full, 1, &["init", "--quiet"]);
    commit(&full, 1_000_000_000);
    write(&full, "content/a.md", "two");
    commit(&full, 1_000_000_100);
    write(&full, "content/c.md", "new");
    commit(&full, 1_000_000_200);
    let from = format!("file://{}", full.display());
    let to = clone.display().to_string();
    run(folder.path(), 1, &["clone", "--quiet", "--depth", "2", &from, &to]);
    let history = History::read(&clone);
    let authors: Vec<_> = history.authors.keys().map(ToString::to_string).collect();
    assert_eq!(authors, ["content/c.md"]);
    assert!(history.warning.is_some());
}
