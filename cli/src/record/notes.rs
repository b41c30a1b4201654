//! The notes of a build in a file beside its record, of which the next build reads the few
//! that it needs.
//!
//! A table says where each note stands and what its digest is; whoever knows the digest
//! of the table can believe every note.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use compiler::notes::{Noted, Notes};
use contracts::digest::Digest;

/// Starts the file; the number changes with what it looks like inside.
const MAGIC: &[u8; 16] = b"lyceum notes  01";

/// A name's digest, where the note stands, how long it is, and its digest.
const ENTRY_BYTES: usize = 32 + 8 + 8 + 32;

/// No school has more notes than that.
const MAX_ENTRIES: u64 = 4 * 1024 * 1024;

/// No note is longer.
const MAX_NOTE_BYTES: u64 = 256 * 1024 * 1024;

/// Notes that stand in a file.
#[derive(Debug)]
pub(crate) struct NoteFile {
    file: Mutex<File>,
    table: Vec<u8>,
}

/// Writes all notes, and tells the digest of their table.
pub(super) fn write(notes: &Notes, to: &mut impl Write) -> io::Result<Digest> {
    let mut entries: Vec<([u8; 32], &[u8])> =
        notes.iter().map(|(name, note)| (name_of(name), note)).collect();
    entries.sort_unstable_by_key(|(name, _)| *name);
    let mut table = Vec::with_capacity(entries.len() * ENTRY_BYTES);
    let mut at = (MAGIC.len() + 8 + entries.len() * ENTRY_BYTES) as u64;
    for (name, note) in &entries {
        table.extend(name);
        table.extend(at.to_le_bytes());
        table.extend((note.len() as u64).to_le_bytes());
        table.extend(blake3::hash(note).as_bytes());
        at += note.len() as u64;
    }
    to.write_all(MAGIC)?;
    to.write_all(&(entries.len() as u64).to_le_bytes())?;
    to.write_all(&table)?;
    for (_, note) in entries {
        to.write_all(note)?;
    }
    Ok(digest(&table))
}

impl NoteFile {
    /// Opens notes whose table has this digest.
    pub(super) fn open(path: &Path, table: &Digest) -> Option<Self> {
        if !path.symlink_metadata().ok()?.is_file() {
            return None;
        }
        let mut file = File::open(path).ok()?;
        let mut head = [0; MAGIC.len() + 8];
        file.read_exact(&mut head).ok()?;
        let (magic, count) = head.split_at(MAGIC.len());
        let count = u64::from_le_bytes(count.try_into().ok()?);
        if magic != MAGIC || count > MAX_ENTRIES {
            return None;
        }
        let bytes = count.checked_mul(ENTRY_BYTES as u64)?;
        // A damaged count must not fill the memory.
        let room = bytes.min(file.metadata().ok()?.len());
        let mut read = Vec::with_capacity(usize::try_from(room).ok()?);
        (&mut file).take(bytes).read_to_end(&mut read).ok()?;
        (read.len() as u64 == bytes && digest(&read) == *table)
            .then(|| Self { file: Mutex::new(file), table: read })
    }

    fn read(&self, at: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        let length = length.min(MAX_NOTE_BYTES);
        let mut note = Vec::with_capacity(usize::try_from(length).map_err(io::Error::other)?);
        (&mut *file).take(length).read_to_end(&mut note)?;
        Ok(note)
    }
}

impl Noted for NoteFile {
    fn note(&self, name: &str) -> Option<Vec<u8>> {
        let (entries, _) = self.table.as_chunks::<ENTRY_BYTES>();
        let name = name_of(name);
        let entry = entries.binary_search_by(|entry| entry.split_at(32).0.cmp(&name)).ok()?;
        let entry = entries.get(entry)?.get(32..)?;
        let (at, entry) = entry.split_first_chunk::<8>()?;
        let (length, expected) = entry.split_first_chunk::<8>()?;
        let note = self.read(u64::from_le_bytes(*at), u64::from_le_bytes(*length)).ok()?;
        (blake3::hash(&note).as_bytes().as_slice() == expected).then_some(note)
    }
}

fn name_of(name: &str) -> [u8; 32] {
    *blake3::hash(name.as_bytes()).as_bytes()
}

fn digest(bytes: &[u8]) -> Digest {
    Digest::from_bytes(*blake3::hash(bytes).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_found_whole_or_not_at_all() {
        let notes = Notes::from_iter((0..100_u8).map(|n| (format!("note {n}"), vec![n; n.into()])));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes");
        let table = write(&notes, &mut File::create(&path).unwrap()).unwrap();
        let open = || NoteFile::open(&path, &table);
        for (name, note) in notes.iter() {
            assert_eq!(open().unwrap().note(name).as_deref(), Some(note), "{name}");
        }
        assert_eq!(open().unwrap().note("another"), None);

        let good = std::fs::read(&path).unwrap();
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 4;
            std::fs::write(&path, &bad).unwrap();
            for (name, note) in notes.iter() {
                let found = open().and_then(|notes| notes.note(name));
                assert!(found.is_none() || found.as_deref() == Some(note), "{name} {at}");
            }
            std::fs::write(&path, &good[..at]).unwrap();
            let last = open().and_then(|notes| notes.note("note 99"));
            assert!(last.is_none() || last.unwrap() == [99; 99]);
        }
    }
}
