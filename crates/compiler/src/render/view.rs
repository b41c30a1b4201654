//! What templates see: one struct per template, all of it public.
//!
//! Only [`PublicHtml`] goes in; the gated kind has no `Serialize`. Links are
//! path-absolute unless a field says otherwise, and every text is plain: the
//! templates escape it.

use serde::Serialize;

use crate::document::{Heading, PublicHtml};
use crate::theme::ThemeSettings;

pub(super) mod learning;

/// The same on every page of a language.
#[derive(Debug, Serialize)]
pub(super) struct Common<'a> {
    pub(super) site: Site,
    /// What the data files say.
    pub(super) data: &'a serde_json::Value,
}

/// The same on every page of a language: `site`.
#[derive(Debug, Serialize)]
pub(super) struct Site {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) language: String,
    /// What the language is called in itself.
    pub(super) language_name: String,
    pub(super) direction: &'static str,
    pub(super) home: String,
    pub(super) courses: String,
    /// The list of those who teach, if there are any.
    pub(super) instructors: Option<String>,
    pub(super) sign_in: String,
    pub(super) account: String,
    /// The search page, if the school has one.
    pub(super) search: Option<String>,
    pub(super) feed: String,
    pub(super) navigation: Vec<Link>,
    pub(super) categories: Vec<Link>,
    pub(super) shelves: learning::Shelves,
    pub(super) theme: ThemeSettings,
    /// Where the forms of the frames post to.
    pub(super) post: Post,
}

#[derive(Debug, Serialize)]
pub(super) struct Post {
    pub(super) sign_in: String,
    pub(super) confirm: String,
    pub(super) sign_out: String,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    pub(super) title: String,
    pub(super) url: String,
}

/// What a page says about itself: `page`.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) description: String,
    /// Full URL; `None` for what search engines must not list.
    pub(super) canonical: Option<String>,
    /// Full URLs of the page in its languages, itself included; empty when
    /// there is only one.
    pub(super) alternates: Vec<Alternate>,
    pub(super) languages: Vec<LanguageChoice>,
    /// Where to come back to after signing in, percent-encoded.
    pub(super) return_to: String,
    /// Full URL of the picture for previews.
    pub(super) image: Option<String>,
    /// The `og:type`.
    pub(super) kind: &'static str,
    /// JSON for a `<script type="application/ld+json">`, safe to stand there.
    pub(super) structured_data: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Alternate {
    /// A language tag, or `x-default`.
    pub(super) language: String,
    pub(super) url: String,
}

#[derive(Debug, Serialize)]
pub(super) struct LanguageChoice {
    pub(super) tag: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) is_current: bool,
    /// Whether `url` is this page in that language, and not its home page.
    pub(super) is_translated: bool,
}

/// Set where a text is in another language than the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct LanguageMark {
    pub(super) tag: String,
    pub(super) name: String,
    pub(super) direction: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Image {
    pub(super) src: String,
    /// A `srcset` of smaller copies as AVIF.
    pub(super) avif: Option<String>,
    /// The same as WebP.
    pub(super) webp: Option<String>,
    /// The same for an `<img>` that stands alone: the WebP copies and the original.
    pub(super) sources: Option<String>,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
}

/// A course in a list.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CourseCard {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) url: String,
    pub(super) language: Option<LanguageMark>,
    pub(super) cover: Option<Image>,
    /// One or two letters to stand for a missing cover.
    pub(super) monogram: String,
    /// 0 to 5, by which the theme colours a missing cover.
    pub(super) hue: u8,
    /// `beginner`, `intermediate` or `advanced`.
    pub(super) level: Option<&'static str>,
    /// Where the courses of that level are listed.
    pub(super) level_url: Option<String>,
    pub(super) category: Option<Link>,
    pub(super) tags: Vec<Link>,
    pub(super) instructors: Vec<Link>,
    pub(super) lesson_count: usize,
    pub(super) free_count: usize,
    pub(super) duration: Duration,
    /// Formatted, the school's currency first; empty for what can't be bought.
    pub(super) prices: Vec<String>,
    /// Whether any lesson has to be paid for.
    pub(super) is_sold: bool,
}

/// A length of time, in whole hours and the minutes left over.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Duration {
    pub(super) hours: u32,
    pub(super) minutes: u32,
}

impl Duration {
    pub(super) fn of_minutes(minutes: u32) -> Self {
        Self { hours: minutes / 60, minutes: minutes % 60 }
    }
}

/// A day of the calendar.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Day {
    /// `2027-01-02`
    pub(super) iso: String,
    /// In the words of the page's language.
    pub(super) text: String,
}

/// Shared by a course's page and its lessons' pages: `course` and `syllabus`.
#[derive(Debug, Serialize)]
pub(super) struct CourseShared {
    pub(super) course: CourseCard,
    pub(super) syllabus: Syllabus,
}

