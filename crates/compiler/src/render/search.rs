//! The search page, and the index that its script reads.
//!
//! What is found is what pages say of themselves as they are rendered, so that
//! the search can know no page that does not stand in the site.

use std::collections::BTreeMap;

use contracts::digest::Digest;
use contracts::language::Language;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::Aids;
use crate::address::{Addresses, Place};
use crate::diagnostic::Diagnostic;
use crate::document::PublicHtml;
use crate::earlier::EarlierSite;
use crate::memo::Memo;
use crate::notes::{Noted, Notes, Noting};
use crate::render::drawing::Found;
use crate::render::head::About;
use crate::render::view::SearchPage;
use crate::render::{Made, Output, Renderer, too_long};
use crate::search;
use crate::site::{Content, SiteFile, digest};
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
            let (files, outline) = index(&self.school.config, language, &entries)?;
            if let Some(names) = names.filter(|_| self.noting == Noting::On) {
                let written = files.iter().map(|file| (file.key.clone(), file.digest)).collect();
                note(notes, language, &IndexNote { names, written, outline });
            }
            made.extend(files.into_iter().map(|file| Made { file, origin: origin.clone() }));
        }
        Ok(made)
    }

    fn index_path(&self, language: &Language) -> Result<SitePath, Diagnostic> {
        index_path(&self.school.config, language)
    }
}

/// What the search finds, by address: under which names a cache has it.
type Names = BTreeMap<String, Digest>;

/// What is noted of the index of a language.
struct IndexNote {
    names: Names,
    /// Its files.
    written: BTreeMap<ObjectKey, Digest>,
    outline: search::Outline,
}

/// The files of one language's index, and its outline.
fn index(
    config: &SiteConfig,
    language: &Language,
    pages: &[search::Entry],
) -> Result<(Vec<SiteFile>, search::Outline), Diagnostic> {
    let part = part()?;
    let url = |digest| {
        let path = SitePath::parse(&key(&part, digest).path()).ok();
        path.map(|path| path.url_path(&config.base_url)).unwrap_or_default()
    };
    let (files, outline) = search::files(pages, url);
    Ok((site_files(files, &part, index_path(config, language)?), outline))
}

/// The file that names all others, and these.
fn site_files(files: search::Files, part: &SitePath, path: SitePath) -> Vec<SiteFile> {
    let search::Files { shards, index } = files;
    let shards = shards.into_iter().map(|bytes| SiteFile::new(key(part, digest(&bytes)), bytes));
    std::iter::once(SiteFile::new(ObjectKey::Page { path }, index)).chain(shards).collect()
}

fn part() -> Result<SitePath, Diagnostic> {
    SitePath::parse(PART).map_err(|error| too_long(&error))
}

fn key(part: &SitePath, digest: Digest) -> ObjectKey {
    ObjectKey::Asset { digest, name: part.clone() }
}

fn index_path(config: &SiteConfig, language: &Language) -> Result<SitePath, Diagnostic> {
    let path = SitePath::parse(INDEX).map_err(|error| too_long(&error))?;
    Addresses::new(config).in_language(&path, language).map_err(|error| too_long(&error))
}

/// The names of the notes on an index: what it is made of, its files, its outline.
fn names_of_notes(language: &Language) -> [String; 3] {
    ["found", "index", "outline"].map(|what| format!("{what} {language}"))
}

fn note(notes: &mut Notes, language: &Language, noted: &IndexNote) {
    let IndexNote { names, written, outline } = noted;
    let written: Vec<(&ObjectKey, &Digest)> = written.iter().collect();
    let all =
        (postcard::to_stdvec(names), serde_json::to_vec(&written), postcard::to_stdvec(outline));
    if let (Ok(names), Ok(written), Ok(outline)) = all {
        for (name, note) in names_of_notes(language).into_iter().zip([names, written, outline]) {
            notes.add(name, note);
        }
    }
}

