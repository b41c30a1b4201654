//! Brings an imported course up to date without losing what its author changed.
//!
//! `import.lock` in the school says what each file was made of and its digest as
//! it was written. New files are laid ready first and then put in place one by
//! one, so that an interrupted run is finished by the next one. Only files below
//! the course, the lock and `.lyceum/import/` are ever written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use contracts::id::Slug;
use import::{Content, Made};
use serde::{Deserialize, Serialize};

use super::merge;
use crate::failure::Failure;

/// The record of all imports, in the school and in git.
const LOCK: &str = "import.lock";
/// Texts as they were imported, by digest; without one there is no merge.
const BASES: &str = ".lyceum/import/base";
/// What an interrupted run left to be put in place.
const PENDING: &str = ".lyceum/import/pending";

/// Whether files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    Write,
    DryRun,
}

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

/// One course of the lock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    /// By what they were made of.
    files: BTreeMap<String, Locked>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locked {
    /// From the top of the course.
    path: String,
    /// What was written.
    digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockFile {
    courses: BTreeMap<String, Lock>,
}

impl Lock {
    /// Ids of lessons by source.
    pub(super) fn ids(&self) -> BTreeMap<String, String> {
        let id = |(key, file): (&String, &Locked)| Some((key.clone(), file.id.clone()?));
        self.files.iter().filter_map(id).collect()
    }

    fn of(files: &BTreeMap<String, Made>) -> anyhow::Result<Self> {
        let mut lock = Self::default();
        for (path, made) in files {
            let digest = digest(&bytes(&made.content, path)?);
            let locked = Locked { path: path.clone(), digest, id: made.id.clone() };
            lock.files.insert(made.key.clone(), locked);
        }
        Ok(lock)
    }
}

/// What is to be put in place, in full: enough to go on after an interruption.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pending {
    course: String,
    steps: Vec<Step>,
    lock: Lock,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// From the top of the course.
    path: String,
    /// What stood there when the step was planned.
    before: Option<String>,
    /// The digest that it is to have; `None` takes it away.
    after: Option<String>,
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
        replace(&self.school.join(LOCK), text.as_bytes())
            .with_context(|| format!("failed to write `{LOCK}`"))
    }

    /// Notes a course that is written for the first time.
    pub(super) fn record(&self, files: &BTreeMap<String, Made>) -> anyhow::Result<()> {
        self.keep_bases(files)?;
        self.write_lock(Lock::of(files)?)
    }

    /// Lays the texts down that a later import merges with.
    fn keep_bases(&self, files: &BTreeMap<String, Made>) -> anyhow::Result<()> {
        let folder = self.school.join(BASES);
        fs::create_dir_all(&folder).with_context(|| format!("failed to make `{BASES}`"))?;
        for made in files.values() {
            if let Content::Text(text) = &made.content {
                let path = folder.join(digest(text.as_bytes()));
                if !path.exists() {
                    replace(&path, text.as_bytes())
                        .with_context(|| format!("failed to write into `{BASES}`"))?;
                }
            }
        }
        Ok(())
    }

    /// Brings the course up to date, or says what that would do.
    pub(super) fn update(
        &self,
        files: &BTreeMap<String, Made>,
        lock: &Lock,
        mode: Mode,
    ) -> anyhow::Result<Vec<Change>> {
        let plan = Plan::of(self, files, lock)?;
        if mode == Mode::Write {
            self.keep_bases(files)?;
            self.stage(&plan)?;
            self.finish()?;
        }
        let mut changes = plan.changes;
        changes.sort_by(|a, b| (&a.path, a.what).cmp(&(&b.path, b.what)));
        Ok(changes)
    }

    /// Lays everything ready; nothing of the course is touched yet.
    fn stage(&self, plan: &Plan) -> anyhow::Result<()> {
        let folder = self.school.join(PENDING);
        let made = || -> anyhow::Result<()> {
            fs::create_dir_all(&folder)?;
            for bytes in plan.contents.values() {
                replace(&folder.join(digest(bytes)), bytes)?;
            }
            let pending = Pending {
                course: self.course.as_str().to_owned(),
                steps: plan.steps(),
                lock: plan.lock.clone(),
            };
            // From here on the next run goes on where this one ends.
            Ok(replace(&folder.join("plan.json"), &serde_json::to_vec(&pending)?)?)
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
            replace(&file, bytes)
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
    fn read(&self, path: &str) -> anyhow::Result<Option<Vec<u8>>> {
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
                fs::read(&file).map(Some).with_context(|| format!("failed to read `{path}`"))
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

    fn base(&self, digest: &str) -> Option<String> {
        fs::read_to_string(self.school.join(BASES).join(plain(digest).ok()?)).ok()
    }
}

/// What an update does, before it does it.
struct Plan {
    changes: Vec<Change>,
    /// Files as they are to be, from the top of the course.
    contents: BTreeMap<String, Vec<u8>>,
    /// Files that stand where none should any more.
    removed: Vec<String>,
    /// What stands there now.
    before: BTreeMap<String, String>,
    lock: Lock,
}

impl Plan {
    fn of(store: &Store<'_>, files: &BTreeMap<String, Made>, lock: &Lock) -> anyhow::Result<Self> {
        let mut plan = Self {
            changes: Vec::new(),
            contents: BTreeMap::new(),
            removed: Vec::new(),
            before: BTreeMap::new(),
            lock: Lock::of(files)?,
        };
        let owned: Vec<&str> = lock.files.values().map(|file| file.path.as_str()).collect();
        for (path, made) in files {
            let theirs = bytes(&made.content, path)?;
            plan.file(store, path, lock.files.get(&made.key), theirs, &owned)?;
        }
        let keys: Vec<&String> = files.values().map(|made| &made.key).collect();
        for (key, old) in lock.files.iter().filter(|(key, _)| !keys.contains(key)) {
            let Some(mine) = store.read(&old.path)? else { continue };
            if digest(&mine) == old.digest {
                plan.removed.push(old.path.clone());
                plan.tell(&old.path, Outcome::Removed);
            } else {
                plan.tell(&old.path, Outcome::Orphaned);
                plan.lock.files.insert(key.clone(), old.clone());
            }
        }
        let contents = &plan.contents;
        plan.removed.retain(|path| !contents.contains_key(path));
        for path in plan.contents.keys().chain(&plan.removed) {
            if let Some(bytes) = store.read(path)? {
                plan.before.insert(path.clone(), digest(&bytes));
            }
        }
        Ok(plan)
    }

    fn file(
        &mut self,
        store: &Store<'_>,
        path: &str,
        old: Option<&Locked>,
        theirs: Vec<u8>,
        owned: &[&str],
    ) -> anyhow::Result<()> {
        let Some(old) = old else {
            match store.read(path)? {
                Some(mine) if mine == theirs => {}
                // A file of the author's own has the name.
                Some(_) if !owned.contains(&path) => {
                    self.contents.insert(beside(path), theirs);
                    self.tell(path, Outcome::Conflict);
                }
                _ => {
                    self.contents.insert(path.to_owned(), theirs);
                    self.tell(path, Outcome::Added);
                }
            }
            return Ok(());
        };
        let Some(mine) = store.read(&old.path)? else {
            self.tell(path, Outcome::LeftRemoved);
            return Ok(());
        };
        let is_moved = old.path != path;
        let mine_digest = digest(&mine);
        let (text, what) = if mine == theirs {
            (mine, is_moved.then_some(Outcome::Updated))
        } else if mine_digest == old.digest {
            (theirs, Some(Outcome::Updated))
        } else if digest(&theirs) == old.digest {
            (mine, Some(Outcome::Kept))
        } else if let Some(text) = merged(store, old, &mine, &theirs) {
            (text.into_bytes(), Some(Outcome::Merged))
        } else {
            self.contents.insert(beside(path), theirs);
            (mine, Some(Outcome::Conflict))
        };
        if is_moved || digest(&text) != mine_digest {
            // Its place may belong to a file of the author's own.
            if is_moved
                && !owned.contains(&path)
                && store.read(path)?.is_some_and(|own| own != text)
            {
                self.contents.insert(beside(path), text);
                self.tell(path, Outcome::Conflict);
                return Ok(());
            }
            self.contents.insert(path.to_owned(), text);
        }
        if is_moved {
            self.removed.push(old.path.clone());
        }
        if let Some(what) = what {
            self.tell(path, what);
        }
        Ok(())
    }

    fn tell(&mut self, path: &str, what: Outcome) {
        self.changes.push(Change { path: path.to_owned(), what });
    }

    fn steps(&self) -> Vec<Step> {
        let step = |path: &String, after| Step {
            path: path.clone(),
            before: self.before.get(path).cloned(),
            after,
        };
        let put = self.contents.iter().map(|(path, bytes)| step(path, Some(digest(bytes))));
        let take = self.removed.iter().map(|path| step(path, None));
        put.chain(take).collect()
    }
}

fn merged(store: &Store<'_>, old: &Locked, mine: &[u8], theirs: &[u8]) -> Option<String> {
    let base = store.base(&old.digest)?;
    merge::merged(&base, std::str::from_utf8(mine).ok()?, std::str::from_utf8(theirs).ok()?)
}

/// Where the book's version stands when the author's stays.
fn beside(path: &str) -> String {
    format!("{path}.import")
}

/// A path that can't leave the folder it is joined to.
fn plain(path: &str) -> anyhow::Result<&str> {
    let fits = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0', ':']);
    if path.split('/').all(fits) {
        return Ok(path);
    }
    Err(Failure::new(
        format!("`{path}` in the record of the import is no path"),
        "restore `import.lock` from git",
    )
    .into())
}

fn bytes(content: &Content, path: &str) -> anyhow::Result<Vec<u8>> {
    match content {
        Content::Text(text) => Ok(text.clone().into_bytes()),
        Content::Copy(original) => fs::read(original)
            .with_context(|| format!("failed to read what `{path}` is copied from")),
    }
}

fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// Replaces a file whole or not at all; a link there is replaced and not followed.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let mut file = tempfile::Builder::new().prefix(".import-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}
