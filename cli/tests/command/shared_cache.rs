//! A cache that machines share: a folder, or a bucket where `LYCEUM_TEST_S3_ENDPOINT`
//! names a server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::full_school::full_school;
use crate::harness::{Run, School};

const KEY: &str = "a secret of the whole team";

/// A build that shares a cache.
fn build(school: &School, url: &str, key: &str) -> Run {
    let mut command = school.command(&["build", "--timings"]);
    command.env("LYCEUM_REMOTE_CACHE", url).env("LYCEUM_CACHE_KEY", key);
    school.outcome(with_server(&mut command))
}

/// The server of the tests, if there is one.
fn with_server(command: &mut Command) -> &mut Command {
    let pairs = [
        ("LYCEUM_TEST_S3_ENDPOINT", "AWS_ENDPOINT_URL"),
        ("LYCEUM_TEST_S3_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        ("LYCEUM_TEST_S3_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"),
    ];
    for (from, to) in pairs {
        if let Some(value) = std::env::var_os(from) {
            command.env(to, value);
        }
    }
    command
}

fn pieces(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).collect()
}

/// The school as another machine has it.
fn checkout(school: &School) -> School {
    let other = School::empty();
    for (name, bytes) in school.files("") {
        if !name.starts_with(".lyceum") && !name.starts_with("dist") {
            let path = other.path(&name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    other
}

/// Builds here and there; there, the pictures come from the cache.
#[track_caller]
fn assert_taken_over(url: &str) {
    let here = full_school();
    let told = build(&here, url, KEY).done();
    assert!(!told.contains("warning"), "{told}");
    let there = checkout(&here);
    let told = build(&there, url, KEY).done();
    assert!(!told.contains("warning"), "{told}");
    assert!(here.files("dist") == there.files("dist"));
    // A piece that came from afar is kept, and was sealed anew, the same way.
    let copies = |school: &School| {
        let all = school.files(".lyceum/cache/derived").into_iter();
        all.filter(|(name, _)| !name.ends_with(".pack")).collect::<Vec<_>>()
    };
    assert!(!copies(&here).is_empty() && copies(&here) == copies(&there));
}

#[test]
fn another_checkout_takes_over_what_is_dear_from_a_folder() {
    let shared = tempfile::tempdir().unwrap();
    let url = format!("file://{}/cache", shared.path().display());
    assert_taken_over(&url);
    // Two pictures, each as WebP and as AVIF, and nothing else.
    let kept = pieces(&shared.path().join("cache"));
    assert!((2..=4).contains(&kept.len()), "{kept:?}");
    let now = || kept.iter().map(|path| fs::metadata(path).unwrap().modified().unwrap());
    let before: Vec<_> = now().collect();
    build(&full_school(), &url, KEY).done();
    assert_eq!(now().collect::<Vec<_>>(), before, "what is there is not sent again");
}

#[test]
fn what_a_stranger_put_there_is_refused_and_told_once_and_replaced() {
    let shared = tempfile::tempdir().unwrap();
    let url = format!("file://{}", shared.path().display());
    let school = full_school();
    build(&school, &url, "the key of a stranger").done();
    let (clean, of_stranger) = (school.files("dist"), shared_files(shared.path()));
    let victim = checkout(&school);
    let told = build(&victim, &url, KEY).done();
    assert_eq!(told.matches("was not sealed with this `LYCEUM_CACHE_KEY`").count(), 1, "{told}");
    assert!(victim.files("dist") == clean);
    let replaced = shared_files(shared.path());
    assert_eq!(replaced.len(), of_stranger.len());
    assert!(replaced.iter().zip(&of_stranger).all(|(one, other)| one != other));
    let told = build(&checkout(&school), &url, KEY).done();
    assert!(!told.contains("warning"), "{told}");
}

fn shared_files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths = pieces(folder);
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn without_a_key_or_a_place_or_a_server_a_build_goes_on_alone() {
    let school = full_school();
    school.run(&["build"]).done();
    let clean = school.files("dist");
    let alone = |set: &[(&str, &str)], expected: &str| {
        fs::remove_dir_all(school.path("dist")).unwrap();
        fs::remove_dir_all(school.path(".lyceum")).unwrap();
        let mut command = school.command(&["build"]);
        command.envs(set.iter().copied());
        let told = school.outcome(&mut command).done();
        let first = told.lines().next().unwrap();
        assert!(
            first.starts_with(
                "warning: the cache that `LYCEUM_REMOTE_CACHE` names was not used for everything: "
            ) && first.contains(expected),
            "{told}"
        );
        assert_eq!(told.matches("warning").count(), 1, "{told}");
        assert!(school.files("dist") == clean);
    };
    let key = ("LYCEUM_CACHE_KEY", KEY);
    alone(
        &[("LYCEUM_REMOTE_CACHE", "file:///nowhere")],
        "a shared cache needs a shared key: set `LYCEUM_CACHE_KEY`",
    );
    alone(
        &[("LYCEUM_REMOTE_CACHE", "cache.test/a"), key],
        "`cache.test/a` is neither `file:///absolute/folder` nor `s3://bucket/prefix`",
    );
    alone(&[("LYCEUM_REMOTE_CACHE", "file:///dev/null/cache"), key], "`/dev/null/cache`");
    alone(&[("LYCEUM_REMOTE_CACHE", "s3://bucket"), key], "needs a region");
    let server = [
        ("LYCEUM_REMOTE_CACHE", "s3://bucket"),
        key,
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    alone(&server, "");
}
