//! The places of a school that an import reads and writes, and how it writes.
//!
//! New files are laid ready first and then put in place one by one, each whole
//! or not at all, so that an interrupted run is finished by the next one. Only
//! files below the course, the lock, the bases and `.lyceum/import/` are ever
//! written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use contracts::id::Slug;
use import::{Content, Made};
use serde::{Deserialize, Serialize};

use super::lock::{Lock, LockFile, digest, plain};
use crate::failure::Failure;

/// The record of all imports, in the school and in git.
const LOCK: &str = "import.lock";
/// Texts as they were imported, by digest, in git beside the lock: whoever has
/// the school can merge, and git stores a text once that is a lesson as well.
const BASES: &str = "import.base";
/// What an interrupted run left to be put in place.
const PENDING: &str = ".lyceum/import/pending";

/// What became of a file of the course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    /// From the top of the course.
    pub(crate) path: String,
    pub(crate) what: Outcome,
}

/// What can become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    Added,
    Updated,
    /// The author's version stays, the book's didn't change.
    Kept,
    /// The book's changes are in the author's version.
    Merged,
    /// The author's version stays, the book's stands beside it.
    Conflict,
    Removed,
    /// The book dropped it, and it stays since the author changed it.
    Orphaned,
    /// The author removed it, and it stays so.
    LeftRemoved,
    /// An interrupted run was finished.
    Finished,
}

/// What is to be put in place, in full: enough to go on after an interruption.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pending {
    course: String,
    steps: Vec<Step>,
    lock: Lock,
}

/// One file to be put in place or taken away.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// From the top of the course.
    pub(super) path: String,
    /// What stood there when the step was planned.
    pub(super) before: Option<String>,
    /// The digest that it is to have; `None` takes it away.
    pub(super) after: Option<String>,
}

/// The places of a school that an import writes to.
pub(super) struct Store<'a> {
    school: PathBuf,
    course: &'a Slug,
}

impl<'a> Store<'a> {
    pub(super) fn open(school: &Path, course: &'a Slug) -> anyhow::Result<Self> {
        let school = school
            .canonicalize()
            .with_context(|| format!("failed to open `{}`", school.display()))?;
        let store = Self { school, course };
        for place in ["content", ".lyceum", ".lyceum/import", BASES, PENDING] {
            store.stays_inside(place)?;
        }
        store.stays_inside(&format!("content/{course}"))?;
        Ok(store)
    }

    /// A link in the school must not lead the import out of it.
    fn stays_inside(&self, place: &str) -> anyhow::Result<()> {
        let path = self.school.join(place);
        let Ok(real) = path.canonicalize() else { return Ok(()) };
        if real == path {
            return Ok(());
        }
        let hint = "an import writes only into folders of the school";
        Err(Failure::new(format!("`{place}` is a link to another place"), hint).into())
    }

    pub(super) fn lock(&self) -> anyhow::Result<Option<Lock>> {
        Ok(self.lock_file()?.courses.remove(self.course.as_str()))
    }

    fn lock_file(&self) -> anyhow::Result<LockFile> {
        let text = match fs::read_to_string(self.school.join(LOCK)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(LockFile::default()),
            Err(error) => return Err(error).with_context(|| format!("failed to read `{LOCK}`")),
        };
        let file: LockFile =
            serde_json::from_str(&text).with_context(|| format!("failed to read `{LOCK}`"))?;
        let paths = file.courses.values().flat_map(|lock| lock.files.values());
        for locked in paths {
            plain(&locked.path)?;
        }
        Ok(file)
    }

    fn write_lock(&self, lock: Lock) -> anyhow::Result<()> {
        let mut file = self.lock_file()?;
        file.courses.insert(self.course.as_str().to_owned(), lock);
        let text = serde_json::to_string_pretty(&file)? + "\n";
        self.replace(&self.school.join(LOCK), text.as_bytes())
            .with_context(|| format!("failed to write `{LOCK}`"))?;
        self.drop_bases(&file)
    }

