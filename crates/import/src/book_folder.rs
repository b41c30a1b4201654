//! The folder a book is read from. Nothing outside of it is ever opened, however
//! a path or a link inside it is written.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::Kind;
use super::error::{BookError, Unreadable};

/// No page or listing comes near it; a longer file was not written by hand.
const MAX_TEXT_BYTES: u64 = 4 * 1024 * 1024;
/// Pictures and downloads of a page.
const MAX_ASSET_BYTES: u64 = 64 * 1024 * 1024;

/// A book's folder.
#[derive(Debug, Clone)]
pub(super) struct BookFolder {
    root: PathBuf,
}

impl BookFolder {
    pub(super) fn open(path: &Path) -> Result<Self, BookError> {
        let root = path
            .canonicalize()
            .map_err(|source| BookError::Folder { path: path.to_owned(), source })?;
        if !root.is_dir() {
            return Err(BookError::NotAFolder { path: path.to_owned() });
        }
        Ok(Self { root })
    }

    /// A text file by its path from the top of the book.
    pub(super) fn text(&self, path: &str) -> Result<String, Unreadable> {
        let bytes = self.bytes(path, MAX_TEXT_BYTES)?;
        if bytes.contains(&0) {
            return Err(Unreadable::Nul);
        }
        String::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8)
    }

    /// The settings of a site: the first of these files that is there, and its
    /// text. Without any of them the folder is none of this `kind`.
    pub(super) fn settings<'p>(
        &self,
        names: &[&'p str],
        kind: Kind,
    ) -> Result<(&'p str, String), BookError> {
        let path = names.iter().copied().find(|path| self.has(path));
        let path = path.ok_or(BookError::NoSettings(kind))?;
        let text = self
            .text(path)
            .map_err(|problem| BookError::Unreadable { path: path.to_owned(), problem })?;
        Ok((path, text))
    }

    /// Where a picture or a download really is, by its path from the top of the
    /// book. It can be opened and is not too large.
    pub(super) fn asset(&self, path: &str) -> Result<PathBuf, Unreadable> {
        let real = self.real_path(path)?;
        let length = fs::File::open(&real)
            .and_then(|file| file.metadata())
            .map_err(|error| Unreadable::Io(error.kind()))?
            .len();
        if length > MAX_ASSET_BYTES {
            return Err(Unreadable::TooLarge(MAX_ASSET_BYTES / (1024 * 1024)));
        }
        Ok(real)
    }

    /// Whether there is such a file inside the book.
    pub(super) fn has(&self, path: &str) -> bool {
        self.real_path(path).is_ok()
    }

    /// Every Markdown file below a folder, sorted, without dot files.
    pub(super) fn markdown_below(&self, folder: &str) -> Vec<String> {
        let start = self.root.join(folder);
        let walk = walkdir::WalkDir::new(&start).max_depth(32).sort_by_file_name();
        let is_visible = |entry: &walkdir::DirEntry| {
            entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
        };
        walk.into_iter()
            .filter_entry(is_visible)
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file())
            .filter_map(|entry| {
                let relative = entry.path().strip_prefix(&self.root).ok()?;
                let parts: Option<Vec<&str>> =
                    relative.components().map(|part| part.as_os_str().to_str()).collect();
                Some(parts?.join("/"))
            })
            .filter(|path| is_markdown(path))
            .collect()
    }

    fn bytes(&self, path: &str, limit: u64) -> Result<Vec<u8>, Unreadable> {
        let failed = |error: io::Error| Unreadable::Io(error.kind());
        let file = fs::File::open(self.real_path(path)?).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > limit {
            return Err(Unreadable::TooLarge(limit / (1024 * 1024)));
        }
        Ok(bytes)
    }

    /// Where a file really is: links are followed first and judged afterwards.
    fn real_path(&self, path: &str) -> Result<PathBuf, Unreadable> {
        if path.contains('\0') || Path::new(path).is_absolute() {
            return Err(Unreadable::Outside);
        }
        let real = self.root.join(path).canonicalize().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unreadable::Missing,
            kind => Unreadable::Io(kind),
        })?;
        if !real.starts_with(&self.root) {
            return Err(Unreadable::Outside);
        }
        // Opening a pipe would wait for ever.
        if real.is_file() { Ok(real) } else { Err(Unreadable::NotAFile) }
    }
}

