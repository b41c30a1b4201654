//! Whether a build's pages show what they have to: a generator that leaves work out
//! is not fast.

use std::fs;

use anyhow::{Context, Result, bail};
use walkdir::WalkDir;

use crate::book::Book;
use crate::case::is_whole;
use crate::content::{Content, Corpus};
use crate::corpus::{COURSE_LESSONS, Lesson, Scenario};
use crate::project::{Courses, Project};
use crate::tool::{Feature, Tool};

/// Looks at every page of a lesson.
pub(crate) fn verify(project: &Project, courses: Courses<'_>) -> Result<()> {
    match project.content {
        Content::Made(corpus) => verify_corpus(project, corpus),
        Content::Real(book) => verify_book(project, book, courses),
    }
}

fn verify_corpus(project: &Project, corpus: Corpus) -> Result<()> {
    for lesson in corpus.lessons() {
        let path = project.page(&lesson);
        let page = fs::read_to_string(&path)
            .with_context(|| format!("there is no page `{}`", path.display()))?;
        if let Some(missing) = missing(project.tool, corpus, &lesson, &page) {
            bail!("`{}` shows no {missing}", path.display());
        }
    }
    Ok(())
}

/// Each text's line has to stand on some page.
fn verify_book(project: &Project, book: Book, courses: Courses<'_>) -> Result<()> {
    let mut lines = book.lines(courses.0)?;
    for entry in WalkDir::new(project.public()) {
        let entry = entry.context("failed to look through the pages")?;
        if entry.path().extension().is_some_and(|kind| kind == "html") {
            let page = fs::read_to_string(entry.path()).context("failed to read a page")?;
            lines.retain(|line| !page.contains(line));
        }
    }
    match lines.as_slice() {
        [] => Ok(()),
        [first, ..] => bail!("{} texts are on no page, as that with `{first}`", lines.len()),
    }
}

fn missing(tool: Tool, corpus: Corpus, lesson: &Lesson, page: &str) -> Option<&'static str> {
    let has = |text: &str| page.contains(text);
    let lacks = |feature| !tool.shows(feature);
    let headings = lesson.parts.iter().filter(|part| page.contains(&part.heading)).count();
    let is_whole = is_whole(tool, corpus.scenario);
    let rich = corpus.scenario.is_rich() && is_whole;
    let is_course = corpus.scenario == Scenario::Course;
    let formulas = lesson.parts.iter().filter(|part| part.formula.is_some()).count();
    let before = lesson.course() * COURSE_LESSONS;
    let beside = COURSE_LESSONS.min(corpus.lessons - before);
    let teaser = lesson.teaser.split(['*', '`', '[', '\n']).next().unwrap_or_default().trim();
    let title = [format!(">{}</h1>", lesson.title), format!(">{}</a></h1>", lesson.title)];
    let entry = if tool == Tool::Mdbook { "<li class=\"chapter-item" } else { "<li><a href" };
    let checks = [
        ("title", title.iter().any(|title| has(title))),
        ("description", lacks(Feature::Description) || has(&lesson.summary)),
        ("canonical address", has("rel=\"canonical\"") || has("rel=canonical")),
        ("teaser", has(teaser)),
        ("heading", !is_whole || headings == lesson.parts.len()),
        ("hidden text", is_whole || headings == 0),
        ("table", !rich || page.matches("<tr").count() == 7),
        ("code", !rich || page.matches("<code").count() >= 3),
        (
            "highlighted code",
            !rich || lacks(Feature::Highlighting) || page.matches("<span class").count() > 60,
        ),
        ("picture", !rich || has(&format!("{}.", lesson.slug())) && has("<img")),
        (
            "picture with its size",
            !rich || lacks(Feature::PictureSize) || (has("width=\"160\"") && has("height=\"90\"")),
        ),
        ("formula", !rich || formulas == 0 || lacks(Feature::Formula) || has("<math")),
        ("navigation of the course", !is_course || page.matches(entry).count() >= beside),
        ("way on", !is_course || beside < 2 || has("rel=\"prev\"") || has("rel=\"next\"")),
    ];
    checks.into_iter().find(|(_, holds)| !holds).map(|(name, _)| name)
}