#[derive(Debug, Serialize)]
pub(super) struct Syllabus {
    pub(super) sections: Vec<SyllabusSection>,
    /// Whether it is too long to stand whole beside every lesson.
    pub(super) is_long: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct SyllabusSection {
    /// From 1.
    pub(super) number: usize,
    pub(super) title: Option<String>,
    pub(super) summary: Option<String>,
    /// Set when the title is in another language than the page.
    pub(super) language: Option<LanguageMark>,
    pub(super) minutes: u32,
    pub(super) duration: Duration,
    pub(super) lessons: Vec<SyllabusLesson>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct SyllabusLesson {
    /// From 1, through the whole course.
    pub(super) number: usize,
    pub(super) title: String,
    pub(super) summary: Option<String>,
    pub(super) url: String,
    pub(super) minutes: u32,
    pub(super) is_paid: bool,
    /// The day it opens, formatted.
    pub(super) opens: Option<String>,
    pub(super) has_video: bool,
    pub(super) language: Option<LanguageMark>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct InstructorCard {
    pub(super) name: String,
    pub(super) headline: Option<String>,
    pub(super) url: String,
    /// Set when the name is in another language than the page.
    pub(super) language: Option<LanguageMark>,
    pub(super) avatar: Option<Image>,
    pub(super) monogram: String,
    pub(super) hue: u8,
}

/// `home.html`, `courses.html`
#[derive(Debug, Serialize)]
pub(super) struct CoursesPage {
    pub(super) page: Page,
    pub(super) courses: Vec<CourseCard>,
    pub(super) instructors: Vec<InstructorCard>,
    /// Learning paths, on the home page.
    pub(super) paths: Vec<learning::PathCard>,
    /// Set where the list is too long for one page.
    pub(super) pages: Option<Pages>,
}

/// Where a page stands among those of its list.
#[derive(Debug, Serialize)]
pub(super) struct Pages {
    /// From 1.
    pub(super) number: usize,
    pub(super) count: usize,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// `course.html`
#[derive(Debug, Serialize)]
pub(super) struct CoursePage {
    pub(super) page: Page,
    pub(super) body: PublicHtml,
    pub(super) instructors: Vec<InstructorCard>,
    /// The first lesson everyone may read.
    pub(super) start: Option<SyllabusLesson>,
    pub(super) objectives: Vec<String>,
    pub(super) roadmap: Option<learning::Roadmap>,
}

/// `lesson.html`
#[derive(Debug, Serialize)]
pub(super) struct LessonPage {
    pub(super) page: Page,
    pub(super) lesson: SyllabusLesson,
    /// The page of the original, where this one shows it for want of a translation.
    pub(super) original: Option<String>,
    /// Number of the section it stands in.
    pub(super) section: usize,
    pub(super) section_title: Option<String>,
    pub(super) section_language: Option<LanguageMark>,
    /// Set when the course's own text is in another language.
    pub(super) course_language: Option<LanguageMark>,
    pub(super) body: PublicHtml,
    pub(super) headings: Vec<Heading>,
    /// The player of a free lesson, already rendered.
    pub(super) player: Option<PublicHtml>,
    pub(super) gate: Option<Gate>,
    pub(super) learning: learning::LessonLearning,
    /// When its text was last changed, if that is known.
    pub(super) changed: Option<Day>,
    pub(super) authors: Vec<Author>,
    /// Lessons of any course that have to do with this one.
    pub(super) related: Vec<Reference>,
    /// Pages that link to it where everyone may read.
    pub(super) linked_from: Vec<Reference>,
    pub(super) previous: Option<SyllabusLesson>,
    pub(super) next: Option<SyllabusLesson>,
    /// What of a long syllabus stands near the lesson, in the place of the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) syllabus: Option<Syllabus>,
}

/// Who wrote a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Author {
    pub(super) name: String,
    /// Their own page, if they teach here.
    pub(super) url: Option<String>,
    /// Set when that page is in another language.
    pub(super) language: Option<LanguageMark>,
}

/// Another page, as it is named in a list of links.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Reference {
    pub(super) title: String,
    pub(super) url: String,
    /// The title of the course it stands in, where that is worth saying.
    pub(super) course: Option<String>,
    pub(super) is_paid: bool,
    /// Set when the title is in another language than the page.
    pub(super) language: Option<LanguageMark>,
}

/// What a gated lesson's page needs to let its learners in.
#[derive(Debug, Serialize)]
pub(super) struct Gate {
    pub(super) lesson_api: String,
    pub(super) learn: String,
    /// The sign-in page, which leads back to `learn`.
    pub(super) sign_in: String,
    pub(super) is_paid: bool,
    pub(super) opens: Option<String>,
    /// The day it closes, formatted.
    pub(super) closes: Option<String>,
}

/// `player.html`
#[derive(Debug, Serialize)]
pub(super) struct Player {
    pub(super) title: String,
    pub(super) src: String,
    pub(super) kind: &'static str,
    pub(super) poster: Option<String>,
    pub(super) tracks: Vec<Track>,
    /// Whether the file may come from another host, by a signed URL.
    pub(super) is_gated: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Track {
    pub(super) src: String,
    pub(super) language: String,
    pub(super) label: String,
    pub(super) is_default: bool,
}

/// `instructor.html`
#[derive(Debug, Serialize)]
pub(super) struct InstructorPage {
    pub(super) page: Page,
    pub(super) instructor: InstructorCard,
    pub(super) body: PublicHtml,
    pub(super) courses: Vec<CourseCard>,
    pub(super) pages: Option<Pages>,
    pub(super) linked_from: Vec<Reference>,
}

/// `instructors.html`
#[derive(Debug, Serialize)]
pub(super) struct InstructorsPage {
    pub(super) page: Page,
    pub(super) instructors: Vec<InstructorCard>,
    pub(super) pages: Option<Pages>,
}

/// `category.html`: the courses of a category, a tag or a level
#[derive(Debug, Serialize)]
pub(super) struct CategoryPage {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) courses: Vec<CourseCard>,
    pub(super) pages: Option<Pages>,
}

/// `page.html`
#[derive(Debug, Serialize)]
pub(super) struct TextPage {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) body: PublicHtml,
    pub(super) headings: Vec<Heading>,
    /// Pages that link to it where everyone may read.
    pub(super) linked_from: Vec<Reference>,
}

/// `404.html` and the frames
#[derive(Debug, Serialize)]
pub(super) struct BarePage {
    pub(super) page: Page,
}

/// `search.html`
#[derive(Debug, Serialize)]
pub(super) struct SearchPage {
    pub(super) page: Page,
    /// The file that the script reads first.
    pub(super) index: String,
}
