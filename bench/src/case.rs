//! What is done to a project before a build, and how its pages must look after it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::book::{Book, texts_below};
use crate::content::{Content, Corpus};
use crate::corpus::{Lesson, Scenario};
use crate::project::{Courses, Project};
use crate::tool::{Feature, Tool};
use crate::written::Written;

/// A kind of build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    /// Without output and caches.
    Cold,
    /// Again, with nothing changed.
    Unchanged,
    /// After a sentence was added to the lesson in the middle.
    Edit,
    /// After the title of the lesson in the middle was changed.
    Title,
    /// After one title in each course was changed, so that in `course` every page is
    /// another.
    Titles,
    /// Cold, and once more with ten times as many lessons.
    Linear,
    /// From a save to the reloaded page in Chromium.
    Serve,
}

/// What a build must have brought onto the pages.
#[derive(Debug)]
pub(crate) enum Change {
    /// Nothing.
    None,
    /// This sentence.
    Sentence(String),
    /// New titles of lessons, by their numbers.
    Titles(Vec<(usize, String)>),
}

impl Case {
    /// Its word on the command line and in tables.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Unchanged => "unchanged",
            Self::Edit => "edit",
            Self::Title => "title",
            Self::Titles => "titles",
            Self::Linear => "linear",
            Self::Serve => "serve",
        }
    }

    /// Whether there is such a thing for this content: what a title is depends on
    /// the tool that a real course was written for, and a guest who looks at the page
    /// of a paid lesson doesn't see an edit of its text.
    pub(crate) fn applies_to(self, content: Content) -> bool {
        match content {
            Content::Made(corpus) => self != Self::Serve || corpus.scenario != Scenario::Course,
            Content::Real(_) => matches!(self, Self::Cold | Self::Unchanged | Self::Edit),
        }
    }

    /// Makes the project ready for a measured build. Each round changes it in
    /// another way.
    pub(crate) fn prepare(
        self,
        project: &Project,
        round: usize,
        courses: Courses<'_>,
    ) -> Result<Change> {
        match (self, project.content) {
            (Self::Cold | Self::Linear, _) => project.clean().map(|()| Change::None),
            (Self::Edit, Content::Made(corpus)) => {
                add_sentence(&project.text(&corpus.middle()), round)
            }
            (Self::Edit, Content::Real(book)) => {
                add_sentence(&middle_text(project, book, courses)?, round)
            }
            (Self::Title, Content::Made(corpus)) => {
                retitle(project, [corpus.middle()].into_iter(), round)
            }
            (Self::Titles, Content::Made(corpus)) => {
                let first = |course| corpus.course(course).next();
                retitle(project, (0..corpus.courses()).filter_map(first), round)
            }
            (Self::Unchanged | Self::Serve | Self::Title | Self::Titles, _) => Ok(Change::None),
        }
    }
}

impl Change {
    /// Whether the pages show it.
    pub(crate) fn verify(&self, project: &Project, written: &Written) -> Result<()> {
        match (self, project.content) {
            (Self::Sentence(sentence), content) => {
                let page = match content {
                    // What is behind a teaser is in a file of another kind.
                    Content::Made(corpus) if is_whole(project.tool, corpus.scenario) => {
                        Some(project.page(&corpus.middle()))
                    }
                    Content::Made(_) | Content::Real(_) => None,
                };
                let looked_through = written.paths.iter().filter(|path| match &page {
                    Some(page) => *path == page,
                    None => path.extension().is_some_and(|kind| kind == "html"),
                });
                for path in looked_through {
                    if read(path)?.contains(sentence) {
                        return Ok(());
                    }
                }
                bail!("no page that was written has the new sentence")
            }
            (Self::Titles(titles), Content::Made(corpus)) => {
                titles.iter().try_for_each(|(number, title)| {
                    shows_title(project, corpus, &corpus.lesson(*number), title)
                })
            }
            (Self::Titles(_), Content::Real(_)) | (Self::None, _) => Ok(()),
        }
    }
}

/// Whether the page that everybody may read has the whole text.
pub(crate) fn is_whole(tool: Tool, scenario: Scenario) -> bool {
    scenario != Scenario::Course || !tool.shows(Feature::Teaser)
}

