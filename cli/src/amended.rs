//! A build after an edit of nothing but the words of some lessons: what was made of them
//! is put into the site that stands in the output folder.
//!
//! Where that is not enough, nothing was touched, and the whole school is built.

use std::path::Path;
use std::sync::Arc;

use compiler::Aids;
use compiler::amend::{Amendment, amend};
use compiler::cache::Cache;
use compiler::diagnostic::Diagnostic;
use compiler::notes::{Noted, Noting};
use compiler::parse::Options;
use compiler::source::{SourcePath, SourceTree};
use compiler::stopwatch::NoStopwatch;

use crate::amended::manifest::Amended;
use crate::compilation::Size;
use crate::folder_cache::FolderCache;
use crate::output::earlier::EarlierOutput;
use crate::output::{Changes, OutputFolder};
use crate::rebuild::Rebuild;
use crate::record::Record;
use crate::record::input::Edited;
use crate::record::listing::{Listing, Standing};
use crate::timings::Timings;

mod manifest;

/// So many lessons are amended one by one. More are no edit but another school.
const MOST_EDITED: usize = 64;

/// What an amended build came to.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) size: Size,
    pub(crate) changes: Changes,
}

/// Builds by amending the last build, if that is enough.
pub(crate) fn build(
    rebuild: &Rebuild,
    output: &OutputFolder,
    root: &Path,
    options: &Options,
    timings: &Timings,
) -> Option<anyhow::Result<Built>> {
    let (record, notes) = rebuild.noted()?;
    let look =
        || rayon::join(|| record.inputs.edited(root), || record.outputs.standing(output.root()));
    let (edited, standing) = timings.stage("looking for edits", look);
    let edited = edited.filter(|edited| (1..=MOST_EDITED).contains(&edited.files.len()))?;
    let outputs = match standing {
        Standing::Different => return None,
        Standing::Same => record.outputs.clone(),
        Standing::Restamped(outputs) => outputs,
    };
    let amendment = timings
        .stage("making pages", || amendment(record, &notes, &edited, output, root, options))?;
    let manifest = timings.stage("manifest", || {
        let written = output.manifest().ok()?;
        manifest::amended(&written, &amendment)
    })?;
    let written = timings.stage("writing", || {
        write(rebuild, record, edited, outputs, output, &amendment, &manifest)
    });
    Some(written)
}

fn amendment(
    record: &Record,
    notes: &dyn Noted,
    edited: &Edited,
    output: &OutputFolder,
    root: &Path,
    options: &Options,
) -> Option<Amendment> {
    let folder = Arc::new(FolderCache::of(root));
    let cache: Arc<dyn Cache> = Arc::<FolderCache>::clone(&folder);
    let earlier = EarlierOutput::new(output.root(), Some(&record.outputs));
    let aids = Aids { cache: &cache, earlier: &earlier, watch: &NoStopwatch, noting: Noting::Off };
    let changed: Vec<SourcePath> = edited.files.iter().map(|(path, _)| path.clone()).collect();
    let now = SourceTree::unread(edited.files.iter().cloned());
    let tree = record.inputs.unread(root).overlay(now);
    let amendment = amend(aids, notes, &tree, options, &changed, &record.later);
    folder.finish();
    amendment
}

fn write(
    rebuild: &Rebuild,
    record: &Record,
    edited: Edited,
    mut outputs: Listing,
    output: &OutputFolder,
    amendment: &Amendment,
    manifest: &Amended,
) -> anyhow::Result<Built> {
    let Amended { text, before, after } = manifest;
    let gone = before.iter().filter(|old| after.iter().all(|new| new.key != old.key));
    let gone: Vec<_> = gone.map(|entry| &entry.key).collect();
    let named = |key| after.iter().any(|entry| entry.key == key);
    let files = amendment.files.iter().filter(|file| named(file.key.clone()));
    let files: Vec<_> = files.collect();
    output.put(&files, &gone, text, &mut outputs)?;
    let mut inputs = record.inputs.clone();
    inputs.folders.extend(edited.folders);
    let mut size = record.size;
    size.files = size.files + after.len() - before.len();
    size.bytes += after.iter().map(|entry| entry.bytes).sum::<u64>();
    size.bytes -= before.iter().map(|entry| entry.bytes).sum::<u64>();
    let diagnostics = record.diagnostics.clone();
    let (git, history, notes) = (record.git, record.history, record.notes);
    let (kept, later) = (diagnostics.clone(), amendment.later.clone());
    rebuild.amended(&Record {
        diagnostics: kept,
        size,
        inputs,
        git,
        history,
        outputs,
        notes,
        later,
    });
    let unchanged = size.files - files.len();
    let changes = Changes { written: files.len(), unchanged, removed: gone.len() };
    Ok(Built { diagnostics, size, changes })
}
