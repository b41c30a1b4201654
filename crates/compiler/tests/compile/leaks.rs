//! The proof that no paid byte is public, tried on leaks: one is planted in each
//! public channel, and each must be found. A clean site must give no alarm.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use compiler::diagnostic::Code;
use compiler::document::{Document, GatedHtml, PublicHtml};
use compiler::parse::{Options, parse};
use compiler::proof::{self, Leak, LeakKind, Secrets};
use compiler::school::School;
use compiler::site::{Site, SiteFile, digest};
use compiler::source::{SourcePath, SourceTree};
use compiler::text::Documents;
use contracts::digest::Digest;
use contracts::id::LessonId;
use contracts::manifest::{Manifest, ObjectEntry, SchoolEntry, Version};
use contracts::object_key::{Encoding, ObjectKey};
use contracts::site_path::SitePath;

pub(crate) const PAID: &str =
    "Moving a value hands over the box, and the old name is dead from that line on.";
pub(crate) const PAID_ZH: &str =
    "移动一个值就是把盒子交出去，旧的名字从那一行起失效，编译器会指出来。";

/// A school with a free lesson and paid ones, before anything is rendered.
pub(crate) struct Bench {
    school: School,
    tree: SourceTree,
    theme: SourceTree,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    fn with(files: &[(&str, &str)]) -> Self {
        let site = "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n";
        let course =
            "---\ntitle: Rust\ndescription: Draw it.\naccess: paid\nprices: { USD: \"29\" }\n---\n";
        let free = "---\nid: free\ntitle: Free\naccess: free\n---\nFree words that everyone may read as often as they like.\n\n\
                    ![A picture](shared.png)\n";
        let paid = format!(
            "---\nid: paid\ntitle: Paid\nsummary: What happens to a value that you give away to somebody.\n---\n\
             The preview says in a few words what this lesson is going to be about.\n\n<!-- more -->\n\n\
             ## Drawing the borrow checker's arrows\n\n{PAID}\n\n![Figure](figure.png) ![Shared](shared.png)\n\n\
             ```rust\nfn give(name: String) -> usize {{ let length = name.len(); drop(name); length }}\n```\n"
        );
        let chinese = format!("---\nid: zh\ntitle: 中文\nvideo: film.mp4\n---\n{PAID_ZH}\n");
        let base = [
            ("site.toml", site),
            ("content/rust/course.md", course),
            ("content/rust/01-free.md", free),
            ("content/rust/02-paid.md", &paid),
            ("content/rust/03-zh/lesson.md", &chinese),
            ("content/rust/03-zh/film.mp4", "the bytes of a film"),
            (
                "content/rust/03-zh/film.en.vtt",
                "WEBVTT\n\n00:00.000 --> 00:09.000\nHere the box is handed over to another name for good.\n",
            ),
            ("content/rust/figure.png", "the bytes of a paid figure"),
            ("content/rust/shared.png", "the bytes of a shared picture"),
        ];
        let tree = SourceTree::from_files(base.iter().chain(files).copied());
        let parsed = parse(&tree, &Options::default());
        assert_eq!(parsed.diagnostics, []);
        let theme = SourceTree::from_files([(
            "templates/base.html",
            "<footer>Buy the course and read every lesson of it as often as you like.</footer>",
        )]);
        Self { school: parsed.school.unwrap(), tree, theme }
    }

    pub(crate) fn search(&self, files: Vec<SiteFile>) -> Vec<Leak> {
        self.search_rendered(files, &Documents::new())
    }

    fn search_rendered(&self, files: Vec<SiteFile>, documents: &Documents) -> Vec<Leak> {
        let site = site(files);
        let secrets = Secrets::of(&self.school, &self.tree, &self.theme, documents, &site);
        proof::search(&site, &secrets)
    }

    /// Plants bytes in a public file and expects the lesson to be named.
    #[track_caller]
    pub(crate) fn caught(&self, path: &str, bytes: impl AsRef<[u8]>, lesson: &str) {
        let leaks = self.search(vec![clean(), public(path, bytes.as_ref())]);
        let named = LeakKind::Text(LessonId::parse(lesson).unwrap());
        assert_eq!(
            leaks.iter().map(|leak| (leak.object.as_str(), &leak.kind)).collect::<Vec<_>>(),
            [(path, &named)]
        );
    }

    #[track_caller]
    pub(crate) fn silent(&self, path: &str, bytes: impl AsRef<[u8]>) {
        assert_eq!(self.search(vec![clean(), public(path, bytes.as_ref())]), []);
    }
}

