//! `lyceum list`: what a school holds, as its author counts it.
//!
//! It reads the school and builds nothing, so it answers at once and also when a
//! page can't be built.

use std::collections::BTreeMap;
use std::path::Path;

use compiler::parse::{Drafts, Options, parse};
use compiler::school::{Course, Lesson, School};
use contracts::access::Access;
use contracts::id::{CourseId, LessonId};
use contracts::language::Language;
use jiff::Timestamp;
use serde::Serialize;

use crate::args::{List, Listed};
use crate::failure::Outcome;
use crate::report::{self, counted};
use crate::school_folder::SchoolFolder;
use crate::{compilation, console};

/// Everything that was asked for.
#[derive(Debug, Default, Serialize)]
struct Listing<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    courses: Option<Vec<CourseLine<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lessons: Option<Vec<LessonLine<'a>>>,
}

#[derive(Debug, Serialize)]
struct CourseLine<'a> {
    id: &'a CourseId,
    title: &'a str,
    address: String,
    lessons: usize,
    paid_lessons: usize,
    /// As `29.00 USD`.
    prices: Vec<String>,
    languages: Vec<&'a str>,
    draft: bool,
}

#[derive(Debug, Serialize)]
struct LessonLine<'a> {
    id: &'a LessonId,
    course: &'a CourseId,
    title: &'a str,
    address: String,
    access: Access,
    publish_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    tags: Vec<&'a str>,
    authors: Vec<&'a str>,
    languages: Vec<&'a str>,
    draft: bool,
    /// The file of the original.
    path: &'a str,
    /// Where each value is written that could have been inherited, as `file:line`.
    origins: BTreeMap<&'static str, String>,
}

/// Reads the school and lists what was asked for.
pub(crate) fn run(list: &List, school: &Path) -> anyhow::Result<Outcome> {
    let folder = SchoolFolder::find(school)?;
    let tree = compilation::read(folder.root())?;
    let options = Options { drafts: Drafts::Include, ..Options::default() };
    let mut parsed = parse(&tree, &options);
    if let Some(school) = &parsed.school {
        school.config.check.apply(&mut parsed.diagnostics);
    }
    report::say(&parsed.diagnostics);
    if let Some(school) = &parsed.school {
        let listing = Listing::of(school, list.what);
        if list.json {
            console::json(&listing)?;
        } else {
            console::data(&listing.text(list))?;
        }
    }
    Ok(Outcome::of(&parsed.diagnostics))
}

impl<'a> Listing<'a> {
    fn of(school: &'a School, what: Listed) -> Self {
        let all = || school.courses.iter().flat_map(|c| c.lessons().map(move |l| (c, l)));
        let lessons = |wanted: fn(&Lesson) -> bool| {
            Some(all().filter(|(_, l)| wanted(l)).map(|(c, l)| LessonLine::of(c, l)).collect())
        };
        match what {
            Listed::Courses => Self {
                courses: Some(school.courses.iter().map(CourseLine::of).collect()),
                ..Self::default()
            },
            Listed::Lessons => Self { lessons: lessons(|_| true), ..Self::default() },
            Listed::Drafts => Self {
                courses: Some(
                    school.courses.iter().filter(|c| c.draft).map(CourseLine::of).collect(),
                ),
                lessons: lessons(|lesson| lesson.draft),
            },
            Listed::Paid => {
                Self { lessons: lessons(|l| l.access == Access::Paid), ..Self::default() }
            }
            Listed::Scheduled => {
                let mut lessons: Option<Vec<LessonLine<'a>>> =
                    lessons(|lesson| lesson.publish_at.is_some());
                if let Some(lessons) = &mut lessons {
                    lessons.sort_by_key(|line| line.publish_at);
                }
                Self { lessons, ..Self::default() }
            }
        }
    }

