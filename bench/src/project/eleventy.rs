//! The corpus as a site of Eleventy, with Prism for code and KaTeX for formulas.

use std::os::unix::fs::symlink;
use std::process::Command;

use anyhow::{Context, Result};

use super::Project;
use crate::content::Corpus;
use crate::corpus::Scenario;
use crate::notation::{Teaser, body};
use crate::peer::Peers;

const SETTINGS: &str = r##"import highlight from "@11ty/eleventy-plugin-syntaxhighlight";
import katex from "@vscode/markdown-it-katex";
import markdown from "markdown-it";
import { imageSize } from "image-size";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const PICTURES = (md) => {
  md.renderer.rules.image = (tokens, at, options, env, self) => {
    const token = tokens[at];
    const file = join(dirname(env.page.inputPath), token.attrGet("src"));
    const { width, height } = imageSize(readFileSync(file));
    token.attrSet("alt", token.content);
    token.attrSet("src", env.page.url.split("/").slice(0, 2).join("/") + "/" + token.attrGet("src"));
    token.attrSet("width", String(width));
    token.attrSet("height", String(height));
    token.attrSet("loading", "lazy");
    return self.renderToken(tokens, at, options);
  };
};

export default function (config) {
  config.addPlugin(highlight);
  const engine = katex.default ?? katex;
  config.setLibrary("md", markdown({ html: true }).use(engine, { output: "mathml" }).use(PICTURES));
  config.addPassthroughCopy("**/*.png");
  config.addCollection("courses", (api) => {
    const courses = {};
    for (const lesson of api.getFilteredByGlob("course-*/*.md")) {
      (courses[lesson.url.split("/")[1]] ??= []).push(lesson);
    }
    return courses;
  });
  config.addFilter("own", (courses, url) => courses[url.split("/")[1]]);
  config.addFilter("beside", (own, url, step) => own[own.findIndex((l) => l.url === url) + step]);
  return { markdownTemplateEngine: false, htmlTemplateEngine: "njk" };
}
"##;

const BASE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} · School</title>
{% if description %}<meta name="description" content="{{ description }}">
{% endif -%}
<link rel="canonical" href="https://school.example{{ page.url }}">
</head>
<body>
<header><a href="/">School</a><nav><a href="https://One.example/">One</a><a href="https://Two.example/">Two</a><a href="https://Three.example/">Three</a></nav></header>
MAIN
<footer><p>School</p></footer>
</body>
</html>
"#;

const LESSON: &str =
    "<main>\n<h1>{{ title }}</h1>\n<article>{{ content | safe }}</article>\n</main>";

const COURSE_LESSON: &str = r#"{% set own = collections.courses | own(page.url) %}{% set before = own | beside(page.url, -1) %}{% set after = own | beside(page.url, 1) %}<nav class="course"><ol>{% for entry in own %}<li><a href="{{ entry.url }}"{% if entry.url == page.url %} aria-current="page"{% endif %}>{{ entry.data.title }}</a></li>
{% endfor %}</ol></nav>
<main>
<h1>{{ title }}</h1>
<div class="preview">{{ content | safe }}</div>
<nav class="turn">{% if before %}<a rel="prev" href="{{ before.url }}">{{ before.data.title }}</a>{% endif %}{% if after %}<a rel="next" href="{{ after.url }}">{{ after.data.title }}</a>{% endif %}</nav>
</main>"#;

pub(super) fn write(project: &Project, corpus: Corpus, peers: &Peers) -> Result<()> {
    let main = match corpus.scenario {
        Scenario::Course => COURSE_LESSON,
        Scenario::Minimal | Scenario::Lesson => LESSON,
    };
    project.file("eleventy.config.js", SETTINGS)?;
    project.file("package.json", "{ \"type\": \"module\", \"private\": true }\n")?;
    project.file("_includes/lesson.njk", BASE.replace("MAIN", main))?;
    symlink(peers.npm.join("node_modules"), project.folder.join("node_modules"))
        .context("failed to link Eleventy's packages")?;
    project.lessons(corpus, |lesson| {
        format!(
            "---\nlayout: lesson.njk\ntitle: {}\ndescription: {}\n---\n{}",
            lesson.title,
            lesson.summary,
            body(lesson, Teaser::Unmarked)
        )
    })
}

pub(super) fn command() -> Command {
    let mut command = Command::new("node");
    command.args(["node_modules/@11ty/eleventy/cmd.cjs", "--quiet"]);
    command
}
