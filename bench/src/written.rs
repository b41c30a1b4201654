//! What a build wrote into its output folder: the files that were not there before,
//! or that are others now.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

/// By what a file that was written is told from one that was not: its node, its
/// size, and when it was changed. Writing the same bytes again is writing too.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    node: u64,
    bytes: u64,
    seconds: i64,
    nanoseconds: i64,
}

/// An output folder as it stands.
#[derive(Debug, Default)]
pub(crate) struct Snapshot(BTreeMap<PathBuf, Stamp>);

/// What was written between two of them.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) bytes: u64,
}

impl Snapshot {
    /// Every file below a folder, which need not be there.
    pub(crate) fn of(folder: &Path) -> Result<Self> {
        let mut stamps = BTreeMap::new();
        if !folder.exists() {
            return Ok(Self(stamps));
        }
        for entry in WalkDir::new(folder) {
            let entry = entry.context("failed to look at what was written")?;
            if !entry.file_type().is_file() {
                continue;
            }
            let facts = entry.metadata().context("failed to look at what was written")?;
            let stamp = Stamp {
                node: facts.ino(),
                bytes: facts.len(),
                seconds: facts.mtime(),
                nanoseconds: facts.mtime_nsec(),
            };
            stamps.insert(entry.into_path(), stamp);
        }
        Ok(Self(stamps))
    }

    /// What was written since an earlier one.
    pub(crate) fn since(self, before: &Self) -> Written {
        let mut written = Written::default();
        for (path, stamp) in self.0 {
            if before.0.get(&path) != Some(&stamp) {
                written.bytes += stamp.bytes;
                written.paths.push(path);
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_new_or_replaced_was_written_and_what_stands_was_not() {
        let folder = std::env::temp_dir().join(format!("bench-written-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in ["stands", "replaced"] {
            fs::write(folder.join(name), name).unwrap();
        }
        let before = Snapshot::of(&folder).unwrap();
        fs::write(folder.join("other"), "replaced").unwrap();
        fs::rename(folder.join("other"), folder.join("replaced")).unwrap();
        fs::write(folder.join("new"), "new").unwrap();

        let written = Snapshot::of(&folder).unwrap().since(&before);

        assert_eq!(written.paths, [folder.join("new"), folder.join("replaced")]);
        assert_eq!(written.bytes, 11);
        fs::remove_dir_all(&folder).unwrap();
    }
}
