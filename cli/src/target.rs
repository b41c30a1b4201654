//! Where a school is published: the options of the command, then `[publish]` in
//! `site.toml`, then the usual variables of S3.
//!
//! Only resolves and opens; what is stored there is not known here.

use std::fs;

use anyhow::Context;
use compiler::diagnostic::{Diagnostic, has_errors};
use compiler::site_config::{PublishTarget, SiteConfig};
use compiler::source::SourceTree;
use store::config::{S3Access, StoreConfig};
use store::store::Store;

use crate::args::Target;
use crate::failure::Failure;
use crate::school_folder::SchoolFolder;

/// A target that could be understood, or what is wrong with `site.toml`.
pub(crate) type Resolved = Result<StoreConfig, Vec<Diagnostic>>;

/// Resolves where both sides stand.
pub(crate) fn resolve(school: &SchoolFolder, target: &Target) -> anyhow::Result<Resolved> {
    let written = match written(school)? {
        Ok(written) => written,
        Err(diagnostics) => return Ok(Err(diagnostics)),
    };
    let public = target.public.clone().or(written.public);
    let private = target.private.clone().or(written.private);
    let (public, private) = match (public, private) {
        (Some(public), Some(private)) => (public, private),
        (None, Some(_)) => return Err(unnamed("public side", "`public`", "`--public`")),
        (Some(_), None) => return Err(unnamed("private side", "`private`", "`--private`")),
        (None, None) => {
            let (keys, flags) = ("`public` and `private`", "`--public` and `--private`");
            return Err(unnamed("public and the private side", keys, flags));
        }
    };
    let from_env = S3Access::from_env()?;
    let s3 = S3Access {
        endpoint: target.endpoint.clone().or(written.endpoint).or(from_env.endpoint),
        region: target.region.clone().or(written.region).or(from_env.region),
        ..from_env
    };
    Ok(Ok(StoreConfig::parse(&public, &private, s3)?))
}

fn unnamed(side: &str, keys: &str, flags: &str) -> anyhow::Error {
    Failure::new(
        format!("it is not said where the {side} of the school stands"),
        format!("add {keys} to `[publish]` in `site.toml`, or give {flags}"),
    )
    .into()
}

/// Opens both sides.
pub(crate) fn open(config: &StoreConfig) -> anyhow::Result<Store> {
    Store::open(config).context("failed to open the places to publish to")
}

/// `[publish]` in `site.toml`. Only that file is read: a rollback doesn't need
/// content that can be built.
fn written(school: &SchoolFolder) -> anyhow::Result<Result<PublishTarget, Vec<Diagnostic>>> {
    let path = school.join("site.toml");
    let text = fs::read(&path).with_context(|| format!("failed to read `{}`", path.display()))?;
    let mut files = vec![("site.toml".to_owned(), text)];
    // Whether the theme exists is seen by its folder; what is in it doesn't matter.
    files.extend(themes(school).map(|name| (format!("themes/{name}/theme.toml"), Vec::new())));
    let mut diagnostics = Vec::new();
    match SiteConfig::read(&SourceTree::from_files(files), None, &mut diagnostics) {
        Some(config) if !has_errors(&diagnostics) => Ok(Ok(config.publish)),
        _ => Ok(Err(diagnostics)),
    }
}

fn themes(school: &SchoolFolder) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(school.join("themes")).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}
