//! Components: what authors may write as `:::name`, and what they are told of
//! their mistakes.

use super::*;

#[track_caller]
fn shows(text: &str, html: &str) {
    let told = Fixture::new().html(text);
    assert_eq!(told.trim_end(), html, "{text}");
}

#[track_caller]
fn tells(text: &str, expect: &[&str]) {
    assert_eq!(Fixture::new().told(text, Readers::Everyone), expect, "{text}");
}

#[test]
fn a_container_is_drawn_by_its_template() {
    shows(
        ":::note\n**Text.**\n:::",
        "<div class=\"aside aside-note\" role=\"note\">\n<p class=\"aside-title\">Note</p>\n<p><strong>Text.</strong></p>\n</div>",
    );
    shows(
        ":::tip[Try: it]{#try .wide}\nText.\n:::\n",
        "<div class=\"aside aside-tip wide\" id=\"try\" role=\"note\">\n<p class=\"aside-title\">Try: it</p>\n<p>Text.</p>\n</div>",
    );
    shows(
        ":::details{title=\"A \\\"b\\\" < c: d\" open}\nText.\n:::",
        "<details class=\"details\" open>\n<summary>A &quot;b&quot; &lt; c: d</summary>\n<p>Text.</p>\n</details>",
    );
}

#[test]
fn an_alert_is_the_component_of_its_name() {
    let school = Fixture::new();
    assert_eq!(
        school.html("> [!WARNING] Mind\n> Text.\n"),
        school.html(":::warning[Mind]\nText.\n:::\n")
    );
    assert_eq!(school.html("> [!CAUTION]\n> Text.\n"), school.html(":::caution\nText.\n:::\n"));
}

#[test]
fn more_colons_stand_around_fewer() {
    shows(
        "::::columns\n:::column\na\n:::\n:::column{.b}\n- b\n:::\n::::",
        "<div class=\"columns\">\n<div class=\"column\">\n<p>a</p>\n</div>\n<div class=\"column b\">\n<ul>\n<li>b</li>\n</ul>\n</div>\n</div>",
    );
}

#[test]
fn tabs_work_by_radio_buttons() {
    let html = Fixture::new().html("::::tabs\n:::tab[One]\na\n:::\n:::tab[Two]\nb\n:::\n::::\n");
    assert!(html.contains("<input type=\"radio\" name=\"tabs-1\" id=\"tab-1-1\" checked>\n<label for=\"tab-1-1\">One</label>\n<div class=\"tab\">\n<p class=\"tab-title\">One</p>\n<p>a</p>\n</div>\n<input type=\"radio\" name=\"tabs-1\" id=\"tab-1-2\">"), "{html}");
}

#[test]
fn a_container_stands_in_lists_and_quotes_and_not_in_code() {
    let html = Fixture::new().html("- a\n\n  :::note\n  b\n  :::\n- c\n");
    assert!(html.contains("<li>\n<p>a</p>\n<div class=\"aside aside-note\""), "{html}");
    let html = Fixture::new().html("> :::note\n> b\n> :::\n");
    assert!(html.starts_with("<blockquote>\n<div class=\"aside"), "{html}");
    let html = Fixture::new().html("```text\n:::note{a=\"b:c\"}\n:::\n```\n");
    assert!(html.contains("<code>:::note{a=&quot;b:c&quot;}\n:::\n</code>"), "{html}");
    shows("a `:::x: y` b", "<p>a <code>:::x: y</code> b</p>");
}

#[test]
fn keys_stand_within_a_line() {
    shows(
        "Press :keys[Ctrl+C]{.big}, :keys[Enter].",
        "<p>Press <span class=\"keys big\"><kbd>Ctrl</kbd>+<kbd>C</kbd></span>, <span class=\"keys\"><kbd>Enter</kbd></span>.</p>",
    );
    shows("按:keys[Tab]键", "<p>按<span class=\"keys\"><kbd>Tab</kbd></span>键</p>");
    for text in [
        ":keys\\[a]",
        "a:keys[b]",
        "std::keys[0]",
        ":keys[a",
        ":Keys[a]",
        ": keys[a]",
        ":foo[a]{.b} c",
        "`:keys[a]`",
    ] {
        let html = Fixture::new().html(text);
        assert!(!html.contains("kbd"), "{text}");
        assert!(
            html.contains(&text.replace(['`', '\\'], "")) || text.contains('`'),
            "{text} {html}"
        );
    }
}

