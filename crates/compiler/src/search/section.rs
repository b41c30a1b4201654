//! Public HTML to what it says, parted at the headings that a link can lead to.

use html5gum::{HtmlString, SpanBound, StartTag, Token, Tokenizer};

use crate::document::PublicHtml;

/// Elements whose content a reader does not read as text. A formula's TeX stands
/// in `annotation`, beside what is shown.
const UNREAD: [&str; 4] = ["annotation", "script", "style", "template"];

/// Elements inside of a line: a word may go on after them.
const INLINE: [&str; 20] = [
    "a", "abbr", "b", "bdi", "button", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s",
    "small", "span", "strong", "sub", "sup", "u",
];

/// A part of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Section {
    /// The anchor of its heading; none above the first heading.
    pub(super) anchor: Option<String>,
    /// Its heading.
    pub(super) heading: String,
    /// What stands under it, its spaces folded.
    pub(super) text: String,
}

/// The sections of a page; the first is what stands above the first heading.
pub(super) fn sections(html: &PublicHtml) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut section = Section::default();
    let mut heading: Option<Vec<u8>> = None;
    let mut unread = 0_usize;
    let mut other = Other::default();
    for token in Tokenizer::new(html.0.as_str()) {
        let Ok(token) = token;
        if other.holds(&token) {
            continue;
        }
        match token {
            Token::StartTag(tag) if is_one_of(&tag.name, &UNREAD) => {
                unread += usize::from(!tag.self_closing);
            }
            Token::EndTag(tag) if is_one_of(&tag.name, &UNREAD) => {
                unread = unread.saturating_sub(1);
            }
            Token::StartTag(tag) => {
                if let Some(anchor) = anchor(&tag) {
                    heading = Some(tag.name.to_vec());
                    let next = Section { anchor: Some(anchor), ..Section::default() };
                    sections.push(std::mem::replace(&mut section, next));
                }
                space(&mut section, heading.is_some(), &tag.name);
            }
            Token::EndTag(tag) => {
                space(&mut section, heading.is_some(), &tag.name);
                if heading.as_deref() == Some(tag.name.as_slice()) {
                    heading = None;
                }
            }
            Token::String(text) if unread == 0 => {
                let text = String::from_utf8_lossy(&text);
                let part = if heading.is_some() { &mut section.heading } else { &mut section.text };
                part.push_str(&text);
            }
            _ => {}
        }
    }
    sections.push(section);
    for section in &mut sections {
        section.heading = folded(&section.heading);
        section.text = folded(&section.text);
    }
    sections
}

/// What is no text of the page's own: what opens over it says what stands elsewhere,
/// such as in the glossary, and words of the theme are marked with `data-nosnippet`, as
/// they are for every other search.
#[derive(Default)]
struct Other {
    /// The element that is open, and how many of its name are open in it.
    open: Option<(Vec<u8>, usize)>,
}

impl Other {
    /// Whether a token is such an element's or stands in it.
    fn holds<S: SpanBound>(&mut self, token: &Token<S>) -> bool {
        match (token, &mut self.open) {
            (Token::StartTag(tag), open @ None) => {
                let marks = [b"popover".as_slice(), b"data-nosnippet"];
                let opens = marks.iter().any(|mark| tag.attributes.contains_key(*mark));
                *open = opens.then(|| (tag.name.to_vec(), 1));
                opens
            }
            (Token::StartTag(tag), Some((name, depth))) => {
                *depth += usize::from(tag.name.as_slice() == name.as_slice());
                true
            }
            (Token::EndTag(tag), Some((name, depth))) => {
                *depth -= usize::from(tag.name.as_slice() == name.as_slice());
                if *depth == 0 {
                    self.open = None;
                }
                true
            }
            (_, open) => open.is_some(),
        }
    }
}

/// The anchor of a heading.
fn anchor<S: SpanBound>(tag: &StartTag<S>) -> Option<String> {
    let is_heading = is_one_of(&tag.name, &["h1", "h2", "h3", "h4", "h5", "h6"]);
    let id = tag.attributes.get(b"id".as_slice()).filter(|_| is_heading)?;
    Some(String::from_utf8_lossy(id).into_owned())
}

/// What a tag parts is parted in the text too.
fn space(section: &mut Section, is_heading: bool, name: &HtmlString) {
    if !is_one_of(name, &INLINE) {
        let part = if is_heading { &mut section.heading } else { &mut section.text };
        part.push(' ');
    }
}

fn is_one_of(name: &HtmlString, names: &[&str]) -> bool {
    names.iter().any(|known| known.as_bytes() == name.as_slice())
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Vec<(Option<String>, String, String)> {
        let sections = sections(&PublicHtml(html.to_owned()));
        sections.into_iter().map(|part| (part.anchor, part.heading, part.text)).collect()
    }

    fn part(anchor: Option<&str>, heading: &str, text: &str) -> (Option<String>, String, String) {
        (anchor.map(str::to_owned), heading.to_owned(), text.to_owned())
    }

    #[test]
    fn a_page_is_parted_at_its_headings() {
        let html = "<p>One <em>w</em>ord.</p><h2 id=\"a\">The <code>a</code></h2><ul><li>x</li>\
            <li>y &amp; z</li></ul><h3>No anchor</h3><p>End</p>";
        let expected =
            [part(None, "", "One word."), part(Some("a"), "The a", "x y & z No anchor End")];
        assert_eq!(of(html), expected);
    }

    #[test]
    fn what_is_no_text_is_left_out() {
        let html = "<p>a<script>x</script><style>y</style><svg><style>z</style></svg><br>b</p>\
            <math><mi>q</mi><annotation>\\q</annotation></math>";
        assert_eq!(of(html), [part(None, "", "a b q")]);
    }

    #[test]
    fn what_opens_over_the_page_is_left_out() {
        let html = "<p>a <button>word</button><span popover id=x>means <span>b</span> c</span>\
            , d</p><p popover>never closed";
        assert_eq!(of(html), [part(None, "", "a word, d")]);
    }

    #[test]
    fn words_of_the_theme_are_left_out() {
        let html = "<p>Which?</p><details><summary>This</summary><p class=a data-nosnippet>\
            Right</p>since it is</details><label data-nosnippet><input> Show</label><pre>x</pre>";
        assert_eq!(of(html), [part(None, "", "Which? This since it is x")]);
    }

    #[test]
    fn broken_markup_is_read_as_far_as_it_goes() {
        assert_eq!(
            of("</svg></p><h2 id=x>open <p>text"),
            [part(None, "", ""), part(Some("x"), "open text", ""),]
        );
        assert_eq!(of(""), [part(None, "", "")]);
    }
}
