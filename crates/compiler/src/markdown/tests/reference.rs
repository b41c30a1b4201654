//! Links, pictures and files: where they lead, and what is told when they don't.

use super::*;

#[test]
fn links_lead_to_pages_files_and_other_sites() {
    let school = Fixture::new();
    let pdf = school.tree.get("content/rust/01-start/02-own/notes.pdf").unwrap().digest.short();
    for (written, href) in [
        ("../01-intro.md", "/courses/rust/intro/"),
        ("../01-intro.md#why", "/courses/rust/intro/#why"),
        ("../01-intro.zh.md", "/zh/courses/rust/intro/"),
        ("/content/rust/01-start/01-intro.md", "/courses/rust/intro/"),
        ("lesson.md", "/courses/rust/own/"),
        ("../02-own", "/courses/rust/own/"),
        ("../../course.md", "/courses/rust/"),
        ("../../", "/courses/rust/"),
        ("/about/", "/about/"),
        ("/about", "/about/"),
        ("/", "/"),
        ("/courses/", "/courses/"),
        ("/courses/rust/intro/#why", "/courses/rust/intro/#why"),
        ("/zh/courses/rust/intro/", "/zh/courses/rust/intro/"),
        ("/feed.xml", "/feed.xml"),
        ("notes.pdf", &format!("/assets/notes.{pdf}.pdf")),
        ("mailto:a@b.test", "mailto:a@b.test"),
        ("tel:+1", "tel:+1"),
    ] {
        school.check(&format!("[a]({written})"), &format!("<p><a href=\"{href}\">a</a></p>\n"));
    }
    school.check(
        "[a](HTTPS://b.test/?c&d 'e \"f\"')",
        "<p><a href=\"HTTPS://b.test/?c&amp;d\" title=\"e &quot;f&quot;\" rel=\"noopener\">a</a></p>\n",
    );
}

#[test]
fn a_link_stays_in_its_language_where_it_can() {
    let school = Fixture::new().in_chinese();
    school.check("[a](../01-intro.md)", "<p><a href=\"/zh/courses/rust/intro/\">a</a></p>\n");
    // An untranslated lesson has a page there; an untranslated page has none.
    school.check("[a](lesson.md)", "<p><a href=\"/zh/courses/rust/own/\">a</a></p>\n");
    school.check("[a](/content/pages/about.md)", "<p><a href=\"/about/\">a</a></p>\n");
}

#[test]
fn a_school_below_a_folder_has_its_links_below_it() {
    let site = SITE.replace("school.test/", "school.test/sub/");
    let school = Fixture::with(&[("site.toml", site.as_bytes())]);
    school.check("[a](/about/)", "<p><a href=\"/sub/about/\">a</a></p>\n");
    school.check("[a](/feed.xml)", "<p><a href=\"/sub/feed.xml\">a</a></p>\n");
    school.check("[a](../01-intro.md)", "<p><a href=\"/sub/courses/rust/intro/\">a</a></p>\n");
}

#[test]
fn a_link_that_leads_nowhere_is_told() {
    let school = Fixture::new();
    for (written, told) in [
        (
            "../01-intr.md",
            "1:5+13 error[broken-link] there is no `../01-intr.md` | did you mean `../01-intro.md`?",
        ),
        (
            "01-intro.md",
            "1:5+11 error[broken-link] there is no `01-intro.md` | did you mean `../01-intro.md`?",
        ),
        (
            "../07-intro.md",
            "1:5+14 error[broken-link] there is no `../07-intro.md` | did you mean `../01-intro.md`?",
        ),
        (
            "../intro.md",
            "1:5+11 error[broken-link] there is no `../intro.md` | did you mean `../01-intro.md`?",
        ),
        ("no-such-page.md#a", "1:5+17 error[broken-link] there is no `no-such-page.md`"),
        ("/abuot/", "1:5+7 error[broken-link] there is no `/abuot/` | did you mean `/about/`?"),
        ("ch1.html", "1:5+8 error[broken-link] there is no `ch1.html`"),
        (
            "note.pdf",
            "1:5+8 error[missing-asset] there is no `note.pdf` | did you mean `notes.pdf`?",
        ),
        ("/site.toml", "1:5+10 error[missing-asset] there is no `/site.toml`"),
        (
            "../../../../../etc/passwd",
            "1:5+25 error[broken-link] `../../../../../etc/passwd` leads out of the school's folder",
        ),
        (
            "../section.md",
            "1:5+13 error[broken-link] no page is made of `content/rust/01-start/section.md` | sections have no page of their own, and drafts are left out",
        ),
        (
            "../03-late.md",
            "1:5+13 error[broken-link] no page is made of `content/rust/01-start/03-late.md` | sections have no page of their own, and drafts are left out",
        ),
        (
            "",
            "1:1+5 warning[empty-link] the link has no address | write where it leads between the parentheses",
        ),
        (
            "javascript:x",
            "1:5+12 error[link-scheme] a link can't start with `javascript:` | links may be relative, or start with `https:`, `http:`, `mailto:` or `tel:`",
        ),
        (
            "DATA:text/html,x",
            "1:5+16 error[link-scheme] a link can't start with `data:` | links may be relative, or start with `https:`, `http:`, `mailto:` or `tel:`",
        ),
        (
            "//a.test/",
            "1:5+9 error[link-scheme] `//a.test/` does not say how the other site is reached | write `https://a.test/`",
        ),
        ("#nowhere", "1:5+8 warning[broken-anchor] this page has no heading `#nowhere`"),
        (
            "../01-intro.md#whi",
            "1:5+18 warning[broken-anchor] `content/rust/01-start/01-intro.md` has no heading `#whi` | did you mean `#why`?",
        ),
        (
            "/courses/rust/intro/#whi",
            "1:5+24 warning[broken-anchor] `content/rust/01-start/01-intro.md` has no heading `#whi` | did you mean `#why`?",
        ),
        (
            "evil.svg",
            "1:5+8 error[bad-image] `content/rust/01-start/02-own/evil.svg` is an SVG that holds the attribute `onload`, which is not allowed",
        ),
    ] {
        assert_eq!(school.told(&format!("[a]({written})"), Readers::Everyone), [told], "{written}");
    }
}

