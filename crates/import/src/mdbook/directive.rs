//! `{{#include …}}` and its kin: text that a page pulls in from other files.

use std::ops::Range;

use super::super::book_folder::{BookFolder, parent, resolve};
use super::super::line::{FenceTracker, Line, Role, lines_of};
use super::super::note::{Notes, quoted};

/// mdBook's own limit.
const MAX_DEPTH: usize = 10;
/// A page that pulls in more is not meant to be read.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// A line of a long file costs reading all of it.
const MAX_READ_BYTES: usize = 64 * 1024 * 1024;

/// Expands the directives of one page.
pub(super) struct Directives<'a> {
    folder: &'a BookFolder,
    page: &'a str,
    notes: &'a mut Notes,
    /// What `rustdoc_include` does where we are: only in Rust are there marks for it.
    around: Around,
    bytes: usize,
    read_bytes: usize,
}

/// What is taken from an included file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Extent {
    Lines(Range<usize>),
    Anchor(String),
}

/// What becomes of the other lines of an included file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    LeftOut,
    /// They are there, marked as hidden.
    Hidden,
}

/// A part of a file, and what becomes of the rest.
struct Wanted {
    extent: Extent,
    around: Around,
}

impl<'a> Directives<'a> {
    pub(super) fn new(folder: &'a BookFolder, page: &'a str, notes: &'a mut Notes) -> Self {
        Self { folder, page, notes, around: Around::LeftOut, bytes: 0, read_bytes: 0 }
    }

    /// The page with its directives replaced by what they stand for.
    pub(super) fn expand(mut self, lines: Vec<Line>) -> Vec<Line> {
        let page = self.page;
        let mut out = Vec::new();
        let mut fences = FenceTracker::default();
        for line in lines {
            let role = fences.role(&line.text);
            let is_text = role == Role::Text;
            self.around = match role {
                Role::Opening(opening) if is_rust(&opening.info) => Around::Hidden,
                Role::Code => self.around,
                Role::Opening(_) | Role::Closing | Role::Text => Around::LeftOut,
            };
            let text = self.expand_line(&line.text, parent(page), line.at, is_text, &[]);
            let prefix: String =
                line.text.chars().take_while(|c| matches!(c, ' ' | '\t' | '>')).collect();
            let indents = line.text.trim_start_matches([' ', '\t', '>']).starts_with("{{");
            for (index, piece) in text.split('\n').enumerate() {
                // What is pulled into a quote or a list stays in it.
                let prefix = if index > 0 && indents { prefix.as_str() } else { "" };
                out.push(Line::new(format!("{prefix}{piece}"), line.at));
            }
        }
        out
    }

    fn expand_line(
        &mut self,
        text: &str,
        folder: &str,
        at: usize,
        is_text: bool,
        stack: &[String],
    ) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let (before, found) = rest.split_at(start);
            let directive = found.get(2..).and_then(|inner| {
                let inner = inner.get(..inner.find("}}")?)?;
                Some((inner.len() + 4, inner.trim_start().strip_prefix('#')?.trim()))
            });
            let Some((length, directive)) = directive else {
                out += before;
                out += "{{";
                rest = found.get(2..).unwrap_or_default();
                continue;
            };
            let whole = found.get(..length).unwrap_or_default();
            if let Some(before) = before.strip_suffix('\\') {
                out += before;
                out += whole;
            } else {
                out += before;
                out += &self.replacement(whole, directive, folder, at, is_text, stack);
            }
            rest = found.get(length..).unwrap_or_default();
        }
        out + rest
    }

    fn replacement(
        &mut self,
        whole: &str,
        directive: &str,
        folder: &str,
        at: usize,
        is_text: bool,
        stack: &[String],
    ) -> String {
        let (name, arguments) =
            directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
        let arguments = arguments.trim();
        match name {
            "include" | "rustdoc_include" => {
                let (path, extent) = target(arguments);
                let is_whole = name == "include";
                let around = if is_whole { Around::LeftOut } else { self.around };
                self.included(whole, path, &Wanted { extent, around }, folder, at, stack)
            }
            "playground" | "playpen" => {
                let (path, _) =
                    arguments.split_once(char::is_whitespace).unwrap_or((arguments, ""));
                let extent = Extent::Lines(0..usize::MAX);
                let wanted = Wanted { extent, around: Around::LeftOut };
                let code = self.included(whole, path, &wanted, folder, at, stack);
                format!("```rust\n{}\n```", code.trim_end_matches('\n'))
            }
            "title" => {
                self.note(at, whole, "left out: the lesson keeps its title from `SUMMARY.md`");
                String::new()
            }
            _ => {
                if is_text {
                    self.note(
                        at,
                        whole,
                        "kept as it is written: a preprocessor gives it a meaning",
                    );
                }
                whole.to_owned()
            }
        }
    }

    fn included(
        &mut self,
        whole: &str,
        path: &str,
        wanted: &Wanted,
        folder: &str,
        at: usize,
        stack: &[String],
    ) -> String {
        let Some(source) = resolve(folder, path) else {
            self.note(at, whole, "left out: it leads out of the book's folder");
            return String::new();
        };
        if stack.contains(&source) || source == self.page {
            self.note(at, whole, "left out: the file includes itself");
            return String::new();
        }
        if stack.len() >= MAX_DEPTH {
            self.note(at, whole, "left out: files include files more than ten deep");
            return String::new();
        }
        if self.read_bytes > MAX_READ_BYTES {
            self.note(at, whole, "left out: the page reads more than 64 MiB of other files");
            return String::new();
        }
        let text = match self.folder.text(&source) {
            Ok(text) => text,
            Err(problem) => {
                self.note(at, whole, &format!("left out: `{source}` {problem}"));
                return String::new();
            }
        };
        self.read_bytes += text.len();
        let taken = taken(&lines_of(&text), wanted);
        if let (Extent::Anchor(anchor), true) = (&wanted.extent, taken.is_empty()) {
            self.note(at, whole, &format!("left out: `{source}` has no anchor `{anchor}`"));
        }
        let stack: Vec<String> = stack.iter().cloned().chain([source.clone()]).collect();
        let mut out: Vec<String> = Vec::new();
        for line in taken {
            self.bytes += line.len();
            if self.bytes > MAX_BYTES {
                self.note(at, whole, "cut short: the page would be larger than 8 MiB");
                break;
            }
            out.push(self.expand_line(&line, parent(&source), at, false, &stack));
        }
        out.join("\n")
    }

    fn note(&mut self, at: usize, whole: &str, why: &str) {
        self.notes.add(self.page, at, quoted(whole), why);
    }
}

