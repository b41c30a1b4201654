//! What the output folder promises: nothing rewritten, nothing stale, nothing
//! half done, nothing of others touched.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

use compiler::site::Content;
use contracts::id::LessonId;
use contracts::language::Language;
use contracts::manifest::{Manifest, SchoolEntry, Version};
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use url::Url;

use super::*;

fn page(path: &str, text: &str) -> SiteFile {
    let path = SitePath::parse(path).unwrap();
    SiteFile::new(ObjectKey::Page { path }, text.as_bytes())
}

fn body(lesson: &str, text: &str) -> SiteFile {
    let digest = compiler::site::digest(text.as_bytes());
    let lesson = LessonId::parse(lesson).unwrap();
    SiteFile::new(ObjectKey::Body { lesson, digest }, text.as_bytes())
}

/// A site of these files whose manifest says nothing of them.
pub(crate) fn site(files: impl IntoIterator<Item = SiteFile>) -> Site {
    let manifest = Manifest {
        version: Version,
        school: SchoolEntry {
            title: "School".to_owned(),
            base_url: Url::parse("https://school.test/").unwrap(),
            languages: vec![Language::parse("en").unwrap()],
        },
        courses: BTreeMap::new(),
        lessons: BTreeMap::new(),
        products: BTreeMap::new(),
        frames: BTreeMap::new(),
        messages: BTreeMap::new(),
        removed: Default::default(),
        redirects: BTreeMap::new(),
        objects: Vec::new(),
    };
    Site { files: files.into_iter().collect(), manifest }
}

fn write(root: &Path, site: &Site) -> anyhow::Result<Changes> {
    Ok(OutputFolder::open(root)?.write(site, b"{}", None)?.changes)
}

/// Every file below a folder, with its inode and the time of its last change.
fn files(root: &Path) -> BTreeMap<String, (u64, i64)> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let path = entry.path().strip_prefix(root).unwrap().display().to_string();
            let found = entry.metadata().unwrap();
            (path, (found.ino(), found.mtime_nsec()))
        })
        .collect()
}

fn names(root: &Path) -> Vec<String> {
    files(root).into_keys().collect()
}

#[test]
fn each_file_stands_on_the_side_of_its_audience() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a/dist");
    let changes = write(&root, &site([page("index.html", "hello"), body("l1", "paid")])).unwrap();

    assert_eq!(changes, Changes { written: 2, unchanged: 0, removed: 0 });
    let digest = compiler::site::digest(b"paid").short();
    let body = format!("private/lessons/l1/body.{digest}.html");
    assert_eq!(names(&root), [MARK, "manifest.json", body.as_str(), "public/index.html"]);
    assert_eq!(fs::read(root.join("public/index.html")).unwrap(), b"hello");
}

#[test]
fn the_same_site_again_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let site = site([page("index.html", "hello"), body("l1", "paid")]);
    write(folder.path(), &site).unwrap();
    let before = files(folder.path());

    let changes = write(folder.path(), &site).unwrap();

    assert_eq!(changes, Changes { written: 0, unchanged: 2, removed: 0 });
    assert_eq!(files(folder.path()), before);
}

#[test]
fn what_the_site_no_longer_has_is_removed_with_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &site([page("index.html", "a"), page("old/x/index.html", "b")])).unwrap();
    let changes = write(folder.path(), &site([page("index.html", "c")])).unwrap();

    assert_eq!(changes, Changes { written: 1, unchanged: 0, removed: 1 });
    assert_eq!(names(folder.path()), [MARK, "manifest.json", "public/index.html"]);
    assert!(!folder.path().join("public/old").exists());
}

#[test]
fn a_file_and_a_folder_may_take_each_others_place() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &site([page("a", "file"), page("b/index.html", "folder")])).unwrap();
    write(folder.path(), &site([page("a/index.html", "folder"), page("b", "file")])).unwrap();

    assert_eq!(names(folder.path()), [MARK, "manifest.json", "public/a/index.html", "public/b"]);
}

#[test]
fn a_file_that_was_changed_by_hand_is_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let site = site([page("index.html", "hello")]);
    write(folder.path(), &site).unwrap();
    fs::write(folder.path().join("public/index.html"), "hullo").unwrap();

    assert_eq!(write(folder.path(), &site).unwrap().written, 1);
    assert_eq!(fs::read(folder.path().join("public/index.html")).unwrap(), b"hello");
}

