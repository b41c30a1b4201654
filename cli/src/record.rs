//! What the last good build into a folder was made of and what it left there, kept
//! in `.lyceum/cache/` of the school, so that a build in which nothing changed need
//! only look whether that is so.
//!
//! The record can be removed at any time. It is believed only whole, with its digest,
//! and if this very program wrote it for the same folder and options.

use std::fs::{self, File};
use std::io::{self, BufWriter, IntoInnerError, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use compiler::cache::{Recipe, Worth};
use compiler::diagnostic::Diagnostic;
use compiler::notes::Notes;
use contracts::digest::Digest;

use crate::compilation::Size;
use crate::folder_cache::seal::Seal;
use crate::record::codec::{Reader, Writer};
use crate::record::listing::Listing;
use crate::record::notes::NoteFile;
use crate::school_folder::{clear, keep_out_of_git, make_own, own_folder};

pub(crate) mod codec;
pub(crate) mod input;
pub(crate) mod listing;
pub(crate) mod notes;
pub(crate) mod stamp;

const OWN_FOLDER: &str = ".lyceum";
const FOLDER: &str = ".lyceum/cache/builds";

/// Starts every record; the number changes with what a record looks like inside.
const MAGIC: &[u8; 16] = b"lyceum build  02";

/// Takes half a million files. What is larger is not kept, since reading it would
/// cost more memory than a build may take.
const MAX_BYTES: u64 = 128 * 1024 * 1024;

/// Tells the key of a record from those of all else that is sealed.
const RECIPE: Recipe = Recipe { tool: "lyceum build", parameters: "record", worth: Worth::Keeping };

/// Enough for every folder and every set of options that one school is built with.
const MAX_RECORDS: usize = 16;

/// Notes are larger, and of use to whoever builds again and again.
const MAX_NOTES: usize = 4;

/// What their names end in.
const NOTES: &str = ".notes";

/// The last good build.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// What there was to tell.
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) size: Size,
    /// Everything that the compiler reads.
    pub(crate) inputs: Listing,
    /// What git's answer depends on, if that is known without asking it.
    pub(crate) git: Option<Digest>,
    /// What git answered.
    pub(crate) history: Digest,
    /// Everything in the output folder.
    pub(crate) outputs: Listing,
    /// Names the notes that the build took, if it did.
    pub(crate) notes: Option<Digest>,
    /// What amendments of that build have noted since.
    pub(crate) later: Notes,
}

/// Where the record of one output folder and one set of options is kept.
#[derive(Debug)]
pub(crate) struct Shelf {
    root: PathBuf,
    /// Names the output folder and the options.
    name: Digest,
    /// Names this program too.
    seal: Digest,
}

impl Shelf {
    /// The place for builds of a school into `out`, an absolute path, with options in
    /// any form that tells them apart. `None` if the program can't tell what it is
    /// itself, or if there is no key: a record that came with a clone of the school,
    /// with an output to go with it, must not be believed.
    pub(crate) fn of(root: &Path, out: &Path, options: &str) -> Option<Self> {
        Self::sealed_by(&Seal::own().ok()?, root, out, options)
    }

