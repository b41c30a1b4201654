//! Rendered files to a finished site: each file once, compressed copies, and
//! the manifest that names them all.

pub(crate) mod precompress;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use contracts::access::Audience;
use contracts::id::{LessonId, ProductId};
use contracts::language::Language;
use contracts::manifest::{
    CourseEntry, Edition, LessonEntry, Manifest, ObjectEntry, SchoolEntry, Version,
};
use contracts::message::Message;
use contracts::product::Product;

use crate::address::{Addresses, Place};
use crate::cache::Cache;
use crate::diagnostic::{Code, Diagnostic};
use crate::render::{Made, Rendered};
use crate::school::{Course, Lesson, School};
use crate::site::{Site, SiteFile};
use crate::theme::Theme;

/// S3 keeps keys of up to 1024 bytes. Compressed copies of pages have an ending of
/// their own, and a school may stand below a short prefix of its bucket.
const MAX_KEY_BYTES: usize = 1024 - 32 - ".br".len();

/// Disks hold names of 255 bytes, and a file has a longer one while it is written.
const MAX_NAME_BYTES: usize = 240;

/// Makes a site of rendered files; what collided is in the diagnostics.
#[must_use]
pub fn assemble(
    school: &School,
    theme: &Theme,
    rendered: Rendered,
    cache: &dyn Cache,
) -> (Site, Vec<Diagnostic>) {
    let mut diagnostics = rendered.diagnostics;
    let mut files = unique(rendered.files, &mut diagnostics);
    if school.config.precompress {
        files.extend(precompress::copies(&files, cache));
        sort(&mut files);
    }
    let manifest = Manifest {
        version: Version,
        school: school_entry(school),
        courses: school.courses.iter().map(|c| (c.id.clone(), course_entry(school, c))).collect(),
        lessons: lessons(school, rendered.editions),
        products: products(school),
        frames: rendered.frames,
        messages: messages(school, theme),
        redirects: rendered.redirects,
        removed: school.removed.clone(),
        objects: files.iter().map(object_entry).collect(),
    };
    (Site { files, manifest }, diagnostics)
}

/// Sorts, keeps one of equal files, and reports different files under one key.
fn unique(made: Vec<Made>, diagnostics: &mut Vec<Diagnostic>) -> Vec<SiteFile> {
    let mut by_place: BTreeMap<(bool, String), Made> = BTreeMap::new();
    for made in made {
        let place = place(&made.file);
        match by_place.get(&place) {
            Some(first) if first.file.digest != made.file.digest => {
                let message = format!("`{}` would be written by `{}` too", place.1, first.origin);
                diagnostics.push(
                    Diagnostic::new(&made.origin, Code::CollidingFile, message)
                        .hint("give one of them another slug"),
                );
            }
            Some(_) => {}
            None => {
                by_place.insert(place, made);
            }
        }
    }
    diagnostics.extend(by_place.iter().filter_map(|(place, made)| blocked(place, made, &by_place)));
    diagnostics.extend(by_place.iter().filter_map(|((_, path), made)| too_long(path, made)));
    diagnostics.extend(same_but_for_capitals(&by_place));
    let mut files: Vec<_> = by_place.into_values().map(|made| made.file).collect();
    sort(&mut files);
    files
}

/// The diagnostic for a file in a folder that is itself a file: disks can't hold
/// both, and the web server would answer with one of them.
fn blocked(
    (side, path): &(bool, String),
    made: &Made,
    by_place: &BTreeMap<(bool, String), Made>,
) -> Option<Diagnostic> {
    let mut folders = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    let file = folders.find(|folder| by_place.contains_key(&(*side, (*folder).to_owned())))?;
    let message = format!("`{path}` can't stand beside the file `{file}`");
    let diagnostic = Diagnostic::new(&made.origin, Code::CollidingFile, message);
    Some(diagnostic.hint("give the page another `slug:`"))
}

/// The diagnostic for a key that object storage or a folder can't hold.
fn too_long(path: &str, made: &Made) -> Option<Diagnostic> {
    let name = path.split('/').map(str::len).max().unwrap_or_default();
    let message = if path.len() > MAX_KEY_BYTES {
        format!("the address has {} bytes, more than {MAX_KEY_BYTES}", path.len())
    } else if name > MAX_NAME_BYTES {
        format!("the address has a name of {name} bytes, more than {MAX_NAME_BYTES}")
    } else {
        return None;
    };
    let shown: String = path.chars().take(60).collect();
    let message = format!("{message}: `{shown}…`");
    let diagnostic = Diagnostic::new(&made.origin, Code::BadFileName, message);
    Some(diagnostic.hint("give the file a shorter name, or the page a shorter `slug:`"))
}

