//! The search page, and the index that its script reads.
//!
//! What is found is what pages say of themselves as they are rendered, so that
//! the search can know no page that does not stand in the site.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contracts::digest::Digest;
use contracts::language::Language;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::address::{Addresses, Place};
use crate::amend::Amendment;
use crate::cache::Cache;
use crate::diagnostic::Diagnostic;
use crate::document::PublicHtml;
use crate::memo::Memo;
use crate::notes::{Noted, Notes, Noting};
use crate::render::head::About;
use crate::render::view::SearchPage;
use crate::render::{Made, Output, Renderer, too_long};
use crate::search;
use crate::site::{SiteFile, digest};
use crate::site_config::SiteConfig;
use crate::source::SourcePath;
use crate::theme::Template;

/// The index of a language, below its prefix.
const INDEX: &str = "search/index.json";

/// The name of each of its parts, before the digest.
const PART: &str = "search.json";

impl Renderer<'_> {
    /// `/search/`
    pub(super) fn search(&self, language: &Language) -> Result<Output, Diagnostic> {
        let about = About {
            title: self.theme.text(language, "search"),
            description: "",
            ..self.everywhere(Place::Search)
        };
        let view = SearchPage {
            page: self.head(&about, language, None)?,
            index: self.index_path(language)?.url_path(&self.school.config.base_url),
        };
        self.finish(Template::Search, &about, language, &view)
    }

    /// A page as the search finds it, if there is a search.
    pub(super) fn found(
        &self,
        about: &About<'_>,
        language: &Language,
        body: &PublicHtml,
    ) -> Result<Option<Found>, Diagnostic> {
        let url = self.link(about.place, language)?;
        Ok(self.press.found(&search::Page {
            url: &url,
            title: about.title,
            description: about.description,
            body,
            language: about.original,
        }))
    }

    /// The index of every language, and its parts; noted for the next build if notes are
    /// taken.
    pub(super) fn search_index(
        &self,
        found: BTreeMap<&Language, Vec<Found>>,
        notes: &mut Notes,
    ) -> Result<Vec<Made>, Diagnostic> {
        let origin = SourcePath::new("site.toml");
        let mut made = Vec::new();
        for (language, pages) in found {
            let names: Option<Names> = pages.iter().map(Found::name).collect();
            let entries: Vec<search::Entry> = pages.into_iter().map(|page| page.entry).collect();
            let files = index(&self.school.config, language, &entries)?;
            if let Some(names) = names.filter(|_| self.noting == Noting::On) {
                note(notes, language, &names, &files);
            }
            made.extend(files.into_iter().map(|file| Made { file, origin: origin.clone() }));
        }
        Ok(made)
    }

    fn index_path(&self, language: &Language) -> Result<SitePath, Diagnostic> {
        index_path(&self.school.config, language)
    }
}

/// A page as the search finds it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) entry: search::Entry,
    /// The name under which a cache has it.
    pub(crate) kept: Option<Digest>,
}

/// What the search finds, by address: under which names a cache has it.
type Names = BTreeMap<String, Digest>;

impl Found {
    fn name(&self) -> Option<(String, Digest)> {
        Some((self.entry.url().to_owned(), self.kept?))
    }
}

/// The files of one language's index.
fn index(
    config: &SiteConfig,
    language: &Language,
    pages: &[search::Entry],
) -> Result<Vec<SiteFile>, Diagnostic> {
    let part = SitePath::parse(PART).map_err(|error| too_long(&error))?;
    let key = |digest| ObjectKey::Asset { digest, name: part.clone() };
    let url = |digest| {
        let path = SitePath::parse(&key(digest).path()).ok();
        path.map(|path| path.url_path(&config.base_url)).unwrap_or_default()
    };
    let search::Files { shards, index } = search::files(pages, url);
    let path = index_path(config, language)?;
    let shards = shards.into_iter().map(|bytes| SiteFile::new(key(digest(&bytes)), bytes));
    Ok(std::iter::once(SiteFile::new(ObjectKey::Page { path }, index)).chain(shards).collect())
}

fn index_path(config: &SiteConfig, language: &Language) -> Result<SitePath, Diagnostic> {
    let path = SitePath::parse(INDEX).map_err(|error| too_long(&error))?;
    Addresses::new(config).in_language(&path, language).map_err(|error| too_long(&error))
}

fn name_of_pages(language: &Language) -> String {
    format!("found {language}")
}

fn name_of_shards(language: &Language) -> String {
    format!("shards {language}")
}

fn note(notes: &mut Notes, language: &Language, pages: &Names, files: &[SiteFile]) {
    let shards: BTreeSet<&ObjectKey> = files.iter().map(|file| &file.key).collect();
    let note = (postcard::to_stdvec(pages), serde_json::to_vec(&shards));
    if let (Ok(pages), Ok(shards)) = note {
        notes.add(name_of_pages(language), pages);
        notes.add(name_of_shards(language), shards);
    }
}

/// Puts other words of some pages into the index of a language. `None` if it would have
/// to be made from all pages.
pub(crate) fn amend(
    config: &SiteConfig,
    language: &Language,
    pages: Vec<Found>,
    notes: &dyn Noted,
    cache: &Arc<dyn Cache>,
    amendment: &mut Amendment,
) -> Option<()> {
    let mut names: Names = postcard::from_bytes(&notes.note(&name_of_pages(language))?).ok()?;
    let mut new: BTreeMap<Digest, search::Entry> = BTreeMap::new();
    for page in pages {
        let (url, name) = page.name()?;
        *names.get_mut(&url)? = name;
        new.insert(name, page.entry);
    }
    let memo = Memo::new(cache);
    let entry = |(url, name): (&String, &Digest)| match new.get(name) {
        Some(entry) => Some(entry.clone()),
        None => search::Entry::kept(url, name, &memo),
    };
    let entries: Option<Vec<search::Entry>> = names.par_iter().map(entry).collect();
    let files = index(config, language, &entries?).ok()?;
    let before = notes.note(&name_of_shards(language))?;
    let before: BTreeSet<ObjectKey> = serde_json::from_slice(&before).ok()?;
    note(&mut amendment.notes, language, &names, &files);
    let is_new = |file: &SiteFile| !file.key.is_content_addressed() || !before.contains(&file.key);
    let after: BTreeSet<ObjectKey> = files.iter().map(|file| file.key.clone()).collect();
    amendment.gone.extend(before.difference(&after).cloned());
    amendment.files.extend(files.into_iter().filter(is_new));
    Some(())
}
