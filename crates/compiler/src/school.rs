//! The tree of content after parsing: School ▸ Course ▸ Section ▸ Lesson.
//!
//! Everything in it is checked; what was wrong went into diagnostics. Markdown
//! is still source here: it is rendered when every address is known.

use std::collections::BTreeMap;

use contracts::access::Access;
use contracts::id::{CourseId, LessonId, Slug};
use contracts::language::Language;
use contracts::manifest::Removed;
use contracts::money::Money;
use contracts::site_path::SitePath;
use jiff::Timestamp;

use crate::data::Data;
use crate::glossary::Glossary;
use crate::level::Level;
use crate::site_config::SiteConfig;
use crate::source::SourcePath;

/// Everything an author wrote.
#[derive(Debug, Clone)]
pub struct School {
    /// The checked `site.toml`.
    pub config: SiteConfig,
    /// Instructors by the name of their file.
    pub instructors: BTreeMap<Slug, Instructor>,
    /// Courses in the order of their folders.
    pub courses: Vec<Course>,
    /// Pages outside courses, such as "about".
    pub pages: Vec<Page>,
    /// Courses in an order that its author recommends.
    pub paths: Vec<LearningPath>,
    /// What the words of the school mean.
    pub glossary: Glossary,
    /// Addresses at which something stood before.
    pub redirects: Vec<Redirect>,
    /// Facts that any page may show.
    pub data: Data,
    /// Ids of what is gone.
    pub removed: Removed,
}

/// An address at which something stood before, and where that stands now. Both
/// are below the prefix of a language, since they hold for each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The file of the old address; nothing else stands there.
    pub from: SitePath,
    /// The file of the page that it leads to; the page exists.
    pub to: SitePath,
    /// The languages that the page exists in, its first one first.
    pub languages: Vec<Language>,
    /// The file in which the old address is written.
    pub origin: SourcePath,
}

/// A course, in all its languages.
#[derive(Debug, Clone)]
pub struct Course {
    /// Its id, and the id of the product that opens it.
    pub id: CourseId,
    /// Its URL part.
    pub slug: Slug,
    /// What its lessons are unless they say otherwise.
    pub access: Access,
    /// Whether it is left out unless drafts are asked for.
    pub draft: bool,
    /// Who teaches it; each exists in [`School::instructors`].
    pub instructors: Vec<Slug>,
    /// The category it is listed under.
    pub category: Option<Label>,
    /// Free words.
    pub tags: Vec<Label>,
    /// For whom it is.
    pub level: Option<Level>,
    /// The picture of the course.
    pub cover: Option<SourcePath>,
    /// One price per currency, in the author's order.
    pub prices: Vec<Money>,
    /// What has to be known before its first lesson; each of it is shown.
    pub requires: Vec<Requirement>,
    /// The language it was written in first.
    pub language: Language,
    /// The landing page in each language; holds at least `language`.
    pub editions: BTreeMap<Language, CourseEdition>,
    /// Its sections in order. Lessons that stand in no section folder are in a
    /// section without editions.
    pub sections: Vec<Section>,
}

/// A course in one language.
#[derive(Debug, Clone)]
pub struct CourseEdition {
    /// Its title.
    pub title: String,
    /// One or two sentences.
    pub description: String,
    /// What the category is called in this language, if that is written.
    pub category: Option<String>,
    /// What a learner will be able to do after it; always public.
    pub objectives: Vec<String>,
    /// The landing text; always public.
    pub body: Markdown,
}

/// A word an author chose, and its URL part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// As written.
    pub text: String,
    /// As it stands in URLs.
    pub slug: Slug,
}

/// A part of a course.
#[derive(Debug, Clone)]
pub struct Section {
    /// Title and summary by language. Empty for lessons outside any section
    /// folder; a folder without `section.md` is titled after its name.
    pub editions: BTreeMap<Language, SectionEdition>,
    /// Its lessons in order.
    pub lessons: Vec<Lesson>,
}

/// A section in one language.
#[derive(Debug, Clone)]
pub struct SectionEdition {
    /// Its title.
    pub title: String,
    /// One or two sentences, if written.
    pub summary: Option<String>,
}

/// A lesson, in all its languages.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Its stable id.
    pub id: LessonId,
    /// Its URL part inside the course.
    pub slug: Slug,
    /// Its rule, after inheritance.
    pub access: Access,
    /// The first moment at which anyone may open it.
    pub publish_at: Option<Timestamp>,
    /// The first moment at which nobody may open it any more.
    pub expires_at: Option<Timestamp>,
    /// Whether it is left out of the site unless drafts are asked for.
    pub draft: bool,
    /// What has to be known before it; each of it is shown.
    pub requires: Vec<Requirement>,
    /// What it teaches.
    pub concepts: Vec<Label>,
    /// How long it takes by its author's own figure.
    pub duration_minutes: Option<u32>,
    /// Free words, its own or inherited ones; related lessons share them.
    pub tags: Vec<Label>,
    /// Who wrote it, as its author says; `None` where git is to be asked.
    pub authors: Option<Vec<String>>,
    /// Where each of its values is written that could have been inherited.
    pub origins: BTreeMap<&'static str, Origin>,
    /// The lesson in each language it is written in; at least one.
    pub editions: BTreeMap<Language, LessonEdition>,
}

