//! What goes beyond CommonMark: code that is taken from files, formulas, links by
//! name, definitions, small letters.

use super::*;

const CODE: (&str, &[u8]) = (
    "content/rust/01-start/02-own/main.rs",
    b"fn main() {\n    // ANCHOR: body\n    let a = 1;\n    // ANCHOR_END: body\n}\n",
);

#[track_caller]
fn tells(text: &str, expect: &[&str]) {
    assert_eq!(Fixture::with(&[CODE]).told(text, Readers::Everyone), expect, "{text}");
}

#[test]
fn code_is_taken_from_a_file() {
    let html = Fixture::with(&[CODE]).html("```text include=\"main.rs#body\"\nold\n```\n");
    assert_eq!(
        html,
        "<div class=\"code\" data-lang=\"text\"><pre><code>let a = 1;\n</code></pre></div>\n"
    );
}

#[test]
fn an_include_that_fails_is_told_and_the_old_code_stays() {
    tells(
        "```rust include=mian.rs\na\n```\n",
        &["1:17+7 error[bad-include] `mian.rs` is not there | did you mean `main.rs`?"],
    );
    tells(
        "a\n\n```rust include=\"../../../../etc/passwd\"\n```\n",
        &[
            "3:18+22 error[bad-include] `../../../../etc/passwd` leads out of `content/` | a path begins at the folder of this page",
        ],
    );
    tells(
        "```rust include=\"main.rs:9-10\"\n```\n",
        &[
            "1:18+12 error[bad-include] `main.rs:9-10` has no lines `9-10` | lines are written `3`, `3-7`, `3-` or `-7`",
        ],
    );
    tells(
        "```rust include=main.rs#no\n```\n",
        &[
            "1:17+10 error[bad-include] `main.rs#no` has no line `ANCHOR: no` | write `ANCHOR: no` in a comment above the lines",
        ],
    );
    tells(
        "```rust include=../01-intro.md\n```\n",
        &[
            "1:17+14 error[bad-include] `../01-intro.md` is a page, and a page is not taken into another one",
        ],
    );
    let html = Fixture::new().render("```\nold\n```\n", Readers::Everyone).document.public.0;
    assert!(html.contains("old"));
}

#[test]
fn code_that_is_not_closed_is_told_with_its_line() {
    tells(
        "a\n\n- ~~~~rust\n  let a = 1;\n",
        &[
            "3:3+4 warning[unclosed-fence] the code that begins here is not closed by `~~~~` | write `~~~~` on a line of its own behind the code",
        ],
    );
    tells("    indented\n", &[]);
}

#[test]
fn what_stands_behind_a_fence_is_told_if_it_is_nearly_right() {
    tells(
        "```rust titel=\"a\"\n```\n",
        &["1:1+17 warning[wrong-fence] a code fence has no option `titel` | did you mean `title`?"],
    );
}

#[test]
fn a_formula_is_mathml() {
    let html = Fixture::new().html("An $a^2$ and\n\n$$\n\\frac{1}{2}\n$$\n");
    assert_eq!(html.matches("<math").count(), 2, "{html}");
    assert!(html.contains("<p>An <span class=\"math\"><math"), "{html}");
    assert!(html.contains("<span class=\"math math-display\"><math display=\"block\""), "{html}");
    assert!(!html.contains("style="), "{html}");
}

#[test]
fn a_bad_formula_is_told_with_its_column_and_shown_as_it_is_written() {
    tells(
        "a $b + \\frax{c}$ d\n",
        &["1:8+5 warning[bad-formula] this formula can't be read: `\\frax` is not known"],
    );
    tells(
        "$$\na\n\\nope\n$$\n",
        &["3:1+5 warning[bad-formula] this formula can't be read: `\\nope` is not known"],
    );
    let html = Fixture::new().render("$\\nope<$", Readers::Everyone).document.public.0;
    assert_eq!(html, "<p><code class=\"math math-source\">$\\nope&lt;$</code></p>\n");
}

#[test]
fn a_page_is_linked_by_its_name() {
    let school = Fixture::new();
    for text in ["[[intro]]", "[[Intro]]", "[[01-intro.md|intro]]", "[[intro|intro]]"] {
        let html = school.html(text);
        assert!(html.starts_with("<p><a href=\"/courses/rust/intro/\">"), "{text} {html}");
    }
    assert!(school.html("[[intro#why|Why]]").contains("href=\"/courses/rust/intro/#why\">Why</a>"));
    assert!(school.html("[[rust|The course]]").contains("href=\"/courses/rust/\">The course</a>"));
    assert!(school.in_chinese().html("[[intro]]").contains("href=\"/zh/courses/rust/intro/\""));
    tells(
        "a [[intrp]]",
        &["1:5+5 error[broken-link] there is no page `intrp` | did you mean `intro`?"],
    );
    tells(
        "[[quantum mechanics]]",
        &[
            "1:3+17 error[broken-link] there is no page `quantum mechanics` | a page is named after its file, without number; write `\\[[` for brackets",
        ],
    );
    assert_eq!(Fixture::new().html("`[[a]]` \\[[b]]"), "<p><code>[[a]]</code> [[b]]</p>\n");
}

