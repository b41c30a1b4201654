//! The corpus as books of mdBook, one for each course, since a book has one
//! navigation; and a real book in its original form.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::Project;
use crate::content::{Content, Corpus};
use crate::corpus::{Scenario, course_slug};
use crate::notation::{Teaser, body};
use crate::peer::Peers;

const SETTINGS: &str = r#"[book]
title = "School"
description = "All of it."

[build]
build-dir = "../book/COURSE"
create-missing = false

[output.html]
theme = "../theme"
no-section-label = true

[output.html.search]
enable = false

[output.html.print]
enable = false
"#;

const BASE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ chapter_title }} · School</title>
<meta name="description" content="{{ description }}">
<link rel="canonical" href="https://school.example/{{ path }}">
<link rel="stylesheet" href="{{ resource "highlight.css" }}">
</head>
<body>
<header><a href="/">School</a><nav><a href="https://One.example/">One</a><a href="https://Two.example/">Two</a><a href="https://Three.example/">Three</a></nav></header>
MAIN
<footer><p>School</p></footer>
<script src="{{ resource "highlight.js" }}"></script>
</body>
</html>
"#;

const LESSON: &str = "<main><article>{{{ content }}}</article></main>";

const COURSE_LESSON: &str = r#"<nav class="course">{{#toc}}{{/toc}}</nav>
<main>
<article>{{{ content }}}</article>
<nav class="turn">{{#if previous}}<a rel="prev" href="{{ previous.link }}">{{ previous.title }}</a>{{/if}}{{#if next}}<a rel="next" href="{{ next.link }}">{{ next.title }}</a>{{/if}}</nav>
</main>"#;

/// The programs of these preprocessors and the files of this theme are no part of
/// the book's sources that were kept.
const LEFT_OUT: [&str; 6] = [
    "[preprocessor.trpl-note]",
    "[preprocessor.trpl-listing]",
    "[build]",
    "additional-css",
    "additional-js",
    "extra-watch-dirs",
];

pub(super) fn write(project: &Project, corpus: Corpus) -> Result<()> {
    let main = match corpus.scenario {
        Scenario::Course => COURSE_LESSON,
        Scenario::Minimal | Scenario::Lesson => LESSON,
    };
    project.file("theme/index.hbs", BASE.replace("MAIN", main))?;
    // Without it each book would be given a copy of mdBook's own fonts.
    project.file("theme/fonts/fonts.css", "")?;
    for course in 0..corpus.courses() {
        let slug = course_slug(course);
        project.file(&format!("{slug}/book.toml"), SETTINGS.replace("COURSE", &slug))?;
        let mut summary = "# Summary\n\n".to_owned();
        for lesson in corpus.course(course) {
            summary += &format!("- [{}]({}.md)\n", lesson.title, lesson.slug());
        }
        project.file(&format!("{slug}/src/SUMMARY.md"), summary)?;
    }
    project.lessons(corpus, |lesson| {
        format!("# {}\n\n{}", lesson.title, body(lesson, Teaser::Unmarked))
    })
}

/// The original, less what its settings want and the folder doesn't hold.
pub(super) fn copy(project: &Project, original: &std::path::Path) -> Result<()> {
    project.copy(original)?;
    let path = project.folder.join("book.toml");
    let settings = fs::read_to_string(&path).context("failed to read `book.toml`")?;
    let mut kept = String::new();
    let mut is_left_out = false;
    for line in settings.lines() {
        if line.starts_with('[') {
            is_left_out = LEFT_OUT.contains(&line.trim());
        }
        if !is_left_out && !LEFT_OUT.iter().any(|start| line.starts_with(start)) {
            kept += line;
            kept.push('\n');
        }
    }
    project.file("book.toml", kept)
}

pub(super) fn command(peers: &Peers, content: Content) -> Command {
    match content {
        Content::Real(_) => {
            let mut command = Command::new(&peers.mdbook);
            command.arg("build");
            command
        }
        Content::Made(_) => {
            let mut command = Command::new("sh");
            command.args(["-c", "for book in course-*; do \"$0\" build \"$book\" || exit; done"]);
            command.arg(&peers.mdbook);
            command
        }
    }
}
