//! The small school that every input is put into. Its theme is loaded once,
//! since that takes far longer than a lesson.

use compiler::parse::{Options, parse};
use compiler::source::SourceTree;
use compiler::theme::Theme;

/// The lesson that most inputs become.
pub(crate) const LESSON: &str = "content/rust/01-own/lesson.md";

const FILES: [(&str, &str); 6] = [
    (
        "site.toml",
        "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n",
    ),
    (
        "content/rust/course.md",
        "---\ntitle: Rust\ndescription: All of it.\nprice:\n  USD: \"49.00\"\n---\n",
    ),
    (LESSON, "---\nid: own\ntitle: Own\n---\n"),
    ("content/rust/03-other.md", "---\nid: other\ntitle: Other\n---\n## Why\n"),
    ("content/pages/about.md", "---\ntitle: About\n---\n"),
    (
        "content/rust/01-own/dot.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>",
    ),
];

/// A school, and the theme that it is drawn with.
#[derive(Debug)]
pub(crate) struct School {
    tree: SourceTree,
    pub(crate) theme: Theme,
}

impl School {
    pub(crate) fn new() -> Self {
        let tree = SourceTree::from_files(FILES);
        let parsed = parse(&tree, &Options::default());
        let config = parsed.school.expect("the school of the fuzz targets is sound").config;
        let theme = Theme::load(&tree, &config).0.expect("the built-in theme is sound");
        Self { tree, theme }
    }

    /// The school with some files added or replaced.
    pub(crate) fn tree_with(&self, files: &[(&str, &[u8])]) -> SourceTree {
        self.tree.clone().overlay(SourceTree::from_files(files.iter().copied()))
    }

    /// The school with each line of a text in a field of its own, so written that
    /// it stands there as it is; what is left over is the text of a lesson.
    pub(crate) fn tree_of_fields(&self, text: &str) -> SourceTree {
        let mut lines = text.splitn(FIELDS + 1, '\n');
        let fields: [String; FIELDS] = std::array::from_fn(|_| quoted(lines.next()));
        let [school, course, lesson, summary, word, person, meaning, alias] = fields;
        let body = lines.next().unwrap_or_default();
        self.tree_with(&[
            (
                "site.toml",
                format!(
                    "title = {school}\ndescription = {summary}\n\
                     base_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n\
                     [[navigation]]\ntitle = {word}\nurl = \"/about/\"\n[build]\nllms_txt = true\n\
                     precompress = false\n"
                )
                .as_bytes(),
            ),
            (
                "content/rust/course.md",
                format!(
                    "---\ntitle: {course}\ndescription: {summary}\ncategory: {word}\n\
                     tags: [{word}]\ninstructors: [ada]\nprices: {{ USD: \"49.00\" }}\n\
                     objectives: [{meaning}]\n---\n{body}"
                )
                .as_bytes(),
            ),
            (
                LESSON,
                format!(
                    "---\nid: own\ntitle: {lesson}\nsummary: {summary}\ntags: [{word}]\n\
                     authors: [ada, {person}]\naliases: [{alias}]\n---\n{body}"
                )
                .as_bytes(),
            ),
            (
                "content/rust/02-paid.md",
                format!("---\nid: paid\ntitle: {lesson}\naccess: paid\n---\n{body}").as_bytes(),
            ),
            (
                "content/instructors/ada.md",
                format!("---\nname: {person}\nheadline: {summary}\n---\n{body}").as_bytes(),
            ),
            (
                "content/glossary.toml",
                format!("[own]\nterm = {word}\ndefinition = {meaning}\n").as_bytes(),
            ),
        ])
    }
}

/// How many fields a made-up school has.
const FIELDS: usize = 8;

/// A text as both YAML and TOML read it back; something where there is nothing.
fn quoted(text: Option<&str>) -> String {
    let text = text.filter(|text| !text.trim().is_empty()).unwrap_or("x");
    serde_json::Value::from(text).to_string()
}
