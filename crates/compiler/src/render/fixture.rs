//! A small school by hand, for tests of what comes after parsing.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::access::Access;
use contracts::id::{CourseId, LessonId, Slug};
use contracts::language::Language;
use contracts::money::{Currency, Money};
use contracts::site_path::SitePath;
use url::Url;

use crate::document::{Document, DocumentAsset, GatedHtml, Heading, PublicHtml};
use crate::glossary::Glossary;
use crate::level::Level;
use crate::school::{
    Course, CourseEdition, Instructor, InstructorEdition, Label, Lesson, LessonEdition, Markdown,
    Page, PageEdition, School, Section, SectionEdition,
};
use crate::site::{Content, digest};
use crate::site_config::{Images, NavigationLink, PublishTarget, SiteConfig};
use crate::source::{SourcePath, SourceTree};
use crate::text::Documents;

/// The text that no public file may hold.
pub(crate) const SECRET: &str = "the borrow checker is a friend of the patient";

/// A school with what was rendered of it and the files it refers to.
pub(crate) struct Fixture {
    pub(crate) school: School,
    pub(crate) documents: Documents,
    pub(crate) tree: SourceTree,
}

pub(crate) fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<Language, String> {
    pairs.iter().map(|(tag, text)| (language(tag), (*text).to_owned())).collect()
}

fn markdown(path: &str) -> Markdown {
    Markdown { path: SourcePath::new(path), file: Arc::from(""), start: 0 }
}

fn heading(level: u8, text: &str) -> Heading {
    Heading { level, id: text.to_lowercase().replace(' ', "-"), text: text.to_owned() }
}

impl Fixture {
    /// Two languages, a paid course with a preview, a video, a dated lesson and
    /// a Chinese translation, and a free one in English alone.
    pub(crate) fn new() -> Self {
        let mut fixture = Self {
            school: School {
                config: config(),
                instructors: BTreeMap::from([(slug("ada"), instructor())]),
                courses: vec![paid_course(), free_course()],
                pages: vec![about_page()],
                data: crate::data::Data::default(),
                paths: Vec::new(),
                glossary: Glossary::default(),
                redirects: Vec::new(),
                removed: Default::default(),
            },
            documents: Documents::new(),
            tree: SourceTree::from_files([
                ("content/rust/01-memory/ownership.mp4", b"video".as_slice()),
                ("content/rust/01-memory/ownership.en.vtt", b"WEBVTT\n"),
                ("content/rust/01-memory/hello.mp4", b"free video"),
                ("themes/lyceum/README.txt", b"ours"),
            ]),
        };
        fixture.public("content/rust/course.md", "<p>Learn Rust.</p>");
        fixture.public("content/rust/course.zh.md", "<p>学 Rust。</p>");
        fixture.public("content/rust/01-memory/hello.md", "<h2 id=\"a\">A</h2><p>Free text.</p>");
        fixture.gated("content/rust/01-memory/ownership.md", "<p>Preview.</p>", SECRET);
        fixture.gated("content/rust/01-memory/ownership.zh.md", "<p>预览。</p>", SECRET);
        fixture.gated("content/rust/01-memory/later.md", "", SECRET);
        fixture.public("content/git/course.md", "<p>Learn git.</p>");
        fixture.public("content/git/start.md", "<p>Commit.</p>");
        fixture.public("content/instructors/ada.md", "<p>She wrote the first program.</p>");
        fixture.public("content/pages/about.md", "<p>About us.</p>");
        fixture
    }

    fn public(&mut self, path: &str, html: &str) {
        let document = Document {
            public: PublicHtml(html.to_owned()),
            headings: vec![heading(2, "First part"), heading(2, "Second part")],
            reading_minutes: 4,
            ..Document::default()
        };
        self.documents.insert(SourcePath::new(path), document);
    }

    fn gated(&mut self, path: &str, preview: &str, secret: &str) {
        let picture: Arc<[u8]> = Arc::from(b"a paid picture".as_slice());
        let asset = DocumentAsset {
            name: SitePath::parse("figure.png").unwrap(),
            digest: digest(&picture),
            content: Content::Bytes(picture),
        };
        let document = Document {
            public: PublicHtml(preview.to_owned()),
            gated: Some(GatedHtml(format!("{preview}<p>{secret}</p>"))),
            gated_assets: vec![asset],
            reading_minutes: 61,
            ..Document::default()
        };
        self.documents.insert(SourcePath::new(path), document);
    }
}

fn config() -> SiteConfig {
    SiteConfig {
        title: texts(&[("en", "Harbour School"), ("zh", "港口学校")]),
        description: texts(&[("en", "Courses for people who build."), ("zh", "给动手的人。")]),
        base_url: Url::parse("https://school.test/").unwrap(),
        default_language: language("en"),
        languages: vec![language("en"), language("zh")],
        theme: "lyceum".to_owned(),
        currency: Currency::parse("CNY").unwrap(),
        navigation: vec![NavigationLink {
            title: texts(&[("en", "About"), ("zh", "关于")]),
            url: "/about/".to_owned(),
        }],
        precompress: false,
        llms_txt: true,
        search: true,
        unsafe_html: false,
        images: Images { avif: true, keep_metadata: false },
        courses_per_page: 24,
        external: crate::site_config::External::default(),
        publish: PublishTarget::default(),
        cjk: crate::slug::Cjk::Keep,
        defaults: crate::site_config::defaults::Defaults::default(),
        check: crate::diagnostic::policy::Policy::default(),
    }
}

