//! From the source tree to the school: layout, order, languages, inheritance.
//!
//! Every file is read, every mistake is told, and what can be understood goes
//! on, so that an author sees all there is to mend in one run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use contracts::id::{CourseId, LessonId, Slug};
use contracts::language::Language;
use contracts::manifest::Removed;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use url::Url;

use crate::data::Data;
use crate::diagnostic::policy::Policy;
use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::field::{Placed, SourceText};
use crate::front_matter::FrontMatter;
use crate::image::Avif;
use crate::parse::cascade::Defaults;
use crate::parse::redirect::OldAddress;
use crate::parse::requirement::Step;
use crate::school::{Markdown, School};
use crate::site_config::SiteConfig;
use crate::source::{SourcePath, SourceTree};
use crate::translation;

mod cascade;
mod colons;
mod course;
mod depth;
mod glossary;
mod lesson;
mod name;
mod page;
mod page_file;
mod path;
mod redirect;
mod removed;
mod requirement;
mod section;

/// How to read a school.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What becomes of drafts.
    pub drafts: Drafts,
    /// Takes the place of `base_url` in `site.toml`.
    pub base_url: Option<Url>,
    /// Laid over `[check]` in `site.toml`.
    pub policy: Policy,
    /// Whether pictures are encoded as AVIF too.
    pub avif: Avif,
}

/// What becomes of courses and lessons with `draft: true`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Drafts {
    /// They are checked and left out.
    #[default]
    Leave,
    /// They are treated like everything else.
    Include,
}

/// What came of reading a school.
#[derive(Debug)]
pub struct Parsed {
    /// What could be understood; `None` if `site.toml` could not.
    pub school: Option<School>,
    /// Everything worth telling, in order of file and line.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a school.
#[must_use]
pub fn parse(tree: &SourceTree, options: &Options) -> Parsed {
    let mut diagnostics = Vec::new();
    let config = SiteConfig::read(tree, options.base_url.as_ref(), &mut diagnostics);
    let school = config.map(|config| {
        let mut parser = Parser::new(tree, &config, options.drafts);
        let instructors = parser.instructors();
        parser.read_defaults();
        let mut courses = parser.courses();
        parser.requirements(&mut courses);
        let paths = parser.paths(&courses);
        let glossary = parser.glossary();
        let pages = parser.pages();
        parser.removed();
        parser.strays();
        let mut school = School {
            config: config.clone(),
            instructors,
            courses,
            pages,
            paths,
            glossary,
            redirects: Vec::new(),
            data: Data::default(),
            removed: std::mem::take(&mut parser.removed_ids),
        };
        school.redirects = parser.redirects(&school);
        diagnostics.append(&mut parser.diagnostics);
        school.data = Data::read(tree, &mut diagnostics);
        diagnostics.extend(translation::check(&school, tree));
        name::check(tree, &mut diagnostics);
        school
    });
    diagnostics.sort();
    diagnostics.dedup();
    Parsed { school, diagnostics }
}

/// What is known while the school is read.
struct Parser<'a> {
    tree: &'a SourceTree,
    config: &'a SiteConfig,
    drafts: Drafts,
    diagnostics: Vec<Diagnostic>,
    /// Files that became part of the school or of a diagnostic.
    read: BTreeSet<SourcePath>,
    /// Texts of the course that is being read, cut already, with what is to be told of each.
    cut: HashMap<&'a SourcePath, (FrontMatter<'a>, Vec<Diagnostic>)>,
    instructors: BTreeSet<Slug>,
    defaults: Defaults,
    course_ids: BTreeMap<CourseId, IdPlace<'a>>,
    course_slugs: BTreeMap<Slug, SourcePath>,
    categories: BTreeMap<Slug, (String, SourcePath)>,
    lesson_ids: BTreeMap<LessonId, IdPlace<'a>>,
    old_addresses: Vec<OldAddress<'a>>,
    /// Every course and lesson with what it requires, drafts too.
    steps: Vec<Step<'a>>,
    removed_ids: Removed,
}

/// Where an id is written.
struct IdPlace<'a> {
    source: SourceText<'a>,
    span: Range<usize>,
}

/// Behind so many mistakes of a school no more is searched for what was meant.
const MOST_SEARCHED: usize = 100;

/// What a page may refer to in its front matter, by the name of its key.
struct FileKind {
    what: &'static str,
    extensions: &'static [&'static str],
}

const PICTURE: FileKind =
    FileKind { what: "a picture", extensions: &["png", "jpg", "jpeg", "gif", "webp", "svg"] };
const VIDEO: FileKind = FileKind { what: "a video", extensions: &["mp4", "m4v", "webm"] };

impl<'a> Parser<'a> {
    fn new(tree: &'a SourceTree, config: &'a SiteConfig, drafts: Drafts) -> Self {
        Self {
            tree,
            config,
            drafts,
            diagnostics: Vec::new(),
            read: BTreeSet::new(),
            cut: HashMap::new(),
            instructors: BTreeSet::new(),
            defaults: Defaults::default(),
            course_ids: BTreeMap::new(),
            course_slugs: BTreeMap::new(),
            categories: BTreeMap::new(),
            lesson_ids: BTreeMap::new(),
            old_addresses: Vec::new(),
            steps: Vec::new(),
            removed_ids: Removed::default(),
        }
    }

    /// Whether something with this `draft:` is left out.
    fn leaves_out(&self, draft: bool) -> bool {
        draft && self.drafts == Drafts::Leave
    }

