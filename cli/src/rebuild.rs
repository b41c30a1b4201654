//! Whether a build would change anything, found out as cheaply as can be.
//!
//! First by stamps alone, then by what the compiler read; the rest is a build. What
//! is told and written in the end is the same in all three cases.

use std::path::{Path, PathBuf};

use compiler::diagnostic::Diagnostic;
use compiler::notes::Notes;
use compiler::source::SourceTree;
use contracts::digest::Digest;

use crate::compilation::Size;
use crate::history::{History, state::state};
use crate::record::input::{Edited, Stock};
use crate::record::listing::{Listing, Standing};
use crate::record::notes::NoteFile;
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

/// The last build, all files of which are still there.
#[derive(Debug)]
pub(crate) struct Look<'r> {
    pub(crate) record: &'r Record,
    pub(crate) edited: Edited,
    git: Option<Digest>,
    /// What stands in the output folder, where its stamps are others.
    outputs: Option<Listing>,
    /// Whether the record can be made to say more.
    is_new: bool,
}

impl Look<'_> {
    /// The record as it would be written today.
    pub(crate) fn next(&self) -> Record {
        let Self { record, edited, git, outputs, .. } = self;
        let mut inputs = record.inputs.clone();
        inputs.folders.extend(edited.folders.iter().cloned());
        let outputs = outputs.as_ref().unwrap_or(&record.outputs).clone();
        Record { inputs, outputs, git: *git, ..(*record).clone() }
    }
}

impl Rebuild {
    /// Looks for a record of the last good build into the same folder with the same
    /// options.
    pub(crate) fn of(root: &Path, out: &Path, options: &str) -> Self {
        let shelf = std::path::absolute(out).ok().and_then(|out| Shelf::of(root, &out, options));
        let record = shelf.as_ref().and_then(Shelf::take);
        Self { root: root.to_owned(), out: out.to_owned(), shelf, record, git: state(root) }
    }

    /// Looks what has become of the last build and of what it was made of: by stamps,
    /// and by bytes where these say nothing. `None` if there is no such build, or if
    /// something came or went.
    pub(crate) fn look(&self) -> Option<Look<'_>> {
        let record = self.record.as_ref()?;
        let (edited, standing) =
            rayon::join(|| record.inputs.edited(&self.root), || record.outputs.standing(&self.out));
        let edited = edited?;
        let mut git = self.git;
        if git.is_none() || git != record.git {
            let history = History::read(&self.root);
            if history.digest() != record.history {
                return None;
            }
            git = self.git_of(&history);
        }
        let (is_new, outputs) = match standing {
            Standing::Different => return None,
            Standing::Same => (git != record.git, None),
            Standing::Restamped(outputs) => (true, Some(outputs)),
        };
        let is_new = is_new || !edited.folders.is_empty();
        Some(Look { record, edited, git, outputs, is_new })
    }

    /// The last build, if it would come out the same.
    pub(crate) fn unchanged<'l>(&self, look: &'l Look<'_>) -> Option<&'l Record> {
        let Look { record, edited, is_new, .. } = look;
        if !edited.files.is_empty() {
            return None;
        }
        if *is_new && let Some(shelf) = &self.shelf {
            shelf.put(&look.next());
        }
        Some(record)
    }

    /// The notes of the last build, if it took any.
    pub(crate) fn notes(&self, look: &Look<'_>) -> Option<NoteFile> {
        self.shelf.as_ref()?.notes(look.record)
    }

    /// Keeps a build that amended the last one.
    pub(crate) fn amended(&self, record: &Record) {
        if let Some(shelf) = &self.shelf {
            shelf.put(record);
        }
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
                record.kept(),
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

    /// Keeps a build that was made, with its notes.
    pub(crate) fn made(&self, inputs: Inputs, made: Made<'_>, notes: &Notes) {
        // While they are written, no record may say what they are.
        self.shelf.iter().for_each(Shelf::forget);
        let notes = self.shelf.as_ref().and_then(|shelf| shelf.put_notes(notes));
        self.keep(inputs.files, inputs.git, inputs.history, made, (notes, Notes::default()));
    }

    /// Where git had trouble, it may be over without anything having changed.
    fn git_of(&self, history: &History) -> Option<Digest> {
        self.git.filter(|_| history.warning.is_none())
    }

    fn keep(
        &self,
        inputs: Listing,
        git: Option<Digest>,
        history: Digest,
        made: Made<'_>,
        (notes, later): (Option<Digest>, Notes),
    ) {
        let Some(shelf) = &self.shelf else { return };
        let Made { diagnostics, size, outputs } = made;
        let diagnostics = diagnostics.to_vec();
        shelf.put(&Record { diagnostics, size, inputs, git, history, outputs, notes, later });
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
