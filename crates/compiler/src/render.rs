//! School to pages: each page in each language it exists in, by the theme.
//!
//! A course, page or instructor has a page only in the languages it is written
//! in; elsewhere it is listed under its own title with a mark of its language, and
//! the link leads to the original. A lesson of a course that speaks a language has
//! a page in it in any case: an untranslated one shows the original under a notice,
//! and names that as its canonical address. `hreflang` names translations only.
//! Nothing here reads gated text apart from passing it on under its own key.

mod byline;
mod chosen;
mod concept;
mod convention;
mod course;
mod course_list;
mod crossref;
pub(crate) mod drawing;
mod failure;
mod feed;
mod frame;
mod glossary;
mod head;
mod instructor;
pub(crate) mod leaf;
pub(crate) mod lesson;
mod listing;
mod llms;
mod pagination;
mod path;
mod picture;
mod player;
mod price;
mod redirect;
mod related;
mod roadmap;
pub(crate) mod search;
mod structured_data;
mod syllabus;
mod view;
mod work;

use std::collections::BTreeMap;

use contracts::frame::FrameName;
use contracts::id::{LessonId, Slug};
use contracts::language::Language;
use contracts::manifest::Edition;
use contracts::object_key::ObjectKey;
use contracts::site_path::{SitePath, SitePathError};
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};

use crate::Aids;
use crate::address::{Addresses, List, Place};
use crate::concept::ConceptIndex;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Document, DocumentAsset};
use crate::image::Pictures;
use crate::notes::{Notes, Noting};
use crate::render::chosen::Chosen;
use crate::render::crossref::Backlinks;
use crate::render::drawing::{Found, Press, Shared};
use crate::render::failure::Failures;
use crate::render::feed::Listing;
use crate::render::related::Related;
use crate::render::syllabus::Outline;
use crate::school::{Course, LearningPath, Lesson, Page, School, Section};
use crate::site::{Content, SiteFile};
use crate::source::{SourcePath, SourceTree};
use crate::stopwatch::{Work, timed};
use crate::text::Documents;
use crate::theme::Theme;

/// Everything but the manifest.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Every file, in no order, equal ones possibly twice.
    pub files: Vec<Made>,
    /// What the manifest says of each lesson in each language.
    pub editions: BTreeMap<LessonId, BTreeMap<Language, Edition>>,
    /// The frames of the theme.
    pub frames: BTreeMap<FrameName, BTreeMap<Language, ObjectKey>>,
    /// Pages at old addresses, and the pages that they lead to.
    pub redirects: BTreeMap<SitePath, SitePath>,
    /// What templates did not like.
    pub diagnostics: Vec<Diagnostic>,
    /// What the next build may make use of, if notes are taken.
    pub notes: Notes,
}

/// A file and where it came from, to name both when two of them collide.
#[derive(Debug)]
pub struct Made {
    /// The file.
    pub file: SiteFile,
    /// The author's file, or the template.
    pub origin: SourcePath,
}

/// Renders every page of a school.
#[must_use]
pub fn render(
    school: &School,
    documents: &Documents,
    theme: &Theme,
    tree: &SourceTree,
    pictures: &Pictures,
    aids: Aids<'_>,
) -> Rendered {
    let mut rendered = Rendered::default();
    let watch = aids.watch;
    let renderer = match Renderer::new(school, documents, theme, tree, pictures, aids) {
        Ok(renderer) => renderer,
        Err(diagnostic) => {
            rendered.diagnostics.push(diagnostic);
            return rendered;
        }
    };
    let jobs = renderer.jobs();
    let page = |job: &Job<'_>| timed(watch, job.work(), || renderer.render(job));
    let outputs: Vec<_> = timed(watch, Work::Pages, || jobs.par_iter().map(page).collect());
    let mut listings = Vec::new();
    let mut found: BTreeMap<&Language, Vec<Found>> = BTreeMap::new();
    if school.config.search {
        // Its page reads an index even where nothing is to be found.
        found.extend(school.config.languages.iter().map(|language| (language, Vec::new())));
    }
    let mut failures = Failures::default();
    for (job, output) in jobs.iter().zip(outputs) {
        match output {
            Ok(mut output) => {
                if let Some(entry) = output.found.take() {
                    found.entry(job.language).or_default().push(entry);
                }
                rendered.take(output, &mut listings);
            }
            Err(diagnostic) => failures.add(diagnostic, job),
        }
    }
    rendered.diagnostics.extend(failures.told());
    renderer.add_pictures(&mut rendered);
    rendered.files.extend(theme.assets().iter().map(|file| Made {
        file: file.clone(),
        origin: SourcePath::new(&format!("themes/{}", school.config.theme)),
    }));
    let for_machines = [
        renderer.documents_for_machines(&listings),
        timed(watch, Work::Search, || renderer.search_index(found, &mut rendered.notes)),
        renderer.llms().map(|file| file.into_iter().collect()),
    ];
    for files in for_machines {
        match files {
            Ok(files) => rendered.files.extend(files),
            Err(diagnostic) => rendered.diagnostics.push(diagnostic),
        }
    }
    match renderer.redirects() {
        Ok((pages, targets)) => {
            rendered.files.extend(pages);
            rendered.redirects = targets;
        }
        Err(diagnostic) => rendered.diagnostics.push(diagnostic),
    }
    renderer.note_shared(&mut rendered.notes);
    rendered.diagnostics.sort();
    rendered.diagnostics.dedup();
    rendered
}

