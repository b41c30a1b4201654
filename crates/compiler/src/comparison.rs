//! What would change for people who bought, read or linked something if a site took
//! the place of the release that is live.
//!
//! Two manifests in, diagnostics out: where the live one comes from is not known
//! here. It stands apart from the build, which needs no release to be right.

use std::collections::{BTreeMap, BTreeSet};

use contracts::access::{Access, Audience};
use contracts::digest::Digest;
use contracts::id::{CourseId, LessonId};
use contracts::manifest::{CourseEntry, LessonEntry, Manifest};
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use url::Url;

use crate::diagnostic::{Code, Diagnostic};
use crate::school::School;
use crate::source::SourcePath;

/// Every kind of diagnostic that only a comparison brings about. Whoever publishes
/// can accept one for once.
pub const CODES: [Code; 8] = [
    Code::CurrencyDropped,
    Code::LostAddress,
    Code::MissingTombstone,
    Code::MovedLesson,
    Code::PriceChanged,
    Code::ReusedId,
    Code::TurnedFree,
    Code::TurnedPaid,
];

/// Where what is gone is written down.
const TOMBSTONES: &str = "content/removed.toml";

/// The files that courses and lessons are written in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContentFiles {
    /// The landing page of each course.
    pub courses: BTreeMap<CourseId, SourcePath>,
    /// The first file of each lesson.
    pub lessons: BTreeMap<LessonId, SourcePath>,
}

impl ContentFiles {
    /// Those of a school, each in the language it was written in first.
    #[must_use]
    pub fn of(school: &School) -> Self {
        let mut files = Self::default();
        for course in &school.courses {
            if let Some(edition) = course.editions.get(&course.language) {
                files.courses.insert(course.id.clone(), edition.body.path.clone());
            }
            for lesson in course.lessons() {
                let own = lesson.editions.get(&course.language);
                if let Some(edition) = own.or_else(|| lesson.editions.values().next()) {
                    files.lessons.insert(lesson.id.clone(), edition.body.path.clone());
                }
            }
        }
        files
    }

    fn course(&self, id: &CourseId) -> SourcePath {
        self.courses.get(id).cloned().unwrap_or_else(|| SourcePath::new(TOMBSTONES))
    }

    fn lesson(&self, id: &LessonId) -> SourcePath {
        self.lessons.get(id).cloned().unwrap_or_else(|| SourcePath::new(TOMBSTONES))
    }
}

/// What an author should know before `next` takes the place of `live`.
#[must_use]
pub fn compare(live: &Manifest, next: &Manifest, files: &ContentFiles) -> Vec<Diagnostic> {
    let mut comparison = Comparison { live, next, files, told: Vec::new() };
    comparison.prices();
    comparison.products();
    comparison.written_off();
    let mut addresses = Addresses::of(next);
    for (id, course) in &live.courses {
        comparison.course(id, course, &mut addresses);
    }
    for (id, lesson) in &live.lessons {
        comparison.lesson(id, lesson, &mut addresses);
    }
    comparison.old_addresses(&addresses);
    comparison.told.sort();
    comparison.told
}

/// Addresses that answer in the next release, and those that were told about.
struct Addresses<'a> {
    pages: BTreeSet<&'a SitePath>,
    told: BTreeSet<&'a SitePath>,
}

impl<'a> Addresses<'a> {
    /// A redirect is a page as well.
    fn of(next: &'a Manifest) -> Self {
        let pages = next.objects.iter().filter_map(|object| match &object.key {
            ObjectKey::Page { path } => Some(path),
            _ => None,
        });
        Self { pages: pages.collect(), told: BTreeSet::new() }
    }
}

struct Comparison<'a> {
    live: &'a Manifest,
    next: &'a Manifest,
    files: &'a ContentFiles,
    told: Vec<Diagnostic>,
}

impl<'a> Comparison<'a> {
    fn tell(&mut self, path: &SourcePath, code: Code, message: String, hint: &str) {
        let accept = match code {
            Code::TurnedFree | Code::DanglingProduct => String::new(),
            _ => format!("; if it is meant, publish with `--accept {code}`"),
        };
        let diagnostic = Diagnostic::new(path, code, message);
        self.told.push(diagnostic.hint(format!("{hint}{accept}")));
    }

