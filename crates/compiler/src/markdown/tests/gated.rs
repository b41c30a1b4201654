//! Gated texts: what is above the mark is public, and nothing else.

use super::*;

#[test]
fn a_gated_text_is_parted_at_the_mark() {
    let school = Fixture::new();
    let document = school.render("# A\n\nopen\n\n<!-- more -->\n\n## B\n\nshut\n", PAID).document;
    assert!(document.public.0.ends_with("<p>open</p>\n"), "{}", document.public.0);
    assert_eq!(document.headings.len(), 1);
    let gated = document.gated.unwrap().0;
    assert!(
        gated.starts_with(
            "<nav class=\"toc\" aria-label=\"On this page\">\n<ol>\n\
             <li class=\"toc-1\"><a href=\"#a\">A</a></li>\n\
             <li class=\"toc-2\"><a href=\"#b\">B</a></li>\n</ol>\n</nav>\n<h1 id=\"a\">"
        ),
        "{gated}"
    );
    assert!(gated.ends_with("<p>shut</p>\n"), "{gated}");
}

#[test]
fn without_a_mark_nothing_is_public() {
    let document = Fixture::new().render("# Secret\n\n![dot](dot.svg)\n", PAID).document;
    assert_eq!(document.public, PublicHtml::default());
    assert!(document.headings.is_empty());
    assert_eq!(names(&document.public_assets), Vec::<&str>::new());
    assert_eq!(names(&document.gated_assets), ["dot.svg"]);
    assert!(document.gated.unwrap().0.contains("src=\"/learn/rust/own/dot.svg\""));
}

#[test]
fn the_mark_counts_only_on_a_line_of_its_own_at_the_top() {
    let school = Fixture::new();
    let told = |place: &str| {
        vec![format!(
            "{place} warning[misplaced-more] this `<!-- more -->` does not part the lesson | the first \
             one counts that stands on a line of its own, outside of lists, quotes and HTML"
        )]
    };
    for (text, public, diagnostics) in [
        ("a\n<!--more-->\nb\n", "<p>a</p>\n", vec![]),
        ("a\n\n   <!--   more\t-->  \n\nb\n", "<p>a</p>\n", vec![]),
        ("a <!-- more --> b\n", "", told("1:3+13")),
        ("a\n\n<!-- more --> b\n", "", told("3:1+15")),
        ("- a\n\n  <!-- more -->\n\nb\n", "", told("3:3+13")),
        ("> <!-- more -->\n", "", told("1:3+13")),
        ("<div>\n<!-- more -->\n</div>\n", "", told("1:1+5")),
        ("a\n\n<!-- MORE -->\n", "", told("3:1+13")),
        ("a\n\n<!-- more -->\n\nb\n\n<!-- more -->\n", "<p>a</p>\n", told("7:1+13")),
        ("```\n<!-- more -->\n```\nb\n", "", vec![]),
        ("    <!-- more -->\n", "", vec![]),
        ("<!-- more please -->\nb\n", "", vec![]),
    ] {
        let rendered = school.render(text, PAID);
        assert_eq!(rendered.document.public.0, public, "{text}");
        assert_eq!(
            rendered.diagnostics.iter().map(line).collect::<Vec<_>>(),
            diagnostics,
            "{text}"
        );
    }
}

#[test]
fn no_definition_below_the_mark_reaches_the_preview() {
    let school = Fixture::new();
    let text = "a[^n] [b][r] ![c][p]\n\n<!-- more -->\n\n[^n]: secret\n\n[r]: https://secret.test/\n[p]: dot.svg \"secret\"\n";
    let document = school.render(text, PAID).document;
    assert_eq!(document.public.0, "<p>a[^n] [b][r] ![c][p]</p>\n");
    assert_eq!(names(&document.public_assets), Vec::<&str>::new());
    let told = |place: &str, source: &str| {
        format!(
            "{place} warning[reference-below-more] `{source}` is defined below `<!-- more -->`, so the \
             preview shows it as it is written | move the definition above the mark"
        )
    };
    assert_eq!(
        school.told(text, PAID),
        [told("1:2+4", "[^n]"), told("1:7+6", "[b][r]"), told("1:14+7", "![c][p]")]
    );
}

#[test]
fn the_preview_is_the_same_whatever_stands_below() {
    let school = Fixture::new();
    let above = "# A\n\nb [c][d] [e](#f) $x `y\n\n<div>\n\n- g\n\n<!-- more -->\n";
    let preview = |below: &str| {
        let rendered = school.render(&format!("{above}{below}"), PAID);
        (rendered.document.public, rendered.document.headings)
    };
    let alone = preview("");
    for below in [
        "\n[d]: https://a.test/\n",
        "\n# F\n\n# A\n",
        "\n</div>\n",
        "$ `\n",
        "\n- h\n\n  i\n",
        "===\n",
        ": term\n",
        "<!-- more -->\n",
        "\n```\nnever closed",
        "\n[^1]: a",
        "\n<!--",
    ] {
        assert_eq!(preview(below), alone, "{below}");
    }
}

#[test]
fn a_picture_of_the_preview_is_public_in_the_whole_text_too() {
    let school = Fixture::with(&[
        ("content/rust/01-start/02-own/a.png", &noise(900, 90, 1)),
        ("content/rust/01-start/02-own/b.png", &noise(900, 90, 2)),
    ]);
    let document =
        school.render("![a](a.png)\n\n<!-- more -->\n\n![a](a.png) ![b](b.png)\n", PAID).document;
    assert_eq!(names(&document.public_assets), ["a.png", "a-480.webp", "a-800.webp"]);
    assert_eq!(names(&document.gated_assets), ["b.png", "b-480.webp", "b-800.webp"]);
    let gated = document.gated.unwrap().0;
    assert_eq!(gated.matches("/assets/a").count(), 6, "{gated}");
    assert_eq!(gated.matches("/learn/rust/own/b").count(), 3, "{gated}");
    assert!(gated.contains(
        "<picture><source type=\"image/webp\" srcset=\"/learn/rust/own/b-480.webp 480w, \
         /learn/rust/own/b-800.webp 800w\" sizes=\"(min-width: 50rem) 46rem, 100vw\">\
         <img src=\"/learn/rust/own/b.png\" alt=\"b\" width=\"900\" height=\"90\" loading=\"lazy\""
    ));
    assert!(!document.public.0.contains("b.png"));
}

#[test]
fn gated_files_of_the_same_name_are_numbered() {
    let school = Fixture::new();
    let document =
        school.render("![a](dot.svg) ![b](../other/dot.svg) [c](notes.pdf)", PAID).document;
    assert_eq!(names(&document.gated_assets), ["dot.svg", "dot-2.svg", "notes.pdf"]);
    let gated = document.gated.unwrap().0;
    assert!(gated.contains("src=\"/learn/rust/own/dot-2.svg\""), "{gated}");
    assert!(gated.contains("<a href=\"/learn/rust/own/notes.pdf\">c</a>"), "{gated}");
}

#[test]
fn the_same_problem_is_told_once() {
    let told = Fixture::new().told("[a](gone.md)\n\n<!-- more -->\n\nb\n", PAID);
    assert_eq!(told, ["1:5+7 error[broken-link] there is no `gone.md`"]);
}

#[test]
fn a_gated_text_does_not_show_in_debug_output() {
    let rendered = Fixture::new().render("top secret", PAID);
    assert!(!format!("{rendered:?}").contains("secret"));
}
