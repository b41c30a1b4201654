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
}
