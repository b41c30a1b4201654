//! A small school, published into a folder as the store publishes any.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use contracts::access::Access;
use contracts::digest::Digest;
use contracts::frame::{FrameName, HOLE_END, HOLE_START};
use contracts::id::{CourseId, LessonId, ProductId, Slug};
use contracts::language::Language;
use contracts::manifest::{
    CourseEntry, Edition, LessonEntry, Manifest, ObjectEntry, SchoolEntry, Version,
};
use contracts::message::Message;
use contracts::object_key::{Encoding, ObjectKey};
use contracts::product::Product;
use contracts::site_path::SitePath;
use jiff::Timestamp;
use store::config::{S3Access, StoreConfig};
use store::handover::Handover;
use store::release::key::ReleaseKey;
use store::release::publish;
use store::store::{Payload, Store};
use url::Url;

pub(crate) const PAID_TEXT: &str = "the borrow checker sings at midnight";
pub(crate) const PAID_TEXT_ZH: &str = "借用检查器在午夜歌唱";
/// What an author may attach without a bad thought, and a browser would run.
pub(crate) const ACTIVE: &str = "<script>document.cookie</script>";
pub(crate) const VIDEO: &[u8] = &[7; 5000];

/// The files of a release and what the manifest says about them.
#[derive(Default)]
pub(crate) struct Fixture {
    files: Vec<(ObjectKey, Bytes)>,
}

pub(crate) fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn path(text: &str) -> SitePath {
    SitePath::parse(text).unwrap()
}

fn digest(bytes: &[u8]) -> Digest {
    Digest::from_bytes(*blake3::hash(bytes).as_bytes())
}

pub(crate) fn lesson_id(text: &str) -> LessonId {
    LessonId::parse(text).unwrap()
}

/// Both sides of a folder store below `folder`.
pub(crate) fn store_config(folder: &Path) -> StoreConfig {
    let side = |name: &str| Url::from_directory_path(folder.join(name)).unwrap().to_string();
    StoreConfig::parse(&side("public"), &side("private"), S3Access::default()).unwrap()
}

impl Fixture {
    fn add(&mut self, key: ObjectKey, bytes: impl Into<Bytes>) -> ObjectKey {
        self.files.push((key.clone(), bytes.into()));
        key
    }

    fn page(&mut self, at: &str, html: &str) -> SitePath {
        self.add(ObjectKey::Page { path: path(at) }, html.to_owned());
        path(at)
    }

    fn gated_page(&mut self, at: &str) -> SitePath {
        let html = format!(
            "<html><main><div id=\"lesson-body\">{HOLE_START}<p>locked</p>{HOLE_END}</div></main></html>"
        );
        self.page(at, &html)
    }

    fn body(&mut self, lesson: &str, html: &str) -> ObjectKey {
        let key = ObjectKey::Body { lesson: lesson_id(lesson), digest: digest(html.as_bytes()) };
        self.add(key, html.to_owned())
    }

    fn lesson_asset(&mut self, lesson: &str, name: &str, bytes: &[u8]) -> ObjectKey {
        let lesson = lesson_id(lesson);
        let key = ObjectKey::LessonAsset { lesson, digest: digest(bytes), name: path(name) };
        self.add(key, bytes.to_vec())
    }

    fn frames(&mut self) -> BTreeMap<FrameName, BTreeMap<Language, ObjectKey>> {
        let mut frames = BTreeMap::new();
        for name in FrameName::ALL {
            let mut by_language = BTreeMap::new();
            for tag in ["en", "zh"] {
                let html = format!(
                    "<html lang=\"{tag}\"><h1>{}</h1><form>{HOLE_START}{HOLE_END}</form></html>",
                    name.as_str()
                );
                let digest = digest(html.as_bytes());
                let key = ObjectKey::Frame { name, language: language(tag), digest };
                by_language.insert(language(tag), self.add(key, html));
            }
            frames.insert(name, by_language);
        }
        frames
    }