pub(crate) fn public(path: &str, bytes: &[u8]) -> SiteFile {
    SiteFile::new(ObjectKey::Page { path: site_path(path) }, bytes.to_vec())
}

fn site_path(path: &str) -> SitePath {
    SitePath::parse(path).unwrap()
}

pub(crate) fn clean() -> SiteFile {
    public(
        "clean.html",
        b"<!doctype html><title>Rust</title><p>Nothing to see here but a plain public page.</p>",
    )
}

/// A site whose manifest names each file.
fn site(files: Vec<SiteFile>) -> Site {
    let objects = files
        .iter()
        .map(|file| ObjectEntry { key: file.key.clone(), digest: file.digest, bytes: file.len() })
        .collect();
    let manifest = Manifest {
        version: Version,
        school: SchoolEntry {
            title: "School".to_owned(),
            base_url: "https://school.test/".parse().unwrap(),
            languages: vec![],
        },
        courses: Default::default(),
        lessons: Default::default(),
        products: Default::default(),
        frames: Default::default(),
        messages: Default::default(),
        redirects: Default::default(),
        removed: Default::default(),
        objects,
    };
    Site { files, manifest }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 5, 20).write_all(bytes).unwrap();
    out
}

/// Every character as a JSON escape.
fn json_escaped(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn entities(text: &str) -> String {
    text.chars().map(|c| format!("&#{};", u32::from(c))).collect()
}

#[test]
fn paid_words_in_the_text_of_a_page_are_found() {
    let bench = Bench::new();
    bench.caught("a.html", format!("<p>x {PAID}</p>"), "paid");
    bench.caught("a.html", format!("<p>{PAID_ZH}</p>"), "zh");
    bench.caught(
        "a.html",
        "<p>MOVING a <b>value</b> h<i>an</i>ds <em>over</em> the&nbsp;box,\n and",
        "paid",
    );
    bench.caught("a.html", "<pre><span class=\"k\">fn</span> <span>give</span>(name: <b>String</b>) -&gt; usize { let length = name", "paid");
}

#[test]
fn a_paid_heading_in_a_table_of_contents_is_found() {
    let bench = Bench::new();
    bench.caught(
        "a.html",
        "<nav><a href=\"#x\">Drawing the borrow checker's arrows</a></nav>",
        "paid",
    );
}

#[test]
fn paid_words_in_what_a_reader_does_not_see_are_found() {
    let bench = Bench::new();
    for page in [
        format!("<p title=\"{PAID}\">x</p>"),
        format!("<meta name=description content='{PAID}'>"),
        format!("<img alt=\"{PAID}\" src=x.png>"),
        format!("<!-- {PAID} -->"),
        format!("<script>let text = `{PAID}`;</script>"),
        format!("<style>a::after {{ content: \"{PAID}\" }}</style>"),
        format!("<template><p>{PAID}</p></template>"),
        format!("<p data-json=\"{{&quot;text&quot;:&quot;{PAID}&quot;}}\">x</p>"),
        format!("<a href=\"mailto:?body={}\">x</a>", PAID.replace(' ', "%20")),
    ] {
        bench.caught("a.html", page, "paid");
    }
}

#[test]
fn paid_words_in_documents_for_machines_are_found() {
    let bench = Bench::new();
    let item = format!("<p>{PAID}</p>").replace('<', "&lt;").replace('>', "&gt;");
    bench.caught(
        "feed.xml",
        format!("<?xml version=\"1.0\"?><rss><item><description>{item}</description></item></rss>"),
        "paid",
    );
    bench.caught(
        "feed.xml",
        format!("<rss><content><![CDATA[<p>{PAID}</p>]]></content></rss>"),
        "paid",
    );
    bench.caught(
        "sitemap.xml",
        format!(
            "<urlset><url><loc>https://x.test/?q={}</loc></url></urlset>",
            PAID.replace(' ', "+")
        ),
        "paid",
    );
    bench.caught(
        "a.html",
        format!("<script type=\"application/ld+json\">{{\"articleBody\": \"{PAID}\"}}</script>"),
        "paid",
    );
    bench.caught("search.json", format!("{{\"body\": \"{PAID}\"}}"), "paid");
    bench.caught("robots.txt", format!("# {PAID}"), "paid");
    bench.caught("picture.svg", format!("<svg><text>{PAID}</text></svg>"), "paid");
}

#[test]
fn paid_words_in_a_redirect_page_are_found() {
    let page = format!(
        "<!doctype html><title>{PAID}</title><meta http-equiv=\"refresh\" content=\"0; url=/a/\">"
    );
    Bench::new().caught("courses/rust/old/index.html", page, "paid");
}

#[test]
fn encoded_words_are_found() {
    let bench = Bench::new();
    bench.caught("a.html", format!("<p>{}</p>", entities(PAID)), "paid");
    bench.caught("a.html", format!("<p>{}</p>", entities(PAID_ZH)), "zh");
    bench.caught("search.json", format!("{{\"body\": \"{}\"}}", json_escaped(PAID_ZH)), "zh");
    bench.caught("a.js", format!("let a = \"{}\"", json_escaped(PAID)), "paid");
    bench.caught(
        "a.html",
        format!("<img src=\"data:text/plain;base64,{}\">", STANDARD.encode(PAID)),
        "paid",
    );
    bench.caught("a.js", format!("atob('{}')", URL_SAFE.encode(PAID_ZH)), "zh");
    bench.caught("a.js", format!("inflate('{}')", STANDARD.encode(gzip(PAID.as_bytes()))), "paid");
    bench.caught("a.html", format!("<p data-x=\"{}\">", entities(&json_escaped(PAID))), "paid");
}

#[test]
fn a_page_full_of_formulas_can_be_searched_to_its_end() {
    let bench = Bench::new();
    let mut formulas = String::new();
    for number in 0..400 {
        formulas += &format!(
            "<p>$$\\begin{{aligned}} a_{{{number}}} &amp;\\equiv b \\pmod{{p}} \\\\\\\\ \
             c &amp;lt; d&lt;e &amp;\\% 50%25 \\\\[2ex] \\\\u0041 \\end{{aligned}}$$</p>\n"
        );
    }
    let page = |text: &str| format!("<!doctype html><main>{formulas}<p>{text}</p></main>");
    let path = SitePath::parse("formulas.html").unwrap();
    let clean = SiteFile::new(ObjectKey::Page { path }, page("").into_bytes());
    assert_eq!(bench.search(vec![clean]), []);
    bench.caught("formulas.html", page(PAID), "paid");
}

#[test]
fn compressed_files_are_undone() {
    let bench = Bench::new();
    let page = format!("<p>{PAID}</p>");
    bench.caught("a.gz", gzip(page.as_bytes()), "paid");
    bench.caught("a.br", brotli(page.as_bytes()), "paid");
    bench.caught("a.bin", gzip(&gzip(page.as_bytes())), "paid");
}

#[test]
fn a_compressed_copy_that_differs_from_its_original_is_searched() {
    let bench = Bench::new();
    let key = clean().key;
    for (encoding, bytes) in
        [(Encoding::Gzip, gzip(PAID.as_bytes())), (Encoding::Br, brotli(PAID.as_bytes()))]
    {
        let copy =
            SiteFile::new(ObjectKey::Precompressed { of: Box::new(key.clone()), encoding }, bytes);
        let leaks = bench.search(vec![clean(), copy]);
        let kinds: Vec<&LeakKind> = leaks.iter().map(|leak| &leak.kind).collect();
        assert!(matches!(kinds.as_slice(), [LeakKind::Text(_), LeakKind::Unfaithful]), "{kinds:?}");
        let damaged = SiteFile::new(
            ObjectKey::Precompressed { of: Box::new(key.clone()), encoding },
            b"damaged".to_vec(),
        );
        let leaks = bench.search(vec![clean(), damaged]);
        assert!(
            matches!(leaks.as_slice(), [Leak { kind: LeakKind::Unsearchable, .. }]),
            "{leaks:?}"
        );
    }
}

#[test]
fn words_in_the_description_of_a_picture_are_found() {
    let mut picture = vec![0x89, b'P', b'N', b'G', 0xff, 0xfe, 0, 1];
    picture.extend_from_slice(PAID.as_bytes());
    picture.extend_from_slice(&[0, 0xff, 0xfe]);
    Bench::new().caught("a.png", picture, "paid");
}

#[test]
fn what_rendering_adds_to_a_gated_body_is_secret_and_the_rendered_preview_is_not() {
    let added = "Figure one of this body was drawn by the renderer itself today.";
    let preview = "A label that the renderer puts beside the code of each preview.";
    let document = Document {
        public: PublicHtml(format!("<p>{preview}</p>")),
        gated: Some(GatedHtml(format!("<p>{preview}</p><p>{added}</p>"))),
        ..Document::default()
    };
    let documents = Documents::from([(SourcePath::new("content/rust/02-paid.md"), document)]);
    let bench = Bench::new();
    let search =
        |text: &str| bench.search_rendered(vec![public("a.html", text.as_bytes())], &documents);
    assert_eq!(search(preview), []);
    assert!(matches!(search(added).as_slice(), [Leak { kind: LeakKind::Text(_), .. }]));
}

#[test]
fn the_authors_own_words_stay_secret_even_if_rendering_calls_them_public() {
    let document = Document { public: PublicHtml(format!("<p>{PAID}</p>")), ..Document::default() };
    let documents = Documents::from([(SourcePath::new("content/rust/02-paid.md"), document)]);
    let leaks = Bench::new().search_rendered(vec![public("a.html", PAID.as_bytes())], &documents);
    assert!(matches!(leaks.as_slice(), [Leak { kind: LeakKind::Text(_), .. }]), "{leaks:?}");
}

#[test]
fn a_preview_block_may_be_public_and_the_words_around_it_may_not() {
    let open = "These words stand in a preview, so whoever likes may read them at once.";
    let shut = "What stands below the preview block belongs to those who paid for it.";
    let title = "A title of a component is as secret as its text.";
    let text = format!(
        "---\nid: block\ntitle: Block\n---\nSecret beginning of this lesson.\n\n:::preview\n{open}\n:::\n\n\
         :::note{{title=\"{title}\"}}\n{shut}\n:::\n\n::video{{src=notes.bin title=x}}\n"
    );
    let bench = Bench::with(&[
        ("content/rust/04-block.md", &text),
        ("content/rust/notes.bin", "paid bytes"),
    ]);
    bench.silent("a.html", format!("<p>{open}</p>"));
    for secret in [shut, title] {
        bench.caught("a.html", format!("<p>{secret}</p>"), "block");
    }
    let leaks = bench.search(vec![public("a.bin", b"paid bytes")]);
    assert!(matches!(leaks.as_slice(), [Leak { kind: LeakKind::File(_), .. }]), "{leaks:?}");
}

#[test]
fn lines_that_a_paid_lesson_takes_in_are_secret_and_those_that_a_free_one_does_are_not() {
    let listing = "// ANCHOR: open\nlet everyone = may_read(this_line, of_the_listing);\n// ANCHOR_END: open\n\
                   // ANCHOR: shut\nlet only_learners = may_read(that_other_line, below_it);\n// ANCHOR_END: shut\n";
    let bench = Bench::with(&[
        ("content/rust/listing.rs", listing),
        (
            "content/rust/04-open.md",
            "---\nid: open\ntitle: Open\naccess: free\n---\n```rust include=\"listing.rs#open\"\n```\n",
        ),
        (
            "content/rust/05-shut.md",
            "---\nid: shut\ntitle: Shut\n---\n```rust title=\"a\" include='listing.rs#shut'\n```\n",
        ),
    ]);
    bench.silent("a.html", "<code>let everyone = may_read(this_line, of_the_listing);</code>");
    bench.caught(
        "a.html",
        "<code>let only_learners = may_read(that_other_line, below_it);</code>",
        "shut",
    );
}

#[test]
fn captions_of_a_paid_film_are_secret() {
    Bench::new().caught(
        "a.html",
        "<p>Here the box is handed over to another name for good.</p>",
        "zh",
    );
}

#[test]
fn a_paid_file_under_any_name_is_found() {
    let bench = Bench::new();
    for (bytes, lesson) in [("the bytes of a film", "zh"), ("the bytes of a paid figure", "paid")] {
        let kind = LeakKind::File(LessonId::parse(lesson).unwrap());
        let key = ObjectKey::Asset { digest: digest(bytes.as_bytes()), name: site_path("x.png") };
        for file in [
            SiteFile::new(key, bytes.as_bytes().to_vec()),
            public("y.txt", &gzip(bytes.as_bytes())),
        ] {
            let leaks = bench.search(vec![file]);
            assert_eq!(leaks.iter().map(|leak| &leak.kind).collect::<Vec<_>>(), [&kind]);
        }
    }
    let long = "a long paid file, so that its base64 is a run of some length, and more";
    let bench = Bench::with(&[("content/rust/03-zh/notes.pdf", long)]);
    let leaks = bench.search(vec![public(
        "a.html",
        format!("<a href=\"data:x;base64,{}\">", STANDARD.encode(long)).as_bytes(),
    )]);
    assert!(matches!(leaks.as_slice(), [Leak { kind: LeakKind::File(_), .. }]), "{leaks:?}");
}

/// What a build of a school tells whose free lesson offers one more file.
fn built(root: &std::path::Path, name: &str, bytes: &[u8]) -> Vec<String> {
    let free = format!("---\nid: free\ntitle: Free\naccess: free\n---\nTake [this]({name}).\n");
    let paid = format!("---\nid: paid\ntitle: Paid\n---\n{PAID}\n");
    let course =
        "---\ntitle: Rust\ndescription: Draw it.\naccess: paid\nprices: { USD: \"29\" }\n---\n";
    let site = "title = \"School\"\nbase_url = \"https://school.test/\"\n";
    std::fs::create_dir_all(root.join("content/rust")).unwrap();
    for (path, text) in [
        ("site.toml", site),
        ("content/rust/course.md", course),
        ("content/rust/01-free.md", &free),
        ("content/rust/02-paid.md", &paid),
    ] {
        std::fs::write(root.join(path), text).unwrap();
    }
    std::fs::write(root.join("content/rust").join(name), bytes).unwrap();
    let tree = SourceTree::read(root).unwrap();
    let told = compiler::compile(&tree, &Options::default()).diagnostics;
    told.iter().filter(|told| told.code == Code::Leak).map(|told| told.message.clone()).collect()
}

#[test]
fn the_file_of_a_paid_lesson_under_another_name_is_found() {
    let root = tempfile::tempdir().unwrap();
    let paid = format!("---\nid: paid\ntitle: Paid\n---\n{PAID}\n");
    let told = built(root.path(), "listing.txt", paid.as_bytes());
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|told| told.contains("holds words of the gated lesson `paid`")));
    assert!(told.iter().any(|told| told.contains("holds a file of the gated lesson `paid`")));
}

