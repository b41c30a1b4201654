//! How the levels of a school lie over one another: the nearest one that says a
//! key wins, and a list takes the place of the list above it.
//!
//! Each value keeps the place where it is written, so that an author can be told
//! why a lesson is what it is.

use std::collections::BTreeMap;

use contracts::access::Access;
use contracts::id::Slug;
use jiff::Timestamp;

use crate::field::{Placed, SourceText};
use crate::front_matter::cascade::Cascade;
use crate::level::Level;
use crate::parse::Parser;
use crate::school::{Label, Origin};
use crate::source::SourcePath;

/// A value and where it is written.
#[derive(Debug, Clone)]
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) origin: Origin,
}

/// What the lessons below a level are unless they say otherwise.
#[derive(Debug, Clone, Default)]
pub(super) struct Inherited {
    pub(super) access: Option<Written<Access>>,
    pub(super) draft: Option<Written<bool>>,
    pub(super) publish_at: Option<Written<Option<Timestamp>>>,
    pub(super) expires_at: Option<Written<Option<Timestamp>>>,
    pub(super) tags: Option<Written<Vec<Label>>>,
    pub(super) authors: Option<Written<Vec<String>>>,
}

/// `[defaults]` of `site.toml`, checked.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    pub(super) instructors: Vec<Slug>,
    pub(super) level: Option<Level>,
    pub(super) lessons: Inherited,
}

impl Inherited {
    /// These values with those of a nearer level laid over them.
    pub(super) fn overlaid(&self, nearer: Self) -> Self {
        Self {
            access: nearer.access.or_else(|| self.access.clone()),
            draft: nearer.draft.or_else(|| self.draft.clone()),
            publish_at: nearer.publish_at.or_else(|| self.publish_at.clone()),
            expires_at: nearer.expires_at.or_else(|| self.expires_at.clone()),
            tags: nearer.tags.or_else(|| self.tags.clone()),
            authors: nearer.authors.or_else(|| self.authors.clone()),
        }
    }

    pub(super) fn is_draft(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| draft.value)
    }

    /// Where each value that is set is written, by its key.
    pub(super) fn origins(&self) -> BTreeMap<&'static str, Origin> {
        let origins = [
            ("access", self.access.as_ref().map(|written| &written.origin)),
            ("draft", self.draft.as_ref().map(|written| &written.origin)),
            ("publish_at", self.publish_at.as_ref().map(|written| &written.origin)),
            ("expires_at", self.expires_at.as_ref().map(|written| &written.origin)),
            ("tags", self.tags.as_ref().map(|written| &written.origin)),
            ("authors", self.authors.as_ref().map(|written| &written.origin)),
        ];
        origins.into_iter().filter_map(|(key, origin)| Some((key, origin?.clone()))).collect()
    }
}

impl Parser<'_> {
    /// Reads `[defaults]`; who teaches must be known before.
    pub(super) fn read_defaults(&mut self) {
        let config = self.config;
        let path = SourcePath::new("site.toml");
        let Ok(text) = self.tree.text(&path) else { return };
        let source = SourceText { path: &path, text };
        self.defaults = Defaults {
            instructors: self.instructors_of(source, &config.defaults.instructors),
            level: config.defaults.level,
            lessons: self.inherited(source, &config.defaults.lessons),
        };
    }

    /// What a level says, checked, with the place of each value.
    pub(super) fn inherited(&mut self, source: SourceText<'_>, keys: &Cascade) -> Inherited {
        let tags = keys.tags.as_ref().map(|tags| {
            let labels = tags.value.iter().filter_map(|text| self.label(source, text)).collect();
            Placed { value: labels, span: tags.span.clone() }
        });
        let authors = keys.authors.as_ref().map(|authors| Placed {
            value: authors.value.iter().map(|author| author.value.clone()).collect(),
            span: authors.span.clone(),
        });
        Inherited {
            access: written(source, keys.access.as_ref()),
            draft: written(source, keys.draft.as_ref()),
            publish_at: written(source, keys.publish_at.as_ref()),
            expires_at: written(source, keys.expires_at.as_ref()),
            tags: written(source, tags.as_ref()),
            authors: written(source, authors.as_ref()),
        }
    }
}

fn written<T: Clone>(source: SourceText<'_>, placed: Option<&Placed<T>>) -> Option<Written<T>> {
    let Placed { value, span } = placed?;
    let before = source.text.get(..span.start).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    Some(Written { value: value.clone(), origin: Origin { path: source.path.clone(), line } })
}
