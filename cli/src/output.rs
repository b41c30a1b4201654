//! The output folder of `lyceum build`: `public/`, `private/`, `manifest.json`.
//!
//! What changed is staged first and moved into place last, so a build that
//! fails leaves the folder as it was. A folder that another program or a person
//! filled is never touched.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use compiler::site::{Content, Site, SiteFile};
use contracts::access::Audience;
use contracts::digest::Digest;
use serde::Serialize;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::progress::Progress;

/// Marks a folder as ours, and is locked while it is being written.
const MARK: &str = ".lyceum-output";
const MARK_TEXT: &str = "`lyceum build` writes this folder and removes what it did not write.\n";

/// Staged files stand inside the folder itself: only there is a rename sure to
/// stay on one file system, as the folder may be a mounted volume.
const STAGING_PREFIX: &str = ".staging-";

/// A folder that a build may write to.
#[derive(Debug)]
pub(crate) struct OutputFolder {
    root: PathBuf,
}

/// What a build changed in the folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Changes {
    /// Files that are new or differ.
    pub(crate) written: usize,
    /// Files that stood there already, byte for byte.
    pub(crate) unchanged: usize,
    /// Files that the site no longer has.
    pub(crate) removed: usize,
}

impl OutputFolder {
    /// Takes a folder that is missing, empty, or was written by an earlier build.
    pub(crate) fn open(root: &Path) -> anyhow::Result<Self> {
        let entries = match fs::read_dir(root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { root: root.to_owned() });
            }
            Err(error) => {
                return Err(Failure::new(
                    format!("can't write to `{}`: {error}", root.display()),
                    "choose another folder with `--out`",
                )
                .into());
            }
        };
        let is_foreign = entries.count() > 0 && !root.join(MARK).is_file();
        let is_linked = ["public", "private"].iter().any(|side| root.join(side).is_symlink());
        if is_foreign || is_linked {
            return Err(Failure::new(
                format!(
                    "`{}` holds files that `lyceum build` did not write, and a build removes what it doesn't know",
                    root.display()
                ),
                "choose an empty folder with `--out`",
            )
            .into());
        }
        Ok(Self { root: root.to_owned() })
    }

    /// Makes the folder hold exactly this site. Files that are already right are
    /// not touched; the manifest is written last.
    pub(crate) fn write(&self, site: &Site, manifest: &[u8]) -> anyhow::Result<Changes> {
        self.write_all(site, manifest).map_err(|error| {
            if error.chain().any(|cause| cause.is::<Failure>()) {
                return error;
            }
            let hint = "make it writable, or choose another folder with `--out`";
            error.context(Failure::new(format!("can't write to `{}`", self.root.display()), hint))
        })
    }

    fn write_all(&self, site: &Site, manifest: &[u8]) -> anyhow::Result<Changes> {
        let was_missing = !self.root.exists();
        fs::create_dir_all(&self.root)?;
        let staged = match self.stage(site, manifest) {
            Ok(staged) => staged,
            Err(error) => {
                if was_missing {
                    // Only an empty folder can be removed this way.
                    let _ = fs::remove_file(self.root.join(MARK));
                    let _ = fs::remove_dir(&self.root);
                }
                return Err(error);
            }
        };
        self.commit(site, staged)
    }

    /// Writes what differs beside its place.
    fn stage(&self, site: &Site, manifest: &[u8]) -> anyhow::Result<Staged> {
        let mark = self.lock()?;
        self.sweep_staging()?;
        let folder = tempfile::Builder::new().prefix(STAGING_PREFIX).tempdir_in(&self.root)?;
        let progress = Progress::new("writing");
        progress.plan(site.files.len());
        let mut moves = Vec::new();
        let mut unchanged = 0;
        for file in &site.files {
            progress.advance();
            let place = self.place(file);
            if is_same(&place, file) {
                unchanged += 1;
                continue;
            }
            let staged = folder.path().join(moves.len().to_string());
            write_content(file, &staged)
                .with_context(|| format!("failed to write `{}`", place.display()))?;
            moves.push((staged, place));
        }
        let place = self.root.join("manifest.json");
        let manifest = if fs::read(&place).is_ok_and(|old| old == manifest) {
            None
        } else {
            let staged = folder.path().join("manifest.json");
            fs::write(&staged, manifest)?;
            Some((staged, place))
        };
        Ok(Staged { mark, folder, moves, manifest, unchanged })
    }

    fn commit(&self, site: &Site, staged: Staged) -> anyhow::Result<Changes> {
        for (from, to) in &staged.moves {
            self.make_way(to)?;
            fs::rename(from, to).with_context(|| format!("failed to write `{}`", to.display()))?;
        }
        let named: BTreeSet<PathBuf> = site.files.iter().map(|file| self.place(file)).collect();
        let removed = self.prune(&named)?;
        if let Some((from, to)) = &staged.manifest {
            fs::rename(from, to).with_context(|| format!("failed to write `{}`", to.display()))?;
        }
        staged.folder.close()?;
        drop(staged.mark);
        Ok(Changes { written: staged.moves.len(), unchanged: staged.unchanged, removed })
    }

    fn place(&self, file: &SiteFile) -> PathBuf {
        let side = match file.key.audience() {
            Audience::Everyone => "public",
            Audience::Entitled | Audience::Internal => "private",
        };
        self.root.join(side).join(file.key.path())
    }

    /// Two builds at once would remove each other's files.
    fn lock(&self) -> anyhow::Result<File> {
        let path = self.root.join(MARK);
        let mut mark = File::options().read(true).append(true).create(true).open(&path)?;
        if mark.try_lock().is_err() {
            return Err(Failure::new(
                format!("another build is writing to `{}`", self.root.display()),
                "wait until it is done, or choose another folder with `--out`",
            )
            .into());
        }
        if mark.metadata()?.len() == 0 {
            mark.write_all(MARK_TEXT.as_bytes())?;
        }
        Ok(mark)
    }

    /// A build that was killed could not tidy up after itself.
    fn sweep_staging(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(STAGING_PREFIX) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Makes the folders above `place` and clears away what now stands where a
    /// folder or this file must stand.
    fn make_way(&self, place: &Path) -> io::Result<()> {
        if place.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            fs::remove_dir_all(place)?;
        }
        let Some(folder) = place.parent() else { return Ok(()) };
        if folder.is_dir() && !folder.is_symlink() {
            return Ok(());
        }
        for above in folder.ancestors().take_while(|above| *above != self.root) {
            if above.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
                fs::remove_file(above)?;
            }
        }
        fs::create_dir_all(folder)
    }

    /// Removes every file that is not named, and the folders that are empty then.
    fn prune(&self, named: &BTreeSet<PathBuf>) -> anyhow::Result<usize> {
        let mut removed = 0;
        for side in ["public", "private"] {
            let folder = self.root.join(side);
            if !folder.exists() {
                continue;
            }
            for entry in walkdir::WalkDir::new(&folder).contents_first(true).min_depth(1) {
                let entry = entry?;
                if entry.file_type().is_dir() {
                    // Fails on a folder that still holds something, as it should.
                    let _ = fs::remove_dir(entry.path());
                } else if !named.contains(entry.path()) {
                    fs::remove_file(entry.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

/// Everything that is ready to be moved into place.
struct Staged {
    mark: File,
    folder: TempDir,
    moves: Vec<(PathBuf, PathBuf)>,
    manifest: Option<(PathBuf, PathBuf)>,
    unchanged: usize,
}

fn is_same(place: &Path, file: &SiteFile) -> bool {
    place.symlink_metadata().is_ok_and(|found| found.is_file() && found.len() == file.len())
        && digest_of(place).is_ok_and(|digest| digest == file.digest)
}

fn digest_of(place: &Path) -> io::Result<Digest> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut File::open(place)?, &mut hasher)?;
    Ok(Digest::from_bytes(*hasher.finalize().as_bytes()))
}

fn write_content(file: &SiteFile, to: &Path) -> io::Result<()> {
    let mut target = File::create(to)?;
    match &file.content {
        Content::Bytes(bytes) => target.write_all(bytes),
        // The reader errs when the file has changed since its digest was taken.
        Content::Source(source) => io::copy(&mut source.reader()?, &mut target).map(drop),
    }
}

#[cfg(test)]
pub(crate) mod tests;
