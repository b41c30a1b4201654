//! A place on the disk for books that are imported, since the importers read
//! folders. A canary stands beside it.

use std::fs;
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use crate::CANARY;

/// A book of more files is no better at finding mistakes.
const MAX_FILES: usize = 24;

/// Holds one book at a time.
#[derive(Debug)]
pub(crate) struct Shelf {
    folder: TempDir,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for what is temporary");
        for name in ["secret.md", "secret.toml", "secret.txt"] {
            fs::write(folder.path().join(name), CANARY).expect("the folder can be written");
        }
        Self { folder }
    }

    /// Where the book stands, without a link on the way.
    pub(crate) fn book(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("the folder is there").join("book")
    }

    /// Puts a book there: each `@@ path` begins a file. What the disk does not take
    /// is left out.
    pub(crate) fn put(&self, files: &[u8]) {
        let book = self.book();
        // It is not there before the first.
        let _ = fs::remove_dir_all(&book);
        fs::create_dir(&book).expect("the folder can be written");
        for (path, text) in parted(files).into_iter().take(MAX_FILES) {
            if let Some(path) = inside(&book, path) {
                let folder = path.parent().unwrap_or(&book);
                let _ = fs::create_dir_all(folder).and_then(|()| fs::write(&path, text));
            }
        }
    }
}

/// The files of an input with what they hold.
fn parted(input: &[u8]) -> Vec<(&[u8], Vec<u8>)> {
    let mut files: Vec<(&[u8], Vec<u8>)> = Vec::new();
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        if let Some(path) = line.strip_prefix(b"@@ ") {
            files.push((path.trim_ascii_end(), Vec::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.extend_from_slice(line);
        }
    }
    files
}

/// A path that stays inside of the book; the engine must not write elsewhere.
fn inside(book: &Path, path: &[u8]) -> Option<PathBuf> {
    let path = Path::new(std::str::from_utf8(path).ok()?);
    let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    (is_plain && path.file_name().is_some()).then(|| book.join(path))
}
