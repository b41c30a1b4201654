//! `lyceum import`: books as people write them become courses without errors,
//! and whatever is lost on the way is told.

use crate::harness::School;

/// The smallest picture: one grey point.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0, 0x0a, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72, 0xb6, 0, 0, 0, 0, b'I', b'E',
    b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

fn book(school: &School, files: &[(&str, &str)]) {
    for (path, text) in files {
        school.write(&format!("book/{path}"), text);
    }
}

/// Imports the book and checks the school; answers with what was told.
#[track_caller]
fn imported(school: &School, kind: &str) -> String {
    let told = school.run(&["import", kind, "book", "--course", "guide"]).done();
    let check = school.run(&["check", "--drafts"]);
    assert_eq!(check.code, Some(0), "{told}\n{}", check.stderr);
    assert!(!check.stderr.contains("content/guide") || !check.stderr.contains("error"), "{told}");
    told
}

/// Whether a report tells of a thing, by itself or below a line for its kind.
pub(super) fn tells(report: &str, note: &str) -> bool {
    let of_a_kind = note.split_once(": ").is_some_and(|(what, why)| {
        let is_place = |line: &str| line.starts_with("  ") && line.ends_with(&format!(" {what}"));
        report.contains(&format!(": {why}")) && report.lines().any(is_place)
    });
    report.contains(note) || of_a_kind
}

#[test]
fn an_mdbook_becomes_a_course_with_sections_links_pictures_and_listings() {
    let school = School::new();
    book(
        &school,
        &[
            (
                "book.toml",
                "[book]\ntitle = \"The \\\"Guide\\\"\"\ndescription = \"Short.\"\nsrc = \"text\"\n",
            ),
            (
                "text/SUMMARY.md",
                "# Summary\r\n\r\n[Welcome](README.md)\r\n\r\n- [Basics](basics/README.md)\r\n  \
                 - [Set `up`](basics/setup.md)\r\n  - [Later]()\r\n- [Same name](other/setup.md)\r\n",
            ),
            (
                "text/README.md",
                "# Welcome\r\n\r\nGo to [set up](basics/setup.html#step-one), [the basics](basics/) or \
                 [nowhere](gone.md).\r\n\r\n![A point](img/a%20point.png)\r\n",
            ),
            ("text/basics/README.md", "# Basics\n\nSee [above][home].\n\n[home]: ../index.html\n"),
            (
                "text/basics/setup.md",
                "# Set up\n\n## Step One\n\n<Listing number=\"1\" caption=\"A `main`\">\n\n```rust,ignore\n\
                 {{#rustdoc_include ../../code/main.rs:here}}\n```\n\n</Listing>\n",
            ),
            ("text/other/setup.md", "# Same name\n\n{{#include ../../code/gone.rs}}\n"),
            (
                "code/main.rs",
                "# hidden\n// ANCHOR: here\n# use x;\nfn main() {}\n// ANCHOR_END: here\n",
            ),
        ],
    );
    std::fs::create_dir_all(school.path("book/text/img")).unwrap();
    std::fs::write(school.path("book/text/img/a point.png"), PNG).unwrap();

    let told = imported(&school, "mdbook");
    assert_eq!(
        told,
        "\
link to `gone.md`: only its text is kept: there is no such page in the book
  text/README.md:3
`{{#include ../../code/gone.rs}}`: left out: `code/gone.rs` is not there
  text/other/setup.md:3
name `setup`: became `other-setup`: another one has the name, or one that differs only in capitals
  text/other/setup.md
`ignore` behind a fence: left out: lessons show code and don't run it
  text/basics/setup.md:7

made `content/guide`: 5 lessons, 1 section, 1 file; 4 remarks listed above
hint: see it with `lyceum check`, then `lyceum build`
"
    );
    assert_eq!(
        school.read("content/guide/course.md"),
        "---\ntitle: \"The \\\"Guide\\\"\"\ndescription: \"Short.\"\n---\n"
    );
    assert_eq!(
        school.read("content/guide/01-welcome/lesson.md"),
        "---\nid: guide-welcome\ntitle: \"Welcome\"\n---\n\n\
         Go to [set up](../02-basics/02-setup.md#step-one), [the basics](../02-basics/01-basics.md) or \
         nowhere.\n\n![A point](a-point.png)\n"
    );
    assert_eq!(
        school.read("content/guide/02-basics/01-basics.md"),
        "---\nid: guide-basics\ntitle: \"Basics\"\n---\n\nSee [above][home].\n\n\
         [home]: ../01-welcome/lesson.md\n"
    );
    assert_eq!(
        school.read("content/guide/02-basics/02-setup.md"),
        "---\nid: guide-setup\ntitle: \"Set up\"\n---\n\n## Step One\n\n\
         <figure class=\"listing\" id=\"listing-1\">\n\n```rust hide=\"1-2\"\n# hidden\nuse x;\nfn main() {}\n```\n\n\
         <figcaption>Listing 1: A <code>main</code></figcaption>\n</figure>\n"
    );
    assert!(school.read("content/guide/02-basics/03-later.md").contains("draft: true\n"));
    assert!(school.path("content/guide/03-other-setup.md").is_file());
}

