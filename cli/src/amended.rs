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
use compiler::site::{Site, SiteFile};
use compiler::source::{SourcePath, SourceTree};
use compiler::stopwatch::NoStopwatch;
use contracts::manifest::ObjectEntry;

use crate::amended::manifest::Written;
use crate::compilation::Size;
use crate::folder_cache::FolderCache;
use crate::output::earlier::EarlierOutput;
use crate::output::{Changes, OutputFolder};
use crate::rebuild::{Look, Rebuild};
use crate::record::Record;
use crate::timings::Timings;

mod manifest;

/// So many lessons are amended one by one. More are no edit but another school.
pub(crate) const MOST_EDITED: usize = 64;

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
    look: &Look<'_>,
    output: &OutputFolder,
    root: &Path,
    options: &Options,
    timings: &Timings,
) -> Option<anyhow::Result<Built>> {
    if look.edited.files.len() > MOST_EDITED {
        return None;
    }
    let notes = rebuild.notes(look)?;
    let amendment = || amendment(look, &notes, output, root, options);
    let amendment = timings.stage("making pages", amendment)?;
    let before = output.manifest().ok()?;
    let (exchange, manifest) = timings.stage("manifest", || {
        let written = Written::read(&before)?;
        let exchange = amendment.exchange(&written)?;
        let manifest = written.with(&exchange)?;
        Some((exchange, manifest))
    })?;
    let manifests = (before.as_str(), manifest.as_slice());
    let write = || write(rebuild, look.next(), amendment.notes, exchange, manifests, output);
    timings.stage("writing", write).transpose()
}

/// The site that the last build left, with other words in it if nothing but words was
/// edited since. Nothing is written.
pub(crate) fn site(
    rebuild: &Rebuild,
    look: &Look<'_>,
    output: &OutputFolder,
    root: &Path,
    options: &Options,
) -> Option<Site> {
    let mut site = output.site()?;
    if look.edited.files.is_empty() {
        return Some(site);
    }
    if look.edited.files.len() > MOST_EDITED {
        return None;
    }
    let amendment = amendment(look, &rebuild.notes(look)?, output, root, options)?;
    site.amend(&amendment).then_some(site)
}

fn amendment(
    look: &Look<'_>,
    notes: &dyn Noted,
    output: &OutputFolder,
    root: &Path,
    options: &Options,
) -> Option<Amendment> {
    let Look { record, edited, .. } = look;
    let folder = Arc::new(FolderCache::of(root));
    let cache: Arc<dyn Cache> = Arc::<FolderCache>::clone(&folder);
    let earlier = EarlierOutput::new(output.root(), Some(&record.outputs));
    let aids = Aids { cache: &cache, earlier: &earlier, watch: &NoStopwatch, noting: Noting::Off };
    let notes = Layered { later: &record.later, first: notes };
    let changed: Vec<SourcePath> = edited.files.iter().map(|(path, _)| path.clone()).collect();
    let now = SourceTree::unread(edited.files.iter().cloned());
    let tree = record.inputs.unread(root).overlay(now);
    let amendment = amend(aids, &notes, tree, options, &changed);
    folder.finish();
    amendment
}

fn write(
    rebuild: &Rebuild,
    mut record: Record,
    notes: Notes,
    exchange: Exchange,
    manifests: (&str, &[u8]),
    output: &OutputFolder,
) -> anyhow::Result<Option<Built>> {
    let Exchange { gone, new, .. } = exchange;
    let files: Vec<&SiteFile> = new.iter().map(|(_, file)| file).collect();
    let stays = |old: &&ObjectEntry| files.iter().all(|file| file.key != old.key);
    let removed: Vec<_> = gone.values().filter(stays).map(|entry| &entry.key).collect();
    if !output.put(&files, &removed, manifests, &mut record.outputs)? {
        return Ok(None);
    }
    let size = &mut record.size;
    size.files = size.files + files.len() - gone.len();
    size.bytes += files.iter().map(|file| file.len()).sum::<u64>();
    size.bytes -= gone.values().map(|entry| entry.bytes).sum::<u64>();
    let size = *size;
    record.later.extend(notes);
    rebuild.amended(&record);
    let unchanged = size.files - files.len();
    let changes = Changes { written: files.len(), unchanged, removed: removed.len() };
    Ok(Some(Built { diagnostics: record.diagnostics, size, changes }))
}
