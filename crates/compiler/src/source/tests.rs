//! The tree on a real disk: what is read, what is refused, what stays outside.

use std::fs;

use super::*;

fn school() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("content/rust/01-start")).unwrap();
    fs::write(folder.path().join("site.toml"), "title = \"School\"").unwrap();
    folder
}

fn paths(tree: &SourceTree) -> Vec<&str> {
    tree.iter().map(|(path, _)| path.as_str()).collect()
}

#[test]
fn only_the_school_itself_is_read() {
    let folder = school();
    for name in ["content/rust/course.md", "content/.draft.md", "README.md", ".git"] {
        fs::write(folder.path().join(name), "text").unwrap();
    }
    fs::create_dir_all(folder.path().join("content/.obsidian")).unwrap();
    fs::write(folder.path().join("content/.obsidian/a.md"), "text").unwrap();
    let tree = SourceTree::read(folder.path()).unwrap();
    assert_eq!(paths(&tree), ["content/rust/course.md", "site.toml"]);
}

#[test]
fn a_folder_without_site_toml_is_no_school() {
    let folder = tempfile::tempdir().unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(error, SourceError::NotASchool(_)), "{error}");
}

#[test]
fn a_large_file_stays_on_the_disk_and_a_change_is_noticed() {
    let folder = school();
    let video = folder.path().join("content/rust/intro.mp4");
    let bytes = vec![7_u8; 3 * 1024 * 1024];
    fs::write(&video, &bytes).unwrap();
    fs::write(folder.path().join("content/rust/large.md"), &bytes).unwrap();
    let tree = SourceTree::read(folder.path()).unwrap();

    let file = tree.get("content/rust/intro.mp4").unwrap();
    assert!(matches!(file.bytes, SourceBytes::OnDisk(_)));
    assert_eq!(file.read().unwrap(), bytes);
    assert_eq!(file.digest, tree.get("content/rust/large.md").unwrap().digest);
    assert!(matches!(tree.get("content/rust/large.md").unwrap().bytes, SourceBytes::Text(_)));

    fs::write(&video, vec![8_u8; bytes.len()]).unwrap();
    assert_eq!(file.read().unwrap_err().kind(), io::ErrorKind::InvalidData);
    fs::write(&video, vec![7_u8; bytes.len() + 1]).unwrap();
    assert_eq!(file.read().unwrap_err().kind(), io::ErrorKind::InvalidData);
    fs::remove_file(&video).unwrap();
    assert_eq!(file.read().unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_school_is_refused() {
    let folder = school();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.md"), "secret").unwrap();
    for target in [outside.path().to_owned(), outside.path().join("secret.md")] {
        let link = folder.path().join("content/rust/link.md");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let error = SourceTree::read(folder.path()).unwrap_err();
        assert!(matches!(&error, SourceError::LeavesSchool(path) if *path == link), "{error}");
        fs::remove_file(link).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_what_is_kept_beside_the_content_is_refused() {
    let folder = school();
    let kept = [".lyceum/release.key", ".git/config", "content/.env", "README.md"];
    for name in kept {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "secret").unwrap();
    }
    for name in kept.into_iter().chain([".git", ""]) {
        let link = folder.path().join("content/rust/notes.txt");
        std::os::unix::fs::symlink(folder.path().join(name), &link).unwrap();
        let error = SourceTree::read(folder.path()).unwrap_err();
        let is_refused = matches!(error, SourceError::LeavesSchool(_) | SourceError::Loop(_));
        assert!(is_refused, "{name}: {error}");
        fs::remove_file(link).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_link_inside_the_school_is_followed() {
    let folder = school();
    fs::write(folder.path().join("content/rust/course.md"), "text").unwrap();
    std::os::unix::fs::symlink("course.md", folder.path().join("content/rust/course.zh.md"))
        .unwrap();
    let tree = SourceTree::read(folder.path()).unwrap();
    assert_eq!(tree.text(&SourcePath::new("content/rust/course.zh.md")), Ok("text"));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_in_a_circle_ends_the_walk() {
    let folder = school();
    std::os::unix::fs::symlink(
        folder.path().join("content"),
        folder.path().join("content/rust/again"),
    )
    .unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(error, SourceError::Loop(_)), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_of_another_kind_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("content/rust")).unwrap();
    std::fs::write(folder.path().join("site.toml"), "").unwrap();
    std::fs::write(folder.path().join("content/rust/02-paid.md"), "Paid").unwrap();
    let link = folder.path().join("content/rust/listing.txt");
    std::os::unix::fs::symlink("02-paid.md", &link).unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(&error, SourceError::OtherKind(path) if *path == link), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_refused() {
    let folder = school();
    std::os::unix::fs::symlink("gone.md", folder.path().join("content/a.md")).unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(error, SourceError::Read { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_socket_is_refused_instead_of_waited_for() {
    let folder = school();
    let path = folder.path().join("content/socket.md");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(error, SourceError::NotAFile(_)), "{error}");
}

/// Nobody writes into the pipe: whoever opens it to read waits for ever.
#[cfg(unix)]
#[test]
fn a_pipe_is_refused_instead_of_waited_for() {
    let folder = school();
    let path = folder.path().join("content/pipe.md");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(&error, SourceError::NotAFile(told) if *told == path), "{error}");
    // It may take the place of a file after the folder was listed.
    let error = disk::open(&path).unwrap_err();
    assert_eq!(error.to_string(), "it is not a file");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_device_is_refused() {
    let folder = school();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("content/a.md")).unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(error, SourceError::LeavesSchool(_)), "{error}");
    assert_eq!(disk::open(Path::new("/dev/zero")).unwrap_err().to_string(), "it is not a file");
}

/// A folder can't be read as a file, by the one who may do everything neither.
#[test]
fn what_can_not_be_read_is_an_error_that_names_it() {
    let folder = school();
    fs::remove_file(folder.path().join("site.toml")).unwrap();
    fs::create_dir(folder.path().join("site.toml")).unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(error, SourceError::NotASchool(_)), "{error}");
    assert!(disk::open(&folder.path().join("site.toml")).is_err());
    let gone = disk::open(&folder.path().join("content/gone.md")).unwrap_err();
    assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    let error = SourceTree::read(&folder.path().join("gone")).unwrap_err();
    assert!(matches!(error, SourceError::Read { .. }), "{error}");
}

/// Files without the right to read them; who runs the tests as root may read them.
#[cfg(unix)]
#[test]
fn an_unreadable_file_is_an_error_or_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = school();
    let path = folder.path().join("content/rust/course.md");
    fs::write(&path, "text").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    match (fs::read(&path), SourceTree::read(folder.path())) {
        (Err(_), Err(SourceError::Read { path: told, .. })) => assert_eq!(told, path),
        (Ok(_), Ok(tree)) => assert!(tree.contains("content/rust/course.md")),
        (may, read) => panic!("{may:?} {read:?}"),
    }
}

/// A file that keeps growing, as a log does.
struct Growing;

impl Read for Growing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'a');
        Ok(buffer.len())
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_an_error_and_not_cut() {
    let error = disk::up_to(&mut Growing, 1000).unwrap_err();
    assert_eq!(error.to_string(), "it grew while it was read");
    assert_eq!(disk::up_to(&mut [7_u8; 1000].as_slice(), 1000).unwrap().len(), 1000);
    // One that shrank is what it is now.
    assert_eq!(disk::up_to(&mut [7_u8; 3].as_slice(), 1000).unwrap(), [7; 3]);
}

#[cfg(unix)]
#[test]
fn a_large_file_that_became_a_pipe_is_not_waited_for() {
    let folder = school();
    let path = folder.path().join("content/rust/intro.mp4");
    fs::write(&path, vec![7_u8; 2 * 1024 * 1024]).unwrap();
    let tree = SourceTree::read(folder.path()).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let error = tree.get("content/rust/intro.mp4").unwrap().read().unwrap_err();
    assert_eq!(error.to_string(), "it is not a file");
}

#[cfg(target_os = "linux")]
#[test]
fn two_names_that_look_the_same_are_refused() {
    let folder = school();
    for name in ["content/caf\u{e9}.md", "content/cafe\u{301}.md"] {
        fs::write(folder.path().join(name), name).unwrap();
    }
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "two files are named `content/caf\u{e9}.md`, spelt in different characters that look the same"
    );
    fs::remove_file(folder.path().join("content/caf\u{e9}.md")).unwrap();
    let tree = SourceTree::read(folder.path()).unwrap();
    assert_eq!(tree.text(&SourcePath::new("content/caf\u{e9}.md")), Ok("content/cafe\u{301}.md"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let folder = school();
    let name = std::ffi::OsStr::from_bytes(b"content/\xff.md");
    fs::write(folder.path().join(name), "text").unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(error, SourceError::Name(_)), "{error}");
    fs::remove_file(folder.path().join(name)).unwrap();
    fs::write(folder.path().join("content/a\nb.md"), "text").unwrap();
    let error = SourceTree::read(folder.path()).unwrap_err();
    assert!(matches!(error, SourceError::Character(_)), "{error}");
}

#[test]
fn a_text_loses_its_byte_order_mark_and_keeps_its_line_endings() {
    let tree = SourceTree::from_files([("a.md", "\u{feff}one\r\ntwo")]);
    assert_eq!(tree.text(&SourcePath::new("a.md")), Ok("one\r\ntwo"));
}

#[test]
fn what_is_no_text_is_told_to_the_author() {
    let tree = SourceTree::from_files([
        ("latin.md", b"one\ntw\xf6".as_slice()),
        ("nul.md", b"one\n\0".as_slice()),
    ]);
    let message = |path: &str| tree.text(&SourcePath::new(path)).unwrap_err().message;
    assert_eq!(message("latin.md"), "line 2 is not UTF-8 text");
    let latin = tree.text(&SourcePath::new("latin.md")).unwrap_err();
    assert_eq!(latin.span.map(|span| (span.line, span.column)), Some((2, 3)));
    assert_eq!(latin.hint.as_deref(), Some("save the file with the encoding UTF-8"));
    // 中文 in GBK.
    let tree = SourceTree::from_files([("gbk.md", b"title: \xd6\xd0\xce\xc4\n".as_slice())]);
    let gbk = tree.text(&SourcePath::new("gbk.md")).unwrap_err();
    assert_eq!(
        gbk.hint.as_deref(),
        Some(
            "save the file with the encoding UTF-8; if it is in GBK: \
             `iconv -f GBK -t UTF-8 'gbk.md' > new.md && mv new.md 'gbk.md'`"
        )
    );
    assert_eq!(message("nul.md"), "line 2 holds a NUL character");
    assert_eq!(message("gone.md"), "there is no file `gone.md`");
}

#[test]
fn a_folder_answers_for_its_files_and_folders() {
    let tree = SourceTree::from_files([
        ("content/a/course.md", ""),
        ("content/a/01-x/02-y/lesson.md", ""),
        ("content/ab/course.md", ""),
        ("site.toml", ""),
    ]);
    assert_eq!(tree.folders_in("content"), BTreeSet::from(["a", "ab"]));
    assert_eq!(tree.folders_in("content/a"), BTreeSet::from(["01-x"]));
    assert_eq!(tree.folders_in(""), BTreeSet::from(["content"]));
    let names: Vec<_> = tree.files_in("content/a").map(|(path, _)| path.file_name()).collect();
    assert_eq!(names, ["course.md"]);
    assert_eq!(tree.below("content/a").count(), 2);
    assert_eq!(paths(&tree.subtree("content/a")), ["01-x/02-y/lesson.md", "course.md"]);
}

#[test]
fn a_tree_laid_over_another_wins() {
    let below = SourceTree::from_files([("a", "1"), ("b", "1")]);
    let over = SourceTree::from_files([("b", "2"), ("c", "2")]);
    let both = below.overlay(over);
    let texts = ["a", "b", "c"].map(|path| both.text(&SourcePath::new(path)).unwrap());
    assert_eq!(texts, ["1", "2", "2"]);
}

#[test]
fn a_relative_link_stays_inside_the_school() {
    let lesson = SourcePath::new("content/rust/01-start/01-hello.md");
    let resolve = |link: &str| lesson.resolve(link).map(|path| path.to_string());
    assert_eq!(resolve("figure.png").as_deref(), Some("content/rust/01-start/figure.png"));
    assert_eq!(resolve("../cover.png").as_deref(), Some("content/rust/cover.png"));
    assert_eq!(resolve("./a//b").as_deref(), Some("content/rust/01-start/a/b"));
    assert_eq!(resolve("../../../../etc/passwd"), None);
    assert_eq!(resolve("../../.."), None);
}

/// Reads again at these paths, and checks the tree against one that is read anew.
fn read_again(folder: &std::path::Path, tree: &mut SourceTree, at: &[&str]) -> Vec<String> {
    let changes = tree.read_again(folder, at).unwrap();
    let facts = |tree: &SourceTree| -> Vec<_> {
        tree.iter().map(|(path, file)| (path.clone(), file.digest)).collect()
    };
    assert_eq!(facts(tree), facts(&SourceTree::read(folder).unwrap()));
    changes.iter().map(|(path, change)| format!("{change:?} {path}")).collect()
}

#[test]
fn what_was_changed_is_read_again_and_nothing_else() {
    let folder = school();
    let at = |path: &str| folder.path().join(path);
    fs::write(at("content/rust/a.md"), "a").unwrap();
    fs::write(at("content/rust/ab.md"), "ab").unwrap();
    let mut tree = SourceTree::read(folder.path()).unwrap();
    assert!(read_again(folder.path(), &mut tree, &["content/rust/a.md"]).is_empty());

    fs::write(at("content/rust/a.md"), "b").unwrap();
    let told = read_again(folder.path(), &mut tree, &["content/rust/a.md", "content/none.md"]);
    assert_eq!(told, ["Edited content/rust/a.md"]);
    fs::rename(at("content/rust/a.md"), at("content/rust/c.md")).unwrap();
    let told = read_again(folder.path(), &mut tree, &["content/rust/a.md", "content/rust/c.md"]);
    assert_eq!(told, ["Gone content/rust/a.md", "New content/rust/c.md"]);
    fs::create_dir(at("content/go")).unwrap();
    fs::write(at("content/go/course.md"), "go").unwrap();
    fs::write(at("content/go/.hidden.md"), "go").unwrap();
    let told = read_again(folder.path(), &mut tree, &["content/go"]);
    assert_eq!(told, ["New content/go/course.md"]);
    fs::remove_dir_all(at("content/go")).unwrap();
    let told = read_again(folder.path(), &mut tree, &["content/go", "README.md"]);
    assert_eq!(told, ["Gone content/go/course.md"]);
}

#[cfg(unix)]
#[test]
fn with_links_in_a_school_all_of_it_is_read_again() {
    let folder = school();
    let at = |path: &str| folder.path().join(path);
    fs::write(at("content/rust/a.md"), "a").unwrap();
    let mut tree = SourceTree::read(folder.path()).unwrap();
    std::os::unix::fs::symlink(at("content/rust"), at("content/link")).unwrap();
    let told = read_again(folder.path(), &mut tree, &["content/link"]);
    assert_eq!(told, ["New content/link/a.md"]);
    fs::write(at("content/rust/a.md"), "b").unwrap();
    let told = read_again(folder.path(), &mut tree, &["content/rust/a.md"]);
    assert_eq!(told, ["Edited content/link/a.md", "Edited content/rust/a.md"]);
    // What would be refused at first is refused now, and the tree stays.
    std::os::unix::fs::symlink("/etc", at("content/rust/out")).unwrap();
    let refused = tree.read_again(folder.path(), ["content/rust/out"]).unwrap_err();
    assert!(matches!(refused, SourceError::LeavesSchool(_)), "{refused}");
    assert_eq!(paths(&tree), ["content/link/a.md", "content/rust/a.md", "site.toml"]);
}

#[test]
fn a_school_that_lost_its_site_toml_is_none() {
    let folder = school();
    let mut tree = SourceTree::read(folder.path()).unwrap();
    fs::remove_file(folder.path().join("site.toml")).unwrap();
    let error = tree.read_again(folder.path(), ["site.toml"]).unwrap_err();
    assert!(matches!(error, SourceError::NotASchool(_)), "{error}");
}
