//! Fills a template for a page, unless an earlier build filled it with the same and the
//! page still stands where that build left it.
//!
//! What a template shows comes from the theme, `site.toml` and the values it is given,
//! and from nowhere else, so their digests name the page.

use contracts::digest::Digest;
use contracts::frame::{Frame, HOLE_END, HOLE_START};
use contracts::language::Language;
use contracts::object_key::ObjectKey;
use serde::{Deserialize, Serialize};
use tera::Context;

use crate::Aids;
use crate::diagnostic::{Code, Diagnostic};
use crate::earlier::EarlierSite;
use crate::memo::Memo;
use crate::search;
use crate::site::{SiteFile, digest};
use crate::site_config::SiteConfig;
use crate::theme::{Template, Theme};

/// What several pages have in common, and a digest that tells it from all else.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    context: Context,
    digest: Digest,
    /// What was added last, as JSON.
    own: Vec<u8>,
}

/// A page to be drawn.
pub(crate) struct Drawing<'d, T> {
    pub(crate) template: Template,
    pub(crate) shared: &'d Shared,
    /// What is the page's own; its fields win over the shared ones.
    pub(crate) view: &'d T,
    /// All of the view as bytes, where somebody has them; else the view is written down.
    pub(crate) parts: Option<[&'d [u8]; 3]>,
    pub(crate) hole: Hole,
}

/// Whether the edge fills a part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Hole {
    None,
    One,
}

/// Draws pages.
pub(crate) struct Press<'a> {
    theme: &'a Theme,
    memo: Memo,
    /// Remembers what pages were drawn from.
    drawn: Memo,
    earlier: &'a dyn EarlierSite,
    /// Tells the theme and `site.toml` from all others.
    drawn_with: Digest,
    searches: bool,
}

/// A page as the search finds it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) entry: search::Entry,
    /// The name under which a cache has it.
    pub(crate) kept: Option<Digest>,
}

impl Found {
    /// Its address and the name under which a cache has it.
    pub(crate) fn name(&self) -> Option<(String, Digest)> {
        Some((self.entry.url().to_owned(), self.kept?))
    }
}

impl Shared {
    /// Nothing at all.
    pub(crate) fn none() -> Self {
        Self { context: Context::new(), digest: digest(b""), own: Vec::new() }
    }

    /// This and the fields of a value.
    pub(crate) fn with(&self, value: &impl Serialize) -> Result<Self, String> {
        let mut context = self.context.clone();
        context.extend(Context::from_serialize(value).map_err(|error| error.to_string())?);
        let own = serde_json::to_vec(value).map_err(|error| error.to_string())?;
        let digest = digest(&[self.digest.as_bytes(), own.as_slice()].concat());
        Ok(Self { context, digest, own })
    }

    /// For templates.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// The value that was added last, as JSON.
    pub(super) fn own(&self) -> &[u8] {
        &self.own
    }
}

impl<'a> Press<'a> {
    pub(crate) fn new(config: &SiteConfig, theme: &'a Theme, aids: &Aids<'a>) -> Self {
        let searches = config.search;
        let config = digest(format!("{config:?}").as_bytes());
        let drawn_with = digest(&[*theme.digest().as_bytes(), *config.as_bytes()].concat());
        let memo = Memo::new(aids.cache);
        let drawn = memo.clone();
        Self { theme, memo, drawn, earlier: aids.earlier, drawn_with, searches }
    }

    /// Draws each page anew: what it would have to remember is read from the disk, and of a
    /// few edited pages none is there.
    pub(crate) fn forgetful(self) -> Self {
        Self { drawn: Memo::none(), ..self }
    }

    /// A page as the search finds it, if the school has a search.
    pub(crate) fn found(&self, page: &search::Page<'_>) -> Option<Found> {
        self.searches.then(|| {
            let (entry, kept) = search::Entry::recalled(page, &self.memo);
            Found { entry, kept }
        })
    }

    /// The page under its key.
    pub(crate) fn draw<T: Serialize>(
        &self,
        drawing: &Drawing<'_, T>,
        language: &Language,
        key: ObjectKey,
    ) -> Result<SiteFile, Diagnostic> {
        let Drawing { template, shared, view, parts, hole } = *drawing;
        let mut input = self.drawn.input("page");
        input.add(self.drawn_with.as_bytes()).add(shared.digest.as_bytes());
        input.add(template.file().as_bytes()).add(language.as_str().as_bytes());
        match parts {
            Some(parts) => {
                for part in parts {
                    input.add(part);
                }
            }
            None => {
                input.add_value(view).map_err(|error| {
                    let path = self.theme.path_of(template);
                    Diagnostic::new(&path, Code::BadTemplate, error.to_string())
                })?;
            }
        }
        let input = input.digest();
        if let Some(digest) = self.drawn.get(&input).as_deref().and_then(digest_of)
            && let Some(content) = self.earlier.content(&key, &digest)
        {
            return Ok(SiteFile { key, content, digest });
        }
        let html = self.theme.render(template, language, &shared.context, view)?;
        if hole == Hole::One && Frame::split(&html).is_none() {
            return Err(no_hole(self.theme, template));
        }
        let file = SiteFile::new(key, html.into_bytes());
        self.drawn.put(&input, file.digest.as_bytes());
        Ok(file)
    }
}

/// The diagnostic for a template that lost its hole, or has two.
pub(super) fn no_hole(theme: &Theme, template: Template) -> Diagnostic {
    let path = theme.path_of(template);
    let message = "the page needs exactly one hole for the edge to fill";
    Diagnostic::new(&path, Code::TemplateHole, message)
        .hint(format!("put what a guest sees between one `{HOLE_START}` and one `{HOLE_END}`"))
}

fn digest_of(bytes: &[u8]) -> Option<Digest> {
    bytes.try_into().ok().map(Digest::from_bytes)
}
