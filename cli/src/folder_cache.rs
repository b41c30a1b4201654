//! Derived bytes in `.lyceum/cache/derived/` of the school, from one build to the next.
//!
//! The folder can be removed at any time. What is in it is believed only with its seal,
//! so a file that was cut off, changed or put there by someone else is removed and made
//! anew. Files appear whole, so two builds may share the folder.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use compiler::cache::{Cache, Key};
use compiler::site::digest;
use contracts::digest::Digest;

use crate::folder_cache::pack::Packs;
use crate::folder_cache::remote::Remote;
use crate::folder_cache::seal::Seal;
use crate::program;
use crate::school_folder::{clear, keep_out_of_git, make_own, own_folder};

mod pack;
mod remote;
pub(crate) mod seal;

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

/// What temporary files begin with.
const TEMPORARY: &str = ".tmp";

/// A temporary file of this age belongs to a build that was killed.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

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
        sweep(&open.folder, MAX_BYTES);
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

/// A file that a cache made.
struct Swept {
    modified: SystemTime,
    path: PathBuf,
    bytes: u64,
}

fn sweep(folder: &Path, max_bytes: u64) {
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

#[cfg(test)]
mod tests {
    use compiler::cache::{Recipe, Worth};
    use compiler::site::digest;

    use super::*;

    const RECIPE: Recipe = Recipe { tool: "tool 1", parameters: "fast", worth: Worth::Keeping };

    /// Too long for a pack.
    const DERIVED: &[u8] = &[7; MAX_PACKED_BYTES + 1];

    fn key(input: &str) -> Key {
        RECIPE.key(&digest(input.as_bytes()))
    }

    fn of(root: &Path) -> FolderCache {
        FolderCache::sealed(root, Seal::of_secret("ada"))
    }

    fn place(cache: &FolderCache, key: &Key) -> PathBuf {
        cache.open.as_ref().unwrap().file(key)
    }

    fn cache() -> (tempfile::TempDir, FolderCache) {
        let root = tempfile::tempdir().unwrap();
        let cache = of(root.path());
        (root, cache)
    }

    #[test]
    fn what_was_kept_is_there_for_the_next_build_and_not_for_git() {
        let (root, cache) = cache();
        assert_eq!(cache.get(&key("a")), None);
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0, "reading writes nothing");
        cache.put(&key("a"), DERIVED);
        cache.put(&key("small"), b"packed");
        cache.finish();
        let next = of(root.path());
        assert_eq!(next.get(&key("a")).as_deref(), Some(DERIVED));
        assert_eq!(next.get(&key("small")).as_deref(), Some(b"packed".as_slice()));
        assert_eq!(next.get(&key("b")), None);
        assert_eq!(fs::read_to_string(root.path().join(".lyceum/.gitignore")).unwrap(), "*\n");
        assert_eq!(next.trouble(), None);
    }

    #[test]
    fn a_file_that_is_not_as_it_was_written_is_removed_and_made_anew() {
        let (_root, cache) = cache();
        let key = key("a");
        cache.put(&key, DERIVED);
        let path = place(&cache, &key);
        let whole = fs::read(&path).unwrap();
        let mut damaged =
            vec![b"".to_vec(), b"foreign".to_vec(), [whole.clone(), vec![0]].concat()];
        for place in (0..100).chain([whole.len() / 2, whole.len() - 1]) {
            damaged.push(whole.get(..place).unwrap().to_vec());
            let mut flipped = whole.clone();
            *flipped.get_mut(place).unwrap() ^= 0x10;
            damaged.push(flipped);
        }
        for bytes in damaged {
            fs::write(&path, &bytes).unwrap();
            assert_eq!(cache.get(&key), None);
            assert!(!path.exists());
            cache.put(&key, DERIVED);
            assert_eq!(cache.get(&key).as_deref(), Some(DERIVED));
        }
    }

    #[test]
    fn a_file_under_the_name_of_another_is_not_believed() {
        let (_root, cache) = cache();
        cache.put(&key("a"), DERIVED);
        fs::create_dir_all(place(&cache, &key("b")).parent().unwrap()).unwrap();
        fs::copy(place(&cache, &key("a")), place(&cache, &key("b"))).unwrap();
        assert_eq!(cache.get(&key("b")), None);
    }

    #[test]
    fn a_folder_that_takes_nothing_is_told_once_and_hurts_nobody() {
        let (root, cache) = cache();
        // A file stands where the folder should be, which stops even the superuser.
        fs::write(root.path().join(".lyceum"), "").unwrap();
        cache.put(&key("a"), DERIVED);
        cache.put(&key("b"), DERIVED);
        assert_eq!(cache.get(&key("a")), None);
        assert!(cache.trouble().is_some());
        assert_eq!(cache.trouble(), None);
    }

    #[test]
    fn two_builds_at_once_do_not_hurt_each_other() {
        let (root, _) = cache();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let cache = of(root.path());
                    for number in 0..40 {
                        let (key, bytes) =
                            (key(&number.to_string()), vec![number; MAX_PACKED_BYTES * 2]);
                        match cache.get(&key) {
                            Some(kept) => assert_eq!(kept, bytes),
                            None => cache.put(&key, &bytes),
                        }
                    }
                    assert_eq!(cache.trouble(), None);
                });
            }
        });
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let (root, cache) = cache();
        let now = SystemTime::now();
        for (input, days) in [("a", 3), ("b", 9), ("c", 5)] {
            cache.put(&key(input), &[0; MAX_PACKED_BYTES + 1]);
            let file = File::options().write(true).open(place(&cache, &key(input))).unwrap();
            file.set_modified(now - Duration::from_secs(days * 86_400)).unwrap();
        }
        let abandoned = place(&cache, &key("a")).with_file_name(".tmpold");
        let file = File::create(&abandoned).unwrap();
        file.set_modified(now - Duration::from_secs(2 * 86_400)).unwrap();
        // A use is as good as being made.
        assert!(cache.get(&key("b")).is_some());

        sweep(&root.path().join(FOLDER), 2 * MAX_PACKED_BYTES as u64 + 1000);

        let kept = ["a", "b", "c"].map(|input| place(&cache, &key(input)).exists());
        assert_eq!(kept, [true, true, false]);
        assert!(!abandoned.exists());
    }

    #[test]
    fn what_another_person_made_is_not_believed() {
        let (root, cache) = cache();
        cache.put(&key("a"), DERIVED);
        let other = FolderCache::sealed(root.path(), Seal::of_secret("bob"));
        assert_eq!(other.get(&key("a")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_place_of_the_folder_or_of_a_file_is_not_followed() {
        use std::os::unix::fs::symlink;
        let (root, cache) = cache();
        cache.put(&key("a"), DERIVED);
        fs::remove_file(place(&cache, &key("a"))).unwrap();
        symlink("/dev/zero", place(&cache, &key("a"))).unwrap();
        assert_eq!(cache.get(&key("a")), None);

        let home = tempfile::tempdir().unwrap();
        let precious = home.path().join(".env");
        let file = File::create(&precious).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(9 * 86_400)).unwrap();
        fs::remove_dir_all(root.path().join(FOLDER)).unwrap();
        symlink(home.path(), root.path().join(FOLDER)).unwrap();
        let cache = of(root.path());
        cache.put(&key("a"), DERIVED);
        cache.finish();
        assert!(cache.trouble().unwrap().ends_with("derived` is a link to another place"));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        // Even of a folder of its own only what a cache makes is removed.
        sweep(home.path(), 0);
        assert!(precious.exists());
    }
}
