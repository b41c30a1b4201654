//! Why a folder can't be read as a book at all. What is wrong with one of its
//! pages is a note.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use super::Kind;

/// Why a file of the book can't be read; it completes "`x` …".
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is no such file.
    #[error("is not there")]
    Missing,
    /// The path, or a link on it, leads elsewhere.
    #[error("leads out of the book's folder")]
    Outside,
    /// A folder, or something that is no file at all.
    #[error("is not a file")]
    NotAFile,
    /// Larger than so many MiB.
    #[error("is larger than {0} MiB")]
    TooLarge(u64),
    /// Text was asked for.
    #[error("is not UTF-8 text")]
    NotUtf8,
    /// No text that a person wrote has one, and no lesson may.
    #[error("has a NUL character in it")]
    Nul,
    /// The system refused.
    #[error("can't be read: {0}")]
    Io(io::ErrorKind),
}

/// Why there is no course.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The folder can't be opened.
    #[error("failed to open the book in `{}`", path.display())]
    Folder {
        /// As it was given.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something else has this name.
    #[error("`{}` is not a folder", path.display())]
    NotAFolder {
        /// As it was given.
        path: PathBuf,
    },
    /// The folder has no settings of this kind of book.
    #[error("there {}", match .0 {
        Kind::Mdbook => "is no `book.toml`",
        Kind::Mkdocs => "is no `mkdocs.yml`",
        Kind::Hugo => "are no settings of a Hugo site",
        Kind::Docusaurus => "is no `docusaurus.config.js`",
        Kind::Jekyll => "is no `_config.yml`",
    })]
    NoSettings(Kind),
    /// An mdBook without its summary.
    #[error("the book has no contents: `{path}` {problem}")]
    NoContents {
        /// Where the summary should be.
        path: String,
        /// Why it can't be read.
        problem: Unreadable,
    },
    /// The settings are there and can't be read.
    #[error("failed to read the book: `{path}` {problem}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why it can't be read.
        problem: Unreadable,
    },
    /// The settings are no table of settings.
    #[error("failed to read the book: `{path}` can't be understood")]
    NotUnderstood {
        /// The file.
        path: String,
    },
    /// The settings are not in the format that their name says.
    #[error("failed to read the book's `{path}`")]
    Settings {
        /// The file.
        path: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// One of the settings is not in the format that it should be.
    #[error("failed to read `{name}` in `{path}`")]
    Setting {
        /// The key.
        name: String,
        /// The file.
        path: String,
        /// Where and why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The book has no page.
    #[error("the book lists no page that can be read")]
    NoPage,
}

impl BookError {
    /// What to do about it, if we know.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NotAFolder { .. } => "name the folder that the site is built from",
            Self::NoContents { .. } => "name the folder that holds `book.toml`",
            Self::NoSettings(kind) => match kind {
                Kind::Mdbook => "name the folder that holds `book.toml`",
                Kind::Mkdocs => "name the folder that holds `mkdocs.yml`",
                Kind::Hugo => "name the folder that holds `hugo.toml` or `config.toml`",
                Kind::Docusaurus => "name the folder that holds `docusaurus.config.js`",
                Kind::Jekyll => "name the folder that holds `_config.yml`",
            },
            Self::NoPage => "is this the folder of the book?",
            Self::Folder { .. }
            | Self::Unreadable { .. }
            | Self::NotUnderstood { .. }
            | Self::Settings { .. }
            | Self::Setting { .. } => return None,
        })
    }
}
