//! The compiler: an author's folder in, a [`site::Site`] and diagnostics out.
//!
//! It is pure apart from [`source`]: the same input gives the same bytes, and
//! no clock, network, environment or output folder may come in.

pub mod address;
pub mod amend;
mod aside;
pub mod cache;
pub mod comparison;
pub mod concept;
pub mod data;
pub mod declassified;
pub mod diagnostic;
pub mod document;
pub mod earlier;
pub(crate) mod escape;
pub(crate) mod field;
pub mod front_matter;
pub mod glossary;
pub(crate) mod hidden;
pub mod highlight;
pub mod image;
pub(crate) mod include;
pub mod level;
pub mod link;
pub mod manifest;
pub mod markdown;
pub(crate) mod memo;
pub mod mend;
pub mod notes;
pub mod parse;
pub mod proof;
pub mod render;
pub mod schema;
pub mod school;
pub(crate) mod search;
pub mod site;
pub mod site_config;
pub mod slug;
pub mod source;
pub(crate) mod source_path;
pub mod stopwatch;
pub mod text;
pub mod theme;
pub mod translation;

use std::borrow::Cow;
use std::sync::Arc;

use crate::cache::{Cache, MemoryCache};
use crate::comparison::ContentFiles;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::policy::Policy;
use crate::earlier::{EarlierSite, NoEarlierSite};
use crate::image::{Avif, Pictures, metadata};
use crate::notes::{Notes, Noting};
use crate::parse::{Options, Parsed};
use crate::proof::Secrets;
use crate::site::Site;
use crate::source::SourceTree;
use crate::stopwatch::{NoStopwatch, Stopwatch, Work, timed};
use crate::theme::Theme;

/// What came of compiling a school.
#[derive(Debug)]
pub struct Compilation {
    /// As much of the site as could be made; `None` if `site.toml` or the theme
    /// can't be understood. It is fit to be written only if no diagnostic is an
    /// error, see [`diagnostic::has_errors`].
    pub site: Option<Site>,
    /// Everything worth telling the author, in order of file and line.
    pub diagnostics: Vec<Diagnostic>,
    /// What was applied to them, for what a caller finds out itself.
    pub policy: Policy,
    /// The files that courses and lessons are written in, for the same.
    pub files: ContentFiles,
    /// What the next build may make use of, if notes were asked for; see
    /// [`amend::amend`].
    pub notes: Notes,
}

/// Compiles a school, and keeps nothing for the next time.
#[must_use]
pub fn compile(tree: &SourceTree, options: &Options) -> Compilation {
    let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
    compile_aided(Aids::cache(&cache), tree, options)
}

/// What a build may use beside its input. None of it changes the site.
#[derive(Clone, Copy)]
pub struct Aids<'a> {
    /// What was made before and is dear to make.
    pub cache: &'a Arc<dyn Cache>,
    /// Pages that were made before and stand somewhere.
    pub earlier: &'a dyn EarlierSite,
    /// Is told how long each part took.
    pub watch: &'a dyn Stopwatch,
    /// Whether it takes notes for the next one.
    pub noting: Noting,
}

impl<'a> Aids<'a> {
    /// Nothing but a cache.
    #[must_use]
    pub fn cache(cache: &'a Arc<dyn Cache>) -> Self {
        let (earlier, watch) = (&NoEarlierSite, &NoStopwatch);
        Self { cache, earlier, watch, noting: Noting::Off }
    }
}

/// Compiles a school: parse, render, assemble, prove. Each stage goes on as far as it
/// can, so that one run tells the author everything. What aids it saves time and changes
/// nothing, apart from [`image::Avif::IfKept`].
#[must_use]
pub fn compile_aided(aids: Aids<'_>, tree: &SourceTree, options: &Options) -> Compilation {
    let Aids { cache, watch, .. } = aids;
    let Parsed { school, mut diagnostics } =
        timed(watch, Work::Parsing, || parse::parse(tree, options));
    let written = school.as_ref().map(|school| school.config.check.clone());
    let policy = written.unwrap_or_default().overlaid(&options.policy);
    let files = school.as_ref().map(ContentFiles::of).unwrap_or_default();
    let keeps = school.as_ref().is_some_and(|school| school.config.images.keep_metadata);
    // From here on nobody meets a picture that says more than it shows.
    let tree = if keeps { Cow::Borrowed(tree) } else { metadata::without(tree) };
    let tree = &*tree;
    let mut notes = Notes::default();
    let site = school.and_then(|school| {
        let (theme, found) = Theme::load(tree, &school.config);
        diagnostics.extend(found);
        let theme = theme?;
        let avif = if school.config.images.avif { options.avif } else { Avif::Never };
        let pictures = Pictures::new(Arc::clone(cache), avif);
        let (documents, found, texts) = timed(watch, Work::Markdown, || {
            text::render_noting(&school, &theme, tree, &pictures, cache, aids.noting)
        });
        diagnostics.extend(found);
        let mut rendered = render::render(&school, &documents, &theme, tree, &pictures, aids);
        notes = std::mem::take(&mut rendered.notes);
        let (site, found) = timed(watch, Work::Compressing, || {
            manifest::assemble(&school, &theme, rendered, &**cache)
        });
        diagnostics.extend(found);
        let secrets = timed(watch, Work::Proof, || {
            let secrets = Secrets::of(&school, tree, theme.files(), &documents, &site);
            diagnostics.extend(prove(&site, &secrets));
            secrets
        });
        if aids.noting == Noting::On {
            amend::note(&school, tree, texts, &secrets, &diagnostics, &mut notes);
        }
        Some(site)
    });
    policy.apply(&mut diagnostics);
    Compilation { site, diagnostics, policy, files, notes }
}

/// The proof that nothing gated is public; each leak is an error.
fn prove(site: &Site, secrets: &Secrets) -> Vec<Diagnostic> {
    let leaks = proof::search(site, secrets).into_iter().chain(proof::allow_list(site));
    leaks.map(|leak| leak.diagnostic()).collect()
}