/// `path`, `path:anchor`, `path:3`, `path:3:`, `path::9`, `path:3:9`
fn target(arguments: &str) -> (&str, Extent) {
    let (path, extent) = arguments.split_once(':').unwrap_or((arguments, ""));
    let (first, last) = match extent.split_once(':') {
        Some((first, last)) => (first, Some(last)),
        None => (extent, None),
    };
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let extent = match (number(first), last) {
        (Some(line), None) => Extent::Lines(line.saturating_sub(1)..line),
        (Some(first), Some(last)) => {
            Extent::Lines(first.saturating_sub(1)..number(last).unwrap_or(usize::MAX))
        }
        (None, Some(last)) if first.trim().is_empty() => {
            Extent::Lines(0..number(last).unwrap_or(usize::MAX))
        }
        (None, _) if first.trim().is_empty() => Extent::Lines(0..usize::MAX),
        (None, _) => Extent::Anchor(first.trim().to_owned()),
    };
    (path.trim(), extent)
}

/// The wanted lines, without the comments that mark anchors.
fn taken(lines: &[Line], wanted: &Wanted) -> Vec<String> {
    let extent = &wanted.extent;
    let mut is_any = false;
    let mut is_inside = !matches!(extent, Extent::Anchor(_));
    let mut taken = Vec::new();
    for (index, Line { text, .. }) in lines.iter().enumerate() {
        if let Some(name) = marked(text, "ANCHOR_END:") {
            is_inside &= !matches!(extent, Extent::Anchor(anchor) if *anchor == name);
        } else if let Some(name) = marked(text, "ANCHOR:") {
            is_inside |= matches!(extent, Extent::Anchor(anchor) if *anchor == name);
        } else {
            let is_wanted = match extent {
                Extent::Lines(range) => range.contains(&index),
                Extent::Anchor(_) => is_inside,
            };
            is_any |= is_wanted;
            if is_wanted {
                taken.push(text.clone());
            } else if wanted.around == Around::Hidden {
                taken.push(format!("# {text}").trim_end().to_owned());
            }
        }
    }
    if is_any { taken } else { Vec::new() }
}