#[test]
fn a_download_of_any_length_is_searched_and_what_is_too_long_for_that_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let mut noise = 1_u64;
    let padding: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (noise >> 56) as u8
    })
    .take(3_000_000)
    .collect();
    let packed = gzip(&[PAID.as_bytes(), b"\n", &padding].concat());
    assert!(packed.len() > 2_000_000);
    let told = built(root.path(), "course.gz", &packed);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("holds words of the gated lesson `paid`"), "{told:?}");
    let told = built(root.path(), "disk.iso", b"x");
    assert!(told.iter().all(|told| !told.contains("disk")), "{told:?}");
    let file = std::fs::File::create(root.path().join("content/rust/disk.iso")).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    let tree = SourceTree::read(root.path()).unwrap();
    let told = compiler::compile(&tree, &Options::default()).diagnostics;
    assert!(told.iter().any(|told| told.message.contains("can't be searched")), "{told:#?}");
}

#[test]
fn a_copy_made_of_a_paid_picture_is_found() {
    let lesson = LessonId::parse("paid").unwrap();
    let small = b"a smaller copy of the figure".to_vec();
    let name = site_path("figure-640.webp");
    let gated = SiteFile::new(
        ObjectKey::LessonAsset {
            lesson: lesson.clone(),
            digest: digest(&small),
            name: name.clone(),
        },
        small.clone(),
    );
    let leaked = SiteFile::new(ObjectKey::Asset { digest: digest(&small), name }, small);
    let leaks = Bench::new().search(vec![gated, leaked]);
    assert_eq!(leaks.iter().map(|leak| &leak.kind).collect::<Vec<_>>(), [&LeakKind::File(lesson)]);
}

