//! What is gated can't be seen from outside: a school is built twice, the second
//! time with every gated body, film and picture replaced, and the public side
//! must be the same, byte for byte.
//!
//! Declassified on purpose, and so the same in both builds or cut away before
//! they are compared: title, summary, preview, slug, access, prices, the place of
//! a lesson in its course, the languages of a film's captions, when its file was
//! last changed, its objectives, its concepts, what it requires, its duration as
//! written, and how long a lesson takes to read.

use std::collections::BTreeMap;

use compiler::compile;
use compiler::diagnostic::has_errors;
use compiler::parse::Options;
use compiler::site::Site;
use compiler::source::SourceTree;
use contracts::access::Audience;

/// What differs between the two schools.
struct Gated<'a> {
    english: &'a str,
    chinese: &'a str,
    dated: &'a str,
    film: &'a [u8],
    captions: &'a str,
    figure: &'a [u8],
}

const FIRST: Gated<'_> = Gated {
    english: "## Boxes and arrows\n\nMoving a value hands over the box, and the old name is dead.\n\n\
        ![A drawing of two boxes](figure.svg)\n\n```rust\nfn main() { let a = 1; }\n```\n\n\
        A note.[^1]\n\n[^1]: Said in a footnote.\n\n:::note{title=\"One\"}\nInside.\n:::\n\n[ref]: https://one.test/ \"One\"\n",
    chinese: "## 盒子与箭头\n\n移动一个值就是把盒子交出去。\n",
    dated: "This opens later.\n",
    film: b"the bytes of the first film",
    captions: "WEBVTT\n\n00:00.000 --> 00:02.000\nThe first captions.\n",
    figure: b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"><path d=\"M0 0h1\"/></svg>",
};

const SECOND: Gated<'_> = Gated {
    english: "Quite another text, and a longer one.\n\n# With\n\n## Other\n\n### Headings\n\n- and\n- a\n- list\n\n\
        > [!NOTE]\n> An aside that the first one did not have, with $x^2$ and ~~struck~~ words.\n\n\
        | a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint('hello')\n```\n\n![Another picture](figure.svg)\n\n\
        [ref]: https://two.test/\n\n<!-- a comment -->\n",
    chinese: "短。\n",
    dated: "Now this text is about something else altogether, and it says more than the other.\n",
    film: b"another film, which is longer than the first one was",
    captions: "WEBVTT\n\n00:00.000 --> 00:09.000\nOther captions, and more of them.\n",
    figure:
        b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 90 30\"><circle r=\"5\"/></svg>",
};

fn school(gated: &Gated<'_>) -> Site {
    let english = format!(
        "---\nid: paid\ntitle: Paid\nsummary: What it is about.\nobjectives: [draw it]\nconcepts: [Box]\n\
         requires: [rust/free]\nvideo: film.mp4\naliases: [old]\n---\n\
         A preview with [a reference][ref] and ![the cover](../cover.svg).\n\n<!-- more -->\n\n{}\n\n\
         :::preview\n## Shown\n\nA block that is [public][ref], note[^1].\n:::\n\n{}",
        gated.english, gated.english
    );
    let chinese = format!("---\ntitle: 付费\nsummary: 讲什么\n---\n{}", gated.chinese);
    let dated = format!(
        "---\nid: dated\ntitle: Dated\naccess: free\nduration: 25m\npublish_at: 2030-01-01T00:00:00Z\n\
         expires_at: 2031-01-01T00:00:00Z\n---\n{}",
        gated.dated
    );
    let text = |text: &str| text.as_bytes().to_vec();
    let files = [
        (
            "site.toml",
            text(
                "title = \"School\"\nbase_url = \"https://school.test/\"\nlanguages = [\"en\", \"zh\"]\n",
            ),
        ),
        ("content/instructors/ada.md", text("---\nname: Ada\n---\nShe draws.\n")),
        ("content/pages/about.md", text("---\ntitle: About\n---\nThis school.\n")),
        (
            "content/rust/course.md",
            text(
                "---\ntitle: Rust\ndescription: Draw it.\ninstructors: [ada]\ncategory: Code\n\
            access: paid\nprices: { USD: \"29\" }\ncover: cover.svg\n---\nA course.\n",
            ),
        ),
        (
            "content/rust/cover.svg",
            text("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\"/>"),
        ),
        (
            "content/rust/01-free.md",
            text(
                "---\nid: free\ntitle: Free\naccess: free\n---\nRead [the next](02-paid/lesson.md).\n",
            ),
        ),
        ("content/rust/02-paid/lesson.md", text(&english)),
        ("content/rust/02-paid/lesson.zh.md", text(&chinese)),
        ("content/rust/02-paid/film.mp4", gated.film.to_vec()),
        ("content/rust/02-paid/film.en.vtt", text(gated.captions)),
        ("content/rust/02-paid/figure.svg", gated.figure.to_vec()),
        ("content/rust/03-dated.md", text(&dated)),
    ];
    let compilation = compile(&SourceTree::from_files(files), &Options::default());
    assert!(!has_errors(&compilation.diagnostics), "{:#?}", compilation.diagnostics);
    compilation.site.unwrap()
}

