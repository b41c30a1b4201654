//! Rendering as authors see it: a Markdown file in a small school, the HTML and
//! the diagnostics that come of it.

use super::*;

/// A school of a few files, of which one is rendered.
pub(super) struct Fixture {
    files: Vec<(String, Vec<u8>)>,
    links: LinkIndex,
    base_url: Url,
}

pub(super) const PAGE: &str = "content/rust/01-start/02-own/lesson.md";

impl Fixture {
    pub(super) fn new() -> Self {
        Self {
            files: Vec::new(),
            links: LinkIndex::default(),
            base_url: Url::parse("https://school.test/").unwrap(),
        }
    }

    pub(super) fn file(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.push((path.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    pub(super) fn render(&self, text: &str, readers: Readers<'_>) -> Rendered {
        let tree = SourceTree::from_files(self.files.iter().map(|(p, b)| (p, b)));
        let context = Context {
            tree: &tree,
            links: &self.links,
            base_url: &self.base_url,
            highlighter: &Highlighter::new(),
            pictures: &Pictures::default(),
        };
        let markdown = Markdown { path: SourcePath::new(PAGE), file: text.into(), start: 0 };
        let language = Language::parse("en").unwrap();
        render(&context, &markdown, &language, &Words::default(), readers)
    }

    pub(super) fn public(&self, text: &str) -> String {
        self.render(text, Readers::Everyone).document.public.0
    }
}

#[test]
fn chinese_emphasis_needs_no_spaces() {
    assert_eq!(
        Fixture::new().public("这是**我想做的事。**所以继续。"),
        "<p>这是<strong>我想做的事。</strong>所以继续。</p>\n"
    );
}

const PAID: Readers<'static> = Readers::Entitled { learn_link: "/learn/rust/own/" };

const DOT: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"3\"/>";

#[test]
fn a_gated_text_is_parted_at_the_mark() {
    let school = Fixture::new()
        .file("content/rust/01-start/02-own/a.svg", DOT)
        .file("content/rust/01-start/02-own/b.svg", DOT.replace('4', "5"));
    let text = "Open ![a](a.svg)\n\n<!-- more -->\n\nShut ![a](a.svg) ![b](b.svg)\n";
    let rendered = school.render(text, PAID);
    assert_eq!(rendered.diagnostics, []);
    let document = rendered.document;
    let a = &document.public_assets[0];
    assert_eq!(
        document.public.0,
        format!(
            "<p>Open <img src=\"/assets/a.{}.svg\" alt=\"a\" width=\"4\" height=\"3\" \
             decoding=\"async\"></p>\n",
            a.digest.short()
        )
    );
    let gated = document.gated.unwrap().0;
    assert!(gated.contains("/learn/rust/own/b.svg"), "{gated}");
    assert_eq!(document.gated_assets.len(), 1);
    assert_eq!(document.gated_assets[0].name.as_str(), "b.svg");
}

#[test]
fn a_gated_text_without_a_mark_shows_nothing() {
    let document = Fixture::new().render("# Secret\n\ntext", PAID).document;
    assert_eq!(document.public.0, "");
    assert!(document.headings.is_empty());
}

#[test]
fn the_anchors_of_a_text_are_known_without_a_school() {
    let text = "# Hello, World!\n\n## Set up {#setup}\n\n<a id=\"old\"></a>\n\n\
                a <span id=\"here\">b</span>\n\n```\n# no heading\n```\n## Set up\n";
    let anchors: Vec<String> = anchors(text).into_iter().collect();
    assert_eq!(anchors, ["hello-world", "here", "old", "set-up", "setup"]);
}
