//! Fills a template for a page, unless an earlier build filled it with the same and the
//! page still stands where that build left it.
//!
//! What a template shows comes from the theme, `site.toml` and the values it is given,
//! and from nowhere else, so their digests name the page.

use contracts::digest::Digest;
use contracts::frame::Frame;
use contracts::language::Language;
use contracts::object_key::ObjectKey;
use serde::Serialize;
use tera::Context;

use crate::diagnostic::{Code, Diagnostic};
use crate::render::Renderer;
use crate::site::{SiteFile, digest};
use crate::theme::Template;

/// What several pages have in common, and a digest that tells it from all else.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) context: Context,
    pub(super) digest: Digest,
}

/// A page to be drawn.
pub(super) struct Drawing<'d, T> {
    pub(super) template: Template,
    pub(super) shared: &'d Shared,
    /// What is the page's own; its fields win over the shared ones.
    pub(super) view: &'d T,
    pub(super) hole: Hole,
}

/// Whether the edge fills a part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hole {
    None,
    One,
}

impl Shared {
    /// Nothing at all.
    pub(super) fn none() -> Self {
        Self { context: Context::new(), digest: digest(b"") }
    }

    /// This and the fields of a value.
    pub(super) fn with(&self, value: &impl Serialize) -> Result<Self, String> {
        let mut context = self.context.clone();
        context.extend(Context::from_serialize(value).map_err(|error| error.to_string())?);
        let own = serde_json::to_vec(value).map_err(|error| error.to_string())?;
        let digest = digest(&[self.digest.as_bytes(), own.as_slice()].concat());
        Ok(Self { context, digest })
    }
}

impl Renderer<'_> {
    /// The page under its key.
    pub(super) fn draw<T: Serialize>(
        &self,
        drawing: &Drawing<'_, T>,
        language: &Language,
        key: ObjectKey,
    ) -> Result<SiteFile, Diagnostic> {
        let Drawing { template, shared, view, hole } = *drawing;
        let mut input = self.memo.input("page");
        input.add(self.drawn_with.as_bytes()).add(shared.digest.as_bytes());
        input.add(template.file().as_bytes()).add(language.as_str().as_bytes());
        input.add_value(view).map_err(|error| {
            let path = self.theme.path_of(template);
            Diagnostic::new(&path, Code::BadTemplate, error.to_string())
        })?;
        let input = input.digest();
        if let Some(digest) = self.memo.get(&input).as_deref().and_then(digest_of)
            && let Some(content) = self.earlier.content(&key, &digest)
        {
            return Ok(SiteFile { key, content, digest });
        }
        let html = self.theme.render(template, language, &shared.context, view)?;
        if hole == Hole::One && Frame::split(&html).is_none() {
            return Err(self.no_hole(template));
        }
        let file = SiteFile::new(key, html.into_bytes());
        self.memo.put(&input, file.digest.as_bytes());
        Ok(file)
    }
}

fn digest_of(bytes: &[u8]) -> Option<Digest> {
    bytes.try_into().ok().map(Digest::from_bytes)
}