#[test]
fn a_near_miss_within_a_line_is_told_and_shown_as_it_is_written() {
    tells(
        "a :kyes[b] c",
        &[
            "1:4+4 error[unknown-component] there is no component `kyes`, so this is shown as it is written | did you mean `keys`?",
        ],
    );
    let html = Fixture::new().render("a :kyes[*b*]{.c} d", Readers::Everyone).document.public.0;
    assert_eq!(html, "<p>a :kyes[<em>b</em>]{.c} d</p>\n");
}

#[test]
fn a_leaf_stands_on_a_line_of_its_own() {
    let html = Fixture::new().html(
        "::embed{src=\"https://a.test/b_c_d?x=*y*\" title=\"A film\"}\n::embed[Other]{src=\"https://b.test/\" ratio=4/3}\n",
    );
    assert_eq!(
        html.matches("<a href=\"https://a.test/b_c_d?x=*y*\" rel=\"noopener\">").count(),
        1,
        "{html}"
    );
    assert!(html.contains("data-embed=\"https://b.test/\" data-ratio=\"4/3\""), "{html}");
    shows("::std::vector and more", "<p>::std::vector and more</p>");
}

#[test]
fn files_of_a_component_are_published_with_the_page() {
    let text = "::video{src=film.mp4 title=\"A film\" poster=dot.svg captions=film.en.vtt}\n";
    let school = Fixture::with(&[
        ("content/rust/01-start/02-own/film.mp4", b"film"),
        ("content/rust/01-start/02-own/film.en.vtt", b"WEBVTT"),
    ]);
    let rendered = school.render(text, PAID);
    assert_eq!(rendered.diagnostics, []);
    assert_eq!(names(&rendered.document.gated_assets), ["film.mp4", "dot.svg", "film.en.vtt"]);
    let gated = rendered.document.gated.unwrap().0;
    assert!(
        gated.contains("src=\"/learn/rust/own/film.mp4\" poster=\"/learn/rust/own/dot.svg\""),
        "{gated}"
    );
}

#[test]
fn a_quiz_opens_each_answer() {
    let html = Fixture::new().html(
        "::::quiz\nWhich?\n\n:::choice[This]{right}\nYes.\n:::\n:::choice[That]\nNo.\n:::\n::::\n",
    );
    assert!(html.contains("<p class=\"quiz-mark\" data-nosnippet>Question</p>\n<p>Which?</p>\n<details class=\"choice choice-right\">\n<summary>This</summary>\n<p class=\"choice-mark\" data-nosnippet>Right.</p>\n<p>Yes.</p>\n</details>\n<details class=\"choice\">"), "{html}");
}

#[test]
fn headings_and_raw_html_in_components_are_like_any_others() {
    let rendered = Fixture::new().render(":::note\n## A\n\n<b>x\n:::\n\n## A\n", Readers::Everyone);
    let ids: Vec<_> = rendered.document.headings.iter().map(|h| h.id.as_str()).collect();
    assert_eq!(ids, ["a", "a-1"]);
    assert!(rendered.document.public.0.contains("<b>x</b></p>\n</div>\n<h2 id=\"a-1\">"));
}

#[test]
fn a_school_adds_a_component_by_a_template_and_an_entry() {
    let files: [(&str, &[u8]); 3] = [
        (
            "themes/lyceum/templates/components/exercise.html",
            b"<section>{{ attributes.level }}{{ content | safe }}</section>",
        ),
        ("themes/lyceum/templates/components/plain.html", b"<i>{{ content | safe }}</i>"),
        (
            "themes/lyceum/components.toml",
            b"[exercise.attributes]\nlevel = { kind = \"number\", required = true }\n",
        ),
    ];
    let school = Fixture::with(&files);
    assert_eq!(school.html(":::exercise{level=3}\na\n:::\n"), "<section>3<p>a</p>\n</section>\n");
    assert_eq!(school.html(":::plain\na\n:::\n"), "<i><p>a</p>\n</i>\n");
    assert!(school.html(":::note\na\n:::\n").contains("aside"));
}

