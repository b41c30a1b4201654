//! `lyceum build`: the site in a folder.

use std::path::Path;
use std::time::Instant;

use compiler::image::Avif;
use compiler::parse::Options;
use serde::Serialize;
use store::release::manifest_bytes;

use crate::args::Build;
use crate::compilation::{self, Size};
use crate::failure::Outcome;
use crate::output::{Changes, OutputFolder};
use crate::school_folder::SchoolFolder;
use crate::{console, report};

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    built: Option<Built>,
    #[serde(flatten)]
    report: report::Document<'a>,
}

#[derive(Serialize)]
struct Built {
    folder: String,
    #[serde(flatten)]
    size: Size,
    #[serde(flatten)]
    changes: Changes,
}

/// Compiles the school and, if it has no errors, writes it.
pub(crate) fn run(build: &Build, school: &Path) -> anyhow::Result<Outcome> {
    let began = Instant::now();
    let school = SchoolFolder::find(school)?;
    let folder = build.out.clone().unwrap_or_else(|| school.shown("dist"));
    let output = OutputFolder::open(&folder)?;
    let options = Options {
        drafts: compilation::drafts(build.drafts),
        base_url: build.base_url.clone(),
        avif: Avif::Make,
        ..Options::default()
    };
    let compilation = compilation::of(&school, &options)?;
    if !build.json {
        report::say(&compilation.diagnostics);
    }
    let mut built = None;
    if let Some(site) = &compilation.site {
        let size = Size::of(site);
        let changes = output.write(site, &manifest_bytes(&site.manifest)?)?;
        if !build.json {
            console::say(&format!("built {}: `{}`", size.in_words(began), folder.display()));
        }
        built = Some(Built { folder: folder.display().to_string(), size, changes });
    } else if !build.json {
        console::say("nothing was written");
    }
    if build.json {
        let report = report::document(&compilation.diagnostics);
        console::json(&Document { built, report })?;
    }
    Ok(Outcome::of(&compilation.diagnostics))
}
