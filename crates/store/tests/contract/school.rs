//! A small school whose files are given in a line each, for tests that
//! publish: the names of the product, without the compiler.

use std::collections::BTreeMap;

use contracts::digest::Digest;
use contracts::frame::FrameName;
use contracts::id::LessonId;
use contracts::language::Language;
use contracts::manifest::{Manifest, ObjectEntry, SchoolEntry, Version};
use contracts::object_key::{Encoding, ObjectKey};
use contracts::site_path::SitePath;

// The suite and the tests inside the crate both stand above this file, each
// with its own way to these names.
use super::{Payload, Upload};

/// The files of a school, in the order in which they were named.
#[derive(Debug, Clone, Default)]
pub(crate) struct School {
    files: Vec<Upload>,
}

impl School {
    pub(crate) fn file(mut self, key: ObjectKey, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        self.files.push(Upload {
            key,
            digest: digest(&bytes),
            bytes: bytes.len() as u64,
            payload: Payload::Bytes(bytes.into()),
        });
        self
    }

    /// A public page.
    pub(crate) fn page(self, at: &str, text: &str) -> Self {
        self.file(page(at), text)
    }

    /// A public page with a compressed copy beside it.
    pub(crate) fn compressed_page(self, at: &str, text: &str) -> Self {
        let copy = ObjectKey::Precompressed { of: Box::new(page(at)), encoding: Encoding::Gzip };
        self.page(at, text).file(copy, format!("gzip of {text}"))
    }

    /// A hashed public file.
    pub(crate) fn asset(self, name: &str, text: &str) -> Self {
        self.file(asset(name, text), text)
    }

    /// The body of a paid lesson.
    pub(crate) fn body(self, lesson: &str, text: &str) -> Self {
        self.file(body(lesson, text), text)
    }

    /// The frame of the account page.
    pub(crate) fn account(self, text: &str) -> Self {
        let key = ObjectKey::Frame {
            name: FrameName::Account,
            language: english(),
            digest: digest(text.as_bytes()),
        };
        self.file(key, text)
    }

    pub(crate) fn uploads(&self) -> Vec<Upload> {
        self.files.clone()
    }

    pub(crate) fn manifest(&self) -> Manifest {
        let mut frames = BTreeMap::<_, BTreeMap<_, _>>::new();
        for file in &self.files {
            if let ObjectKey::Frame { name, language, .. } = &file.key {
                frames.entry(*name).or_default().insert(language.clone(), file.key.clone());
            }
        }
        Manifest {
            version: Version,
            school: SchoolEntry {
                title: "School".to_owned(),
                base_url: url::Url::parse("https://school.test/").unwrap(),
                languages: vec![english()],
            },
            courses: BTreeMap::new(),
            lessons: BTreeMap::new(),
            products: BTreeMap::new(),
            frames,
            messages: BTreeMap::new(),
            redirects: BTreeMap::new(),
            removed: Default::default(),
            objects: self
                .files
                .iter()
                .map(|file| ObjectEntry {
                    key: file.key.clone(),
                    digest: file.digest,
                    bytes: file.bytes,
                })
                .collect(),
        }
    }
}

pub(crate) fn english() -> Language {
    Language::parse("en").unwrap()
}

pub(crate) fn path(text: &str) -> SitePath {
    SitePath::parse(text).unwrap()
}

pub(crate) fn digest(bytes: &[u8]) -> Digest {
    Digest::from_bytes(*blake3::hash(bytes).as_bytes())
}

pub(crate) fn page(at: &str) -> ObjectKey {
    ObjectKey::Page { path: path(at) }
}

pub(crate) fn asset(name: &str, text: &str) -> ObjectKey {
    ObjectKey::Asset { digest: digest(text.as_bytes()), name: path(name) }
}

pub(crate) fn body(lesson: &str, text: &str) -> ObjectKey {
    let lesson = LessonId::parse(lesson).unwrap();
    ObjectKey::Body { lesson, digest: digest(text.as_bytes()) }
}

/// A first and a second state of one school: something stays, something
/// changes, something goes and something comes.
pub(crate) fn first() -> School {
    School::default()
        .asset("style.css", "body { color: black }")
        .body("ownership", "the first paid text")
        .account("<main>account</main>")
        .compressed_page("index.html", "welcome")
        .page("about/index.html", "about us")
        .page("courses/所有权/index.html", "a Chinese course")
}

pub(crate) fn second() -> School {
    School::default()
        .asset("style.css", "body { color: green }")
        .body("ownership", "the second paid text")
        .account("<main>account</main>")
        .compressed_page("index.html", "WELCOME")
        .page("courses/所有权/index.html", "a Chinese course")
        .page("news/index.html", "news")
}

pub(crate) fn third() -> School {
    School::default()
        .asset("style.css", "body { color: white }")
        .account("<main>account</main>")
        .page("index.html", "farewell")
}
