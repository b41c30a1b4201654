//! The walk through a school's folder and the reading of its files.
//!
//! Whatever is not plainly a file or folder of the school is refused, not skipped:
//! a link that was followed by mistake would be published.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use contracts::digest::Digest;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use walkdir::{DirEntry, WalkDir};

use crate::source::{HELD_BYTES, Links, ROOTS, SourceBytes, SourceError, SourceFile, SourcePath};

/// Files that the compiler reads into are held up to this length. No text or
/// picture of a lesson comes near it; above, it is passed on like a video.
const MAX_HELD_BYTES: u64 = 64 * 1024 * 1024;

/// So often a file that is being written to is read; whoever writes for longer is told.
const MAX_READS: usize = 20;

/// What the compiler itself reads into, whatever its length.
const READ_EXTENSIONS: [&str; 16] = [
    "md", "toml", "html", "css", "js", "ftl", "svg", "png", "jpg", "jpeg", "gif", "webp", "vtt",
    "json", "yaml", "yml",
];

type Files = BTreeMap<SourcePath, SourceFile>;

/// Every file of a school, and whether there are links among them.
pub(super) fn walk(root: &Path) -> Result<(Files, Links), SourceError> {
    let mut links = Links::None;
    let files = walk_from(root, root, is_ours, &mut links)?;
    Ok((files, links))
}

/// Every file at a path of a school, or below it, with that path. `None` if only a walk
/// through all of the school can tell what there is.
pub(super) fn walk_below(
    root: &Path,
    path: &Path,
    links: Links,
) -> Result<Option<(SourcePath, Files)>, SourceError> {
    let Ok(below) = source_path(root, &root.join(path)) else { return Ok(None) };
    // In another spelling of Unicode it may be the name of another file too.
    let is_plain = path.to_str() == Some(below.as_str())
        && path.components().all(|part| matches!(part, Component::Normal(_)));
    let mut names = below.as_str().split('/');
    let is_ours = names.next().is_some_and(|first| ROOTS.contains(&first))
        && names.all(|name| !name.starts_with('.'));
    if links == Links::Some || !is_plain || !is_ours {
        return Ok(None);
    }
    let start = root.join(path);
    match start.symlink_metadata() {
        Ok(found) if found.is_symlink() => return Ok(None),
        Ok(_) => {}
        Err(error) if is_gone(&error) => return Ok(Some((below, Files::new()))),
        Err(source) => return Err(SourceError::Read { path: start, source }),
    }
    let mut links = Links::None;
    let is_shown = |entry: &DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let files = walk_from(root, &start, is_shown, &mut links)?;
    Ok((links == Links::None).then_some((below, files)))
}

/// Whether there is nothing at a path: a folder above it may be a file by now.
fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn walk_from(
    root: &Path,
    start: &Path,
    is_ours: impl Fn(&DirEntry) -> bool,
    links: &mut Links,
) -> Result<Files, SourceError> {
    let read = |source| SourceError::Read { path: root.to_owned(), source };
    let real_root = root.canonicalize().map_err(read)?;
    let mut found = Vec::new();
    let walk = WalkDir::new(start).follow_links(true).into_iter();
    for entry in walk.filter_entry(is_ours) {
        let entry = entry.map_err(|error| walk_error(root, error))?;
        if entry.depth() > 0 && entry.path_is_symlink() {
            *links = Links::Some;
        }
        if let Some(path) = path_of(root, &real_root, &entry)? {
            found.push((path, entry.into_path()));
        }
    }
    let read: Vec<_> = found.par_iter().map(|(path, place)| read_file(path, place)).collect();
    let mut files = BTreeMap::new();
    for ((path, place), file) in found.into_iter().zip(read) {
        let file = file.map_err(|source| SourceError::Read { path: place, source })?;
        if files.insert(path.clone(), file).is_some() {
            return Err(SourceError::SameName(path));
        }
    }
    Ok(files)
}

/// Keeps the walk out of dot files and of what else stands beside a school,
/// such as its output or its version control.
fn is_ours(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    match entry.depth() {
        0 => true,
        1 => ROOTS.contains(&name.as_ref()),
        _ => !name.starts_with('.'),
    }
}

/// The path of a file of the school; `None` for a folder.
fn path_of(
    root: &Path,
    real_root: &Path,
    entry: &DirEntry,
) -> Result<Option<SourcePath>, SourceError> {
    let path = entry.path();
    let read = |source| SourceError::Read { path: path.to_owned(), source };
    if entry.depth() > 0
        && entry.path_is_symlink()
        && !is_inside(real_root, &path.canonicalize().map_err(read)?)
    {
        return Err(SourceError::LeavesSchool(path.to_owned()));
    }
    if entry.file_type().is_dir() {
        return Ok(None);
    }
    // Opening a pipe would wait for ever.
    if !entry.file_type().is_file() {
        return Err(SourceError::NotAFile(path.to_owned()));
    }
    let source_path = source_path(root, path)?;
    if entry.path_is_symlink() {
        // A name decides what a file is, and so who may read it.
        let target = path.canonicalize().map_err(read)?;
        let kind = |path: &Path| path.extension().map(|kind| kind.to_ascii_lowercase());
        if kind(&target) != kind(path) {
            return Err(SourceError::OtherKind(path.to_owned()));
        }
    }
    Ok(Some(source_path))
}

