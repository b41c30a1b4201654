//! Reading again what may have changed of a school that is in memory already, for
//! whoever follows an author: it costs what the change costs.

use std::collections::BTreeMap;
use std::path::Path;

use crate::source::{SourceError, SourceFile, SourcePath, SourceTree, disk};

/// What happened to a file between two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there before.
    New,
    /// Its bytes are others.
    Edited,
    /// It is no longer there.
    Gone,
}

impl SourceTree {
    /// Reads again what stands at some paths below `root`, or below them, and tells what
    /// came of it. What it costs does not grow with the school, unless there are links
    /// in it. After an error the tree holds what it held before.
    pub fn read_again<P: AsRef<Path>>(
        &mut self,
        root: &Path,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<BTreeMap<SourcePath, Change>, SourceError> {
        let mut fresh = BTreeMap::new();
        for path in paths {
            match disk::walk_below(root, path.as_ref(), self.links)? {
                Some((below, files)) => {
                    let known = self.starting(below.as_str()).map(|(path, _)| path);
                    let is_there = |path: &&SourcePath| {
                        let rest = path.as_str().strip_prefix(below.as_str());
                        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    };
                    fresh.extend(known.filter(is_there).map(|path| (path.clone(), None)));
                    fresh.extend(files.into_iter().map(|(path, file)| (path, Some(file))));
                }
                None => return self.read_whole(root),
            }
        }
        let changes = fresh.iter().filter_map(|(path, file)| self.change(path, file.as_ref()));
        let changes: BTreeMap<_, _> = changes.collect();
        if changes.get("site.toml") == Some(&Change::Gone) {
            return Err(SourceError::NotASchool(root.to_owned()));
        }
        for (path, file) in fresh {
            match file {
                Some(file) => drop(self.files.insert(path, file)),
                None => drop(self.files.remove(&path)),
            }
        }
        Ok(changes)
    }

    fn read_whole(&mut self, root: &Path) -> Result<BTreeMap<SourcePath, Change>, SourceError> {
        let now = Self::read(root)?;
        let paths = self.files.keys().chain(now.files.keys());
        let changes = paths.filter_map(|path| self.change(path, now.files.get(path))).collect();
        self.files = now.files;
        self.links = now.links;
        Ok(changes)
    }

    fn change(&self, path: &SourcePath, now: Option<&SourceFile>) -> Option<(SourcePath, Change)> {
        let change = match (self.files.get(path), now) {
            (None, Some(_)) => Change::New,
            (Some(_), None) => Change::Gone,
            (Some(before), Some(now)) if before.digest != now.digest => Change::Edited,
            (Some(_), Some(_)) | (None, None) => return None,
        };
        Some((path.clone(), change))
    }
}
