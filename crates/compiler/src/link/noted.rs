//! The index of links as it is noted for the next build, which looks into it only if a text
//! has a link.

use std::ops::Deref;
use std::sync::OnceLock;

use crate::link::LinkIndex;

/// The addresses of a school, read from a note when they are first asked for.
#[derive(Debug, Default)]
pub struct Links {
    index: OnceLock<LinkIndex>,
    noted: Vec<u8>,
}

impl Links {
    /// The index that is in a note, which was found to be whole.
    pub(crate) fn noted(noted: Vec<u8>) -> Self {
        Self { index: OnceLock::new(), noted }
    }
}

impl From<LinkIndex> for Links {
    fn from(index: LinkIndex) -> Self {
        Self { index: OnceLock::from(index), noted: Vec::new() }
    }
}

impl Deref for Links {
    type Target = LinkIndex;

    /// A note that can't be read knows no page, so that every link is told as broken.
    fn deref(&self) -> &LinkIndex {
        self.index.get_or_init(|| postcard::from_bytes(&self.noted).unwrap_or_default())
    }
}

impl LinkIndex {
    /// The index as a note.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Texts and numbers can always be written.
        postcard::to_stdvec(self).unwrap_or_default()
    }
}
