//! Small derived bytes, thousands of them to a file: a file of its own for each line
//! of code or compressed page would cost more to make than it saves.
//!
//! A build writes what is new into one pack, whose end names what stands where. Packs
//! are merged with those that are not much larger, so there are never many. A pack that
//! is cut off, changed or foreign is removed; each piece is believed only with its seal.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use compiler::cache::Key;
use contracts::digest::Digest;
use tempfile::NamedTempFile;

use super::seal::Seal;
use crate::school_folder::{clear, make_own};

/// Starts every pack; the number changes with what a pack looks like inside.
const MAGIC: &[u8; 16] = b"lyceum pack    1";

/// Ends the name of every pack.
pub(super) const SUFFIX: &str = ".pack";

/// An entry of the list at the end: key, seal, place, length.
const ENTRY_BYTES: usize = 32 + 32 + 8 + 8;

/// What ends a pack: the length of its list, and the list's digest.
const END_BYTES: u64 = 8 + 32;

/// A pack is merged with others of up to so many times its size.
const MERGED_UP_TO: u64 = 2;

/// The packs of one folder.
#[derive(Debug)]
pub(super) struct Packs {
    folder: PathBuf,
    seal: Seal,
    state: Mutex<Option<State>>,
}

/// What is known once the folder was looked at.
#[derive(Debug, Default)]
struct State {
    packs: Vec<Arc<Pack>>,
    places: HashMap<Digest, (Arc<Pack>, Place)>,
    new: Option<NewPack>,
}

/// A pack that is whole, as far as its list goes.
#[derive(Debug)]
struct Pack {
    path: PathBuf,
    bytes: u64,
    file: Mutex<File>,
}

/// Where a piece stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    seal: Digest,
    start: u64,
    length: u64,
}

/// A pack that is being written, under a name that nobody looks for.
#[derive(Debug)]
struct NewPack {
    file: BufWriter<NamedTempFile>,
    at: u64,
    places: HashMap<Digest, Place>,
}

impl Packs {
    /// The packs in a folder, which is looked at when something is asked for.
    pub(super) fn of(folder: PathBuf, seal: Seal) -> Self {
        Self { folder, seal, state: Mutex::new(None) }
    }

    /// A piece as it was put. One that was put since the last [`Self::finish`] is not
    /// found: it stands in nothing that is whole.
    pub(super) fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let (pack, place) = self.state().as_ref()?.places.get(key.digest()).cloned()?;
        let bytes = pack.read(&place).ok();
        if let Some(bytes) = bytes.filter(|bytes| self.seal.of(key, bytes) == place.seal) {
            return Some(bytes);
        }
        // Where one piece is damaged others may be.
        let _ = fs::remove_file(&pack.path);
        if let Some(state) = self.state().as_mut() {
            state.forget(&pack);
        }
        None
    }

    /// Whether this build has put anything yet.
    pub(super) fn has_new(&self) -> bool {
        self.state().as_ref().is_some_and(|state| state.new.is_some())
    }

    /// Adds a piece to the pack of this build.
    pub(super) fn put(&self, key: &Key, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let state = state.get_or_insert_default();
        let is_known = state.places.contains_key(key.digest());
        if is_known || state.new.as_ref().is_some_and(|new| new.places.contains_key(key.digest())) {
            return Ok(());
        }
        if state.new.is_none() {
            make_own(&self.folder)?;
            state.new = Some(NewPack::begin(&self.folder)?);
        }
        let seal = self.seal.of(key, bytes);
        state.new.as_mut().map_or(Ok(()), |new| new.add(*key.digest(), seal, bytes))
    }

    /// Ends the pack of this build, merged with those of about its size, and shows it
    /// to this build and the next.
    pub(super) fn finish(&self) -> io::Result<()> {
        let mut state = self.state();
        let Some(state) = state.as_mut() else { return Ok(()) };
        let Some(mut new) = state.new.take() else { return Ok(()) };
        let mut merged = Vec::new();
        state.packs.sort_by_key(|pack| pack.bytes);
        for pack in &state.packs {
            if pack.bytes > new.bytes().saturating_mul(MERGED_UP_TO) {
                break;
            }
            for (key, (_, place)) in
                state.places.iter().filter(|(_, (of, _))| Arc::ptr_eq(of, pack))
            {
                if let Ok(bytes) = pack.read(place) {
                    // A damaged piece keeps its seal, and is not believed later either.
                    new.add(*key, place.seal, &bytes)?;
                }
            }
            merged.push(Arc::clone(pack));
        }
        let (pack, places) = new.end(&self.folder)?;
        for pack in merged {
            state.forget(&pack);
            // Another build that has it open goes on reading it.
            let _ = fs::remove_file(&pack.path);
        }
        state.take(pack, places);
        Ok(())
    }

    /// The state, read from the folder if this is the first time.
    fn state(&self) -> MutexGuard<'_, Option<State>> {
        // A panic while the lock is held can't leave half an entry behind.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_none() {
            *state = Some(State::read(&self.folder));
        }
        state
    }
}