    fn rust_lessons(&mut self) -> BTreeMap<LessonId, LessonEntry> {
        let course = CourseId::parse("rust").unwrap();
        let lesson = |slug: &str, access, publish_at: Option<&str>, editions| LessonEntry {
            course: course.clone(),
            slug: Slug::parse(slug).unwrap(),
            access,
            publish_at: publish_at.map(|at| at.parse().unwrap()),
            expires_at: None,
            editions,
        };
        let free = Edition {
            title: "Intro".to_owned(),
            page: self.page("courses/rust/intro/index.html", "<p>free for all</p>"),
            body: None,
            video: None,
            captions: BTreeMap::new(),
            assets: BTreeMap::new(),
        };
        let paid = Edition {
            title: "Ownership".to_owned(),
            page: self.gated_page("courses/rust/ownership/index.html"),
            body: Some(self.body("own-1", &format!("<p>{PAID_TEXT}</p>"))),
            video: Some(self.lesson_asset("own-1", "talk.mp4", VIDEO)),
            captions: BTreeMap::from([(
                language("en"),
                self.lesson_asset("own-1", "talk.en.vtt", b"WEBVTT\n"),
            )]),
            assets: BTreeMap::from([
                (path("figure.png"), self.lesson_asset("own-1", "figure.png", b"png")),
                (path("notes.html"), self.lesson_asset("own-1", "notes.html", ACTIVE.as_bytes())),
            ]),
        };
        let paid_zh = Edition {
            title: "所有权".to_owned(),
            page: self.gated_page("zh/courses/rust/ownership/index.html"),
            body: Some(self.body("own-1", &format!("<p>{PAID_TEXT_ZH}</p>"))),
            video: None,
            captions: BTreeMap::new(),
            assets: BTreeMap::new(),
        };
        let later = Edition {
            title: "Later".to_owned(),
            page: self.gated_page("courses/rust/later/index.html"),
            body: Some(self.body("later-1", "<p>the future</p>")),
            video: None,
            captions: BTreeMap::new(),
            assets: BTreeMap::new(),
        };
        let since = Edition {
            body: Some(self.body("since-1", "<p>the past</p>")),
            page: self.gated_page("courses/rust/since/index.html"),
            ..later.clone()
        };
        let en = |edition| BTreeMap::from([(language("en"), edition)]);
        let both = BTreeMap::from([(language("en"), paid), (language("zh"), paid_zh)]);
        let over = Edition {
            body: Some(self.body("over-1", "<p>the end</p>")),
            page: self.gated_page("courses/rust/over/index.html"),
            ..since.clone()
        };
        let mut closed = lesson("over", Access::Paid, None, en(over));
        closed.expires_at = Some("2021-01-01T00:00:00Z".parse().unwrap());
        BTreeMap::from([
            (lesson_id("over-1"), closed),
            (lesson_id("intro-1"), lesson("intro", Access::Free, None, en(free))),
            (lesson_id("own-1"), lesson("ownership", Access::Paid, None, both)),
            (
                lesson_id("later-1"),
                lesson("later", Access::Free, Some("2999-01-01T00:00:00Z"), en(later)),
            ),
            (
                lesson_id("since-1"),
                lesson("since", Access::Free, Some("2020-01-01T00:00:00Z"), en(since)),
            ),
        ])
    }

    fn site(&mut self, style: &str) {
        let home = self.page("index.html", "<p>home</p>");
        self.page("404.html", "<p>nothing here</p>");
        self.page("zh/404.html", "<p>这里没有</p>");
        let of = Box::new(ObjectKey::Page { path: home });
        for (encoding, bytes) in [(Encoding::Br, "br bytes"), (Encoding::Gzip, "gz bytes")] {
            self.add(ObjectKey::Precompressed { of: of.clone(), encoding }, bytes);
        }
        let name = path("style.css");
        self.add(ObjectKey::Asset { digest: digest(style.as_bytes()), name }, style.to_owned());
        self.page("所有/index.html", "<p>all</p>");
        self.page("feed.xml", "<feed/>");
        for name in ["widget.html", "drawing.svg", "data.xml", "photo.png", "paper.pdf"] {
            let name = path(name);
            self.add(ObjectKey::Asset { digest: digest(ACTIVE.as_bytes()), name }, ACTIVE);
        }
        // Its address looks like that of the account in a language `instructors`.
        self.page("instructors/account/index.html", "<p>keeping accounts</p>");
    }

