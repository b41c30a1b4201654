//! The corpus as a site of Zensical, code by Pygments; and a real wiki in its
//! original form, with the settings that Zensical knows.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Project;
use crate::content::{Content, Corpus};
use crate::corpus::Scenario;
use crate::notation::{Teaser, body};
use crate::peer::Peers;

const SETTINGS: &str = r#"[project]
site_name = "School"
site_url = "https://school.example/"

[project.theme]
custom_dir = "overrides"

[project.markdown_extensions.tables]
[project.markdown_extensions.pymdownx.arithmatex]
generic = true
[project.markdown_extensions.pymdownx.highlight]
[project.markdown_extensions.pymdownx.superfences]
"#;

const BASE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ page.title }} · School</title>
{% if page.meta and page.meta.description %}<meta name="description" content="{{ page.meta.description }}">
{% endif -%}
<link rel="canonical" href="{{ page.canonical_url }}">
</head>
<body>
<header><a href="/">School</a><nav><a href="https://One.example/">One</a><a href="https://Two.example/">Two</a><a href="https://Three.example/">Three</a></nav></header>
MAIN
<footer><p>School</p></footer>
</body>
</html>
"#;

const LESSON: &str =
    "<main>\n<h1>{{ page.title }}</h1>\n<article>{{ page.content }}</article>\n</main>";

const COURSE_LESSON: &str = r#"<nav class="course"><ol>{% if page.ancestors %}{% for entry in page.ancestors[0].children %}<li><a href="{{ entry.url | url }}"{% if entry.title == page.title %} aria-current="page"{% endif %}>{{ entry.title }}</a></li>
{% endfor %}{% endif %}</ol></nav>
<main>
<h1>{{ page.title }}</h1>
<article>{{ page.content }}</article>
<nav class="turn">{% if page.previous_page %}<a rel="prev" href="{{ page.previous_page.url | url }}">{{ page.previous_page.title }}</a>{% endif %}{% if page.next_page %}<a rel="next" href="{{ page.next_page.url | url }}">{{ page.next_page.title }}</a>{% endif %}</nav>
</main>"#;

/// The original's settings name a theme, a hook and extensions that are no part of
/// the sources that were kept; its notation is read by these.
const WIKI: &str = "site_name: OI Wiki
site_url: https://school.example/
theme:
  name: material
  language: zh
markdown_extensions:
  - admonition
  - def_list
  - footnotes
  - meta
  - toc
  - pymdownx.arithmatex:
      generic: true
  - pymdownx.caret
  - pymdownx.critic
  - pymdownx.details
  - pymdownx.highlight:
      linenums: true
  - pymdownx.inlinehilite
  - pymdownx.keys
  - pymdownx.magiclink
  - pymdownx.mark
  - pymdownx.snippets
  - pymdownx.progressbar
  - pymdownx.smartsymbols
  - pymdownx.superfences
  - pymdownx.tasklist:
      custom_checkbox: true
  - pymdownx.tilde
  - pymdownx.tabbed:
      alternate_style: true
";

pub(super) fn write(project: &Project, corpus: Corpus) -> Result<()> {
    let main = match corpus.scenario {
        Scenario::Course => COURSE_LESSON,
        Scenario::Minimal | Scenario::Lesson => LESSON,
    };
    project.file("zensical.toml", SETTINGS)?;
    project.file("overrides/main.html", BASE.replace("MAIN", main))?;
    project.lessons(corpus, |lesson| {
        format!(
            "---\ntitle: {}\ndescription: {}\n---\n{}",
            lesson.title,
            lesson.summary,
            body(lesson, Teaser::Unmarked)
        )
    })
}

/// The original with its own navigation.
pub(super) fn copy(project: &Project, original: &Path) -> Result<()> {
    project.copy(original)?;
    let path = project.folder.join("mkdocs.yml");
    let settings = fs::read_to_string(&path).context("failed to read `mkdocs.yml`")?;
    let mut kept = WIKI.to_owned();
    let mut is_navigation = false;
    for line in settings.lines() {
        if line.starts_with(char::is_alphabetic) {
            is_navigation = line.starts_with("nav:");
        }
        if is_navigation {
            kept += line;
            kept.push('\n');
        }
    }
    project.file("mkdocs.yml", kept)
}

pub(super) fn command(peers: &Peers, content: Content) -> Command {
    let mut command = Command::new(&peers.zensical);
    command.arg("build");
    if let Content::Real(_) = content {
        command.args(["--config-file", "mkdocs.yml"]);
    }
    command
}