    /// Takes away the bases that no course needs any more.
    fn drop_bases(&self, lock: &LockFile) -> anyhow::Result<()> {
        let locked = lock.courses.values().flat_map(|lock| lock.files.values());
        let needed: BTreeSet<&str> = locked.map(|file| file.digest.as_str()).collect();
        let is_digest =
            |name: &str| name.len() == 64 && name.chars().all(|c| c.is_ascii_hexdigit());
        let drop = || -> io::Result<()> {
            let folder = self.school.join(BASES);
            fs::create_dir_all(&folder)?;
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let name = entry.file_name();
                // Whatever else lies there is not ours.
                let is_ours = name.to_str().is_some_and(is_digest);
                if is_ours && name.to_str().is_some_and(|name| !needed.contains(name)) {
                    fs::remove_file(entry.path())?;
                }
            }
            Ok(())
        };
        drop().with_context(|| format!("failed to tidy `{BASES}`"))
    }

    /// Notes a course that is written for the first time.
    pub(super) fn record(&self, files: &BTreeMap<String, Made>) -> anyhow::Result<()> {
        self.keep_bases(files)?;
        self.write_lock(Lock::of(files)?)
    }

    /// Writes a new course in one piece: laid ready first, so that an import
    /// that fails or is stopped leaves no part of it.
    pub(super) fn write(&self, files: &BTreeMap<String, Made>) -> anyhow::Result<()> {
        let pending = self.school.join(PENDING);
        let staging = pending.join("course");
        let write = |path: &String, made: &Made| {
            let file = staging.join(path);
            fs::create_dir_all(file.parent().unwrap_or(&staging))?;
            match &made.content {
                Content::Text(text) => fs::write(&file, text),
                // Not `fs::copy`: a file the book protects would stay protected.
                Content::Copy(original) => {
                    io::copy(&mut fs::File::open(original)?, &mut fs::File::create(&file)?)
                        .map(drop)
                }
            }
        };
        for (path, made) in files {
            write(path, made).with_context(|| format!("failed to write `{path}`"))?;
        }
        let target = format!("content/{}", self.course);
        fs::create_dir_all(self.school.join("content"))
            .and_then(|()| fs::rename(&staging, self.school.join(&target)))
            .with_context(|| format!("failed to write `{target}`"))?;
        fs::remove_dir_all(&pending).with_context(|| format!("failed to remove `{PENDING}`"))
    }

    /// Lays the texts down that a later import merges with.
    pub(super) fn keep_bases(&self, files: &BTreeMap<String, Made>) -> anyhow::Result<()> {
        let folder = self.school.join(BASES);
        fs::create_dir_all(&folder).with_context(|| format!("failed to make `{BASES}`"))?;
        for made in files.values() {
            if let Content::Text(text) = &made.content {
                let path = folder.join(digest(text.as_bytes()));
                if !path.exists() {
                    self.replace(&path, text.as_bytes())
                        .with_context(|| format!("failed to write into `{BASES}`"))?;
                }
            }
        }
        Ok(())
    }

    /// Lays everything ready; nothing of the course is touched yet.
    pub(super) fn stage<'c>(
        &self,
        contents: impl Iterator<Item = &'c Vec<u8>>,
        steps: Vec<Step>,
        lock: Lock,
    ) -> anyhow::Result<()> {
        let folder = self.school.join(PENDING);
        let made = || -> anyhow::Result<()> {
            for bytes in contents {
                self.replace(&folder.join(digest(bytes)), bytes)?;
            }
            let pending = Pending { course: self.course.as_str().to_owned(), steps, lock };
            // From here on the next run goes on where this one ends.
            Ok(self.replace(&folder.join("plan.json"), &serde_json::to_vec(&pending)?)?)
        };
        made().with_context(|| format!("failed to write into `{PENDING}`"))
    }

    /// Puts in place what was laid ready, by this run or by one that was
    /// interrupted. What an author wrote in between is never overwritten.
    pub(super) fn finish(&self) -> anyhow::Result<Vec<Change>> {
        let folder = self.school.join(PENDING);
        let text = match fs::read(folder.join("plan.json")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Without a plan it is the rest of a run that changed nothing.
                if folder.exists() {
                    fs::remove_dir_all(&folder)?;
                }
                return Ok(Vec::new());
            }
            Err(error) => return Err(error).with_context(|| format!("failed to read `{PENDING}`")),
        };
        let pending: Pending = serde_json::from_slice(&text)
            .with_context(|| format!("failed to read `{PENDING}/plan.json`"))?;
        let course = Slug::parse(&pending.course)
            .with_context(|| format!("failed to read `{PENDING}/plan.json`"))?;
        let store = Store { school: self.school.clone(), course: &course };
        store.stays_inside(&format!("content/{course}"))?;
        let mut changes = Vec::new();
        for step in &pending.steps {
            changes.extend(store.step(step)?);
        }
        store.write_lock(pending.lock)?;
        fs::remove_dir_all(&folder).with_context(|| format!("failed to remove `{PENDING}`"))?;
        Ok(changes)
    }

    fn step(&self, step: &Step) -> anyhow::Result<Option<Change>> {
        plain(&step.path)?;
        let now = self.read(&step.path)?.map(|bytes| digest(&bytes));
        if now == step.after {
            return Ok(None);
        }
        let is_as_planned = now == step.before;
        let Some(after) = &step.after else {
            if is_as_planned {
                let path = self.file(&step.path)?;
                fs::remove_file(&path)
                    .with_context(|| format!("failed to remove `{}`", step.path))?;
                self.remove_empty_folders(&path);
            }
            return Ok(None);
        };
        let bytes = fs::read(self.school.join(PENDING).join(plain(after)?))
            .with_context(|| format!("failed to read `{PENDING}`"))?;
        let path = if is_as_planned { step.path.clone() } else { beside(&step.path) };
        self.put(&path, &bytes)?;
        let what = if is_as_planned { Outcome::Finished } else { Outcome::Conflict };
        Ok(Some(Change { path: step.path.clone(), what }))
    }

    fn put(&self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let file = self.file(path)?;
        let write = || {
            fs::create_dir_all(file.parent().unwrap_or(&file))?;
            self.replace(&file, bytes)
        };
        write().with_context(|| format!("failed to write `{path}`"))
    }

    /// A file of the course; a folder on the way to it may not be a link.
    fn file(&self, path: &str) -> anyhow::Result<PathBuf> {
        let course = format!("content/{}", self.course);
        let mut place = course.clone();
        for part in plain(path)?.split('/') {
            self.stays_inside(&place)?;
            place = format!("{place}/{part}");
        }
        Ok(self.school.join(place))
    }

    /// What stands in the course; `None` if there is nothing.
    pub(super) fn read(&self, path: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let file = self.file(path)?;
        match fs::symlink_metadata(&file) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error).with_context(|| format!("failed to read `{path}`")),
            Ok(data) if data.is_file() => {
                let bytes = fs::read(&file).with_context(|| format!("failed to read `{path}`"))?;
                Ok(Some(if is_page(path) { with_plain_lines(bytes) } else { bytes }))
            }
            Ok(_) => {
                let hint = "an import replaces only files; move it away first";
                Err(Failure::new(format!("`{path}` in the course is not a file"), hint).into())
            }
        }
    }

    fn remove_empty_folders(&self, file: &Path) {
        let top = self.school.join("content").join(self.course.as_str());
        for folder in file.ancestors().skip(1).take_while(|folder| **folder != top) {
            // A folder that is not empty stays.
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }

    /// A page as it was imported, if it is still known.
    pub(super) fn base(&self, digest: &str) -> Option<String> {
        let bytes = fs::read(self.school.join(BASES).join(plain(digest).ok()?)).ok()?;
        String::from_utf8(with_plain_lines(bytes)).ok()
    }

    /// Replaces a file whole or not at all; a link there is replaced and not
    /// followed. It is written where the next run tidies up.
    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let scratch = self.school.join(PENDING);
        fs::create_dir_all(&scratch)?;
        let mut file = tempfile::Builder::new().prefix(".import-").tempfile_in(scratch)?;
        file.write_all(bytes)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        file.persist(path).map(drop).map_err(|error| error.error)
    }
}

fn is_page(path: &str) -> bool {
    path.ends_with(".md")
}

/// A text with `\n` between its lines: git may have written it in the way of
/// the machine, which is no change of the author's.
fn with_plain_lines(bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) if text.contains("\r\n") => text.replace("\r\n", "\n").into_bytes(),
        Ok(text) => text.into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// Where the book's version stands when the author's stays.
pub(super) fn beside(path: &str) -> String {
    format!("{path}.import")
}
