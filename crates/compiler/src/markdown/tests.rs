//! Rendering as authors see it: a text in a small school, the HTML and the
//! diagnostics that come of it. One file for each thing an author may write.

use image::{DynamicImage, ImageFormat, RgbImage};

use super::*;
use crate::diagnostic::Severity;
use crate::document::DocumentAsset;
use crate::link::{LinkIndex, Links, check_anchors};
use crate::parse;

mod commonmark;
mod component;
mod diagram;
mod extension;
mod gated;
mod hostile;
mod limit;
mod plain;
mod raw;
mod reference;

/// The file that the tests write.
const PAGE: &str = "content/rust/01-start/02-own/lesson.md";

/// Where the edge serves it.
const PAID: Readers<'static> = Readers::Entitled { learn_link: "/learn/rust/own/" };

const SITE: &str =
    "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n";

/// A school of a few files, of which one is rendered.
pub(super) struct Fixture {
    tree: SourceTree,
    links: Links<'static>,
    base_url: Url,
    highlighter: Highlighter,
    blocks: Blocks,
    pictures: Pictures,
    theme: Theme,
    data: crate::data::Data,
    language: Language,
    raw_html: RawHtml,
}

impl Fixture {
    pub(super) fn new() -> Self {
        Self::with(&[])
    }

    /// The school with more files.
    fn with(files: &[(&str, &[u8])]) -> Self {
        let school: [(&str, &[u8]); 13] = [
            ("site.toml", SITE.as_bytes()),
            ("content/rust/course.md", b"---\ntitle: Rust\ndescription: x\n---\n"),
            ("content/rust/01-start/section.md", b"---\ntitle: Start\n---\n"),
            ("content/rust/01-start/01-intro.md", b"---\nid: intro\ntitle: Intro\n---\n## Why\n"),
            ("content/rust/01-start/01-intro.zh.md", "---\ntitle: 介绍\n---\n".as_bytes()),
            (PAGE, b"---\nid: own\ntitle: Own\n---\n"),
            ("content/rust/01-start/03-late.md", b"---\nid: late\ntitle: L\ndraft: true\n---\n"),
            ("content/pages/about.md", b"---\ntitle: About\n---\n"),
            ("content/rust/01-start/02-own/dot.svg", DOT.as_bytes()),
            ("content/rust/01-start/02-own/notes.pdf", b"%PDF"),
            ("content/rust/01-start/02-own/evil.svg", b"<svg onload=\"x()\"/>"),
            ("content/rust/01-start/02-own/broken.png", b"\x89PNG\r\n\x1a\n"),
            ("content/rust/01-start/other/dot.svg", b"<svg viewBox=\"0 0 9 9\"/>"),
        ];
        let tree = SourceTree::from_files(school.iter().chain(files).copied());
        let school = parse::parse(&tree, &parse::Options::default()).school.unwrap();
        let theme = Theme::load(&tree, &school.config).0.unwrap();
        Self {
            links: LinkIndex::new(&school).into(),
            tree,
            base_url: school.config.base_url,
            highlighter: Highlighter::default(),
            blocks: Blocks::default(),
            pictures: Pictures::default(),
            theme,
            data: school.data,
            language: Language::parse("en").unwrap(),
            raw_html: RawHtml::Sanitised,
        }
    }

    fn in_chinese(mut self) -> Self {
        self.language = Language::parse("zh").unwrap();
        self
    }

    fn render(&self, text: &str, readers: Readers<'_>) -> Rendered {
        let context = Context {
            tree: &self.tree,
            links: &self.links,
            base_url: &self.base_url,
            highlighter: &self.highlighter,
            blocks: &self.blocks,
            pictures: &self.pictures,
            theme: &self.theme,
            data: &self.data,
            data_digest: crate::site::digest(b""),
            raw_html: self.raw_html,
        };
        let markdown = Markdown { path: SourcePath::new(PAGE), file: text.into(), start: 0 };
        render(&context, &markdown, &self.language, readers)
    }

    /// The HTML of a free text that nothing is wrong with.
    #[track_caller]
    pub(super) fn html(&self, text: &str) -> String {
        let rendered = self.render(text, Readers::Everyone);
        assert_eq!(rendered.diagnostics, [], "{text}");
        rendered.document.public.0
    }

    /// What the author of a text is told, one line each.
    fn told(&self, text: &str, readers: Readers<'_>) -> Vec<String> {
        let rendered = self.render(text, readers);
        let anchors = [(SourcePath::new(PAGE), rendered.anchors)];
        let intro = SourcePath::new("content/rust/01-start/01-intro.md");
        let anchors = anchors.into_iter().chain([(intro, anchors_of("## Why\n"))]).collect();
        let late = check_anchors(&rendered.anchor_links, &anchors);
        rendered.diagnostics.iter().chain(&late).map(line).collect()
    }

    #[track_caller]
    fn check(&self, text: &str, html: &str) {
        assert_eq!(self.html(text), html, "{text}");
    }
}

fn anchors_of(text: &str) -> BTreeSet<String> {
    super::anchors(text)
}

fn line(diagnostic: &Diagnostic) -> String {
    let Diagnostic { span, severity, code, message, hint, .. } = diagnostic;
    let place =
        span.map_or("-".to_owned(), |at| format!("{}:{}+{}", at.line, at.column, at.length));
    let severity = if *severity == Severity::Error { "error" } else { "warning" };
    let hint = hint.as_ref().map_or(String::new(), |hint| format!(" | {hint}"));
    format!("{place} {severity}[{code}] {message}{hint}")
}

fn names(assets: &[DocumentAsset]) -> Vec<&str> {
    assets.iter().map(|asset| asset.name.as_str()).collect()
}

/// A drawing of 4 by 3 pixels.
const DOT: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"3\"/>";

/// A picture that no copy of it is larger than.
fn noise(width: u32, height: u32, seed: u32) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        let value = x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519) ^ seed;
        let [a, b, c, _] = (value ^ (value >> 13)).wrapping_mul(3_266_489_917).to_le_bytes();
        image::Rgb([a, b, c])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
