//! What `lyceum import` takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use contracts::id::Slug;

/// `lyceum import`
#[derive(Debug, Args)]
#[command(after_help = "\
Pages, sections, pictures and links are carried over; what can't be is listed.
A course that was imported before is brought up to date: what you changed in it
stays, and changes of the book are merged into it where they don't meet.

Examples:
  lyceum import mdbook ../the-book --course rust
  lyceum import mkdocs ../wiki --course algorithms
  lyceum import hugo ../site --course guide --dry-run")]
pub(crate) struct Import {
    /// What kind of book it is.
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: BookKind,
    /// The folder that the book is built from; it is only read.
    #[arg(value_name = "FOLDER")]
    pub(crate) source: PathBuf,
    /// The new course's name in the address: `rust` will stand at `/courses/rust/`.
    #[arg(long, value_name = "NAME", value_parser = course_name)]
    pub(crate) course: Slug,
    /// Print what would be done, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print what was made, and the list of what was not, as one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The books that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BookKind {
    /// mdBook: `book.toml` and `src/SUMMARY.md`.
    Mdbook,
    /// MkDocs, with or without Material: `mkdocs.yml` and `docs/`.
    Mkdocs,
    /// Hugo: `hugo.toml` or `config.toml`, and `content/`.
    Hugo,
    /// Docusaurus: `docusaurus.config.js` and `docs/`.
    Docusaurus,
    /// Jekyll: `_config.yml`, pages, posts and collections.
    Jekyll,
}

/// A course's folder is its address, so its name has to be one already.
fn course_name(text: &str) -> Result<Slug, String> {
    let slug = compiler::slug::from_name(text).map_err(|error| format!("it {error}"))?;
    if slug.as_str() != text {
        return Err(format!("write it as it stands in the address: `{slug}`"));
    }
    if matches!(text, "instructors" | "pages" | "paths") {
        return Err(format!("`content/{text}/` is no course"));
    }
    Ok(slug)
}
