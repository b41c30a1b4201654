//! Every row of `docs/IMPORT.md` has a book here that shows it: what is lost is told
//! by the report, and what becomes something else is seen in the files of the course
//! or on the page that a reader gets.

use crate::harness::School;
use crate::import::tells;

/// Where a row shows.
#[derive(Clone, Copy)]
enum Shown {
    /// In the report.
    Told(&'static str),
    /// In the files of the course, one behind the other, each under its name.
    Course(&'static str),
    /// On the page of the lesson.
    Page(&'static str),
}

use Shown::{Course, Page, Told};

/// A row by the beginning of what a reader notices, the tool, the page that has
/// it, and where it shows.
type Row = (&'static str, &'static str, &'static str, Shown);

const ROWS: [Row; 42] = [
    (
        "groups inside of groups",
        "mkdocs",
        "text",
        Told("group `Deep`: its pages follow in the section"),
    ),
    (
        "a heading that repeats the title",
        "mdbook",
        "# Page\n\ntext",
        Course("title: \"Page\"\n---\n\ntext\n"),
    ),
    ("headings that skip a level", "mdbook", "## a\n\n#### b", Page("<h3 id=\"b\">b")),
    (
        "a name that Windows keeps",
        "mdbook",
        "text",
        Told("name `con`: became `src-con`: Windows keeps"),
    ),
    (
        "scripts, forms, frames",
        "mdbook",
        "<script>x</script>",
        Told("`<script>`: left out with its content"),
    ),
    (
        "of headings with the same words",
        "mkdocs",
        "## a b\n\n## a b\n\n[x](#a-b_1)",
        Page("<h2 id=\"a-b-1\">a b"),
    ),
    (
        "links to pages that are not part",
        "mdbook",
        "[a](gone.md)",
        Told("link to `gone.md`: only its text is kept"),
    ),
    (
        "an anchor is spelt",
        "mdbook",
        "[a](#gone)",
        Told("link to the heading `gone`: only its text is kept"),
    ),
    (
        "the order of a page list",
        "mdbook",
        "text",
        Course("01-part/01-page.md 01-part/02-below.md 01-part/03-src-con.md 01-part/section.md\n"),
    ),
    (
        "tags that give no address",
        "hugo",
        "---\ntitle: T\ntags: [\"?\"]\n---\ntext",
        Told("tag `?`: left out: it gives no address"),
    ),
    (
        "all hidden lines of a block",
        "mdbook",
        "```rust\n# use x;\nlet a;\n```",
        Page(
            "<input type=\"checkbox\"> Show hidden lines</label><pre><code><span class=\"line line-hidden\"",
        ),
    ),
    (
        "code can't be run",
        "mdbook",
        "```rust,ignore\na\n```",
        Told("`ignore` behind a fence: left out"),
    ),
    (
        "listings are figures",
        "mdbook",
        "<Listing number=\"1\">\n\na\n\n</Listing>",
        Page("<figcaption>Listing 1</figcaption>\n</figure>"),
    ),
    ("parts are sections", "mdbook", "text", Course("== 01-part/section.md\n---\ntitle: \"Part\"")),
    (
        "`{{#playground}}`",
        "mdbook",
        "{{#title x}}\n\n{{#playground ../x.rs}}",
        Course("---\n\n```rust\nlet x;\n```\n"),
    ),
    ("formulas between `\\\\(`", "mdbook", "\\\\(a\\\\)", Page("<p>\\(a\\)</p>")),
    (
        "a bare address is a link",
        "mdbook",
        "https://a.test",
        Page("<a href=\"https://a.test\" rel=\"noopener\">https://a.test</a>"),
    ),
    (
        "pages that `SUMMARY.md` doesn't list",
        "mdbook",
        "text",
        Told("the page: left out: `src/SUMMARY.md` doesn't list it\n  src/unlisted.md"),
    ),
    (
        "admonitions are notes",
        "mkdocs",
        "!!! example\n    a",
        Page("<p class=\"aside-title\">Example</p>\n<p>a</p>"),
    ),
    (
        "a note never stands at the side",
        "mkdocs",
        "!!! note inline end\n    a",
        Told("`inline end` of a note: left out"),
    ),
    (
        "titles of notes",
        "mkdocs",
        "!!! note \"$a$\"\n    a",
        Told("title `$a$`: its formulas stay as they are written"),
    ),
    ("a list that follows", "mkdocs", "a\n- b", Page("<p>a</p>\n<ul>\n<li>b</li>")),
    ("icons such as", "mkdocs", "a :material-check:", Told("icon `:material-check:`: left out")),
    (
        "abbreviations are not",
        "mkdocs",
        "HTML\n\n*[HTML]: Hyper",
        Told("left out: lessons don't explain abbreviations"),
    ),
    (
        "annotations of code stay",
        "mkdocs",
        "```py\na # (1)!\n```",
        Told("annotation `(1)!` of code: kept"),
    ),
    ("authors and dates", "mkdocs", "author: Ada\n\ntext", Told("front matter `author`: left out")),
    ("what plugins and hooks add", "mkdocs", "text", Told("`plugins`: not run")),
    (
        "a formula that can't be read",
        "mkdocs",
        "$\\pod a$",
        Page("<code class=\"math math-source\">$\\pod a$</code>"),
    ),
    ("shortcodes of a theme", "hugo", "{{< odd 1 >}}", Told("shortcode `odd 1`: kept as text")),
    (
        "dates order the lessons",
        "hugo",
        "---\ntitle: T\ndate: 2024-01-02\n---\na",
        Told("`date`: orders the lessons"),
    ),
    ("the menu, the outputs", "hugo", "text", Told("`menu`: left out")),
    (
        "`aliases` and `url`",
        "hugo",
        "---\ntitle: T\naliases: [/old/]\nurl: /x/y/\n---\na",
        Course("aliases: [\"/old/\", \"/x/y/\"]"),
    ),
    (
        "width and class of a figure",
        "hugo",
        "{{< figure src=\"/a.png\" width=\"3\" >}}",
        Told("left out: the theme sets pictures"),
    ),
    (
        "components of React",
        "docusaurus",
        "<Chart of={1} />",
        Told("component `<Chart>`: the tag is left out"),
    ),
    (
        "labels of the sidebar",
        "docusaurus",
        "---\nsidebar_label: L\n---\n# T\n\na",
        Told("`sidebar_label`: left out: a lesson has one title"),
    ),
    ("versions, the blog", "docusaurus", "text", Told("versions of the docs: left out")),
    ("a sidebar that is made by a program", "docusaurus", "text", Told("sidebars.js")),
    (
        "tabs don't switch together",
        "docusaurus",
        "<Tabs groupId=\"a\">\n<TabItem value=\"a\">\n\nb\n\n</TabItem>\n</Tabs>",
        Course("---\n\n::::tabs\n:::tab[a]\n\nb\n\n:::\n\n::::\n"),
    ),
    (
        "conditions, loops and includes",
        "jekyll",
        "{% if a %}b{% endif %}",
        Told("Liquid `if a`: kept as text"),
    ),
    (
        "the table of contents",
        "jekyll",
        "* TOC\n{:toc}\n\n## a",
        Told("`{:toc}`: left out: every lesson has a table"),
    ),
    ("excerpts are gone", "jekyll", "a\n<!--cut-->\n\nb", Told("the end of the excerpt: left out")),
    (
        "attributes other than",
        "jekyll",
        "## A\n{: data-y=\"1\"}",
        Told("left out: lessons have anchors and classes"),
    ),
];

/// A book of one page, with everything around it that some row needs.
fn book(school: &School, tool: &str, page: &str) {
    let page = format!("{page}\n");
    let files: Vec<(&str, &str)> = match tool {
        "mdbook" => vec![
            (
                "src/SUMMARY.md",
                "# Summary\n\n# Part\n\n- [Page](page.md)\n  - [Below](below.md)\n- [Con](con.md)\n",
            ),
            ("src/page.md", &page),
            ("src/below.md", "text\n"),
            ("x.rs", "let x;\n"),
            ("src/con.md", "text\n"),
            ("src/unlisted.md", "text\n"),
        ],
        "mkdocs" => vec![
            (
                "mkdocs.yml",
                "site_name: W\nplugins: [x]\nnav:\n  - Part:\n    - Deep:\n      - Page: page.md\n",
            ),
            ("docs/page.md", &page),
        ],
        "hugo" => vec![
            ("hugo.toml", "title = 'X'\n[menu]\nmain = []\n"),
            ("content/page.md", &page),
            ("static/a.png", "x"),
        ],
        "docusaurus" => vec![
            ("docusaurus.config.js", "module.exports = {title: 'X'};\n"),
            ("sidebars.js", "module.exports = make();\n"),
            ("docs/page.mdx", &page),
            ("versioned_docs/version-1/page.md", "old\n"),
        ],
        _ => {
            vec![("_config.yml", "title: X\nexcerpt_separator: <!--cut-->\n"), ("index.md", &page)]
        }
    };
    for (path, text) in files {
        // Jekyll and Hugo take a page only with front matter.
        let is_page = text == page && !text.starts_with("---");
        let needs_head = is_page && matches!(tool, "hugo" | "jekyll");
        let head = if needs_head { "---\ntitle: Page\n---\n" } else { "" };
        school.write(&format!("book/{path}"), &format!("{head}{text}"));
    }
}

/// All texts of the course, and before them their names.
fn course(school: &School) -> String {
    let files = school.files("content/guide");
    let texts: Vec<(String, String)> = files
        .into_iter()
        .filter(|(path, _)| path.ends_with(".md") && !path.ends_with("course.md"))
        .map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()))
        .collect();
    let names: Vec<&str> = texts.iter().map(|(path, _)| path.as_str()).collect();
    let texts: String = texts.iter().map(|(path, text)| format!("== {path}\n{text}")).collect();
    format!("{}\n{texts}", names.join(" "))
}

#[test]
fn every_difference_that_the_documents_list_shows() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/IMPORT.md");
    let document = std::fs::read_to_string(document).unwrap();
    let listed: Vec<&str> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| "))
        .filter(|line| !line.starts_with("what a reader notices"))
        .collect();
    for line in &listed {
        assert!(ROWS.iter().any(|row| line.starts_with(row.0)), "no book shows this row: {line}");
    }
    let mut wrong = String::new();
    for (begins, tool, page, shown) in ROWS {
        assert!(listed.iter().any(|line| line.starts_with(begins)), "no such row: {begins}");
        let school = School::new();
        book(&school, tool, page);
        let said = school.run(&["import", tool, "book", "--course", "guide"]).done();
        let (is_shown, expected, instead) = match shown {
            Told(note) => (tells(&said, note), note, said),
            Course(text) => (course(&school).contains(text), text, course(&school)),
            Page(html) => {
                school.run(&["build"]).done();
                let page = school.read("dist/public/courses/guide/page/index.html");
                (page.contains(html), html, page)
            }
        };
        if !is_shown {
            wrong += &format!("{begins}: {expected}\n{instead}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