/// A sentence that no text has yet.
pub(crate) fn sentence(round: usize) -> String {
    format!("Beside the mill they found bench {round} again.")
}

/// Adds the sentence of a round to the end of a text.
pub(crate) fn add_sentence(text: &Path, round: usize) -> Result<Change> {
    let sentence = sentence(round);
    let changed = format!("{}\n\n{sentence}\n", read(text)?.trim_end());
    fs::write(text, changed).with_context(|| format!("failed to write `{}`", text.display()))?;
    Ok(Change::Sentence(sentence))
}

/// The text in which the middle one of a book's known lines stands.
fn middle_text(project: &Project, book: Book, courses: Courses<'_>) -> Result<PathBuf> {
    let lines = book.lines(courses.0)?;
    let line = lines.get(lines.len() / 2).context("the book has no plain line")?;
    for path in texts_below(&project.texts())? {
        if read(&path)?.contains(line) {
            return Ok(path);
        }
    }
    bail!("no text of `{}` holds `{line}`", project.folder.display())
}

fn retitle(
    project: &Project,
    lessons: impl Iterator<Item = Lesson>,
    round: usize,
) -> Result<Change> {
    let mut titles = Vec::new();
    for lesson in lessons {
        let text = project.text(&lesson);
        let title = format!("Bench {round} of {}", lesson.slug());
        let (before, after) = if project.tool == Tool::Mdbook {
            let name = format!("{}.md", lesson.slug());
            let summary = text.with_file_name("SUMMARY.md");
            change_line(&summary, |line| line.ends_with(&format!("]({name})")), &{
                format!("- [{title}]({name})")
            })?;
            ("# ", format!("# {title}"))
        } else {
            ("title: ", format!("title: {title}"))
        };
        change_line(&text, |line| line.starts_with(before), &after)?;
        titles.push((lesson.number, title));
    }
    Ok(Change::Titles(titles))
}

/// Puts another line in the place of the first one that fits.
fn change_line(path: &Path, fits: impl Fn(&str) -> bool, new: &str) -> Result<()> {
    let text = read(path)?;
    let old = text.lines().find(|line| fits(line));
    let old = old.with_context(|| format!("`{}` has no title", path.display()))?;
    fs::write(path, text.replacen(old, new, 1))
        .with_context(|| format!("failed to write `{}`", path.display()))
}

/// On the lesson's own page, and in `course` in the navigation of all its course.
fn shows_title(project: &Project, corpus: Corpus, lesson: &Lesson, title: &str) -> Result<()> {
    let is_course = corpus.scenario == Scenario::Course;
    let pages = corpus.course(lesson.course());
    for other in pages.filter(|other| is_course || other.number == lesson.number) {
        let page = project.page(&other);
        if !read(&page)?.contains(title) {
            bail!("`{}` does not show the title `{title}`", page.display());
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("failed to read `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_sees_no_edit_of_a_paid_lesson_so_no_server_is_waited_for() {
        let made = |scenario| Content::Made(Corpus { scenario, lessons: 40, seed: 1 });
        assert!(Case::Serve.applies_to(made(Scenario::Lesson)));
        assert!(!Case::Serve.applies_to(made(Scenario::Course)));
        assert!(!Case::Title.applies_to(Content::Real(Book::OiWiki)));
    }

    #[test]
    fn a_round_adds_its_own_sentence_and_keeps_those_before() {
        let text = std::env::temp_dir().join(format!("bench-case-{}.md", std::process::id()));
        fs::write(&text, "---\ntitle: Old\n---\nSome *words*.\n").unwrap();
        add_sentence(&text, 1).unwrap();
        add_sentence(&text, 2).unwrap();
        change_line(&text, |line| line.starts_with("title: "), "title: New").unwrap();

        let expected =
            format!("---\ntitle: New\n---\nSome *words*.\n\n{}\n\n{}\n", sentence(1), sentence(2));
        assert_eq!(fs::read_to_string(&text).unwrap(), expected);
        fs::remove_file(&text).unwrap();
    }
}