#[test]
fn an_address_that_would_run_is_no_link() {
    let school = Fixture::new();
    for written in [
        "javascript:x()",
        "JaVaScRiPt:x()",
        "&#x6A;avascript:x()",
        "<java\tscript:x()>",
        "<\u{1}javascript:x()>",
        "java&#10;script:x()",
        "vbscript:x",
        "data:text/html;base64,AA",
        "file:///etc/passwd",
        "blob:x",
        "x:y",
    ] {
        let rendered = school.render(&format!("[a]({written})"), Readers::Everyone);
        assert_eq!(rendered.document.public.0, "<p>a</p>\n", "{written}");
        let of_the_link = rendered.diagnostics.iter().map(|found| found.code);
        let of_the_link =
            of_the_link.filter(|code| *code != crate::diagnostic::Code::HiddenCharacters);
        assert_eq!(of_the_link.count(), 1, "{written}");
    }
    let auto = school.render("<javascript:x>", Readers::Everyone);
    assert_eq!(auto.document.public.0, "<p>javascript:x</p>\n");
}

#[test]
fn an_anchor_may_be_a_heading_or_raw_html() {
    let school = Fixture::new();
    let text = "[a](#b) [c](#D) [top](#top) [x](lesson.md#b)\n\n## B\n\n<a id=\"D\"></a>\n";
    assert_eq!(school.told(text, Readers::Everyone), Vec::<String>::new());
    assert_eq!(anchors_of(text).into_iter().collect::<Vec<_>>(), ["D", "b"]);
}

#[test]
fn a_preview_may_link_to_a_gated_heading() {
    let told = Fixture::new().told("[a](#b)\n\n<!-- more -->\n\n## B\n", PAID);
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn a_picture_is_measured_and_only_the_first_one_is_fetched_at_once() {
    let school = Fixture::new();
    let dot = school.tree.get("content/rust/01-start/02-own/dot.svg").unwrap().digest.short();
    school.check(
        "![a \"b\"](dot.svg) ![*c*](dot.svg 'd')",
        &format!(
            "<p><img src=\"/assets/dot.{dot}.svg\" alt=\"a &quot;b&quot;\" width=\"4\" height=\"3\" \
             decoding=\"async\"> <img src=\"/assets/dot.{dot}.svg\" alt=\"c\" width=\"4\" height=\"3\" \
             loading=\"lazy\" decoding=\"async\" title=\"d\"></p>\n"
        ),
    );
    school.check(
        "![a](https://b.test/c.png)",
        "<p><img src=\"https://b.test/c.png\" alt=\"a\" decoding=\"async\"></p>\n",
    );
}

#[test]
fn a_picture_that_can_not_be_shown_is_told() {
    let school = Fixture::new();
    for (text, told) in [
        (
            "![a](dto.svg)",
            "1:6+7 error[missing-asset] there is no `dto.svg` | did you mean `dot.svg`?",
        ),
        (
            "![a](broken.png)",
            "1:6+10 error[bad-image] `content/rust/01-start/02-own/broken.png` is damaged: its parts don't hang together",
        ),
        (
            "![a](notes.pdf)",
            "1:6+9 error[bad-image] `content/rust/01-start/02-own/notes.pdf` is not a PNG, JPEG, GIF, WebP or SVG picture",
        ),
        (
            "![a](evil.svg)",
            "1:6+8 error[bad-image] `content/rust/01-start/02-own/evil.svg` is an SVG that holds the attribute `onload`, which is not allowed",
        ),
        ("![a](../01-intro.md)", "1:6+14 error[missing-asset] `../01-intro.md` is not a picture"),
        (
            "![a](data:image/png;base64,AA)",
            "1:6+24 error[link-scheme] a link can't start with `data:` | links may be relative, or start with `https:`, `http:`, `mailto:` or `tel:`",
        ),
        (
            "![](dot.svg)",
            "1:1+12 warning[missing-alt] the picture has no text for those who can't see it | say between `![` and `]` what it shows",
        ),
        (
            "<img src=\"dot.svg\">",
            "1:1+4 warning[missing-alt] the picture has no text for those who can't see it | say in `alt=\"…\"` what it shows, or write `alt=\"\"` if it is only decoration",
        ),
        (
            "<video src=\"../01-intro.md\"></video>",
            "1:13+14 error[missing-asset] `../01-intro.md` is not a file to play",
        ),
    ] {
        assert_eq!(school.told(text, Readers::Everyone), [told], "{text}");
    }
}

#[test]
fn a_file_is_published_once_for_all_its_links() {
    let school = Fixture::new();
    let document =
        school.render("[a](notes.pdf) [b](./notes.pdf) ![c](dot.svg)", Readers::Everyone).document;
    assert_eq!(names(&document.public_assets), ["notes.pdf", "dot.svg"]);
    assert!(document.gated.is_none() && document.gated_assets.is_empty());
}
