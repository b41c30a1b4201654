//! The real courses: where they are, and a line of each of their texts by which a
//! page of it is known, whoever built it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use walkdir::{DirEntry, WalkDir};

/// A course that other people wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Book {
    /// The Rust Programming Language, written for mdBook.
    RustBook,
    /// Three parts of OI Wiki, in Chinese, written for `MkDocs`.
    OiWiki,
}

/// Lines shorter than this may stand in several texts.
const LEAST_BYTES: usize = 48;

/// What means something to a notation or is made typographic by one.
const MARKS: &str = "`*_[]<>|#&'\"\\{}~:$()!^=+/-–…@;,，";

impl Book {
    /// Its word on the command line, in tables and in names of folders.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::RustBook => "rust-book",
            Self::OiWiki => "oi-wiki",
        }
    }

    /// What `lyceum import` calls its form.
    pub(crate) fn form(self) -> &'static str {
        match self {
            Self::RustBook => "mdbook",
            Self::OiWiki => "mkdocs",
        }
    }

    /// Its language.
    pub(crate) fn language(self) -> &'static str {
        match self {
            Self::RustBook => "en",
            Self::OiWiki => "zh",
        }
    }

    /// Where it is below the folder of the courses.
    pub(crate) fn folder(self, courses: &Path) -> Result<PathBuf> {
        let folder = courses.join(self.word());
        if !folder.is_dir() {
            bail!("there is no `{}`; say with `--courses` where it is", folder.display());
        }
        Ok(folder)
    }

    /// A line of plain prose of each text that has one, in the order of the files.
    pub(crate) fn lines(self, courses: &Path) -> Result<Vec<String>> {
        let folder = self.folder(courses)?;
        let listed = match self {
            Self::RustBook => {
                let path = folder.join("src/SUMMARY.md");
                Some(fs::read_to_string(path).context("failed to read `SUMMARY.md`")?)
            }
            Self::OiWiki => None,
        };
        let texts = match self {
            Self::RustBook => folder.join("src"),
            Self::OiWiki => folder.join("docs"),
        };
        let mut lines = Vec::new();
        for path in texts_below(&texts)? {
            let name = path.strip_prefix(&texts).unwrap_or(&path).to_string_lossy();
            // What no chapter list names is not built.
            if listed.as_ref().is_some_and(|listed| !listed.contains(&format!("({name})"))) {
                continue;
            }
            let text = fs::read_to_string(&path)
                .with_context(|| format!("failed to read `{}`", path.display()))?;
            lines.extend(plain_line(&text).map(str::to_owned));
        }
        Ok(lines)
    }
}

/// The Markdown files below a folder, in the order of their paths.
pub(crate) fn texts_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = WalkDir::new(folder).sort_by_file_name().into_iter();
    files
        .map(|entry| entry.map(DirEntry::into_path).context("failed to look for texts"))
        .filter(|path| {
            let is_text = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "md");
            path.as_ref().map_or(true, is_text)
        })
        .collect()
}

/// A line that every notation shows as it stands.
fn plain_line(text: &str) -> Option<&str> {
    let mut fence = false;
    text.lines().find(|line| {
        fence ^= line.trim_start().starts_with("```");
        let starts_plain = line.starts_with(char::is_alphabetic);
        let is_plain = !line.contains(|mark| MARKS.contains(mark)) && !line.contains("...");
        !fence && starts_plain && is_plain && line.len() >= LEAST_BYTES && *line == line.trim_end()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_plain_if_no_notation_changes_it() {
        let long = "This is a line that stands in no other text and has no marks at all.";
        let text =
            format!("# Title\n\n```\n{long} In code\n```\nIt's short.\n    {long}\n{long}\n");
        assert_eq!(plain_line(&text), Some(long));
        assert_eq!(plain_line(&format!("{long} It is *strong*.")), None);
    }
}
