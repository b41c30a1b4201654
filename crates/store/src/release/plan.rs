//! What a publication changes: a pure comparison of two manifests, then of the
//! outcome with what the store really holds.

use std::collections::{BTreeMap, BTreeSet};

use contracts::access::Audience;
use contracts::manifest::{Manifest, ObjectEntry};
use contracts::object_key::ObjectKey;

/// The work of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Objects to be stored: first those that nothing points at yet, then pages.
    pub put: Vec<ObjectEntry>,
    /// Objects that stand there already.
    pub keep: Vec<ObjectEntry>,
    /// Paths of public files that have to go.
    pub retire: BTreeSet<String>,
}

/// Lengths by path of what one side holds.
pub(crate) type Holding = BTreeMap<String, u64>;

/// Compares the release that is live with the next one.
///
/// A public file at a fixed address is retired when the next release doesn't
/// have it. Hashed files stay, since the edge still accepts the release before.
#[must_use]
pub fn plan(previous: Option<&Manifest>, next: &Manifest) -> Plan {
    let before: BTreeMap<&ObjectKey, &ObjectEntry> = previous
        .map(|manifest| manifest.objects.iter().map(|entry| (&entry.key, entry)).collect())
        .unwrap_or_default();
    let (keep, mut put): (Vec<_>, Vec<_>) = next
        .objects
        .iter()
        .cloned()
        .partition(|entry| before.get(&entry.key).is_some_and(|old| *old == entry));
    put.sort_by_key(|entry| !entry.key.is_content_addressed());
    let named: BTreeSet<String> = public_paths(next).collect();
    let retire = before
        .keys()
        .filter(|key| is_page(key))
        .map(|key| key.path())
        .filter(|path| !named.contains(path))
        .collect();
    Plan { put, keep, retire }
}

impl Plan {
    /// Corrects the plan by what is really there: what an interrupted
    /// publication has brought already is not sent again, what is missing is,
    /// and a public file that neither the next release nor the one before it
    /// names is retired.
    pub(crate) fn against(
        self,
        public: &Holding,
        private: &Holding,
        next: &Manifest,
        before: Option<&Manifest>,
    ) -> Self {
        let stands = |entry: &ObjectEntry| {
            let side = match entry.key.audience() {
                Audience::Everyone => public,
                Audience::Entitled | Audience::Internal => private,
            };
            side.get(&entry.key.path()) == Some(&entry.bytes)
        };
        let mut plan = Self { retire: self.retire, ..Self::default() };
        for entry in self.put {
            if entry.key.is_content_addressed() && stands(&entry) {
                plan.keep.push(entry);
            } else {
                plan.put.push(entry);
            }
        }
        for entry in self.keep {
            if stands(&entry) { plan.keep.push(entry) } else { plan.put.push(entry) }
        }
        plan.put.sort_by_key(|entry| !entry.key.is_content_addressed());
        let hashed = before.into_iter().flat_map(|manifest| {
            let entries = manifest.objects.iter().filter(|entry| entry.key.is_content_addressed());
            entries.filter(|entry| entry.key.audience() == Audience::Everyone)
        });
        let named: BTreeSet<String> =
            public_paths(next).chain(hashed.map(|entry| entry.key.path())).collect();
        plan.retire = public.keys().filter(|path| !named.contains(*path)).cloned().collect();
        plan
    }

    /// Whether the store already holds exactly what it should.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.retire.is_empty()
    }
}

/// A public object at a fixed address: it is overwritten, and so each release
/// keeps its own copy.
pub(crate) fn is_page(key: &ObjectKey) -> bool {
    key.audience() == Audience::Everyone && !key.is_content_addressed()
}

fn public_paths(manifest: &Manifest) -> impl Iterator<Item = String> {
    let public = |entry: &&ObjectEntry| entry.key.audience() == Audience::Everyone;
    manifest.objects.iter().filter(public).map(|entry| entry.key.path())
}
