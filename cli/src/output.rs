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
use compiler::site::{Site, SiteFile};
use compiler::source::SourceFile;
use contracts::access::Audience;
use contracts::manifest::{Manifest, ObjectEntry};
use contracts::object_key::ObjectKey;
use rayon::prelude::*;
use serde::Serialize;

use crate::failure::Failure;
use crate::output::known::Known;
use crate::output::prune::Pruning;
use crate::progress::Progress;
use crate::record::listing::{Entry, Listing};
use crate::record::stamp::{Moment, Stamp};

pub(crate) mod earlier;
mod known;
mod prune;
mod put;
mod staging;

/// Marks a folder as ours, and is locked while it is being written.
const MARK: &str = ".lyceum-output";
const MARK_TEXT: &str = "`lyceum build` writes this folder and removes what it did not write.\n";

const PUBLIC: &str = "public";
const PRIVATE: &str = "private";
const MANIFEST: &str = "manifest.json";

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

/// What a build has left in the folder.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) changes: Changes,
    /// All that stands there now.
    pub(crate) listing: Listing,
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
        let is_foreign = entries.count() > 0 && !is_plain_file(&root.join(MARK));
        let is_linked = [PUBLIC, PRIVATE].iter().any(|side| root.join(side).is_symlink());
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
    /// not touched; the manifest is written last. `recorded` is what an earlier build
    /// found here, which may be wrong by now.
    pub(crate) fn write(
        &self,
        site: &Site,
        manifest: &[u8],
        recorded: Option<&Listing>,
    ) -> anyhow::Result<Written> {
        self.guarded(|| self.write_all(site, manifest, recorded))
    }

    /// Names the folder where writing to it fails.
    fn guarded<T>(&self, write: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        write().map_err(|error| {
            if error.chain().any(|cause| cause.is::<Failure>()) {
                return error;
            }
            let hint = hint(&error);
            error.context(Failure::new(format!("can't write to `{}`", self.root.display()), hint))
        })
    }

    fn write_all(
        &self,
        site: &Site,
        manifest: &[u8],
        recorded: Option<&Listing>,
    ) -> anyhow::Result<Written> {
        let was_missing = !self.root.exists();
        fs::create_dir_all(&self.root)?;
        let mut files: Vec<(String, &SiteFile)> =
            site.files.par_iter().map(|file| (place(file), file)).collect();
        files.par_sort_by(|(one, _), (other, _)| one.cmp(other));
        let mark = self.lock()?;
        self.sweep_staging()?;
        let written = if self.is_new() {
            self.fill(&files, manifest)
        } else {
            self.amend(&files, manifest, recorded)
        };
        if written.is_err() && was_missing {
            // Only an empty folder can be removed this way.
            let _ = fs::remove_file(self.root.join(MARK));
            let _ = fs::remove_dir(&self.root);
        }
        // Closing it is not enough while a process that was started meanwhile still
        // holds a copy.
        let _ = mark.unlock();
        written
    }

    fn is_new(&self) -> bool {
        let parts = [PUBLIC, PRIVATE, MANIFEST];
        parts.iter().all(|part| self.root.join(part).symlink_metadata().is_err())
    }

    /// Writes everything beside its place and moves it there as a whole.
    fn fill(&self, files: &[(String, &SiteFile)], manifest: &[u8]) -> anyhow::Result<Written> {
        let folder = self.staging_folder()?;
        let progress = Progress::new("writing");
        progress.plan(files.len());
        staging::write_tree(folder.path(), files, &progress)?;
        fs::write(folder.path().join(MANIFEST), manifest)?;
        keep_private(&folder.path().join(PRIVATE))?;
        let moment = Moment::now();
        let mut listing = listing(files, |path| stamp(&folder.path().join(path), moment));
        let mut folders: Vec<_> = listing.folders.iter_mut().collect();
        // Nobody else has seen these folders, so nobody can have put anything there.
        folders.par_iter_mut().for_each(|(path, found)| {
            found.stamp = stamp(&folder.path().join(path.as_str()), moment);
        });
        for side in [PUBLIC, PRIVATE] {
            let from = folder.path().join(side);
            if from.exists() {
                fs::rename(from, self.root.join(side))
                    .with_context(|| format!("failed to write `{side}`"))?;
            }
        }
        fs::rename(folder.path().join(MANIFEST), self.root.join(MANIFEST))?;
        folder.close()?;
        self.record_top(&mut listing, manifest);
        let changes = Changes { written: files.len(), unchanged: 0, removed: 0 };
        Ok(Written { changes, listing })
    }

    /// Writes what differs, moves it into place file by file and removes what is left
    /// over.
    fn amend(
        &self,
        files: &[(String, &SiteFile)],
        manifest: &[u8],
        recorded: Option<&Listing>,
    ) -> anyhow::Result<Written> {
        self.clear_links(files)?;
        let moment = Moment::now();
        let known = Known::of(&self.root, recorded);
        let same: Vec<Option<Stamp>> = files
            .par_iter()
            .map(|(path, file)| known.stamp_of_same(&self.root, path, file, moment))
            .collect();
        let different: Vec<_> =
            files.iter().zip(&same).filter(|(_, same)| same.is_none()).collect();
        let different: Vec<&(String, &SiteFile)> = different.into_iter().map(|(f, _)| f).collect();
        let progress = Progress::new("writing");
        progress.plan(different.len());
        let folder = self.staging_folder()?;
        let staged = staging::write_shards(folder.path(), &different, &progress)?;
        let place = self.root.join(MANIFEST);
        let is_same = fs::read(&place).is_ok_and(|old| old == manifest);
        let new_manifest = folder.path().join(MANIFEST);
        fs::write(&new_manifest, manifest)?;

        for (from, (path, _)) in staged.iter().zip(&different) {
            self.move_to(from, path)?;
        }
        let all = files.iter().map(|(path, _)| path.as_str());
        let written = different.iter().map(|(path, _)| path.as_str());
        keep_private(&self.root.join(PRIVATE))?;
        let mut pruning = Pruning::new(&self.root, all, written, &known);
        pruning.run()?;
        if !is_same {
            fs::rename(new_manifest, place)?;
        }
        folder.close()?;
        let changes = Changes {
            written: different.len(),
            unchanged: files.len() - different.len(),
            removed: pruning.removed,
        };
        let moment = Moment::now();
        let mut same = same.into_iter();
        let mut listing = listing(files, |path| {
            same.next().flatten().unwrap_or_else(|| stamp(&self.root.join(path), moment))
        });
        for (path, found) in &mut listing.folders {
            found.stamp = pruning.stamps.get(path).copied().unwrap_or(Stamp::UNKNOWN);
        }
        self.record_top(&mut listing, manifest);
        Ok(Written { changes, listing })
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The manifest that stands in it.
    pub(crate) fn manifest(&self) -> io::Result<String> {
        fs::read_to_string(self.root.join(MANIFEST))
    }

    /// The site that stands in it, of which nothing is read but the manifest: each file is
    /// held against its digest when it is.
    pub(crate) fn site(&self) -> Option<Site> {
        let manifest: Manifest = serde_json::from_str(&self.manifest().ok()?).ok()?;
        let file = |object: &ObjectEntry| {
            let place = self.root.join(place_of(&object.key));
            let file = SourceFile::on_disk(place, object.digest, object.bytes);
            SiteFile::from_source(object.key.clone(), file)
        };
        Some(Site { files: manifest.objects.iter().map(file).collect(), manifest })
    }

    /// Names what stands at the top of the folder; the next build will look at it.
    fn record_top(&self, listing: &mut Listing, manifest: &[u8]) {
        let top = [
            (MARK, compiler::site::digest(MARK_TEXT.as_bytes())),
            (MANIFEST, compiler::site::digest(manifest)),
        ];
        let files = top.map(|(name, digest)| {
            (name.to_owned(), Entry { stamp: Stamp::UNKNOWN, link: None, digest })
        });
        listing.folders.entry(String::new()).or_default().files = files.into();
    }

    fn move_to(&self, staged: &Path, path: &str) -> anyhow::Result<()> {
        let to = self.root.join(path);
        self.make_way(&to)?;
        fs::rename(staged, &to).with_context(|| format!("failed to write `{}`", to.display()))
    }

    fn staging_folder(&self) -> io::Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix(STAGING_PREFIX).tempdir_in(&self.root)
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

    /// Removes links that stand where a folder of the site must: what is written below
    /// one would land elsewhere.
    fn clear_links(&self, files: &[(String, &SiteFile)]) -> io::Result<()> {
        let folders = files.iter().flat_map(|(path, _)| prune::folders_above(path));
        for folder in folders.collect::<BTreeSet<_>>() {
            let folder = self.root.join(folder);
            if folder.is_symlink() {
                fs::remove_file(folder)?;
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
}

/// What helps against an error of the disk.
fn hint(error: &anyhow::Error) -> &'static str {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};

    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    if causes.map(io::Error::kind).any(|k| matches!(k, StorageFull | QuotaExceeded | FileTooLarge))
    {
        "make room for it, or choose another folder with `--out`; what stood there is as it was"
    } else {
        "make it writable, or choose another folder with `--out`"
    }
}

fn is_plain_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_file())
}

