//! What is known of an output folder before it is written to.
//!
//! A file whose recorded stamp still fits needs no reading, and a folder whose stamp
//! fits needs no listing. Without a record, or where it is wrong, both are done.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use compiler::site::SiteFile;
use rayon::prelude::*;

use crate::record::listing::{Folder, Listing, digest_of};
use crate::record::stamp::{Moment, Stamp};

/// The folders of a record that hold what they held then.
#[derive(Debug, Default)]
pub(super) struct Known<'r> {
    listing: Option<&'r Listing>,
    folders: BTreeMap<&'r str, &'r Folder>,
}

impl<'r> Known<'r> {
    /// Looks at every folder of a record.
    pub(super) fn of(root: &Path, listing: Option<&'r Listing>) -> Self {
        let Some(listing) = listing else { return Self::default() };
        let all: Vec<_> = listing.folders.iter().collect();
        let folders: Vec<_> = all
            .into_par_iter()
            .filter(|(path, folder)| {
                root.join(path).symlink_metadata().is_ok_and(|found| folder.stamp.fits(&found))
            })
            .map(|(path, folder)| (path.as_str(), folder))
            .collect();
        Self { listing: Some(listing), folders: folders.into_iter().collect() }
    }

    /// The stamp of a folder to which nothing was added and of which nothing was
    /// removed.
    pub(super) fn folder(&self, path: &str) -> Option<&'r Folder> {
        self.folders.get(path).copied()
    }

    /// The folders in a known folder.
    pub(super) fn folders_in(&self, path: &str) -> Vec<String> {
        let names = self.listing.map(|listing| listing.folders_in(path));
        names.into_iter().flatten().map(str::to_owned).collect()
    }

    /// The stamp of a file that stands at its place already, byte for byte; `None` if
    /// it doesn't.
    pub(super) fn stamp_of_same(
        &self,
        root: &Path,
        path: &str,
        file: &SiteFile,
        moment: Moment,
    ) -> Option<Stamp> {
        let place = root.join(path);
        let found = fs::symlink_metadata(&place).ok()?;
        if !found.is_file() || found.len() != file.len() {
            return None;
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let recorded = self.listing.and_then(|listing| listing.folders.get(folder));
        if let Some(entry) = recorded.and_then(|folder| folder.file(name))
            && entry.digest == file.digest
            && entry.stamp.fits(&found)
        {
            return Some(entry.stamp);
        }
        let is_same = digest_of(&place).is_ok_and(|digest| digest == file.digest);
        is_same.then(|| Stamp::of(&found, moment))
    }
}
