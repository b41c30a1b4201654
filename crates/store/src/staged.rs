//! What the writer of a folder leaves behind when it is killed.
//!
//! The adapter writes a file beside its place, under the same name with `#` and a
//! number, and moves it there when it is whole. Such a file has no address: it is
//! neither listed nor served, and only ever takes room.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

/// Whose a folder is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ours {
    /// All that stands in it, dot files apart.
    All,
    /// What stands under these names, and what was to become it.
    Named(&'static [&'static str]),
}

/// Removes what was left of ours below a folder, and folders that are empty then. Nobody
/// may be writing into it. What can't be removed stays for the next time.
pub(crate) fn sweep(folder: &Path, ours: Ours) {
    let walk = WalkDir::new(folder).min_depth(1).into_iter();
    let seen = walk.filter_entry(|entry| {
        !is_hidden(entry.file_name()) && (entry.depth() > 1 || ours.has(entry))
    });
    let left: Vec<_> = seen
        .flatten()
        .filter(|entry| entry.file_type().is_file() && staged_for(entry.file_name()).is_some())
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

impl Ours {
    fn has(self, entry: &DirEntry) -> bool {
        let name = entry.file_name();
        let name = if entry.file_type().is_dir() { name.to_str() } else { staged_for(name) };
        match self {
            Self::All => true,
            Self::Named(names) => name.is_some_and(|name| names.contains(&name)),
        }
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// The name that a staged file was to get; `None` of any other file.
fn staged_for(name: &OsStr) -> Option<&str> {
    let (name, number) = name.to_str()?.rsplit_once('#')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(all: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in all {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn only_what_was_begun_is_removed_with_the_folders_made_for_it() {
        let all = ["a/b/c.html#1", "a/d.html", "a/d.html#12", "e#", "f#1x", ".git/g#1", "h#1/i"];
        let folder = holding(&all);
        sweep(folder.path(), Ours::All);
        let left = all.map(|path| folder.path().join(path).exists());
        assert_eq!(left, [false, true, false, true, true, true, true]);
        assert!(!folder.path().join("a/b").exists());
    }

    #[test]
    fn nothing_of_others_is_removed_from_a_folder_that_we_share() {
        let all = ["pages/a#1", "current.json#2", "other.json#1", "notes/issue#7", "pages#1/b#2"];
        let folder = holding(&all);
        sweep(folder.path(), Ours::Named(&["current.json", "pages"]));
        let left = all.map(|path| folder.path().join(path).exists());
        assert_eq!(left, [false, false, true, true, true]);
    }
}
