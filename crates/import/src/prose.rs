//! A line of Markdown as plain text, for titles, and as HTML, for the few places
//! where Markdown can't stand.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, markdown_to_html, parse_document};

/// The words of a line, without marks and tags.
pub(super) fn plain(markdown: &str) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown.trim(), &Options::default());
    let mut text = String::new();
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Text(words) => text.push_str(words),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push(' '),
            _ => {}
        }
    }
    // Nothing but a picture or a tag is left as it is.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() { markdown.trim().to_owned() } else { text }
}

/// A line as it stands inside of an HTML element.
pub(super) fn html(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    // The compiler checks every tag again.
    options.render.r#unsafe = true;
    let html = markdown_to_html(markdown.trim(), &options);
    let html = html.trim();
    let inner = html.strip_prefix("<p>").and_then(|inner| inner.strip_suffix("</p>"));
    inner.filter(|inner| !inner.contains("<p>")).unwrap_or(html).replace('\n', " ")
}

/// The heading that a line is, with its level, without a `{#anchor}`.
pub(super) fn heading(line: &str) -> Option<(usize, &str)> {
    let indented = line.len() - line.trim_start_matches(' ').len();
    let line = line.trim();
    let level = line.bytes().take_while(|b| *b == b'#').count();
    let text = line.get(level..)?;
    let fits = (1..=6).contains(&level) && indented < 4;
    if !fits || !(text.is_empty() || text.starts_with([' ', '\t'])) {
        return None;
    }
    let text = text.trim().trim_end_matches('#').trim_end();
    let text = match text.strip_suffix('}').and_then(|text| text.rsplit_once('{')) {
        Some((before, inner)) if inner.trim_start().starts_with(['#', '.', ':']) => before.trim(),
        _ => text,
    };
    Some((level, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_plain_words() {
        for (markdown, words) in [
            ("The `match` *Control* Flow", "The match Control Flow"),
            ("[Rust](https://a.test) & co", "Rust & co"),
            ("A \\* B &amp; C", "A * B & C"),
            ("`Rc<T>`, <b>counted</b>", "Rc<T>, counted"),
            ("C++", "C++"),
            ("<br>", "<br>"),
        ] {
            assert_eq!(plain(markdown), words);
        }
    }

    #[test]
    fn a_caption_becomes_html() {
        assert_eq!(
            html("A `Vec<T>` & [b](c.md)"),
            "A <code>Vec&lt;T&gt;</code> &amp; <a href=\"c.md\">b</a>"
        );
    }

    #[test]
    fn headings_are_known_by_their_signs() {
        assert_eq!(heading("## A b ##"), Some((2, "A b")));
        assert_eq!(heading("# A {#b .c}"), Some((1, "A")));
        assert_eq!(heading("# A {b}"), Some((1, "A {b}")));
        assert_eq!(heading("#hash"), None);
        assert_eq!(heading("    # code"), None);
        assert_eq!(heading("####### seven"), None);
    }
}
