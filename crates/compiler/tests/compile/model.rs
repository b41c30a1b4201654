//! What an author can say about pages besides their text: where each mistake is
//! told, word by word, and what becomes of what is right.
//!
//! Two doors: [`check`] takes the files that differ from a sound school and the
//! diagnostics as they would stand on a terminal, [`build`] a sound school.

use std::collections::BTreeMap;

use compiler::compile;
use compiler::parse::{Options, parse};
use compiler::site::Site;
use compiler::source::SourceTree;
use contracts::access::Audience;

use crate::told::without_source;

mod cascade;
mod crossref;
mod data;
mod expiry;
mod graph;
mod language;
mod redirect;
mod taxonomy;

const SITE: &str = "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n\
     [build]\nprecompress = false\n";
const COURSE: &str = "---\ntitle: Rust\ndescription: All of it.\n---\n";
const LESSON: &str = "---\nid: hello\ntitle: Hello\n---\nHi.\n";

const COURSE_PATH: &str = "content/rust/course.md";
const LESSON_PATH: &str = "content/rust/01-hello.md";

fn school(files: &[(&str, &str)]) -> SourceTree {
    let sound = [("site.toml", SITE), (COURSE_PATH, COURSE), (LESSON_PATH, LESSON)];
    let mut all: BTreeMap<&str, &str> = BTreeMap::from(sound);
    all.extend(files.iter().copied());
    SourceTree::from_files(all)
}

/// Lays `files` over a school without mistakes and compares what is told.
#[track_caller]
fn check(files: &[(&str, &str)], expect: &str) {
    let parsed = parse(&school(files), &Options::default());
    let told: String = parsed.diagnostics.iter().map(without_source).collect();
    assert_eq!(told.trim_end(), expect.trim(), "\n\ntold:\n{told}");
}

/// The site of a school without mistakes, with `files` laid over it.
#[track_caller]
fn build(files: &[(&str, &str)]) -> Site {
    let compilation = compile(&school(files), &Options::default());
    assert_eq!(compilation.diagnostics, []);
    compilation.site.unwrap()
}

/// A public page.
#[track_caller]
fn page(site: &Site, path: &str) -> String {
    let mut public = site.files.iter().filter(|file| file.key.audience() == Audience::Everyone);
    let file = public.find(|file| file.key.path() == path);
    let file = file.unwrap_or_else(|| panic!("there is no `{path}`"));
    String::from_utf8(file.content.read().unwrap()).unwrap()
}
