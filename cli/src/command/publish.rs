//! `lyceum publish`: compile, prove, plan, upload.
//!
//! The order of the upload, and what a failure leaves behind, are the store's.

use std::path::Path;

use compiler::diagnostic::Diagnostic;
use compiler::image::Avif;
use compiler::parse::Options;
use compiler::site::Site;
use contracts::access::Audience;
use indicatif::HumanBytes;
use jiff::Timestamp;
use serde::Serialize;
use store::release::key::ReleaseKey;
use store::release::{Plan, Published, dry_run, live};
use store::store::Store;
use url::Url;

use crate::args::Publish;
use crate::failure::{Failure, Outcome};
use crate::progress::Progress;
use crate::release_key::{self, IfMissing};
use crate::report::{self, counted};
use crate::school_folder::SchoolFolder;
use crate::{compilation, console, target, upload};

/// What `--json` prints after a publication.
#[derive(Serialize)]
struct Document<'a> {
    release: &'a str,
    uploaded: usize,
    kept: usize,
    retired: usize,
    bytes: u64,
    public_key: String,
}

/// What `--dry-run --json` prints.
#[derive(Serialize)]
struct PlanDocument {
    put: Vec<Put>,
    keep: usize,
    retire: Vec<String>,
}

#[derive(Serialize)]
struct Put {
    audience: Audience,
    path: String,
    bytes: u64,
}

/// Publishes the school unless its content has errors.
pub(crate) fn run(publish: &Publish, school: &Path) -> anyhow::Result<Outcome> {
    let school = SchoolFolder::find(school)?;
    let options = Options { avif: Avif::Make, ..Options::default() };
    let compilation = compilation::of(&school, &options)?;
    if compilation.site.is_none() {
        return refuse(publish, &compilation.diagnostics);
    }
    let config = match target::resolve(&school, &publish.target)? {
        Ok(config) => config,
        Err(diagnostics) => return refuse(publish, &diagnostics),
    };
    let store = target::open(&config)?;
    let if_missing = if publish.dry_run { IfMissing::Pretend } else { IfMissing::Make };
    let key = release_key::load(&school, if_missing)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let live = runtime.block_on(live(&store, &[key.public()]));
    let live = live.map_err(|error| explain(error.into()))?;
    let is_first = live.is_none();
    let compilation = match &live {
        Some(live) => compilation.compared(live, &publish.accept)?,
        None => compilation,
    };
    let Some(site) = compilation.site else {
        return refuse(publish, &compilation.diagnostics);
    };
    if !publish.json {
        report::say(&compilation.diagnostics);
        warn_of_placeholder(&site.manifest.school.base_url);
    }
    if publish.dry_run {
        let manifest = &site.manifest;
        let plan = runtime.block_on(dry_run(&store, manifest, &key)).map_err(explain)?;
        return show(&plan, publish);
    }
    let published = runtime.block_on(upload_all(&store, &site, &key)).map_err(explain)?;
    tell(&published, &key, publish)?;
    if is_first && !publish.json {
        introduce(&key);
    }
    Ok(Outcome::Done)
}

fn warn_of_placeholder(base_url: &Url) {
    if is_placeholder(base_url) {
        console::say(
            "warning: `base_url` is still `https://school.example/`, an address that leads \
             nowhere\nhint: write the address of your school into `site.toml`: links, feed and \
             sitemap name it in full",
        );
    }
}

/// What `lyceum new` writes until the author knows better. Nobody can own a name
/// below `.example`.
fn is_placeholder(base_url: &Url) -> bool {
    base_url.host_str() == Some("school.example")
}

/// A failure of the store, with the way out where it knows one.
pub(crate) fn explain(error: store::release::ReleaseError) -> anyhow::Error {
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

fn refuse(publish: &Publish, diagnostics: &[Diagnostic]) -> anyhow::Result<Outcome> {
    if publish.json {
        console::json(&report::document(diagnostics))?;
    } else {
        report::say(diagnostics);
        console::say("nothing was published");
    }
    Ok(Outcome::ContentHasErrors)
}

async fn upload_all(
    store: &Store,
    site: &Site,
    key: &ReleaseKey,
) -> Result<Published, store::release::ReleaseError> {
    let bar = Progress::new("uploading");
    let files = upload::all(site);
    let manifest = &site.manifest;
    store::release::publish(store, files, manifest, key, Timestamp::now(), |step| match step {
        store::release::Progress::Planned { objects: 0, .. } => {}
        store::release::Progress::Planned { objects, bytes } => {
            let files = counted(objects, "file");
            console::say(&format!("uploading {files}, {}", HumanBytes(bytes)));
            bar.plan(objects);
        }
        store::release::Progress::Stored { .. } => bar.advance(),
        store::release::Progress::Flipped | store::release::Progress::Retired { .. } => {}
    })
    .await
}

fn show(plan: &Plan, publish: &Publish) -> anyhow::Result<Outcome> {
    let put = plan.put.iter().map(|entry| Put {
        audience: entry.key.audience(),
        path: entry.key.path(),
        bytes: entry.bytes,
    });
    if publish.json {
        let retire = plan.retire.iter().cloned().collect();
        console::json(&PlanDocument { put: put.collect(), keep: plan.keep.len(), retire })?;
        return Ok(Outcome::Done);
    }
    let put = put.map(|put| format!("put {} {}", side(put.audience), put.path));
    let retire = plan.retire.iter().map(|path| format!("retire public {path}"));
    let lines: Vec<String> = put.chain(retire).collect();
    if !lines.is_empty() {
        console::data(&lines.join("\n"))?;
    }
    console::say(&format!(
        "would upload {}, keep {}, retire {}; nothing was changed",
        counted(plan.put.len(), "file"),
        plan.keep.len(),
        plan.retire.len(),
    ));
    Ok(Outcome::Done)
}

fn side(audience: Audience) -> &'static str {
    match audience {
        Audience::Everyone => "public",
        Audience::Entitled | Audience::Internal => "private",
    }
}

fn tell(done: &Published, key: &ReleaseKey, publish: &Publish) -> anyhow::Result<()> {
    if publish.json {
        return console::json(&Document {
            release: done.release.as_str(),
            uploaded: done.uploaded,
            kept: done.kept,
            retired: done.retired,
            bytes: done.bytes,
            public_key: key.public().to_string(),
        });
    }
    console::say(&format!(
        "published release {}: uploaded {}, kept {}, retired {}",
        done.release,
        counted(done.uploaded, "file"),
        done.kept,
        done.retired,
    ));
    Ok(())
}

/// Said once: an edge refuses releases whose key it doesn't know.
fn introduce(key: &ReleaseKey) {
    console::say(&format!(
        "\nput the public half of your release key into `edge.toml`, so that the edge trusts \
         your releases and no others:\n  release_keys = [\"{}\"]\nkeep a copy of the key itself, \
         `.lyceum/release.key`, in a safe place, never in git",
        key.public()
    ));
}
