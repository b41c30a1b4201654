//! What a publication changes: a pure comparison of two manifests, then of the
//! outcome with what the store really holds.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use contracts::access::Audience;
use contracts::digest::Digest;
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

/// Pages of which is known that, if they are there, they are those of a release.
pub(crate) type Known = HashSet<ObjectKey>;

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
    /// names is retired. A page that is `known` has the bytes of the next release
    /// already, if it is there.
    pub(crate) fn against(
        self,
        public: &Holding,
        private: &Holding,
        next: &Manifest,
        before: Option<&Manifest>,
        known: &Known,
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
            let is_right = entry.key.is_content_addressed() || known.contains(&entry.key);
            if is_right && stands(&entry) {
                plan.keep.push(entry);
            } else {
                plan.put.push(entry);
            }
        }
        for entry in self.keep {
            if stands(&entry) { plan.keep.push(entry) } else { plan.put.push(entry) }
        }
        plan.put.sort_by_key(|entry| !entry.key.is_content_addressed());
        let hashed = before.into_iter().flat_map(|manifest| lingering(manifest, next));
        let named: BTreeSet<String> =
            public_paths(next).chain(hashed.map(|entry| entry.key.path())).collect();
        plan.retire = public.keys().filter(|path| !named.contains(*path)).cloned().collect();
        plan
    }

    /// Bytes of the objects to be stored.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.put.iter().map(|entry| entry.bytes).sum()
    }

    /// Whether the store already holds exactly what it should.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.retire.is_empty()
    }
}

/// A public object at a fixed address: it is overwritten, and so a copy of it is
/// kept.
pub(crate) fn is_page(key: &ObjectKey) -> bool {
    key.audience() == Audience::Everyone && !key.is_content_addressed()
}

/// The public files of the release before that stay beside the next one, for
/// pages that were loaded a moment ago: those with a digest in their name.
///
/// None stays once anything turned gated. A manifest doesn't say which smaller
/// copies were made of a picture, nor of which file an edited one is the
/// successor; a page that loses a stylesheet for a moment is the lesser harm.
#[must_use]
pub fn lingering<'a>(before: &'a Manifest, next: &Manifest) -> Vec<&'a ObjectEntry> {
    if has_turned_gated(before, next) {
        return Vec::new();
    }
    let entries = before.objects.iter();
    entries
        .filter(|entry| {
            entry.key.audience() == Audience::Everyone && entry.key.is_content_addressed()
        })
        .collect()
}

/// Whether the next release gates a lesson or a file that was public.
fn has_turned_gated(before: &Manifest, next: &Manifest) -> bool {
    let digests = |manifest: &Manifest, audience: Audience| -> BTreeSet<Digest> {
        let entries = manifest.objects.iter();
        entries.filter(|entry| entry.key.audience() == audience).map(|entry| entry.digest).collect()
    };
    let was_public = digests(before, Audience::Everyone);
    let is_public = digests(next, Audience::Everyone);
    let is_gated = digests(next, Audience::Entitled);
    let is_file_gated =
        is_gated.iter().any(|digest| was_public.contains(digest) && !is_public.contains(digest));
    let is_lesson_gated = next.lessons.iter().any(|(id, lesson)| {
        let was = before.lessons.get(id);
        was.is_some_and(|was| {
            lesson.editions.iter().any(|(language, edition)| {
                let was = was.editions.get(language);
                edition.body.is_some() && was.is_some_and(|was| was.body.is_none())
            })
        })
    });
    is_file_gated || is_lesson_gated
}

fn public_paths(manifest: &Manifest) -> impl Iterator<Item = String> {
    let public = |entry: &&ObjectEntry| entry.key.audience() == Audience::Everyone;
    manifest.objects.iter().filter(public).map(|entry| entry.key.path())
}

#[cfg(test)]
mod tests {
    use contracts::id::LessonId;
    use contracts::object_key::Encoding;
    use contracts::site_path::SitePath;

    use super::*;
    use crate::release::tests::school::{School, asset, digest, first, page, second};

    fn paths(entries: &[ObjectEntry]) -> Vec<String> {
        entries.iter().map(|entry| entry.key.path()).collect()
    }