#[test]
fn a_clean_site_gives_no_alarm() {
    let bench = Bench::with(&[
        (
            "content/rust/04-shell.md",
            "---\nid: shell\ntitle: Shell\naccess: free\n---\n```\ncargo new hello && cd hello && cargo run --release --quiet\n```\n",
        ),
        (
            "content/rust/05-more.md",
            "---\nid: more\ntitle: More\n---\n# Next steps\n\nRun it again:\n\n```\ncargo new hello && cd hello && cargo run --release --quiet\n```\n\n\
            Buy the course and read every lesson of it as often as you like.\n\n\
            ```html\n<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n```\n\n\
            | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |\n|--|--|--|--|--|--|--|--|--|--|\n\nSee <https://school.test/clean.html> too.\n",
        ),
    ]);
    for page in [
        "<p>cargo new hello && cd hello && cargo run --release --quiet</p>",
        "<p>The preview says in a few words what this lesson is going to be about.</p>",
        "<p>What happens to a value that you give away to somebody.</p>",
        "<p>Free words that everyone may read as often as they like.</p>",
        "<footer>Buy the course and read every lesson of it as often as you like.</footer>",
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">",
        "<ol>1 2 3 4 5 6 7 8 9 10</ol><h2>Next steps</h2>",
        "<link rel=canonical href=\"https://school.test/clean.html\">",
        "<p>Moving a value hands over the</p>",
    ] {
        bench.silent("a.html", page);
    }
    let shared = b"the bytes of a shared picture".to_vec();
    let key = ObjectKey::Asset { digest: digest(&shared), name: site_path("shared.png") };
    assert_eq!(bench.search(vec![SiteFile::new(key, shared)]), []);
}

