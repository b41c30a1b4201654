//! Whatever becomes of a file below `.lyceum/`, a build notices, makes what a clean
//! build makes, and leaves nothing broken behind.

use std::collections::BTreeMap;
use std::fs;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;

use crate::full_school::{LESSON, full_school};
use crate::harness::School;

/// Everything of a folder.
type Files = Vec<(String, Vec<u8>)>;

/// What a build of each edition makes without any cache.
struct Clean {
    editions: [Files; 2],
}

impl Clean {
    fn of(school: &School) -> Self {
        let editions = [0, 1].map(|edition| {
            edit(school, edition);
            school.run(&["build", "--out", "clean"]).done();
            let files = school.files("clean");
            fs::remove_dir_all(school.path("clean")).unwrap();
            fs::remove_dir_all(school.path(".lyceum")).unwrap();
            files
        });
        assert!(editions[0] != editions[1]);
        Self { editions }
    }

    /// Builds an edition over whatever is there, as the last one was built.
    #[track_caller]
    fn check(&self, school: &School, edition: usize, harm: &str) {
        edit(school, edition);
        let told = school.run(&["build"]).done();
        assert!(!told.contains("warning"), "{harm}: {told}");
        assert!(school.files("dist") == self.editions[edition], "{harm}: not as a clean build");
    }
}

fn edit(school: &School, edition: usize) {
    let other = ["Edition 1.", "Edition 0."][edition];
    let text = school.read(LESSON).replace(other, "");
    let this = ["Edition 0.", "Edition 1."][edition];
    school.write(LESSON, &format!("{}\n\n{this}\n", text.trim_end()));
}

/// The files of the cache: pieces, packs, records.
fn kept(school: &School) -> Vec<PathBuf> {
    let all = walkdir::WalkDir::new(school.path(".lyceum/cache"));
    let files = all.into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files.map(walkdir::DirEntry::into_path).collect()
}

/// One way in which the bytes of a file can be wrong.
fn harmed(whole: &[u8], harm: &str, place: usize, other: &[u8]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    // In thousandths of its length, so that head, list and end are all met.
    let at = (whole.len().saturating_sub(1)) * place / 1000;
    match harm {
        "empty" => bytes.clear(),
        "truncated" => bytes.truncate(at),
        "flipped" => bytes[at] ^= 0x10,
        "longer" => bytes.push(0),
        "of another file" => bytes = other.to_vec(),
        "of an older version" => bytes[..16].copy_from_slice(b"lyceum derived 0"),
        _ => panic!("{harm}"),
    }
    bytes
}

const HARMS: [(&str, usize); 15] = [
    ("empty", 0),
    ("truncated", 1),
    ("truncated", 500),
    ("truncated", 999),
    ("flipped", 0),
    ("flipped", 1),
    ("flipped", 20),
    ("flipped", 200),
    ("flipped", 600),
    ("flipped", 800),
    ("flipped", 990),
    ("flipped", 1000),
    ("longer", 0),
    ("of another file", 0),
    ("of an older version", 0),
];

/// Nothing that is still there is what was broken, unless nobody has needed it: a piece
/// of a pack is looked at when it is asked for, and then is noticed.
#[track_caller]
fn assert_replaced(broken: &BTreeMap<PathBuf, Vec<u8>>, harm: &str) {
    for (path, bytes) in broken {
        let is_pack = path.extension().is_some_and(|extension| extension == "pack");
        let stays = fs::read(path).is_ok_and(|now| now == *bytes);
        assert!(!stays || (is_pack && harm == "flipped"), "{harm}: {} stays", path.display());
    }
}

