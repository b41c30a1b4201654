//! Every file and folder below one folder, with stamps and digests.
//!
//! It tells cheaply whether all of it is still as it was. Whose files these are, and
//! what follows from a change, is the callers' business.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

use contracts::digest::Digest;
use rayon::prelude::*;

use crate::record::codec::{Reader, Writer};
use crate::record::stamp::{Moment, Stamp};

/// What stands below a folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listing {
    /// By path below the folder, with `/`; the folder itself is ``.
    pub(crate) folders: BTreeMap<String, Folder>,
}

/// A folder of a listing.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    /// Of the folder itself: as long as it fits, nothing was added or removed.
    pub(crate) stamp: Stamp,
    /// Of the link that leads to it, if it is one.
    pub(crate) link: Option<Stamp>,
    /// With their names, in order of name.
    pub(crate) files: Vec<(String, Entry)>,
}

/// A file of a listing.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Of the file.
    pub(crate) stamp: Stamp,
    /// Of the link that leads to it, if it is one.
    pub(crate) link: Option<Stamp>,
    /// BLAKE3 of its bytes.
    pub(crate) digest: Digest,
}

impl Default for Folder {
    fn default() -> Self {
        Self { stamp: Stamp::UNKNOWN, link: None, files: Vec::new() }
    }
}

impl Folder {
    /// The file of a name.
    pub(crate) fn file(&self, name: &str) -> Option<&Entry> {
        let at = self.files.binary_search_by(|(other, _)| other.as_str().cmp(name)).ok()?;
        self.files.get(at).map(|(_, file)| file)
    }
}

/// What became of a listing.
#[derive(Debug)]
pub(crate) enum Standing {
    /// Every stamp fits.
    Same,
    /// Some stamps did not fit, and what they stand for is the same all the same;
    /// this listing has the stamps of today.
    Restamped(Listing),
    /// Something is missing, new or different.
    Different,
}

