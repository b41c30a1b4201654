//! The pages of the sample school and of two real books, read by the two
//! validators that authors would use: not an error in any of them. The lessons
//! of the books are held against what the books' own tools make of their pages.
//!
//! The books are not part of this repository; without them the school alone is
//! read.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tests::repository;
use tests::school::{School, succeed};
use tests::services::{Renderers, Validators};
use walkdir::WalkDir;

/// Of what the checker says, this is out of date: in MathML Core both attributes
/// stand on any element.
const NOT_AN_ERROR: &str = "Attribute .(displaystyle|scriptlevel). not allowed on element .*";

const ORIGIN: &str = "https://school.test";

/// Builds the school and hands all its pages to both validators.
fn validate(validators: &Validators, school: &School) {
    let out = school.path("site");
    school.build(&out).unwrap();
    complete_bodies(&out.join("private"));

    let mut vnu = Command::new("java");
    vnu.args(["-Xss16m", "-jar"]).arg(&validators.vnu);
    vnu.args(["--skip-non-html", "--errors-only", "--format", "gnu"]);
    vnu.args(["--filterpattern", NOT_AN_ERROR]).arg(&out);
    succeed(&mut vnu).unwrap();

    let rules = school.path("html-validate.json");
    fs::write(&rules, r#"{ "root": true, "extends": ["html-validate:standard"] }"#).unwrap();
    let mut html_validate = Command::new("node");
    html_validate.arg(&validators.html_validate).arg("--config").arg(&rules).arg(&out);
    succeed(&mut html_validate).unwrap();
}

/// Holds the lessons of a built book against its pages as its own tool shows
/// them. What may differ, by page and kind, is listed beside the judge.
fn compare(kind: &str, name: &str, school: &School) {
    let Some(renderers) = Renderers::or_leave_out("imported lessons beside the originals") else {
        return;
    };
    let judge = repository::path("tests/judge");
    let mut original = Command::new(&renderers.python);
    original.arg(judge.join("original.py")).arg(kind);
    original.arg(repository::path(&format!("../shared/courses/{name}")));
    original.arg(school.path("")).arg(name).arg(school.path("site"));
    let found = String::from_utf8(succeed(&mut original).unwrap().stdout).unwrap();
    let allowed = fs::read_to_string(judge.join(format!("{name}.txt"))).unwrap();
    let allowed: BTreeSet<&str> =
        allowed.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let place = |line: &str| line.split('\t').take(2).collect::<Vec<_>>().join(" ");
    let new: Vec<&str> =
        found.lines().filter(|line| !allowed.contains(place(line).as_str())).collect();
    assert!(new.is_empty(), "new differences from the book:\n{}", new.join("\n"));
    let met: BTreeSet<String> = found.lines().map(place).collect();
    let gone: Vec<&&str> = allowed.iter().filter(|line| !met.contains(**line)).collect();
    assert!(gone.is_empty(), "no longer different, take out of `{name}.txt`: {gone:?}");
}

/// Makes a page of each gated body, as the edge does, so that it can be read as one.
fn complete_bodies(private: &Path) {
    for body in bodies(private) {
        let html = fs::read_to_string(&body).unwrap();
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head><title>Lesson</title></head>\n\
             <body><main><h1>Lesson</h1>\n{html}</main></body>\n</html>\n"
        );
        fs::write(body, page).unwrap();
    }
}

fn bodies(private: &Path) -> Vec<PathBuf> {
    let html = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "html");
    WalkDir::new(private)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(html)
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("<!doctype html>"))
        .collect()
}

/// A new school with one of the books as its course.
fn book(kind: &str, name: &str) -> Option<School> {
    let folder = repository::path(&format!("../shared/courses/{name}"));
    if !folder.exists() {
        return None;
    }
    let school = School::new(ORIGIN).and_then(School::without_avif).unwrap();
    let mut import = school.lyceum();
    import.args(["import", kind]).arg(folder).args(["--course", name]);
    succeed(&mut import).unwrap();
    Some(school)
}

#[test]
fn the_pages_of_the_sample_school_are_valid() {
    let Some(validators) = Validators::or_leave_out("valid pages of the sample school") else {
        return;
    };
    validate(&validators, &School::sample(ORIGIN).unwrap());
}

#[test]
fn the_pages_of_an_imported_mdbook_are_valid() {
    let Some(validators) = Validators::or_leave_out("valid pages of an imported book") else {
        return;
    };
    if let Some(school) = book("mdbook", "rust-book") {
        validate(&validators, &school);
        compare("mdbook", "rust-book", &school);
    }
}

#[test]
fn the_pages_of_an_imported_mkdocs_site_are_valid() {
    let Some(validators) = Validators::or_leave_out("valid pages of imported docs") else {
        return;
    };
    if let Some(school) = book("mkdocs", "oi-wiki") {
        validate(&validators, &school);
        compare("mkdocs", "oi-wiki", &school);
    }
}