impl State {
    fn read(folder: &Path) -> Self {
        let mut state = Self::default();
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.to_string_lossy().ends_with(SUFFIX));
        paths.sort();
        for path in paths {
            // A link, a pipe or a folder came from somewhere else.
            let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
            match is_file.then(|| Pack::open(&path)) {
                Some(Ok((pack, places))) => state.take(pack, places),
                _ => drop(clear(&path)),
            }
        }
        state
    }

    fn take(&mut self, pack: Pack, places: HashMap<Digest, Place>) {
        let pack = Arc::new(pack);
        self.places
            .extend(places.into_iter().map(|(key, place)| (key, (Arc::clone(&pack), place))));
        self.packs.push(pack);
    }

    fn forget(&mut self, pack: &Arc<Pack>) {
        self.packs.retain(|other| !Arc::ptr_eq(other, pack));
        self.places.retain(|_, (of, _)| !Arc::ptr_eq(of, pack));
    }
}

impl Pack {
    fn open(path: &Path) -> io::Result<(Self, HashMap<Digest, Place>)> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut magic = [0; MAGIC.len()];
        file.read_exact(&mut magic)?;
        let start_of_end = bytes.checked_sub(END_BYTES).ok_or_else(damaged)?;
        file.seek(SeekFrom::Start(start_of_end))?;
        let (mut length, mut digest) = ([0; 8], [0; 32]);
        file.read_exact(&mut length)?;
        file.read_exact(&mut digest)?;
        let length = u64::from_le_bytes(length);
        let start_of_list = start_of_end.checked_sub(length).ok_or_else(damaged)?;
        file.seek(SeekFrom::Start(start_of_list))?;
        let mut list = Vec::new();
        (&mut file).take(length).read_to_end(&mut list)?;
        if magic != *MAGIC || list_digest(&list).as_bytes() != &digest {
            return Err(damaged());
        }
        let places = list.chunks_exact(ENTRY_BYTES).filter_map(entry).collect();
        Ok((Self { path: path.to_owned(), bytes, file: Mutex::new(file) }, places))
    }

    fn read(&self, place: &Place) -> io::Result<Vec<u8>> {
        let length = usize::try_from(place.length.min(self.bytes)).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place.start))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

impl NewPack {
    fn begin(folder: &Path) -> io::Result<Self> {
        let mut file = BufWriter::new(NamedTempFile::new_in(folder)?);
        file.write_all(MAGIC)?;
        Ok(Self { file, at: MAGIC.len() as u64, places: HashMap::new() })
    }

    /// How long it would be if it ended here.
    fn bytes(&self) -> u64 {
        self.at + (self.places.len() * ENTRY_BYTES) as u64 + END_BYTES
    }

    fn add(&mut self, key: Digest, seal: Digest, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        let length = bytes.len() as u64;
        self.places.insert(key, Place { seal, start: self.at, length });
        self.at += length;
        Ok(())
    }

    fn end(mut self, folder: &Path) -> io::Result<(Pack, HashMap<Digest, Place>)> {
        let mut list = Vec::with_capacity(self.places.len() * ENTRY_BYTES);
        for (key, place) in &self.places {
            list.extend_from_slice(key.as_bytes());
            list.extend_from_slice(place.seal.as_bytes());
            list.extend_from_slice(&place.start.to_le_bytes());
            list.extend_from_slice(&place.length.to_le_bytes());
        }
        let digest = list_digest(&list);
        self.file.write_all(&list)?;
        self.file.write_all(&(list.len() as u64).to_le_bytes())?;
        self.file.write_all(digest.as_bytes())?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let path = folder.join(format!("{digest}{SUFFIX}"));
        let mut file = file.persist(&path)?;
        let bytes = file.seek(SeekFrom::End(0))?;
        Ok((Pack { path, bytes, file: Mutex::new(file) }, self.places))
    }
}

fn entry(bytes: &[u8]) -> Option<(Digest, Place)> {
    let (key, rest) = bytes.split_first_chunk()?;
    let (seal, rest) = rest.split_first_chunk()?;
    let (start, rest) = rest.split_first_chunk()?;
    let length = rest.first_chunk()?;
    let place = Place {
        seal: Digest::from_bytes(*seal),
        start: u64::from_le_bytes(*start),
        length: u64::from_le_bytes(*length),
    };
    Some((Digest::from_bytes(*key), place))
}

