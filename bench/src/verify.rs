//! Whether a build's pages show what they have to: a generator that leaves work out
//! is not fast.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::corpus::{COURSE_LESSONS, Lesson, Scenario};
use crate::project::{Project, Tool};

/// Looks at every page of a lesson.
pub(crate) fn verify(project: &Project) -> Result<()> {
    for lesson in project.corpus.lessons() {
        let path = project.page(&lesson);
        let page = fs::read_to_string(&path)
            .with_context(|| format!("there is no page `{}`", path.display()))?;
        if let Some(missing) = missing(project, &lesson, &page) {
            bail!("`{}` shows no {missing}", path.display());
        }
    }
    Ok(())
}

fn missing(project: &Project, lesson: &Lesson, page: &str) -> Option<&'static str> {
    let scenario = project.corpus.scenario;
    let has = |text: &str| page.contains(text);
    let headings = lesson.parts.iter().filter(|part| page.contains(&part.heading)).count();
    // Eleventy has no word for a teaser, and shows everything on one page.
    let is_whole = scenario != Scenario::Course || project.tool == Tool::Eleventy;
    let rich = scenario.is_rich() && is_whole;
    let formulas = lesson.parts.iter().filter(|part| part.formula.is_some()).count();
    let before = lesson.course() * COURSE_LESSONS;
    let beside = COURSE_LESSONS.min(project.corpus.lessons - before);
    let checks = [
        ("title", has(&format!(">{}</h1>", lesson.title))),
        ("description", has(&lesson.summary)),
        ("canonical address", has("rel=\"canonical\"") || has("rel=canonical")),
        (
            "teaser",
            has(lesson.teaser.split(['*', '`', '[', '\n']).next().unwrap_or_default().trim()),
        ),
        ("heading", !is_whole || headings == lesson.parts.len()),
        ("hidden text", is_whole || headings == 0),
        ("table", !rich || page.matches("<tr").count() == 7),
        ("highlighted code", !rich || page.matches("<span class").count() > 60),
        ("picture with its size", !rich || (has("width=\"160\"") && has("height=\"90\""))),
        ("formula", !rich || formulas == 0 || has("<math")),
        (
            "navigation of the course",
            scenario != Scenario::Course || page.matches("<li><a href").count() >= beside,
        ),
        (
            "way on",
            scenario != Scenario::Course
                || beside < 2
                || has("rel=\"prev\"")
                || has("rel=\"next\""),
        ),
    ];
    checks.into_iter().find(|(_, holds)| !holds).map(|(name, _)| name)
}
