//! Derived bytes in `.lyceum/cache/derived/` of the school, from one build to the next.
//!
//! The folder can be removed at any time. What is in it is believed only with its seal,
//! so a file that was cut off, changed or put there by someone else is removed and made
//! anew. Files appear whole, so two builds may share the folder.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use compiler::cache::{Cache, Key};
use compiler::site::digest;
use contracts::digest::Digest;

use crate::folder_cache::pack::Packs;
use crate::folder_cache::remote::Remote;
use crate::folder_cache::seal::Seal;
use crate::folder_cache::sweep::sweep;
use crate::program;
use crate::school_folder::{clear, keep_out_of_git, make_own, own_folder};

mod pack;
mod remote;
pub(crate) mod seal;
mod sweep;

const OWN_FOLDER: &str = ".lyceum";
const FOLDER: &str = ".lyceum/cache/derived";
const PACKS: &str = "packs";

/// What is longer has a file of its own.
const MAX_PACKED_BYTES: usize = 32 * 1024;

/// Starts every file; the number changes with what a file looks like inside.
const MAGIC: &[u8; 16] = b"lyceum derived 2";

/// A file is `MAGIC`, the seal, the bytes.
const HEAD_BYTES: usize = MAGIC.len() + 32;

/// Enough for the copies of ten thousand photos. A disk has more room, but nobody
/// looks into this folder.
const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Noting every use would write to the disk as often as reading from it.
const USE_IS_NOTED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest file that is read back.
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The cache of a school.
#[derive(Debug)]
pub(crate) struct FolderCache {
    root: PathBuf,
    /// `None` if nothing can be kept, which is then told.
    open: Option<Open>,
    /// `None` if there is none, or once the build has ended.
    remote: Mutex<Option<Arc<Remote>>>,
    /// Why the shared cache is of no use, until it is told.
    remote_trouble: Mutex<Option<String>>,
    program: Option<Digest>,
    trouble: Mutex<Trouble>,
    /// Whether anything was added, so that it may be too large now.
    grew: AtomicBool,
}

#[derive(Debug)]
struct Open {
    folder: PathBuf,
    packs: Packs,
    seal: Seal,
}

/// Whether the folder can be written to.
#[derive(Debug)]
enum Trouble {
    None,
    /// It can't, for this reason, and nobody was told yet.
    Untold(String),
    Told,
}

impl FolderCache {
    /// The cache of the school in a folder. Nothing is written into it until something
    /// has to be kept.
    pub(crate) fn of(root: &Path) -> Self {
        let seal = match Seal::own() {
            Ok(seal) => seal,
            Err(reason) => return Self::closed(root, reason),
        };
        let mut cache = Self::sealed(root, seal);
        match Remote::from_env(seal) {
            None => {}
            Some(Ok(remote)) => cache.remote = Mutex::new(Some(Arc::new(remote))),
            Some(Err(reason)) => cache.remote_trouble = Mutex::new(Some(reason)),
        }
        cache
    }

    fn sealed(root: &Path, seal: Seal) -> Self {
        match own_folder(root, FOLDER) {
            Ok(folder) => {
                let packs = Packs::of(folder.join(PACKS), seal);
                let open = Some(Open { folder, packs, seal });
                let program = program::stamp().map(|stamp| digest(&stamp));
                Self { open, program, ..Self::with(root, Trouble::None) }
            }
            Err(error) => Self::closed(root, error.to_string()),
        }
    }

    fn closed(root: &Path, reason: String) -> Self {
        Self::with(root, Trouble::Untold(reason))
    }

    fn with(root: &Path, trouble: Trouble) -> Self {
        Self {
            root: root.to_owned(),
            open: None,
            remote: Mutex::default(),
            remote_trouble: Mutex::default(),
            program: None,
            trouble: Mutex::new(trouble),
            grew: AtomicBool::new(false),
        }
    }

