//! The author's folder in memory: the only room of the compiler that touches a disk.
//!
//! Names are checked here once, so that no later stage meets a path that climbs
//! out, a link that leaves the school or a name that is no text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contracts::digest::Digest;
use jiff::Timestamp;

use crate::diagnostic::{Code, Diagnostic, Span};
pub use crate::source_path::SourcePath;

mod again;
mod disk;

pub use again::Change;

/// What a school is made of, directly in its folder; everything else there is not
/// the compiler's to read.
pub const ROOTS: [&str; 4] = ["site.toml", "content", "data", "themes"];

/// Up to this length every file is held in memory: most are far below, and
/// reading one from memory twice is cheaper than from the disk.
const HELD_BYTES: u64 = 1024 * 1024;

/// Everything the compiler may read.
#[derive(Debug, Clone, Default)]
pub struct SourceTree {
    files: BTreeMap<SourcePath, SourceFile>,
    changed: BTreeMap<SourcePath, Timestamp>,
    authors: BTreeMap<SourcePath, Vec<String>>,
    links: Links,
}

/// Whether a path of the folder may lead to another one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Links {
    /// Each file has one path.
    #[default]
    None,
    /// Whoever changes one file may change others.
    Some,
}

/// A file of the school's folder.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// BLAKE3 of its bytes when it was read.
    pub digest: Digest,
    /// Its length in bytes.
    pub len: u64,
    /// Where its bytes are.
    pub bytes: SourceBytes,
}

/// Text and images are held in memory; what is large stays on the disk.
#[derive(Debug, Clone)]
pub enum SourceBytes {
    /// The bytes themselves, which are no text.
    Held(Arc<[u8]>),
    /// A text in UTF-8: whoever parses it may share it.
    Text(Arc<str>),
    /// The file, whose digest was taken by reading it once.
    OnDisk(PathBuf),
}

/// The folder can't be read as a school.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no `site.toml`, so this is another folder than was meant.
    #[error("`{}` is not a school: it has no `site.toml`", .0.display())]
    NotASchool(PathBuf),
    /// The system refused.
    #[error("failed to read `{}`", path.display())]
    Read {
        /// What was read.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A name that is not UTF-8 has no address on the web.
    #[error("the name of `{}` is not UTF-8", .0.display())]
    Name(PathBuf),
    /// A name that no published file can have.
    #[error("the name of `{}` holds a control character or a backslash", .0.display())]
    Character(PathBuf),
    /// Two names that look the same and are spelt in other characters; macOS holds
    /// only one of them, and a link can't say which it means.
    #[error("two files are named `{0}`, spelt in different characters that look the same")]
    SameName(SourcePath),
    /// A link to something outside the school, or to what is kept beside its
    /// content such as the release key, would publish it.
    #[error("`{}` is a link that leaves the school's content", .0.display())]
    LeavesSchool(PathBuf),
    /// A link to a file of another kind: a lesson under the name of a download would
    /// be published as one.
    #[error("`{}` is a link to a file with another ending", .0.display())]
    OtherKind(PathBuf),
    /// A link that leads back to a folder it stands in.
    #[error("`{}` is a link that leads back to its own folder", .0.display())]
    Loop(PathBuf),
    /// A pipe, a socket or a device.
    #[error("`{}` is neither a file nor a folder", .0.display())]
    NotAFile(PathBuf),
}

/// Reads a file and ends with an error if its bytes are no longer those whose
/// digest is known.
#[derive(Debug)]
pub struct SourceReader<'a> {
    bytes: ReaderBytes<'a>,
    expected: Digest,
}

#[derive(Debug)]
enum ReaderBytes<'a> {
    Held(&'a [u8]),
    // Boxed, since a hasher is much larger than a slice.
    OnDisk(Box<(File, blake3::Hasher)>),
}

impl SourceTree {
    /// Reads `site.toml`, `content/` and `themes/` below `root`, without dot files.
    pub fn read(root: &Path) -> Result<Self, SourceError> {
        let (files, links) = disk::walk(root)?;
        let tree = Self { files, links, ..Self::default() };
        if tree.get("site.toml").is_none() {
            return Err(SourceError::NotASchool(root.to_owned()));
        }
        Ok(tree)
    }