#[test]
fn a_template_that_fails_names_the_text_that_led_to_it() {
    let bad: (&str, &[u8]) = ("themes/lyceum/templates/components/note.html", b"a\n{{ nothing }}");
    let rendered = Fixture::with(&[bad]).render("b\n\n:::note\nc\n:::\n", Readers::Everyone);
    let [diagnostic] = rendered.diagnostics.as_slice() else { panic!("{rendered:?}") };
    assert_eq!(diagnostic.path.as_str(), "themes/lyceum/templates/components/note.html");
    assert_eq!(diagnostic.span.map(|span| span.line), Some(2));
    assert_eq!(
        diagnostic.hint.as_deref(),
        Some("`content/rust/01-start/02-own/lesson.md` led to it in line 3")
    );
    assert!(rendered.document.public.0.contains("<p>c</p>"));
}

#[test]
fn mistakes_are_told_with_their_place() {
    tells(
        ":::nte\na\n:::\n",
        &["1:4+3 error[unknown-component] there is no component `nte` | did you mean `note`?"],
    );
    tells(
        "a\n\n:::note{titel=\"x\"}\nb\n:::\n",
        &["3:9+5 error[unknown-attribute] `note` has no attribute `titel` | did you mean `title`?"],
    );
    tells(
        ":::steps{a=b}\nb\n:::\n",
        &["1:10+1 error[unknown-attribute] `steps` has no attribute `a` | it has none"],
    );
    tells(
        ":::note{size=b}\nb\n:::\n",
        &["1:9+4 error[unknown-attribute] `note` has no attribute `size` | it has `title`"],
    );
    tells(
        ":::details\nb\n:::\n",
        &[
            "1:4+7 error[missing-attribute] `details` needs the attribute `title` | write `details{title=\"…\"}`",
        ],
    );
    tells(
        ":::details[a]{open=yes title=b}\nb\n:::\n",
        &[
            "1:20+3 error[wrong-attribute] `open` takes no value | write `open` alone, or leave it out",
            "1:24+5 error[wrong-attribute] `title` is said twice",
        ],
    );
    tells(
        ":::note{title}\nb\n:::\n",
        &["1:9+5 error[wrong-attribute] `title` has no value | write `title=\"…\"`"],
    );
    tells(
        "::embed{src=\"http://a.test\" title=x ratio=2/1}\n",
        &[
            "1:14+13 error[wrong-attribute] `src` is the address of another site | it begins with `https://`",
            "1:43+3 error[wrong-attribute] `ratio` can't be `2/1` | it is one of `16/9`, `4/3`, `1/1`",
        ],
    );
    tells(
        ":::note{title=\"a}\nb\n:::\n",
        &[
            "1:15+3 error[wrong-attribute] this quote is not closed: `\"a}` | attributes are written `{name=\"value\" flag #id .class}`",
        ],
    );
    tells(
        ":::note what\nb\n:::\n",
        &[
            "1:9+4 error[wrong-attribute] this is not understood: `what` | attributes are written `{name=\"value\" flag #id .class}`",
        ],
    );
    tells("::video{src=no.mp4 title=a}\n", &["1:13+6 error[missing-asset] there is no `no.mp4`"]);
}

#[test]
fn a_number_is_one_of_a_dozen() {
    let files: [(&str, &[u8]); 2] = [
        ("themes/lyceum/templates/components/a.html", b"a"),
        ("themes/lyceum/components.toml", b"[a.attributes]\nn = { kind = \"number\" }\n"),
    ];
    let told = Fixture::with(&files).told(":::a{n=13}\n:::\n", Readers::Everyone);
    assert_eq!(told, ["1:8+2 error[wrong-attribute] `n` is a number from 1 to 12"]);
}

#[test]
fn colons_out_of_place_are_told() {
    tells(
        ":::note\nb\n",
        &[
            "1:1+3 error[unclosed-component] `:::note` is not closed | write `:::` on a line of its own behind it",
        ],
    );
    tells(
        "::::note\n:::tip\nb\n:::\n",
        &[
            "1:1+4 error[unclosed-component] `::::note` is not closed | write `::::` on a line of its own behind it",
        ],
    );
    tells(
        "a\n\n:::\n",
        &[
            "3:1+3 error[stray-colons] `:::` closes nothing here | a component is closed by as many colons as open it, and one inside of another has fewer",
        ],
    );
    tells(
        ":::tab[a]\nb\n:::\n",
        &[
            "1:4+3 error[misplaced-component] `tab` stands only directly inside of `tabs` | put it between `::::tabs` and `::::`",
        ],
    );
    tells(
        "::note\n",
        &[
            "1:3+4 error[misplaced-component] `note` has a text inside and can't be written so | write `:::note`, the text, `:::`",
        ],
    );
    tells(
        ":::keys\n:::\n",
        &[
            "1:4+4 error[misplaced-component] `keys` stands within a line and can't be written so | write `:keys[…]`",
        ],
    );
    tells(
        ":::embed\n:::\n",
        &[
            "1:4+5 error[misplaced-component] `embed` has no text inside and can't be written so | write `::embed` on a line of its own",
        ],
    );
    tells(
        "## A\n\n:::note{#a}\nb\n:::\n",
        &["3:1+11 warning[duplicate-anchor] this page has the anchor `#a` already"],
    );
    let deep = ":::note\n".repeat(18);
    let told = Fixture::new().told(&deep, Readers::Everyone);
    assert_eq!(
        told[17],
        "18:4+4 error[misplaced-component] components stand in one another more than 16 deep"
    );
}

