//! What must hold for every input that anybody can write into a school, or into
//! a book that is imported: one target for each kind of file.
//!
//! A target panics when its promise is broken. How inputs are made up is the
//! engine's business and stands in `main`.

mod book;
mod html;
mod promise;
mod school;

use compiler::source::SourcePath;

use book::Shelf;
use school::School;

/// The targets, in the order in which they are run.
pub const TARGETS: [&str; 8] =
    ["front_matter", "markdown", "include", "data", "theme", "site_toml", "page", "import"];

/// Stands in every file that no page may show.
const CANARY: &str = "canary-7f3a91";

/// A kind of input, with what it is put into.
#[derive(Debug)]
pub struct Target {
    judge: fn(&Self, &[u8]),
    school: School,
    shelf: Shelf,
}

impl Target {
    /// The target of this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let judge: fn(&Self, &[u8]) = match name {
            "front_matter" => front_matter,
            "markdown" => markdown,
            "include" => include,
            "data" => data,
            "theme" => theme,
            "site_toml" => site_toml,
            "page" => page,
            "import" => import,
            _ => return None,
        };
        Some(Self { judge, school: School::new(), shelf: Shelf::new() })
    }

    /// Panics if the promise does not hold for this input.
    pub fn judge(&self, input: &[u8]) {
        (self.judge)(self, input);
    }
}

/// A whole lesson file, and the same text as a course page and as a page, is told
/// with places inside of the file, and what has a mend is mended once and for all.
fn front_matter(target: &Target, input: &[u8]) {
    for path in [school::LESSON, "content/rust/course.md", "content/pages/about.md"] {
        promise::parses_soundly(&target.school.tree_with(&[(path, input)]));
    }
}

/// Whatever stands in a lesson, free or paid, becomes HTML whose tags are
/// closed and that runs nothing.
fn markdown(target: &Target, input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    for head in ["---\nid: own\ntitle: Own\n---\n", "---\nid: own\ntitle: Own\naccess: paid\n---\n"]
    {
        let lesson = format!("{head}{text}");
        let tree = target.school.tree_with(&[(school::LESSON, lesson.as_bytes())]);
        promise::renders_soundly(&target.school, &tree);
    }
}

/// What a fence takes in never comes from outside of `content/` or from a page.
/// The first line is the attribute, the rest is the file that it may mean.
fn include(target: &Target, input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (written, code) = text.split_once('\n').unwrap_or((text, ""));
    if text.contains(CANARY) {
        return;
    }
    let lesson = format!("---\nid: own\ntitle: Own\n---\n```rust include=\"{written}\"\n```\n");
    let tree = target.school.tree_with(&[
        (school::LESSON, lesson.as_bytes()),
        ("content/rust/code/main.rs", code.as_bytes()),
        (
            "content/rust/02-secret.md",
            format!("---\nid: secret\ntitle: S\n---\n{CANARY}").as_bytes(),
        ),
        ("themes/lyceum/notes.txt", CANARY.as_bytes()),
        ("data/keys.toml", format!("key = \"{CANARY}\"").as_bytes()),
    ]);
    let secret = SourcePath::new("content/rust/02-secret.md");
    for (path, html) in promise::renders_soundly(&target.school, &tree) {
        assert!(path == secret || !html.contains(CANARY), "{path} shows what it may not take in");
    }
}

/// A data file of each format is told with its place, or shown by a lesson as text.
fn data(target: &Target, input: &[u8]) {
    let lesson = b"---\nid: own\ntitle: Own\n---\n:data[team.name] :data[team.0.name]\n\n\
        ::data-table{from=\"team\"}\n\n::data-table{from=\"team.list\" columns=\"name, a\"}\n";
    for path in ["data/team.toml", "data/team.yaml", "data/team.json", "data/team.csv"] {
        let tree = target.school.tree_with(&[(path, input), (school::LESSON, lesson)]);
        let told = promise::parses_soundly(&tree).diagnostics;
        // What can't be read is not there, and nothing of it is shown.
        if told.iter().all(|told| told.path.as_str() != path) {
            promise::renders_soundly(&target.school, &tree);
        }
    }
}

/// A file of a theme. The first line names it, the rest is what it holds.
fn theme(target: &Target, input: &[u8]) {
    let (name, text) = split_line(input);
    let Ok(name) = std::str::from_utf8(name) else { return };
    let path = format!("themes/lyceum/{name}");
    promise::theme_loads_alike(&target.school, &target.school.tree_with(&[(&path, text)]));
}

/// `site.toml` is read the same way twice, and told with its place.
fn site_toml(target: &Target, input: &[u8]) {
    promise::parses_alike(&target.school.tree_with(&[("site.toml", input)]));
}

/// What an author writes into the fields of a school, a line for each, stands in
/// every file of the site as text.
fn page(target: &Target, input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    promise::site_runs_nothing(&target.school, &target.school.tree_of_fields(text));
}

/// A book, whatever its files hold, becomes a course that can be read, or an
/// error. The first line names its kind; `@@ path` begins each of its files.
fn import(target: &Target, input: &[u8]) {
    let (kind, files) = split_line(input);
    if input.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()) {
        return;
    }
    target.shelf.put(files);
    promise::imports_soundly(&target.school, &target.shelf, kind);
}

fn split_line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (line, rest) = input.split_at(end);
    (line, rest.get(1..).unwrap_or_default())
}
