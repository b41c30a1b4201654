//! Removing from an output folder what the site does not have.
//!
//! Folders to which nobody added anything are not listed. What was listed is stamped
//! before, so that the next build need not list it either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

use crate::output::known::Known;
use crate::record::stamp::{Moment, Stamp};

/// Goes through both sides of an output folder.
#[derive(Debug)]
pub(super) struct Pruning<'a> {
    root: &'a Path,
    /// The paths of all files of the site.
    files: BTreeSet<&'a str>,
    /// The folders that they stand in.
    folders: BTreeSet<&'a str>,
    known: &'a Known<'a>,
    /// Folders that this build has put something into.
    touched: BTreeSet<&'a str>,
    moment: Moment,
    /// How many files were removed.
    pub(super) removed: usize,
    /// Of every folder of the site.
    pub(super) stamps: BTreeMap<String, Stamp>,
}

impl<'a> Pruning<'a> {
    /// `files` are all that shall stay; into the folders of `written` the build has
    /// put something.
    pub(super) fn new(
        root: &'a Path,
        files: impl IntoIterator<Item = &'a str>,
        written: impl IntoIterator<Item = &'a str>,
        known: &'a Known<'a>,
    ) -> Self {
        let files: BTreeSet<&str> = files.into_iter().collect();
        let folders = files.iter().flat_map(|path| folders_above(path)).collect();
        // A folder also changes by a folder that is made in it.
        let touched = written.into_iter().flat_map(folders_above).collect();
        let (removed, stamps) = (0, BTreeMap::new());
        let moment = Moment::now();
        Self { root, files, folders, known, touched, moment, removed, stamps }
    }

    /// Removes every file that is not named, and the folders that are empty then.
    pub(super) fn run(&mut self) -> io::Result<()> {
        for side in ["public", "private"] {
            if self.root.join(side).symlink_metadata().is_ok() {
                self.folder(side)?;
            }
        }
        Ok(())
    }

    fn folder(&mut self, path: &str) -> io::Result<()> {
        let (stamp, entries) = self.entries(path)?;
        let mut is_as_found = true;
        for (name, kind) in entries {
            let below = format!("{path}/{name}");
            match kind {
                Kind::Folder => {
                    self.folder(&below)?;
                    if !self.folders.contains(below.as_str()) {
                        // Fails on a folder that still holds something, as it should.
                        let _ = fs::remove_dir(self.root.join(&below));
                        is_as_found = false;
                    }
                }
                Kind::File if !self.files.contains(below.as_str()) => {
                    fs::remove_file(self.root.join(&below))?;
                    self.removed += 1;
                    is_as_found = false;
                }
                Kind::File => {}
            }
        }
        if self.folders.contains(path) {
            // Someone could have put something there since it was listed.
            let stamp = if is_as_found { stamp } else { Stamp::UNKNOWN };
            self.stamps.insert(path.to_owned(), stamp);
        }
        Ok(())
    }

    fn entries(&self, path: &str) -> io::Result<(Stamp, Vec<(String, Kind)>)> {
        if !self.touched.contains(path)
            && let Some(folder) = self.known.folder(path)
        {
            let files = folder.files.iter().map(|(name, _)| (name.clone(), Kind::File));
            let folders = self.known.folders_in(path).into_iter().map(|name| (name, Kind::Folder));
            return Ok((folder.stamp, files.chain(folders).collect()));
        }
        let place = self.root.join(path);
        let stamp = Stamp::of(&place.symlink_metadata()?, self.moment);
        let mut entries = Vec::new();
        for entry in fs::read_dir(&place)? {
            let entry = entry?;
            let kind = if entry.file_type()?.is_dir() { Kind::Folder } else { Kind::File };
            // Every file of a site has a name that is text.
            match entry.file_name().into_string() {
                Ok(name) => entries.push((name, kind)),
                Err(_) => remove(&entry.path(), kind)?,
            }
        }
        Ok((stamp, entries))
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Folder,
    /// Or a link, which is never followed.
    File,
}

fn remove(path: &Path, kind: Kind) -> io::Result<()> {
    match kind {
        Kind::Folder => fs::remove_dir_all(path),
        Kind::File => fs::remove_file(path),
    }
}

/// The folders that a path stands in, the nearest first.
pub(super) fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/'), |(folder, _)| folder.rsplit_once('/'))
        .map(|(folder, _)| folder)
}
