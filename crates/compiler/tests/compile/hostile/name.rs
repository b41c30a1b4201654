//! Names of files and slugs that one system takes for another, that some can't
//! hold, and that our own addresses are made of.

use compiler::compile;
use compiler::parse::{Options, parse};
use compiler::source::SourceTree;

use super::{COURSE, SITE};

fn tree(files: &[(&str, &str)]) -> SourceTree {
    let site = format!("{SITE}languages = [\"en\", \"zh\"]\n[build]\nprecompress = false\n");
    let sound = [("site.toml", site.as_str()), ("content/rust/course.md", COURSE)];
    SourceTree::from_files(sound.into_iter().chain(files.iter().copied()))
}

/// What the whole compiler tells, without what a name has nothing to do with.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let made = compile(&tree(files), &Options::default());
    let line = |found: &compiler::diagnostic::Diagnostic| {
        let severity = format!("{:?}", found.severity).to_lowercase();
        let hint = found.hint.as_deref().unwrap_or_default();
        format!("{} {severity}[{}] {} | {hint}", found.path, found.code, found.message)
    };
    made.diagnostics
        .iter()
        .filter(|found| found.code.name() != "missing-locale")
        .map(line)
        .collect()
}

fn lesson(id: &str, more: &str) -> String {
    format!("---\nid: {id}\ntitle: Hello\n{more}---\nHi.\n")
}

const NONE: [&str; 0] = [];

/// One picture, as small as they come.
const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>";

#[test]
fn a_name_is_found_in_either_normal_form() {
    for (file, link) in [("caf\u{e9}", "cafe\u{301}"), ("cafe\u{301}", "caf\u{e9}")] {
        let (picture, other) =
            (format!("content/rust/{file}.svg"), format!("content/rust/{file}.md"));
        let text = format!(
            "---\nid: hello\ntitle: Hello\n---\n![A]({link}.svg) [b]({link}.md) [[{link}]] [c](/courses/rust/{link}/)\n"
        );
        let page = lesson("cafe", "slug: cafe\u{301}\n");
        let told = told(&[
            ("content/rust/01-hello.md", text.as_str()),
            (picture.as_str(), SVG),
            (other.as_str(), page.as_str()),
        ]);
        assert_eq!(told, NONE, "{file:?}");
    }
}

#[test]
fn names_that_differ_in_capitals_only_are_refused() {
    let (a, b) = (lesson("a", "slug: a\n"), lesson("b", "slug: b\n"));
    let hint = "rename one of them: Windows and macOS keep only one";
    for (one, other, at, first, second) in [
        (
            "content/rust/Intro.md",
            "content/rust/intro.md",
            "content/rust/intro.md",
            "content/rust/intro.md",
            "content/rust/Intro.md",
        ),
        // Of two folders the folders are named, once.
        (
            "content/rust/A/1.md",
            "content/rust/a/2.md",
            "content/rust/a/2.md",
            "content/rust/a",
            "content/rust/A",
        ),
        (
            "content/rust/É.md",
            "content/rust/é.md",
            "content/rust/é.md",
            "content/rust/é.md",
            "content/rust/É.md",
        ),
    ] {
        let told = told(&[(one, a.as_str()), (other, b.as_str())]);
        let collision = format!(
            "{at} error[colliding-file] `{first}` and `{second}` differ in capitals only | {hint}"
        );
        assert_eq!(told, [collision]);
    }
    let assets = [("content/rust/a.svg", SVG), ("content/rust/A.svg", SVG)];
    assert_eq!(told(&assets).len(), 1);
}

#[test]
fn slugs_that_differ_in_capitals_only_are_refused() {
    let (a, b) = (lesson("a", "slug: Intro\n"), lesson("b", "slug: intro\n"));
    let told = told(&[("content/rust/1.md", a.as_str()), ("content/rust/2.md", b.as_str())]);
    assert_eq!(
        told,
        ["content/rust/2.md error[colliding-file] `courses/rust/intro/index.html` and \
          `courses/rust/Intro/index.html` differ in capitals only | give one of them another slug"]
    );
}

#[test]
fn names_that_windows_can_not_hold_are_told() {
    let page = lesson("hello", "slug: hello\n");
    for (name, what) in [
        ("con.md", "`con` is a device there"),
        ("NUL", "`nul` is a device there"),
        ("aux.zh.txt", "`aux` is a device there"),
        ("COM1.md", "`com1` is a device there"),
        ("lpt³.md", "`lpt³` is a device there"),
        ("a.", "it ends with a dot or a space"),
        ("a ", "it ends with a dot or a space"),
        ("a:b.md", "it holds `:`"),
        ("a?.md", "it holds `?`"),
        ("a\"b.md", "it holds `\"`"),
        ("a*.md", "it holds `*`"),
        ("a|b.md", "it holds `|`"),
        ("<a>.md", "it holds `<`"),
    ] {
        let path = format!("content/rust/{name}");
        let told = told(&[(path.as_str(), page.as_str())]);
        assert_eq!(
            told,
            [format!(
                "{path} warning[bad-file-name] Windows can't hold a file named `{name}`: {what} \
                 | rename it, or nobody can check the school out on Windows"
            )]
        );
    }
    for name in ["console.md", "com10.md", "-rf.md", "100%.md", "it's.md", "a b.md", "a#b.md"] {
        let path = format!("content/rust/{name}");
        assert_eq!(told(&[(path.as_str(), page.as_str())]), NONE, "{name}");
    }
}