    /// Two old addresses of a paid lesson.
    fn redirects(&mut self) -> BTreeMap<SitePath, SitePath> {
        let mut old = |from: &str, to: &str| (self.page(from, "<p>moved</p>"), path(to));
        BTreeMap::from([
            old("courses/rust/所有/index.html", "courses/rust/ownership/index.html"),
            old("zh/courses/rust/所有/index.html", "zh/courses/rust/ownership/index.html"),
            old("old.html", "courses/rust/ownership/index.html"),
        ])
    }

    /// The whole school.
    pub(crate) fn school() -> (Self, Manifest) {
        Self::school_in("body{}")
    }

    /// The whole school in another style, and so in another release.
    pub(crate) fn school_in(style: &str) -> (Self, Manifest) {
        let mut fixture = Self::default();
        fixture.site(style);
        let lessons = fixture.rust_lessons();
        let frames = fixture.frames();
        let course = CourseId::parse("rust").unwrap();
        let product = ProductId::parse("rust").unwrap();
        let title = BTreeMap::from([(language("en"), "Rust <& more>".to_owned())]);
        let page = fixture.page("courses/rust/index.html", "<p>course</p>");
        let redirects = fixture.redirects();
        let entry = CourseEntry {
            slug: Slug::parse("rust").unwrap(),
            title: title.clone(),
            pages: BTreeMap::from([(language("en"), page)]),
            products: vec![product.clone()],
            lessons: lessons.keys().cloned().collect(),
        };
        let product_entry = Product {
            id: product.clone(),
            title,
            prices: vec![],
            courses: BTreeSet::from([course.clone()]),
        };
        let manifest = Manifest {
            version: Version,
            school: SchoolEntry {
                title: "Test School".to_owned(),
                base_url: Url::parse("https://school.test/").unwrap(),
                languages: vec![language("en"), language("zh")],
            },
            courses: BTreeMap::from([(course, entry)]),
            lessons,
            products: BTreeMap::from([(product, product_entry)]),
            frames,
            messages: messages(),
            removed: Default::default(),
            redirects,
            objects: fixture.objects(),
        };
        (fixture, manifest)
    }

    fn objects(&self) -> Vec<ObjectEntry> {
        let mut objects: Vec<_> = self
            .files
            .iter()
            .map(|(key, bytes)| ObjectEntry {
                key: key.clone(),
                digest: digest(bytes),
                bytes: bytes.len() as u64,
            })
            .collect();
        objects.sort_by_key(|entry| (entry.key.audience(), entry.key.path()));
        objects
    }

    /// Publishes it below `folder`.
    pub(crate) async fn publish(self, manifest: &Manifest, folder: &Path, key: &ReleaseKey) {
        let store = Store::open(&store_config(folder)).unwrap();
        let uploads =
            self.files.into_iter().map(|(key, bytes)| publish_upload(key, bytes)).collect();
        publish(&store, uploads, manifest, key, Timestamp::now(), |_| ()).await.unwrap();
    }
}

impl Fixture {
    /// Hands it over, as an author's side does.
    pub(crate) fn hand_over(self, manifest: Manifest, handover: &Handover) {
        let files = self.files;
        let contents = move |_: usize, entry: &ObjectEntry| {
            let (_, bytes) = files.iter().find(|(key, _)| *key == entry.key)?;
            Some(Payload::Bytes(bytes.clone()))
        };
        handover.give(manifest, Arc::new(contents)).unwrap();
    }
}

fn publish_upload(key: ObjectKey, bytes: Bytes) -> store::release::Upload {
    store::release::Upload {
        key,
        digest: digest(&bytes),
        bytes: bytes.len() as u64,
        payload: Payload::Bytes(bytes),
    }
}

fn messages() -> BTreeMap<Language, BTreeMap<String, String>> {
    let texts = |tag: &str| {
        let text = |message: Message| match message {
            Message::MailText => format!("{tag} {{school}} {{link}} {{code}} {{minutes}}"),
            Message::MailSubject => format!("{tag} sign in to {{school}}"),
            Message::SignedInAs => format!("{tag} you are {{email}}"),
            other => format!("{tag} {}", other.key()),
        };
        Message::ALL.iter().map(|message| (message.key().to_owned(), text(*message))).collect()
    };
    ["en", "zh"].iter().map(|tag| (language(tag), texts(tag))).collect()
}