#[test]
fn a_mkdocs_site_becomes_a_course_with_notes_details_and_snippets() {
    let school = School::new();
    book(
        &school,
        &[
            (
                "mkdocs.yml",
                "site_name: Wiki\nsite_url: https://wiki.test/\nnav:\n  - Home: index.md\n  - Part:\n    \
                 - a/one.md\n    - Deep:\n      - Two: a/two.md\n    - Gone: gone.md\n\
                 markdown_extensions:\n  - toc:\n      slugify: !!python/name:pymdownx.slugs.uslugify\n",
            ),
            ("docs/index.md", "# Home\n\n[one](a/one.md#some_heading) and [gone](gone.md#x)\n"),
            (
                "docs/a/one.md",
                "title: The *first*\nauthor: Ada\n\n!!! warning \"Mind\"\n    [home](../index.md)\n\n\
                 ??? note\n    === \"C++\"\n        ```cpp linenums=\"1\"\n        --8<-- \"docs/a/x.cpp\"\n        ```\n\n\
                 ## Some Heading { .big }\n\n$[a](b)$ ![p](p.png){ width=\"3\" }\n",
            ),
            ("docs/a/two.md", "Text with ++ctrl+c++.\n"),
            ("docs/a/x.cpp", "int main() {}\n"),
        ],
    );
    std::fs::write(school.path("book/docs/a/p.png"), PNG).unwrap();

    let told = imported(&school, "mkdocs");
    for line in [
        "links to pages left out: the page is not in this course; the link leads to the book's site",
        "front matter `author`: left out: a lesson has no such key",
        "`gone.md`: left out: the file is not there",
        "group `Deep`: its pages follow in the section `Part`: sections have no sections",
    ] {
        assert!(tells(&told, line), "{line}\n{told}");
    }
    assert_eq!(
        school.read("content/guide/01-home.md"),
        "---\nid: guide-home\ntitle: \"Home\"\n---\n\n\
         [one](02-part/01-one/lesson.md#some-heading) and [gone](https://wiki.test/gone/#x)\n"
    );
    assert_eq!(
        school.read("content/guide/02-part/01-one/lesson.md"),
        "---\nid: guide-one\ntitle: \"The first\"\n---\n\n> [!WARNING] Mind\n> [home](../../01-home.md)\n\n\
         <details class=\"note\">\n<summary>Note</summary>\n\n::::tabs\n:::tab[C++]\n```cpp lines\nint main() {}\n```\n:::\n\n::::\n\n\
         </details>\n\n## Some Heading\n\n$[a](b)$ ![p](p.png)\n"
    );
    assert!(
        school.read("content/guide/02-part/02-two.md").contains("<kbd>ctrl</kbd>+<kbd>c</kbd>")
    );
}

