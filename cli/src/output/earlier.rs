//! Pages that an earlier build left in the output folder, for one in which they come out
//! the same again.

use std::path::Path;

use compiler::earlier::EarlierSite;
use compiler::site::Content;
use compiler::source::SourceFile;
use contracts::digest::Digest;
use contracts::object_key::ObjectKey;

use crate::output::place_of;
use crate::record::listing::{Listing, digest_of};

/// The output folder as its last record has it.
#[derive(Debug)]
pub(crate) struct EarlierOutput<'r> {
    root: &'r Path,
    listing: Option<&'r Listing>,
}

impl<'r> EarlierOutput<'r> {
    /// What is left in a folder; nothing without a record of it.
    pub(crate) fn new(root: &'r Path, listing: Option<&'r Listing>) -> Self {
        Self { root, listing }
    }
}

impl EarlierSite for EarlierOutput<'_> {
    fn content(&self, key: &ObjectKey, digest: &Digest) -> Option<Content> {
        let path = place_of(key);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let entry = self.listing?.folders.get(folder)?.file(name)?;
        if entry.digest != *digest {
            return None;
        }
        let place = self.root.join(&path);
        let found = place.symlink_metadata().ok()?;
        // What was written a moment before it was stamped has a stamp that says nothing.
        let is_same = || digest_of(&place).is_ok_and(|found| found == *digest);
        let stands = found.is_file() && (entry.stamp.fits(&found) || is_same());
        stands.then(|| Content::Source(SourceFile::on_disk(place, *digest, found.len())))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use compiler::site::digest;
    use contracts::site_path::SitePath;

    use super::*;
    use crate::record::listing::{Entry, Folder};
    use crate::record::stamp::{Moment, Stamp};

    #[test]
    fn a_page_stands_only_as_it_was_recorded() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("public/a.html");
        fs::create_dir(root.path().join("public")).unwrap();
        fs::write(&place, "a").unwrap();
        let later = Moment::now().later_by_a_minute();
        let stamp = Stamp::of(&place.metadata().unwrap(), later);
        let file = ("a.html".to_owned(), Entry { stamp, link: None, digest: digest(b"a") });
        let folder = Folder { files: vec![file], ..Folder::default() };
        let listing = Listing { folders: BTreeMap::from([("public".to_owned(), folder)]) };
        let left = EarlierOutput::new(root.path(), Some(&listing));
        let page = |name: &str| ObjectKey::Page { path: SitePath::parse(name).unwrap() };
        let content = left.content(&page("a.html"), &digest(b"a")).unwrap();
        assert_eq!(content.read().unwrap(), b"a");
        assert!(left.content(&page("a.html"), &digest(b"b")).is_none());
        assert!(left.content(&page("b.html"), &digest(b"a")).is_none());
        assert!(
            EarlierOutput::new(root.path(), None).content(&page("a.html"), &digest(b"a")).is_none()
        );
        fs::write(&place, "b").unwrap();
        assert!(left.content(&page("a.html"), &digest(b"a")).is_none());
        assert!(content.read().is_err(), "what has changed is not read as what it was");
    }
}