    /// Why the shared cache was not used, or not believed, told once.
    pub(crate) fn remote_trouble(&self) -> Option<String> {
        self.remote_trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn remote(&self) -> Option<Arc<Remote>> {
        self.remote.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for what is on its way to the shared cache.
    fn end_remote(&self) {
        let remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(remote) = remote.and_then(Arc::into_inner) else { return };
        if let Some(reason) = remote.end() {
            *self.remote_trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
        }
    }

    /// Why nothing could be kept, told once.
    pub(crate) fn trouble(&self) -> Option<String> {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *trouble, Trouble::Told) {
            Trouble::Untold(reason) => Some(reason),
            Trouble::Told => None,
            Trouble::None => {
                *trouble = Trouble::None;
                None
            }
        }
    }

    /// Ends a build: keeps what is still on its way, and removes what was not used for
    /// longest, until the rest is small enough.
    pub(crate) fn finish(&self) {
        self.end_remote();
        let Some(open) = &self.open else { return };
        self.note(open.packs.finish());
        // To look at ten thousand pictures takes longer than to build after an edit.
        if self.grew.load(Ordering::Relaxed) {
            sweep(&open.folder, MAX_BYTES);
        }
    }

    fn note(&self, outcome: io::Result<()>) {
        let Err(error) = outcome else { return };
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*trouble, Trouble::None) {
            *trouble = Trouble::Untold(error.to_string());
        }
    }

    fn is_writable(&self) -> bool {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*trouble, Trouble::None)
    }

    fn put_here(&self, open: &Open, key: &Key, bytes: &[u8]) {
        if self.is_writable() {
            self.grew.store(true, Ordering::Relaxed);
            self.note(self.write(open, key, bytes));
        }
    }

    fn write(&self, open: &Open, key: &Key, bytes: &[u8]) -> io::Result<()> {
        let keep = || keep_out_of_git(&self.root.join(OWN_FOLDER)).map_err(io::Error::other);
        if bytes.len() <= MAX_PACKED_BYTES {
            if !open.packs.has_new() {
                keep()?;
            }
            return open.packs.put(key, bytes);
        }
        let path = open.file(key);
        let Some(shelf) = path.parent() else { return Ok(()) };
        if !shelf.is_dir() || shelf.is_symlink() {
            keep()?;
            make_own(shelf)?;
        }
        let mut file = tempfile::NamedTempFile::new_in(shelf)?;
        file.write_all(MAGIC)?;
        file.write_all(open.seal.of(key, bytes).as_bytes())?;
        file.write_all(bytes)?;
        // A file that another build put there in the meantime is the same.
        file.persist(&path)?;
        Ok(())
    }
}

impl Open {
    fn file(&self, key: &Key) -> PathBuf {
        let name = key.digest().to_string();
        let shelf = name.get(..2).unwrap_or_default();
        self.folder.join(shelf).join(&name)
    }

    /// The bytes of a file, if it is the one that was written under this key.
    fn read(&self, path: &Path, key: &Key) -> Option<Vec<u8>> {
        let found = path.symlink_metadata().ok()?;
        if !found.is_file() || found.len() > MAX_FILE_BYTES {
            return None;
        }
        let mut file = File::open(path).ok()?;
        let mut bytes = Vec::new();
        (&mut file).take(MAX_FILE_BYTES).read_to_end(&mut bytes).ok()?;
        let (head, _) = bytes.split_at_checked(HEAD_BYTES)?;
        let sealed = head.strip_prefix(MAGIC)?.to_vec();
        let bytes = bytes.split_off(HEAD_BYTES);
        if self.seal.of(key, &bytes).as_bytes().as_slice() != sealed {
            return None;
        }
        note_use(&file);
        Some(bytes)
    }
}

impl Cache for FolderCache {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let open = self.open.as_ref()?;
        if let Some(bytes) = open.get(key) {
            return Some(bytes);
        }
        let bytes = self.remote()?.get(key)?;
        // The next build need not ask.
        self.put_here(open, key, &bytes);
        Some(bytes)
    }

    fn put(&self, key: &Key, bytes: &[u8]) {
        let Some(open) = &self.open else { return };
        self.put_here(open, key, bytes);
        if let Some(remote) = self.remote() {
            remote.put(key, bytes);
        }
    }

    fn program(&self) -> Option<Digest> {
        self.program
    }
}

impl Open {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        if let Some(bytes) = self.packs.get(key) {
            return Some(bytes);
        }
        let path = self.file(key);
        if path.symlink_metadata().is_err() {
            return None;
        }
        let bytes = self.read(&path, key);
        if bytes.is_none() {
            // It would be looked at in vain every time.
            let _ = clear(&path);
        }
        bytes
    }
}

fn note_use(file: &File) {
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    let now = SystemTime::now();
    let is_old = modified
        .is_ok_and(|at| now.duration_since(at).is_ok_and(|since| since > USE_IS_NOTED_AFTER));
    if is_old {
        // Without it the file only seems older than it is.
        let _ = file.set_modified(now);
    }
}

#[cfg(test)]
mod tests;
