//! The files that a document refers to: which stay public and which are gated,
//! what each is called and where it is fetched.
//!
//! A document is written with one shelf for each of its parts. The shelf of the
//! gated part knows what the public one holds and never the other way round, so
//! that nothing gated can become public here.

use std::collections::{BTreeMap, BTreeSet};

use contracts::digest::Digest;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use crate::document::DocumentAsset;
use crate::site::Content;

/// What a path segment of a URL can't hold as it is.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Where the files of one part are fetched.
#[derive(Debug, Clone, Copy)]
pub(super) enum Room<'a> {
    /// At their fingerprinted address below the school's.
    Public(&'a Url),
    /// Below the address at which the edge serves the lesson.
    Gated(&'a str),
}

/// The files of one part of a document.
pub(super) struct Shelf<'a> {
    room: Room<'a>,
    /// Files that are public anyway, and where.
    already_public: BTreeMap<Digest, String>,
    assets: Vec<DocumentAsset>,
    links: BTreeMap<Digest, String>,
    /// Names in lower case: some archives and disks don't tell the cases apart.
    names: BTreeSet<String>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(room: Room<'a>) -> Self {
        Self {
            room,
            already_public: BTreeMap::new(),
            assets: Vec::new(),
            links: BTreeMap::new(),
            names: BTreeSet::new(),
        }
    }

    /// The shelf of the gated part that belongs to this public one.
    pub(super) fn gated(&self, learn_link: &'a str) -> Self {
        Self { already_public: self.links.clone(), ..Self::new(Room::Gated(learn_link)) }
    }

    /// Puts a file on the shelf and answers its address. `None` if no published
    /// file can have such a name.
    pub(super) fn place(&mut self, name: &str, digest: Digest, content: Content) -> Option<String> {
        if let Some(link) = self.already_public.get(&digest).or_else(|| self.links.get(&digest)) {
            return Some(link.clone());
        }
        let name = self.free_name(name)?;
        let link = match self.room {
            Room::Public(base) => {
                let key = ObjectKey::Asset { digest, name: name.clone() };
                SitePath::parse(&key.path()).ok()?.url_path(base)
            }
            Room::Gated(learn_link) => {
                format!("{learn_link}{}", utf8_percent_encode(name.as_str(), SEGMENT))
            }
        };
        self.names.insert(name.as_str().to_lowercase());
        self.links.insert(digest, link.clone());
        self.assets.push(DocumentAsset { name, content, digest });
        Some(link)
    }

    pub(super) fn into_assets(self) -> Vec<DocumentAsset> {
        self.assets
    }

    /// `figure.png`, or `figure-2.png` if another file has taken that.
    fn free_name(&self, name: &str) -> Option<SitePath> {
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) => (stem, format!(".{extension}")),
            None => (name, String::new()),
        };
        (1_usize..)
            .map(|n| if n == 1 { name.to_owned() } else { format!("{stem}-{n}{extension}") })
            .find(|name| !self.names.contains(&name.to_lowercase()))
            .filter(|name| !name.contains('/'))
            .and_then(|name| SitePath::parse(&name).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::digest;

    fn place(shelf: &mut Shelf<'_>, name: &str, bytes: &[u8]) -> Option<String> {
        shelf.place(name, digest(bytes), Content::Bytes(bytes.into()))
    }

    #[test]
    fn a_public_file_is_fingerprinted_below_the_school() {
        let base = Url::parse("https://school.test/sub/").unwrap();
        let mut shelf = Shelf::new(Room::Public(&base));
        let link = place(&mut shelf, "图 1.png", b"a").unwrap();
        let short = digest(b"a").short().to_string();
        assert_eq!(link, format!("/sub/assets/%E5%9B%BE%201.{short}.png"));
    }

    #[test]
    fn gated_names_are_unique_and_a_file_is_placed_once() {
        let mut shelf = Shelf::new(Room::Gated("/learn/c/l/"));
        assert_eq!(place(&mut shelf, "a b.png", b"1").as_deref(), Some("/learn/c/l/a%20b.png"));
        assert_eq!(place(&mut shelf, "A B.png", b"2").as_deref(), Some("/learn/c/l/A%20B-2.png"));
        assert_eq!(place(&mut shelf, "x.png", b"1").as_deref(), Some("/learn/c/l/a%20b.png"));
        let names: Vec<String> =
            shelf.into_assets().into_iter().map(|asset| asset.name.to_string()).collect();
        assert_eq!(names, ["a b.png", "A B-2.png"]);
    }

    #[test]
    fn what_is_public_stays_public_and_what_is_gated_stays_gated() {
        let base = Url::parse("https://school.test/").unwrap();
        let mut public = Shelf::new(Room::Public(&base));
        let shared = place(&mut public, "shared.png", b"shared");
        let mut gated = public.gated("/learn/c/l/");
        assert_eq!(place(&mut gated, "shared.png", b"shared"), shared);
        assert_eq!(place(&mut gated, "own.png", b"own").as_deref(), Some("/learn/c/l/own.png"));
        assert_eq!((public.into_assets().len(), gated.into_assets().len()), (1, 1));
    }

    #[test]
    fn a_name_that_can_not_be_published_has_no_address() {
        let mut shelf = Shelf::new(Room::Gated("/learn/c/l/"));
        for name in ["", ".env", "a?b", "a/b"] {
            assert_eq!(place(&mut shelf, name, b"x"), None, "{name}");
        }
    }
}
