//! The keys that a lesson inherits: `site.toml`, `course.md` and `section.md` say
//! them for every lesson below, and the lesson itself has the last word.
//!
//! One level is read alone here; how the levels lie over one another is the
//! business of [`crate::parse`].

use contracts::access::Access;
use jiff::Timestamp;

use crate::field::{Fields, Placed};
use crate::front_matter::{ACCESS, moment};

/// A list as it is written, empty where the author wants none.
pub(crate) type Texts = Placed<Vec<Placed<String>>>;

/// What one level says. `None` leaves it to the level above.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cascade {
    pub(crate) access: Option<Placed<Access>>,
    pub(crate) draft: Option<Placed<bool>>,
    /// Holds `None` for `publish_at: none`.
    pub(crate) publish_at: Option<Placed<Option<Timestamp>>>,
    /// Holds `None` for `expires_at: none`.
    pub(crate) expires_at: Option<Placed<Option<Timestamp>>>,
    pub(crate) tags: Option<Texts>,
    pub(crate) authors: Option<Texts>,
}

impl Cascade {
    /// Reads what a level says of the lessons below.
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        let (publish_at, expires_at) = moment::span(fields);
        Self {
            access: fields.choice("access", &ACCESS),
            draft: fields.flag("draft"),
            publish_at,
            expires_at,
            tags: fields.list("tags"),
            authors: fields.list("authors"),
        }
    }

    /// Whether the level itself is a draft.
    pub(crate) fn is_draft(&self) -> bool {
        self.draft.as_ref().is_some_and(|draft| draft.value)
    }
}
