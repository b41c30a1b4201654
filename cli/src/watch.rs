//! Notices that the author saved something.
//!
//! Only what the compiler reads is watched: an output folder or a `.git` that
//! changes with every build must not start another one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::school_folder::SchoolFolder;

/// Editors save in several steps; this is long enough for all of them and too
/// short to be felt.
const QUIET: Duration = Duration::from_millis(80);

/// The folders below the school that the compiler reads.
const SOURCES: [&str; 3] = ["content", "data", "themes"];

/// Watches a school until it is dropped.
pub(crate) struct Watch {
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    changes: UnboundedReceiver<()>,
    root: PathBuf,
}

impl Watch {
    /// Begins to watch.
    pub(crate) fn start(school: &SchoolFolder) -> anyhow::Result<Self> {
        // The system reports real paths, so links are resolved before comparing.
        let root = school.root().canonicalize().unwrap_or_else(|_| school.root().to_owned());
        let (sender, changes) = unbounded_channel();
        let seen_from = root.clone();
        let on_events = move |result: DebounceEventResult| {
            let is_news = match result {
                Ok(events) => events.iter().any(|event| {
                    !matches!(event.kind, EventKind::Access(_))
                        && event.paths.iter().any(|path| is_source(&seen_from, path))
                }),
                // Events were lost; what they said is in the files.
                Err(_) => true,
            };
            if is_news {
                // Fails only when nobody waits any more.
                let _ = sender.send(());
            }
        };
        let debouncer = new_debouncer(QUIET, None, on_events)
            .with_context(|| format!("failed to watch `{}`", root.display()))?;
        let mut watch = Self { debouncer, changes, root };
        watch.debouncer.watch(&watch.root, RecursiveMode::NonRecursive)?;
        watch.follow_folders();
        Ok(watch)
    }

    /// Waits for the next change; many at once are one.
    pub(crate) async fn changed(&mut self) {
        // The sender lives in the debouncer, so the channel never closes here.
        let _ = self.changes.recv().await;
        while self.changes.try_recv().is_ok() {}
        self.follow_folders();
    }

    /// A folder may be made or replaced while we watch. Watching one twice is
    /// harmless, and one that is missing is seen when its parent gets it.
    fn follow_folders(&mut self) {
        for folder in SOURCES {
            let _ = self.debouncer.watch(self.root.join(folder), RecursiveMode::Recursive);
        }
    }
}

fn is_source(root: &Path, path: &Path) -> bool {
    let Ok(relative) = path.strip_prefix(root) else { return false };
    let is_hidden = relative.iter().any(|name| name.to_string_lossy().starts_with('.'));
    let top = relative.iter().next().map(|name| name.to_string_lossy().into_owned());
    !is_hidden && top.is_some_and(|top| top == "site.toml" || SOURCES.contains(&top.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_compiler_reads_starts_a_build() {
        let root = Path::new("/school");
        for path in ["site.toml", "content/a/course.md", "themes/lyceum/style.css", "content"] {
            assert!(is_source(root, &root.join(path)), "{path}");
        }
        for path in ["dist/public/index.html", ".git/HEAD", "content/.a.md.swp", "README.md", ""] {
            assert!(!is_source(root, &root.join(path)), "{path}");
        }
        assert!(!is_source(root, Path::new("/elsewhere/site.toml")));
    }
}
