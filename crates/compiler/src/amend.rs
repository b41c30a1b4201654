//! A build after an edit that changed nothing but the words of some lessons: their pages
//! are made from notes of the last build, and nothing else is looked at.
//!
//! Whatever else may have changed makes it a build like any other: what can't be shown
//! to be the business of those pages alone is none of this module's.

use std::collections::{BTreeMap, BTreeSet};

use contracts::language::Language;

use crate::Aids;
use crate::data::Data;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::image::{Avif, Pictures, metadata};
use crate::link::{Links, check_anchors};
use crate::manifest::precompress;
use crate::markdown::Rendered;
use crate::notes::{Noted, Notes};
use crate::parse::{self, Options};
use crate::proof::amended::Sealed;
use crate::proof::{self, Secrets};
use crate::render::drawing::{Found, Press};
use crate::render::leaf::{self, Redrawn};
use crate::render::search as index;
use crate::school::{Markdown, School};
use crate::site_config::SiteConfig;
use crate::source::{SourcePath, SourceTree};
use crate::text::note::{self, TextNote, TextNotes};
use crate::text::{Text, Workshop};
use crate::theme::Theme;
use crate::translation;

mod exchange;

pub use exchange::{Amendment, Exchange, Inventory};

/// The name of the note that tells what must not be public.
const SECRETS: &str = "secrets";

/// The name of the note that tells what has become secret since.
const LATER: &str = "secrets since";

/// More words that became secret since are worth a build.
const MOST_LATER: usize = 1024 * 1024;

/// Adds to the notes of pages those of texts, and all that a text may ask.
pub(crate) fn note(
    school: &School,
    tree: &SourceTree,
    texts: TextNotes,
    secrets: &Secrets,
    diagnostics: &[Diagnostic],
    notes: &mut Notes,
) {
    let lessons = || school.courses.iter().flat_map(|course| course.lessons());
    let mut told: BTreeSet<&SourcePath> =
        diagnostics.iter().map(|diagnostic| &diagnostic.path).collect();
    if tree.contains(translation::PATH) {
        // An edit of one of them is told of the others.
        let translated = lessons().filter(|lesson| lesson.editions.len() > 1);
        let editions = translated.flat_map(|lesson| lesson.editions.values());
        told.extend(editions.map(|edition| &edition.body.path));
    }
    let editions = lessons().flat_map(|lesson| lesson.editions.values());
    let lessons: BTreeSet<&SourcePath> = editions.map(|edition| &edition.body.path).collect();
    texts.finish(|path| lessons.contains(path) && !told.contains(path), notes);
    // Numbers and digests can always be written.
    let sealed = postcard::to_stdvec(&Sealed::of(secrets)).unwrap_or_default();
    notes.add(SECRETS.to_owned(), sealed);
}

/// Makes what is made of the words of some lessons. `tree` holds all files by their
/// digests; those whose words have `changed` are in memory, and all others are what they
/// were when the notes were taken.
///
/// `None` if an edit may be seen elsewhere, or if there is anything to tell of it.
#[must_use]
pub fn amend(
    aids: Aids<'_>,
    notes: &dyn Noted,
    tree: SourceTree,
    options: &Options,
    changed: &[SourcePath],
) -> Option<Amendment> {
    let secrets: Sealed = postcard::from_bytes(&notes.note(SECRETS)?).ok()?;
    if !changed.iter().all(|path| secrets.may_edit(path)) {
        return None;
    }
    let texts: Vec<(&SourcePath, TextNote)> = changed
        .iter()
        .map(|path| Some((path, serde_json::from_slice(&notes.note(&note::name(path))?).ok()?)))
        .collect::<Option<_>>()?;
    let mut ignored = Vec::new();
    let site = [SourcePath::new("site.toml")];
    let read = tree.read_into(&site).ok()?;
    let tree = tree.overlay(read);
    let config = SiteConfig::read(&tree, options.base_url.as_ref(), &mut ignored)?;
    let held = held(&tree, &config, &texts)?;
    let tree = tree.overlay(held.clone());
    let theme = Theme::load(&tree, &config).0?;
    let avif = if config.images.avif { options.avif } else { Avif::Never };
    let pictures = Pictures::new(std::sync::Arc::clone(aids.cache), avif);
    let links = Links::noted(notes, note::LINKS);
    let data = Data::read(&tree, &mut ignored);
    let workshop = Workshop {
        config: &config,
        theme: &theme,
        tree: &tree,
        pictures: &pictures,
        cache: aids.cache,
        links: &links,
        data: &data,
    };
    let press = Press::new(&config, &theme, &aids).forgetful();
    let mut amendment = Amendment::default();
    let mut later: Vec<u64> = match notes.note(LATER) {
        Some(note) => postcard::from_bytes(&note).ok()?,
        None => Vec::new(),
    };
    let mut found: BTreeMap<&Language, Vec<Found>> = BTreeMap::new();
    for (path, noted) in texts {
        let (markdown, rendered) = rendered(&workshop, &held, path, noted)?;
        later.extend(proof::amended::secrets_of(&markdown, &rendered.document));
        let pages = pages(&press, notes, &config, path, &rendered.document)?;
        for (language, page) in pages {
            found.entry(language).or_default().extend(page.found);
            amendment.editions.push((page.lesson, language.clone(), page.edition));
            amendment.files.extend(page.files);
        }
    }
    if config.search {
        amendment.find(&config, found, notes, &aids)?;
    }
    if config.precompress {
        let copies = precompress::copies(&amendment.files, &**aids.cache);
        amendment.files.extend(copies);
    }
    later.sort_unstable();
    later.dedup();
    let is_sound = later.len() <= MOST_LATER && secrets.allows(&amendment.files, &later);
    if !later.is_empty() {
        amendment.notes.add(LATER.to_owned(), postcard::to_stdvec(&later).ok()?);
    }
    is_sound.then_some(amendment)
}