#[test]
fn a_failure_leaves_what_stood_there_and_no_staged_file() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dist");
    write(&root, &site([page("index.html", "old")])).unwrap();
    let before = files(&root);
    let error = write(&root, &site([page("index.html", "new"), vanished(folder.path())]));

    let error = error.unwrap_err();
    assert_eq!(error.to_string(), format!("can't write to `{}`", root.display()));
    assert_eq!(files(&root), before);

    let missing = folder.path().join("other");
    write(&missing, &site([page("index.html", "new"), vanished(folder.path())])).unwrap_err();
    assert!(!missing.exists());
}

/// A video that was read into the tree and then deleted.
fn vanished(folder: &Path) -> SiteFile {
    let source = compiler::source::SourceFile {
        digest: compiler::site::digest(b"video"),
        len: 5,
        bytes: compiler::source::SourceBytes::OnDisk(folder.join("gone.mp4")),
    };
    let digest = source.digest;
    let name = SitePath::parse("gone.mp4").unwrap();
    let key = ObjectKey::Asset { digest, name };
    SiteFile { key, content: Content::Source(source), digest }
}

#[test]
fn a_folder_that_others_filled_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.txt"), "mine").unwrap();
    let error = write(folder.path(), &site([page("index.html", "hello")])).unwrap_err();

    assert!(error.to_string().contains("did not write"), "{error}");
    assert_eq!(names(folder.path()), ["thesis.txt"]);
}

#[test]
fn a_side_that_leads_elsewhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dist");
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("thesis.txt"), "mine").unwrap();
    write(&root, &site([])).unwrap();
    std::os::unix::fs::symlink(&elsewhere, root.join("public")).unwrap();

    assert!(write(&root, &site([page("index.html", "hello")])).is_err());
    assert_eq!(names(&elsewhere), ["thesis.txt"]);
}

#[test]
fn a_link_inside_the_folder_is_replaced_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dist");
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    write(&root, &site([page("a/index.html", "hello")])).unwrap();
    fs::remove_dir_all(root.join("public/a")).unwrap();
    std::os::unix::fs::symlink(&elsewhere, root.join("public/a")).unwrap();

    write(&root, &site([page("a/index.html", "hello")])).unwrap();
    assert_eq!(names(&elsewhere), [""; 0]);
    assert!(root.join("public/a").symlink_metadata().unwrap().is_dir());
}

#[test]
fn a_link_far_above_a_page_is_replaced_and_nothing_is_written_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let (root, other) = (folder.path().join("dist"), folder.path().join("other"));
    fs::create_dir_all(other.join("c/free")).unwrap();
    fs::write(other.join("c/free/index.html"), "original").unwrap();
    let site = site([page("courses/c/free/index.html", "Free")]);
    write(&root, &site).unwrap();
    fs::remove_dir_all(root.join("public/courses")).unwrap();
    std::os::unix::fs::symlink(&other, root.join("public/courses")).unwrap();

    write(&root, &site).unwrap();

    assert_eq!(fs::read_to_string(other.join("c/free/index.html")).unwrap(), "original");
    assert!(!root.join("public/courses").is_symlink());
    let page = root.join("public/courses/c/free/index.html");
    assert_eq!(fs::read_to_string(page).unwrap(), "Free");
}

#[test]
fn a_mark_that_is_a_link_marks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dist");
    fs::create_dir_all(&root).unwrap();
    fs::write(folder.path().join("precious"), "").unwrap();
    std::os::unix::fs::symlink("../precious", root.join(MARK)).unwrap();
    assert!(write(&root, &site([page("index.html", "Home")])).is_err());
    assert_eq!(fs::read_to_string(folder.path().join("precious")).unwrap(), "");
}

#[test]
fn only_its_owner_looks_into_the_private_side() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mode = || fs::metadata(folder.path().join(PRIVATE)).unwrap().permissions().mode() & 0o777;
    let site = site([page("index.html", "Home"), body("one", "Paid")]);
    write(folder.path(), &site).unwrap();
    assert_eq!(mode(), 0o700);
    fs::set_permissions(folder.path().join(PRIVATE), fs::Permissions::from_mode(0o755)).unwrap();
    write(folder.path(), &site).unwrap();
    assert_eq!(mode(), 0o700);
}

#[test]
fn two_builds_at_once_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let output = OutputFolder::open(folder.path()).unwrap();
    let _other = output.lock().unwrap();
    let error = write(folder.path(), &site([])).unwrap_err();
    assert!(error.to_string().starts_with("another build is writing to `"), "{error}");
}

#[test]
fn what_a_killed_build_left_behind_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &site([])).unwrap();
    fs::create_dir(folder.path().join(".staging-x")).unwrap();
    fs::write(folder.path().join(".staging-x/0"), "half").unwrap();

    write(folder.path(), &site([])).unwrap();
    assert_eq!(names(folder.path()), [MARK, "manifest.json"]);
}
