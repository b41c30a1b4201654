//! A rendered text as it is kept from one build to the next.
//!
//! Only a text with which nothing was wrong is kept: what is to be told of the others
//! depends on far more than they read. A file that it refers to is kept by its path, a
//! copy of a picture by the picture, and both are believed by their digests.

use std::collections::BTreeSet;

use contracts::digest::Digest;
use contracts::site_path::SitePath;
use serde::{Deserialize, Serialize};

use crate::cache;
use crate::diagnostic::Diagnostic;
use crate::document::{Document, DocumentAsset, GatedHtml, Heading, PublicHtml};
use crate::image::{Format, PictureCopy};
use crate::link::AnchorLink;
use crate::markdown::reads::Question;
use crate::markdown::{Context, Rendered};
use crate::memo::Asked;
use crate::site::Content;
use crate::source::SourcePath;

/// All of it but the HTML.
#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    is_gated: bool,
    headings: Vec<Heading>,
    public_assets: Vec<Asset>,
    gated_assets: Vec<Asset>,
    links: BTreeSet<SourcePath>,
    reading_minutes: u32,
    anchors: BTreeSet<String>,
    anchor_links: Vec<(SourcePath, String, Diagnostic)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Asset {
    name: SitePath,
    /// The author's file, or the picture that it is a copy of.
    path: SourcePath,
    digest: Digest,
    is_copy: bool,
}

/// The bytes to keep; `None` for a text that is worked out each time.
pub(super) fn pack(
    rendered: &Rendered,
    asked: &Asked<Question>,
    context: &Context<'_>,
) -> Option<Vec<u8>> {
    if !rendered.diagnostics.is_empty() {
        return None;
    }
    let Document { public, headings, gated, public_assets, gated_assets, links, reading_minutes } =
        &rendered.document;
    let assets = |assets: &[DocumentAsset]| {
        assets.iter().map(|asset| origin(asset, asked, context)).collect::<Option<Vec<_>>>()
    };
    let anchor_link =
        |link: &AnchorLink| (link.source.clone(), link.anchor.clone(), link.diagnostic.clone());
    let facts = Facts {
        is_gated: gated.is_some(),
        headings: headings.clone(),
        public_assets: assets(public_assets)?,
        gated_assets: assets(gated_assets)?,
        links: links.clone(),
        reading_minutes: *reading_minutes,
        anchors: rendered.anchors.clone(),
        anchor_links: rendered.anchor_links.iter().map(anchor_link).collect(),
    };
    let facts = serde_json::to_vec(&facts).ok()?;
    let gated = gated.as_ref().map_or("", |GatedHtml(html)| html);
    Some(cache::packed([facts.as_slice(), public.0.as_bytes(), gated.as_bytes()]))
}

/// The text that was kept, if all of its files are still to be had.
pub(super) fn unpack(bytes: &[u8], context: &Context<'_>) -> Option<Rendered> {
    let parts = cache::unpacked(bytes)?;
    let [facts, public, gated] = parts.as_slice() else { return None };
    let facts: Facts = serde_json::from_slice(facts).ok()?;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let assets = |assets: Vec<Asset>| {
        assets.into_iter().map(|asset| restored(asset, context)).collect::<Option<Vec<_>>>()
    };
    let gated = if facts.is_gated { Some(GatedHtml(text(gated)?)) } else { None };
    let anchor_link = |(source, anchor, diagnostic)| AnchorLink { source, anchor, diagnostic };
    Some(Rendered {
        document: Document {
            public: PublicHtml(text(public)?),
            headings: facts.headings,
            gated,
            public_assets: assets(facts.public_assets)?,
            gated_assets: assets(facts.gated_assets)?,
            links: facts.links,
            reading_minutes: facts.reading_minutes,
        },
        diagnostics: Vec::new(),
        anchors: facts.anchors,
        anchor_links: facts.anchor_links.into_iter().map(anchor_link).collect(),
    })
}

/// Where a file of a text came from, among what the text asked for.
fn origin(asset: &DocumentAsset, asked: &Asked<Question>, context: &Context<'_>) -> Option<Asset> {
    let is_copy = matches!(asset.content, Content::Bytes(_));
    let path = asked.iter().find_map(|(question, answer)| match question {
        Question::File(path) if !is_copy && *answer == asset.digest => Some(path),
        Question::Picture(path) if is_copy => copy(path, &asset.digest, context).map(|_| path),
        _ => None,
    })?;
    let (name, path) = (asset.name.clone(), path.clone());
    Some(Asset { name, path, digest: asset.digest, is_copy })
}

fn restored(asset: Asset, context: &Context<'_>) -> Option<DocumentAsset> {
    let Asset { name, path, digest, is_copy } = asset;
    let content = if is_copy {
        Content::Bytes(copy(&path, &digest, context)?.bytes)
    } else {
        Content::Source(context.tree.get(path.as_str()).filter(|f| f.digest == digest)?.clone())
    };
    Some(DocumentAsset { name, content, digest })
}

/// The copy of a picture that has this digest.
fn copy(path: &SourcePath, digest: &Digest, context: &Context<'_>) -> Option<PictureCopy> {
    let picture = context.pictures.read(path, context.tree.get(path.as_str())?).ok()?;
    let copies = Format::ALL.into_iter().flat_map(|format| picture.copies(format));
    copies.into_iter().find(|copy| copy.digest == *digest).cloned()
}
