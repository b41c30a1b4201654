//! The manifest after an edit of some lessons: the text of the last one, with other words
//! in a few places.
//!
//! What stays is never understood, only passed over: a school of ten thousand lessons has
//! megabytes of it.

use std::collections::HashMap;
use std::ops::Range;

use compiler::amend::{Exchange, Inventory};
use contracts::id::LessonId;
use contracts::manifest::{LessonEntry, ObjectEntry};
use contracts::object_key::ObjectKey;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A manifest as it stands in the output folder.
pub(super) struct Written<'m> {
    text: &'m str,
    parts: Parts<'m>,
}

/// What is looked into.
#[derive(Deserialize)]
struct Parts<'m> {
    #[serde(borrow)]
    lessons: HashMap<&'m str, &'m RawValue>,
    #[serde(borrow)]
    objects: Vec<&'m RawValue>,
}

impl<'m> Written<'m> {
    /// Reads a manifest as far as need be.
    pub(super) fn read(text: &'m str) -> Option<Self> {
        Some(Self { text, parts: serde_json::from_str(text).ok()? })
    }

    /// The text with an exchange made in it.
    pub(super) fn with(&self, exchange: &Exchange) -> Option<Vec<u8>> {
        let mut lessons: Vec<(Range<usize>, String)> = exchange
            .lessons
            .iter()
            .map(|(id, entry)| {
                let place = self.place_of(self.parts.lessons.get(id.as_str())?)?;
                Some((place, serde_json::to_string(entry).ok()?))
            })
            .collect::<Option<_>>()?;
        lessons.sort_by_key(|(place, _)| place.start);
        let objects = &self.parts.objects;
        let from = self.place_of(objects.first()?)?.start;
        let to = self.place_of(objects.last()?)?.end;
        let mut text = String::with_capacity(self.text.len() + 4096);
        let mut at = 0;
        for (place, entry) in lessons {
            text.push_str(self.text.get(at..place.start)?);
            text.push_str(&entry);
            at = place.end;
        }
        text.push_str(self.text.get(at..from)?);
        self.objects_with(exchange, &mut text)?;
        text.push_str(self.text.get(to..)?);
        Some(text.into_bytes())
    }

    fn objects_with(&self, exchange: &Exchange, text: &mut String) -> Option<()> {
        let begin = text.len();
        let mut add = |entry: &str| {
            if text.len() > begin {
                text.push(',');
            }
            text.push_str(entry);
        };
        let mut new = exchange.new.iter().peekable();
        for at in 0..=self.parts.objects.len() {
            while let Some((_, file)) = new.next_if(|(place, _)| *place == at) {
                let (key, digest, bytes) = (file.key.clone(), file.digest, file.len());
                add(&serde_json::to_string(&ObjectEntry { key, digest, bytes }).ok()?);
            }
            let old = self.parts.objects.get(at);
            if let Some(old) = old.filter(|_| !exchange.gone.contains_key(&at)) {
                add(old.get());
            }
        }
        Some(())
    }

    /// Where a piece stands in the text that it was read from.
    fn place_of(&self, piece: &RawValue) -> Option<Range<usize>> {
        let piece = piece.get();
        let start = piece.as_ptr().addr().checked_sub(self.text.as_ptr().addr())?;
        let place = start..start + piece.len();
        (self.text.get(place.clone())? == piece).then_some(place)
    }
}

impl Inventory for Written<'_> {
    fn lesson(&self, id: &LessonId) -> Option<LessonEntry> {
        serde_json::from_str(self.parts.lessons.get(id.as_str())?.get()).ok()
    }

    fn place(&self, key: &ObjectKey) -> Option<Result<usize, usize>> {
        let wanted = (key.audience(), key.path());
        let mut range = 0..self.parts.objects.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            let found = self.object(middle)?.key;
            match (found.audience(), found.path()).cmp(&wanted) {
                std::cmp::Ordering::Equal => return Some(Ok(middle)),
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Greater => range.end = middle,
            }
        }
        Some(Err(range.start))
    }

    fn object(&self, place: usize) -> Option<ObjectEntry> {
        serde_json::from_str(self.parts.objects.get(place)?.get()).ok()
    }
}
