//! The corpus as a site of Hugo, by the template lookup of 0.146 and later.

use std::process::Command;

use anyhow::Result;

use super::Project;
use crate::content::Corpus;
use crate::corpus::{Scenario, course_slug};
use crate::notation::{body, teaser_of};
use crate::peer::Peers;

const SETTINGS: &str = r#"baseURL = "https://school.example/"
title = "School"
languageCode = "en"
disableKinds = ["taxonomy", "term"]
enableRobotsTXT = true

[outputs]
home = ["html", "rss"]
section = ["html"]
page = PAGE_OUTPUTS

[outputFormats.body]
mediaType = "text/html"
baseName = "body"
path = "private"
isHTML = true
permalinkable = false

[markup.highlight]
noClasses = false

[markup.goldmark.extensions.passthrough]
enable = true
[markup.goldmark.extensions.passthrough.delimiters]
block = [["$$", "$$"]]

[[menus.main]]
name = "One"
url = "https://One.example/"
weight = 1
[[menus.main]]
name = "Two"
url = "https://Two.example/"
weight = 2
[[menus.main]]
name = "Three"
url = "https://Three.example/"
weight = 3
"#;

const BASE: &str = r#"<!doctype html>
<html lang="{{ site.Language.Lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }} · {{ site.Title }}</title>
{{ with .Description }}<meta name="description" content="{{ . }}">
{{ end -}}
<link rel="canonical" href="{{ .Permalink }}">
</head>
<body>
<header><a href="/">{{ site.Title }}</a><nav>{{ range site.Menus.main }}<a href="{{ .URL }}">{{ .Name }}</a>{{ end }}</nav></header>
{{ block "main" . }}{{ end }}
<footer><p>{{ site.Title }}</p></footer>
</body>
</html>
"#;

const LIST: &str = r#"{{ define "main" }}<main><h1>{{ .Title }}</h1><ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}</ul></main>{{ end }}
"#;

const LESSON: &str = r#"{{ define "main" }}
<main>
<h1>{{ .Title }}</h1>
<article>{{ .Content }}</article>
</main>
{{ end }}
"#;

const COURSE_LESSON: &str = r#"{{ define "main" }}
{{ $here := . }}<nav class="course"><ol>{{ range .CurrentSection.RegularPages }}<li><a href="{{ .RelPermalink }}"{{ if eq . $here }} aria-current="page"{{ end }}>{{ .LinkTitle }}</a></li>
{{ end }}</ol></nav>
<main>
<h1>{{ .Title }}</h1>
<div class="preview">{{ .Summary }}</div>
<nav class="turn">{{ with .PrevInSection }}<a rel="prev" href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}{{ with .NextInSection }}<a rel="next" href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</nav>
</main>
{{ end }}
"#;

const PICTURE: &str = r#"{{ with .Page.CurrentSection.Resources.Get .Destination }}<img src="{{ .RelPermalink }}" alt="{{ $.PlainText }}" width="{{ .Width }}" height="{{ .Height }}" loading="lazy">{{ end }}
"#;

const FORMULA: &str =
    r#"{{ transform.ToMath .Inner (dict "output" "mathml" "displayMode" (eq .Type "block")) }}"#;

pub(super) fn write(project: &Project, corpus: Corpus) -> Result<()> {
    let scenario = corpus.scenario;
    let (outputs, lesson) = match scenario {
        Scenario::Course => ("[\"html\", \"body\"]", COURSE_LESSON),
        Scenario::Minimal | Scenario::Lesson => ("[\"html\"]", LESSON),
    };
    project.file("hugo.toml", SETTINGS.replace("PAGE_OUTPUTS", outputs))?;
    project.file("layouts/baseof.html", BASE)?;
    project.file("layouts/home.html", LIST)?;
    project.file("layouts/section.html", LIST)?;
    project.file("layouts/page.html", lesson)?;
    project.file("layouts/page.body.html", "{{ .Content }}\n")?;
    project.file("layouts/_markup/render-image.html", PICTURE)?;
    project.file("layouts/_markup/render-passthrough.html", FORMULA)?;
    for course in 0..corpus.courses() {
        let head = format!("---\ntitle: Course {course}\ndescription: All of it.\n---\n");
        project.file(&format!("content/{}/_index.md", course_slug(course)), head)?;
    }
    project.lessons(corpus, |lesson| {
        format!(
            "---\ntitle: {}\ndescription: {}\nweight: {}\n---\n{}",
            lesson.title,
            lesson.summary,
            lesson.number + 1,
            body(lesson, teaser_of(scenario))
        )
    })
}

pub(super) fn command(peers: &Peers) -> Command {
    let mut command = Command::new(&peers.hugo);
    command.arg("--quiet");
    command
}

pub(super) fn serve(peers: &Peers, port: u16) -> Command {
    let mut command = Command::new(&peers.hugo);
    command.args(["server", "--quiet", "--port", &port.to_string()]);
    command
}