#[test]
fn signs_of_addresses_in_a_name_are_spelt_or_refused() {
    for (name, link) in [
        ("100%.svg", "100%25.svg"),
        ("a b.svg", "<a b.svg>"),
        ("it's.svg", "it's.svg"),
        ("-a.svg", "-a.svg"),
    ] {
        let path = format!("content/rust/{name}");
        let page = format!("---\nid: hello\ntitle: Hello\n---\n![A]({link})\n");
        let told = told(&[(path.as_str(), SVG), ("content/rust/01-hello.md", page.as_str())]);
        assert_eq!(told, NONE, "{name}");
    }
    let page = "---\nid: hello\ntitle: Hello\n---\n![A](a%23b.svg)\n";
    let files = [("content/rust/a#b.svg", SVG), ("content/rust/01-hello.md", page)];
    assert_eq!(
        told(&files),
        ["content/rust/01-hello.md error[missing-asset] `content/rust/a#b.svg` has a name that \
          can't be published | rename it without `?`, `#` and `\\`, to at most 200 letters"]
    );
}

#[test]
fn our_own_addresses_are_taken() {
    for slug in [
        "account",
        "api",
        "assets",
        "courses",
        "instructors",
        "learn",
        "objects",
        "paths",
        "search",
        "sign-in",
        "tags",
        "levels",
        "categories",
        "concepts",
        "glossary",
        "zh",
    ] {
        let page = format!("---\ntitle: A\nslug: {slug}\n---\nHi.\n");
        let told = told(&[("content/pages/a.md", page.as_str())]);
        let owner = if slug == "zh" { "the pages in that language" } else { "Lyceum itself" };
        let taken = format!(
            "content/pages/a.md error[colliding-url] the address `/{slug}/` is taken by {owner} | \
             give the page another `slug:`"
        );
        assert!(told.contains(&taken), "{told:#?}");
    }
    for slug in ["robots.txt", "sitemap.xml", "llms.txt", "feed.xml", "index.html", "404.html"] {
        let page = format!("---\ntitle: A\nslug: {slug}\n---\nHi.\n");
        let told = told(&[("content/pages/a.md", page.as_str())]);
        let stands = format!(
            "content/pages/a.md error[colliding-file] `{slug}/index.html` can't stand beside the \
             file `{slug}` | give the page another `slug:`"
        );
        assert_eq!(told, [stands]);
    }
}

#[test]
fn what_only_looks_like_one_of_our_addresses_is_free() {
    for slug in ["index", "404", "current.json", "releases", "lessons", "frames"] {
        let page = format!("---\ntitle: A\nslug: {slug}\n---\nHi.\n");
        assert_eq!(told(&[("content/pages/a.md", page.as_str())]), NONE, "{slug}");
    }
    for slug in ["api", "learn", "zh", "index", "page", "sign-in"] {
        let course = format!("{}slug: {slug}\n---\n", COURSE.trim_end_matches("---\n"));
        let page = lesson("hello", &format!("slug: {slug}\n"));
        let files = [("content/other/course.md", course.as_str()), ("content/other/1.md", &page)];
        assert_eq!(told(&files), NONE, "{slug}");
    }
}

#[test]
fn an_address_that_no_store_holds_is_refused() {
    let word = "字".repeat(100);
    let page = lesson("hello", &format!("slug: {word}\n"));
    let told = told(&[("content/rust/1.md", page.as_str())]);
    let shown: String = format!("courses/rust/{word}").chars().take(60).collect();
    assert_eq!(
        told,
        [format!(
            "content/rust/1.md error[bad-file-name] the address has a name of 300 bytes, more than \
             240: `{shown}…` | give the file a shorter name, or the page a shorter `slug:`"
        )]
    );
    let asset = format!("content/rust/{}.svg", "a".repeat(240));
    let link = format!("![A]({}.svg)\n", "a".repeat(240));
    let page = lesson("hello", "").replace("Hi.\n", &link);
    let shown: String = format!("assets/{}", "a".repeat(240)).chars().take(60).collect();
    assert_eq!(
        self::told(&[(asset.as_str(), SVG), ("content/rust/1.md", page.as_str())]),
        [format!(
            "content/rust/1.md error[bad-file-name] the address has a name of 261 bytes, more than \
             240: `{shown}…` | give the file a shorter name, or the page a shorter `slug:`"
        )]
    );
}

#[test]
fn a_path_of_two_thousand_folders_is_told_as_read_by_nobody() {
    let path = format!("content/rust/{}a.md", "d/".repeat(2000));
    let told = parse(&tree(&[(path.as_str(), "Hi.")]), &Options::default()).diagnostics;
    let codes: Vec<&str> = told.iter().map(|found| found.code.name()).collect();
    assert_eq!(codes, ["stray-lesson"]);
}
