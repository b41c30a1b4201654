//! Markdown itself: what it means and what of it is ours.

use super::*;

#[test]
fn chinese_emphasis_needs_no_spaces() {
    Fixture::new().check(
        "这是**我想做的事。**所以继续。",
        "<p>这是<strong>我想做的事。</strong>所以继续。</p>\n",
    );
}

#[test]
fn the_extensions_are_on() {
    let school = Fixture::new();
    for (text, html) in [
        ("~~a~~", "<p><del>a</del></p>\n"),
        (
            "a | b\n--|:-:\n1 | 2\n",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th class=\"align-center\">b</th>\n</tr>\n</thead>\n\
             <tbody>\n<tr>\n<td>1</td>\n<td class=\"align-center\">2</td>\n</tr>\n</tbody>\n</table>\n",
        ),
        (
            "- [x] a\n",
            "<ul class=\"contains-task-list\">\n<li class=\"task-list-item\">\
             <input type=\"checkbox\" class=\"task-list-item-checkbox\" checked=\"\" disabled=\"\" aria-label=\"a\" /> \
             a</li>\n</ul>\n",
        ),
        ("a\n\n: b\n", "<dl>\n<dt>a</dt>\n<dd>\n<p>b</p>\n</dd>\n</dl>\n"),
        ("e = mc^2^", "<p>e = mc<sup>2</sup></p>\n"),
        ("x^2 + y^2 and a ^ b ^ c", "<p>x^2 + y^2 and a ^ b ^ c</p>\n"),
        (
            "https://a.test/?b&c",
            "<p><a href=\"https://a.test/?b&amp;c\" rel=\"noopener\">https://a.test/?b&amp;c</a></p>\n",
        ),
    ] {
        school.check(text, html);
    }
}

#[test]
fn an_alert_is_titled_in_the_words_of_the_page() {
    let school = Fixture::new();
    school.check(
        "> [!TIP]\n> a\n",
        "<div class=\"aside aside-tip\" role=\"note\">\n\
         <p class=\"aside-title\">Tip</p>\n<p>a</p>\n</div>\n",
    );
    school.check(
        "> [!warning] <Mind>\n> a\n",
        "<div class=\"aside aside-warning\" role=\"note\">\n\
         <p class=\"aside-title\">&lt;Mind&gt;</p>\n<p>a</p>\n</div>\n",
    );
}

#[test]
fn each_column_of_a_table_is_set_to_its_side() {
    let cells = |name: &str| {
        format!(
            "<tr>\n<{name} class=\"align-start\">a</{name}>\n<{name} class=\"align-center\">b</{name}>\n\
             <{name} class=\"align-end\">c</{name}>\n<{name}>d</{name}>\n</tr>\n"
        )
    };
    let (head, row) = (cells("th"), cells("td"));
    Fixture::new().check(
        "a | b | c | d\n:--|:-:|--:|---\na | b | c | d\na | b | c | d\n",
        &format!("<table>\n<thead>\n{head}</thead>\n<tbody>\n{row}{row}</tbody>\n</table>\n"),
    );
}

#[test]
fn no_level_of_headings_is_left_out_below_the_title() {
    let levels = |text: &str| -> String {
        let html = Fixture::new().render(text, Readers::Everyone).document.public.0;
        html.match_indices("<h").filter_map(|(at, _)| html.get(at + 2..at + 3)).collect()
    };
    assert_eq!(levels("## a\n### b\n## c\n"), "232");
    assert_eq!(levels("### a\n##### b\n### c\n## d\n### e\n"), "23223");
    assert_eq!(levels("# a\n### b\n#### c\n# d\n## e\n"), "12312");
    assert_eq!(levels("###### a\n"), "2");
}

#[test]
fn a_second_title_is_told_and_left_out_if_it_says_the_same() {
    let told = |text: &str| Fixture::new().told(text, Readers::Everyone);
    let message = "the page has its title from the front matter, and this is a second one";
    let other = "write `##`, and one more `#` for what stands below it";
    assert_eq!(
        told("Text.\n\n# B\n\n# C\n"),
        [format!("3:1+3 warning[second-title] {message} | {other}")]
    );
    assert_eq!(told("> # Lesson\n"), [format!("1:3+8 warning[second-title] {message} | {other}")]);
    assert_eq!(told("## B\n\n`# C`\n"), Vec::<String>::new());
    let same = Fixture::new().render("# Own\n\nText.\n", Readers::Everyone).diagnostics;
    assert_eq!(same[0].hint.as_deref(), Some("leave it out"));
    let fix = same[0].fix.as_ref().unwrap();
    assert_eq!((fix.start, fix.end, fix.replacement.as_str()), (0, 7, ""));
}

