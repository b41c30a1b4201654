//! Walks through the text of a paragraph and changes addresses in it, leaving
//! everything else exactly as it was written.
//!
//! Code spans, mathematics, comments and escaped characters are passed over as
//! CommonMark would, so that an example of a link stays an example.

use std::collections::BTreeMap;

use super::html_tag::{HtmlTag, TagKind};

mod span_map;
mod target;

use span_map::{Skip, SpanMap, next_char};
use target::Target;
pub(super) use target::destination;

/// What becomes of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays as it is written.
    Keep,
    /// It is replaced.
    To(String),
    /// The link goes, its text stays.
    Unlink,
}

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Link,
    Image,
}

/// Decides about what is met; `at` is an offset in the text.
pub(super) trait Visitor {
    fn address(&mut self, address: &str, purpose: Purpose, at: usize) -> Verdict;
    /// A tag as it should stand; `None` takes it out, what it encloses stays.
    fn tag(&mut self, tag: HtmlTag, at: usize) -> Option<HtmlTag>;
    /// `{ .class }` behind a link or a picture; true takes it out.
    fn drops_attributes(&mut self, attributes: &str, at: usize) -> bool;
}

/// Reference definitions of a page by normalised label.
pub(super) type Definitions = BTreeMap<String, Verdict>;

/// Links in links in links: no book has them, and the stack has an end.
const MAX_DEPTH: usize = 16;

/// The text with its addresses changed.
pub(super) fn rewrite(text: &str, definitions: &Definitions, visitor: &mut dyn Visitor) -> String {
    let map = SpanMap::of(text);
    let mut walk = Walk { text, map, definitions, visitor, out: String::new() };
    walk.range(0, text.len(), 0);
    walk.out
}

/// A label as CommonMark compares it.
pub(super) fn normalised_label(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

struct Walk<'a> {
    text: &'a str,
    map: SpanMap,
    definitions: &'a Definitions,
    visitor: &'a mut dyn Visitor,
    out: String,
}

