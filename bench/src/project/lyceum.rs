//! The corpus, or an imported course, as a school.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::Project;
use crate::book::Book;
use crate::content::Corpus;
use crate::corpus::{Scenario, course_slug};
use crate::notation::{body, teaser_of};
use crate::peer::{Peers, run};
use crate::tool::Tool;

const SITE: &str = "title = \"School\"\nbase_url = \"https://school.example/\"\n";

const BASE: &str = r#"<!doctype html>
<html lang="{{ site.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ page.title }}</title>
{% if page.description %}<meta name="description" content="{{ page.description }}">
{% endif -%}
{% if page.canonical %}<link rel="canonical" href="{{ page.canonical }}">
{% endif -%}
</head>
<body class="{% block kind %}{% endblock %}">
<header><a href="{{ site.home }}">{{ site.title }}</a><nav>{% for link in site.navigation %}<a href="{{ link.url }}">{{ link.title }}</a>{% endfor %}</nav></header>
{% block main %}{% endblock %}
<footer><p>{{ site.title }}</p></footer>
</body>
</html>
"#;

const LESSON: &str = r#"{% extends "base.html" %}
{% block main %}
<main>
<h1>{{ lesson.title }}</h1>
{% if gate %}<div id="lesson-body" data-lesson-api="{{ gate.lesson_api }}" data-learn="{{ gate.learn }}"><!--lyceum:hole-->
{% if body %}<div class="preview">{{ body | safe }}</div>{% endif %}
<!--/lyceum:hole--></div>
{% else %}<article>{{ body | safe }}</article>{% endif %}
</main>
{% endblock %}
"#;

const NAVIGATION: &str = r#"<nav class="course"><ol>{% for part in syllabus.sections %}{% for entry in part.lessons %}<li><a href="{{ entry.url }}"{% if entry.number == lesson.number %} aria-current="page"{% endif %}>{{ entry.title }}</a></li>
{% endfor %}{% endfor %}</ol></nav>
"#;

const TURN: &str = r#"<nav class="turn">{% if previous %}<a rel="prev" href="{{ previous.url }}">{{ previous.title }}</a>{% endif %}{% if next %}<a rel="next" href="{{ next.url }}">{{ next.title }}</a>{% endif %}</nav>
"#;

pub(super) fn write(project: &Project, corpus: Corpus) -> Result<()> {
    let scenario = corpus.scenario;
    let mut site = SITE.to_owned();
    if project.tool == Tool::Lyceum {
        site += "[build]\nprecompress = false\nllms_txt = false\nsearch = false\n";
        project.file("themes/lyceum/templates/base.html", BASE)?;
        project.file("themes/lyceum/templates/lesson.html", lesson_template(scenario))?;
    }
    for name in ["One", "Two", "Three"] {
        site += &format!("[[navigation]]\ntitle = \"{name}\"\nurl = \"https://{name}.example/\"\n");
    }
    project.file("site.toml", site)?;
    let access = match scenario {
        Scenario::Course => "access: paid\nprices: { USD: \"29.00\" }\n",
        Scenario::Minimal | Scenario::Lesson => "",
    };
    for course in 0..corpus.courses() {
        let head = format!("---\ntitle: Course {course}\ndescription: All of it.\n{access}---\n");
        project.file(&format!("content/{}/course.md", course_slug(course)), head)?;
    }
    project.lessons(corpus, |lesson| {
        format!(
            "---\nid: {}\ntitle: {}\nsummary: {}\n---\n{}",
            lesson.slug(),
            lesson.title,
            lesson.summary,
            body(lesson, teaser_of(scenario))
        )
    })
}

/// A school whose one course is the book. The tools that books are written for make
/// no second form of a picture and no compressed copies, but a search index.
pub(super) fn import(project: &Project, book: Book, original: &Path, peers: &Peers) -> Result<()> {
    let mut site = format!("{SITE}languages = [\"{}\"]\n", book.language());
    if project.tool == Tool::Lyceum {
        site += "[build]\nprecompress = false\nllms_txt = false\n[images]\navif = false\n";
    }
    project.file("site.toml", site)?;
    let mut import = Command::new(&peers.lyceum);
    import.current_dir(&project.folder).args(["import", book.form()]).arg(original);
    run(import.args(["--course", book.word(), "--json"]))
}

pub(super) fn command(peers: &Peers) -> Command {
    let mut command = Command::new(&peers.lyceum);
    command.arg("build");
    command
}

pub(super) fn serve(peers: &Peers, port: u16) -> Command {
    let mut command = Command::new(&peers.lyceum);
    command.args(["serve", "--port", &port.to_string()]);
    command
}

fn lesson_template(scenario: Scenario) -> String {
    match scenario {
        Scenario::Course => LESSON
            .replace("<main>\n", &format!("{NAVIGATION}<main>\n"))
            .replace("</main>\n", &format!("{TURN}</main>\n")),
        Scenario::Minimal | Scenario::Lesson => LESSON.to_owned(),
    }
}