    /// A tree of files that never were on a disk, by relative `/`-separated path.
    pub fn from_files<P: AsRef<str>, B: AsRef<[u8]>>(
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Self {
        let file = |(path, bytes): (P, B)| {
            (SourcePath::new(path.as_ref()), SourceFile::held(bytes.as_ref()))
        };
        Self { files: files.into_iter().map(file).collect(), ..Self::default() }
    }

    /// This tree with the times at which its files were last changed, as told by
    /// whoever keeps their history. Times on the disk say only when they were
    /// copied there, so a file that is not named has none.
    #[must_use]
    pub fn with_changes(mut self, changed: BTreeMap<SourcePath, Timestamp>) -> Self {
        self.changed = changed;
        self
    }

    /// When a file was last changed, if that is known.
    #[must_use]
    pub fn changed(&self, path: &SourcePath) -> Option<Timestamp> {
        self.changed.get(path).copied()
    }

    /// The tree, knowing who wrote its files, by names that may stand on pages.
    #[must_use]
    pub fn with_authors(mut self, authors: BTreeMap<SourcePath, Vec<String>>) -> Self {
        self.authors = authors;
        self
    }

    /// Who wrote a file, whoever did most first; empty if that is not known.
    #[must_use]
    pub fn authors(&self, path: &SourcePath) -> &[String] {
        self.authors.get(path).map_or(&[], Vec::as_slice)
    }

    /// The file at a path.
    pub fn get<P: AsRef<str> + ?Sized>(&self, path: &P) -> Option<&SourceFile> {
        self.files.get(path.as_ref())
    }

    /// The file at a path, with the path as the tree holds it.
    pub fn entry<P: AsRef<str> + ?Sized>(&self, path: &P) -> Option<(&SourcePath, &SourceFile)> {
        self.files.get_key_value(path.as_ref())
    }

    /// Whether there is a file at a path.
    pub fn contains<P: AsRef<str> + ?Sized>(&self, path: &P) -> bool {
        self.files.contains_key(path.as_ref())
    }

    /// A file as text, without a byte order mark. Line endings are as written.
    ///
    /// The error is for the author: the file is missing, too large, or no text.
    pub fn text(&self, path: &SourcePath) -> Result<&str, Diagnostic> {
        let file = self.get(path).ok_or_else(|| {
            Diagnostic::new(path, Code::MissingFile, format!("there is no file `{path}`"))
        })?;
        let text = match &file.bytes {
            SourceBytes::Text(text) => &**text,
            SourceBytes::Held(bytes) => {
                std::str::from_utf8(bytes).map_err(|error| not_utf8(path, bytes, error))?
            }
            SourceBytes::OnDisk(_) => {
                let message = format!("`{path}` has {} bytes, too many for a text", file.len);
                return Err(Diagnostic::new(path, Code::TooLarge, message));
            }
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match text.find('\0') {
            None => Ok(text),
            Some(nul) => {
                let line = text.get(..nul).unwrap_or_default().matches('\n').count() + 1;
                Err(Diagnostic::new(
                    path,
                    Code::NulCharacter,
                    format!("line {line} holds a NUL character"),
                )
                .hint("remove it, or check that the file is a text at all"))
            }
        }
    }

    /// The text of a file as the tree holds it, if that is this text.
    pub(crate) fn shared(&self, path: &SourcePath, text: &str) -> Arc<str> {
        match self.get(path).map(|file| &file.bytes) {
            Some(SourceBytes::Text(held)) if **held == *text => Arc::clone(held),
            _ => text.into(),
        }
    }

    /// Every file in order of path.
    pub fn iter(&self) -> impl Iterator<Item = (&SourcePath, &SourceFile)> {
        self.files.iter()
    }

    /// Every file below a folder, at any depth, in order of path.
    pub fn below<'a>(
        &'a self,
        folder: &str,
    ) -> impl Iterator<Item = (&'a SourcePath, &'a SourceFile)> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.starting(&prefix)
    }

    /// Every file whose path starts so, in order of path.
    pub(crate) fn starting<'a>(
        &'a self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'a SourcePath, &'a SourceFile)> + use<'a> {
        let prefix = prefix.to_owned();
        self.files
            .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
            .take_while(move |(path, _)| path.as_str().starts_with(&prefix))
    }

    /// The files that stand directly in a folder, in order of name.
    pub fn files_in<'a>(
        &'a self,
        folder: &str,
    ) -> impl Iterator<Item = (&'a SourcePath, &'a SourceFile)> + use<'a> {
        let folder = folder.to_owned();
        self.below(&folder).filter(move |(path, _)| path.parent() == folder)
    }

    /// The names of the folders directly in a folder that hold any file.
    #[must_use]
    pub fn folders_in(&self, folder: &str) -> BTreeSet<&str> {
        let skip = if folder.is_empty() { 0 } else { folder.len() + 1 };
        self.below(folder)
            .filter_map(|(path, _)| path.as_str().get(skip..)?.split_once('/'))
            .map(|(name, _)| name)
            .collect()
    }

    /// Tells the files below a folder from all others.
    #[must_use]
    pub fn digest_below(&self, folder: &str) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for (path, file) in self.below(folder) {
            hasher.update(&(path.as_str().len() as u64).to_le_bytes());
            hasher.update(path.as_str().as_bytes());
            hasher.update(file.digest.as_bytes());
        }
        Digest::from_bytes(*hasher.finalize().as_bytes())
    }

    /// The files below a folder as a tree of their own, without the folder's name.
    #[must_use]
    pub fn subtree(&self, folder: &str) -> Self {
        let strip = |(path, file): (&SourcePath, &SourceFile)| {
            let rest = path.as_str().strip_prefix(folder)?.trim_start_matches('/');
            Some((SourcePath::new(rest), file.clone()))
        };
        Self { files: self.below(folder).filter_map(strip).collect(), ..Self::default() }
    }

    /// A tree of files whose digests are known and of which nothing is read yet.
    #[must_use]
    pub fn unread(files: impl IntoIterator<Item = (SourcePath, SourceFile)>) -> Self {
        Self { files: files.into_iter().collect(), ..Self::default() }
    }

    /// Some of the files, with their bytes in memory where [`SourceTree::read`] would
    /// hold them there.
    pub(crate) fn read_into<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p SourcePath>,
    ) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for path in paths {
            if let Some(file) = self.get(path) {
                if file.len > disk::most_held(path) {
                    files.insert(path.clone(), file.clone());
                    continue;
                }
                let bytes = SourceBytes::of(&file.read()?);
                files.insert(path.clone(), SourceFile { bytes, ..file.clone() });
            }
        }
        Ok(Self { files, ..Self::default() })
    }

    /// This tree with the files of another one laid over it; `over` wins.
    #[must_use]
    pub fn overlay(mut self, over: Self) -> Self {
        self.files.extend(over.files);
        self
    }
}