impl Listing {
    /// The folder that a path stands in, made if need be, and the path's last name.
    pub(crate) fn place<'p>(&mut self, path: &'p str) -> (&mut Folder, &'p str) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (self.folders.entry(folder.to_owned()).or_default(), name)
    }

    /// Puts a file in, or another one in its place.
    pub(crate) fn set(&mut self, path: &str, entry: Entry) {
        let (folder, name) = self.place(path);
        match folder.files.binary_search_by(|(other, _)| other.as_str().cmp(name)) {
            Ok(at) => {
                folder.files.get_mut(at).into_iter().for_each(|(_, old)| *old = entry.clone())
            }
            Err(at) => folder.files.insert(at, (name.to_owned(), entry)),
        }
    }

    /// Takes a file out.
    pub(crate) fn remove(&mut self, path: &str) {
        let (folder, name) = self.place(path);
        folder.files.retain(|(other, _)| other != name);
    }

    /// Whether every stamp fits, the one of the folder itself apart: nothing is read.
    pub(crate) fn fits(&self, root: &Path) -> bool {
        let folders: Vec<_> = self.folders.iter().collect();
        folders.par_iter().all(|(path, folder)| {
            let place = root.join(path);
            (path.is_empty() || is_fitting(&place, folder.stamp, folder.link))
                && folder
                    .files
                    .iter()
                    .all(|(name, file)| is_fitting(&place.join(name), file.stamp, file.link))
        })
    }

    /// Whether the folder still holds exactly this, and no links. What has no fitting
    /// stamp is read.
    pub(crate) fn standing(&self, root: &Path) -> Standing {
        let moment = Moment::now();
        let folders: Vec<_> = self.folders.iter().collect();
        let today: Option<Vec<_>> = folders
            .par_iter()
            .map(|(path, folder)| self.folder_today(root, path, folder, moment))
            .collect();
        let Some(today) = today else { return Standing::Different };
        if today.iter().all(Option::is_none) {
            return Standing::Same;
        }
        let restamped = folders.iter().zip(today).map(|((path, folder), today)| {
            ((*path).clone(), today.unwrap_or_else(|| (*folder).clone()))
        });
        Standing::Restamped(Self { folders: restamped.collect() })
    }

    /// `None` if it differs, `Some(None)` if all stamps fit.
    fn folder_today(
        &self,
        root: &Path,
        path: &str,
        folder: &Folder,
        moment: Moment,
    ) -> Option<Option<Folder>> {
        let place = if path.is_empty() { root.to_owned() } else { root.join(path) };
        let found = place.symlink_metadata().ok()?;
        let mut today = None;
        if !folder.stamp.fits(&found) {
            if !found.is_dir() || names(&place).ok()? != self.names(path, folder) {
                return None;
            }
            let new = today.get_or_insert_with(|| folder.clone());
            new.stamp = Stamp::of(&found, moment);
        }
        for (index, (name, file)) in folder.files.iter().enumerate() {
            let place = place.join(name);
            let found = place.symlink_metadata().ok()?;
            if file.stamp.fits(&found) {
                continue;
            }
            if !found.is_file() || digest_of(&place).ok()? != file.digest {
                return None;
            }
            let new = today.get_or_insert_with(|| folder.clone());
            new.files.get_mut(index)?.1.stamp = Stamp::of(&found, moment);
        }
        Some(today)
    }

    /// Which files and folders stand directly in a folder.
    pub(crate) fn names(&self, path: &str, folder: &Folder) -> Vec<String> {
        let mut names: Vec<String> = folder.files.iter().map(|(name, _)| name.clone()).collect();
        names.extend(self.folders_in(path).map(str::to_owned));
        names.sort();
        names
    }

    /// The names of the folders directly in a folder.
    pub(crate) fn folders_in<'l>(&'l self, path: &str) -> impl Iterator<Item = &'l str> + use<'l> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let below = self.folders.range(prefix.clone()..);
        let length = prefix.len();
        below
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .filter_map(move |(path, _)| path.get(length..))
            .filter(|rest| !rest.is_empty() && !rest.contains('/'))
    }

    /// Appends its bytes.
    pub(crate) fn write(&self, writer: &mut Writer) {
        let link = |writer: &mut Writer, link: Option<Stamp>| {
            writer.number(link.is_some().into());
            link.into_iter().for_each(|stamp| writer.stamp(stamp));
        };
        writer.number(self.folders.len() as u64);
        for (path, folder) in &self.folders {
            writer.bytes(path.as_bytes());
            writer.stamp(folder.stamp);
            link(writer, folder.link);
            writer.number(folder.files.len() as u64);
            for (name, file) in &folder.files {
                writer.bytes(name.as_bytes());
                writer.stamp(file.stamp);
                link(writer, file.link);
                writer.digest(&file.digest);
            }
        }
    }

    /// What [`Listing::write`] wrote.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let link = |reader: &mut Reader<'_>| match reader.number()? {
            0 => Some(None),
            1 => reader.stamp().map(Some),
            _ => None,
        };
        let mut folders = Vec::new();
        for _ in 0..reader.number()? {
            let path = reader.text()?;
            let (stamp, to) = (reader.stamp()?, link(reader)?);
            let mut files = Vec::new();
            for _ in 0..reader.number()? {
                let name = reader.text()?;
                let (stamp, link) = (reader.stamp()?, link(reader)?);
                files.push((name, Entry { stamp, link, digest: reader.digest()? }));
            }
            folders.push((path, Folder { stamp, link: to, files }));
        }
        Some(Self { folders: folders.into_iter().collect() })
    }
}

/// Whether what stands at a place is what a stamp was taken of; behind a link, both.
pub(crate) fn is_fitting(place: &Path, stamp: Stamp, link: Option<Stamp>) -> bool {
    let fits = |found: io::Result<Metadata>, stamp: Stamp| found.is_ok_and(|f| stamp.fits(&f));
    match link {
        None => fits(place.symlink_metadata(), stamp),
        Some(link) => fits(place.symlink_metadata(), link) && fits(place.metadata(), stamp),
    }
}

/// What stands directly in a folder, in order. A name that is no text is none of
/// ours.
pub(crate) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// BLAKE3 of a file's bytes.
pub(crate) fn digest_of(place: &Path) -> io::Result<Digest> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut File::open(place)?, &mut hasher)?;
    Ok(Digest::from_bytes(*hasher.finalize().as_bytes()))
}
