//! What a build notes down so that the next one, after an edit that changes nothing but
//! the words of some lessons, can make their pages alone.
//!
//! A note is found by its name and says nothing by itself: it is true as long as all
//! files are what they were, but for the words below the front matter of lessons that
//! have a note. Where notes are kept is the caller's business.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// Whether a build takes notes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Noting {
    /// It is not needed again.
    #[default]
    Off,
    /// The next build may amend it.
    On,
}

/// Notes of a build, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(BTreeMap<String, Vec<u8>>);

/// Where notes are looked up.
pub trait Noted: Debug + Sync {
    /// A note, whole and as it was taken.
    fn note(&self, name: &str) -> Option<Vec<u8>>;
}

impl Notes {
    /// Every note, in order of name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, note)| (name.as_str(), note.as_slice()))
    }

    /// Whether none was taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over notes, in the place of those of the same names.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn add(&mut self, name: String, note: Vec<u8>) {
        self.0.insert(name, note);
    }
}

impl FromIterator<(String, Vec<u8>)> for Notes {
    fn from_iter<I: IntoIterator<Item = (String, Vec<u8>)>>(notes: I) -> Self {
        Self(notes.into_iter().collect())
    }
}

impl Noted for Notes {
    fn note(&self, name: &str) -> Option<Vec<u8>> {
        self.0.get(name).cloned()
    }
}

/// Notes with later ones laid over them.
#[derive(Debug)]
pub struct Layered<'n> {
    /// Those win.
    pub later: &'n Notes,
    /// What was noted first.
    pub first: &'n dyn Noted,
}

impl Noted for Layered<'_> {
    fn note(&self, name: &str) -> Option<Vec<u8>> {
        self.later.note(name).or_else(|| self.first.note(name))
    }
}
