//! What lives as long as a preview: the place where its edge is handed the site, and
//! a temporary folder for the edge's own keys and ledger.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use compiler::earlier::EarlierSite;
use compiler::site::{Content, Site, SiteFile};
use contracts::access::Audience;
use contracts::digest::Digest;
use contracts::manifest::ObjectEntry;
use contracts::object_key::ObjectKey;
use store::handover::{Handed, Handover};
use tempfile::TempDir;

use crate::{interrupt, upload};

/// How long a task that can't be broken off, such as a compilation, may hold up
/// the end.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Runs `act` on a store of its own until it ends or somebody has had enough,
/// then removes the store.
pub(crate) fn with<A>(act: A) -> anyhow::Result<()>
where
    A: AsyncFnOnce(&PreviewStore) -> anyhow::Result<()>,
{
    let runtime = tokio::runtime::Runtime::new().context("failed to start")?;
    let store = PreviewStore::new()?;
    let ended = runtime.block_on(async {
        tokio::select! {
            // First of all the signals have to be heard: without that they kill
            // the process and the folder stays.
            biased;
            () = interrupt::wait() => Ok(()),
            ended = act(&store) => ended,
        }
    });
    // A file that is still being written would bring its folder back.
    runtime.shutdown_timeout(LAST_WORDS);
    drop(store);
    ended
}

/// The store, removed when it is dropped.
pub(crate) struct PreviewStore {
    folder: TempDir,
    handover: Handover,
}

impl PreviewStore {
    fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("lyceum-preview-")
            .tempdir()
            .context("failed to make a temporary folder")?;
        Ok(Self { folder, handover: Handover::default() })
    }

    /// Where the edge of the preview keeps what it needs.
    pub(crate) fn data_folder(&self) -> PathBuf {
        self.folder.path().join("edge")
    }

    /// Where the edge of the preview is handed the site.
    pub(crate) fn handover(&self) -> Handover {
        self.handover.clone()
    }
}

/// The files of a site that was handed over. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShownSite {
    /// In order of audience and path.
    files: Arc<Vec<SiteFile>>,
}

impl ShownSite {
    /// Hands a site over; nothing of it is copied. Answers also with what was shown,
    /// which is better dropped when nobody waits.
    pub(crate) fn hand_over(
        site: Site,
        handover: &Handover,
    ) -> anyhow::Result<(Self, Option<Arc<Handed>>)> {
        let shown = Self { files: Arc::new(site.files) };
        let files = Arc::clone(&shown.files);
        let contents = move |place: usize, entry: &ObjectEntry| {
            let file = files.get(place)?;
            let is_meant = file.key == entry.key && file.digest == entry.digest;
            is_meant.then(|| upload::payload(file))
        };
        let before = handover.give(site.manifest, Arc::new(contents))?;
        Ok((shown, before))
    }

    /// In order of audience and path.
    pub(crate) fn files(&self) -> &[SiteFile] {
        &self.files
    }

    fn find(&self, audience: Audience, path: &str) -> Option<&SiteFile> {
        let found = self.files.binary_search_by(|file| {
            let by_audience = file.key.audience().cmp(&audience);
            by_audience.then_with(|| file.key.path().as_str().cmp(path))
        });
        self.files.get(found.ok()?)
    }
}

impl EarlierSite for ShownSite {
    fn content(&self, key: &ObjectKey, digest: &Digest) -> Option<Content> {
        let file = self.find(key.audience(), &key.path())?;
        (file.digest == *digest).then(|| file.content.clone())
    }
}

#[cfg(test)]
mod tests {
    use contracts::site_path::SitePath;

    use super::*;

    fn page(path: &str) -> ObjectKey {
        ObjectKey::Page { path: SitePath::parse(path).unwrap() }
    }

    #[tokio::test]
    async fn what_was_handed_over_is_shown_and_taken_over_by_the_next_build() {
        let files = ["a.html", "b.html", "c.html"]
            .map(|name| SiteFile::new(page(name), name.as_bytes().to_vec()));
        let digest = files[1].digest;
        let handover = Handover::default();
        let mut site = crate::output::tests::site(files);
        let entry = |file: &SiteFile| ObjectEntry {
            key: file.key.clone(),
            digest: file.digest,
            bytes: file.len(),
        };
        site.manifest.objects = site.files.iter().map(entry).collect();
        let (shown, _) = ShownSite::hand_over(site, &handover).unwrap();
        let release = Arc::clone(handover.now().unwrap().live());
        assert_eq!(handover.object(&release, &page("b.html")).await.unwrap(), "b.html");
        assert!(shown.content(&page("b.html"), &digest).is_some());
        assert!(shown.content(&page("a.html"), &digest).is_none());
        assert!(shown.content(&page("d.html"), &digest).is_none());
        assert!(ShownSite::default().content(&page("b.html"), &digest).is_none());
    }
}