/// Addresses that many disks and some web servers take for one.
fn same_but_for_capitals(by_place: &BTreeMap<(bool, String), Made>) -> Vec<Diagnostic> {
    let mut folded: BTreeMap<(bool, String), &str> = BTreeMap::new();
    let mut found = Vec::new();
    for ((side, path), made) in by_place {
        match folded.entry((*side, path.to_lowercase())) {
            Entry::Vacant(entry) => drop(entry.insert(path)),
            Entry::Occupied(entry) => {
                let message = format!("`{path}` and `{}` differ in capitals only", entry.get());
                let diagnostic = Diagnostic::new(&made.origin, Code::CollidingFile, message);
                found.push(diagnostic.hint("give one of them another slug"));
            }
        }
    }
    found
}

/// The bucket and the path inside it.
fn place(file: &SiteFile) -> (bool, String) {
    (file.key.audience() == Audience::Everyone, file.key.path())
}

fn sort(files: &mut [SiteFile]) {
    files.sort_by_cached_key(|file| (file.key.audience(), file.key.path()));
}

pub(crate) fn object_entry(file: &SiteFile) -> ObjectEntry {
    ObjectEntry { key: file.key.clone(), digest: file.digest, bytes: file.len() }
}

fn school_entry(school: &School) -> SchoolEntry {
    let config = &school.config;
    SchoolEntry {
        title: config.title.get(&config.default_language).cloned().unwrap_or_default(),
        base_url: config.base_url.clone(),
        languages: config.languages.clone(),
    }
}

fn course_entry(school: &School, course: &Course) -> CourseEntry {
    let addresses = Addresses::new(&school.config);
    let pages = course.editions.keys().filter_map(|language| {
        let path = addresses.path(Place::Course(&course.slug), language).ok()?;
        Some((language.clone(), path))
    });
    CourseEntry {
        slug: course.slug.clone(),
        title: titles(course),
        pages: pages.collect(),
        products: course.is_sold().then(|| ProductId::from(&course.id)).into_iter().collect(),
        lessons: course.lessons().map(|lesson| lesson.id.clone()).collect(),
    }
}

fn titles(course: &Course) -> BTreeMap<Language, String> {
    let titles = course.editions.iter();
    titles.map(|(language, edition)| (language.clone(), edition.title.clone())).collect()
}

fn lessons(
    school: &School,
    mut editions: BTreeMap<LessonId, BTreeMap<Language, Edition>>,
) -> BTreeMap<LessonId, LessonEntry> {
    let mut entry = |course: &Course, lesson: &Lesson| LessonEntry {
        course: course.id.clone(),
        slug: lesson.slug.clone(),
        access: lesson.access,
        publish_at: lesson.publish_at,
        expires_at: lesson.expires_at,
        editions: editions.remove(&lesson.id).unwrap_or_default(),
    };
    let mut entries = BTreeMap::new();
    for course in &school.courses {
        for lesson in course.lessons() {
            entries.insert(lesson.id.clone(), entry(course, lesson));
        }
    }
    entries
}

fn products(school: &School) -> BTreeMap<ProductId, Product> {
    let sold = school.courses.iter().filter(|course| course.is_sold());
    sold.map(|course| {
        let id = ProductId::from(&course.id);
        let product = Product {
            id: id.clone(),
            title: titles(course),
            prices: course.prices.clone(),
            courses: std::iter::once(course.id.clone()).collect(),
        };
        (id, product)
    })
    .collect()
}

/// The edge's words, in every language of the school.
fn messages(school: &School, theme: &Theme) -> BTreeMap<Language, BTreeMap<String, String>> {
    let in_language = |language: &Language| {
        Message::ALL
            .iter()
            .map(|message| {
                (message.key().to_owned(), theme.text(language, message.key()).to_owned())
            })
            .collect()
    };
    school
        .config
        .languages
        .iter()
        .map(|language| (language.clone(), in_language(language)))
        .collect()
}