/// Whether a block is Rust by the words behind its fence.
fn is_rust(info: &str) -> bool {
    info.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{')).next() == Some("rust")
}

/// The name behind `ANCHOR:` or `ANCHOR_END:`.
fn marked(line: &str, word: &str) -> Option<String> {
    let (_, name) = line.split_once(word)?;
    let fits = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let name: String = name.trim_start().chars().take_while(fits).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = "use x;\n// ANCHOR: all\nfn main() {\n    // ANCHOR: here\n    a();\n    \
                           // ANCHOR_END: here\n}\n// ANCHOR_END: all\n";

    fn check(page: &str, expected: &str) -> Vec<String> {
        let outer = tempfile::tempdir().unwrap();
        let files = [
            ("listing.rs", LISTING),
            ("src/a.md", "before {{#include deep/b.md}} after\n"),
            ("src/deep/b.md", "B {{#include ../../listing.rs:here}}"),
            ("src/cycle.md", "{{#include cycle2.md}}"),
            ("src/cycle2.md", "x {{#include cycle.md}}"),
            ("secret", "secret"),
        ];
        for (name, text) in files {
            let name = if name == "secret" { name.to_owned() } else { format!("book/{name}") };
            let path = outer.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        std::fs::write(outer.path().join("book/src/latin.md"), [0xe9]).unwrap();
        let folder = BookFolder::open(&outer.path().join("book")).unwrap();
        let mut notes = Notes::default();
        let lines = Directives::new(&folder, "src/page.md", &mut notes).expand(lines_of(page));
        assert_eq!(super::super::super::line::joined(&lines), expected, "{page}");
        notes.into_sorted().into_iter().map(|note| format!("{} {}", note.what, note.why)).collect()
    }

    #[test]
    fn anchors_and_lines_are_taken_and_their_marks_left_behind() {
        check("{{#include ../listing.rs:here}}", "    a();\n");
        check("{{#rustdoc_include ../listing.rs:all}}", "fn main() {\n    a();\n}\n");
        check("{{#include ../listing.rs:3}}", "fn main() {\n");
        check("{{ #include ../listing.rs:3:5 }}", "fn main() {\n    a();\n");
        check("{{#include ../listing.rs::3}}", "use x;\nfn main() {\n");
        check("{{#include ../listing.rs:7:}}", "}\n");
        check("> {{#include ../listing.rs:all}}", "> fn main() {\n>     a();\n> }\n");
        check(
            "{{#playground ../listing.rs editable}}",
            "```rust\nuse x;\nfn main() {\n    a();\n}\n```\n",
        );
    }

    #[test]
    fn what_stands_around_a_part_of_rust_is_hidden_and_not_lost() {
        check(
            "```rust,ignore\n{{#rustdoc_include ../listing.rs:here}}\n```\n",
            "```rust,ignore\n# use x;\n# fn main() {\n    a();\n# }\n```\n",
        );
        check(
            "```text\n{{#rustdoc_include ../listing.rs:here}}\n```\n",
            "```text\n    a();\n```\n",
        );
    }

    #[test]
    fn included_pages_include_from_their_own_folder() {
        check("{{#include a.md}}", "before B     a(); after\n");
    }

    #[test]
    fn a_page_of_small_pieces_of_a_long_file_is_not_read_for_ever() {
        let book = tempfile::tempdir().unwrap();
        std::fs::write(
            book.path().join("long.rs"),
            format!("x\n{}", "y".repeat(4 * 1024 * 1024 - 2)),
        )
        .unwrap();
        let folder = BookFolder::open(book.path()).unwrap();
        let mut notes = Notes::default();
        let page = "{{#include long.rs:1}}\n".repeat(19);
        let lines = Directives::new(&folder, "page.md", &mut notes).expand(lines_of(&page));
        assert_eq!(lines.iter().filter(|line| line.text == "x").count(), 17);
        let notes: Vec<String> = notes.into_sorted().into_iter().map(|note| note.why).collect();
        assert_eq!(notes, ["left out: the page reads more than 64 MiB of other files"]);
    }

    #[test]
    fn an_example_stays_an_example() {
        check("\\{{#include a.md}} {{x}} {{", "{{#include a.md}} {{x}} {{\n");
    }

    #[test]
    fn what_can_not_be_included_is_noted_and_left_out() {
        for (page, note) in [
            ("{{#include none.rs}}", "`{{#include none.rs}}` left out: `src/none.rs` is not there"),
            (
                "{{#include ../../secret}}",
                "`{{#include ../../secret}}` left out: it leads out of the book's folder",
            ),
            (
                "{{#include latin.md}}",
                "`{{#include latin.md}}` left out: `src/latin.md` is not UTF-8 text",
            ),
            (
                "{{#include ../listing.rs:gone}}",
                "`{{#include ../listing.rs:gone}}` left out: `listing.rs` has no anchor `gone`",
            ),
            (
                "{{#title New}}",
                "`{{#title New}}` left out: the lesson keeps its title from `SUMMARY.md`",
            ),
        ] {
            assert_eq!(check(page, "\n"), [note]);
        }
        assert_eq!(
            check("{{#include cycle.md}}", "x \n"),
            ["`{{#include cycle.md}}` left out: the file includes itself"]
        );
        assert_eq!(
            check("{{#quiz a.toml}}", "{{#quiz a.toml}}\n"),
            ["`{{#quiz a.toml}}` kept as it is written: a preprocessor gives it a meaning"]
        );
        assert!(check("```\n{{#if x}}\n```", "```\n{{#if x}}\n```\n").is_empty());
    }
}
