//! A build after an edit of nothing but the words of some lessons: what was made of them
//! is put into the site that stands in the output folder.
//!
//! Where that is not enough, nothing was touched, and the whole school is built.

use std::path::Path;
use std::sync::Arc;

use compiler::Aids;
use compiler::amend::{Amendment, Exchange, amend};
use compiler::cache::Cache;
use compiler::diagnostic::Diagnostic;
use compiler::notes::{Layered, Noted, Notes, Noting};
use compiler::parse::Options;
use compiler::site::SiteFile;
use compiler::source::{SourcePath, SourceTree};
use compiler::stopwatch::NoStopwatch;
use contracts::manifest::ObjectEntry;

use crate::amended::manifest::Written;
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
    let before = output.manifest().ok()?;
    let (exchange, manifest) = timings.stage("manifest", || {
        let written = Written::read(&before)?;
        let exchange = amendment.exchange(&written)?;
        let manifest = written.with(&exchange)?;
        Some((exchange, manifest))
    })?;
    let mut later = record.later.clone();
    later.extend(amendment.notes);
    let next = Next { edited, outputs, later, exchange, manifest };
    Some(timings.stage("writing", || write(rebuild, record, next, output)))
}

/// What is to be written.
struct Next {
    edited: Edited,
    outputs: Listing,
    later: Notes,
    exchange: Exchange,
    manifest: Vec<u8>,
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
    let notes = Layered { later: &record.later, first: notes };
    let changed: Vec<SourcePath> = edited.files.iter().map(|(path, _)| path.clone()).collect();
    let now = SourceTree::unread(edited.files.iter().cloned());
    let tree = record.inputs.unread(root).overlay(now);
    let amendment = amend(aids, &notes, &tree, options, &changed);
    folder.finish();
    amendment
}

fn write(
    rebuild: &Rebuild,
    record: &Record,
    next: Next,
    output: &OutputFolder,
) -> anyhow::Result<Built> {
    let Next { edited, mut outputs, later, exchange, manifest } = next;
    let Exchange { gone, new, .. } = exchange;
    let files: Vec<&SiteFile> = new.iter().map(|(_, file)| file).collect();
    let stays = |old: &&ObjectEntry| files.iter().all(|file| file.key != old.key);
    let removed: Vec<_> = gone.values().filter(stays).map(|entry| &entry.key).collect();
    output.put(&files, &removed, &manifest, &mut outputs)?;
    let mut inputs = record.inputs.clone();
    inputs.folders.extend(edited.folders);
    let mut size = record.size;
    size.files = size.files + files.len() - gone.len();
    size.bytes += files.iter().map(|file| file.len()).sum::<u64>();
    size.bytes -= gone.values().map(|entry| entry.bytes).sum::<u64>();
    let unchanged = size.files - files.len();
    let changes = Changes { written: files.len(), unchanged, removed: removed.len() };
    let Record { diagnostics, git, history, notes, .. } = record;
    let (git, history, notes) = (*git, *history, *notes);
    let kept = diagnostics.clone();
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
    Ok(Built { diagnostics: diagnostics.clone(), size, changes })
}