#[test]
fn a_preview_in_a_gated_text_is_public_and_nothing_else() {
    let school = Fixture::new();
    let public = |text: &str| school.render(text, PAID).document.public.0;
    assert_eq!(
        public("shut\n\n:::preview\n**open**\n:::\n\nshut\n"),
        "<p><strong>open</strong></p>\n"
    );
    assert_eq!(
        public("a\n\n<!-- more -->\n\nshut\n\n:::preview\nb[^1]\n:::\n\n[^1]: shut\n"),
        "<p>a</p>\n<p>b[^1]</p>\n"
    );
    // Above the mark it is public anyway, and once.
    assert_eq!(public(":::preview\na\n:::\n\n<!-- more -->\n").matches("<p>a</p>").count(), 1);
    // One that is not closed would open everything.
    assert_eq!(public(":::preview\nshut\n\nshut\n"), "");
    assert_eq!(public("::::preview\n\n:::note\nshut\n:::\n\nshut\n"), "");
    assert_eq!(public(":::note\nshut\n:::\n"), "");
    let whole = school.render("shut\n\n:::preview\nopen\n:::\n", PAID).document.gated.unwrap().0;
    assert_eq!(whole, "<p>shut</p>\n<div class=\"open-part\">\n<p>open</p>\n</div>\n");
}

#[test]
fn a_preview_that_shows_nothing_is_told() {
    let told = Fixture::new().told("> :::preview\n> a\n> :::\n", PAID);
    assert_eq!(
        told,
        [
            "1:3+10 warning[misplaced-preview] this `:::preview` makes nothing public | it counts outside of lists, quotes and other components"
        ]
    );
    let told = Fixture::new().told("x\n\n:::preview\na [b]\n:::\n\n[b]: dot.svg\n", PAID);
    assert_eq!(
        told,
        [
            "4:3+3 warning[reference-below-more] `[b]` is defined outside of `:::preview`, so the preview shows it as it is written | move the definition into it"
        ]
    );
}

#[test]
fn a_label_is_markdown_where_it_is_shown_and_plain_in_an_attribute() {
    shows(
        ":::note[**Bold** `a < b`]\nText.\n:::",
        "<div class=\"aside aside-note\" role=\"note\">\n<p class=\"aside-title\"><strong>Bold</strong> <code>a &lt; b</code></p>\n<p>Text.</p>\n</div>",
    );
    let html = Fixture::new().html("> [!TIP] Try *this*\n> Text.\n");
    assert!(html.contains("<p class=\"aside-title\">Try <em>this</em></p>"), "{html}");
    let html = Fixture::new().html("::::tabs\n:::tab[`one`]\na\n:::\n::::\n");
    assert!(html.contains("<label for=\"tab-1-1\"><code>one</code></label>"), "{html}");
    let html = Fixture::new().html(":::figure[A *dot*]\n![dot](dot.svg)\n:::\n");
    assert!(html.contains("<figcaption>A <em>dot</em></figcaption>"), "{html}");
    let html = Fixture::new().html(":::details[What **is** it?]\na\n:::\n");
    assert!(html.contains("<summary>What <strong>is</strong> it?</summary>"), "{html}");
    let html = Fixture::new().html("::audio[A *song*]{src=notes.pdf}\n");
    assert!(
        html.contains("aria-label=\"A song\"") && html.contains("<figcaption>A <em>song</em>"),
        "{html}"
    );
    // An attribute is a text.
    let html = Fixture::new().html(":::note{title=\"**a**\"}\nb\n:::\n");
    assert!(html.contains("<p class=\"aside-title\">**a**</p>"), "{html}");
}
