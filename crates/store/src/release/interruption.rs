//! What is known of the public pages before they are changed: all of it, or what
//! an interrupted publication noted of its way.

use std::collections::HashSet;

use contracts::id::ReleaseId;
use contracts::manifest::{Manifest, ObjectEntry};

use super::note::{Found, Mark};
use super::plan::{Known, is_page};
use super::survey::Survey;

/// The public pages as they stand.
#[derive(Debug, Default)]
pub(crate) struct Standing<'s> {
    /// The manifest that describes all of them.
    pub(crate) described: Option<&'s Manifest>,
    /// Without such a manifest: the pages that are those of the next release, if they
    /// are there at all.
    pub(crate) known: Known,
    /// What a publication of the next release notes to begin with.
    pub(crate) mark: Mark,
}

impl<'s> Standing<'s> {
    /// What is known before a release is published.
    pub(crate) fn of(survey: &'s Survey, release: &ReleaseId, next: &Manifest) -> Self {
        let current = survey.pointer.as_ref().map(|pointer| &pointer.current);
        let live = current.map(|current| &current.live.release);
        let whole = || Self {
            described: survey.live.as_ref(),
            mark: Mark { from: live.cloned(), objects: 0 },
            ..Self::default()
        };
        let Some((noted, mark)) = survey.note.as_ref().map(Found::mark) else {
            return whole();
        };
        // A publication changes pages only once its release is live.
        if mark.from.is_some() && mark.from.as_ref() == live {
            return whole();
        }
        let Some(changing) = survey.live.as_ref().filter(|_| live == Some(noted)) else {
            return Self::default();
        };
        let is_same = release == noted;
        let previous = current.and_then(|current| current.previous.as_ref());
        let from = previous.filter(|previous| mark.from.as_ref() == Some(&previous.release));
        let from = survey.before.as_ref().filter(|_| is_same && from.is_some());
        let done = changing.objects.iter().take(mark.objects);
        let unchanged = from.into_iter().flat_map(|from| &from.objects);
        Self {
            described: None,
            known: pages_of(next, done.chain(unchanged)),
            mark: if is_same { mark.clone() } else { Mark::default() },
        }
    }
}

/// The pages of a release that are among these.
fn pages_of<'e>(next: &Manifest, entries: impl Iterator<Item = &'e ObjectEntry>) -> Known {
    let name = |entry: &'e ObjectEntry| (&entry.key, entry.digest);
    let pages: HashSet<_> = entries.filter(|entry| is_page(&entry.key)).map(name).collect();
    let known = next.objects.iter().filter(|entry| pages.contains(&(&entry.key, entry.digest)));
    known.map(|entry| entry.key.clone()).collect()
}