/// Whether a path names a Markdown file.
pub(super) fn is_markdown(path: &str) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    matches!(extension.as_deref(), Some("md" | "markdown" | "mdx"))
}

/// The folder of a path; empty at the top.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last segment of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// `relative` as seen from `folder`, with `.` and `..` resolved. `None` if it
/// climbs out of the book.
pub(super) fn resolve(folder: &str, relative: &str) -> Option<String> {
    let is_plain = |part: &&str| !matches!(*part, "" | ".");
    let mut segments: Vec<&str> = folder.split('/').filter(is_plain).collect();
    for segment in relative.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> (tempfile::TempDir, BookFolder) {
        let outer = tempfile::tempdir().unwrap();
        fs::create_dir_all(outer.path().join("book/src/deep")).unwrap();
        fs::write(outer.path().join("secret.md"), "secret").unwrap();
        fs::write(outer.path().join("book/src/a.md"), "text").unwrap();
        fs::write(outer.path().join("book/src/deep/b.MD"), "text").unwrap();
        fs::write(outer.path().join("book/src/latin.md"), [b'a', 0xe9]).unwrap();
        fs::write(outer.path().join("book/src/nul.md"), "a\0").unwrap();
        let folder = BookFolder::open(&outer.path().join("book")).unwrap();
        (outer, folder)
    }

    #[test]
    fn nothing_outside_of_the_book_is_opened() {
        let (outer, folder) = book();
        assert_eq!(folder.text("../secret.md"), Err(Unreadable::Outside));
        let absolute = outer.path().join("secret.md");
        assert_eq!(folder.text(absolute.to_str().unwrap()), Err(Unreadable::Outside));
        assert_eq!(folder.text("src/a.md\0"), Err(Unreadable::Outside));
        assert_eq!(folder.text("src/none.md"), Err(Unreadable::Missing));
        assert_eq!(folder.text("src/a.md/x"), Err(Unreadable::Missing));
        assert_eq!(folder.text("src"), Err(Unreadable::NotAFile));
        assert_eq!(folder.text("src/latin.md"), Err(Unreadable::NotUtf8));
        assert_eq!(folder.text("src/nul.md"), Err(Unreadable::Nul));
        assert_eq!(folder.text("src/a.md").as_deref(), Ok("text"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_judged_by_where_it_leads() {
        let (outer, folder) = book();
        let src = outer.path().join("book/src");
        std::os::unix::fs::symlink(outer.path().join("secret.md"), src.join("out.md")).unwrap();
        std::os::unix::fs::symlink(src.join("a.md"), src.join("in.md")).unwrap();
        std::os::unix::fs::symlink(src.join("loop.md"), src.join("loop.md")).unwrap();
        assert_eq!(folder.text("src/out.md"), Err(Unreadable::Outside));
        assert_eq!(folder.text("src/in.md").as_deref(), Ok("text"));
        assert!(matches!(folder.text("src/loop.md"), Err(Unreadable::Io(_))));
    }

    #[test]
    fn a_file_too_large_to_be_written_by_hand_is_refused() {
        let (outer, folder) = book();
        let file = fs::File::create(outer.path().join("book/src/huge.md")).unwrap();
        file.set_len(MAX_TEXT_BYTES + 1).unwrap();
        assert_eq!(folder.text("src/huge.md"), Err(Unreadable::TooLarge(4)));
        assert!(folder.asset("src/huge.md").is_ok());
        file.set_len(MAX_ASSET_BYTES + 1).unwrap();
        assert_eq!(folder.asset("src/huge.md"), Err(Unreadable::TooLarge(64)));
    }

    #[test]
    fn paths_are_resolved_without_the_disk() {
        assert_eq!(resolve("src/a", "../img/./x.svg").as_deref(), Some("src/img/x.svg"));
        assert_eq!(resolve("src", "b\\c.md").as_deref(), Some("src/b/c.md"));
        assert_eq!(resolve("src", "../../x"), None);
    }

    #[test]
    fn pages_are_found_in_every_folder() {
        let (_outer, folder) = book();
        assert_eq!(
            folder.markdown_below("src"),
            ["src/a.md", "src/deep/b.MD", "src/latin.md", "src/nul.md"]
        );
    }
}
