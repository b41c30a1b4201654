//! `lyceum schema`: what an editor needs to complete our keys.

use compiler::schema::{Kind, of};

use crate::args::SchemaKind;
use crate::console;
use crate::failure::Outcome;

/// Prints the schema.
pub(crate) fn run(kind: SchemaKind) -> anyhow::Result<Outcome> {
    console::json(&of(match kind {
        SchemaKind::Course => Kind::Course,
        SchemaKind::Section => Kind::Section,
        SchemaKind::Lesson => Kind::Lesson,
        SchemaKind::Page => Kind::Page,
        SchemaKind::Path => Kind::Path,
        SchemaKind::Instructor => Kind::Instructor,
        SchemaKind::Site => Kind::Site,
    }))?;
    Ok(Outcome::Done)
}