fn public_side(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let public = site.files.iter().filter(|file| file.key.audience() == Audience::Everyone);
    public.map(|file| (file.key.path(), file.content.read().unwrap())).collect()
}

#[track_caller]
fn same(first: &BTreeMap<String, Vec<u8>>, second: &BTreeMap<String, Vec<u8>>) {
    let paths = |side: &BTreeMap<String, Vec<u8>>| side.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(first), paths(second));
    for (path, bytes) in first {
        assert_eq!(
            String::from_utf8_lossy(bytes),
            String::from_utf8_lossy(&second[path]),
            "{path}"
        );
    }
}

#[test]
fn the_public_side_does_not_depend_on_gated_content() {
    let (first, second) = (school(&FIRST), school(&SECOND));
    same(&public_side(&first), &public_side(&second));
    let gated = |site: &Site| {
        let entitled = site.files.iter().filter(|file| file.key.audience() == Audience::Entitled);
        entitled.map(|file| file.digest).collect::<Vec<_>>()
    };
    assert!(gated(&first).len() >= 6, "body, body, body, film, captions, figure");
    assert!(gated(&first).iter().all(|digest| !gated(&second).contains(digest)));
}

#[test]
fn only_the_time_it_takes_to_read_tells_how_long_a_gated_text_is() {
    let long = "And so it goes on and on, word after word, page after page. ".repeat(400);
    let longer = Gated { english: &long, ..FIRST };
    let cut = |site: &Site| -> BTreeMap<String, Vec<u8>> {
        let without_time = |(path, bytes): (String, Vec<u8>)| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            (path, without_reading_time(&text).into_bytes())
        };
        let pages = public_side(site).into_iter();
        pages
            .filter(|(path, _)| !path.ends_with(".br") && !path.ends_with(".gz"))
            .map(without_time)
            .collect()
    };
    let (short, long) = (school(&FIRST), school(&longer));
    assert_ne!(public_side(&short), public_side(&long), "the time to read is shown");
    same(&cut(&short), &cut(&long));
}

/// Cuts minutes and hours out of a page, in words and in structured data.
fn without_reading_time(page: &str) -> String {
    let units = [" minutes", " minute", " min", " h ", " 分钟", " 小时 ", "M\""];
    let mut out = String::new();
    let mut rest = page;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        out.push_str(before);
        match units.iter().find_map(|unit| after.strip_prefix(unit)) {
            Some(after) => rest = after,
            None => {
                out.push_str(digits);
                rest = after;
            }
        }
    }
    out + rest
}

#[test]
fn building_twice_gives_the_same_bytes() {
    let (first, second) = (school(&FIRST), school(&FIRST));
    assert_eq!(first.manifest, second.manifest);
    let all = |site: &Site| -> Vec<_> {
        site.files.iter().map(|file| (file.key.clone(), file.content.read().unwrap())).collect()
    };
    assert_eq!(all(&first), all(&second));
}
