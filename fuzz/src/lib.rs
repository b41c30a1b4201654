//! What must hold for every input that anybody can write into a school, one
//! target for each kind of file.
//!
//! A target panics when its promise is broken. How inputs are made up is the
//! engine's business and stands in `main`.

mod promise;
mod school;

use school::School;

/// The targets, in the order in which they are run.
pub const TARGETS: [&str; 6] =
    ["front_matter", "markdown", "include", "data", "theme", "site_toml"];

/// Stands in every file that no page may show.
const CANARY: &str = "canary-7f3a91";

/// A kind of input, with the school that it is put into.
#[derive(Debug)]
pub struct Target {
    judge: fn(&School, &[u8]),
    school: School,
}

impl Target {
    /// The target of this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let judge: fn(&School, &[u8]) = match name {
            "front_matter" => front_matter,
            "markdown" => markdown,
            "include" => include,
            "data" => data,
            "theme" => theme,
            "site_toml" => site_toml,
            _ => return None,
        };
        Some(Self { judge, school: School::new() })
    }

    /// Panics if the promise does not hold for this input.
    pub fn judge(&self, input: &[u8]) {
        (self.judge)(&self.school, input);
    }
}

/// A whole lesson file, and the same text as a course page, is read the same
/// way twice, and each diagnostic has its place inside a file.
fn front_matter(school: &School, input: &[u8]) {
    for path in [school::LESSON, "content/rust/course.md", "content/pages/about.md"] {
        promise::parses_alike(&school.tree_with(&[(path, input)]));
    }
}

/// Whatever stands in a lesson, free or paid, becomes HTML whose tags are
/// closed and that runs nothing.
fn markdown(school: &School, input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    for head in ["---\nid: own\ntitle: Own\n---\n", "---\nid: own\ntitle: Own\naccess: paid\n---\n"]
    {
        let lesson = format!("{head}{text}");
        let tree = school.tree_with(&[(school::LESSON, lesson.as_bytes())]);
        promise::renders_soundly(school, &tree);
    }
}

/// What a fence takes in never comes from outside of `content/` or from a page.
/// The first line is the attribute, the rest is the file that it may mean.
fn include(school: &School, input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (written, code) = text.split_once('\n').unwrap_or((text, ""));
    if text.contains(CANARY) {
        return;
    }
    let lesson = format!("---\nid: own\ntitle: Own\n---\n```rust include=\"{written}\"\n```\n");
    let tree = school.tree_with(&[
        (school::LESSON, lesson.as_bytes()),
        ("content/rust/code/main.rs", code.as_bytes()),
        (
            "content/rust/02-secret.md",
            format!("---\nid: secret\ntitle: S\n---\n{CANARY}").as_bytes(),
        ),
        ("themes/lyceum/notes.txt", CANARY.as_bytes()),
        ("data/keys.toml", format!("key = \"{CANARY}\"").as_bytes()),
    ]);
    let secret = compiler::source::SourcePath::new("content/rust/02-secret.md");
    for (path, html) in promise::renders_soundly(school, &tree) {
        assert!(path == secret || !html.contains(CANARY), "{path} shows what it may not take in");
    }
}

/// A data file of each format is read alike twice and told with its place.
fn data(school: &School, input: &[u8]) {
    let lesson = b"---\nid: own\ntitle: Own\n---\n:data[a]{path=team.name}\n\n::data{path=team}\n";
    for path in ["data/team.toml", "data/team.yaml", "data/team.json"] {
        let tree = school.tree_with(&[(path, input), (school::LESSON, lesson)]);
        promise::renders_soundly(school, &tree);
    }
}

/// The same bytes as each kind of file of a theme.
fn theme(school: &School, input: &[u8]) {
    for file in
        ["theme.toml", "templates/page.html", "templates/components/note.html", "locales/en.ftl"]
    {
        let path = format!("themes/lyceum/{file}");
        promise::theme_loads_alike(school, &school.tree_with(&[(&path, input)]));
    }
}

/// `site.toml` is read the same way twice, and told with its place.
fn site_toml(school: &School, input: &[u8]) {
    promise::parses_alike(&school.tree_with(&[("site.toml", input)]));
}