/// Keeps the paid texts of a build from others who use the machine.
#[cfg(unix)]
fn keep_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    const OWNER_ONLY: u32 = 0o700;
    match folder.metadata() {
        Ok(found) if found.permissions().mode() & 0o777 != OWNER_ONLY => {
            fs::set_permissions(folder, fs::Permissions::from_mode(OWNER_ONLY))
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn keep_private(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Where a file stands in the folder.
fn place(file: &SiteFile) -> String {
    place_of(&file.key)
}

fn place_of(key: &ObjectKey) -> String {
    let side = match key.audience() {
        Audience::Everyone => PUBLIC,
        Audience::Entitled | Audience::Internal => PRIVATE,
    };
    format!("{side}/{}", key.path())
}

/// Files, which are sorted, with a stamp for each.
fn listing(files: &[(String, &SiteFile)], mut stamp: impl FnMut(&str) -> Stamp) -> Listing {
    let mut listing = Listing::default();
    for (path, file) in files {
        let stamp = stamp(path);
        let (folder, name) = listing.place(path);
        folder.files.push((name.to_owned(), Entry { stamp, link: None, digest: file.digest }));
        for above in prune::folders_above(path).skip(1) {
            if listing.folders.contains_key(above) {
                break;
            }
            listing.folders.entry(above.to_owned()).or_default();
        }
    }
    listing
}

fn stamp(path: &Path, moment: Moment) -> Stamp {
    path.symlink_metadata().map_or(Stamp::UNKNOWN, |found| Stamp::of(&found, moment))
}

#[cfg(test)]
pub(crate) mod tests;
