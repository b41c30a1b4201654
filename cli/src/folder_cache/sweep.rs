//! Keeps a cache from growing without end.
//!
//! The folder came with the school, so anybody may have put something there: only what
//! a cache names is ever removed, and no link is followed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::folder_cache::{PACKS, pack};

/// A temporary file of this age belongs to a build that was killed.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What temporary files begin with.
const TEMPORARY: &str = ".tmp";

/// A file that a cache made.
struct Swept {
    modified: SystemTime,
    path: PathBuf,
    bytes: u64,
}

/// Removes what was not used for longest, until the rest is small enough, and what
/// killed builds left behind.
pub(super) fn sweep(folder: &Path, max_bytes: u64) {
    let now = SystemTime::now();
    let mut files = Vec::new();
    for shelf in own_shelves(folder) {
        let is_packs = shelf.file_name().is_some_and(|name| name == PACKS);
        // What can't be looked at is another program's business.
        for entry in fs::read_dir(&shelf).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            let Some(modified) = metadata.modified().ok().filter(|_| metadata.is_file()) else {
                continue;
            };
            let (name, path) = (entry.file_name(), entry.path());
            let name = name.to_string_lossy();
            if name.starts_with(TEMPORARY) {
                if now.duration_since(modified).unwrap_or_default() > ABANDONED_AFTER {
                    let _ = fs::remove_file(path);
                }
            } else if is_digest(
                name.strip_suffix(pack::SUFFIX).filter(|_| is_packs).unwrap_or(&name),
            ) {
                files.push(Swept { modified, path, bytes: metadata.len() });
            }
        }
    }
    let mut total: u64 = files.iter().map(|file| file.bytes).sum();
    files.sort_by(|a, b| (a.modified, &a.path).cmp(&(b.modified, &b.path)));
    for file in files {
        if total <= max_bytes {
            break;
        }
        if fs::remove_file(file.path).is_ok() {
            total -= file.bytes;
        }
    }
}

/// The folders that a cache makes in its own: nothing else is ever removed from.
fn own_shelves(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_own = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_shelf = name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        // Of a link this is the kind of the link.
        (is_shelf || name == PACKS) && entry.file_type().is_ok_and(|kind| kind.is_dir())
    };
    entries.filter(is_own).map(|entry| entry.path()).collect()
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