    /// Tables whose columns stand below each other, and a line of counts.
    fn text(&self, list: &List) -> String {
        let mut text = String::new();
        let mut counts = Vec::new();
        if let Some(courses) = &self.courses {
            text += &table(courses.iter().map(CourseLine::cells).collect());
            counts.push(counted(courses.len(), "course"));
        }
        if let Some(lessons) = &self.lessons {
            if list.origins {
                text += &lessons.iter().map(LessonLine::with_origins).collect::<String>();
            } else {
                text += &table(lessons.iter().map(LessonLine::cells).collect());
            }
            counts.push(counted(lessons.len(), "lesson"));
        }
        text + &counts.join(", ")
    }
}

impl<'a> CourseLine<'a> {
    fn of(course: &'a Course) -> Self {
        Self {
            id: &course.id,
            title: course.editions.get(&course.language).map_or("", |edition| &edition.title),
            address: format!("/courses/{}/", course.slug),
            lessons: course.lessons().count(),
            paid_lessons: course.lessons().filter(|l| l.access == Access::Paid).count(),
            prices: course.prices.iter().map(ToString::to_string).collect(),
            languages: course.editions.keys().map(Language::as_str).collect(),
            draft: course.draft,
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.title.to_owned(),
            counted(self.lessons, "lesson"),
            format!("{} paid", self.paid_lessons),
            self.prices.join(", "),
            self.languages.join(" "),
            if self.draft { "draft".to_owned() } else { String::new() },
        ]
    }
}

impl<'a> LessonLine<'a> {
    fn of(course: &'a Course, lesson: &'a Lesson) -> Self {
        // The course may be translated and this lesson of it not.
        let original = lesson.editions.get(&course.language).or(lesson.editions.values().next());
        Self {
            id: &lesson.id,
            course: &course.id,
            title: original.map_or("", |edition| &edition.title),
            address: format!("/courses/{}/{}/", course.slug, lesson.slug),
            access: lesson.access,
            publish_at: lesson.publish_at,
            expires_at: lesson.expires_at,
            tags: lesson.tags.iter().map(|tag| tag.text.as_str()).collect(),
            authors: lesson.authors.iter().flatten().map(String::as_str).collect(),
            languages: lesson.editions.keys().map(Language::as_str).collect(),
            draft: lesson.draft,
            path: original.map_or("", |edition| edition.body.path.as_str()),
            origins: lesson.origins.iter().map(|(key, at)| (*key, at.to_string())).collect(),
        }
    }

    /// The id, and below it what the lesson is and which line of which file says so.
    fn with_origins(&self) -> String {
        let moment =
            |moment: Option<Timestamp>| moment.map_or("none".to_owned(), |m| m.to_string());
        let values = self.origins.iter().map(|(key, origin)| {
            let value = match *key {
                "access" => self.access_word().to_owned(),
                "draft" => self.draft.to_string(),
                "publish_at" => moment(self.publish_at),
                "expires_at" => moment(self.expires_at),
                "tags" => self.tags.join(", "),
                _ => self.authors.join(", "),
            };
            vec![format!("  {key}"), value, origin.clone()]
        });
        format!("{}\n{}", report::plain(self.id.as_str()), table(values.collect()))
    }

    fn access_word(&self) -> &'static str {
        match self.access {
            Access::Free => "free",
            Access::Paid => "paid",
        }
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.title.to_owned(),
            self.access_word().to_owned(),
            self.publish_at.map_or_else(String::new, |moment| format!("opens {moment}")),
            self.expires_at.map_or_else(String::new, |moment| format!("closes {moment}")),
            self.languages.join(" "),
            if self.draft { "draft".to_owned() } else { String::new() },
            self.path.to_owned(),
        ]
    }
}

/// Each row on a line, each column as wide as its widest cell; a column that is
/// empty everywhere is left out.
pub(super) fn table(rows: Vec<Vec<String>>) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.iter().map(|cell| report::plain(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| columns_of(cell)).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            line += cell;
            line += &" ".repeat(width - columns_of(cell) + 2);
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// How many columns of a terminal a text takes.
fn columns_of(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}