/// Whether a link leads to what the walk would read anyway. Beside a school stand
/// its release key and its version control, which a link must not publish.
fn is_inside(real_root: &Path, target: &Path) -> bool {
    let Ok(relative) = target.strip_prefix(real_root) else { return false };
    let mut names = relative.components().map(|part| part.as_os_str().to_string_lossy());
    names.next().is_some_and(|first| ROOTS.contains(&first.as_ref()))
        && names.all(|name| !name.starts_with('.'))
}

fn source_path(root: &Path, path: &Path) -> Result<SourcePath, SourceError> {
    let relative = path.strip_prefix(root).unwrap_or(path);
    let segments: Option<Vec<&str>> =
        relative.components().map(|part| part.as_os_str().to_str()).collect();
    let joined = segments.ok_or_else(|| SourceError::Name(path.to_owned()))?.join("/");
    if joined.chars().any(|c| c.is_control() || c == '\\') {
        return Err(SourceError::Character(path.to_owned()));
    }
    Ok(SourcePath::new(&joined))
}

pub(super) fn read_file(source_path: &SourcePath, path: &Path) -> io::Result<SourceFile> {
    settled(path, |file| read_opened(source_path, path, file))
}

/// What is read of a file that stays as it is meanwhile: the beginning of one text with
/// the end of another would be published as the whole. A file that is written to is
/// read again; one that was replaced is whole as it was read.
fn settled<T>(path: &Path, mut read: impl FnMut(&mut File) -> io::Result<T>) -> io::Result<T> {
    for _ in 0..MAX_READS {
        let mut file = open(path)?;
        let before = file.metadata()?;
        let found = read(&mut file);
        let after = file.metadata()?;
        if before.len() == after.len() && before.modified().ok() == after.modified().ok() {
            return found;
        }
    }
    Err(io::Error::other("it changes while it is read"))
}

fn read_opened(source_path: &SourcePath, path: &Path, file: &mut File) -> io::Result<SourceFile> {
    let limit = most_held(source_path);
    if file.metadata()?.len() <= limit {
        return Ok(SourceFile::held(&up_to(file, limit)?));
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file)?;
    Ok(SourceFile {
        digest: Digest::from_bytes(*hasher.finalize().as_bytes()),
        len: hasher.count(),
        bytes: SourceBytes::OnDisk(path.to_owned()),
    })
}

/// How long a file of this name may be to be held in memory.
pub(super) fn most_held(path: &SourcePath) -> u64 {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    let is_read = READ_EXTENSIONS.contains(&extension.as_str());
    if is_read { MAX_HELD_BYTES } else { HELD_BYTES }
}

/// Opens what was a file when it was listed, and is none any more if someone has
/// put something else in its place.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = opened(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file"))
    }
}

/// Opens without waiting: a pipe would have the build wait for a writer.
#[cfg(unix)]
fn opened(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn opened(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// All bytes of a file that was short enough when it was asked. One that has grown
/// past the limit since is an error: half a text would be published as the whole.
pub(super) fn up_to(file: &mut impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it grew while it was read"));
    }
    Ok(bytes)
}

fn walk_error(root: &Path, error: walkdir::Error) -> SourceError {
    let path = error.path().unwrap_or(root).to_owned();
    if error.loop_ancestor().is_some() {
        return SourceError::Loop(path);
    }
    let source = error.into_io_error().unwrap_or_else(|| io::Error::other("the walk failed"));
    SourceError::Read { path, source }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_is_written_to_is_read_again_and_in_the_end_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(&path, "one").unwrap();
        let mut reads = 0;
        let mut read_while_written = |times: usize| {
            reads = 0;
            settled(&path, |file| {
                reads += 1;
                let bytes = up_to(file, 100)?;
                if reads <= times {
                    fs::write(&path, "x".repeat(reads))?;
                }
                Ok(bytes)
            })
        };
        assert_eq!(read_while_written(0).unwrap(), b"one");
        assert_eq!(read_while_written(2).unwrap(), b"xx");
        let error = read_while_written(usize::MAX).unwrap_err();
        assert_eq!(error.to_string(), "it changes while it is read");
        assert_eq!(reads, MAX_READS);
    }
}