/// Where a value is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub path: SourcePath,
    /// From 1.
    pub line: usize,
}

/// A lesson in one language.
#[derive(Debug, Clone)]
pub struct LessonEdition {
    /// Its title; public.
    pub title: String,
    /// One or two sentences; public.
    pub summary: Option<String>,
    /// What a learner will be able to do after it; public.
    pub objectives: Vec<String>,
    /// Its text; see [`Lesson::is_gated`] for which part is public.
    pub body: Markdown,
    /// Its video, a file beside it.
    pub video: Option<SourcePath>,
    /// Captions of the video.
    pub captions: BTreeMap<Language, SourcePath>,
}

/// A course, or one of its lessons, that has to be known before something else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// The course.
    pub course: Slug,
    /// The lesson of it; `None` for the whole course.
    pub lesson: Option<Slug>,
}

/// Courses in an order that its author recommends, in all its languages.
#[derive(Debug, Clone)]
pub struct LearningPath {
    /// Its URL part.
    pub slug: Slug,
    /// The courses in order; at least one, and each exists in [`School::courses`].
    pub courses: Vec<Slug>,
    /// Title and text by language.
    pub editions: BTreeMap<Language, PageEdition>,
}

/// A page outside courses, in all its languages; always public.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its URL part.
    pub slug: Slug,
    /// Title and text by language.
    pub editions: BTreeMap<Language, PageEdition>,
}

/// A page in one language.
#[derive(Debug, Clone)]
pub struct PageEdition {
    /// Its title.
    pub title: String,
    /// One or two sentences, for search engines.
    pub description: Option<String>,
    /// Its text.
    pub body: Markdown,
}

/// Who teaches.
#[derive(Debug, Clone)]
pub struct Instructor {
    /// The URL part; the name of the file.
    pub slug: Slug,
    /// The names under which they commit.
    pub git: Vec<String>,
    /// A picture.
    pub avatar: Option<SourcePath>,
    /// Name and biography by language.
    pub editions: BTreeMap<Language, InstructorEdition>,
}

/// An instructor in one language.
#[derive(Debug, Clone)]
pub struct InstructorEdition {
    /// The name.
    pub name: String,
    /// What they do, in a few words.
    pub headline: Option<String>,
    /// The biography.
    pub body: Markdown,
}

/// Markdown source and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markdown {
    /// The file it stands in; relative links start from its folder.
    pub path: SourcePath,
    /// The whole text of the file, front matter included, for diagnostics.
    pub file: std::sync::Arc<str>,
    /// Where the Markdown begins in `file`, in bytes.
    pub start: usize,
}

impl Markdown {
    /// The Markdown without its front matter.
    #[must_use]
    pub fn text(&self) -> &str {
        self.file.get(self.start..).unwrap_or_default()
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.lesson {
            Some(lesson) => write!(f, "{}/{lesson}", self.course),
            None => write!(f, "{}", self.course),
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

impl Course {
    /// Its lessons in reading order.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.sections.iter().flat_map(|section| &section.lessons)
    }

    /// The courses that it or one of its lessons requires, without itself.
    #[must_use]
    pub fn required_courses(&self) -> std::collections::BTreeSet<&Slug> {
        let of_lessons = self.lessons().flat_map(|lesson| &lesson.requires);
        let all = self.requires.iter().chain(of_lessons).map(|required| &required.course);
        all.filter(|course| **course != self.slug).collect()
    }

    /// Whether any of it is written in a language, so that all of its lessons have
    /// pages there.
    #[must_use]
    pub fn speaks(&self, language: &Language) -> bool {
        self.editions.contains_key(language)
            || self.lessons().any(|lesson| lesson.editions.contains_key(language))
    }

    /// Whether any lesson has to be paid for, so that the course is a product.
    #[must_use]
    pub fn is_sold(&self) -> bool {
        self.lessons().any(|lesson| lesson.access == Access::Paid)
    }
}

impl Lesson {
    /// Whether its body is kept from the public side: it is paid, or it has a
    /// date before or after which nobody may read it.
    #[must_use]
    pub fn is_gated(&self) -> bool {
        self.access == Access::Paid || self.publish_at.is_some() || self.expires_at.is_some()
    }
}
