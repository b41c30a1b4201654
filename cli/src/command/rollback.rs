//! `lyceum rollback`: an earlier release becomes what learners see.

use std::path::Path;

use anyhow::Context;
use contracts::id::ReleaseId;
use jiff::Timestamp;
use serde::Serialize;
use store::release::{ReleaseState, ReleaseSummary, releases};
use store::store::Store;

use crate::args::Rollback;
use crate::command::publish::explain;
use crate::failure::{Failure, Outcome};
use crate::release_key::{self, IfMissing};
use crate::report::{self, counted};
use crate::school_folder::SchoolFolder;
use crate::{console, target};

/// What `--json` prints after a rollback.
#[derive(Serialize)]
struct Document<'a> {
    release: &'a str,
    restored: usize,
    retired: usize,
}

/// A line of `--list`.
#[derive(Serialize)]
struct Line {
    release: String,
    stored_at: Timestamp,
    state: &'static str,
}

/// Rolls back, or lists what one could roll back to.
pub(crate) fn run(rollback: &Rollback, school: &Path) -> anyhow::Result<Outcome> {
    let school = SchoolFolder::find(school)?;
    let config = match target::resolve(&school, &rollback.target)? {
        Ok(config) => config,
        Err(diagnostics) => {
            report::say(&diagnostics);
            return Ok(Outcome::ContentHasErrors);
        }
    };
    let wanted = rollback.release.as_deref().map(release).transpose()?;
    let store = target::open(&config)?;
    let key = release_key::load(&school, IfMissing::Refuse)?;
    let runtime = tokio::runtime::Runtime::new().context("failed to start")?;
    if rollback.list {
        let found = runtime.block_on(releases(&store, &[key.public()])).map_err(explain)?;
        return list(found, rollback);
    }
    runtime.block_on(go_back(&store, wanted, &key, rollback))
}

fn release(text: &str) -> anyhow::Result<ReleaseId> {
    ReleaseId::parse(text).map_err(|error| {
        Failure::new(
            format!("`{text}` is no release: it {error}"),
            "see the releases with `lyceum rollback --list`",
        )
        .into()
    })
}

async fn go_back(
    store: &Store,
    wanted: Option<ReleaseId>,
    key: &store::release::key::ReleaseKey,
    rollback: &Rollback,
) -> anyhow::Result<Outcome> {
    let done =
        store::release::rollback(store, wanted, key, Timestamp::now()).await.map_err(explain)?;
    if rollback.json {
        console::json(&Document {
            release: done.release.as_str(),
            restored: done.uploaded,
            retired: done.retired,
        })?;
    } else {
        console::say(&format!(
            "release {} is live again: restored {}, retired {}",
            done.release,
            counted(done.uploaded, "page"),
            done.retired,
        ));
    }
    Ok(Outcome::Done)
}

fn list(found: Vec<ReleaseSummary>, rollback: &Rollback) -> anyhow::Result<Outcome> {
    let lines: Vec<Line> = found
        .into_iter()
        .map(|summary| Line {
            release: summary.release.to_string(),
            stored_at: summary.stored_at,
            state: match summary.state {
                ReleaseState::Live => "live",
                ReleaseState::Previous => "previous",
                ReleaseState::Retired => "retired",
            },
        })
        .collect();
    if rollback.json {
        console::json(&lines)?;
    } else if lines.is_empty() {
        console::say("nothing has been published yet");
    } else {
        let text: Vec<String> = lines
            .iter()
            .map(|line| format!("{} {:.0} {}", line.release, line.stored_at, line.state))
            .collect();
        console::data(&text.join("\n"))?;
    }
    Ok(Outcome::Done)
}