#[test]
fn a_name_of_several_pages_is_not_guessed() {
    let more: [(&str, &[u8]); 1] =
        [("content/rust/01-start/04-deep/05-intro.md", b"---\nid: intro2\ntitle: I\n---\n")];
    let other: [(&str, &[u8]); 2] = [
        ("content/go/course.md", b"---\ntitle: Go\ndescription: x\n---\n"),
        ("content/go/01-intro.md", b"---\nid: go-intro\ntitle: I\n---\n"),
    ];
    // The page of the same course is meant.
    assert!(Fixture::with(&other).html("[[intro]]").contains("/courses/rust/intro/"));
    let _ = more;
}

#[test]
fn small_letters_and_definitions() {
    let school = Fixture::new();
    school.check("H~2~O and x^2^\n", "<p>H<sub>2</sub>O and x<sup>2</sup></p>\n");
    school.check("~~a~~ ~5 and ~6\n", "<p><del>a</del> ~5 and ~6</p>\n");
    school.check("A\n\n: b\n", "<dl>\n<dt>A</dt>\n<dd>\n<p>b</p>\n</dd>\n</dl>\n");
    school.check(
        "这是**我想做的事。**所以继续。\n",
        "<p>这是<strong>我想做的事。</strong>所以继续。</p>\n",
    );
    let html = school.html("See https://a.test/b_c and www.b.test.\n");
    assert!(html.contains("<a href=\"https://a.test/b_c\" rel=\"noopener\">"), "{html}");
}

#[test]
fn a_link_by_name_alone_is_called_what_the_page_is_called() {
    let school = Fixture::new();
    assert_eq!(
        school.html("See [[intro]]."),
        "<p>See <a href=\"/courses/rust/intro/\">Intro</a>.</p>\n"
    );
    assert!(school.html("[[intro#why]]").contains("href=\"/courses/rust/intro/#why\">Intro</a>"));
    assert!(school.html("[[about]]").contains(">About</a>"));
    assert!(school.html("[[rust]]").contains(">Rust</a>"));
    assert!(school.html("[[intro|the *start*]]").contains(">the *start*</a>"));
    assert!(Fixture::new().in_chinese().html("[[intro]]").contains(">介绍</a>"));
    // What leads nowhere stays as it is written.
    let rendered = school.render("[[intrp]]", Readers::Everyone);
    assert_eq!(rendered.document.public.0, "<p>intrp</p>\n");
}

#[test]
fn the_box_of_a_task_has_the_name_of_the_task() {
    let html = Fixture::new().html("- [x] Write *it* & \"send\" it\n- [ ] \n\n  - [ ] rest\n");
    assert!(
        html.contains(
            "checked=\"\" disabled=\"\" aria-label=\"Write it &amp; &quot;send&quot; it\" />"
        ),
        "{html}"
    );
}

#[test]
fn a_shortcode_of_another_generator_is_told_and_one_in_code_is_not() {
    let hint =
        "write a component such as `::video{src=\"…\"}`, or put it between backticks to show it";
    for (text, told) in [
        ("{{< youtube abc >}}\n", "1:1+19 warning[foreign-shortcode] `{{< youtube abc >}}`"),
        (
            "See {{% ref \"a.md\" %}} now.\n",
            "1:5+18 warning[foreign-shortcode] `{{% ref \"a.md\" %}}`",
        ),
        ("a {% include x.html %}\n", "1:3+20 warning[foreign-shortcode] `{% include x.html %}`"),
        ("{{#include a.rs}}\n", "1:1+17 warning[foreign-shortcode] `{{#include a.rs}}`"),
    ] {
        let told = format!("{told} is of another generator and is shown as it is written | {hint}");
        tells(text, &[&told]);
    }
    tells("`{{< youtube abc >}}`\n\n```text\n{% include x %}\n```\n\n\\{% if %}\n", &[]);
    tells("A brace {% and a percent.\n\n{{ name }}\n", &[]);
}

#[test]
fn a_misspelt_language_of_code_is_told_and_a_rare_one_is_not() {
    tells(
        "```rsut\na\n```\n",
        &[
            "1:4+4 warning[unknown-code-language] no language is called `rsut` | did you mean `rust`?",
        ],
    );
    tells(
        "a\n\n```mermiad title=x\na\n```\n",
        &[
            "3:4+7 warning[unknown-code-language] no language is called `mermiad` | did you mean `mermaid`?",
        ],
    );
    for name in [
        "text", "plain", "txt", "none", "output", "console", "gleam", "rust", "Rust", "toml",
        "python3", "zig", "vala",
    ] {
        tells(&format!("```{name}\na\n```\n"), &[]);
    }
}
