//! `lyceum build`: the site in a folder.

use std::path::Path;
use std::time::Instant;

use compiler::diagnostic::Diagnostic;
use compiler::image::Avif;
use compiler::notes::Noting;
use compiler::parse::Options;
use serde::Serialize;
use store::release::manifest_bytes;

use crate::amended::{self, Built};
use crate::args::Build;
use crate::compilation::{self, Size};
use crate::failure::Outcome;
use crate::history::History;
use crate::output::earlier::EarlierOutput;
use crate::output::{Changes, OutputFolder};
use crate::rebuild::{Made, Rebuild};
use crate::record::Record;
use crate::school_folder::SchoolFolder;
use crate::timings::{self, Timings};
use crate::{console, report};

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    built: Option<Done>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<timings::Document>,
    #[serde(flatten)]
    report: report::Document<'a>,
}

#[derive(Serialize)]
struct Done {
    folder: String,
    #[serde(flatten)]
    size: Size,
    #[serde(flatten)]
    changes: Changes,
}

/// Compiles the school and, if it has no errors, writes it; does neither if nothing
/// has changed since the last build.
pub(crate) fn run(build: &Build, school: &Path) -> anyhow::Result<Outcome> {
    let began = Instant::now();
    let timings = Timings::begin();
    let school = SchoolFolder::find(school)?;
    let folder = build.out.clone().unwrap_or_else(|| school.shown("dist"));
    let output = OutputFolder::open(&folder)?;
    let options = Options {
        drafts: compilation::drafts(build.drafts),
        base_url: build.base_url.clone(),
        avif: Avif::Make,
        ..Options::default()
    };
    let rebuild = Rebuild::of(school.root(), &folder, &format!("{options:?}"));
    let telling = Telling { build, folder: &folder, began, timings: &timings };
    if let Some(look) = timings.stage("looking for changes", || rebuild.look()) {
        if let Some(record) = rebuild.unchanged(&look) {
            return telling.unchanged(record);
        }
        let root = school.root();
        if let Some(built) = amended::build(&rebuild, &look, &output, root, &options, &timings) {
            return telling.amended(built?);
        }
    }
    let mut begun = rebuild.begin();
    let tree = timings.stage("reading", || compilation::read(school.root()))?;
    let history = timings.stage("git", || History::read(school.root()));
    if let Some(record) = rebuild.unchanged_as_read(&mut begun, &tree, &history) {
        return telling.unchanged(record);
    }
    let inputs = rebuild.inputs(begun, &tree, &history);
    let left = EarlierOutput::new(&folder, rebuild.outputs());
    let compilation =
        compilation::of_read(&school, tree, history, &options, &left, &timings, Noting::On);
    let diagnostics = &compilation.diagnostics;
    telling.diagnostics(diagnostics);
    let Some(site) = &compilation.site else {
        telling.nothing_written();
        return telling.end(None, diagnostics);
    };
    let size = Size::of(site);
    let manifest = manifest_bytes(&site.manifest)?;
    let written = timings.stage("writing", || output.write(site, &manifest, rebuild.outputs()))?;
    if let Some(inputs) = inputs {
        let made = Made { diagnostics, size, outputs: written.listing };
        timings.stage("recording", || rebuild.made(inputs, made, &compilation.notes));
    }
    telling.built(size);
    telling.end(Some((size, written.changes)), diagnostics)
}

/// How the person or the script learns what was done.
struct Telling<'t> {
    build: &'t Build,
    folder: &'t Path,
    began: Instant,
    timings: &'t Timings,
}

impl Telling<'_> {
    fn unchanged(&self, record: &Record) -> anyhow::Result<Outcome> {
        let Record { diagnostics, size, .. } = record;
        self.diagnostics(diagnostics);
        self.say(&format!(
            "nothing changed: {}: `{}`",
            size.in_words(self.began),
            self.folder.display()
        ));
        let changes = Changes { unchanged: size.files, ..Changes::default() };
        self.end(Some((*size, changes)), diagnostics)
    }

    fn amended(&self, built: Built) -> anyhow::Result<Outcome> {
        let Built { diagnostics, size, changes } = built;
        self.diagnostics(&diagnostics);
        self.built(size);
        self.end(Some((size, changes)), &diagnostics)
    }

    fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        if !self.build.json {
            report::say(diagnostics);
        }
    }

    fn built(&self, size: Size) {
        self.say(&format!("built {}: `{}`", size.in_words(self.began), self.folder.display()));
    }

    fn nothing_written(&self) {
        self.say("nothing was written");
    }

    fn say(&self, text: &str) {
        if !self.build.json {
            console::say(text);
        }
    }

    fn end(
        &self,
        built: Option<(Size, Changes)>,
        diagnostics: &[Diagnostic],
    ) -> anyhow::Result<Outcome> {
        let timings = self.build.timings.then(|| self.timings.document());
        if self.build.json {
            let folder = self.folder.display().to_string();
            let built = built.map(|(size, changes)| Done { folder, size, changes });
            console::json(&Document { built, timings, report: report::document(diagnostics) })?;
        } else if let Some(timings) = timings {
            console::say(&timings.text());
        }
        Ok(Outcome::of(diagnostics))
    }
}