#[test]
fn a_heading_has_an_anchor_and_may_choose_it() {
    let school = Fixture::new();
    let anchor = |id: &str| {
        format!("<a class=\"anchor\" href=\"#{id}\" aria-hidden=\"true\" tabindex=\"-1\"></a>")
    };
    for (text, html) in [
        (
            "## 所有权 and `Box`\n",
            format!(
                "<h2 id=\"所有权-and-box\">所有权 and <code>Box</code>{}</h2>\n",
                anchor("所有权-and-box")
            ),
        ),
        ("## A {#top-1}\n", format!("<h2 id=\"top-1\">A{}</h2>\n", anchor("top-1"))),
        ("## A { #b }\n", format!("<h2 id=\"b\">A{}</h2>\n", anchor("b"))),
        ("## A {#b c}\n", format!("<h2 id=\"a-b-c\">A {{#b c}}{}</h2>\n", anchor("a-b-c"))),
        ("## {#b}\n", format!("<h2 id=\"b\">{}</h2>\n", anchor("b"))),
        (
            "## A\n\n## A\n",
            format!("<h2 id=\"a\">A{}</h2>\n<h2 id=\"a-1\">A{}</h2>\n", anchor("a"), anchor("a-1")),
        ),
    ] {
        school.check(text, &html);
    }
    let document = school.render("# A *b*\n## C {#d}\n", Readers::Everyone).document;
    let headings: Vec<(u8, &str, &str)> =
        document.headings.iter().map(|h| (h.level, h.id.as_str(), h.text.as_str())).collect();
    assert_eq!(headings, [(1, "a-b", "A b"), (2, "d", "C")]);
}

#[test]
fn a_dollar_that_begins_no_formula_is_a_dollar() {
    let school = Fixture::new();
    for text in ["$a_1*b_2*c$", "$$a < b$$", "第$n$个", "$A `b$` $C `d$` $e$"] {
        assert_eq!(school.html(text).matches("<math ").count(), 1, "{text}");
    }
    for (text, html) in [
        ("$5 and $10, or US$7.", "$5 and $10, or US$7."),
        ("*$HOME/bin* or `$PATH`", "<em>$HOME/bin</em> or <code>$PATH</code>"),
    ] {
        school.check(text, &format!("<p>{html}</p>\n"));
    }
}

#[test]
fn code_is_coloured_and_titled() {
    let school = Fixture::new();
    school.check(
        "```rust,ignore {title=\"a.rs\"}\nfn a() {}\n```\n",
        "<figure class=\"code\" data-lang=\"rust\"><figcaption>a.rs</figcaption><pre><code>\
         <span class=\"hl-k\">fn </span><span class=\"hl-f\">a</span>() {}\n</code></pre></figure>\n",
    );
    school
        .check("    a <b>\n", "<div class=\"code\"><pre><code>a &lt;b&gt;\n</code></pre></div>\n");
    school.check(
        "```klingon\nHIja'\n```",
        "<div class=\"code\" data-lang=\"klingon\"><pre><code>HIja'\n</code></pre></div>\n",
    );
}

#[test]
fn footnotes_stand_at_the_end() {
    Fixture::new().check(
        "a[^1]\n\n[^1]: b\n\nc\n",
        "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" data-footnote-ref>1</a></sup></p>\n\
         <p>c</p>\n<section class=\"footnotes\" data-footnotes>\n<ol>\n<li id=\"fn-1\">\n\
         <p>b <a href=\"#fnref-1\" class=\"footnote-backref\" data-footnote-backref \
         data-footnote-backref-idx=\"1\" aria-label=\"Back to reference 1\">↩</a></p>\n\
         </li>\n</ol>\n</section>\n",
    );
}

#[test]
fn the_mark_means_nothing_in_a_free_text() {
    Fixture::new().check("a\n\n<!-- more -->\n\nb\n", "<p>a</p>\n<p>b</p>\n");
}

#[test]
fn diagnostics_count_lines_of_the_file_and_not_of_the_text() {
    let school = Fixture::new();
    let context = Context {
        tree: &school.tree,
        links: &school.links,
        base_url: &school.base_url,
        highlighter: &school.highlighter,
        blocks: &school.blocks,
        pictures: &school.pictures,
        theme: &school.theme,
        data: &crate::data::Data::default(),
        data_digest: crate::site::digest(b""),
        raw_html: RawHtml::Sanitised,
    };
    let file = "---\nid: own\n---\r\n\r\n你好 [a](b.md)\n";
    let start = file.find("\r\n\r\n").unwrap() + 2;
    let markdown = Markdown { path: SourcePath::new(PAGE), file: file.into(), start };
    let rendered = render(&context, &markdown, &school.language, Readers::Everyone);
    assert_eq!(
        rendered.diagnostics.iter().map(line).collect::<Vec<_>>(),
        ["5:8+4 error[broken-link] there is no `b.md`"]
    );
    assert_eq!(rendered.diagnostics[0].source_line.as_deref(), Some("你好 [a](b.md)"));
}