    fn prices(&mut self) {
        let (live, next) = (self.live, self.next);
        for (id, sold) in &live.products {
            let Some(now) = next.products.get(id) else { continue };
            let path = now.courses.first().map(|course| self.files.course(course));
            let path = path.unwrap_or_else(|| SourcePath::new(TOMBSTONES));
            for old in &sold.prices {
                match now.prices.iter().find(|price| price.currency == old.currency) {
                    Some(new) if new.minor != old.minor => {
                        let message = format!("the price of `{id}` changes from {old} to {new}");
                        let hint = "prices change for everyone at once, when the release is live";
                        self.tell(&path, Code::PriceChanged, message, hint);
                    }
                    Some(_) => {}
                    None => {
                        let message = format!("`{id}` can't be bought for {old} any more");
                        let hint = format!("add a price in {} to `prices`", old.currency);
                        self.tell(&path, Code::CurrencyDropped, message, &hint);
                    }
                }
            }
        }
    }

    /// A product that names what is not there could be paid for and opens nothing.
    fn products(&mut self) {
        let next = self.next;
        for (id, product) in &next.products {
            for course in product.courses.iter().filter(|c| !next.courses.contains_key(c)) {
                let message =
                    format!("the product `{id}` opens the course `{course}`, which is not there");
                let path = SourcePath::new("site.toml");
                let hint = "this is a mistake in Lyceum, not in your content: please report it";
                self.tell(&path, Code::DanglingProduct, message, hint);
            }
        }
        for (id, course) in &next.courses {
            for product in course.products.iter().filter(|p| !next.products.contains_key(p)) {
                let message =
                    format!("the course `{id}` is opened by `{product}`, which is not sold");
                let path = self.files.course(id);
                let hint = "this is a mistake in Lyceum, not in your content: please report it";
                self.tell(&path, Code::DanglingProduct, message, hint);
            }
        }
    }

    fn course(&mut self, id: &CourseId, course: &'a CourseEntry, addresses: &mut Addresses<'a>) {
        let next = self.next;
        if next.removed.courses.contains(id) {
            addresses.told.extend(course.pages.values());
            return;
        }
        if next.courses.contains_key(id) {
            self.address(&self.files.course(id), course.pages.values(), addresses);
            return;
        }
        if course.products.is_empty() {
            self.address(&SourcePath::new(TOMBSTONES), course.pages.values(), addresses);
            return;
        }
        addresses.told.extend(course.pages.values());
        self.gone("course", id.as_str());
    }

    fn lesson(&mut self, id: &LessonId, old: &'a LessonEntry, addresses: &mut Addresses<'a>) {
        let next = self.next;
        let pages = || old.editions.values().map(|edition| &edition.page);
        let path = self.files.lesson(id);
        if next.removed.lessons.contains(id) || next.removed.courses.contains(&old.course) {
            addresses.told.extend(pages());
            return;
        }
        let Some(new) = next.lessons.get(id) else {
            if old.access == Access::Free {
                self.address(&path, pages(), addresses);
                return;
            }
            addresses.told.extend(pages());
            // That the course is gone was told, and says it all.
            if next.courses.contains_key(&old.course) {
                self.gone("lesson", id.as_str());
            }
            return;
        };
        if self.is_another(old, new) {
            addresses.told.extend(pages());
            let message = format!(
                "the id `{id}` was that of {} and is now that of {}",
                titled(self.live, old),
                titled(next, new)
            );
            let hint = "give the new lesson an id of its own; if the old one was only renamed, \
                        add its old address to `aliases:`";
            self.tell(&path, Code::ReusedId, message, hint);
            return;
        }
        self.moved(id, old, new, &path);
        self.turned(id, old, new, &path);
        self.address(&path, pages(), addresses);
    }

    fn gone(&mut self, kind: &str, id: &str) {
        let message = format!("the {kind} `{id}` was sold and is gone");
        let hint = format!(
            "write `[{kind}.{id}]` with the day `on = …` into `{TOMBSTONES}`, or put the {kind} back"
        );
        self.tell(&SourcePath::new(TOMBSTONES), Code::MissingTombstone, message, &hint);
    }

    /// Who had what an id named before it was written off would have what it names now.
    fn written_off(&mut self) {
        let (removed, next) = (&self.live.removed, self.next);
        for id in removed.courses.iter().filter(|id| next.courses.contains_key(id)) {
            self.back_again("course", id.as_str(), &self.files.course(id));
        }
        for id in removed.lessons.iter().filter(|id| next.lessons.contains_key(id)) {
            self.back_again("lesson", id.as_str(), &self.files.lesson(id));
        }
    }

    fn back_again(&mut self, kind: &str, id: &str, path: &SourcePath) {
        let message = format!("the {kind} id `{id}` was written off as removed and is used again");
        let hint =
            format!("give the {kind} another id and put `[{kind}.{id}]` back into `{TOMBSTONES}`");
        self.tell(path, Code::ReusedId, message, &hint);
    }

