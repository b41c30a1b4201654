//! Whether a build would change anything, found out as cheaply as can be.
//!
//! First by stamps alone, then by what the compiler read; the rest is a build. What
//! is told and written in the end is the same in all three cases.

use std::path::{Path, PathBuf};

use compiler::diagnostic::Diagnostic;
use compiler::source::SourceTree;
use contracts::digest::Digest;

use crate::compilation::Size;
use crate::history::{History, state::state};
use crate::record::input::Stock;
use crate::record::listing::{Listing, Standing};
use crate::record::{Record, Shelf};

/// A build that may not be necessary.
#[derive(Debug)]
pub(crate) struct Rebuild {
    root: PathBuf,
    out: PathBuf,
    shelf: Option<Shelf>,
    record: Option<Record>,
    /// Before anybody asks git.
    git: Option<Digest>,
}

/// The inputs of a build that is about to read them.
#[derive(Debug)]
pub(crate) struct Begun(Option<Stock>);

/// What a build came to.
#[derive(Debug)]
pub(crate) struct Made<'o> {
    pub(crate) diagnostics: &'o [Diagnostic],
    pub(crate) size: Size,
    /// What stands in the output folder.
    pub(crate) outputs: Listing,
}

impl Rebuild {
    /// Looks for a record of the last good build into the same folder with the same
    /// options.
    pub(crate) fn of(root: &Path, out: &Path, options: &str) -> Self {
        let shelf = std::path::absolute(out).ok().and_then(|out| Shelf::of(root, &out, options));
        let record = shelf.as_ref().and_then(Shelf::take);
        Self { root: root.to_owned(), out: out.to_owned(), shelf, record, git: state(root) }
    }

    /// The last build, if nothing has changed since by any stamp.
    pub(crate) fn unchanged(&self) -> Option<&Record> {
        let record = self.record.as_ref()?;
        if !record.inputs.is_stocked(&self.root) {
            return None;
        }
        let mut git = self.git;
        if git.is_none() || git != record.git {
            let history = History::read(&self.root);
            if history.digest() != record.history {
                return None;
            }
            git = self.git_of(&history);
        }
        let outputs = match record.outputs.standing(&self.out) {
            Standing::Different => return None,
            Standing::Same if git == record.git => return Some(record),
            Standing::Same => record.outputs.clone(),
            Standing::Restamped(outputs) => outputs,
        };
        self.keep(
            record.inputs.clone(),
            git,
            record.history,
            Made { diagnostics: &record.diagnostics, size: record.size, outputs },
        );
        Some(record)
    }

    /// To be called before anything is read.
    pub(crate) fn begin(&self) -> Begun {
        Begun(self.shelf.is_some().then(|| Stock::of(&self.root)).flatten())
    }

    /// The last build, if what was read is what was read then. Files that were only
    /// touched are found out here, and those changed so shortly before a build that
    /// their stamp is worth nothing.
    pub(crate) fn unchanged_as_read(
        &self,
        begun: &mut Begun,
        tree: &SourceTree,
        history: &History,
    ) -> Option<&Record> {
        let record = self.record.as_ref()?;
        if !record.inputs.is_read_as(tree) || history.digest() != record.history {
            return None;
        }
        let outputs = match record.outputs.standing(&self.out) {
            Standing::Different => return None,
            Standing::Same => record.outputs.clone(),
            Standing::Restamped(outputs) => outputs,
        };
        if let Some(inputs) = begun.0.take().and_then(|stock| stock.with_digests(tree)) {
            self.keep(
                inputs,
                self.git_of(history),
                record.history,
                Made { diagnostics: &record.diagnostics, size: record.size, outputs },
            );
        }
        Some(record)
    }

    /// What the last build left in the output folder, true or not.
    pub(crate) fn outputs(&self) -> Option<&Listing> {
        self.record.as_ref().map(|record| &record.outputs)
    }

    /// The inputs that a tree and a history make, to be kept once they are built.
    pub(crate) fn inputs(
        &self,
        begun: Begun,
        tree: &SourceTree,
        history: &History,
    ) -> Option<Inputs> {
        let files = begun.0?.with_digests(tree)?;
        Some(Inputs { files, git: self.git_of(history), history: history.digest() })
    }

    /// Keeps a build that was made.
    pub(crate) fn made(&self, inputs: Inputs, made: Made<'_>) {
        self.keep(inputs.files, inputs.git, inputs.history, made);
    }

    /// Where git had trouble, it may be over without anything having changed.
    fn git_of(&self, history: &History) -> Option<Digest> {
        self.git.filter(|_| history.warning.is_none())
    }

    fn keep(&self, inputs: Listing, git: Option<Digest>, history: Digest, made: Made<'_>) {
        let Some(shelf) = &self.shelf else { return };
        let Made { diagnostics, size, outputs } = made;
        let diagnostics = diagnostics.to_vec();
        shelf.put(&Record { diagnostics, size, inputs, git, history, outputs });
    }
}

/// What a build was made of.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// Everything that the compiler reads.
    pub(crate) files: Listing,
    /// What git's answer depends on, if that is known without asking it.
    pub(crate) git: Option<Digest>,
    /// What git answered.
    pub(crate) history: Digest,
}
