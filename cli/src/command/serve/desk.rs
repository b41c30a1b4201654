//! The school on the author's desk: what was read and compiled last, so that after an
//! edit only what the edit touches is read again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use compiler::Aids;
use compiler::amend::amend;
use compiler::cache::Cache;
use compiler::diagnostic::Diagnostic;
use compiler::notes::{Layered, Notes};
use compiler::parse::Options;
use compiler::site::Site;
use compiler::source::{Change, SourcePath, SourceTree};
use contracts::digest::Digest;
use store::catalog::Release;
use store::handover::Handed;

use crate::amended::MOST_EDITED;
use crate::compilation::{self, Compiled};
use crate::folder_cache::FolderCache;
use crate::history::{History, state};
use crate::preview_store::ShownSite;
use crate::watch::Changes;

/// What an author has before them.
pub(super) struct Desk {
    root: PathBuf,
    options: Options,
    cache: Arc<FolderCache>,
    /// `None` before the first reading, and after one that failed.
    tree: Option<SourceTree>,
    past: Past,
    /// `None` unless the tree was compiled into the site that is shown.
    last: Option<Last>,
    /// The last site that was good.
    shown: ShownSite,
    /// What was shown before, until there is time to take it apart.
    before: Vec<Arc<Handed>>,
}

/// What was noted of the site that is shown, so that words can be put into it.
struct Last {
    notes: Notes,
    /// What was noted since.
    later: Notes,
    diagnostics: Vec<Diagnostic>,
    /// `None` until it is shown.
    release: Option<Arc<Release>>,
}

/// What git told, and what its answer depended on.
#[derive(Default)]
struct Past {
    /// `None` if only git itself can say whether it would tell the same again.
    state: Option<Digest>,
    warning: Option<Diagnostic>,
}

impl Desk {
    /// Nothing was read yet.
    pub(super) fn new(root: PathBuf, options: Options) -> Self {
        let cache = Arc::new(FolderCache::of(&root));
        let (past, shown) = (Past::default(), ShownSite::default());
        Self { root, options, cache, tree: None, past, last: None, shown, before: Vec::new() }
    }

    /// Reads what may have changed and compiles the school. `None` if all is as it
    /// was: an editor may save a file without changing it.
    pub(super) fn compile(&mut self, changes: &Changes) -> anyhow::Result<Option<Compiled>> {
        let known = self.tree.take();
        let is_new = known.is_none();
        let (mut tree, changed) = match (known, changes) {
            (None, _) => (compilation::read(&self.root)?, None),
            (Some(mut tree), Changes::At(paths)) => {
                let changed = compilation::read_again(&mut tree, &self.root, paths)?;
                (tree, Some(changed))
            }
            (Some(mut tree), Changes::Anything) => {
                let changed = compilation::read_again(&mut tree, &self.root, EVERYTHING)?;
                (tree, Some(changed))
            }
        };
        if changed.as_ref().is_some_and(BTreeMap::is_empty) {
            self.tree = Some(tree);
            return Ok(None);
        }
        // Git tells only of files that are there.
        let names = changed.iter().flat_map(|changed| changed.values());
        let has_new_names = is_new || names.into_iter().any(|change| *change == Change::New);
        let now = state::state(&self.root);
        let last = self.last.take();
        if has_new_names || now.is_none() || now != self.past.state {
            let History { changed, authors, warning } = History::read(&self.root);
            tree = tree.with_changes(changed).with_authors(authors);
            self.past = Past { state: now, warning };
        } else if let Some((last, compiled)) =
            last.zip(changed).and_then(|(last, changed)| self.amended(last, &tree, &changed))
        {
            (self.tree, self.last) = (Some(tree), Some(last));
            return Ok(Some(compiled));
        }
        let warning = self.past.warning.clone();
        let mut compiled =
            compilation::of_dated(&self.cache, &tree, warning, &self.options, &self.shown);
        self.tree = Some(tree);
        if compiled.site.is_some() {
            let (notes, later) = (std::mem::take(&mut compiled.notes), Notes::default());
            let diagnostics = compiled.diagnostics.clone();
            self.last = Some(Last { notes, later, diagnostics, release: None });
        }
        Ok(Some(compiled))
    }

    /// The site that is shown with other words in it, if nothing else has changed.
    fn amended(
        &self,
        mut last: Last,
        tree: &SourceTree,
        changed: &BTreeMap<SourcePath, Change>,
    ) -> Option<(Last, Compiled)> {
        if changed.len() > MOST_EDITED || changed.values().any(|change| *change != Change::Edited) {
            return None;
        }
        let release = last.release.take()?;
        let cache: Arc<dyn Cache> = Arc::<FolderCache>::clone(&self.cache);
        let aids = Aids { earlier: &self.shown, ..Aids::cache(&cache) };
        let changed: Vec<SourcePath> = changed.keys().cloned().collect();
        let notes = Layered { later: &last.later, first: &last.notes };
        let amendment = amend(aids, &notes, tree.clone(), &self.options, &changed)?;
        let (files, manifest) = (self.shown.files().to_vec(), release.manifest.clone());
        let mut site = Site { files, manifest };
        if !site.amend(&amendment) {
            return None;
        }
        last.later.extend(amendment.notes);
        let compiled = Compiled::amended(site, last.diagnostics.clone());
        Some((last, compiled))
    }

    /// The site that was made is shown now, in the place of another one.
    pub(super) fn shows(
        &mut self,
        shown: ShownSite,
        release: Option<Arc<Release>>,
        before: Option<Arc<Handed>>,
    ) {
        self.shown = shown;
        if let Some(last) = &mut self.last {
            last.release = release;
        }
        self.before.extend(before);
    }

    /// Does what nobody waits for: keeps what was made for the next time, and takes
    /// apart what is no longer shown.
    pub(super) fn tidy(&mut self) {
        self.before.clear();
        self.cache.finish();
    }
}

/// Whatever the compiler reads of a school.
const EVERYTHING: &[&str] = &compiler::source::ROOTS;
