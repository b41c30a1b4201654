//! Everything of gated lessons that everyone may see, lesson by lesson, so that it
//! can be reviewed like any other change.

use std::sync::Arc;

use contracts::access::Access;
use contracts::id::{CourseId, LessonId};
use contracts::language::Language;
use jiff::Timestamp;
use serde::Serialize;

use crate::cache::{Cache, MemoryCache};
use crate::image::Pictures;
use crate::parse::Options;
use crate::school::School;
use crate::source::{SourcePath, SourceTree};
use crate::text::{self, Documents};
use crate::theme::Theme;

/// What is public of a gated lesson in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Declassified {
    /// The file of the lesson.
    pub path: SourcePath,
    /// The lesson's id.
    pub id: LessonId,
    /// The course it belongs to.
    pub course: CourseId,
    /// The language of the file.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// Its summary, if written.
    pub summary: Option<String>,
    /// Why it is gated: it is sold, or it has a date.
    pub access: Access,
    /// The moment at which it opens.
    pub publish_at: Option<Timestamp>,
    /// The moment at which it closes.
    pub expires_at: Option<Timestamp>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Who wrote it, as its author says.
    pub authors: Vec<String>,
    /// Its public page, below the school's address.
    pub address: String,
    /// What a learner will be able to do after it.
    pub objectives: Vec<String>,
    /// What it teaches.
    pub concepts: Vec<String>,
    /// What has to be known before it, as `course` or `course/lesson`.
    pub requires: Vec<String>,
    /// How long it takes to read.
    pub reading_minutes: u32,
    /// How long it takes by its author's own figure, which is shown instead.
    pub duration_minutes: Option<u32>,
    /// Whether it has a film.
    pub has_video: bool,
    /// The languages of the film's captions.
    pub captions: Vec<Language>,
    /// The preview as it stands on the public page, in HTML.
    pub preview: String,
    /// The files that the preview shows.
    pub files: Vec<String>,
}

/// Everything declassified, in the order of courses and lessons. What the author
/// has to mend is told by a build, not here.
#[must_use]
pub fn declassified(tree: &SourceTree, options: &Options) -> Vec<Declassified> {
    let Some(school) = crate::parse::parse(tree, options).school else {
        return Vec::new();
    };
    let documents = documents(tree, &school);
    let mut list = Vec::new();
    for course in &school.courses {
        for lesson in course.lessons().filter(|lesson| lesson.is_gated()) {
            for (language, edition) in &lesson.editions {
                let document = documents.get(&edition.body.path).cloned().unwrap_or_default();
                list.push(Declassified {
                    path: edition.body.path.clone(),
                    id: lesson.id.clone(),
                    course: course.id.clone(),
                    language: language.clone(),
                    title: edition.title.clone(),
                    summary: edition.summary.clone(),
                    access: lesson.access,
                    publish_at: lesson.publish_at,
                    expires_at: lesson.expires_at,
                    tags: lesson.tags.iter().map(|tag| tag.text.clone()).collect(),
                    authors: lesson.authors.clone().unwrap_or_default(),
                    address: format!("/courses/{}/{}/", course.slug, lesson.slug),
                    objectives: edition.objectives.clone(),
                    concepts: lesson.concepts.iter().map(|label| label.text.clone()).collect(),
                    requires: lesson.requires.iter().map(ToString::to_string).collect(),
                    reading_minutes: document.reading_minutes,
                    duration_minutes: lesson.duration_minutes,
                    has_video: edition.video.is_some(),
                    captions: edition.captions.keys().cloned().collect(),
                    preview: document.public.0,
                    files: document.public_assets.iter().map(|f| f.name.to_string()).collect(),
                });
            }
        }
    }
    list
}

/// Every text of a school, rendered; none if the theme can't be understood.
pub(crate) fn documents(tree: &SourceTree, school: &School) -> Documents {
    let (theme, _) = Theme::load(tree, &school.config);
    let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
    theme.map_or_else(Documents::new, |theme| {
        text::render_all(school, &theme, tree, &Pictures::default(), &cache).0
    })
}
