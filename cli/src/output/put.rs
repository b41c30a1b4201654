//! Putting a few files into a folder that holds a site: what an amended build changes.

use std::fs;

use compiler::site::SiteFile;
use contracts::object_key::ObjectKey;

use crate::output::{MANIFEST, OutputFolder, place, place_of, staging, stamp};
use crate::progress::Progress;
use crate::record::listing::{Entry, Listing};
use crate::record::stamp::Moment;

impl OutputFolder {
    /// Puts some files into a folder that holds what `listing` says, takes away those
    /// under the keys that are `gone`, and puts a new manifest in the place of `before`.
    /// The listing is kept true.
    ///
    /// `false` if there is another manifest by now: somebody else was faster, and nothing
    /// was changed.
    pub(crate) fn put(
        &self,
        files: &[&SiteFile],
        gone: &[&ObjectKey],
        (before, manifest): (&str, &[u8]),
        listing: &mut Listing,
    ) -> anyhow::Result<bool> {
        self.guarded(|| {
            let mark = self.lock()?;
            if self.manifest()? != before {
                return Ok(false);
            }
            self.sweep_staging()?;
            let moment = Moment::now();
            let files: Vec<(String, &SiteFile)> =
                files.iter().map(|file| (place(file), *file)).collect();
            let all: Vec<&(String, &SiteFile)> = files.iter().collect();
            let folder = self.staging_folder()?;
            let staged = staging::write_shards(folder.path(), &all, &Progress::new("writing"))?;
            let new_manifest = folder.path().join(MANIFEST);
            fs::write(&new_manifest, manifest)?;
            for (from, (path, _)) in staged.iter().zip(&files) {
                self.move_to(from, path)?;
            }
            let gone: Vec<String> = gone.iter().map(|key| place_of(key)).collect();
            for path in &gone {
                fs::remove_file(self.root.join(path))?;
            }
            fs::rename(new_manifest, self.root.join(MANIFEST))?;
            folder.close()?;
            for (path, file) in &files {
                let stamp = stamp(&self.root.join(path), moment);
                listing.set(path, Entry { stamp, link: None, digest: file.digest });
            }
            gone.iter().for_each(|path| listing.remove(path));
            for path in files.iter().map(|(path, _)| path).chain(&gone) {
                let (above, _) = path.rsplit_once('/').unwrap_or_default();
                let stamp = stamp(&self.root.join(above), moment);
                listing.folders.entry(above.to_owned()).or_default().stamp = stamp;
            }
            self.record_top(listing, manifest);
            let _ = mark.unlock();
            Ok(true)
        })
    }
}

#[cfg(test)]
mod tests {
    use compiler::site::digest;
    use contracts::id::LessonId;
    use contracts::site_path::SitePath;

    use super::*;
    use crate::output::tests::site;
    use crate::record::listing::Standing;

    fn page(text: &str) -> SiteFile {
        let path = SitePath::parse("a/index.html").unwrap();
        SiteFile::new(ObjectKey::Page { path }, text.as_bytes())
    }

    fn body(text: &str) -> SiteFile {
        let lesson = LessonId::parse("a").unwrap();
        let key = ObjectKey::Body { lesson, digest: digest(text.as_bytes()) };
        SiteFile::new(key, text.as_bytes())
    }

    #[test]
    fn files_take_the_place_of_others_unless_another_build_was_faster() {
        let folder = tempfile::tempdir().unwrap();
        let output = OutputFolder::open(folder.path()).unwrap();
        let (old, new) = (body("old"), body("new"));
        let site = site([page("old"), old.clone()]);
        let mut listing = output.write(&site, b"one", None).unwrap().listing;
        let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();

        let second = ("another", b"two".as_slice());
        let files = [&page("new"), &new];
        assert!(!output.put(&files, &[&old.key], second, &mut listing).unwrap());
        assert_eq!(
            (read("manifest.json"), read("public/a/index.html")),
            ("one".into(), "old".into())
        );

        let second = ("one", b"two".as_slice());
        assert!(output.put(&files, &[&old.key], second, &mut listing).unwrap());
        assert_eq!(
            (read("manifest.json"), read("public/a/index.html")),
            ("two".into(), "new".into())
        );
        assert_eq!(read(&place(&new)), "new");
        assert!(!folder.path().join(place(&old)).exists());
        assert!(!matches!(listing.standing(folder.path()), Standing::Different));
        fs::write(folder.path().join("public/a/index.html"), "other").unwrap();
        assert!(matches!(listing.standing(folder.path()), Standing::Different));
    }
}
