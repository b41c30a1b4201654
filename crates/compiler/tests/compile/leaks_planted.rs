//! A leak in each channel of a built school: the real file of the channel, under its
//! real key, gets paid words, and the proof must name that file and that lesson. A
//! channel that this compiler doesn't write yet gets a file under its usual name.

use compiler::parse::{Options, parse};
use compiler::proof::{self, Leak, LeakKind, Secrets};
use compiler::site::{Site, SiteFile};
use compiler::source::SourceTree;
use compiler::text::Documents;
use contracts::access::Audience;
use contracts::id::LessonId;
use contracts::object_key::ObjectKey;

use crate::leaks::{PAID, gzip, public};
use crate::leaks_packed::{chunk, png, zip};

const LESSON: &str = "courses/rust/paid/index.html";

/// A school that has a file of every channel, and what must not be public in it.
struct Built {
    site: Site,
    secrets: Secrets,
}

impl Built {
    fn new(precompress: &str) -> Self {
        let settings = format!(
            "title = \"School\"\nbase_url = \"https://school.test/\"\n[build]\nprecompress = {precompress}\nllms_txt = true\n"
        );
        let paid = format!(
            "---\nid: paid\ntitle: Paid\nsummary: What happens to a value.\naliases: [old]\ntags: [box]\n\
             publish_at: 2030-01-01T00:00:00Z\n---\nThe preview says what this is about.\n\n\
             ![A drawing](open.svg)\n\n<!-- more -->\n\n## The old name is dead from that line on\n\n{PAID}\n"
        );
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9\"/></svg>";
        let tree = SourceTree::from_files([
            ("site.toml", settings.as_str()),
            (
                "content/rust/course.md",
                "---\ntitle: Rust\ndescription: Draw it.\naccess: paid\nprices: { USD: \"29\" }\n---\n",
            ),
            (
                "content/rust/01-free.md",
                "---\nid: free\ntitle: Free\naccess: free\ntags: [box]\n---\n## One\n\nWords for all.\n\n## Two\n\nMore.\n",
            ),
            ("content/rust/02-paid.md", &paid),
            ("content/rust/open.svg", svg),
        ]);
        let made = compiler::compile(&tree, &Options::default());
        assert_eq!(made.diagnostics, [], "a sound school is no leak");
        let school = parse(&tree, &Options::default()).school.unwrap();
        let site = made.site.unwrap();
        let theme = SourceTree::from_files([("site.toml", "")]);
        let secrets = Secrets::of(&school, &tree, &theme, &Documents::new(), &site);
        let built = Self { site, secrets };
        assert_eq!(proof::search(&built.site, &built.secrets), []);
        built
    }

    fn found(&self) -> Vec<(String, LeakKind)> {
        let leaks = proof::search(&self.site, &self.secrets);
        leaks.into_iter().map(|Leak { object, kind, .. }| (object, kind)).collect()
    }

    /// The one public file whose path begins and ends so.
    #[track_caller]
    fn file(&mut self, begins: &str, ends: &str) -> &mut SiteFile {
        let fits = |file: &&mut SiteFile| {
            let path = file.key.path();
            let is_public = file.key.audience() == Audience::Everyone;
            is_public && path.starts_with(begins) && path.ends_with(ends)
        };
        self.site.files.iter_mut().find(fits).expect("the school has a file of this channel")
    }
}

fn text_of_the_paid_lesson() -> LeakKind {
    LeakKind::Text(LessonId::parse("paid").unwrap())
}

/// Puts paid words behind a mark of a real file.
#[track_caller]
fn caught_in([begins, ends]: [&str; 2], mark: &str, planted: &str) {
    let mut built = Built::new("false");
    let file = built.file(begins, ends);
    let path = file.key.path();
    let text = String::from_utf8(file.content.read().unwrap()).unwrap();
    assert!(text.contains(mark), "`{path}` has no `{mark}`:\n{text}");
    let leaky = text.replacen(mark, &format!("{mark}{planted}"), 1);
    *file = SiteFile::new(file.key.clone(), leaky.into_bytes());
    assert_eq!(built.found(), [(path, text_of_the_paid_lesson())]);
}

/// Puts one more file on the public side.
#[track_caller]
fn caught_as(path: &str, bytes: &[u8]) {
    let mut built = Built::new("false");
    built.site.files.push(public(path, bytes));
    assert_eq!(built.found(), [(path.to_owned(), text_of_the_paid_lesson())]);
}

#[test]
fn paid_words_are_caught_in_the_text_of_a_page() {
    caught_in(["courses/rust/free/", "index.html"], "<p>", PAID);
}

#[test]
fn paid_words_are_caught_in_the_excerpt_on_the_course_page() {
    caught_in(["courses/rust/index.html", ""], "</h1>", &format!("<p>{PAID}</p>"));
}

