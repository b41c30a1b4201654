//! Texts written to break the compiler: each ends, in time, without a panic.

use std::time::{Duration, Instant};

use super::*;

/// Generous, since tests run unoptimised and side by side; what grows with the
/// square of its length takes hours.
const PATIENCE: Duration = Duration::from_secs(60);

#[track_caller]
fn ends(text: &str) -> Rendered {
    let school = Fixture::new();
    let start = Instant::now();
    let rendered = school.render(text, PAID);
    let took = start.elapsed();
    let begin: String = text.chars().take(20).collect();
    if took > Duration::from_millis(300) {
        eprintln!("{begin:?} {took:?}");
    }
    assert!(took < PATIENCE, "{begin:?}… took {took:?}");
    assert!(rendered.diagnostics.len() <= 101, "{begin:?}");
    rendered
}

#[test]
fn deep_nesting_ends() {
    for piece in [
        ">",
        "> ",
        "- ",
        "* ",
        "1) ",
        "[",
        "![",
        "[a](",
        "**a ",
        "_a*",
        "~~",
        "^(",
        "<b>",
        "<div>\n",
        "`",
        "$",
        "\\[",
        "<!--",
        "&",
        "[^1]",
        "^[",
        "[^1]: ",
        "| a ",
        "- [ ] ",
        "> [!NOTE]\n",
        "{#a}",
        "# ",
        ": a\n\n",
        "<a href=\"",
        "</b>",
        ":::note\n",
        ":::tabs\n:::tab[a]\n",
        ":::\n",
        "> :::note\n",
        "- :::note\n",
        ":a[",
        ":keys[",
        "::a{",
        ":::a{",
        ":::a[",
        "{.a ",
        "{.a}\n\n",
        "$\\sqrt$ ",
        "$a_{",
        "[[",
        "[[a]] ",
        "~a ",
        "```rust {1,",
        "```a=b ",
    ] {
        ends(&piece.repeat(10_000));
    }
    ends(&format!("{}a{}", "[".repeat(10_000), "](b)".repeat(10_000)));
    ends(&format!("{}a{}", "![".repeat(10_000), "](dot.svg)".repeat(10_000)));
    ends(&format!("{}{}", "<b>".repeat(10_000), "</i>".repeat(10_000)));
    ends(&format!("{}a{}", ":keys[".repeat(10_000), "]".repeat(10_000)));
    let fences: Vec<String> = (3..400).rev().map(|n| ":".repeat(n)).collect();
    let open: String = fences.iter().map(|fence| format!("{fence}note\n")).collect();
    let close: String = fences.iter().rev().map(|fence| format!("{fence}\n")).collect();
    ends(&format!("{open}a\n{close}"));
    ends(&format!("{}a{}", "*(".repeat(10_000), ")*".repeat(10_000)));
}

#[test]
fn many_small_things_end() {
    for piece in [
        "[a](no.md)\n",
        "[a](no.md) ",
        "![](no.png) ",
        "[a](#b) ",
        "<x> ",
        "<i onclick=x>a</i> ",
        "# A\n",
        "a[^1]\n\n[^1]: b\n\n",
        "[a]: b\n",
        "[a] ",
        "```rust {title=\"\n```\n",
        "<!-- more -->\n",
        "a <!-- more --> ",
        "$a`$ ",
        "a | b\n-|-\n",
        "\r",
        ":::note\n:::\n",
        ":::nothing{a=b}\n:::\n",
        ":::preview\na\n:::\n",
        "::embed{src=x title=y}\n",
        ":keys[a] ",
        ":keyz[a] ",
        ":keys[*a*] ",
        "a\n{.b}\n\n",
        "$a^2$ ",
        "$\\nope$ ",
        "[[intro]] ",
        "[[intrp]] ",
        "```rust lines hide=1\na\n```\n",
        "```rust include=notes.pdf\n```\n",
    ] {
        ends(&piece.repeat(5_000));
    }
}

#[test]
fn a_line_of_ten_megabytes_ends() {
    for piece in ["字", "a *"] {
        ends(&piece.repeat(10_000_000 / piece.len()));
    }
}

#[test]
fn a_component_with_a_line_of_megabytes_ends() {
    for (before, piece) in
        [(":::note{a=b title=\"", "\\\" "), (":::note[", "a:b "), (":keys[", "a :a[")]
    {
        ends(&format!("{before}{}", piece.repeat(2_000_000 / piece.len())));
    }
}

#[test]
fn what_is_too_much_to_tell_is_counted() {
    let told = Fixture::new().told(&"[a](b.md) ".repeat(103), Readers::Everyone);
    assert_eq!(told.len(), 101);
    assert_eq!(told[100], "- error[too-many] more problems in this file are not shown: 3");
    let told = Fixture::new().told(&"<x> ".repeat(101), Readers::Everyone);
    assert_eq!(told[100], "- warning[too-many] more problems in this file are not shown: 1");
}

#[test]
fn odd_characters_are_only_characters() {
    for text in [
        "\u{feff}# a",
        "\u{0}",
        "\u{202e}[a](b)",
        "a\u{1f468}\u{200d}\u{1f469}",
        "\r\r\n\n\r",
        "\u{2028}",
        "# \u{0}\u{1}",
        "```\u{0}\n\u{0}",
        "[\u{0}](\u{0})",
        "<\u{0}b>",
        "&#0;&#xD800;&#x110000;",
    ] {
        ends(text);
    }
}
