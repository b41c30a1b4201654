//! A build after an edit that changed nothing but the words of some lessons: their pages
//! are made from notes of the last build, and nothing else is looked at.
//!
//! Whatever else may have changed makes it a build like any other: what can't be shown
//! to be the business of those pages alone is none of this module's.

use std::collections::{BTreeMap, BTreeSet};

use contracts::id::LessonId;
use contracts::language::Language;
use contracts::manifest::Edition;
use contracts::object_key::{Encoding, ObjectKey};

use crate::Aids;
use crate::data::Data;
use crate::diagnostic::Diagnostic;
use crate::image::{Avif, Pictures, metadata};
use crate::link::{LinkIndex, check_anchors};
use crate::manifest::{object_entry, precompress};
use crate::markdown::Rendered;
use crate::notes::{Noted, Notes};
use crate::parse::{self, Options};
use crate::proof::amended::Sealed;
use crate::proof::{self, Secrets};
use crate::render::drawing::Press;
use crate::render::leaf::{self, Redrawn};
use crate::school::{Markdown, School};
use crate::site::{Site, SiteFile};
use crate::site_config::SiteConfig;
use crate::source::{SourcePath, SourceTree};
use crate::text::note::{self, TextNote, TextNotes};
use crate::text::{Text, Workshop};
use crate::theme::Theme;
use crate::translation;

/// What an edit makes of a site.
#[derive(Debug, Default)]
pub struct Amendment {
    /// What the manifest says now of lessons whose words have changed.
    pub editions: Vec<(LessonId, Language, Edition)>,
    /// Every file that was made of them. A gated body has a key of its own by its bytes
    /// and takes the place of the one that the manifest named before; all others have
    /// the keys that they had, with their compressed copies.
    pub files: Vec<SiteFile>,
    /// What has become secret since the notes were taken, to be handed to the next
    /// amendment: runs of words, as they are compared.
    pub later: Vec<u64>,
}

/// The name of the note that tells what must not be public.
const SECRETS: &str = "secrets";

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
    texts.finish(&told, notes);
    // Numbers and digests can always be written.
    let sealed = postcard::to_stdvec(&Sealed::of(secrets)).unwrap_or_default();
    notes.add(SECRETS.to_owned(), sealed);
}

/// Makes what is made of the words of some lessons. `tree` holds all files by their
/// digests; those whose words have `changed` are in memory, and all others are what they
/// were when the notes were taken. `later` is what amendments since have made secret.
///
/// `None` if an edit may be seen elsewhere, or if there is anything to tell of it.
#[must_use]
pub fn amend(
    aids: Aids<'_>,
    notes: &dyn Noted,
    tree: &SourceTree,
    options: &Options,
    changed: &[SourcePath],
    later: &[u64],
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
    let tree = tree.clone().overlay(read);
    let config = SiteConfig::read(&tree, options.base_url.as_ref(), &mut ignored)?;
    if config.search {
        return None;
    }
    let held = held(&tree, &config, &texts)?;
    let tree = tree.overlay(held.clone());
    let theme = Theme::load(&tree, &config).0?;
    let avif = if config.images.avif { options.avif } else { Avif::Never };
    let pictures = Pictures::new(std::sync::Arc::clone(aids.cache), avif);
    let links = LinkIndex::from_bytes(&notes.note(note::LINKS)?)?;
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
    let press = Press::new(&config, &theme, &aids);
    let mut amendment = Amendment { later: later.to_vec(), ..Amendment::default() };
    for (path, noted) in texts {
        let (markdown, rendered) = rendered(&workshop, &held, path, noted)?;
        amendment.later.extend(proof::amended::secrets_of(&markdown, &rendered.document));
        for language in &config.languages {
            let page = leaf::redraw(&press, notes, path, language, &rendered.document);
            amendment.add(page, language);
        }
    }
    if config.precompress {
        let copies = precompress::copies(&amendment.files, &**aids.cache);
        amendment.files.extend(copies);
    }
    amendment.later.sort_unstable();
    amendment.later.dedup();
    let is_sound =
        amendment.later.len() <= MOST_LATER && secrets.allows(&amendment.files, &amendment.later);
    is_sound.then_some(amendment)
}

impl Amendment {
    /// Puts what was made into the site that the notes were taken of, or that was amended
    /// since. `false` leaves the site as it was: the amendment does not fit in.
    #[must_use]
    pub fn apply(self, site: &mut Site) -> bool {
        let Some((gone, new)) = self.exchange(site) else { return false };
        for (lesson, language, edition) in self.editions {
            if let Some(entry) = site.manifest.lessons.get_mut(&lesson) {
                entry.editions.insert(language, edition);
            }
        }
        for place in gone.into_iter().rev() {
            site.files.remove(place);
            site.manifest.objects.remove(place);
        }
        for file in new {
            let (Ok(place) | Err(place)) = place_of(site, &file.key);
            let entry = object_entry(&file);
            site.files.insert(place, file);
            site.manifest.objects.insert(place, entry);
        }
        true
    }

    /// The places of files that go, in order, and the files that come. `None` if a file
    /// would come that has no place yet, or if a copy would stay that is out of date.
    fn exchange(&self, site: &Site) -> Option<(BTreeSet<usize>, Vec<SiteFile>)> {
        let mut gone = BTreeSet::new();
        let mut new: Vec<SiteFile> = Vec::new();
        for file in &self.files {
            if let ObjectKey::Body { .. } = &file.key {
                if place_of(site, &file.key).is_err() && !new.iter().any(|n| n.key == file.key) {
                    new.push(file.clone());
                }
                continue;
            }
            gone.insert(place_of(site, &file.key).ok()?);
            new.push(file.clone());
            for encoding in [Encoding::Br, Encoding::Gzip] {
                let of = Box::new(file.key.clone());
                let copy = ObjectKey::Precompressed { of, encoding };
                let is_made = self.files.iter().any(|made| made.key == copy);
                if place_of(site, &copy).is_ok() != is_made {
                    return None;
                }
            }
        }
        let lessons: BTreeSet<&LessonId> = self.editions.iter().map(|(id, ..)| id).collect();
        for id in lessons {
            let before = &site.manifest.lessons.get(id)?.editions;
            let mut after = before.clone();
            for (_, language, edition) in self.editions.iter().filter(|(other, ..)| other == id) {
                *after.get_mut(language)? = edition.clone();
            }
            let stays = |key: &ObjectKey| after.values().any(|one| one.body.as_ref() == Some(key));
            let bodies = before.values().filter_map(|edition| edition.body.as_ref());
            for body in bodies.filter(|body| !stays(body)) {
                gone.insert(place_of(site, body).ok()?);
            }
        }
        Some((gone, new))
    }

    fn add(&mut self, page: Option<Redrawn>, language: &Language) {
        let Some(Redrawn { lesson, edition, files }) = page else { return };
        self.editions.push((lesson, language.clone(), edition));
        self.files.extend(files);
    }
}

/// Where a file of this key stands among those of a site, or would.
fn place_of(site: &Site, key: &ObjectKey) -> Result<usize, usize> {
    let wanted = (key.audience(), key.path());
    site.files.binary_search_by(|file| (file.key.audience(), file.key.path()).cmp(&wanted))
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
