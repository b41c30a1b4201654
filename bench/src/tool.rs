//! Who is compared, and what of the comparison each of them can't show.

use clap::ValueEnum;

use crate::book::Book;
use crate::content::Content;

/// Who builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Tool {
    /// Lyceum with the theme of the comparison and without precompressed copies.
    Lyceum,
    /// Lyceum as it comes.
    LyceumFull,
    /// Hugo.
    Hugo,
    /// Eleventy with Prism and KaTeX.
    Eleventy,
    /// mdBook, a book for each course.
    Mdbook,
    /// Zensical with Pygments.
    Zensical,
}

/// What a page shows that not every generator can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// A sentence about the lesson in the page's head.
    Description,
    /// The part of the text that everybody may read, without the rest.
    Teaser,
    /// Code in colours before any script runs.
    Highlighting,
    /// Width and height of pictures.
    PictureSize,
    /// Formulas before any script runs.
    Formula,
}

impl Tool {
    /// Everybody.
    pub(crate) const ALL: [Self; 6] =
        [Self::Lyceum, Self::LyceumFull, Self::Hugo, Self::Eleventy, Self::Mdbook, Self::Zensical];

    /// Its word on the command line, in tables and in names of folders.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Lyceum => "lyceum",
            Self::LyceumFull => "lyceum-full",
            Self::Hugo => "hugo",
            Self::Eleventy => "eleventy",
            Self::Mdbook => "mdbook",
            Self::Zensical => "zensical",
        }
    }

    /// Whether its pages can show this; the README says why not.
    pub(crate) fn shows(self, feature: Feature) -> bool {
        match self {
            Self::Lyceum | Self::LyceumFull | Self::Hugo => true,
            Self::Eleventy => feature != Feature::Teaser,
            Self::Mdbook => false,
            Self::Zensical => matches!(feature, Feature::Description | Feature::Highlighting),
        }
    }

    /// Whether it reads this, or a form of it.
    pub(crate) fn reads(self, content: Content) -> bool {
        match (content, self) {
            (Content::Made(_), _) | (Content::Real(_), Self::Lyceum | Self::LyceumFull) => true,
            (Content::Real(book), tool) => match book {
                Book::RustBook => tool == Self::Mdbook,
                Book::OiWiki => tool == Self::Zensical,
            },
        }
    }
}