    /// Whether one id names two lessons: nothing of the old one is left, and its
    /// address does not lead to the new one.
    fn is_another(&self, old: &LessonEntry, new: &LessonEntry) -> bool {
        let is_retitled = old.editions.iter().all(|(language, edition)| {
            new.editions.get(language).is_none_or(|other| other.title != edition.title)
        });
        let leads_on = old.editions.values().any(|edition| {
            let to = self.next.redirects.get(&edition.page).unwrap_or(&edition.page);
            new.editions.values().any(|other| other.page == *to)
        });
        is_retitled && old.slug != new.slug && !leads_on
    }

    fn moved(&mut self, id: &LessonId, old: &LessonEntry, new: &LessonEntry, path: &SourcePath) {
        if old.course == new.course || (old.access, new.access) == (Access::Free, Access::Free) {
            return;
        }
        let message =
            format!("the lesson `{id}` moves from the course `{}` to `{}`", old.course, new.course);
        let hint = format!(
            "who bought `{}` can't open it any more, unless they own `{}` too",
            old.course, new.course
        );
        self.tell(path, Code::MovedLesson, message, &hint);
    }

    fn turned(&mut self, id: &LessonId, old: &LessonEntry, new: &LessonEntry, path: &SourcePath) {
        if !old.is_gated() && new.is_gated() {
            let now = if new.access == Access::Paid { "is paid for" } else { "has a date" };
            let message = format!("everyone could read the lesson `{id}`, and now it {now}");
            let purge: Vec<String> = self.to_purge(id, old).iter().map(Url::to_string).collect();
            let hint = format!(
                "caches and search engines keep what was public; purge from your CDN: {}",
                purge.join(" ")
            );
            self.tell(path, Code::TurnedPaid, message, &hint);
        } else if old.access == Access::Paid && !new.is_gated() {
            let message = format!("the lesson `{id}` was paid for, and now everyone can read it");
            let hint = "what was public once can't be taken back";
            self.tell(path, Code::TurnedFree, message, hint);
        }
    }

    /// The addresses at which caches may hold what is gated from now on: the pages,
    /// and the files that the lesson shows.
    fn to_purge(&self, id: &LessonId, old: &LessonEntry) -> BTreeSet<Url> {
        let base = &self.live.school.base_url;
        let gated: BTreeSet<Digest> = self
            .next
            .objects
            .iter()
            .filter(|object| matches!(&object.key, ObjectKey::LessonAsset { lesson, .. } if lesson == id))
            .map(|object| object.digest)
            .collect();
        let media = old.editions.values().flat_map(|e| e.video.iter().chain(e.captions.values()));
        let files = self.live.objects.iter().filter(|object| gated.contains(&object.digest));
        let files = files.map(|object| &object.key).chain(media);
        let files = files.filter(|key| key.audience() == Audience::Everyone);
        let files = files.filter_map(|key| SitePath::parse(&key.path()).ok());
        let pages = old.editions.values().map(|edition| edition.page.clone());
        pages.chain(files).map(|path| path.url(base)).collect()
    }

    /// Tells which of these addresses lead nowhere.
    fn address(
        &mut self,
        path: &SourcePath,
        old: impl Iterator<Item = &'a SitePath>,
        addresses: &mut Addresses<'a>,
    ) {
        for page in old.filter(|page| !addresses.pages.contains(page)) {
            if addresses.told.insert(page) {
                self.lost(path, page);
            }
        }
    }

    /// An old address that leads on is a promise too.
    fn old_addresses(&mut self, addresses: &Addresses<'a>) {
        for from in self.live.redirects.keys() {
            if !addresses.pages.contains(from) && !addresses.told.contains(from) {
                self.lost(&SourcePath::new(TOMBSTONES), from);
            }
        }
    }

    fn lost(&mut self, path: &SourcePath, page: &SitePath) {
        let address = page.url_path(&self.live.school.base_url);
        let message = format!("`{address}` was published and leads nowhere any more");
        let hint = if path.as_str() == TOMBSTONES {
            format!("write `from` and `to` into `{TOMBSTONES}`, so that it leads on")
        } else {
            format!("add `{address}` to `aliases:`, so that it leads on")
        };
        self.tell(path, Code::LostAddress, message, &hint);
    }
}

/// A lesson as a reader knows it.
fn titled(manifest: &Manifest, lesson: &LessonEntry) -> String {
    let default = manifest.default_language();
    let edition = default.and_then(|language| lesson.editions.get(language));
    let title = edition.or_else(|| lesson.editions.values().next()).map(|edition| &edition.title);
    format!("“{}” in `{}`", title.map_or("", String::as_str), lesson.course)
}