#[test]
fn entitled_files_may_hold_what_they_are_for() {
    let lesson = LessonId::parse("paid").unwrap();
    let body = format!("<p>{PAID}</p>").into_bytes();
    let body = SiteFile::new(ObjectKey::Body { lesson, digest: digest(&body) }, body);
    assert_eq!(Bench::new().search(vec![clean(), body]), []);
}

#[test]
fn a_leak_is_told_without_quoting_the_secret() {
    let leaks = Bench::new().search(vec![public("courses/a.html", PAID.as_bytes())]);
    let diagnostic = leaks[0].diagnostic();
    assert_eq!(diagnostic.path.as_str(), "content/rust/02-paid.md");
    assert_eq!(
        diagnostic.message,
        "the public file `courses/a.html` holds words of the gated lesson `paid`"
    );
    assert_eq!(diagnostic.code.name(), "leak");
}

#[track_caller]
fn listed(site: &Site, expect: &[&str]) {
    let told: Vec<String> = proof::allow_list(site).iter().map(ToString::to_string).collect();
    assert_eq!(told, expect);
}

#[test]
fn the_public_side_and_the_manifest_name_each_other() {
    listed(&site(vec![clean()]), &[]);

    let mut stale = site(vec![clean()]);
    stale.files.push(public("stale.html", b"old"));
    listed(&stale, &["the manifest does not name `stale.html` as it is"]);

    let mut gone = site(vec![clean(), public("b.html", b"b")]);
    gone.files.pop();
    listed(&gone, &["the manifest names `b.html`, which does not exist"]);

    let mut changed = site(vec![clean()]);
    changed.files[0] = public("clean.html", b"other");
    listed(&changed, &["the manifest does not name `clean.html` as it is"]);

    let twice = site(vec![clean(), clean()]);
    listed(&twice, &["two objects stand at `clean.html`"]);

    let place = site(vec![public("learn/rust/paid/index.html", b"x")]);
    listed(
        &place,
        &["the public file `learn/rust/paid/index.html` stands where gated content is served"],
    );
}

