//! What the writer of a folder leaves behind when it is killed.
//!
//! The adapter writes a file beside its place, under the same name with `#` and a
//! number, and moves it there when it is whole. Such a file has no address: it is
//! neither listed nor served, and only ever takes room.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use walkdir::WalkDir;

/// Removes what was left below a folder, and folders that are empty then. The folder
/// must be ours, and nobody may be writing into it. What can't be removed stays for the
/// next time.
pub(crate) fn sweep(folder: &Path) {
    let walk = WalkDir::new(folder).min_depth(1).into_iter();
    let seen = walk.filter_entry(|entry| !is_hidden(entry.file_name()));
    let left: Vec<_> = seen
        .flatten()
        .filter(|entry| entry.file_type().is_file() && is_staged(entry.file_name()))
        .collect();
    for entry in left {
        if fs::remove_file(entry.path()).is_ok() {
            let above = entry.path().ancestors().skip(1);
            // A folder that holds something is not removed.
            for empty in above.take_while(|above| *above != folder) {
                if fs::remove_dir(empty).is_err() {
                    break;
                }
            }
        }
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

fn is_staged(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.rsplit_once('#')).map(|(_, number)| number);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_begun_is_removed_with_the_folders_made_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let all = ["a/b/c.html#1", "a/d.html", "a/d.html#12", "e#", "f#1x", ".git/g#1", "h#1/i"];
        for path in all {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        sweep(folder.path());
        let left = all.map(|path| folder.path().join(path).exists());
        assert_eq!(left, [false, true, false, true, true, true, true]);
        assert!(!folder.path().join("a/b").exists());
    }
}
