//! `lyceum translations`: what is translated, what has changed since, and the
//! author's word that a translation fits.
//!
//! It reads the school and builds nothing.

use std::path::Path;

use anyhow::Context;
use compiler::diagnostic::Code;
use compiler::parse::{Drafts, Options, parse};
use compiler::translation::{PATH, Record, State, Translation, survey};

use crate::args::Translations;
use crate::failure::{Failure, Outcome};
use crate::report::{self, counted};
use crate::school_folder::SchoolFolder;
use crate::{compilation, console};

/// Shows how each translation stands, or accepts those that were named.
pub(crate) fn run(asked: &Translations, school: &Path) -> anyhow::Result<Outcome> {
    let folder = SchoolFolder::find(school)?;
    let tree = compilation::read(folder.root())?;
    let options = Options { drafts: Drafts::Include, ..Options::default() };
    let mut parsed = parse(&tree, &options);
    // The table says it shorter.
    parsed.diagnostics.retain(|found| found.code != Code::StaleTranslation);
    report::say(&parsed.diagnostics);
    // A record that can't be read is among the diagnostics.
    let (Some(school), Ok(record)) = (&parsed.school, Record::read(&tree)) else {
        return Ok(Outcome::of(&parsed.diagnostics));
    };
    let mut record = record.unwrap_or_default();
    let mut all = survey(school, &record);
    if asked.accept {
        let named = named(asked, &folder, &all)?;
        named.iter().for_each(|translation| record.accept(translation));
        record.keep_only(&all);
        let text = record.text().context("failed to write the record as TOML")?;
        write(&folder, &text)?;
        all = survey(school, &record);
    }
    if asked.json {
        console::json(&all)?;
    } else {
        console::data(&table(&all))?;
    }
    Ok(Outcome::of(&parsed.diagnostics))
}

/// The translations below the paths that were typed; all of them without any.
fn named(
    asked: &Translations,
    folder: &SchoolFolder,
    all: &[Translation],
) -> anyhow::Result<Vec<Translation>> {
    let exists = |one: &&Translation| one.path.is_some();
    if asked.paths.is_empty() {
        return Ok(all.iter().filter(exists).cloned().collect());
    }
    let mut found = Vec::new();
    for path in &asked.paths {
        let full = std::path::absolute(path)
            .with_context(|| format!("failed to find `{}`", path.display()))?;
        let below = |one: &&Translation| {
            one.path.as_ref().is_some_and(|own| {
                folder.join(own.as_str()).starts_with(&full) || Path::new(own.as_str()) == path
            })
        };
        let before = found.len();
        found.extend(all.iter().filter(below).cloned());
        if found.len() == before {
            return Err(Failure::new(
                format!("there is no translation at `{}`", path.display()),
                "`lyceum translations` lists them",
            )
            .into());
        }
    }
    Ok(found)
}

/// Writes beside and renames, so that a half-written record is never read.
fn write(folder: &SchoolFolder, text: &str) -> anyhow::Result<()> {
    let path = folder.join(PATH);
    let draft = path.with_extension("toml.new");
    std::fs::write(&draft, text)
        .and_then(|()| std::fs::rename(&draft, &path))
        .with_context(|| format!("failed to write `{}`", path.display()))
}

/// One line for each, and a line of counts.
fn table(all: &[Translation]) -> String {
    let cell = |one: &Translation| {
        let state = match &one.state {
            State::Missing => "missing".to_owned(),
            State::Unrecorded => "unrecorded".to_owned(),
            State::Fresh => "fresh".to_owned(),
            stale @ State::Stale { .. } => {
                format!("stale ({})", counted(stale.changes(), "paragraph"))
            }
        };
        let path = one.path.as_ref().unwrap_or(&one.original);
        vec![one.id.clone(), one.language.to_string(), state, path.to_string()]
    };
    let count = |wanted: fn(&State) -> bool| all.iter().filter(|one| wanted(&one.state)).count();
    let counts = format!(
        "{}, {} fresh, {} stale, {} missing, {} unrecorded",
        counted(all.len(), "translation"),
        count(|state| *state == State::Fresh),
        count(|state| matches!(state, State::Stale { .. })),
        count(|state| *state == State::Missing),
        count(|state| *state == State::Unrecorded),
    );
    super::list::table(all.iter().map(cell).collect()) + &counts
}
