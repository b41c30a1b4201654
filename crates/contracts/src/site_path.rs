//! Where a public file stands inside the site.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// A file's path in the public site, `/`-separated and relative, not
/// percent-encoded: `courses/rust/ownership/index.html`.
///
/// It can't be absolute, climb out, name a dot file or hold a control character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SitePath(String);

/// The text can't be the path of a public file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a relative path of plain names", .0.escape_debug())]
pub struct SitePathError(String);

impl SitePath {
    /// Checks each segment; 1024 bytes at most, the limit of S3 keys.
    pub fn parse(text: &str) -> Result<Self, SitePathError> {
        let plain = |segment: &str| {
            !segment.is_empty()
                && !segment.starts_with('.')
                && !segment.chars().any(|c| c.is_control() || matches!(c, '\\' | '?' | '#'))
        };
        if text.len() <= 1024 && text.split('/').all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(SitePathError(text.to_owned()))
        }
    }

    /// The path itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the last dot of the file name, if there is one.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        let name = self.0.rsplit('/').next()?;
        name.rsplit_once('.').map(|(_, extension)| extension)
    }

    /// The path-absolute URL, percent-encoded; `index.html` is its folder.
    ///
    /// `base` supplies the folder the school lives under, if it isn't the root.
    #[must_use]
    pub fn url_path(&self, base: &Url) -> String {
        self.url(base).path().to_owned()
    }

    /// The full public URL.
    #[must_use]
    pub fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        let folder = match self.0.strip_suffix("index.html") {
            Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
            _ => &self.0,
        };
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(folder.split('/'));
        }
        url
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SitePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::parse(text).unwrap()
    }

    #[test]
    fn an_index_page_is_its_folder() {
        let root = Url::parse("https://school.test/").unwrap();
        let below = Url::parse("https://school.test/learn").unwrap();
        assert_eq!(path("index.html").url(&root).as_str(), "https://school.test/");
        assert_eq!(path("courses/a/index.html").url_path(&below), "/learn/courses/a/");
        assert_eq!(path("404.html").url_path(&root), "/404.html");
        assert_eq!(path("所有/index.html").url_path(&root), "/%E6%89%80%E6%9C%89/");
    }

    #[test]
    fn no_path_climbs_out_or_names_a_dot_file() {
        for text in ["", "/a", "a//b", "../a", "a/./b", ".git/HEAD", "a\\b", "a\nb", "a/", "a?b"] {
            assert!(SitePath::parse(text).is_err(), "{text:?}");
        }
        assert!(SitePath::parse(&"a/".repeat(600)).is_err());
    }
}