#[test]
fn a_paid_heading_is_caught_in_the_table_of_contents() {
    let entry = "<a href=\"#x\">The old name is dead from that line on</a>";
    caught_in(
        ["courses/rust/free/", "index.html"],
        "<nav class=\"contents\"",
        &format!(">{entry}"),
    );
}

#[test]
fn paid_words_are_caught_in_alternative_text() {
    caught_in([LESSON, ""], "alt=\"", PAID);
}

#[test]
fn paid_words_are_caught_in_a_caption() {
    let figure = format!("<figure><figcaption>{PAID}</figcaption></figure>");
    caught_in([LESSON, ""], "</header>", &figure);
}

#[test]
fn paid_words_are_caught_in_the_captions_of_a_film() {
    let captions = format!("WEBVTT\n\n00:00.000 --> 00:09.000\n{PAID}\n");
    caught_as("assets/film.en.vtt", captions.as_bytes());
}

#[test]
fn paid_words_are_caught_in_the_search_index() {
    caught_in(["assets/search", ".json"], "\"", &format!("{PAID} "));
}

#[test]
fn paid_words_are_caught_in_the_feed() {
    caught_in(["feed.xml", ""], "<summary>", PAID);
}

#[test]
fn paid_words_are_caught_in_the_sitemap() {
    let address = format!("https://school.test/?q={}#", PAID.replace(' ', "+"));
    caught_in(["sitemap.xml", ""], "<loc>", &address);
}

#[test]
fn paid_words_are_caught_in_structured_data() {
    let field = format!("\"articleBody\":\"{PAID}\",");
    caught_in([LESSON, ""], "<script type=\"application/ld+json\">{", &field);
}

#[test]
fn paid_words_are_caught_in_the_card_for_other_sites() {
    caught_in([LESSON, ""], "<meta property=\"og:description\" content=\"", PAID);
}

#[test]
fn paid_words_are_caught_in_the_picture_of_a_card() {
    let title = [b"Title\0", PAID.as_bytes()].concat();
    caught_as("assets/card.png", &png(&[chunk(b"tEXt", &title)]));
}

#[test]
fn paid_words_are_caught_in_the_list_of_a_service_worker() {
    let worker = format!("const FILES = [\"/\", \"/x/#{}\"];", PAID.replace(' ', "%20"));
    caught_as("sw.js", worker.as_bytes());
}

#[test]
fn paid_words_are_caught_in_a_print_view() {
    let page = format!("<!doctype html><body class=print><article><p>{PAID}</p></article>");
    caught_as("courses/rust/print/index.html", page.as_bytes());
}

#[test]
fn paid_words_are_caught_in_an_epub() {
    let page = format!("<html><body><p>{PAID}</p></body></html>");
    let files: [(&str, &[u8]); 2] =
        [("mimetype", b"application/epub+zip"), ("OEBPS/a.xhtml", page.as_bytes())];
    caught_as("courses/rust.epub", &zip(&files));
}

#[test]
fn paid_words_are_caught_in_llms_txt() {
    caught_in(["llms.txt", ""], "# School\n", &format!("\n> {PAID}\n"));
}

#[test]
fn paid_words_are_caught_in_a_redirect_page() {
    caught_in(["courses/rust/old/", "index.html"], "<title>", PAID);
}

#[test]
fn paid_words_are_caught_in_what_a_picture_says() {
    caught_in(["assets/open", ".svg"], "<path d=\"M0 0h9\"/>", &format!("<desc>{PAID}</desc>"));
}

#[test]
fn paid_words_are_caught_in_a_precompressed_copy() {
    let mut built = Built::new("true");
    let copy = built.file("courses/rust/free/", "index.html.gz");
    assert!(matches!(copy.key, ObjectKey::Precompressed { .. }));
    let path = copy.key.path();
    *copy = SiteFile::new(copy.key.clone(), gzip(format!("<p>{PAID}</p>").as_bytes()));
    let found = built.found();
    assert_eq!(found, [(path.clone(), text_of_the_paid_lesson()), (path, LeakKind::Unfaithful)]);
}

#[test]
fn a_stale_file_is_caught_whatever_it_says() {
    let mut built = Built::new("false");
    assert_eq!(proof::allow_list(&built.site), []);
    built.site.files.push(public("courses/rust/gone/index.html", b"<p>Harmless.</p>"));
    let told: Vec<String> =
        proof::allow_list(&built.site).iter().map(ToString::to_string).collect();
    assert_eq!(told, ["the manifest does not name `courses/rust/gone/index.html` as it is"]);
}

#[test]
fn a_stale_file_with_paid_words_is_caught_by_its_words_too() {
    caught_as("courses/rust/gone/index.html", format!("<p>{PAID}</p>").as_bytes());
}
