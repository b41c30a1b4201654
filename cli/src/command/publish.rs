//! `lyceum publish`: compile, prove, plan, upload; or find that nothing has changed.
//!
//! The order of the upload, and what a failure leaves behind, are the store's.

use std::path::Path;

use compiler::image::Avif;
use compiler::parse::Options;
use compiler::site::Site;
use indicatif::HumanBytes;
use jiff::Timestamp;
use store::config::StoreConfig;
use store::release::key::ReleaseKey;
use store::release::{Premise, Published, ReleaseError, Trust, dry_run, live, undisturbed};
use store::store::Store;

use crate::args::Publish;
use crate::failure::{Failure, Outcome};
use crate::progress::Progress;
use crate::publication::{LastPublication, Publication};
use crate::release_key::{self, IfMissing};
use crate::report::counted;
use crate::school_folder::SchoolFolder;
use crate::timings::Timings;
use crate::{console, target, upload};

use made::Made;
use telling::Telling;

mod made;
mod telling;

/// Publishes the school unless its content has errors; does nothing if nothing has
/// changed since the last publication and its release is live.
pub(crate) fn run(publish: &Publish, school: &Path) -> anyhow::Result<Outcome> {
    let timings = Timings::begin();
    let telling = Telling { publish, timings: &timings };
    let school = SchoolFolder::find(school)?;
    let options = Options { avif: Avif::Make, ..Options::default() };
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some((last, key)) = unchanged(publish, &school, &options, &runtime, &timings)? {
        telling.content(&last.diagnostics, &last.base_url);
        return telling.unchanged(last, &key);
    }
    let made = Made::of(&school, &options, &timings)?;
    if made.compilation.site.is_none() {
        return telling.refuse(&made.compilation.diagnostics);
    }
    let config = match target::resolve(&school, &publish.target)? {
        Ok(config) => config,
        Err(diagnostics) => return telling.refuse(&diagnostics),
    };
    let store = target::open(&config)?;
    let if_missing = if publish.dry_run { IfMissing::Pretend } else { IfMissing::Make };
    let key = release_key::load(&school, if_missing)?;
    let live = timings.stage("reading what is live", || {
        runtime.block_on(live(&store, &[key.public()])).map_err(|error| explain(error.into()))
    })?;
    let is_first = live.is_none();
    let made = match &live {
        Some(live) => made.fit_to_replace(&live.manifest, &school, &options, &timings)?,
        None => made,
    };
    let Made { compilation, inputs, .. } = made;
    let of_content = compilation.diagnostics.clone();
    let compilation = match &live {
        Some(live) => compilation.compared(&live.manifest, &publish.accept)?,
        None => compilation,
    };
    let Some(site) = compilation.site else {
        return telling.refuse(&compilation.diagnostics);
    };
    let base_url = &site.manifest.school.base_url;
    telling.content(&compilation.diagnostics, base_url);
    let trust = if publish.verify { Trust::Listing } else { Trust::Manifest };
    let premise = Premise { trust, live: live.as_ref() };
    if publish.dry_run {
        let planned = runtime.block_on(dry_run(&store, &site.manifest, &key, premise));
        let plan = planned.map_err(explain)?;
        return telling.plan(&plan);
    }
    let published = timings.stage("publishing", || {
        runtime.block_on(upload_all(&store, &site, &key, premise)).map_err(explain)
    })?;
    if let Some(inputs) = inputs {
        last(&school, &config, &options).keep(&Publication {
            release: published.release.clone(),
            objects: site.manifest.objects.len(),
            base_url: base_url.clone(),
            diagnostics: of_content,
            inputs,
        });
    }
    let outcome = telling.done(&published, &key)?;
    if is_first {
        telling.introduce(&key);
    }
    Ok(outcome)
}

/// The last publication from here, if nothing has changed since and its release is
/// live. Whatever else is amiss is told by the long way.
fn unchanged(
    publish: &Publish,
    school: &SchoolFolder,
    options: &Options,
    runtime: &tokio::runtime::Runtime,
    timings: &Timings,
) -> anyhow::Result<Option<(Publication, ReleaseKey)>> {
    if publish.verify {
        return Ok(None);
    }
    let Ok(Ok(config)) = target::resolve(school, &publish.target) else { return Ok(None) };
    let found = || last(school, &config, options).unchanged();
    let Some(last) = timings.stage("looking for changes", found) else { return Ok(None) };
    let Ok(key) = release_key::load(school, IfMissing::Refuse) else { return Ok(None) };
    let store = target::open(&config)?;
    let live = timings.stage("asking what is live", || {
        let asked = runtime.block_on(undisturbed(&store, &[key.public()]));
        asked.map_err(|error| explain(error.into()))
    })?;
    let is_live = live.is_some_and(|live| live.release == last.release);
    Ok(is_live.then_some((last, key)))
}

fn last(school: &SchoolFolder, config: &StoreConfig, options: &Options) -> LastPublication {
    LastPublication::of(school.root(), config, &format!("{options:?}"))
}

/// A failure of the store, with the way out where it knows one.
pub(crate) fn explain(error: ReleaseError) -> anyhow::Error {
    match error.hint() {
        Some(hint) => {
            let failure = Failure::new(error.to_string(), hint);
            match std::error::Error::source(&error).map(ToString::to_string) {
                Some(cause) => anyhow::anyhow!(cause).context(failure),
                None => failure.into(),
            }
        }
        None => error.into(),
    }
}

async fn upload_all(
    store: &Store,
    site: &Site,
    key: &ReleaseKey,
    premise: Premise<'_>,
) -> Result<Published, ReleaseError> {
    use store::release::{Progress as Step, publish_on};

    let bar = Progress::new("uploading");
    let (files, manifest, now) = (upload::all(site), &site.manifest, Timestamp::now());
    publish_on(premise, store, files, manifest, key, now, |step| match step {
        Step::Planned { objects, bytes, copies } => {
            if objects > 0 {
                let files = counted(objects, "file");
                console::say(&format!("uploading {files}, {}", HumanBytes(bytes)));
            }
            bar.plan(objects + copies);
        }
        Step::Stored { .. } | Step::Copied => bar.advance(),
        Step::Flipped | Step::Retired { .. } => {}
    })
    .await
}
