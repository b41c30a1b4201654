//! Which lines of a file a code fence takes in: `include="main.rs#anchor"`,
//! `include="main.rs:3-7"`.
//!
//! Pure text, apart from the renderer, since the proof must know the same lines:
//! those that a public page takes in are public, and no others of that file.

use crate::source::{SourcePath, SourceTree};

/// Why a file can't be taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum IncludeError {
    /// Nothing is named.
    #[error("names no file")]
    Empty,
    /// It stands elsewhere than in the school's content.
    #[error("leads out of `content/`")]
    Outside,
    /// There is no such file.
    #[error("is not there")]
    Missing(SourcePath),
    /// A page has its own readers, and would get those of another one.
    #[error("is a page, and a page is not taken into another one")]
    Page,
    /// It is no text.
    #[error("is no text")]
    NoText,
    /// The lines are not `3`, `3-7`, `3-` or `-7`.
    #[error("has no lines `{0}`")]
    Lines(String),
    /// The file has no such anchor.
    #[error("has no line `ANCHOR: {0}`")]
    Anchor(String),
}

/// What the author wrote, taken apart.
struct Request<'a> {
    path: &'a str,
    part: Part<'a>,
}

enum Part<'a> {
    Whole,
    Anchor(&'a str),
    Lines(&'a str),
}

/// The file that is meant, whether it may be taken in or not.
pub(crate) fn path(from: &SourcePath, written: &str) -> Option<SourcePath> {
    from.resolve(Request::of(written).path)
}

/// How many bytes are read to find the lines that are meant.
pub(crate) fn read_bytes(tree: &SourceTree, from: &SourcePath, written: &str) -> usize {
    let file = path(from, written).and_then(|path| tree.get(&path));
    file.map_or(0, |file| usize::try_from(file.len).unwrap_or(usize::MAX))
}

/// The lines that are meant, without the anchors in them.
pub(crate) fn lines(
    tree: &SourceTree,
    from: &SourcePath,
    written: &str,
) -> Result<String, IncludeError> {
    let Request { path, part } = Request::of(written);
    if path.is_empty() {
        return Err(IncludeError::Empty);
    }
    let path = from.resolve(path).ok_or(IncludeError::Outside)?;
    if !path.as_str().starts_with("content/") {
        return Err(IncludeError::Outside);
    }
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md")) {
        return Err(IncludeError::Page);
    }
    if !tree.contains(&path) {
        return Err(IncludeError::Missing(path));
    }
    let text = tree.text(&path).map_err(|_| IncludeError::NoText)?;
    let all: Vec<&str> = text.lines().collect();
    let part = match part {
        Part::Whole => all.as_slice(),
        Part::Anchor(name) => {
            anchored(&all, name).ok_or_else(|| IncludeError::Anchor(name.to_owned()))?
        }
        Part::Lines(range) => {
            ranged(&all, range).ok_or_else(|| IncludeError::Lines(range.to_owned()))?
        }
    };
    Ok(dedented(part.iter().copied().filter(|line| anchor(line).is_none())))
}

impl<'a> Request<'a> {
    fn of(written: &'a str) -> Self {
        if let Some((path, name)) = written.split_once('#') {
            return Request { path, part: Part::Anchor(name) };
        }
        match written.rsplit_once(':') {
            Some((path, lines)) => Request { path, part: Part::Lines(lines) },
            None => Request { path: written, part: Part::Whole },
        }
    }
}

/// The lines between `ANCHOR: name` and `ANCHOR_END: name`, or to the end.
fn anchored<'l, 't>(all: &'l [&'t str], name: &str) -> Option<&'l [&'t str]> {
    let start = all.iter().position(|line| anchor(line) == Some(("ANCHOR:", name)))? + 1;
    let rest = all.get(start..)?;
    let end = rest.iter().position(|line| anchor(line) == Some(("ANCHOR_END:", name)));
    rest.get(..end.unwrap_or(rest.len()))
}

/// The mark of an anchor, and its name.
fn anchor(line: &str) -> Option<(&'static str, &str)> {
    ["ANCHOR:", "ANCHOR_END:"].into_iter().find_map(|mark| {
        let (before, rest) = line.split_once(mark)?;
        let is_own = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let name = rest.split_whitespace().next()?;
        is_own.then_some((mark, name))
    })
}

/// Lines counted from 1: `3`, `3-7`, `3-`, `-7`.
fn ranged<'l, 't>(all: &'l [&'t str], range: &str) -> Option<&'l [&'t str]> {
    let number = |text: &str, default: usize| match text.trim() {
        "" => Some(default),
        text => text.parse().ok(),
    };
    let (start, end) = match range.split_once('-') {
        Some((start, end)) => (number(start, 1)?, number(end, all.len())?),
        None => {
            let line = range.trim().parse().ok()?;
            (line, line)
        }
    };
    all.get(start.checked_sub(1)?..end).filter(|lines| !lines.is_empty())
}

/// The lines without the white space that all of them begin with.
fn dedented<'t>(lines: impl Iterator<Item = &'t str> + Clone) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let full = lines.clone().filter(|line| !line.trim().is_empty());
    let common = full.map(indent).min().unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        text.push_str(line.get(common..).unwrap_or_default());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "fn main() {\n    // ANCHOR: body\n    let a = 1;\n\n        b();\n    // ANCHOR_END: body\n}\n";

    fn take(written: &str) -> Result<String, IncludeError> {
        let tree = SourceTree::from_files([
            ("content/c/code/main.rs", CODE.as_bytes()),
            ("content/c/other.md", b"paid"),
            ("content/c/x.bin", b"\xff\xfe"),
            ("site.toml", b"title = 1"),
        ]);
        lines(&tree, &SourcePath::new("content/c/lesson.md"), written)
    }

    #[test]
    fn a_file_is_taken_in_whole_by_anchor_or_by_lines() {
        let body = "let a = 1;\n\n    b();\n";
        assert_eq!(
            take("code/main.rs").unwrap(),
            "fn main() {\n    let a = 1;\n\n        b();\n}\n"
        );
        assert_eq!(take("code/main.rs#body").unwrap(), body);
        assert_eq!(take("code/main.rs:3-5").unwrap(), body);
        assert_eq!(take("code/main.rs:3").unwrap(), "let a = 1;\n");
        assert_eq!(take("code/main.rs:7-").unwrap(), "}\n");
        assert_eq!(take("code/main.rs:-1").unwrap(), "fn main() {\n");
    }

    #[test]
    fn what_is_not_there_or_not_ours_is_refused() {
        for (written, error) in [
            ("", IncludeError::Empty),
            ("#a", IncludeError::Empty),
            ("../../site.toml", IncludeError::Outside),
            ("../../../../etc/passwd", IncludeError::Outside),
            ("other.md", IncludeError::Page),
            ("x.bin", IncludeError::NoText),
            ("no.rs", IncludeError::Missing(SourcePath::new("content/c/no.rs"))),
            ("code/main.rs#no", IncludeError::Anchor("no".to_owned())),
            ("code/main.rs:9", IncludeError::Lines("9".to_owned())),
            ("code/main.rs:0", IncludeError::Lines("0".to_owned())),
            ("code/main.rs:5-3", IncludeError::Lines("5-3".to_owned())),
            ("code/main.rs:a", IncludeError::Lines("a".to_owned())),
            (
                "code/main.rs:99999999999999999999",
                IncludeError::Lines("99999999999999999999".to_owned()),
            ),
        ] {
            assert_eq!(take(written), Err(error), "{written}");
        }
    }
}