fn list_digest(list: &[u8]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(MAGIC);
    hasher.update(list);
    Digest::from_bytes(*hasher.finalize().as_bytes())
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the pack is damaged")
}

#[cfg(test)]
mod tests {
    use compiler::cache::{Recipe, Worth};
    use compiler::site::digest;

    use super::*;

    const RECIPE: Recipe = Recipe { tool: "tool 1", parameters: "fast", worth: Worth::Keeping };

    fn key(input: &str) -> Key {
        RECIPE.key(&digest(input.as_bytes()))
    }

    fn packs(folder: &Path) -> Packs {
        Packs::of(folder.to_owned(), Seal::of_secret("ada"))
    }

    /// Another build that puts so many pieces.
    fn build(folder: &Path, name: &str, pieces: usize) {
        let packs = self::packs(folder);
        for number in 0..pieces {
            let input = format!("{name}{number}");
            packs.put(&key(&input), input.as_bytes()).unwrap();
        }
        packs.finish().unwrap();
    }

    fn get(folder: &Path, input: &str) -> Option<Vec<u8>> {
        packs(folder).get(&key(input))
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn what_a_build_put_is_there_once_the_pack_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let packs = self::packs(&folder.path().join("packs"));
        packs.put(&key("a"), b"one").unwrap();
        packs.put(&key("b"), b"").unwrap();
        assert_eq!(packs.get(&key("a")), None);
        packs.finish().unwrap();
        packs.finish().unwrap();
        for packs in [packs, self::packs(&folder.path().join("packs"))] {
            assert_eq!(packs.get(&key("a")).as_deref(), Some(b"one".as_slice()));
            assert_eq!(packs.get(&key("b")).as_deref(), Some(b"".as_slice()));
            assert_eq!(packs.get(&key("c")), None);
        }
    }

    #[test]
    fn a_hundred_builds_leave_few_packs_and_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..100 {
            build(folder.path(), &format!("build {number} "), 3);
        }
        assert!(files(folder.path()).len() < 10, "{}", files(folder.path()).len());
        for number in 0..100 {
            let input = format!("build {number} 2");
            assert_eq!(get(folder.path(), &input), Some(input.into_bytes()));
        }
    }

    #[test]
    fn a_pack_that_is_cut_off_changed_or_foreign_is_never_believed() {
        let folder = tempfile::tempdir().unwrap();
        build(folder.path(), "a", 2);
        let path = files(folder.path()).remove(0);
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut flipped = whole.clone();
            *flipped.get_mut(place).unwrap() ^= 0x10;
            for bytes in [&flipped, whole.get(..place).unwrap(), &[b"x", whole.as_slice()].concat()]
            {
                fs::write(&path, bytes).unwrap();
                let packs = self::packs(folder.path());
                for number in 0..2 {
                    let input = format!("a{number}");
                    let found = packs.get(&key(&input));
                    assert!(found.is_none() || found == Some(input.into_bytes()), "{place}");
                }
                assert!(!path.exists(), "{place}");
            }
        }
        build(folder.path(), "a", 2);
        assert_eq!(get(folder.path(), "a1").as_deref(), Some(b"a1".as_slice()));
    }

    #[test]
    fn a_pack_that_another_person_made_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        build(folder.path(), "a", 1);
        let other = Packs::of(folder.path().to_owned(), Seal::of_secret("bob"));
        assert_eq!(other.get(&key("a0")), None);
        assert_eq!(files(folder.path()).len(), 0);
    }

    #[test]
    fn a_build_that_is_killed_leaves_nothing_that_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let packs = self::packs(folder.path());
        packs.put(&key("a"), &[7; 100_000]).unwrap();
        // The file stays, as after a power cut.
        let new = packs.state().as_mut().and_then(|state| state.new.take()).unwrap();
        new.file.into_inner().unwrap().keep().unwrap();
        assert_eq!(files(folder.path()).len(), 1);
        assert_eq!(get(folder.path(), "a"), None);
        build(folder.path(), "a", 1);
        assert!(get(folder.path(), "a0").is_some());
    }

    #[test]
    fn builds_at_once_keep_what_each_of_them_made() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for name in ["a", "b", "c", "d"] {
                let folder = folder.path();
                scope.spawn(move || {
                    for number in 0..20 {
                        build(folder, &format!("{name}{number} "), 5);
                    }
                });
            }
        });
        build(folder.path(), "last", 1);
        assert_eq!(get(folder.path(), "last0").as_deref(), Some(b"last0".as_slice()));
        for path in files(folder.path()) {
            assert!(Pack::open(&path).is_ok());
        }
    }
}
