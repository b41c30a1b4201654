//! Every kind of object that is ever stored.
//!
//! The key alone decides who may read an object and for how long it may be
//! cached: each answer is an exhaustive `match`, so a new kind of object can't
//! be added half.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::access::Audience;
use crate::cache_policy::CachePolicy;
use crate::digest::Digest;
use crate::frame::FrameName;
use crate::id::{LessonId, ReleaseId};
use crate::language::Language;
use crate::site_path::SitePath;

/// Names one stored object.
///
/// File names inside keys are single-segment [`SitePath`]s.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ObjectKey {
    /// A public page or document (HTML, feed, sitemap) at its own address,
    /// overwritten by each release.
    Page {
        /// Where it stands in the site.
        path: SitePath,
    },
    /// A public file whose address holds its digest: styles, scripts, images,
    /// and the media of free lessons.
    Asset {
        /// Digest of the bytes.
        digest: Digest,
        /// The name the author gave it, last segment only.
        name: SitePath,
    },
    /// A compressed copy of a page or an asset, beside the original.
    Precompressed {
        /// What was compressed.
        of: Box<ObjectKey>,
        /// How.
        encoding: Encoding,
    },
    /// The HTML fragment of a gated lesson in one language.
    Body {
        /// Whose body.
        lesson: LessonId,
        /// Digest of the bytes.
        digest: Digest,
    },
    /// A video, caption, image or download of a gated lesson.
    LessonAsset {
        /// Whose file.
        lesson: LessonId,
        /// Digest of the bytes.
        digest: Digest,
        /// The name the author gave it, last segment only.
        name: SitePath,
    },
    /// A page of the theme with a hole, which the edge fills.
    Frame {
        /// Which page.
        name: FrameName,
        /// In which language.
        language: Language,
        /// Digest of the bytes.
        digest: Digest,
    },
    /// A copy of a public page that is never overwritten, for frames and rollback.
    /// Releases whose pages have the same bytes share it.
    PageCopy {
        /// Digest of the bytes.
        digest: Digest,
    },
    /// The manifest of a release.
    Manifest {
        /// Whose manifest.
        release: ReleaseId,
    },
    /// The pointer to the release that learners see now.
    Current,
    /// The note of a publication under way. It is there only while the public
    /// pages may be those of no single release.
    Publication,
}

/// How a copy is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Brotli, `.br`.
    Br,
    /// Gzip, `.gz`.
    Gzip,
}

impl Encoding {
    /// The token in `Content-Encoding`.
    #[must_use]
    pub fn token(self) -> &'static str {
        match self {
            Self::Br => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The file extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Br => "br",
            Self::Gzip => "gz",
        }
    }
}

impl ObjectKey {
    /// Who may receive the bytes; the store picks the bucket from it.
    #[must_use]
    pub fn audience(&self) -> Audience {
        match self {
            Self::Page { .. } | Self::Asset { .. } => Audience::Everyone,
            Self::Precompressed { of, .. } => of.audience(),
            Self::Body { .. } | Self::LessonAsset { .. } => Audience::Entitled,
            Self::Frame { .. }
            | Self::PageCopy { .. }
            | Self::Manifest { .. }
            | Self::Current
            | Self::Publication => Audience::Internal,
        }
    }

