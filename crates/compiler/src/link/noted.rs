//! The index of links as it is noted for the next build, which looks into it only if a text
//! has a link to a page.

use std::ops::Deref;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use contracts::language::Language;

use crate::link::{Destination, LinkIndex, LinkProblem, without_index};
use crate::notes::Noted;
use crate::source::{SourcePath, SourceTree};

/// The addresses of a school, read from a note when they are first asked for.
#[derive(Debug, Default)]
pub struct Links<'n> {
    index: OnceLock<LinkIndex>,
    noted: Option<(&'n dyn Noted, &'static str)>,
    /// Set if the note was needed and could not be read.
    is_lost: AtomicBool,
}

impl<'n> Links<'n> {
    /// The index that is in the note of this name.
    pub(crate) fn noted(notes: &'n dyn Noted, name: &'static str) -> Self {
        Self { noted: Some((notes, name)), ..Self::default() }
    }

    /// Whether a text was rendered without the index that it asked for.
    pub(crate) fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }

    /// As [`LinkIndex::resolve`].
    pub fn resolve(
        &self,
        tree: &SourceTree,
        from: &SourcePath,
        language: &Language,
        target: &str,
    ) -> Result<Destination, LinkProblem> {
        without_index(target).unwrap_or_else(|| (**self).resolve(tree, from, language, target))
    }
}

impl From<LinkIndex> for Links<'_> {
    fn from(index: LinkIndex) -> Self {
        Self { index: OnceLock::from(index), ..Self::default() }
    }
}

impl Deref for Links<'_> {
    type Target = LinkIndex;

    /// A note that can't be read knows no page, and is remembered as lost.
    fn deref(&self) -> &LinkIndex {
        self.index.get_or_init(|| {
            let note = self.noted.and_then(|(notes, name)| notes.note(name));
            note.and_then(|note| postcard::from_bytes(&note).ok()).unwrap_or_else(|| {
                self.is_lost.store(true, Ordering::Relaxed);
                LinkIndex::default()
            })
        })
    }
}

impl LinkIndex {
    /// The index as a note.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers can always be written.
        postcard::to_stdvec(self).unwrap_or_default()
    }
}