    /// A file cut into front matter and body; `None` if it is no text.
    fn open(&mut self, path: &'a SourcePath) -> Option<FrontMatter<'a>> {
        self.read.insert(path.clone());
        if let Some((front, told)) = self.cut.remove(path) {
            self.diagnostics.extend(told);
            return Some(front);
        }
        match self.tree.text(path) {
            Ok(text) => Some(opened(SourceText { path, text }, &mut self.diagnostics)),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    /// Cuts the texts of a folder that will be opened, side by side.
    fn cut_all(&mut self, folder: &str) {
        let tree = self.tree;
        let texts: Vec<&'a SourcePath> = tree
            .below(folder)
            .map(|(path, _)| path)
            .filter(|path| path.extension() == Some("md"))
            .collect();
        let cut = texts.into_par_iter().filter_map(|path| {
            let mut told = Vec::new();
            let front = opened(SourceText { path, text: tree.text(path).ok()? }, &mut told);
            Some((path, (front, told)))
        });
        self.cut = cut.collect();
    }

    /// A file that a key refers to, if it is there and of the right kind.
    fn file(
        &mut self,
        front: &FrontMatter<'_>,
        written: &Placed<String>,
        kind: &FileKind,
    ) -> Option<SourcePath> {
        let name = shown(&written.value);
        let wants_search = self.wants_search();
        let mut refuse = |code, message, hint: String| {
            let diagnostic = front.source().diagnostic(code, &written.span, message);
            self.diagnostics.push(diagnostic.hint(hint));
            None
        };
        if written.value.contains("://") {
            let hint = "put the file beside this page and write its name";
            return refuse(Code::MissingAsset, format!("`{name}` is not a file"), hint.to_owned());
        }
        let path = front.source().path.resolve(&written.value);
        let Some(path) = path.filter(|path| path.as_str().starts_with("content/")) else {
            let hint = "put the file beside this page and write its name";
            let message = format!("`{name}` leads out of `content/`");
            return refuse(Code::MissingAsset, message, hint.to_owned());
        };
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        if !kind.extensions.contains(&extension.as_str()) {
            let hint = format!("use one of .{}", kind.extensions.join(", ."));
            return refuse(Code::WrongFile, format!("`{name}` is not {}", kind.what), hint);
        }
        if !self.tree.contains(&path) {
            let tree = self.tree;
            let beside = || tree.files_in(path.parent()).map(|(path, _)| path.file_name());
            let near = wants_search.then(|| did_you_mean(path.file_name(), beside()));
            let hint = near.flatten().map_or_else(
                || "check the name, capitals included, or add the file".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            return refuse(Code::MissingAsset, format!("there is no file `{path}`"), hint);
        }
        self.read.insert(path.clone());
        Some(path)
    }

    /// Whether a search through many names for the one that was meant is worth its
    /// price: nobody mends so many mistakes one by one.
    fn wants_search(&self) -> bool {
        self.diagnostics.len() < MOST_SEARCHED
    }

    /// Files that look like content and are part of nothing: a lesson that is
    /// missing from the site without a word would be worse.
    fn strays(&mut self) {
        let tree = self.tree;
        for (path, _) in tree.below("content") {
            if self.read.contains(path) || path.as_str() == translation::PATH {
                continue;
            }
            let message = format!("`{path}` is read by nobody");
            if path.extension() == Some("md") {
                let hint = "a lesson is `content/<course>/<lesson>.md`, in a section \
                            `content/<course>/<section>/<lesson>.md`, or `…/<lesson>/lesson.md`";
                self.diagnostics.push(Diagnostic::new(path, Code::StrayLesson, message).hint(hint));
            } else if path.parent() == "content" {
                let hint = "put it into the folder of the course that uses it, or remove it";
                self.diagnostics.push(Diagnostic::new(path, Code::StrayFile, message).hint(hint));
            }
        }
    }
}

/// A text cut into front matter and body.
fn opened<'a>(source: SourceText<'a>, diagnostics: &mut Vec<Diagnostic>) -> FrontMatter<'a> {
    let mut front = FrontMatter::read(source, diagnostics);
    if let Some(place) = depth::too_deep(source.text, front.body) {
        let most = depth::MOST;
        let message = format!("this line opens more than {most} quotes and lists");
        let diagnostic = source.diagnostic(Code::TooLarge, &place, message);
        diagnostics.push(diagnostic.hint("remove the signs that open them"));
        front.body = source.text.len();
    }
    colons::tell(source, front.body, diagnostics);
    front
}

/// The Markdown of a file of which there is nothing to tell so far.
pub(crate) fn sound_markdown(tree: &SourceTree, path: &SourcePath) -> Option<Markdown> {
    let mut diagnostics = Vec::new();
    let front = opened(SourceText { path, text: tree.text(path).ok()? }, &mut diagnostics);
    diagnostics.is_empty().then(|| markdown(tree, &front))
}

/// The Markdown of a page.
fn markdown(tree: &SourceTree, front: &FrontMatter<'_>) -> Markdown {
    let SourceText { path, text } = front.source();
    Markdown { path: path.clone(), file: tree.shared(path, text), start: front.body }
}

/// What sorts the files of a folder: the number first, then the name.
fn order_of(name: &str) -> (u64, &str) {
    (crate::slug::order(name).unwrap_or(u64::MAX), name)
}

/// The languages of a school as an author would list them.
fn listed_languages(languages: &[Language]) -> String {
    crate::field::listed(&languages.iter().map(Language::as_str).collect::<Vec<_>>())
}
