//! Leaks in files that hold texts in a form of their own, one test for each channel:
//! archives, documents, what pictures say beside their pixels, captions.

use std::io::Write as _;

use compiler::parse::{Options, parse};
use compiler::proof::LeakKind;
use compiler::source::SourceTree;
use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};

use crate::leaks::{Bench, PAID, PAID_ZH, clean, gzip, public};

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One entry of a zip archive. The lengths in its head are lies, as after a stream.
fn entry(name: &str, method: u16, flags: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04\x14\x00".to_vec();
    bytes.extend(flags.to_le_bytes());
    bytes.extend(method.to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend([0xff; 8]);
    bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(name.as_bytes());
    bytes.extend(data);
    bytes
}

pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    files.iter().flat_map(|(name, bytes)| entry(name, 8, 8, &deflated(bytes))).collect()
}

pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], kind, data, &[0; 4]].concat()
}

pub(crate) fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &[0; 13]), chunks.concat(), chunk(b"IEND", b"")]
        .concat()
}

fn jpeg(kind: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, 0xd8, 0xff, kind], &length[..], data, &[0xff, 0xda, 0, 2, 0x80, 0xff, 0xd9]].concat()
}

fn webp(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    [b"RIFF\xff\xff\0\0WEBPVP8 \x02\0\0\0\x80\xff", &kind[..], &length, data].concat()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// EXIF with a text in it, at an odd place.
fn exif(text: &str) -> Vec<u8> {
    [b"Exif\0\0II*\0\x08\0\0\0\0", &utf16(text)[..]].concat()
}

#[track_caller]
fn unsearchable(bytes: &[u8]) {
    let leaks = Bench::new().search(vec![clean(), public("a.zip", bytes)]);
    assert_eq!(leaks.iter().map(|leak| &leak.kind).collect::<Vec<_>>(), [&LeakKind::Unsearchable]);
}

#[test]
fn paid_words_in_an_excerpt_are_found() {
    let card = format!("<meta property=\"og:description\" content=\"{PAID}\">");
    Bench::new().caught("a.html", card, "paid");
}

#[test]
fn paid_words_in_an_epub_are_found() {
    let page = format!("<html><body><p>{PAID}</p></body></html>");
    let book = zip(&[("mimetype", b"application/epub+zip"), ("OEBPS/a.xhtml", page.as_bytes())]);
    Bench::new().caught("book.epub", book, "paid");
    let book = zip(&[("a.xhtml", format!("<p>{PAID_ZH}</p>").as_bytes())]);
    Bench::new().caught("book.epub", book, "zh");
}

#[test]
fn paid_words_in_an_archive_are_found_however_deep() {
    let bench = Bench::new();
    let inner = zip(&[("a.txt", PAID.as_bytes())]);
    bench.caught("a.zip", zip(&[("b.zip", &inner)]), "paid");
    bench.caught("a.zip", zip(&[("b.txt.gz", &gzip(PAID.as_bytes()))]), "paid");
    bench.caught("a.zip", entry("b.zip", 0, 0, &inner), "paid");
    bench.caught("a.zip", gzip(&inner), "paid");
    bench.caught("a.zip", entry("a.txt", 0, 0, PAID.as_bytes()), "paid");
}

#[test]
fn a_paid_file_in_an_archive_is_found() {
    let archive = zip(&[("x.png", b"the bytes of a paid figure")]);
    let leaks = Bench::new().search(vec![clean(), public("a.zip", &archive)]);
    assert!(
        matches!(leaks.as_slice(), [leak] if matches!(leak.kind, LeakKind::File(_))),
        "{leaks:?}"
    );
}

#[test]
fn an_archive_without_paid_words_gives_no_alarm() {
    let archive = zip(&[("a.txt", b"Free words that everyone may read as often as they like.")]);
    Bench::new().silent("a.zip", archive);
}

#[test]
fn an_archive_that_can_not_be_looked_into_is_refused() {
    unsearchable(&entry("a.txt", 8, 1, &deflated(b"locked by a password")));
    unsearchable(&entry("a.txt", 14, 0, b"packed in another way"));
    unsearchable(&entry("a.txt", 8, 0, b"\xff\xff\xff damaged"));
}

#[test]
fn an_archive_that_unfolds_without_end_is_refused() {
    let zeros = vec![0; 32 * 1024 * 1024];
    unsearchable(&zip(&[("a.bin", &zeros)]));
    let mut nest = b"x".to_vec();
    for _ in 0..40 {
        nest = zip(&[("a.zip", &nest)]);
    }
    unsearchable(&nest);
    // Many heads over one long stream: each unfolds all that follows.
    let stream = deflated(&zeros[..4 * 1024 * 1024]);
    let heads: Vec<u8> = (0..50).flat_map(|_| entry("a", 8, 0, &stream)).collect();
    unsearchable(&heads);
}

#[test]
fn paid_words_in_a_pdf_are_found() {
    let bench = Bench::new();
    let page = format!("BT /F1 12 Tf ({PAID}) Tj ET");
    let pdf = |stream: &[u8]| {
        [b"%PDF-1.7\n%\xe2\xe3\n1 0 obj <</Length 9>>\nstream\r\n", stream, b"\nendstream endobj"]
            .concat()
    };
    bench.caught("a.pdf", pdf(page.as_bytes()), "paid");
    bench.caught("a.pdf", pdf(&zlib(page.as_bytes())), "paid");
    let kerned = PAID.replace(' ', ") -333 (").replace("al", "a) 12 (l");
    bench.caught("a.pdf", pdf(&zlib(format!("[({kerned})] TJ").as_bytes())), "paid");
    let title: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(PAID_ZH.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let hex: String = title.iter().map(|byte| format!("{byte:02X}")).collect();
    bench.caught("a.pdf", pdf(&zlib(format!("<{hex}> Tj").as_bytes())), "zh");
    bench.silent("a.pdf", pdf(&zlib(b"(Free words that everyone may read.) Tj")));
}

#[test]
fn paid_words_in_what_a_png_says_are_found() {
    let bench = Bench::new();
    bench.caught("a.png", png(&[chunk(b"tEXt", &[b"Title\0", PAID.as_bytes()].concat())]), "paid");
    let packed = zlib(PAID.as_bytes());
    bench.caught("a.png", png(&[chunk(b"zTXt", &[b"Title\0\0", &packed[..]].concat())]), "paid");
    let long = [b"Title\0\0\0en\0Title\0", PAID_ZH.as_bytes()].concat();
    bench.caught("a.png", png(&[chunk(b"iTXt", &long)]), "zh");
    let packed = zlib(PAID_ZH.as_bytes());
    let long = [b"Title\0\x01\0\0\0", &packed[..]].concat();
    bench.caught("a.png", png(&[chunk(b"iTXt", &long)]), "zh");
    bench.caught("card.png", png(&[chunk(b"eXIf", &exif(PAID_ZH))]), "zh");
    bench.silent("a.png", png(&[chunk(b"tEXt", b"Software\0drawn by a pencil")]));
}

#[test]
fn paid_words_in_what_a_jpeg_says_are_found() {
    let bench = Bench::new();
    bench.caught("a.jpg", jpeg(0xfe, PAID.as_bytes()), "paid");
    bench.caught("a.jpg", jpeg(0xe1, &exif(PAID_ZH)), "zh");
    let xmp = format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><dc:title>{PAID}</dc:title>");
    bench.caught("a.jpg", jpeg(0xe1, xmp.as_bytes()), "paid");
}

#[test]
fn paid_words_in_what_a_webp_says_are_found() {
    let bench = Bench::new();
    bench.caught("a.webp", webp(b"EXIF", &exif(PAID_ZH)), "zh");
    bench.caught("a.webp", webp(b"XMP ", format!("<x>{PAID}</x>").as_bytes()), "paid");
}

#[test]
fn paid_words_in_an_svg_are_found() {
    for part in ["text", "title", "desc", "metadata"] {
        let svg =
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><{part}>{PAID}</{part}></svg>");
        Bench::new().caught("a.svg", svg, "paid");
    }
}

#[test]
fn paid_words_in_public_captions_are_found_across_their_times() {
    let [first, second] = [&PAID[..28], &PAID[28..]];
    let vtt = format!(
        "WEBVTT\n\n1\n00:00.000 --> 00:02.000\n{first}\n\n2\n00:02.000 --> 00:04.000\n{second}\n"
    );
    Bench::new().caught("film.en.vtt", vtt, "paid");
}

#[test]
fn paid_words_in_the_list_of_a_service_worker_are_found() {
    let worker = format!("const FILES = [\"/\", \"/x/#{}\"];", PAID.replace(' ', "%20"));
    Bench::new().caught("sw.js", worker, "paid");
}

#[test]
fn paid_words_in_a_print_view_are_found() {
    let page = format!("<!doctype html><body class=print><article><p>{PAID}</p></article>");
    Bench::new().caught("courses/rust/print/index.html", page, "paid");
}

#[test]
fn paid_words_in_llms_txt_are_found() {
    Bench::new().caught("llms.txt", format!("# School\n\n> {PAID}\n"), "paid");
}

#[test]
fn paid_words_in_a_text_of_two_byte_letters_are_found() {
    let text = [&[0xff, 0xfe], &utf16(PAID_ZH)[..]].concat();
    Bench::new().caught("a.txt", text, "zh");
}

#[test]
fn a_gated_text_in_words_that_the_theme_says_is_no_leak() {
    for text in [
        "The rest.",
        "Buy the course to read on.",
        "Everything in this lesson is part of the paid course.",
        "Previous and next lesson, on this page.",
        "Sign in",
        "Rust for beginners, all of it.",
    ] {
        let tree = SourceTree::from_files([
            ("site.toml", "title = \"School\"\nbase_url = \"https://school.test/\"\n".to_owned()),
            (
                "content/rust/course.md",
                "---\ntitle: Rust\ndescription: Rust for beginners, all of it.\naccess: paid\n\
                 prices: { USD: \"29\" }\n---\n"
                    .to_owned(),
            ),
            (
                "content/rust/01-paid.md",
                format!(
                    "---\nid: paid\ntitle: Paid\nsummary: The rest.\n---\n## {text}\n\n{text}\n"
                ),
            ),
        ]);
        assert!(parse(&tree, &Options::default()).diagnostics.is_empty());
        let told = compiler::compile(&tree, &Options::default()).diagnostics;
        assert_eq!(told, [], "{text}");
    }
}

#[test]
fn the_end_of_a_preview_before_words_that_the_theme_begins_with_too_is_no_leak() {
    let preview = "These words of the preview may be read by everyone.";
    for body in [
        format!("{preview}\n\n<!-- more -->\n\nThe rest of it nobody reads who has not paid.\n"),
        format!(
            "Closed.\n\n:::preview\n{preview}\n:::\n\n## The rest of this lesson\n\nClosed too.\n"
        ),
    ] {
        let paid = format!("---\nid: paid\ntitle: Paid\n---\n{body}");
        let course =
            "---\ntitle: Rust\ndescription: All.\naccess: paid\nprices: { USD: \"29\" }\n---\n";
        let tree = SourceTree::from_files([
            ("site.toml", "title = \"School\"\nbase_url = \"https://school.test/\"\n"),
            ("content/rust/course.md", course),
            ("content/rust/01-paid.md", &paid),
        ]);
        assert_eq!(compiler::compile(&tree, &Options::default()).diagnostics, [], "{body}");
    }
}

#[test]
fn a_gated_lesson_in_a_list_of_related_ones_is_no_leak() {
    let body = "## A Closer Look at the Traits for Async\n\nOne.\n\n## The Future Trait\n\nTwo.\n";
    let paid = format!("---\nid: b\ntitle: A Closer Look at the Traits for Async\n---\n{body}");
    let files = [
        ("site.toml", "title = \"School\"\nbase_url = \"https://school.test/\"\n"),
        (
            "content/rust/course.md",
            "---\ntitle: The Rust Programming Language\ndescription: All.\naccess: paid\nprices: { USD: \"29\" }\n---\n",
        ),
        (
            "content/rust/01-a.md",
            "---\nid: a\ntitle: Traits for Async\naccess: free\ntags: [async]\n---\nWords.\n",
        ),
        // The next lesson is named anyway, so it is no related one.
        ("content/rust/02-c.md", "---\nid: c\ntitle: Boxes\naccess: free\n---\nBoxes.\n"),
        ("content/rust/03-b.md", &paid.replace("title:", "tags: [async]\ntitle:")),
    ];
    let compilation =
        compiler::compile(&SourceTree::from_files(files), &compiler::parse::Options::default());
    assert_eq!(compilation.diagnostics, []);
    let site = compilation.site.unwrap();
    let free = site.files.iter().find(|file| file.key.path() == "courses/rust/a/index.html");
    let page = String::from_utf8(free.unwrap().content.read().unwrap()).unwrap();
    assert!(page.contains("id=\"related\""), "{page}");
}
