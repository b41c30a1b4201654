//! `lyceum check`: every diagnostic at once, and nothing written.

use std::path::Path;

use anyhow::Context;
use compiler::diagnostic::Diagnostic;
use compiler::diagnostic::policy::{Level, Policy};
use compiler::mend::mends;
use compiler::parse::Options;
use contracts::manifest::Manifest;
use store::release::key::PublicKey;

use crate::args::{Check, Format, Levels};
use crate::command::publish::explain;
use crate::command::secrecy;
use crate::failure::{Failure, Outcome};
use crate::release_key::{self, IfMissing};
use crate::report::{self, Amount, Look, sarif};
use crate::school_folder::SchoolFolder;
use crate::{compilation, console, external, mend, target};

/// The manifest of the live release, if there is one, or what keeps from looking.
type Live = Result<Option<Manifest>, Vec<Diagnostic>>;

/// Compiles the school and shows what the author should know.
pub(crate) fn run(check: &Check, school: &Path) -> anyhow::Result<Outcome> {
    let school = SchoolFolder::find(school)?;
    let options = Options {
        drafts: compilation::drafts(check.drafts),
        policy: policy(&check.levels)?,
        ..Options::default()
    };
    if check.fix {
        let tree = compilation::read(school.root())?;
        let mends = mends(&tree, &options);
        if check.dry_run {
            mend::preview(&mends)?;
            return Ok(Outcome::Done);
        }
        mend::write(&school, &mends)?;
    }
    if check.declassified {
        return secrecy::declassified(&compilation::read(school.root())?, &options, check.json);
    }
    if check.prove {
        return secrecy::prove(&compilation::read(school.root())?, &options);
    }
    let mut compilation = compilation::of(&school, &options)?;
    if check.against_live {
        match live(check, &school)? {
            Ok(Some(live)) => compilation = compilation.compared(&live, &[])?,
            Ok(None) => console::say("nothing is published yet, so there is nothing to compare"),
            Err(diagnostics) => compilation.diagnostics.extend(diagnostics),
        }
    }
    if check.external {
        let asked = external::check(&compilation::read(school.root())?, school.root(), &options)?;
        console::say(&asked.summary);
        compilation.tell(asked.diagnostics);
    }
    show(check, &compilation.diagnostics)?;
    if check.format == Format::Text && !check.json {
        let tree = || compilation::read(school.root());
        mend::offer(tree, &options, &compilation.diagnostics)?;
    }
    Ok(Outcome::of(&compilation.diagnostics))
}

/// The live release, or what is wrong with `site.toml`.
fn live(check: &Check, school: &SchoolFolder) -> anyhow::Result<Live> {
    let config = match target::resolve(school, &check.target)? {
        Ok(config) => config,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let key = match &check.release_key {
        Some(text) => PublicKey::parse(text).context("`--release-key` is no public release key")?,
        None => release_key::load(school, IfMissing::Refuse)?.public(),
    };
    let store = target::open(&config)?;
    let runtime = tokio::runtime::Runtime::new().context("failed to start")?;
    let live = runtime.block_on(store::release::live(&store, &[key]));
    let manifest = live.map(|live| Ok(live.map(|live| live.manifest)));
    manifest.map_err(|error| explain(error.into()))
}

fn show(check: &Check, diagnostics: &[Diagnostic]) -> anyhow::Result<()> {
    match check.format {
        Format::Text if check.json => console::json(&report::document(diagnostics)),
        Format::Json => console::json(&report::document(diagnostics)),
        Format::Sarif => console::json(&sarif::log(diagnostics)),
        Format::Text => {
            let amount = if check.all { Amount::All } else { Amount::Sensible };
            let text = report::text(diagnostics, Look::Styled, amount);
            console::say(&text.unwrap_or_else(|| "no errors and no warnings".to_owned()));
            Ok(())
        }
    }
}

/// What was typed. `warnings` counts less than a code, so that one kind can be
/// set apart from the rest.
fn policy(levels: &Levels) -> Result<Policy, Failure> {
    let given =
        [(&levels.allow, Level::Allow), (&levels.warn, Level::Warn), (&levels.deny, Level::Deny)];
    let words = given.into_iter().flat_map(|(words, level)| words.iter().map(move |w| (w, level)));
    let (groups, single): (Vec<_>, Vec<_>) = words.partition(|(codes, _)| codes.0.len() > 1);
    let mut policy = Policy::default();
    for (codes, level) in groups.into_iter().chain(single) {
        for code in &codes.0 {
            policy.set(*code, level).map_err(|always| {
                let hint = "only what leaves the rest of the site sound can be lowered";
                Failure::new(always.to_string(), hint)
            })?;
        }
    }
    Ok(policy)
}