    fn sealed_by(seal: &Seal, root: &Path, out: &Path, options: &str) -> Option<Self> {
        let mut hasher = blake3::Hasher::new_derive_key("lyceum 2026-11 build record");
        for part in [root.as_os_str(), out.as_os_str(), options.as_ref()] {
            let part = part.as_encoded_bytes();
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let name = Digest::from_bytes(*hasher.finalize().as_bytes());
        let seal = seal.of(&RECIPE.key(&name), &crate::program::stamp()?);
        Some(Self { root: root.to_owned(), name, seal })
    }

    /// The record, if there is one that can be believed.
    pub(crate) fn take(&self) -> Option<Record> {
        Record::from_bytes(&self.take_bytes()?)
    }

    /// As [`Shelf::take`], for a record of another kind.
    pub(crate) fn take_bytes(&self) -> Option<Vec<u8>> {
        let path = own_folder(&self.root, FOLDER).ok()?.join(self.name.to_string());
        if !path.symlink_metadata().ok()?.is_file() {
            return None;
        }
        let file = File::open(path).ok()?;
        let length = file.metadata().ok()?.len().min(MAX_BYTES);
        let mut bytes = Vec::with_capacity(usize::try_from(length).ok()?.saturating_add(1));
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
        if bytes.len() as u64 > MAX_BYTES {
            return None;
        }
        let (magic, rest) = bytes.split_first_chunk()?;
        let (seal, body) = rest.split_first_chunk::<32>()?;
        if magic != MAGIC || self.seal_of(body).as_bytes() != seal {
            return None;
        }
        bytes.drain(..MAGIC.len() + 32);
        Some(bytes)
    }

    /// Keeps the notes of a build that is about to be recorded in place of the last
    /// ones. That they can't be kept is no reason to stop.
    pub(crate) fn put_notes(&self, notes: &Notes) -> Option<Digest> {
        if notes.is_empty() {
            return None;
        }
        let written = self.folder().and_then(|folder| {
            let file = tempfile::NamedTempFile::new_in(folder)?;
            let mut to = BufWriter::new(file);
            let table = notes::write(notes, &mut to)?;
            to.into_inner().map_err(IntoInnerError::into_error)?.persist(self.path_of_notes())?;
            Ok(table)
        });
        written.ok()
    }

    /// The notes of a record, if they can be believed.
    pub(crate) fn notes(&self, record: &Record) -> Option<NoteFile> {
        own_folder(&self.root, FOLDER).ok()?;
        NoteFile::open(&self.path_of_notes(), record.notes.as_ref()?)
    }

    /// Keeps a record in place of the last one. That it can't be kept is no reason to
    /// stop: the next build takes longer.
    pub(crate) fn put(&self, record: &Record) {
        match record.to_bytes() {
            Ok(body) => self.put_bytes(&body),
            Err(_) => self.forget(),
        }
    }

    /// As [`Shelf::put`], for a record of another kind.
    pub(crate) fn put_bytes(&self, body: &[u8]) {
        // What stood there is out of date in any case.
        if self.write(body).is_err() {
            self.forget();
        }
    }

    /// Removes the record: what it says is about to become wrong.
    pub(crate) fn forget(&self) {
        if own_folder(&self.root, FOLDER).is_err() {
            return;
        }
        let _ = clear(&self.path());
    }

    fn write(&self, body: &[u8]) -> io::Result<()> {
        if body.len() as u64 + 48 > MAX_BYTES {
            return Err(io::Error::other("the record is too large"));
        }
        let folder = self.folder()?;
        let mut file = tempfile::NamedTempFile::new_in(&folder)?;
        file.write_all(MAGIC)?;
        file.write_all(self.seal_of(body).as_bytes())?;
        file.write_all(body)?;
        file.persist(self.path())?;
        sweep(&folder)
    }

    /// The folder of all records, made if need be.
    fn folder(&self) -> io::Result<PathBuf> {
        let folder = own_folder(&self.root, FOLDER).map_err(io::Error::other)?;
        keep_out_of_git(&self.root.join(OWN_FOLDER)).map_err(io::Error::other)?;
        make_own(&folder)?;
        for path in [self.path(), self.path_of_notes()] {
            if path.is_dir() {
                clear(&path)?;
            }
        }
        Ok(folder)
    }

    fn path_of_notes(&self) -> PathBuf {
        self.root.join(FOLDER).join(format!("{}{NOTES}", self.name))
    }

    fn path(&self) -> PathBuf {
        self.root.join(FOLDER).join(self.name.to_string())
    }

    fn seal_of(&self, body: &[u8]) -> blake3::Hash {
        blake3::keyed_hash(self.seal.as_bytes(), body)
    }
}

/// Removes all but the newest records and notes, and what a build that was killed left
/// behind.
fn sweep(folder: &Path) -> io::Result<()> {
    let mut records: Vec<(SystemTime, PathBuf)> = Vec::new();
    let mut notes = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_note = entry.file_name().as_encoded_bytes().ends_with(NOTES.as_bytes());
        let kind = if is_note { &mut notes } else { &mut records };
        kind.push((entry.metadata()?.modified()?, entry.path()));
    }
    for (mut files, most) in [(records, MAX_RECORDS), (notes, MAX_NOTES)] {
        files.sort();
        let old = files.len().saturating_sub(most);
        for (_, path) in files.into_iter().take(old) {
            let _ = fs::remove_file(path);
        }
    }
    Ok(())
}

impl Record {
    /// What is of use for amendments.
    pub(crate) fn kept(&self) -> (Option<Digest>, Notes) {
        (self.notes, self.later.clone())
    }

    fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut writer = Writer::default();
        writer.bytes(&serde_json::to_vec(&self.diagnostics)?);
        let Size { pages, gated_lessons, files, bytes } = self.size;
        for number in [pages as u64, gated_lessons as u64, files as u64, bytes] {
            writer.number(number);
        }
        self.inputs.write(&mut writer);
        writer.number(self.git.is_some().into());
        self.git.iter().for_each(|digest| writer.digest(digest));
        writer.digest(&self.history);
        self.outputs.write(&mut writer);
        writer.number(self.notes.is_some().into());
        self.notes.iter().for_each(|digest| writer.digest(digest));
        writer.number(self.later.iter().len() as u64);
        for (name, note) in self.later.iter() {
            writer.bytes(name.as_bytes());
            writer.bytes(note);
        }
        Ok(writer.into_bytes())
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let diagnostics = serde_json::from_slice(reader.bytes()?).ok()?;
        let mut count = || usize::try_from(reader.number()?).ok();
        let (pages, gated_lessons, files) = (count()?, count()?, count()?);
        let size = Size { pages, gated_lessons, files, bytes: reader.number()? };
        let inputs = Listing::read(&mut reader)?;
        let perhaps = |reader: &mut Reader<'_>| match reader.number()? {
            0 => Some(None),
            _ => reader.digest().map(Some),
        };
        let git = perhaps(&mut reader)?;
        let history = reader.digest()?;
        let outputs = Listing::read(&mut reader)?;
        let notes = perhaps(&mut reader)?;
        let mut later = Vec::new();
        for _ in 0..reader.number()? {
            later.push((reader.text()?, reader.bytes()?.to_vec()));
        }
        let later = later.into_iter().collect();
        let record = Self { diagnostics, size, inputs, git, history, outputs, notes, later };
        reader.is_at_end().then_some(record)
    }
}

#[cfg(all(test, unix))]
mod tests;
