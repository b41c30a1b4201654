//! How a person or a script learns what a publication did or would do.

use compiler::diagnostic::Diagnostic;
use contracts::access::Audience;
use serde::Serialize;
use store::release::key::ReleaseKey;
use store::release::{Plan, Published};
use url::Url;

use crate::args::Publish;
use crate::console;
use crate::failure::Outcome;
use crate::publication::Publication;
use crate::report::{self, counted};
use crate::timings::{self, Timings};

/// What `--json` prints after a publication.
#[derive(Serialize)]
struct Document<'a> {
    release: &'a str,
    uploaded: usize,
    kept: usize,
    retired: usize,
    bytes: u64,
    public_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<timings::Document>,
}

/// What `--dry-run --json` prints.
#[derive(Serialize)]
struct PlanDocument<'a> {
    put: &'a [Put],
    keep: usize,
    retire: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<timings::Document>,
}

#[derive(Serialize)]
struct Put {
    audience: Audience,
    path: String,
    bytes: u64,
}

/// Tells what was asked for in the way that was asked for.
pub(super) struct Telling<'t> {
    pub(super) publish: &'t Publish,
    pub(super) timings: &'t Timings,
}

impl Telling<'_> {
    /// The content has errors.
    pub(super) fn refuse(&self, diagnostics: &[Diagnostic]) -> anyhow::Result<Outcome> {
        if self.publish.json {
            console::json(&report::document(diagnostics))?;
        } else {
            report::say(diagnostics);
            console::say("nothing was published");
        }
        Ok(Outcome::ContentHasErrors)
    }

    /// What the author should know of content without errors.
    pub(super) fn content(&self, diagnostics: &[Diagnostic], base_url: &Url) {
        if self.publish.json {
            return;
        }
        report::say(diagnostics);
        if is_placeholder(base_url) {
            console::say(
                "warning: `base_url` is still `https://school.example/`, an address that leads \
                 nowhere\nhint: write the address of your school into `site.toml`: links, feed and \
                 sitemap name it in full",
            );
        }
    }

    /// The release of the last publication is live, and would be made again.
    pub(super) fn unchanged(&self, last: Publication, key: &ReleaseKey) -> anyhow::Result<Outcome> {
        if self.publish.dry_run {
            return self.would(&[], last.objects, &[]);
        }
        let done = Published {
            release: last.release,
            uploaded: 0,
            kept: last.objects,
            retired: 0,
            bytes: 0,
            was_live: true,
        };
        self.done(&done, key)
    }

    /// What would be done.
    pub(super) fn plan(&self, plan: &Plan) -> anyhow::Result<Outcome> {
        let put = plan.put.iter().map(|entry| Put {
            audience: entry.key.audience(),
            path: entry.key.path(),
            bytes: entry.bytes,
        });
        let put: Vec<Put> = put.collect();
        let retire: Vec<String> = plan.retire.iter().cloned().collect();
        self.would(&put, plan.keep.len(), &retire)
    }

    fn would(&self, put: &[Put], keep: usize, retire: &[String]) -> anyhow::Result<Outcome> {
        if self.publish.json {
            let timings = self.timings();
            console::json(&PlanDocument { put, keep, retire, timings })?;
            return Ok(Outcome::Done);
        }
        let puts = put.iter().map(|put| format!("put {} {}", side(put.audience), put.path));
        let retires = retire.iter().map(|path| format!("retire public {path}"));
        let lines: Vec<String> = puts.chain(retires).collect();
        if !lines.is_empty() {
            console::data(&lines.join("\n"))?;
        }
        console::say(&format!(
            "would upload {}, keep {keep}, retire {}; nothing was changed",
            counted(put.len(), "file"),
            retire.len(),
        ));
        self.end()
    }

    /// What was done.
    pub(super) fn done(&self, done: &Published, key: &ReleaseKey) -> anyhow::Result<Outcome> {
        if self.publish.json {
            console::json(&Document {
                release: done.release.as_str(),
                uploaded: done.uploaded,
                kept: done.kept,
                retired: done.retired,
                bytes: done.bytes,
                public_key: key.public().to_string(),
                timings: self.timings(),
            })?;
            return Ok(Outcome::Done);
        }
        if done.was_live && done.uploaded == 0 && done.retired == 0 {
            let kept = counted(done.kept, "file");
            console::say(&format!("nothing changed: release {} is live, {kept}", done.release));
            return self.end();
        }
        console::say(&format!(
            "published release {}: uploaded {}, kept {}, retired {}",
            done.release,
            counted(done.uploaded, "file"),
            done.kept,
            done.retired,
        ));
        self.end()
    }

    /// Said once: an edge refuses releases whose key it doesn't know.
    pub(super) fn introduce(&self, key: &ReleaseKey) {
        if self.publish.json {
            return;
        }
        console::say(&format!(
            "\nput the public half of your release key into `edge.toml`, so that the edge trusts \
             your releases and no others:\n  release_keys = [\"{}\"]\nkeep a copy of the key itself, \
             `.lyceum/release.key`, in a safe place, never in git",
            key.public()
        ));
    }

    fn end(&self) -> anyhow::Result<Outcome> {
        if let Some(timings) = self.timings() {
            console::say(&timings.text());
        }
        Ok(Outcome::Done)
    }

    fn timings(&self) -> Option<timings::Document> {
        self.publish.timings.then(|| self.timings.document())
    }
}

/// What `lyceum new` writes until the author knows better. Nobody can own a name
/// below `.example`.
fn is_placeholder(base_url: &Url) -> bool {
    base_url.host_str() == Some("school.example")
}

fn side(audience: Audience) -> &'static str {
    match audience {
        Audience::Everyone => "public",
        Audience::Entitled | Audience::Internal => "private",
    }
}
