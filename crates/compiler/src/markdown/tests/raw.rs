//! Raw HTML: what stays, what goes, and that the page keeps its shape.

use super::*;

#[test]
fn what_is_safe_stays() {
    let school = Fixture::new();
    for (text, html) in [
        ("<kbd>Ctrl</kbd><br>a<sub>1</sub>", "<p><kbd>Ctrl</kbd><br>a<sub>1</sub></p>\n"),
        (
            "<details open>\n<summary>S</summary>\n\n*a*\n\n</details>\n",
            "<details open=\"\">\n<summary>S</summary>\n<p><em>a</em></p>\n</details>\n",
        ),
        (
            "<div class=\"a b\" id='c' aria-label=d>\ne &amp; f\n</div>\n",
            "<div aria-label=\"d\" class=\"a b\" id=\"c\">\ne &amp; f\n</div>\n",
        ),
        (
            "<span class=\"a&quot; onclick=&quot;b\">c</span>",
            "<p><span class=\"a&quot; onclick=&quot;b\">c</span></p>\n",
        ),
        ("<!-- a comment --> b", " b\n"),
        ("a <!-- <script>x</script> --> b", "<p>a  b</p>\n"),
        ("<ul>\n<li>a\n<li>b\n</ul>\n", "<ul>\n<li>a\n<li>b\n</li></li></ul>\n"),
    ] {
        school.check(text, html);
    }
}

#[test]
fn what_could_run_is_left_out_and_told() {
    let school = Fixture::new();
    for (text, html, told) in [
        (
            "a\n\n<script>\nalert(1)\n</script>\n",
            "<p>a</p>\n",
            "3:1+7 warning[raw-html] `<script>` is not allowed and was left out",
        ),
        (
            "<style>b { color: red }</style>\n",
            "",
            "1:1+6 warning[raw-html] `<style>` is not allowed and was left out",
        ),
        (
            "<div>\n<p onclick=\"x()\">a</p>\n</div>\n",
            "<div>\n<p>a</p>\n</div>\n",
            "2:4+7 warning[raw-html] the attribute `onclick` of `<p>` is not allowed and was left out",
        ),
        (
            "<p style=\"color:red\">a</p>\n",
            "<p>a</p>\n",
            "1:4+5 warning[raw-html] the attribute `style` of `<p>` is not allowed and was left out",
        ),
        (
            "> <iframe src=\"https://a.test/\"></iframe>b\n",
            "<blockquote>\nb\n</blockquote>\n",
            "1:3+7 warning[raw-html] `<iframe>` is not allowed and was left out",
        ),
        (
            "<svg><script>x</script><text>a</text></svg>b",
            "<p>x&lt;text&gt;a&lt;/text&gt;b</p>\n",
            "1:1+4 warning[raw-html] `<svg>` is not allowed and was left out",
        ),
        (
            "<form action=\"/api/sign-out\"><b>a</b></form>\n",
            "<b>a</b>\n",
            "1:1+5 warning[raw-html] `<form>` is not allowed and was left out",
        ),
        (
            "<div data-lesson-api=\"/x\"></div>\n",
            "<div></div>\n",
            "1:6+15 warning[raw-html] the attribute `data-lesson-api` of `<div>` is not allowed and was left out",
        ),
        (
            "use vector<int> here",
            "<p>use vector&lt;int&gt; here</p>\n",
            "1:11+5 warning[raw-html] `<int>` is no HTML and is shown as text | put code between backticks",
        ),
    ] {
        let rendered = school.render(text, Readers::Everyone);
        assert_eq!(rendered.document.public.0, html, "{text}");
        assert_eq!(rendered.diagnostics.first().map(line).as_deref(), Some(told), "{text}");
    }
}

#[test]
fn raw_html_can_not_break_out_of_what_it_stands_in() {
    let school = Fixture::new();
    for (text, html, told) in [
        (
            "a\n\n</div></main>\n\nb\n",
            "<p>a</p>\n<p>b</p>\n",
            "3:1+5 warning[raw-html] `</div>` closes nothing here and was left out",
        ),
        (
            "- <div>\n- b\n",
            "<ul>\n<li>\n<div>\n</div></li>\n<li>b</li>\n</ul>\n",
            "1:3+4 warning[raw-html] `<div>` is not closed where it was opened | \
             write `</div>` in the same paragraph, list item or quote",
        ),
        (
            "> a <b>b\n\n</b>c\n",
            "<blockquote>\n<p>a <b>b</b></p>\n</blockquote>\n<p>c</p>\n",
            "1:5+2 warning[raw-html] `<b>` is not closed where it was opened | \
             write `</b>` in the same paragraph, list item or quote",
        ),
        (
            "<section>\n\na[^1]\n\n[^1]: b\n",
            "<section>\n<p>a<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" \
             data-footnote-ref>1</a></sup></p>\n</section><section class=\"footnotes\" data-footnotes>\n\
             <ol>\n<li id=\"fn-1\">\n<p>b <a href=\"#fnref-1\" class=\"footnote-backref\" \
             data-footnote-backref data-footnote-backref-idx=\"1\" aria-label=\"Back to reference 1\">\
             ↩</a></p>\n</li>\n</ol>\n</section>\n",
            "1:1+8 warning[raw-html] `<section>` is not closed where it was opened | \
             write `</section>` in the same paragraph, list item or quote",
        ),
    ] {
        let rendered = school.render(text, Readers::Everyone);
        assert_eq!(rendered.document.public.0, html, "{text}");
        assert_eq!(rendered.diagnostics.first().map(line).as_deref(), Some(told), "{text}");
    }
}