/// The pages that show a text, by language. `None` if it is shown by a page of another kind.
fn pages<'c>(
    press: &Press<'_>,
    notes: &dyn Noted,
    config: &'c SiteConfig,
    path: &SourcePath,
    document: &Document,
) -> Option<Vec<(&'c Language, Redrawn)>> {
    let page = |language| Some((language, leaf::redraw(press, notes, path, language, document)?));
    let pages: Vec<_> = config.languages.iter().filter_map(page).collect();
    (!pages.is_empty()).then_some(pages)
}

impl Amendment {
    /// Puts what the search finds in the new pages into the indexes of their languages.
    fn find(
        &mut self,
        config: &SiteConfig,
        found: BTreeMap<&Language, Vec<Found>>,
        notes: &dyn Noted,
        aids: &Aids<'_>,
    ) -> Option<()> {
        for (language, pages) in found {
            let amended = index::amend(config, language, pages, notes, aids)?;
            self.files.extend(amended.files);
            self.gone.extend(amended.gone);
            self.notes.extend(amended.notes);
        }
        Some(())
    }
}

/// All that is read to render the texts, but for what is only ever passed on.
fn held(
    tree: &SourceTree,
    config: &SiteConfig,
    texts: &[(&SourcePath, TextNote)],
) -> Option<SourceTree> {
    let folders = [format!("themes/{}", config.theme), crate::data::FOLDER.to_owned()];
    let below = folders.iter().flat_map(|folder| tree.below(folder)).map(|(path, _)| path);
    let read = texts.iter().flat_map(|(path, note)| note.reads.iter().chain([*path]));
    let held = tree.read_into(below.chain(read)).ok()?;
    Some(if config.images.keep_metadata { held } else { metadata::without(&held).into_owned() })
}

/// A text with its new words, if what others see of it is what it was.
fn rendered(
    workshop: &Workshop<'_>,
    held: &SourceTree,
    path: &SourcePath,
    noted: TextNote,
) -> Option<(Markdown, Rendered)> {
    let markdown = parse::sound_markdown(workshop.tree, path)?;
    if note::front(&markdown.file, markdown.start) != noted.front {
        return None;
    }
    let text =
        Text { markdown: &markdown, language: &noted.language, learn_link: noted.learn_link };
    let (rendered, asked) = workshop.open(|render| render(&text));
    let is_read = |file: &SourcePath| held.contains(file) || !workshop.tree.contains(file);
    let here = rendered.anchor_links.iter().filter(|link| link.source == *path);
    let here: Vec<_> = here.cloned().collect();
    let anchors = BTreeMap::from([(path.clone(), rendered.anchors.clone())]);
    let is_same = rendered.diagnostics.is_empty()
        && note::facts(path, &rendered, noted.is_anchored) == noted.facts
        && note::files(&asked).all(is_read)
        && check_anchors(&here, &anchors).is_empty();
    is_same.then_some((markdown, rendered))
}
