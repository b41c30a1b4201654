//! Reads the pictures of a school: how large they are, whether they are safe to
//! publish, and which smaller copies a phone is spared the original by.
//!
//! Where a picture is published is decided elsewhere; here are only pixels.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use contracts::digest::Digest;

use crate::cache::{Cache, MemoryCache};
use crate::image::room::Room;
use crate::source::{SourceFile, SourcePath};

mod container;
mod encode;
pub(crate) mod metadata;
mod raster;
mod room;
mod svg;

/// Above this many pixels a picture is refused before it is decoded: a few
/// kilobytes of PNG can unpack into all the memory there is.
pub const MAX_PIXELS: u64 = 64_000_000;

/// Above this length a file is refused before it is read.
pub const MAX_BYTES: u64 = 64_000_000;

/// More than a minute, for which a film is a tenth as long.
pub const MAX_FRAMES: usize = 2000;

/// Pictures already read in this build, by the digest of their bytes.
#[derive(Debug)]
pub struct Pictures {
    memo: Mutex<HashMap<(Digest, Kind), Memo>>,
    cache: Arc<dyn Cache>,
    avif: Avif,
    room: Room,
}

/// Whether copies are encoded as AVIF too. They are the smallest ones, and take
/// seconds where WebP takes a blink.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Avif {
    /// The school wants none.
    Never,
    /// Only what an earlier build made is used: a save is to be seen at once.
    #[default]
    IfKept,
    /// What is missing is made.
    Make,
}

type Memo = Arc<OnceLock<Result<Arc<Picture>, PictureError>>>;

/// A picture that may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width and height as shown, in CSS pixels; `None` for a drawing without a size.
    pub size: Option<(u32, u32)>,
    /// Smaller copies as WebP, the narrowest first; none for drawings, animations
    /// and what is small already.
    pub webp: Vec<PictureCopy>,
    /// The same as AVIF: a copy of every width, or none where a single one would be
    /// larger than its WebP.
    pub avif: Vec<PictureCopy>,
}

/// A smaller copy of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureCopy {
    /// Its width in pixels.
    pub width: u32,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// BLAKE3 of the bytes.
    pub digest: Digest,
}

/// What copies are encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// AVIF, the smaller one.
    Avif,
    /// WebP, which every browser shows.
    Webp,
}

/// Why a picture can't be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The file changed or vanished during the build.
    #[error("can't be read: {0}")]
    Unreadable(String),
    /// It is none of the kinds that browsers show and we can measure.
    #[error("is not a PNG, JPEG, GIF, WebP or SVG picture")]
    Unsupported,
    /// It is broken.
    #[error("is damaged: {0}")]
    Damaged(String),
    /// It would unpack into too much memory.
    #[error("has {width} × {height} pixels, more than {} million", MAX_PIXELS / 1_000_000)]
    TooLarge {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// Its file is too long to be looked at.
    #[error("has {bytes} bytes, more than {} million", MAX_BYTES / 1_000_000)]
    TooLong {
        /// Its length.
        bytes: u64,
    },
    /// An animation that a phone would have to unpack picture by picture.
    #[error("is an animation of {frames} pictures, more than {MAX_FRAMES}; make a film of it")]
    TooManyFrames {
        /// How many pictures it has.
        frames: usize,
    },
    /// A drawing that could run code or call out.
    #[error("is an SVG that holds {0}, which is not allowed")]
    Unsafe(Forbidden),
}

/// What an SVG must not hold: it is served from the school's own address, so
/// a script in it could act as the learner who opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forbidden {
    /// An element that runs code or embeds a page.
    Element(String),
    /// An attribute that runs code.
    Attribute(String),
    /// An address outside of the file.
    Reference(String),
    /// A definition of entities, which can grow without bound.
    Entities,
    /// An element that draws itself once more.
    Circle,
    /// More elements than a phone can draw.
    Elements {
        /// How many there may be.
        most: u64,
    },
    /// Elements inside of elements without end.
    Depth {
        /// How many there may be in one another.
        most: usize,
    },
    /// More namespaces than can be told apart.
    Namespaces {
        /// How many there may be at once.
        most: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Raster,
    Drawing,
    /// Made of pixels, and not looked at further than for its parts.
    Linked,
}

impl Default for Pictures {
    fn default() -> Self {
        Self::new(Arc::new(MemoryCache::default()), Avif::default())
    }
}

impl Picture {
    /// A picture without copies.
    pub(crate) fn alone(size: Option<(u32, u32)>) -> Self {
        Self { size, webp: Vec::new(), avif: Vec::new() }
    }

    /// Its copies in one format.
    #[must_use]
    pub fn copies(&self, format: Format) -> &[PictureCopy] {
        match format {
            Format::Avif => &self.avif,
            Format::Webp => &self.webp,
        }
    }

    /// Whether the WebP copies do for every screen, so that a browser need not look
    /// at the original: the widest that there can be is among them.
    #[must_use]
    pub fn webp_suffices(&self) -> bool {
        let widest = self.size.and_then(raster::widest_copy);
        widest.is_some() && self.webp.last().map(|copy| copy.width) == widest
    }
}

impl Format {
    /// Both, in the order in which a browser is to look at them.
    pub const ALL: [Self; 2] = [Self::Avif, Self::Webp];

    /// How files in it are named.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Avif => "avif",
            Self::Webp => "webp",
        }
    }
}