impl Walk<'_> {
    fn slice(&self, from: usize, to: usize) -> &str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn copy(&mut self, from: usize, to: usize) {
        let text = self.text.get(from..to).unwrap_or_default();
        self.out.push_str(text);
    }

    fn range(&mut self, start: usize, end: usize, depth: usize) {
        let mut at = start;
        while at < end {
            if let Some((skip_end, kind)) = self.map.skips.get(&at).copied() {
                let skip_end = skip_end.clamp(at + 1, end);
                self.skip(at, skip_end, kind);
                at = skip_end;
                continue;
            }
            let is_image = self.text.as_bytes().get(at..at + 2) == Some(b"![");
            let bracket = if is_image { at + 1 } else { at };
            if let Some(close) = self.map.brackets.get(&bracket).copied()
                && close < end
                && depth < MAX_DEPTH
                && let Some(next) = self.link(at, bracket, close, depth)
            {
                at = next;
                continue;
            }
            let next = next_char(self.text, at);
            self.copy(at, next);
            at = next;
        }
    }

    fn skip(&mut self, start: usize, end: usize, kind: Skip) {
        match kind {
            Skip::Verbatim | Skip::Mathematics => self.copy(start, end),
            Skip::Tag => {
                if let Some(tag) = HtmlTag::read(self.text.get(start..).unwrap_or_default()) {
                    self.tag(tag, start, end);
                }
            }
        }
    }

    fn tag(&mut self, mut tag: HtmlTag, start: usize, end: usize) {
        let before = tag.clone();
        for (name, value) in &mut tag.attributes {
            let purpose = match (tag.name.as_str(), name.as_str()) {
                ("a", "href") => Purpose::Link,
                ("img" | "video" | "audio" | "source" | "track", "src") | ("video", "poster") => {
                    Purpose::Image
                }
                _ => continue,
            };
            match self.visitor.address(value, purpose, start) {
                Verdict::Keep => {}
                Verdict::To(address) => *value = address,
                Verdict::Unlink => value.clear(),
            }
        }
        let is_address = |name: &str| matches!(name, "href" | "src" | "poster");
        tag.attributes.retain(|(name, value)| !(is_address(name) && value.is_empty()));
        if tag.name == "img" && tag.attribute("src").is_none() && tag.kind != TagKind::Close {
            let alternative = tag.attribute("alt").unwrap_or_default().to_owned();
            self.out.push_str(&alternative);
            return;
        }
        match self.visitor.tag(tag, start) {
            // Down to its quotes as it was written.
            Some(tag) if tag == before => self.copy(start, end),
            Some(tag) => self.out.push_str(&tag.written()),
            None => {}
        }
    }

    /// A link or a picture whose text stands between the brackets; answers where
    /// it ends.
    fn link(&mut self, start: usize, bracket: usize, close: usize, depth: usize) -> Option<usize> {
        let purpose = if bracket > start { Purpose::Image } else { Purpose::Link };
        if self.slice(bracket + 1, close).starts_with('^') && purpose == Purpose::Link {
            self.copy(start, close + 1);
            return Some(close + 1);
        }
        if let Some(target) = Target::read(self.text, close + 1) {
            return Some(self.inline_link(start, bracket, close, &target, purpose, depth));
        }
        self.reference(start, bracket, close, depth)
    }

    fn inline_link(
        &mut self,
        start: usize,
        bracket: usize,
        close: usize,
        target: &Target,
        purpose: Purpose,
        depth: usize,
    ) -> usize {
        let verdict = self.visitor.address(&target.address, purpose, start);
        if verdict == Verdict::Unlink {
            self.range(bracket + 1, close, depth + 1);
        } else {
            self.copy(start, bracket + 1);
            self.range(bracket + 1, close, depth + 1);
            match verdict {
                Verdict::To(address) => {
                    self.out.push_str("](");
                    self.out.push_str(&address);
                    if !target.title.is_empty() {
                        self.out.push(' ');
                        self.out.push_str(&target.title);
                    }
                    self.out.push(')');
                }
                Verdict::Keep | Verdict::Unlink => self.copy(close, target.end),
            }
        }
        self.behind(target.end)
    }

    /// Skips an attribute list behind a link if the visitor wants that.
    fn behind(&mut self, end: usize) -> usize {
        let rest = self.text.get(end..).unwrap_or_default();
        let list = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let Some((attributes, _)) = list.filter(|(inner, _)| inner.len() < 500) else {
            return end;
        };
        let first = attributes.trim_start_matches([':', ' ']);
        let looks_like_attributes =
            first.starts_with(['.', '#']) || first.contains('=') || first.is_empty();
        if looks_like_attributes && self.visitor.drops_attributes(attributes, end) {
            end + attributes.len() + 2
        } else {
            end
        }
    }

    fn reference(
        &mut self,
        start: usize,
        bracket: usize,
        close: usize,
        depth: usize,
    ) -> Option<usize> {
        let mut end = close + 1;
        let mut label = self.slice(bracket + 1, close).to_owned();
        if let Some(second) = self.map.brackets.get(&end).copied() {
            let named = self.slice(end + 1, second);
            if !named.trim().is_empty() {
                label = named.to_owned();
            }
            end = second + 1;
        }
        match self.definitions.get(&normalised_label(&label))? {
            Verdict::Unlink => self.range(bracket + 1, close, depth + 1),
            Verdict::Keep | Verdict::To(_) => {
                self.copy(start, bracket + 1);
                // A shortcut's text is its label, which must stay as it is.
                if end == close + 1 {
                    self.copy(bracket + 1, close);
                } else {
                    self.range(bracket + 1, close, depth + 1);
                }
                self.copy(close, end);
            }
        }
        Some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Marks every address it is asked about.
    struct Marker;

    impl Visitor for Marker {
        fn address(&mut self, address: &str, _: Purpose, _: usize) -> Verdict {
            match address {
                "broken" => Verdict::Unlink,
                "keep" => Verdict::Keep,
                other => Verdict::To(format!("new/{other}")),
            }
        }
        fn tag(&mut self, tag: HtmlTag, _: usize) -> Option<HtmlTag> {
            (tag.name != "font").then_some(tag)
        }
        fn drops_attributes(&mut self, _: &str, _: usize) -> bool {
            true
        }
    }

    fn check(source: &str, expected: &str) {
        let definitions = Definitions::from([
            ("known".to_owned(), Verdict::Keep),
            ("gone".to_owned(), Verdict::Unlink),
        ]);
        assert_eq!(rewrite(source, &definitions, &mut Marker), expected, "{source}");
    }

    #[test]
    fn addresses_of_links_and_pictures_are_changed() {
        check("[a](x.md) b", "[a](new/x.md) b");
        check("[a](<x y.md> \"t\")", "[a](new/x y.md \"t\")");
        check("![a](x.png 'it''s')", "![a](x.png 'it''s')");
        check("[a\nb](x_(1).md)", "[a\nb](new/x_(1).md)");
        check("[![i](x.png)](y.md)", "[![i](new/x.png)](new/y.md)");
        check("[`]`](x.md)", "[`]`](new/x.md)");
        check("[a](keep 'as it is')", "[a](keep 'as it is')");
        check("[a](x.png){ .wide }b", "[a](new/x.png)b");
        check("[a](x.png){ not this }", "[a](new/x.png){ not this }");
    }

    #[test]
    fn a_broken_link_leaves_its_text() {
        check("see [the *book*](broken)!", "see the *book*!");
        check("![alt text](broken)", "alt text");
        check("[the text][gone], [gone][], [Gone]", "the text, gone, Gone");
        check("<a href=\"broken\">x</a>", "<a>x</a>");
        check("<img src='broken' alt=\"b\">", "b");
    }

    #[test]
    fn references_stay_and_what_is_no_link_too() {
        check("[a][known] [known] [^1] [other] [ ]", "[a][known] [known] [^1] [other] [ ]");
        check("- [x] done", "- [x] done");
        check("a[0](b)", "a[0](new/b)");
    }

    #[test]
    fn code_formulas_comments_and_escapes_are_passed_over() {
        check("`[a](x)` ``[b](` y)`` \\[c](z)", "`[a](x)` ``[b](` y)`` \\[c](z)");
        check("$[l,r](x)$ and $$[a](b)$$", "$[l,r](x)$ and $$[a](b)$$");
        check("costs $5 [a](x) and $6", "costs $5 [a](new/x) and $6");
        check("<!-- [a](x) --> <https://a.test/[b](c)>", "<!-- [a](x) --> <https://a.test/[b](c)>");
        check("a `b [c](x)", "a `b [c](new/x)");
    }

    #[test]
    fn addresses_in_tags_are_changed_and_tags_may_go() {
        check("<img SRC=a.png class=x>", "<img src=\"new/a.png\" class=\"x\">");
        check("<p  align='center'>b</p>", "<p  align='center'>b</p>");
        check("<font color=red>b</font>", "b");
        check("Vec<T> a < b", "Vec<T> a < b");
    }

    #[test]
    fn hostile_text_is_walked_through_in_time() {
        for unit in
            ["[", "]", "[[](", "![", "`", "`` ` ", "$a ", "$", "<a ", "<!--", "\\", "[a][", "("]
        {
            let text = unit.repeat(50_000 / unit.len());
            rewrite(&text, &Definitions::new(), &mut Marker);
        }
        let nested = format!("{}x{}", "[".repeat(10_000), "](y)".repeat(10_000));
        rewrite(&nested, &Definitions::new(), &mut Marker);
    }
}
