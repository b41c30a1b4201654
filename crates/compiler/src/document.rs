//! Markdown after rendering, parted by who may read it.
//!
//! [`PublicHtml`] and [`GatedHtml`] are different types on purpose: what writes
//! public pages takes the first and can't be handed the second.

use std::collections::BTreeSet;

use contracts::site_path::SitePath;

use crate::site::Content;
use crate::source_path::SourcePath;

/// HTML that everyone may read.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct PublicHtml(pub String);

/// HTML that only an entitled learner may read. It has no `Display`, and no
/// template context holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct GatedHtml(pub String);

/// A rendered Markdown document.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// What everyone may read: the whole of a free lesson; of a gated one what
    /// stands above `<!-- more -->`, or nothing.
    pub public: PublicHtml,
    /// Headings of the public part, for the table of contents.
    pub headings: Vec<Heading>,
    /// The whole of a gated lesson, preview included, its table of contents
    /// first; `None` when all is public.
    pub gated: Option<GatedHtml>,
    /// Files that the public part refers to, under their fingerprinted address.
    pub public_assets: Vec<DocumentAsset>,
    /// Files that only the gated part refers to, by plain name.
    pub gated_assets: Vec<DocumentAsset>,
    /// The pages that the public part links to, by their files.
    pub links: BTreeSet<SourcePath>,
    /// Minutes it takes to read, at least 1; counts are declassified.
    pub reading_minutes: u32,
}

/// A heading, for tables of contents.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its anchor.
    pub id: String,
    /// Its text, without markup.
    pub text: String,
}

/// A file that a document refers to.
#[derive(Debug, Clone)]
pub struct DocumentAsset {
    /// Its plain name, unique within the document.
    pub name: SitePath,
    /// Its bytes: the author's file, or a smaller copy of an image.
    pub content: Content,
    /// BLAKE3 of the bytes.
    pub digest: contracts::digest::Digest,
}

impl std::fmt::Debug for GatedHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A gated text must not reach a log by way of `{:?}`.
        write!(f, "GatedHtml({} bytes)", self.0.len())
    }
}
