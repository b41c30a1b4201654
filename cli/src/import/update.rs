//! Brings an imported course up to date without losing what its author changed:
//! which file is added, replaced, merged, kept or removed.
//!
//! Here it is decided; the store writes.

use std::collections::BTreeMap;

use import::Made;
use serde::Serialize;

use super::lock::{Lock, Locked, bytes, digest};
use super::merge;
use super::store::{Change, Outcome, Step, Store, beside};

/// Whether files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    Write,
    DryRun,
}

/// Brings the course up to date, or says what that would do.
pub(super) fn update(
    store: &Store<'_>,
    files: &BTreeMap<String, Made>,
    lock: &Lock,
    mode: Mode,
) -> anyhow::Result<Vec<Change>> {
    let plan = Plan::of(store, files, lock)?;
    if mode == Mode::Write {
        store.keep_bases(files)?;
        store.stage(plan.contents.values(), plan.steps(), plan.lock.clone())?;
        store.finish()?;
    }
    let mut changes = plan.changes;
    changes.sort_by(|a, b| (&a.path, a.what).cmp(&(&b.path, b.what)));
    Ok(changes)
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
