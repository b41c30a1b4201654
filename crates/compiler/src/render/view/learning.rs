//! What templates see of the order of learning: requirements, concepts, the
//! glossary and paths.

use serde::Serialize;

use crate::document::PublicHtml;
use crate::render::view::{CourseCard, Duration, LanguageMark, Link, Page, Pages};

/// A link to a page that may be in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::render) struct Step {
    pub(in crate::render) title: String,
    pub(in crate::render) url: String,
    pub(in crate::render) language: Option<LanguageMark>,
    /// Whether it is sold, or has paid lessons.
    pub(in crate::render) is_paid: bool,
    /// The titles of what it requires itself, where that is shown beside it.
    pub(in crate::render) needs: Vec<Need>,
}

/// The title of what a step requires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(in crate::render) struct Need {
    pub(in crate::render) title: String,
    pub(in crate::render) language: Option<LanguageMark>,
}

/// What a course's lessons need, in layers: each layer needs some of those above.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Roadmap {
    /// What of other courses has to be known before.
    pub(in crate::render) before: Vec<Step>,
    /// The lessons that others need or that need others.
    pub(in crate::render) layers: Vec<Vec<Step>>,
    /// The courses that need this one.
    pub(in crate::render) after: Vec<Step>,
}

/// `concepts.html`
#[derive(Debug, Serialize)]
pub(in crate::render) struct ConceptsPage {
    pub(in crate::render) page: Page,
    pub(in crate::render) concepts: Vec<ConceptCard>,
}

#[derive(Debug, Serialize)]
pub(in crate::render) struct ConceptCard {
    pub(in crate::render) title: String,
    pub(in crate::render) url: String,
    pub(in crate::render) lesson_count: usize,
    pub(in crate::render) definition: Option<Definition>,
}

/// What a word means.
#[derive(Debug, Clone, Serialize)]
pub(in crate::render) struct Definition {
    pub(in crate::render) text: String,
    pub(in crate::render) language: Option<LanguageMark>,
}

/// `concept.html`
#[derive(Debug, Serialize)]
pub(in crate::render) struct ConceptPage {
    pub(in crate::render) page: Page,
    pub(in crate::render) title: String,
    pub(in crate::render) definition: Option<Definition>,
    pub(in crate::render) lessons: Vec<ConceptLesson>,
    pub(in crate::render) pages: Option<Pages>,
}

/// A lesson outside of its course.
#[derive(Debug, Serialize)]
pub(in crate::render) struct ConceptLesson {
    pub(in crate::render) step: Step,
    pub(in crate::render) summary: Option<String>,
    pub(in crate::render) course: Step,
    pub(in crate::render) minutes: u32,
}

/// `glossary.html`
#[derive(Debug, Serialize)]
pub(in crate::render) struct GlossaryPage {
    pub(in crate::render) page: Page,
    pub(in crate::render) terms: Vec<GlossaryTerm>,
}

#[derive(Debug, Serialize)]
pub(in crate::render) struct GlossaryTerm {
    /// Its anchor.
    pub(in crate::render) id: String,
    pub(in crate::render) word: String,
    pub(in crate::render) language: Option<LanguageMark>,
    pub(in crate::render) definition: Definition,
    /// The page of the lessons that teach it.
    pub(in crate::render) concept: Option<String>,
}

/// `paths.html`
#[derive(Debug, Serialize)]
pub(in crate::render) struct PathsPage {
    pub(in crate::render) page: Page,
    pub(in crate::render) paths: Vec<PathCard>,
}

/// A learning path in a list.
#[derive(Debug, Clone, Serialize)]
pub(in crate::render) struct PathCard {
    pub(in crate::render) title: String,
    pub(in crate::render) description: Option<String>,
    pub(in crate::render) url: String,
    pub(in crate::render) language: Option<LanguageMark>,
    pub(in crate::render) course_count: usize,
    pub(in crate::render) lesson_count: usize,
    pub(in crate::render) duration: Duration,
    /// The easiest level of its courses, and the hardest if that is another.
    pub(in crate::render) levels: Vec<&'static str>,
    /// What all of its courses cost together, in each currency that all of those
    /// that are sold have.
    pub(in crate::render) prices: Vec<String>,
    /// Whether any of its courses is sold.
    pub(in crate::render) is_sold: bool,
}

/// `path.html`
#[derive(Debug, Serialize)]
pub(in crate::render) struct PathPage {
    pub(in crate::render) page: Page,
    pub(in crate::render) path: PathCard,
    pub(in crate::render) body: PublicHtml,
    pub(in crate::render) courses: Vec<CourseCard>,
}

/// Of the pages of a language, those that only some schools have: `learning`.
#[derive(Debug, Serialize)]
pub(in crate::render) struct Shelves {
    pub(in crate::render) paths: Option<String>,
    pub(in crate::render) concepts: Option<String>,
    pub(in crate::render) glossary: Option<String>,
}

/// What a lesson's or a course's page says of the order of learning.
#[derive(Debug, Default, Serialize)]
pub(in crate::render) struct LessonLearning {
    pub(in crate::render) objectives: Vec<String>,
    /// The language of the objectives, where it is not the page's.
    pub(in crate::render) language: Option<LanguageMark>,
    pub(in crate::render) requires: Vec<Step>,
    pub(in crate::render) concepts: Vec<Link>,
}