#[test]
fn the_hole_of_a_frame_can_not_be_written_by_an_author() {
    let school = Fixture::new();
    for text in [
        "<!--lyceum:hole-->\n",
        "a <!--/lyceum:hole--> b",
        "`<!--lyceum:hole-->`",
        "    <!--lyceum:hole-->\n",
        "```html\n<!--lyceum:hole-->\n```\n",
        "<div title=\"<!--lyceum:hole-->\">a</div>\n",
        "[a](https://a.test/ '<!--lyceum:hole-->')",
        "# <!--lyceum:hole--> {#a}\n",
        "$<!--lyceum:hole-->$",
    ] {
        let html = school.render(text, Readers::Everyone).document.public.0;
        assert!(!html.contains("<!--"), "{text}: {html}");
    }
}

#[test]
fn raw_links_and_media_follow_the_rules_of_markdown() {
    let school = Fixture::with(&[
        ("content/rust/01-start/02-own/a.mp4", b"video"),
        ("content/rust/01-start/02-own/a.png", &noise(20, 10, 0)),
    ]);
    let html = school.html(
        "<a href=\"../01-intro.md\" target=\"_blank\">i</a> <a href=\"https://a.test/\" target=x>w</a>\n\n\
         <video controls src=\"a.mp4\" poster='a.png'></video>\n\n\
         <img src=\"a.png\" alt=\"A\" class=\"c\"> <img src=a.png alt=\"\" width=\"10\">\n",
    );
    let asset = |name: &str, extension: &str| {
        let path = format!("content/rust/01-start/02-own/{name}.{extension}");
        let digest = school.tree.get(path.as_str()).unwrap().digest.short();
        format!("/assets/{name}.{digest}.{extension}")
    };
    let (video, picture) = (asset("a", "mp4"), asset("a", "png"));
    assert_eq!(
        html,
        format!(
            "<p><a href=\"/courses/rust/intro/\" target=\"_blank\">i</a> \
             <a href=\"https://a.test/\" rel=\"noopener\">w</a></p>\n\
             <p><video src=\"{video}\" poster=\"{picture}\" controls=\"\"></video></p>\n\
             <p><img src=\"{picture}\" alt=\"A\" class=\"c\" width=\"20\" height=\"10\" decoding=\"async\"> \
             <img src=\"{picture}\" alt=\"\" width=\"10\" height=\"5\" loading=\"lazy\" decoding=\"async\"></p>\n"
        )
    );
}

#[test]
fn a_raw_address_that_would_run_is_taken_off() {
    let school = Fixture::new();
    let text = "<a href=\" java\tscript:x()\">a</a> <a href=\"JAVASCRIPT:x()\">b</a> \
                <img src=\"data:image/png;base64,AA\" alt=\"c\"> <video src=\"vbscript:x\"></video>";
    let rendered = school.render(text, Readers::Everyone);
    assert_eq!(
        rendered.document.public.0,
        "<p><a>a</a> <a>b</a> <span class=\"missing-image\">c</span> <video></video></p>\n"
    );
    assert!(rendered.diagnostics.iter().all(|d| d.severity == Severity::Error));
    assert_eq!(rendered.diagnostics.len(), 4);
}

#[test]
fn a_school_that_trusts_its_authors_publishes_html_as_they_write_it() {
    let mut school = Fixture::new();
    school.raw_html = RawHtml::AsWritten;
    for (text, html) in [
        (
            "a\n\n<script>\nif (1 < 2) { alert(\"a\") }\n</script>\n",
            "<p>a</p>\n<script>\nif (1 < 2) { alert(\"a\") }\n</script>\n",
        ),
        (
            "a <iframe src=\"https://a.test/\"></iframe> *b*\n",
            "<p>a <iframe src=\"https://a.test/\"></iframe> <em>b</em></p>\n",
        ),
        (
            "<form action=\"/x\"><input name='n'>\n</form>\n",
            "<form action=\"/x\"><input name='n'>\n</form>\n",
        ),
        (
            "<svg viewBox=\"0 0 1 1\">\n<svg><g/></svg></svg>\n",
            "<svg viewBox=\"0 0 1 1\">\n<svg><g/></svg></svg>\n",
        ),
        ("<p style=\"color:red\">a</p>\n", "<p style=\"color:red\">a</p>\n"),
        // Comments say nothing to a reader, and no tag of another element is closed.
        ("<!-- a --> <b>c\n", " <b>c\n</b>"),
    ] {
        let rendered = school.render(text, Readers::Everyone);
        assert_eq!(rendered.document.public.0, html, "{text}");
    }
}

#[test]
fn html_as_it_is_written_stays_on_the_side_it_was_written_on() {
    let mut school = Fixture::new();
    school.raw_html = RawHtml::AsWritten;
    let text = "<script>open\n\n<!-- more -->\n\n<script>shut</script>\n";
    let document = school.render(text, Readers::Entitled { learn_link: "/learn/" }).document;
    assert!(!document.public.0.contains("shut"), "{}", document.public.0);
}