fn instructor() -> Instructor {
    Instructor {
        slug: slug("ada"),
        git: Vec::new(),
        avatar: None,
        editions: BTreeMap::from([(
            language("en"),
            InstructorEdition {
                name: "Ada Lovelace".to_owned(),
                headline: Some("Writes programs".to_owned()),
                body: markdown("content/instructors/ada.md"),
            },
        )]),
    }
}

fn about_page() -> Page {
    Page {
        slug: slug("about"),
        editions: BTreeMap::from([(
            language("en"),
            PageEdition {
                title: "About".to_owned(),
                description: Some("Who we are".to_owned()),
                body: markdown("content/pages/about.md"),
            },
        )]),
    }
}

fn course_edition(title: &str, description: &str, path: &str) -> CourseEdition {
    CourseEdition {
        title: title.to_owned(),
        description: description.to_owned(),
        category: None,
        objectives: Vec::new(),
        body: markdown(path),
    }
}

fn lesson(id: &str, access: Access, editions: &[(&str, &str, &str)]) -> Lesson {
    let edition = |(tag, title, path): &(&str, &str, &str)| {
        let edition = LessonEdition {
            title: (*title).to_owned(),
            summary: Some(format!("What {title} is about")),
            objectives: Vec::new(),
            body: markdown(path),
            video: None,
            captions: BTreeMap::new(),
        };
        (language(tag), edition)
    };
    Lesson {
        id: LessonId::parse(id).unwrap(),
        slug: slug(id),
        access,
        publish_at: None,
        expires_at: None,
        draft: false,
        requires: Vec::new(),
        concepts: Vec::new(),
        duration_minutes: None,
        tags: Vec::new(),
        authors: None,
        origins: BTreeMap::new(),
        editions: editions.iter().map(edition).collect(),
    }
}

fn paid_course() -> Course {
    let money =
        |amount: &str, code: &str| Money::parse(amount, Currency::parse(code).unwrap()).unwrap();
    let mut hello =
        lesson("hello", Access::Free, &[("en", "Hello", "content/rust/01-memory/hello.md")]);
    let mut ownership = lesson(
        "ownership",
        Access::Paid,
        &[
            ("en", "Ownership", "content/rust/01-memory/ownership.md"),
            ("zh", "所有权", "content/rust/01-memory/ownership.zh.md"),
        ],
    );
    let mut later =
        lesson("later", Access::Free, &[("en", "Later", "content/rust/01-memory/later.md")]);
    later.publish_at = Some("2027-01-02T08:00:00Z".parse().unwrap());
    if let Some(edition) = hello.editions.get_mut(&language("en")) {
        edition.video = Some(SourcePath::new("content/rust/01-memory/hello.mp4"));
    }
    if let Some(edition) = ownership.editions.get_mut(&language("en")) {
        edition.video = Some(SourcePath::new("content/rust/01-memory/ownership.mp4"));
        let captions = SourcePath::new("content/rust/01-memory/ownership.en.vtt");
        edition.captions = BTreeMap::from([(language("en"), captions)]);
    }
    Course {
        id: CourseId::parse("rust").unwrap(),
        slug: slug("rust"),
        access: Access::Paid,
        draft: false,
        instructors: vec![slug("ada")],
        category: Some(Label { text: "Programming".to_owned(), slug: slug("programming") }),
        tags: vec![Label { text: "systems".to_owned(), slug: slug("systems") }],
        level: Some(Level::Beginner),
        cover: None,
        requires: Vec::new(),
        prices: vec![money("29", "USD"), money("199.00", "CNY")],
        language: language("en"),
        editions: BTreeMap::from([
            (language("en"), course_edition("Rust", "A careful start.", "content/rust/course.md")),
            (
                language("zh"),
                course_edition("Rust 入门", "从零开始。", "content/rust/course.zh.md"),
            ),
        ]),
        sections: vec![Section {
            editions: BTreeMap::from([(
                language("en"),
                SectionEdition { title: "Memory".to_owned(), summary: Some("Who owns it".into()) },
            )]),
            lessons: vec![hello, ownership, later],
        }],
    }
}

fn free_course() -> Course {
    Course {
        id: CourseId::parse("git").unwrap(),
        slug: slug("git"),
        access: Access::Free,
        draft: false,
        instructors: Vec::new(),
        category: None,
        tags: Vec::new(),
        level: None,
        cover: None,
        requires: Vec::new(),
        prices: Vec::new(),
        language: language("en"),
        editions: BTreeMap::from([(
            language("en"),
            course_edition("Git", "Keep what you did.", "content/git/course.md"),
        )]),
        sections: vec![Section {
            editions: BTreeMap::new(),
            lessons: vec![lesson(
                "start",
                Access::Free,
                &[("en", "Start", "content/git/start.md")],
            )],
        }],
    }
}
