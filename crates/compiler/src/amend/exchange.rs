//! What an amendment takes out of a site and what it puts in, whatever form the site's
//! manifest has.

use std::collections::{BTreeMap, BTreeSet};

use contracts::id::LessonId;
use contracts::manifest::{LessonEntry, ObjectEntry};
use contracts::object_key::{Encoding, ObjectKey};

use crate::amend::Amendment;
use crate::manifest::object_entry;
use crate::site::{Site, SiteFile};

/// The manifest of a site, as far as an amendment has to know it. `None` is the answer
/// of one that can't be read.
pub trait Inventory {
    /// What it says of a lesson.
    fn lesson(&self, id: &LessonId) -> Option<LessonEntry>;

    /// Where an object stands among all, in order of audience and path, or would stand.
    fn place(&self, key: &ObjectKey) -> Option<Result<usize, usize>>;

    /// The object at a place.
    fn object(&self, place: usize) -> Option<ObjectEntry>;
}

/// What goes and what comes.
#[derive(Debug, Default)]
pub struct Exchange {
    /// What the manifest says of lessons from now on.
    pub lessons: BTreeMap<LessonId, LessonEntry>,
    /// Objects that go, by their places.
    pub gone: BTreeMap<usize, ObjectEntry>,
    /// Files that come, in order, each in front of the object that stood at its place.
    pub new: Vec<(usize, SiteFile)>,
}

impl Amendment {
    /// What has to be done to a site. `None` if the amendment does not fit in: a page
    /// would be new, or a copy would stay that is out of date.
    #[must_use]
    pub fn exchange(&self, site: &impl Inventory) -> Option<Exchange> {
        let mut exchange = Exchange::default();
        let mut seen = BTreeSet::new();
        for file in self.files.iter().filter(|file| seen.insert(file.key.clone())) {
            match site.place(&file.key)? {
                Ok(place) => exchange.replace(place, site.object(place)?, file),
                Err(place) if file.key.is_content_addressed() => {
                    exchange.new.push((place, file.clone()));
                }
                Err(_) => return None,
            }
            if !file.key.is_content_addressed() {
                for copy in copies(&file.key) {
                    let is_made = self.files.iter().any(|made| made.key == copy);
                    if site.place(&copy)?.is_ok() != is_made {
                        return None;
                    }
                }
            }
        }
        for (lesson, language, edition) in &self.editions {
            let entry = match exchange.lessons.entry(lesson.clone()) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(site.lesson(lesson)?)
                }
            };
            *entry.editions.get_mut(language)? = edition.clone();
        }
        let gone: BTreeSet<ObjectKey> = self.gone.iter().flat_map(with_copies).collect();
        let gone = gone.into_iter().chain(exchange.bodies_gone(site)?);
        for key in gone.filter(|key| !seen.contains(key)).collect::<Vec<_>>() {
            if let Ok(place) = site.place(&key)? {
                exchange.gone.insert(place, site.object(place)?);
            }
        }
        exchange.new.sort_by_cached_key(|(place, file)| (*place, file.key.path()));
        Some(exchange)
    }
}

impl Exchange {
    fn replace(&mut self, place: usize, old: ObjectEntry, file: &SiteFile) {
        if old != object_entry(file) {
            self.gone.insert(place, old);
            self.new.push((place, file.clone()));
        }
    }

    /// The bodies that lessons had and have no more.
    fn bodies_gone(&self, site: &impl Inventory) -> Option<Vec<ObjectKey>> {
        let mut gone = Vec::new();
        for (id, after) in &self.lessons {
            let before = site.lesson(id)?;
            let bodies = before.editions.into_values().filter_map(|edition| edition.body);
            gone.extend(bodies.filter(|body| {
                after.editions.values().all(|edition| edition.body.as_ref() != Some(body))
            }));
        }
        Some(gone)
    }
}

fn copies(key: &ObjectKey) -> impl Iterator<Item = ObjectKey> {
    let is_copy = matches!(key, ObjectKey::Precompressed { .. });
    let copy = |encoding| ObjectKey::Precompressed { of: Box::new(key.clone()), encoding };
    let all = [Encoding::Br, Encoding::Gzip].map(copy);
    all.into_iter().filter(move |_| !is_copy)
}

fn with_copies(key: &ObjectKey) -> impl Iterator<Item = ObjectKey> {
    std::iter::once(key.clone()).chain(copies(key))
}

impl Inventory for Site {
    fn lesson(&self, id: &LessonId) -> Option<LessonEntry> {
        self.manifest.lessons.get(id).cloned()
    }

    fn place(&self, key: &ObjectKey) -> Option<Result<usize, usize>> {
        let wanted = (key.audience(), key.path());
        let order = |file: &SiteFile| (file.key.audience(), file.key.path()).cmp(&wanted);
        Some(self.files.binary_search_by(order))
    }

    fn object(&self, place: usize) -> Option<ObjectEntry> {
        self.files.get(place).map(object_entry)
    }
}

impl Site {
    /// Puts an amendment in. `false` leaves the site as it was: it does not fit.
    #[must_use]
    pub fn amend(&mut self, amendment: &Amendment) -> bool {
        let Some(Exchange { lessons, gone, new }) = amendment.exchange(self) else { return false };
        self.manifest.lessons.extend(lessons);
        let coming = new.iter().map(|(place, _)| *place);
        let places: BTreeSet<usize> = gone.keys().copied().chain(coming).collect();
        // From behind, so that the places in front stay what they are.
        let mut new = new.into_iter().rev().peekable();
        for place in places.into_iter().rev() {
            if gone.contains_key(&place) {
                self.files.remove(place);
                self.manifest.objects.remove(place);
            }
            while let Some((_, file)) = new.next_if(|(at, _)| *at == place) {
                self.manifest.objects.insert(place, object_entry(&file));
                self.files.insert(place, file);
            }
        }
        true
    }
}