#[test]
fn a_book_without_settings_and_with_odd_content_is_imported_all_the_same() {
    let school = School::new();
    book(
        &school,
        &[
            (
                "src/SUMMARY.md",
                "* [One](one.md)\n\t* [Two](deep/one.md)\n* [Twice](one.md)\n* [Lost](lost.md)\n\
                 * [Out](../../site.toml)\n---\n- words\n",
            ),
            (
                "src/one.md",
                "<!-- a\n\n[x](gone.md) -->\n<script>\n\n[y](gone.md)\n</script>\n\n\
                 <p style=\"color:red\" onclick=\"x()\">b <img src=gone.png alt=c></p>\n\n\
                 [j](javascript:alert(1)) [e]() [m](mailto:a@b.test) [d](deep/one.html#no-such)\n\n\
                 [ref][r] [r]\n\n[r]: gone.md\n\n    [code](gone.md)\n\n{{#quiz q.toml}} {{ x }}\n",
            ),
            (
                "src/deep/one.md",
                "---\ntitle: T\ntags: [a]\n---\n# Two\n\n~~~md\n[a](gone.md)\n~~~\n",
            ),
            ("src/unlisted.md", "x"),
        ],
    );
    let told = imported(&school, "mdbook");
    assert!(school.read("content/guide/course.md").starts_with("---\ntitle: \"Guide\"\n"));
    assert_eq!(
        school.read("content/guide/01-one/01-one.md"),
        "---\nid: guide-one\ntitle: \"One\"\n---\n\n<!-- a\n\n[x](gone.md) -->\n\n<p>b c</p>\n\n\
         j e [m](mailto:a@b.test) [d](02-deep-one.md)\n\nref r\n\n    [code](gone.md)\n\n\
         {{#quiz q.toml}} {{ x }}\n"
    );
    assert_eq!(
        school.read("content/guide/01-one/02-deep-one.md"),
        "---\nid: guide-deep-one\ntitle: \"Two\"\ntags: [\"a\"]\n---\n\n~~~md\n[a](gone.md)\n~~~\n"
    );
    for note in [
        "`book.toml`: it is not there; the course is titled after its name",
        "`src/one.md`: left out: the chapter is listed twice",
        "`src/lost.md`: left out: the file is not there",
        "left out: it leads out of the book's folder",
        "`<script>`: left out with its content: lessons run nothing",
        "`style` of `<p>`: the attribute is left out",
        "picture `gone.png`: only its text is kept: there is no such file in the book",
        "link to `javascript:alert(1)`: only its text is kept: Lyceum links only to http, https, mailto and tel",
        "link to ``: only its text is kept: the link has no address",
        "link to the heading `no-such`: leads to the top of the page: `src/deep/one.md` has no such heading",
        "the page: left out: `src/SUMMARY.md` doesn't list it",
        "separator: left out: a course has no rules between lessons",
    ] {
        assert!(tells(&told, note), "{note}\n{told}");
    }
}

#[test]
fn an_import_never_touches_a_course_that_is_there_and_leaves_nothing_when_it_fails() {
    let school = School::new();
    book(&school, &[("src/SUMMARY.md", "- [One](one.md)\n"), ("src/one.md", "text\n")]);
    let import = ["import", "mdbook", "book", "--course", "guide"];
    school.run(&import).done();
    let before = school.files("content");
    // Without the record of an import it could be anybody's course.
    std::fs::remove_file(school.path("import.lock")).unwrap();
    assert_eq!(
        school.run(&import).failed(),
        "error: `content/guide` is there already\n\
         hint: choose another name with `--course`, or remove the folder first\n"
    );
    assert_eq!(
        school.run(&["import", "mkdocs", "book", "--course", "other"]).failed(),
        "error: there is no `mkdocs.yml`\nhint: name the folder that holds `mkdocs.yml`\n"
    );
    book(&school, &[("src/SUMMARY.md", "nothing\n")]);
    assert_eq!(
        school.run(&["import", "mdbook", "book", "--course", "other"]).failed(),
        "error: the book lists no page that can be read\nhint: is this the folder of the book?\n"
    );
    for name in ["../out", "A b", "pages", ""] {
        assert_eq!(school.run(&["import", "mdbook", "book", "--course", name]).code, Some(2));
    }
    assert_eq!(school.files("content"), before);
}

#[test]
fn a_script_gets_the_list_of_what_was_lost() {
    let school = School::new();
    book(&school, &[("src/SUMMARY.md", "- [One](one.md)\n"), ("src/one.md", "[a](b.md)\n")]);
    let run = school.run(&["import", "mdbook", "book", "--course", "guide", "--json"]);
    let made: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (run.code, &made["lessons"], &made["course"]),
        (Some(0), &1.into(), &"content/guide".into())
    );
    let note = made["notes"].as_array().unwrap().iter().find(|note| note["file"] == "src/one.md");
    assert_eq!(note.unwrap()["what"], "link to `b.md`");
}
