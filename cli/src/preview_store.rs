//! A store that lives as long as a preview: two temporary folders and a release
//! key that nobody keeps.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use compiler::site::Site;
use jiff::Timestamp;
use store::config::{Durability, S3Access, StoreConfig};
use store::release::key::{PublicKey, ReleaseKey};
use store::store::Store;
use tempfile::TempDir;
use url::Url;

use crate::command::publish::explain;
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
            // the process and the folders stay.
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
    store: Store,
    key: ReleaseKey,
}

impl PreviewStore {
    /// An empty store.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("lyceum-preview-")
            .tempdir()
            .context("failed to make a temporary folder")?;
        let side = |name: &str| {
            Url::from_directory_path(folder.path().join(name))
                .map_err(|()| anyhow::anyhow!("`{}` is no folder", folder.path().display()))
        };
        let (public, private) = (side("public")?, side("private")?);
        let config = StoreConfig::parse(public.as_str(), private.as_str(), S3Access::default())?;
        // It is gone with the preview, and an author waits for every build.
        let config = StoreConfig { durability: Durability::Unsynced, ..config };
        let store = Store::open(&config)?;
        Ok(Self { folder, store, key: ReleaseKey::generate()? })
    }

    /// Makes the site the live release.
    pub(crate) async fn publish(&self, site: &Site) -> anyhow::Result<()> {
        let (files, now) = (upload::all(site), Timestamp::now());
        store::release::publish(&self.store, files, &site.manifest, &self.key, now, |_| {})
            .await
            .map_err(explain)?;
        // Every release keeps a copy of every page, and there is one for each edit.
        store::release::forget(&self.store, &self.key.public()).await.map_err(explain)?;
        Ok(())
    }

    /// The folder that holds `public` and `private`.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Where the edge of the preview keeps what it needs.
    pub(crate) fn data_folder(&self) -> PathBuf {
        self.folder.path().join("edge")
    }

    /// Whose releases the edge accepts.
    pub(crate) fn public_key(&self) -> PublicKey {
        self.key.public()
    }
}
