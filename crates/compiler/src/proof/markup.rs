//! HTML and XML cut into what can hold words: text, attributes, comments, scripts.
//!
//! This is no parser: it must find words in broken markup too, and it must not
//! share a mistake with the code that writes the pages.

use crate::proof::decode::without_entities;
use crate::proof::shingle::BARRIER;

/// Elements inside of a line: a word may go on after them.
const INLINE: [&str; 30] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
    "wbr", "ruby", "tspan",
];

/// What a page says, by how it says it. Entities are undone.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces {
    /// What a reader sees, in order.
    pub(super) text: String,
    /// Values of attributes, parted by barriers.
    pub(super) attributes: String,
    /// Comments, scripts, styles and declarations, parted by barriers.
    pub(super) hidden: String,
}

/// Whether a text looks like markup at all.
pub(super) fn is_markup(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let next = text.as_bytes().get(at + 1);
        next.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?'))
    })
}

/// Cuts a page.
pub(super) fn pieces(markup: &str) -> Pieces {
    let mut pieces = Pieces::default();
    let mut rest = markup;
    let mut text = String::with_capacity(markup.len() / 2);
    while let Some(at) = rest.find('<') {
        text.push_str(rest.get(..at).unwrap_or_default());
        let tag = rest.get(at..).unwrap_or_default();
        rest = if let Some(comment) = tag.strip_prefix("<!--") {
            hidden(&mut pieces, comment, "-->")
        } else if let Some(data) = tag.strip_prefix("<![CDATA[") {
            let (data, after) = data.split_once("]]>").unwrap_or((data, ""));
            // An ampersand in CDATA is one; escaping it undoes what the end of
            // this function does.
            text.push_str(&data.replace('&', "&amp;").replace('<', "&lt;"));
            after
        } else if tag.starts_with("<!") || tag.starts_with("<?") {
            hidden(&mut pieces, tag.get(2..).unwrap_or_default(), ">")
        } else if tag.get(1..).is_some_and(|name| {
            name.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic())
        }) {
            element(&mut pieces, &mut text, tag)
        } else {
            text.push('<');
            tag.get(1..).unwrap_or_default()
        };
    }
    text.push_str(rest);
    pieces.text = without_entities(&text);
    pieces
}

/// Puts everything up to `end` into the hidden words.
fn hidden<'a>(pieces: &mut Pieces, text: &'a str, end: &str) -> &'a str {
    let (inside, after) = text.split_once(end).unwrap_or((text, ""));
    pieces.hidden.push_str(inside);
    pieces.hidden.push(BARRIER);
    after
}

/// Reads a tag; the body of a script is hidden, that of other elements is text.
fn element<'a>(pieces: &mut Pieces, text: &mut String, tag: &'a str) -> &'a str {
    let inside = tag.get(1..).unwrap_or_default();
    let is_end = inside.starts_with('/');
    let inside = inside.trim_start_matches('/');
    let length =
        inside.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-'));
    let length = length.count();
    let name = inside.get(..length).unwrap_or_default().to_ascii_lowercase();
    let after = attributes(pieces, inside.get(length..).unwrap_or_default());
    if !INLINE.contains(&name.as_str()) {
        text.push('\n');
    }
    if !is_end && matches!(name.as_str(), "script" | "style") {
        let end = format!("</{name}");
        let close = after
            .as_bytes()
            .windows(end.len())
            .position(|window| window.eq_ignore_ascii_case(end.as_bytes()));
        let (body, after) =
            after.split_at_checked(close.unwrap_or(after.len())).unwrap_or((after, ""));
        pieces.hidden.push_str(body);
        pieces.hidden.push(BARRIER);
        return after;
    }
    after
}

/// Reads attributes up to the end of the tag.
fn attributes<'a>(pieces: &mut Pieces, tag: &'a str) -> &'a str {
    let mut rest = tag;
    while let Some(at) = rest.find(['>', '"', '\'', '=']) {
        let found = rest.as_bytes().get(at);
        let name = rest.get(..at).unwrap_or_default();
        rest = rest.get(at + 1..).unwrap_or_default();
        match found {
            Some(b'>') => {
                // A valueless attribute, or what is left of an unquoted value.
                value(pieces, name);
                return rest;
            }
            Some(b'=') => {}
            quote => {
                value(pieces, name);
                let quote = if quote == Some(&b'"') { '"' } else { '\'' };
                let (inside, after) = rest.split_once(quote).unwrap_or((rest, ""));
                value(pieces, inside);
                rest = after;
            }
        }
    }
    value(pieces, rest);
    ""
}

fn value(pieces: &mut Pieces, text: &str) {
    let text = text.trim();
    // Names of attributes and single words are no quotation and cost time.
    if text.len() > 10 {
        pieces.attributes.push_str(&without_entities(text));
        pieces.attributes.push(BARRIER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_into_what_holds_words() {
        let cut = pieces(
            "<!doctype html><p class=x title=\"A &quot;long&quot; title\">f<b>oo</b> &lt;bar<br>next</p>\
             <!-- a comment --><script>let a = \"<p>\";</script><img alt='a picture of it'>",
        );
        assert_eq!(cut.text, "\nfoo <bar\nnext\n\n\n\n");
        assert_eq!(cut.attributes, "A \"long\" title\u{1}a picture of it\u{1}");
        assert_eq!(cut.hidden, "doctype html\u{1} a comment \u{1}let a = \"<p>\";\u{1}");
    }

    #[test]
    fn broken_markup_hides_nothing() {
        for (markup, words) in [
            ("a < b and the rest", "rest"),
            ("<p title=\"never closed and the rest", "rest"),
            ("<!-- never closed and the rest", "rest"),
            ("<script>never closed and the rest", "rest"),
            ("<p title=unquoted-value-and-the-rest>", "rest"),
            ("<p and the rest of a long tag", "rest"),
            ("<", "<"),
            ("<![CDATA[a & b <p>rest</p>]]>", "a & b <p>rest</p>"),
        ] {
            let cut = pieces(markup);
            let all = format!("{}{}{}", cut.text, cut.attributes, cut.hidden);
            assert!(all.contains(words), "{markup}: {all}");
        }
    }
}
