//! The school that the scripts are played on, and what stands in it at any moment: only
//! the disk knows, as git may have exchanged it.

use std::collections::BTreeMap;
use std::fs;

use crate::full_school::noise;
use crate::harness::School;
use crate::script::secret;

/// Parts what everyone reads from what is paid for.
pub(super) const MARK: &str = "<!-- more -->";

const SITE: &str = r#"title = "School"
description = "Courses."
base_url = "https://school.test/"
languages = ["en", "zh"]
theme = "lyceum"
currency = "USD"
courses_per_page = 24

[language.zh]
title = "学校"

[defaults]
tags = []

[slugs]
cjk = "keep"

[build]
precompress = true
llms_txt = true
search = true

[images]
avif = false
keep_metadata = false

[check]
deny = []

[[navigation]]
title = "About"
url = "/about/"
"#;

/// A school of two courses with a bit of everything, in git.
pub(super) fn school() -> School {
    let school = School::new();
    fs::remove_dir_all(school.path("content/first-course")).unwrap();
    school.write("site.toml", SITE);
    school.write(".gitignore", ".lyceum/\n/aside/\n/dist/\n/clean/\n");
    school.write("data/team.toml", "size = 1\n");
    let crate_ = "term = { en = \"Crate\" }\ndefinition = { en = \"A box 1.\" }";
    school.write("content/glossary.toml", &format!("[crate]\n{crate_}\n"));
    for course in ["alpha", "beta"] {
        let folder = format!("content/{course}");
        let text = format!(
            "---\nid: c-{course}\ntitle: Course {course}\ndescription: What it is.\n\
             prices: {{ USD: \"9.00\" }}\naccess: paid\n---\n\nWhat one learns.\n"
        );
        school.write(&format!("{folder}/course.md"), &text);
        school.write(&format!("{folder}/code.rs"), "fn one() {}\n");
        fs::write(school.path(&format!("{folder}/pic.png")), noise(1, 48, 24)).unwrap();
        for number in 1..=4_u64 {
            let path = format!("{folder}/{number:02}-lesson-{number}.md");
            let at = number * 31 + course.len() as u64 * 7;
            school.write(&path, &lesson(at));
        }
    }
    school.git(&["init", "-q"]);
    school.git(&["add", "-A", "."]);
    school.git(&["commit", "-q", "-m", "The school"]);
    school.git(&["tag", "-f", "s0"]);
    school
}

/// The text of a lesson, paid or free.
pub(super) fn lesson(at: u64) -> String {
    let access = if at.is_multiple_of(2) { "free" } else { "paid" };
    let mut text = format!(
        "---\nid: l{at:09}\ntitle: Lesson {at}\nsummary: It says {at}.\naccess: {access}\n---\n\n\
         Before the mark.\n\n{MARK}\n\n## A part\n\nPlain words.\n\n"
    );
    if at.is_multiple_of(3) {
        text += "![A picture](pic.png)\n\n```rust include=\"code.rs\"\n```\n\n";
    }
    if at.is_multiple_of(5) {
        text += "We are :data[team.size] and have a :term[Crate], $x^2$.\n\n";
    }
    if access == "paid" {
        text += &secret::sentence(at);
        text += "\n";
    }
    text
}

/// All files of a folder whose name ends like that, in order.
fn ending(school: &School, ending: &str) -> Vec<String> {
    let files = school.files("content").into_iter().map(|(name, _)| format!("content/{name}"));
    files.filter(|name| name.ends_with(ending)).collect()
}

/// All Markdown, in every language.
pub(super) fn texts(school: &School) -> Vec<String> {
    ending(school, ".md")
}

/// What may be downloaded.
pub(super) fn downloads(school: &School) -> Vec<String> {
    ending(school, ".txt")
}

/// All lessons in their first language.
pub(super) fn lessons(school: &School) -> Vec<String> {
    let is_lesson = |path: &String| {
        let name = path.rsplit('/').next().unwrap();
        name.starts_with(|first: char| first.is_ascii_digit()) && !name.ends_with(".zh.md")
    };
    texts(school).into_iter().filter(is_lesson).collect()
}

/// The folders of the courses.
pub(super) fn courses(school: &School) -> Vec<String> {
    let texts = texts(school).into_iter();
    texts.filter_map(|path| Some(path.strip_suffix("/course.md")?.to_owned())).collect()
}

/// Whether what stands behind the mark of a text is to be paid for.
pub(super) fn is_paid(school: &School, path: &str) -> bool {
    let original = path.replace(".zh.md", ".md");
    let is_lesson = lessons(school).contains(&original);
    is_lesson && school.read(&original).contains("\naccess: paid\n")
}

/// Every file that a person has written.
pub(super) fn sources(school: &School) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for folder in ["content", "themes", "data"] {
        if school.path(folder).exists() {
            let found = school.files(folder).into_iter();
            files.extend(found.map(|(name, bytes)| (format!("{folder}/{name}"), bytes)));
        }
    }
    files.insert("site.toml".to_owned(), fs::read(school.path("site.toml")).unwrap());
    files
}

/// Puts back what was written once.
pub(super) fn restore(school: &School, sources: &BTreeMap<String, Vec<u8>>) {
    let now = self::sources(school);
    for gone in now.keys().filter(|name| !sources.contains_key(*name)) {
        fs::remove_file(school.path(gone)).unwrap();
    }
    for (name, bytes) in sources.iter().filter(|(name, bytes)| now.get(*name) != Some(*bytes)) {
        fs::create_dir_all(school.path(name).parent().unwrap()).unwrap();
        fs::write(school.path(name), bytes).unwrap();
    }
}
