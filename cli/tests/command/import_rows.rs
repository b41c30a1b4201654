//! Every row of `docs/IMPORT.md` has a book here that shows it. What is lost is
//! told by the report; a row that loses nothing is named with an empty answer.

use crate::harness::School;
use crate::import::tells;

/// A row by the beginning of what a reader notices, the tool, the page that has
/// it, and what the report says.
type Row = (&'static str, &'static str, &'static str, &'static str);

const ROWS: [Row; 41] = [
    ("groups inside of groups", "mkdocs", "text", "group `Deep`: its pages follow in the section"),
    ("a heading that repeats the title", "mdbook", "# Page\n\ntext", ""),
    ("headings that skip a level", "mdbook", "## a\n\n#### b", ""),
    ("a name that Windows keeps", "mdbook", "text", "name `con`: became `src-con`: Windows keeps"),
    (
        "scripts, forms, frames",
        "mdbook",
        "<script>x</script>",
        "`<script>`: left out with its content",
    ),
    (
        "links to pages that are not part",
        "mdbook",
        "[a](gone.md)",
        "link to `gone.md`: only its text is kept",
    ),
    (
        "an anchor is spelt",
        "mdbook",
        "[a](#gone)",
        "link to the heading `gone`: only its text is kept",
    ),
    ("the order of a page list", "mdbook", "text", ""),
    (
        "tags that give no address",
        "hugo",
        "---\ntitle: T\ntags: [\"?\"]\n---\ntext",
        "tag `?`: left out: it gives no address",
    ),
    ("all hidden lines of a block", "mdbook", "```rust\n# use x;\nlet a;\n```", ""),
    ("code can't be run", "mdbook", "```rust,ignore\na\n```", "`ignore` behind a fence: left out"),
    ("listings are figures", "mdbook", "<Listing number=\"1\">\n\na\n\n</Listing>", ""),
    ("parts are sections", "mdbook", "text", ""),
    ("`{{#playground}}`", "mdbook", "{{#title x}}", ""),
    ("formulas between `\\\\(`", "mdbook", "\\\\(a\\\\)", ""),
    ("a bare address is a link", "mdbook", "https://a.test", ""),
    (
        "pages that `SUMMARY.md` doesn't list",
        "mdbook",
        "text",
        "the page: left out: `src/SUMMARY.md` doesn't list it\n  src/unlisted.md",
    ),
    ("admonitions are notes", "mkdocs", "!!! example\n    a", ""),
    (
        "a note never stands at the side",
        "mkdocs",
        "!!! note inline end\n    a",
        "`inline end` of a note: left out",
    ),
    (
        "titles of notes",
        "mkdocs",
        "!!! note \"$a$\"\n    a",
        "title `$a$`: its formulas stay as they are written",
    ),
    ("a list that follows", "mkdocs", "a\n- b", ""),
    ("icons such as", "mkdocs", "a :material-check:", "icon `:material-check:`: left out"),
    (
        "abbreviations are not",
        "mkdocs",
        "HTML\n\n*[HTML]: Hyper",
        "left out: lessons don't explain abbreviations",
    ),
    (
        "annotations of code stay",
        "mkdocs",
        "```py\na # (1)!\n```",
        "annotation `(1)!` of code: kept",
    ),
    ("authors and dates", "mkdocs", "author: Ada\n\ntext", "front matter `author`: left out"),
    ("what plugins and hooks add", "mkdocs", "text", "`plugins`: not run"),
    ("a formula that can't be read", "mkdocs", "$\\pod a$", ""),
    ("shortcodes of a theme", "hugo", "{{< odd 1 >}}", "shortcode `odd 1`: kept as text"),
    (
        "dates order the lessons",
        "hugo",
        "---\ntitle: T\ndate: 2024-01-02\n---\na",
        "`date`: orders the lessons",
    ),
    ("the menu, the outputs", "hugo", "text", "`menu`: left out"),
    ("`aliases` and `url`", "hugo", "---\ntitle: T\naliases: [/old/]\n---\na", ""),
    (
        "width and class of a figure",
        "hugo",
        "{{< figure src=\"/a.png\" width=\"3\" >}}",
        "left out: the theme sets pictures",
    ),
    (
        "components of React",
        "docusaurus",
        "<Chart of={1} />",
        "component `<Chart>`: the tag is left out",
    ),
    (
        "labels of the sidebar",
        "docusaurus",
        "---\nsidebar_label: L\n---\n# T\n\na",
        "`sidebar_label`: left out: a lesson has one title",
    ),
    ("versions, the blog", "docusaurus", "text", "versions of the docs: left out"),
    ("a sidebar that is made by a program", "docusaurus", "text", "sidebars.js"),
    (
        "tabs don't switch together",
        "docusaurus",
        "<Tabs groupId=\"a\">\n<TabItem value=\"a\">\n\nb\n\n</TabItem>\n</Tabs>",
        "",
    ),
    (
        "conditions, loops and includes",
        "jekyll",
        "{% if a %}b{% endif %}",
        "Liquid `if a`: kept as text",
    ),
    (
        "the table of contents",
        "jekyll",
        "* TOC\n{:toc}\n\n## a",
        "`{:toc}`: left out: every lesson has a table",
    ),
    ("excerpts are gone", "jekyll", "a\n<!--cut-->\n\nb", "the end of the excerpt: left out"),
    (
        "attributes other than",
        "jekyll",
        "## A\n{: data-y=\"1\"}",
        "left out: lessons have anchors and classes",
    ),
];

/// A book of one page, with everything around it that some row needs.
fn book(school: &School, tool: &str, page: &str) {
    let page = format!("{page}\n");
    let files: Vec<(&str, &str)> = match tool {
        "mdbook" => vec![
            ("src/SUMMARY.md", "- [Page](page.md)\n- [Con](con.md)\n"),
            ("src/page.md", &page),
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

#[test]
fn every_difference_that_the_documents_list_is_told_by_the_report() {
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
    for (begins, tool, page, told) in ROWS {
        assert!(listed.iter().any(|line| line.starts_with(begins)), "no such row: {begins}");
        let school = School::new();
        book(&school, tool, page);
        let said = school.run(&["import", tool, "book", "--course", "guide"]).done();
        if !tells(&said, told) {
            wrong += &format!("{begins}: {told}\n{said}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
