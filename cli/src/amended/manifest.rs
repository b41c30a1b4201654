//! The manifest after an edit of some lessons: the text of the last one, with other words
//! in a few places.
//!
//! What stays is never understood, only passed over: a school of ten thousand lessons has
//! megabytes of it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use compiler::amend::Amendment;
use compiler::site::SiteFile;
use contracts::id::LessonId;
use contracts::language::Language;
use contracts::manifest::{Edition, LessonEntry, ObjectEntry};
use contracts::object_key::ObjectKey;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What is looked into.
#[derive(Deserialize)]
struct Parts<'m> {
    #[serde(borrow)]
    lessons: HashMap<&'m str, &'m RawValue>,
    #[serde(borrow)]
    objects: Vec<&'m RawValue>,
}

/// The next manifest, and how it differs.
#[derive(Debug)]
pub(super) struct Amended {
    pub(super) text: Vec<u8>,
    /// Objects that are no longer named, or named with another digest.
    pub(super) before: Vec<ObjectEntry>,
    /// Objects that are named now in their place.
    pub(super) after: Vec<ObjectEntry>,
}

/// Pieces of the text and what takes their place.
type Pieces = Vec<(Range<usize>, String)>;

/// The manifest with an amendment. `None` if that is not of the kind that fits in: a file
/// is new, or one of its copies has gone.
pub(super) fn amended(manifest: &str, amendment: &Amendment) -> Option<Amended> {
    let parts: Parts<'_> = serde_json::from_str(manifest).ok()?;
    let mut by_lesson: BTreeMap<&LessonId, Vec<(&Language, &Edition)>> = BTreeMap::new();
    for (lesson, language, edition) in &amendment.editions {
        by_lesson.entry(lesson).or_default().push((language, edition));
    }
    let mut pieces = Pieces::new();
    let mut bodies: BTreeMap<&LessonId, Vec<ObjectKey>> = BTreeMap::new();
    for (lesson, editions) in by_lesson {
        let written = parts.lessons.get(lesson.as_str())?;
        let mut entry: LessonEntry = serde_json::from_str(written.get()).ok()?;
        for (language, edition) in editions {
            *entry.editions.get_mut(language)? = edition.clone();
        }
        let named = entry.editions.values().filter_map(|edition| edition.body.clone());
        bodies.insert(lesson, named.collect());
        pieces.push((place_of(manifest, written)?, serde_json::to_string(&entry).ok()?));
    }
    let mut objects = Objects { manifest, all: &parts.objects, before: vec![], after: vec![] };
    for (lesson, named) in bodies {
        objects.bodies(lesson, &named, &amendment.files, &mut pieces)?;
    }
    objects.others(&amendment.files, &mut pieces)?;
    let Objects { before, after, .. } = objects;
    Some(Amended { text: spliced(manifest, pieces)?.into_bytes(), before, after })
}

/// The inventory of a manifest.
struct Objects<'m> {
    manifest: &'m str,
    all: &'m [&'m RawValue],
    before: Vec<ObjectEntry>,
    after: Vec<ObjectEntry>,
}

impl Objects<'_> {
    /// Puts the bodies that a lesson has now in the place of those that it had. They
    /// stand side by side, in the order of their paths.
    fn bodies(
        &mut self,
        lesson: &LessonId,
        named: &[ObjectKey],
        files: &[SiteFile],
        pieces: &mut Pieces,
    ) -> Option<()> {
        let begin = begin_of(&serde_json::json!({ "kind": "body", "lesson": lesson }))?;
        let is_body = |raw: &&RawValue| raw.get().starts_with(&begin);
        let Some(first) = self.all.iter().position(is_body) else {
            return named.is_empty().then_some(());
        };
        let run = self.all.get(first..)?.iter().take_while(|raw| is_body(raw));
        let old: Vec<ObjectEntry> =
            run.map(|raw| serde_json::from_str(raw.get()).ok()).collect::<Option<_>>()?;
        let last = first + old.len() - 1;
        let mut new: Vec<ObjectEntry> = named
            .iter()
            .map(|key| {
                let made = files.iter().find(|file| file.key == *key).map(entry_of);
                made.or_else(|| old.iter().find(|entry| entry.key == *key).cloned())
            })
            .collect::<Option<_>>()?;
        new.sort_by_cached_key(|entry| entry.key.path());
        new.dedup();
        let texts: Vec<String> =
            new.iter().map(|entry| serde_json::to_string(entry).ok()).collect::<Option<_>>()?;
        let from = place_of(self.manifest, self.all.get(first)?)?.start;
        let to = place_of(self.manifest, self.all.get(last)?)?.end;
        pieces.push((from..to, texts.join(",")));
        self.before.extend(old.iter().filter(|entry| !new.contains(entry)).cloned());
        self.after.extend(new.into_iter().filter(|entry| !old.contains(entry)));
        Some(())
    }

    /// Puts pages and their copies in the place of those of the same keys.
    fn others(&mut self, files: &[SiteFile], pieces: &mut Pieces) -> Option<()> {
        let made: Vec<(String, &SiteFile)> = files
            .iter()
            .filter(|file| !matches!(file.key, ObjectKey::Body { .. }))
            .map(|file| Some((begin_of_key(&file.key)?, file)))
            .collect::<Option<_>>()?;
        // Whatever is a copy of one of the pages has to be made anew too.
        let copied: Vec<String> = made
            .iter()
            .filter(|(_, file)| matches!(file.key, ObjectKey::Page { .. }))
            .map(|(_, file)| {
                begin_of(&serde_json::json!({ "kind": "precompressed", "of": file.key }))
            })
            .collect::<Option<_>>()?;
        let mut found = 0;
        for raw in self.all {
            let text = raw.get();
            let Some((_, file)) = made.iter().find(|(begin, _)| text.starts_with(begin)) else {
                if copied.iter().any(|begin| text.starts_with(begin)) {
                    return None;
                }
                continue;
            };
            found += 1;
            let old: ObjectEntry = serde_json::from_str(text).ok()?;
            let new = entry_of(file);
            if new != old {
                let place = place_of(self.manifest, raw)?;
                pieces.push((place, serde_json::to_string(&new).ok()?));
                self.before.push(old);
                self.after.push(new);
            }
        }
        (found == made.len()).then_some(())
    }
}

fn entry_of(file: &SiteFile) -> ObjectEntry {
    ObjectEntry { key: file.key.clone(), digest: file.digest, bytes: file.len() }
}

/// How the entry of an object with this key begins.
fn begin_of_key(key: &ObjectKey) -> Option<String> {
    Some(format!("{{\"key\":{},", serde_json::to_string(key).ok()?))
}

/// How the entry of an object begins whose key begins with these fields.
fn begin_of(fields: &serde_json::Value) -> Option<String> {
    let fields = serde_json::to_string(fields).ok()?;
    Some(format!("{{\"key\":{},", fields.strip_suffix('}')?))
}

/// Where a piece stands in the text that it was read from.
fn place_of(whole: &str, piece: &RawValue) -> Option<Range<usize>> {
    let piece = piece.get();
    let start = piece.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let place = start..start + piece.len();
    (whole.get(place.clone())? == piece).then_some(place)
}

fn spliced(whole: &str, mut pieces: Pieces) -> Option<String> {
    pieces.sort_by_key(|(place, _)| place.start);
    let mut text = String::with_capacity(whole.len() + 1024);
    let mut at = 0;
    for (place, new) in pieces {
        text.push_str(whole.get(at..place.start)?);
        text.push_str(&new);
        at = place.end;
    }
    text.push_str(whole.get(at..)?);
    Some(text)
}