#[test]
fn a_public_key_for_a_gated_part_is_refused() {
    let key = ObjectKey::Asset { digest: Digest::from_bytes([1; 32]), name: site_path("film.mp4") };
    let json = serde_json::json!({
        "course": "rust", "slug": "paid", "access": "paid", "publish_at": null,
        "editions": { "en": {
            "title": "Paid", "page": "a.html", "body": null, "video": key,
            "captions": {}, "assets": {},
        } },
    });
    let mut site = site(vec![clean()]);
    let lesson = LessonId::parse("paid").unwrap();
    site.manifest.lessons.insert(lesson, serde_json::from_value(json).unwrap());
    listed(
        &site,
        &[
            "a gated part of the lesson `paid` has the public key `assets/film.0101010101010101.mp4`",
        ],
    );
}

#[test]
fn a_label_of_a_paid_diagram_is_caught_in_a_drawing_and_in_text() {
    let lesson = "---\nid: drawn\ntitle: Drawn\n---\n```mermaid\nflowchart LR\n  a[Knead the secret dough] --> b[\"把面团静置在温暖的地方\"]\n  b -->|only after nine hours| c\n```\n";
    let bench = Bench::with(&[("content/rust/04-drawn.md", lesson)]);
    for leak in [
        "<svg><text><tspan x=\"0\">Knead the</tspan><tspan x=\"0\"> secret dough</tspan></text></svg>",
        "<svg role=\"img\" aria-label=\"Diagram: Knead the secret dough\"></svg>",
        "<text>把面团静置在温暖的地方</text>",
        "<p>only after nine hours</p>",
    ] {
        bench.caught("courses/rust/drawn/index.html", leak, "drawn");
    }
    bench.silent("courses/rust/drawn/index.html", "<p>Knead the dough</p>");
}
