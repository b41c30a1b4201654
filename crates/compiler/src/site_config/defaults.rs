//! `[defaults]` in `site.toml`: what courses and lessons are unless they say
//! otherwise.

use crate::diagnostic::Diagnostic;
use crate::field::key::names;
use crate::field::{Entry, Fields, Placed, SourceText};
use crate::front_matter::cascade::Cascade;
use crate::front_matter::key::elsewhere;
use crate::level::Level;
use crate::site_config::key;

/// What `site.toml` says for every course and lesson.
#[derive(Debug, Clone, Default)]
pub(crate) struct Defaults {
    pub(crate) instructors: Vec<Placed<String>>,
    pub(crate) level: Option<Level>,
    pub(crate) language: Option<Placed<String>>,
    pub(crate) lessons: Cascade,
}

/// Reads the entries of the table.
pub(super) fn read(
    source: SourceText<'_>,
    entries: &[Entry],
    diagnostics: &mut Vec<Diagnostic>,
) -> Defaults {
    let known = names(&key::DEFAULTS);
    let mut fields = Fields::open_among(source, entries, 0..0, &known, elsewhere, diagnostics);
    Defaults {
        instructors: fields.texts("instructors"),
        level: fields.choice("level", &Level::WORDS).map(|level| level.value),
        language: fields.text("language"),
        lessons: Cascade::read(&mut fields),
    }
}