    fn holding(school: &School, audience: Audience) -> Holding {
        let objects = school.manifest().objects.into_iter();
        objects
            .filter(|entry| {
                (entry.key.audience() == Audience::Everyone) == (audience == Audience::Everyone)
            })
            .map(|entry| (entry.key.path(), entry.bytes))
            .collect()
    }

    #[test]
    fn the_first_plan_puts_everything_pages_last() {
        let plan = plan(None, &first().manifest());
        assert_eq!(plan.put.len(), first().manifest().objects.len());
        assert!(plan.keep.is_empty() && plan.retire.is_empty());
        let kinds: Vec<bool> = plan.put.iter().map(|entry| is_page(&entry.key)).collect();
        assert!(kinds.is_sorted(), "{:?}", paths(&plan.put));
    }

    #[test]
    fn the_same_site_again_is_kept_whole() {
        let plan = plan(Some(&first().manifest()), &first().manifest());
        assert!(plan.is_empty());
        assert_eq!(plan.keep, first().manifest().objects);
    }

    #[test]
    fn a_page_that_goes_is_retired_with_its_compressed_copy() {
        let next = School::default().page("about/index.html", "about us");
        let plan = plan(Some(&first().manifest()), &next.manifest());
        let gone = ["courses/所有权/index.html", "index.html", "index.html.gz"];
        assert_eq!(Vec::from_iter(&plan.retire), gone);
        assert_eq!(paths(&plan.keep), ["about/index.html"]);
    }

    #[test]
    fn what_is_missing_is_put_and_what_is_there_is_not() {
        let mut public = holding(&first(), Audience::Everyone);
        let private = holding(&first(), Audience::Entitled);
        public.remove("about/index.html");
        let manifest = first().manifest();
        let mended = plan(Some(&manifest), &manifest).against(
            &public,
            &private,
            &manifest,
            None,
            &Known::new(),
        );
        assert_eq!(paths(&mended.put), ["about/index.html"]);
        // Without a manifest that describes them, pages are put again; hashed
        // files are known by their names.
        let resumed =
            plan(None, &manifest).against(&public, &private, &manifest, None, &Known::new());
        assert!(resumed.put.iter().all(|entry| is_page(&entry.key)), "{:?}", paths(&resumed.put));
        assert_eq!(resumed.put.len(), 4);
        let known: Known = [page("index.html"), page("about/index.html")].into();
        let resumed = plan(None, &manifest).against(&public, &private, &manifest, None, &known);
        assert_eq!(resumed.put.len(), 3, "a page that is known but missing is put");
    }

    #[test]
    fn hashed_files_live_as_long_as_the_release_before() {
        let mut public = holding(&first(), Audience::Everyone);
        public.extend(holding(&second(), Audience::Everyone));
        public.insert("assets/older.0123456789abcdef.css".to_owned(), 1);
        let (before, next) = (first().manifest(), second().manifest());
        let private = Holding::new();
        let plan = plan(Some(&before), &next).against(
            &public,
            &private,
            &next,
            Some(&before),
            &Known::new(),
        );
        let gone = ["about/index.html", "assets/older.0123456789abcdef.css"];
        assert_eq!(Vec::from_iter(&plan.retire), gone);
    }

    #[test]
    fn a_public_file_that_becomes_paid_is_retired_at_once_with_all_that_was_made_of_it() {
        let figure = || asset("figure.svg", "drawn with care");
        let copy = ObjectKey::Precompressed { of: Box::new(figure()), encoding: Encoding::Gzip };
        let derived = asset("figure-480.webp", "drawn smaller");
        let free = first()
            .asset("figure.svg", "drawn with care")
            .file(copy, "gzip of it")
            .asset("figure-480.webp", "drawn smaller");
        let (lesson, digest) = (LessonId::parse("ownership").unwrap(), digest(b"drawn with care"));
        let name = SitePath::parse("figure.svg").unwrap();
        let gated = ObjectKey::LessonAsset { lesson, digest, name };
        let paid = first().file(gated, "drawn with care");
        let (public, private) = (holding(&free, Audience::Everyone), Holding::new());
        let (before, next) = (free.manifest(), paid.manifest());
        let plan = plan(Some(&before), &next).against(
            &public,
            &private,
            &next,
            Some(&before),
            &Known::new(),
        );
        let path = figure().path();
        let gone = [path.clone(), format!("{path}.gz"), derived.path()];
        assert_eq!(plan.retire, BTreeSet::from(gone));
    }
}