/// What all pages are made from.
struct Renderer<'a> {
    school: &'a School,
    documents: &'a Documents,
    /// Stands for a text that could not be rendered.
    no_document: Document,
    theme: &'a Theme,
    tree: &'a SourceTree,
    pictures: &'a Pictures,
    addresses: Addresses<'a>,
    concepts: ConceptIndex<'a>,
    /// `site` in each language.
    sites: BTreeMap<&'a Language, Shared>,
    /// Stands for the `site` of a language that the school does not have.
    no_site: Shared,
    press: Press<'a>,
    noting: Noting,
    backlinks: Backlinks<'a>,
    related: Related<'a>,
    /// The lessons of each course in each language.
    outlines: BTreeMap<(&'a Slug, &'a Language), Outline>,
}

/// One page to render.
struct Job<'a> {
    subject: Subject<'a>,
    language: &'a Language,
}

/// What a page is about.
enum Subject<'a> {
    Home,
    List(List<'a>, usize),
    NotFound,
    Search,
    Frame(FrameName),
    Course(&'a Course),
    Lesson(&'a Course, &'a Section, &'a Lesson),
    Concepts,
    Concept(&'a Slug, usize),
    Glossary,
    Paths,
    Path(&'a LearningPath),
    Page(&'a Page),
}

/// What a page amounts to.
#[derive(Default)]
struct Output {
    made: Vec<Made>,
    listing: Option<Listing>,
    /// The page as the search finds it.
    found: Option<Found>,
    edition: Option<(LessonId, Language, Edition)>,
    frame: Option<(FrameName, Language, ObjectKey)>,
    /// By its name.
    note: Option<(String, Vec<u8>)>,
}

impl Rendered {
    fn take(&mut self, output: Output, listings: &mut Vec<Listing>) {
        if let Some((name, note)) = output.note {
            self.notes.add(name, note);
        }
        self.files.extend(output.made);
        listings.extend(output.listing);
        if let Some((lesson, language, edition)) = output.edition {
            self.editions.entry(lesson).or_default().insert(language, edition);
        }
        if let Some((name, language, key)) = output.frame {
            self.frames.entry(name).or_default().insert(language, key);
        }
    }
}

impl<'a> Renderer<'a> {
    fn new(
        school: &'a School,
        documents: &'a Documents,
        theme: &'a Theme,
        tree: &'a SourceTree,
        pictures: &'a Pictures,
        aids: Aids<'a>,
    ) -> Result<Self, Diagnostic> {
        let addresses = Addresses::new(&school.config);
        let mut renderer = Self {
            school,
            documents,
            no_document: Document::default(),
            theme,
            tree,
            pictures,
            addresses,
            concepts: ConceptIndex::new(school),
            sites: BTreeMap::new(),
            no_site: Shared::none(),
            press: Press::new(&school.config, theme, &aids),
            noting: aids.noting,
            backlinks: Backlinks::of(school, documents),
            related: Related::of(school),
            outlines: BTreeMap::new(),
        };
        for language in &school.config.languages {
            let site = renderer.site(language)?;
            renderer.sites.insert(language, site);
        }
        let pairs: Vec<_> = school
            .courses
            .iter()
            .flat_map(|course| {
                school.config.languages.iter().map(move |language| (course, language))
            })
            .collect();
        let outlines: Result<BTreeMap<_, _>, _> = pairs
            .par_iter()
            .map(|(course, language)| {
                Ok(((&course.slug, *language), renderer.outline(course, language)?))
            })
            .collect();
        renderer.outlines = outlines?;
        Ok(renderer)
    }

    /// Every page, in a fixed order.
    fn jobs(&self) -> Vec<Job<'a>> {
        let school = self.school;
        let mut jobs = Vec::new();
        let lists = self.lists();
        for language in &school.config.languages {
            let mut add = |subject| jobs.push(Job { subject, language });
            add(Subject::Home);
            add(Subject::NotFound);
            if school.config.search {
                add(Subject::Search);
            }
            FrameName::ALL.into_iter().for_each(|name| add(Subject::Frame(name)));
            lists.iter().for_each(|(list, number)| add(Subject::List(*list, *number)));
            for course in &school.courses {
                if course.editions.contains_key(language) {
                    add(Subject::Course(course));
                }
                for section in &course.sections {
                    if !course.speaks(language) {
                        continue;
                    }
                    for lesson in &section.lessons {
                        add(Subject::Lesson(course, section, lesson));
                    }
                }
            }
            self.learning_jobs(language).into_iter().for_each(&mut add);
            for page in &school.pages {
                if page.editions.contains_key(language) {
                    add(Subject::Page(page));
                }
            }
        }
        jobs
    }

    fn render(&self, job: &Job<'_>) -> Result<Output, Diagnostic> {
        let language = job.language;
        match job.subject {
            Subject::Home => self.home(language),
            Subject::List(List::Instructors, number) => self.instructors(number, language),
            Subject::List(List::Instructor(slug), number) => {
                match self.school.instructors.get(slug) {
                    Some(instructor) => self.instructor(instructor, number, language),
                    None => Ok(Output::default()),
                }
            }
            Subject::List(list, number) => self.list(list, number, language),
            Subject::NotFound => self.not_found(language),
            Subject::Search => self.search(language),
            Subject::Frame(name) => self.frame(name, language),
            Subject::Course(course) => self.course(course, language),
            Subject::Lesson(course, section, lesson) => {
                let order = std::slice::from_ref(&course.language);
                match pick(&lesson.editions, language, order) {
                    Some((written, edition)) => {
                        self.lesson(&Chosen { course, section, lesson, language, written, edition })
                    }
                    None => Ok(Output::default()),
                }
            }
            Subject::Concepts => self.concepts(language),
            Subject::Concept(slug, number) => self.concept(slug, number, language),
            Subject::Glossary => self.glossary(language),
            Subject::Paths => self.paths(language),
            Subject::Path(path) => self.path_page(path, language),
            Subject::Page(page) => self.page(page, language),
        }
    }

    /// A rendered document; an empty one where Markdown failed, which has its
    /// own diagnostic.
    fn document(&self, path: &SourcePath) -> &Document {
        self.documents.get(path).unwrap_or(&self.no_document)
    }

    /// What the pages of a language have in common.
    fn shared(&self, language: &Language) -> &Shared {
        self.sites.get(language).unwrap_or(&self.no_site)
    }

    fn link(&self, place: Place<'_>, language: &Language) -> Result<String, Diagnostic> {
        self.addresses.link(place, language).map_err(|error| too_long(&error))
    }

    fn path(&self, place: Place<'_>, language: &Language) -> Result<SitePath, Diagnostic> {
        self.addresses.path(place, language).map_err(|error| too_long(&error))
    }

    /// The public asset that a source file becomes, if it is there.
    fn asset(&self, path: &SourcePath) -> Option<ObjectKey> {
        let file = self.tree.get(path.as_str())?;
        let name = SitePath::parse(path.file_name()).ok()?;
        Some(ObjectKey::Asset { digest: file.digest, name })
    }

    /// The URL of a public asset.
    fn asset_url(&self, key: &ObjectKey) -> Option<String> {
        Some(SitePath::parse(&key.path()).ok()?.url_path(&self.school.config.base_url))
    }

    /// A source file under a key.
    fn passed_on(&self, path: &SourcePath, key: ObjectKey) -> Option<Made> {
        let file = self.tree.get(path.as_str())?.clone();
        Some(Made { file: SiteFile::from_source(key, file), origin: path.clone() })
    }
}

/// A file of a document under its key.
fn made(asset: &DocumentAsset, key: ObjectKey, origin: &SourcePath) -> Made {
    let content: Content = asset.content.clone();
    Made { file: SiteFile { key, content, digest: asset.digest }, origin: origin.clone() }
}

/// The public files of a document.
fn public_assets<'d>(
    document: &'d Document,
    origin: &'d SourcePath,
) -> impl Iterator<Item = Made> + 'd {
    document.public_assets.iter().map(move |asset| {
        let key = ObjectKey::Asset { digest: asset.digest, name: asset.name.clone() };
        made(asset, key, origin)
    })
}

/// The edition in the wanted language, else in the first of `order`, else any.
fn pick<'m, T>(
    editions: &'m BTreeMap<Language, T>,
    wanted: &Language,
    order: &[Language],
) -> Option<(&'m Language, &'m T)> {
    std::iter::once(wanted)
        .chain(order)
        .find_map(|language| editions.get_key_value(language))
        .or_else(|| editions.iter().next())
}

fn too_long(error: &SitePathError) -> Diagnostic {
    Diagnostic::new(&SourcePath::new("site.toml"), Code::BadFileName, error.to_string())
        .hint("addresses have at most 1024 bytes; shorten the slugs")
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
