//! What the compiler is about to read, stamped before it does so: whatever is changed
//! while or after it is read then has another stamp.

use std::path::Path;

use compiler::source::{ROOTS, SourceFile, SourcePath, SourceTree};
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::record::listing::{Entry, Folder, Listing, is_fitting, names};
use crate::record::stamp::{Moment, Stamp};

/// The files and folders of a school, not read yet.
#[derive(Debug)]
pub(crate) struct Stock {
    folders: Vec<(String, Placed)>,
    files: Vec<(String, Placed)>,
}

#[derive(Debug)]
struct Placed {
    stamp: Stamp,
    link: Option<Stamp>,
}

/// What became of files that are all still there.
#[derive(Debug, Default)]
pub(crate) struct Edited {
    /// The folders with another stamp, or with files that have one.
    pub(crate) folders: Vec<(String, Folder)>,
    /// The files with other bytes, as they were read now.
    pub(crate) files: Vec<(SourcePath, SourceFile)>,
}

impl Stock {
    /// Walks as the compiler does. `None` if it could not: the compiler will say why.
    pub(crate) fn of(root: &Path) -> Option<Self> {
        let moment = Moment::now();
        let mut stock = Self { folders: Vec::new(), files: Vec::new() };
        for name in ROOTS {
            let top = root.join(name);
            if top.symlink_metadata().is_err() {
                continue;
            }
            let walk = WalkDir::new(&top).follow_links(true).sort_by_file_name();
            let walk = walk.into_iter().filter_entry(|entry| {
                entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".")
            });
            for entry in walk {
                let entry = entry.ok()?;
                let path = entry.path().strip_prefix(root).ok()?.to_str()?.to_owned();
                // At the top of a walk an entry says nothing of a link.
                let found = entry.path().metadata().ok()?;
                let itself = entry.path().symlink_metadata().ok()?;
                let link = itself.is_symlink().then(|| Stamp::of(&itself, moment));
                let placed = Placed { stamp: Stamp::of(&found, moment), link };
                let kind = if found.is_dir() { &mut stock.folders } else { &mut stock.files };
                kind.push((path, placed));
            }
        }
        Some(stock)
    }

    /// The stock with the digests of what was read. `None` if something else was read
    /// than stood there before.
    pub(crate) fn with_digests(self, tree: &SourceTree) -> Option<Listing> {
        let mut listing = Listing::default();
        let read = self.files.len() == tree.iter().count();
        // What is missing at the top is known by not being there.
        listing.folders.insert(String::new(), Folder::default());
        for (path, Placed { stamp, link }) in self.folders {
            listing.folders.insert(path, Folder { stamp, link, files: Vec::new() });
        }
        for (path, Placed { stamp, link }) in self.files {
            let digest = tree.get(&SourcePath::new(&path))?.digest;
            let (folder, name) = listing.place(&path);
            folder.files.push((name.to_owned(), Entry { stamp, link, digest }));
        }
        read.then_some(listing)
    }
}

impl Listing {
    /// Whether every file that the compiler would read is as it was, by its stamp.
    pub(crate) fn is_stocked(&self, root: &Path) -> bool {
        self.has_tops_of(root) && self.fits(root)
    }

    /// Which files hold other bytes than they did, if every file and folder that the
    /// compiler would read is still there and no other one is.
    pub(crate) fn edited(&self, root: &Path) -> Option<Edited> {
        if !self.has_tops_of(root) {
            return None;
        }
        let moment = Moment::now();
        let folders: Vec<_> = self.folders.iter().collect();
        let found: Option<Vec<_>> = folders
            .par_iter()
            .map(|(path, folder)| self.edited_in(root, path, folder, moment))
            .collect();
        let mut edited = Edited::default();
        for one in found? {
            edited.folders.extend(one.folders);
            edited.files.extend(one.files);
        }
        Some(edited)
    }

    /// Whether of all that the compiler may read the same is there at the top.
    fn has_tops_of(&self, root: &Path) -> bool {
        let top = self.folders.get("");
        let had = |name: &str| {
            self.folders.contains_key(name) || top.is_some_and(|top| top.file(name).is_some())
        };
        let has = |name: &str| root.join(name).symlink_metadata().is_ok();
        ROOTS.iter().all(|name| had(name) == has(name))
    }

    /// The same for the files directly in a folder.
    fn edited_in(
        &self,
        root: &Path,
        path: &str,
        folder: &Folder,
        moment: Moment,
    ) -> Option<Edited> {
        let place = root.join(path);
        let mut now = None;
        let mut files = Vec::new();
        if !path.is_empty() && !is_fitting(&place, folder.stamp, folder.link) {
            let found = place.symlink_metadata().ok()?;
            if folder.link.is_some() || !found.is_dir() {
                return None;
            }
            let mut names = names(&place).ok()?;
            names.retain(|name| !name.starts_with('.'));
            if names != self.names(path, folder) {
                return None;
            }
            now.get_or_insert_with(|| folder.clone()).stamp = Stamp::of(&found, moment);
        }
        for (index, (name, file)) in folder.files.iter().enumerate() {
            let place = place.join(name);
            if is_fitting(&place, file.stamp, file.link) {
                continue;
            }
            let found = place.symlink_metadata().ok()?;
            if file.link.is_some() || !found.is_file() {
                return None;
            }
            let stamp = Stamp::of(&found, moment);
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            let read = SourceFile::read_from(&SourcePath::new(&below), &place).ok()?;
            let digest = read.digest;
            now.get_or_insert_with(|| folder.clone()).files.get_mut(index)?.1 =
                Entry { stamp, link: None, digest };
            if digest != file.digest {
                files.push((SourcePath::new(&below), read));
            }
        }
        let folders = now.into_iter().map(|now| (path.to_owned(), now)).collect();
        Some(Edited { folders, files })
    }

    /// Every file with its digest, none of them read.
    pub(crate) fn unread(&self, root: &Path) -> SourceTree {
        let files = self.folders.iter().flat_map(|(folder, found)| {
            found.files.iter().map(move |(name, file)| {
                let path =
                    if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                let place = root.join(&path);
                let file = SourceFile::on_disk(place, file.digest, file.stamp.length());
                (SourcePath::new(&path), file)
            })
        });
        SourceTree::unread(files)
    }

    /// Whether a tree that was read holds the same files, byte for byte.
    pub(crate) fn is_read_as(&self, tree: &SourceTree) -> bool {
        let files = || {
            self.folders.iter().flat_map(|(folder, found)| {
                found.files.iter().map(move |(name, file)| (folder, name, file))
            })
        };
        files().count() == tree.iter().count()
            && files().all(|(folder, name, file)| {
                let path =
                    if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                tree.get(&SourcePath::new(&path)).is_some_and(|read| read.digest == file.digest)
            })
    }
}
