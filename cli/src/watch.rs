//! Notices that the author saved something, and what.
//!
//! Only what the compiler reads is watched: an output folder or a `.git` that
//! changes with every build must not start another one. A file that was saved is
//! told of at once; whatever comes in a burst, such as a checkout, is told of once.

mod burst;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::school_folder::SchoolFolder;
use burst::{Burst, Told};

/// The folders below the school that the compiler reads.
const SOURCES: [&str; 3] = ["content", "data", "themes"];

/// Watches a school until it is dropped.
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    told: UnboundedReceiver<Told>,
    root: PathBuf,
}

/// What an author may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Changes {
    /// At most what stands at these paths of the school, or below them.
    At(BTreeSet<PathBuf>),
    /// Nobody knows: there was too much to tell.
    Anything,
}

impl Watch {
    /// Begins to watch.
    pub(crate) fn start(school: &SchoolFolder) -> anyhow::Result<Self> {
        // The system reports real paths, so links are resolved before comparing.
        let root = school.root().canonicalize().unwrap_or_else(|_| school.root().to_owned());
        let (sender, told) = unbounded_channel();
        let seen_from = root.clone();
        let watcher = notify::recommended_watcher(move |event| tell(&sender, &seen_from, event))
            .with_context(|| format!("failed to watch `{}`", root.display()))?;
        let mut watch = Self { watcher, told, root };
        watch.watcher.watch(&watch.root, RecursiveMode::NonRecursive)?;
        watch.follow_folders();
        Ok(watch)
    }

    /// Waits for the next change.
    pub(crate) async fn changed(&mut self) -> Changes {
        let mut burst = Burst::default();
        while let Some(told) = self.next(&burst).await {
            if told.is_folder_of_school() {
                // It may be new, or another one than before.
                self.follow_folders();
            }
            burst.add(told, Instant::now());
        }
        burst.changes()
    }

    /// The next change, if there is one before long.
    pub(crate) async fn changed_within(&mut self, patience: Duration) -> Option<Changes> {
        let first = tokio::time::timeout(patience, self.told.recv()).await.ok()??;
        let mut burst = Burst::default();
        burst.add(first, Instant::now());
        while let Some(told) = self.next(&burst).await {
            burst.add(told, Instant::now());
        }
        self.follow_folders();
        Some(burst.changes())
    }

    /// Whether something was told that nobody has asked for yet.
    pub(crate) fn has_news(&self) -> bool {
        !self.told.is_empty()
    }

    /// What is told next; `None` once the burst is over.
    async fn next(&mut self, burst: &Burst) -> Option<Told> {
        // The sender lives in the watcher, so the channel never closes here.
        match burst.patience(Instant::now()) {
            None => self.told.recv().await,
            Some(Duration::ZERO) => None,
            Some(patience) => tokio::time::timeout(patience, self.told.recv()).await.ok()?,
        }
    }

    /// A folder may be made or replaced while we watch. Watching one twice is
    /// harmless, and one that is missing is seen when its parent gets it.
    fn follow_folders(&mut self) {
        for folder in SOURCES {
            let _ = self.watcher.watch(&self.root.join(folder), RecursiveMode::Recursive);
        }
    }
}

fn tell(sender: &UnboundedSender<Told>, root: &Path, event: notify::Result<notify::Event>) {
    let told = match event {
        Ok(event) if event.need_rescan() => vec![Told::Lost],
        Ok(event) => Told::of(&event, |path| source(root, path)),
        // Events were lost; what they said is in the files.
        Err(_) => vec![Told::Lost],
    };
    for told in told {
        // Fails only when nobody waits any more.
        let _ = sender.send(told);
    }
}

/// The path in the school, if the compiler reads what stands there.
fn source(root: &Path, path: &Path) -> Option<PathBuf> {
    let relative = path.strip_prefix(root).ok()?;
    let is_hidden = relative.iter().any(|name| name.to_string_lossy().starts_with('.'));
    let top = relative.iter().next()?.to_string_lossy();
    let is_source = top == "site.toml" || SOURCES.contains(&top.as_ref());
    (is_source && !is_hidden).then(|| relative.to_owned())
}

#[cfg(test)]
mod tests;