#[test]
fn bytes_of_any_file_of_the_cache_that_went_wrong_are_noticed_and_made_anew() {
    let school = full_school();
    let clean = Clean::of(&school);
    clean.check(&school, 0, "nothing");
    assert!(kept(&school).len() >= 4, "pieces, a pack and a record: {:?}", kept(&school));
    for (number, (harm, place)) in HARMS.into_iter().enumerate() {
        let whole: BTreeMap<_, _> =
            kept(&school).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        let others: Vec<_> = whole.values().cloned().collect();
        let broken: BTreeMap<_, _> = whole
            .into_iter()
            .enumerate()
            .map(|(at, (path, bytes))| {
                (path, harmed(&bytes, harm, place, &others[(at + 1) % others.len()]))
            })
            .collect();
        for (path, bytes) in &broken {
            fs::write(path, bytes).unwrap();
        }
        clean.check(&school, (number + 1) % 2, harm);
        assert_replaced(&broken, harm);
    }
}

#[test]
fn each_file_alone_may_go_wrong_too() {
    let school = full_school();
    let clean = Clean::of(&school);
    clean.check(&school, 0, "nothing");
    let names: Vec<PathBuf> = kept(&school);
    for (number, path) in names.iter().enumerate() {
        // A pack was merged with the next in the meantime.
        let Ok(whole) = fs::read(path) else { continue };
        fs::write(path, harmed(&whole, "flipped", 700, &[])).unwrap();
        clean.check(&school, (number + 1) % 2, &path.display().to_string());
    }
}

/// Puts something in the place of a file.
#[cfg(unix)]
type Harm = fn(&Path);

#[cfg(unix)]
#[test]
fn what_is_no_file_in_the_place_of_one_is_removed() {
    let school = full_school();
    let clean = Clean::of(&school);
    clean.check(&school, 0, "nothing");
    let harms: [(&str, Harm); 3] = [
        ("a folder", |path| {
            fs::create_dir(path).unwrap();
            fs::write(path.join("file"), "in it").unwrap();
        }),
        ("a link", |path| std::os::unix::fs::symlink("/etc/passwd", path).unwrap()),
        ("a pipe", |path| {
            let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }),
    ];
    for (number, (harm, break_it)) in harms.into_iter().enumerate() {
        let paths = kept(&school);
        for path in &paths {
            fs::remove_file(path).unwrap();
            break_it(path);
        }
        clean.check(&school, (number + 1) % 2, harm);
        for path in paths {
            let found = path.symlink_metadata();
            assert!(found.is_err() || found.unwrap().is_file(), "{harm}: {}", path.display());
        }
    }
}

#[test]
fn a_file_in_the_place_of_a_folder_of_the_cache_is_removed() {
    let school = full_school();
    let clean = Clean::of(&school);
    clean.check(&school, 0, "nothing");
    let cache = school.path(".lyceum/cache");
    let folders = walkdir::WalkDir::new(&cache).min_depth(2).max_depth(2).into_iter();
    let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().into_path()).collect();
    folders.push(cache.join("builds"));
    folders.retain(|folder| folder.is_dir());
    for folder in &folders {
        fs::remove_dir_all(folder).unwrap();
        fs::write(folder, "in its place").unwrap();
    }
    clean.check(&school, 1, "a file for a folder");
    for folder in folders {
        assert!(folder.is_dir(), "{}", folder.display());
    }
}

#[cfg(unix)]
#[test]
fn files_of_the_cache_that_may_not_be_read_are_made_anew() {
    use std::os::unix::fs::PermissionsExt;

    let school = full_school();
    let clean = Clean::of(&school);
    let home = school.owned_by_somebody();
    let build = |edition: usize| {
        edit(&school, edition);
        let told = school.run_as_owner(&["build"], &home).done();
        assert!(!told.contains("warning"), "{told}");
        assert!(school.files("dist") == clean.editions[edition]);
    };
    build(0);
    let paths = kept(&school);
    assert!(paths.len() >= 4, "{paths:?}");
    for path in &paths {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    }
    build(1);
    for path in paths {
        let found = path.metadata();
        assert!(found.is_err() || found.unwrap().permissions().mode() & 0o400 != 0);
    }
}
