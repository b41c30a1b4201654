//! The corpus as a school.

use std::process::Command;

use anyhow::Result;

use super::{Project, Tool};
use crate::corpus::{Scenario, course_slug};
use crate::notation::{body, teaser_of};
use crate::peer::Peers;

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

pub(super) fn write(project: &Project) -> Result<()> {
    let scenario = project.corpus.scenario;
    let mut site = "title = \"School\"\nbase_url = \"https://school.example/\"\n".to_owned();
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
    for course in 0..project.corpus.courses() {
        let head = format!("---\ntitle: Course {course}\ndescription: All of it.\n{access}---\n");
        project.file(&format!("content/{}/course.md", course_slug(course)), head)?;
    }
    for lesson in project.corpus.lessons() {
        let folder = format!("content/{}", course_slug(lesson.course()));
        let slug = lesson.slug();
        let text = format!(
            "---\nid: {slug}\ntitle: {}\nsummary: {}\n---\n{}",
            lesson.title,
            lesson.summary,
            body(&lesson, teaser_of(scenario))
        );
        project.file(&format!("{folder}/{slug}.md"), text)?;
        if let Some(picture) = &lesson.picture {
            project.file(&format!("{folder}/{}", lesson.picture_name()), picture)?;
        }
    }
    Ok(())
}

pub(super) fn command(peers: &Peers) -> Command {
    let mut command = Command::new(&peers.lyceum);
    command.arg("build");
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