impl Pictures {
    /// Pictures whose copies are kept in a cache, or taken from it.
    #[must_use]
    pub fn new(cache: Arc<dyn Cache>, avif: Avif) -> Self {
        Self { memo: Mutex::default(), cache, avif, room: Room::default() }
    }

    /// Reads a picture, or remembers it. Two threads that ask for the same one
    /// wait for one of them.
    pub fn read(&self, path: &SourcePath, file: &SourceFile) -> Result<Arc<Picture>, PictureError> {
        self.remembered(if is_drawing(path) { Kind::Drawing } else { Kind::Raster }, file)
    }

    /// Whether a file that pages link to, but don't show, may be published. A picture
    /// whose parts can't be told apart may not: what it says beside its pixels would
    /// stay in it.
    pub fn may_be_linked(&self, path: &SourcePath, file: &SourceFile) -> Result<(), PictureError> {
        if is_drawing(path) {
            self.remembered(Kind::Drawing, file).map(drop)
        } else if metadata::may_say_more(path) {
            self.remembered(Kind::Linked, file).map(drop)
        } else {
            Ok(())
        }
    }

    fn remembered(&self, kind: Kind, file: &SourceFile) -> Result<Arc<Picture>, PictureError> {
        // A panic while the lock is held can't leave half an entry behind.
        let memo = self
            .memo
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry((file.digest, kind))
            .or_default()
            .clone();
        // Nothing in here may hand work to rayon: a thread that waits for it could
        // pick up a page with this very picture, and wait for itself.
        memo.get_or_init(|| {
            match kind {
                Kind::Raster => self.raster(file),
                Kind::Drawing => svg::read(&bytes_of(file)?),
                Kind::Linked => container::pieces(&bytes_of(file)?).map(|_| Picture::alone(None)),
            }
            .map(Arc::new)
        })
        .clone()
    }
}

fn bytes_of(file: &SourceFile) -> Result<Vec<u8>, PictureError> {
    if file.len > MAX_BYTES {
        return Err(PictureError::TooLong { bytes: file.len });
    }
    file.read().map_err(|error| PictureError::Unreadable(error.to_string()))
}

/// Whether the file is an SVG by its name, which is what decides the media type
/// it is served with.
#[must_use]
pub fn is_drawing(path: &SourcePath) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg"))
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(name) => write!(f, "the element `<{name}>`"),
            Self::Attribute(name) => write!(f, "the attribute `{name}`"),
            Self::Reference(to) => write!(f, "a reference to `{to}`"),
            Self::Entities => f.write_str("definitions of entities"),
            Self::Circle => f.write_str("a `<use>` of what it stands in"),
            Self::Elements { most } => {
                write!(f, "more than {most} elements, counting what `<use>` repeats")
            }
            Self::Depth { most } => write!(f, "more than {most} elements inside of each other"),
            Self::Namespaces { most } => write!(f, "more than {most} namespaces at once"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_read_once_and_a_renamed_drawing_is_no_raster() {
        let pictures = Pictures::default();
        let file = SourceFile::held(
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"3\"/>",
        );
        let drawing = pictures.read(&SourcePath::new("content/a.SVG"), &file).unwrap();
        let again = pictures.read(&SourcePath::new("content/b.svg"), &file).unwrap();
        assert!(Arc::ptr_eq(&drawing, &again));
        assert_eq!(drawing.size, Some((4, 3)));
        let renamed = pictures.read(&SourcePath::new("content/a.png"), &file);
        assert_eq!(renamed, Err(PictureError::Unsupported));
    }

    #[test]
    fn every_refusal_says_what_is_wrong() {
        for (error, text) in [
            (PictureError::Unsupported, "is not a PNG, JPEG, GIF, WebP or SVG picture"),
            (
                PictureError::TooLarge { width: 50_000, height: 50_000 },
                "has 50000 × 50000 pixels, more than 64 million",
            ),
            (PictureError::Damaged("x".into()), "is damaged: x"),
            (PictureError::Unreadable("x".into()), "can't be read: x"),
            (
                PictureError::Unsafe(Forbidden::Element("script".into())),
                "is an SVG that holds the element `<script>`, which is not allowed",
            ),
            (
                PictureError::Unsafe(Forbidden::Attribute("onload".into())),
                "is an SVG that holds the attribute `onload`, which is not allowed",
            ),
            (
                PictureError::Unsafe(Forbidden::Reference("http://a.test/b".into())),
                "is an SVG that holds a reference to `http://a.test/b`, which is not allowed",
            ),
            (
                PictureError::Unsafe(Forbidden::Entities),
                "is an SVG that holds definitions of entities, which is not allowed",
            ),
            (
                PictureError::Unsafe(Forbidden::Circle),
                "is an SVG that holds a `<use>` of what it stands in, which is not allowed",
            ),
            (
                PictureError::Unsafe(Forbidden::Elements { most: 500_000 }),
                "is an SVG that holds more than 500000 elements, counting what `<use>` repeats, \
                 which is not allowed",
            ),
            (
                PictureError::Unsafe(Forbidden::Depth { most: 256 }),
                "is an SVG that holds more than 256 elements inside of each other, which is not \
                 allowed",
            ),
            (
                PictureError::Unsafe(Forbidden::Namespaces { most: 100 }),
                "is an SVG that holds more than 100 namespaces at once, which is not allowed",
            ),
            (
                PictureError::TooLong { bytes: 67_108_865 },
                "has 67108865 bytes, more than 64 million",
            ),
            (
                PictureError::TooManyFrames { frames: 3000 },
                "is an animation of 3000 pictures, more than 2000; make a film of it",
            ),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