    /// The path inside the bucket of its audience, `/`-separated.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Page { path } => path.to_string(),
            Self::Asset { digest, name } => format!("assets/{}", fingerprinted(name, digest)),
            Self::Precompressed { of, encoding } => {
                format!("{}.{}", of.path(), encoding.extension())
            }
            Self::Body { lesson, digest } => {
                format!("lessons/{lesson}/body.{}.html", digest.short())
            }
            Self::LessonAsset { lesson, digest, name } => {
                format!("lessons/{lesson}/assets/{}", fingerprinted(name, digest))
            }
            Self::Frame { name, language, digest } => {
                format!("frames/{}.{language}.{}.html", name.as_str(), digest.short())
            }
            // All of the digest: a page of any address may take this place.
            Self::PageCopy { digest } => format!("pages/{digest}"),
            Self::Manifest { release } => format!("releases/{release}/manifest.json"),
            Self::Current => "current.json".to_owned(),
            Self::Publication => "publication.json".to_owned(),
        }
    }

    /// The media type, with a charset where there is text.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self {
            Self::Page { path } => media_type(path.extension().unwrap_or_default()),
            // Read by programs alone: what it copies has a type.
            Self::PageCopy { .. } => "application/octet-stream",
            Self::Asset { name, .. } | Self::LessonAsset { name, .. } => {
                media_type(name.extension().unwrap_or_default())
            }
            Self::Precompressed { of, .. } => of.content_type(),
            Self::Body { .. } | Self::Frame { .. } => "text/html; charset=utf-8",
            Self::Manifest { .. } | Self::Current | Self::Publication => "application/json",
        }
    }

    /// How the bytes are encoded, for `Content-Encoding`.
    #[must_use]
    pub fn content_encoding(&self) -> Option<Encoding> {
        match self {
            Self::Precompressed { encoding, .. } => Some(*encoding),
            Self::Page { .. }
            | Self::Asset { .. }
            | Self::Body { .. }
            | Self::LessonAsset { .. }
            | Self::Frame { .. }
            | Self::PageCopy { .. }
            | Self::Manifest { .. }
            | Self::Current
            | Self::Publication => None,
        }
    }

    /// How long a cache may keep the bytes.
    #[must_use]
    pub fn cache_policy(&self) -> CachePolicy {
        match self {
            Self::Page { .. } => CachePolicy::Revalidate,
            Self::Asset { .. } => CachePolicy::Immutable,
            Self::Precompressed { of, .. } => of.cache_policy(),
            Self::Body { .. } | Self::LessonAsset { .. } => CachePolicy::Private,
            Self::Frame { .. }
            | Self::PageCopy { .. }
            | Self::Manifest { .. }
            | Self::Current
            | Self::Publication => CachePolicy::NoStore,
        }
    }

    /// Whether the path holds the digest of the bytes, so that the object is
    /// written once and never overwritten.
    #[must_use]
    pub fn is_content_addressed(&self) -> bool {
        match self {
            Self::Asset { .. }
            | Self::Body { .. }
            | Self::LessonAsset { .. }
            | Self::Frame { .. }
            | Self::PageCopy { .. } => true,
            Self::Precompressed { of, .. } => of.is_content_addressed(),
            Self::Page { .. } | Self::Manifest { .. } | Self::Current | Self::Publication => false,
        }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// `cover.png` becomes `cover.1f2e3d4c5b6a7988.png`.
fn fingerprinted(name: &SitePath, digest: &Digest) -> String {
    match name.as_str().rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{}.{extension}", digest.short()),
        None => format!("{name}.{}", digest.short()),
    }
}

/// The media types of what a school publishes. Anything else is sent as bytes
/// to be saved, never as something a browser would run.
fn media_type(extension: &str) -> &'static str {
    match extension.to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "xml" => "application/xml; charset=utf-8",
        "txt" | "md" | "rs" | "py" | "toml" | "yml" | "yaml" | "c" | "cpp" | "h" => {
            "text/plain; charset=utf-8"
        }
        "csv" => "text/csv; charset=utf-8",
        "vtt" => "text/vtt; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "opus" => "audio/ogg",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::parse(text).unwrap()
    }

    fn digest() -> Digest {
        Digest::from_bytes([0xab; 32])
    }

    #[test]
    fn a_paid_body_is_entitled_and_private_whatever_its_name() {
        let lesson = LessonId::parse("ownership").unwrap();
        let keys = [
            ObjectKey::Body { lesson: lesson.clone(), digest: digest() },
            ObjectKey::LessonAsset { lesson, digest: digest(), name: path("index.html") },
        ];
        for key in keys {
            assert_eq!(key.audience(), Audience::Entitled, "{key}");
            assert_eq!(key.cache_policy(), CachePolicy::Private, "{key}");
        }
    }

    #[test]
    fn a_copy_follows_what_it_copies() {
        let page = ObjectKey::Page { path: path("courses/a/index.html") };
        let copy = ObjectKey::Precompressed { of: Box::new(page), encoding: Encoding::Br };
        assert_eq!(copy.path(), "courses/a/index.html.br");
        assert_eq!(copy.content_type(), "text/html; charset=utf-8");
        assert_eq!(copy.content_encoding(), Some(Encoding::Br));
        assert_eq!(copy.audience(), Audience::Everyone);
    }

    #[test]
    fn the_copy_of_a_page_is_for_programs_and_named_by_all_of_its_digest() {
        let key = ObjectKey::PageCopy { digest: digest() };
        assert_eq!(key.path(), format!("pages/{}", "ab".repeat(32)));
        assert_eq!(
            (key.audience(), key.cache_policy()),
            (Audience::Internal, CachePolicy::NoStore)
        );
        assert!(key.is_content_addressed());
    }

    #[test]
    fn an_asset_is_fingerprinted_before_its_extension() {
        let key = ObjectKey::Asset { digest: digest(), name: path("cover.tar.gz") };
        assert_eq!(key.path(), "assets/cover.tar.abababababababab.gz");
        assert_eq!(key.cache_policy(), CachePolicy::Immutable);
    }

    #[test]
    fn an_unknown_kind_or_field_in_a_manifest_is_refused() {
        for json in [
            r#"{"kind":"blob","path":"a"}"#,
            r#"{"kind":"page","path":"a","audience":"everyone"}"#,
            r#"{"kind":"page","path":"../a"}"#,
        ] {
            assert!(serde_json::from_str::<ObjectKey>(json).is_err(), "{json}");
        }
        let json = serde_json::to_string(&ObjectKey::Page { path: path("a.html") }).unwrap();
        assert_eq!(json, r#"{"kind":"page","path":"a.html"}"#);
    }
}