impl SourceBytes {
    fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.into()),
            Err(_) => Self::Held(bytes.into()),
        }
    }
}

impl SourceFile {
    /// A file whose bytes are in memory.
    #[must_use]
    pub fn held(bytes: &[u8]) -> Self {
        Self {
            digest: Digest::from_bytes(*blake3::hash(bytes).as_bytes()),
            len: bytes.len() as u64,
            bytes: SourceBytes::of(bytes),
        }
    }

    /// Reads a file as [`SourceTree::read`] does.
    pub fn read_from(path: &SourcePath, place: &Path) -> io::Result<Self> {
        disk::read_file(path, place)
    }

    /// A file of the disk whose bytes are known by their digest.
    #[must_use]
    pub fn on_disk(path: PathBuf, digest: Digest, len: u64) -> Self {
        Self { digest, len, bytes: SourceBytes::OnDisk(path) }
    }

    /// All of its bytes. A file that changed since the tree was read is an error.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        // The length is only a hint: a file that grew must not fill the memory.
        let mut bytes = Vec::with_capacity(usize::try_from(self.len.min(HELD_BYTES)).unwrap_or(0));
        self.reader()?.take(self.len + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > self.len { Err(changed()) } else { Ok(bytes) }
    }

    /// Its bytes piece by piece. The end is an error if the file changed since
    /// the tree was read.
    pub fn reader(&self) -> io::Result<SourceReader<'_>> {
        let bytes = match &self.bytes {
            SourceBytes::Held(bytes) => ReaderBytes::Held(bytes),
            SourceBytes::Text(text) => ReaderBytes::Held(text.as_bytes()),
            SourceBytes::OnDisk(path) => {
                ReaderBytes::OnDisk(Box::new((disk::open(path)?, blake3::Hasher::new())))
            }
        };
        Ok(SourceReader { bytes, expected: self.digest })
    }
}

impl Read for SourceReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.bytes {
            ReaderBytes::Held(bytes) => bytes.read(buffer),
            ReaderBytes::OnDisk(open) => {
                let (file, hasher) = open.as_mut();
                let count = file.read(buffer)?;
                hasher.update(buffer.get(..count).unwrap_or_default());
                let ended = count == 0 && !buffer.is_empty();
                if ended && hasher.finalize().as_bytes() != self.expected.as_bytes() {
                    return Err(changed());
                }
                Ok(count)
            }
        }
    }
}

fn not_utf8(path: &SourcePath, bytes: &[u8], error: std::str::Utf8Error) -> Diagnostic {
    let at = error.valid_up_to();
    let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
    let message = format!("line {line} is not UTF-8 text");
    let lossy = String::from_utf8_lossy(bytes);
    Diagnostic::new(path, Code::NotUtf8, message)
        .at(&lossy, Span::of_bytes(&lossy, at, at + '\u{fffd}'.len_utf8()))
        .hint(encoding_hint(path, bytes))
}

/// How to turn a file into UTF-8. Pairs of bytes as Chinese editors write them are
/// taken for GBK, since half of the world's files in another encoding are.
fn encoding_hint(path: &SourcePath, bytes: &[u8]) -> String {
    let mut rest = bytes;
    let mut is_gbk = true;
    while let (true, Some((first, behind))) = (is_gbk, rest.split_first()) {
        rest = behind;
        if !first.is_ascii() {
            let second = behind.first().copied().unwrap_or_default();
            is_gbk = matches!(*first, 0x81..=0xfe) && matches!(second, 0x40..=0x7e | 0x80..=0xfe);
            rest = behind.get(1..).unwrap_or_default();
        }
    }
    let name = path.as_str();
    if is_gbk && !name.contains('\'') {
        return format!(
            "save the file with the encoding UTF-8; if it is in GBK: \
             `iconv -f GBK -t UTF-8 '{name}' > new.md && mv new.md '{name}'`"
        );
    }
    "save the file with the encoding UTF-8".to_owned()
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file changed since it was read first")
}

#[cfg(test)]
mod tests;