fn noted(notes: &dyn Noted, language: &Language) -> Option<IndexNote> {
    let [names, written, outline] = names_of_notes(language).map(|name| notes.note(&name));
    let written: Vec<(ObjectKey, Digest)> = serde_json::from_slice(&written?).ok()?;
    Some(IndexNote {
        names: postcard::from_bytes(&names?).ok()?,
        written: written.into_iter().collect(),
        outline: postcard::from_bytes(&outline?).ok()?,
    })
}

/// What an edit makes of an index.
#[derive(Debug, Default)]
pub(crate) struct Amended {
    /// The parts that are new, and the file that names all of them.
    pub(crate) files: Vec<SiteFile>,
    pub(crate) gone: Vec<ObjectKey>,
    pub(crate) notes: Notes,
}

/// Puts other words of some pages into the index of a language, which stands where
/// `earlier` knows. `None` if it would have to be made by a whole build.
pub(crate) fn amend(
    config: &SiteConfig,
    language: &Language,
    pages: Vec<Found>,
    notes: &dyn Noted,
    aids: &Aids<'_>,
) -> Option<Amended> {
    let IndexNote { mut names, written, outline } = noted(notes, language)?;
    let memo = Memo::new(aids.cache);
    let mut pairs = Vec::new();
    for page in pages {
        let (url, name) = page.name()?;
        let known = names.get_mut(&url)?;
        pairs.push((search::Entry::kept(&url, known, &memo)?, page.entry));
        *known = name;
    }
    let standing = Standing { earlier: aids.earlier, written: &written };
    let path = index_path(config, language).ok()?;
    let part = part().ok()?;
    let before = standing.read(&ObjectKey::Page { path: path.clone() })?;
    let file = |own: &str| standing.read(standing.part(own)?);
    let patched = search::patched(&outline, &before, &pairs, &file);
    let (files, outline) = match patched {
        Some((files, outline)) => (site_files(files, &part, path), outline),
        None => {
            let new: BTreeMap<&str, &search::Entry> =
                pairs.iter().map(|(_, new)| (new.url(), new)).collect();
            let entry = |(url, name): (&String, &Digest)| match new.get(url.as_str()) {
                Some(entry) => Some((*entry).clone()),
                None => search::Entry::kept(url, name, &memo),
            };
            let entries: Option<Vec<search::Entry>> = names.par_iter().map(entry).collect();
            index(config, language, &entries?).ok()?
        }
    };
    let mut after: BTreeMap<ObjectKey, Digest> =
        files.iter().map(|file| (file.key.clone(), file.digest)).collect();
    let Content::Bytes(named) = &files.first()?.content else { return None };
    for own in search::named(named)? {
        if after.keys().all(|key| own_part(key).as_deref() != Some(&own)) {
            let key = standing.part(&own)?;
            after.insert(key.clone(), *written.get(key)?);
        }
    }
    let mut amended = Amended::default();
    amended.gone.extend(written.keys().filter(|key| !after.contains_key(*key)).cloned());
    let is_new = |file: &SiteFile| written.get(&file.key) != Some(&file.digest);
    amended.files.extend(files.into_iter().filter(is_new));
    note(&mut amended.notes, language, &IndexNote { names, written: after, outline });
    Some(amended)
}

/// The index as it stands.
struct Standing<'a> {
    earlier: &'a dyn EarlierSite,
    written: &'a BTreeMap<ObjectKey, Digest>,
}

impl Standing<'_> {
    fn read(&self, key: &ObjectKey) -> Option<Vec<u8>> {
        self.earlier.content(key, self.written.get(key)?)?.read().ok()
    }

    /// The file of an own part.
    fn part(&self, own: &str) -> Option<&ObjectKey> {
        self.written.keys().find(|key| own_part(key).as_deref() == Some(own))
    }
}

/// What tells a part of an index from the others.
fn own_part(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Asset { digest, .. } => Some(digest.short()),
        _ => None,
    }
}
