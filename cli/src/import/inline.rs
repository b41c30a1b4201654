//! Walks through the text of a paragraph and changes addresses in it, leaving
//! everything else exactly as it was written.
//!
//! Code spans, mathematics, comments and escaped characters are passed over as
//! CommonMark would, so that an example of a link stays an example.

use std::collections::{BTreeMap, HashMap};

use super::html_tag::{HtmlTag, TagKind};

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
    /// A formula was passed over.
    fn mathematics(&mut self, at: usize);
    /// `{ .class }` behind a link or a picture; true takes it out.
    fn drops_attributes(&mut self, attributes: &str, at: usize) -> bool;
}

/// Reference definitions of a page by normalised label.
pub(super) type Definitions = BTreeMap<String, Verdict>;

/// Links in links in links: no book has them, and the stack has an end.
const MAX_DEPTH: usize = 16;
/// A formula inside a line is not longer.
const MAX_FORMULA_BYTES: usize = 2000;
/// An address with its title is not longer; this bounds the work on hostile input.
const MAX_TARGET_BYTES: usize = 1000;

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

/// Where spans that must not be looked into end, and which brackets belong together.
#[derive(Debug, Default)]
struct SpanMap {
    skips: HashMap<usize, (usize, Skip)>,
    brackets: HashMap<usize, usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skip {
    Verbatim,
    Mathematics,
    Tag,
}

impl SpanMap {
    /// Reads the text once from left to right.
    fn of(text: &str) -> Self {
        let mut map = Self::default();
        let ticks = BacktickRuns::of(text);
        let bytes = text.as_bytes();
        let mut open = Vec::new();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let skip = match byte {
                b'\\' => Some((next_char(text, at + 1), Skip::Verbatim)),
                b'`' => Some((ticks.end_of_span(text, at), Skip::Verbatim)),
                b'$' => formula(text, at).map(|end| (end, Skip::Mathematics)),
                b'<' => angle(text, at),
                _ => None,
            };
            if let Some((end, kind)) = skip {
                map.skips.insert(at, (end, kind));
                at = end.max(at + 1);
                continue;
            }
            match byte {
                b'[' => open.push(at),
                b']' => {
                    if let Some(start) = open.pop() {
                        map.brackets.insert(start, at);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        map
    }
}

/// The runs of backticks by length, so that the end of each span is found at once.
struct BacktickRuns {
    by_length: HashMap<usize, Vec<usize>>,
}

impl BacktickRuns {
    fn of(text: &str) -> Self {
        let mut by_length: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find('`')) {
            let start = at + found;
            let length = run_length(text, start);
            by_length.entry(length).or_default().push(start);
            at = start + length;
        }
        Self { by_length }
    }

    /// Behind the closing run, or behind the opening one if nothing closes it.
    fn end_of_span(&self, text: &str, start: usize) -> usize {
        let length = run_length(text, start);
        let runs = self.by_length.get(&length).map(Vec::as_slice).unwrap_or_default();
        let next = runs.partition_point(|run| *run <= start);
        runs.get(next).map_or(start, |close| *close) + length
    }
}

fn run_length(text: &str, start: usize) -> usize {
    text.bytes().skip(start).take_while(|b| *b == b'`').count()
}

fn next_char(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(at, |c| at + c.len_utf8())
}

/// The end of the formula that opens here, by the rules of the compiler's Markdown.
fn formula(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    if let Some(inner) = rest.strip_prefix("$$") {
        let inner = inner.get(..inner.floor_char_boundary(8 * MAX_FORMULA_BYTES))?;
        return inner.find("$$").map(|end| at + end + 4);
    }
    let inner = rest.get(1..)?;
    let inner = inner.get(..inner.floor_char_boundary(MAX_FORMULA_BYTES))?;
    if inner.starts_with(char::is_whitespace) {
        return None;
    }
    let closes = |(end, _): &(usize, &str)| {
        let before = inner.get(..*end).unwrap_or_default();
        let after = inner.get(end + 1..).unwrap_or_default();
        !before.ends_with(|c: char| c.is_whitespace() || c == '\\')
            && !after.starts_with(|c: char| c.is_ascii_digit())
    };
    inner.match_indices('$').find(closes).map(|(end, _)| at + end + 2)
}

/// A comment, an autolink or a tag.
fn angle(text: &str, at: usize) -> Option<(usize, Skip)> {
    let rest = text.get(at..)?;
    if rest.starts_with("<!--") {
        let end = rest.find("-->").map_or(text.len(), |end| at + end + 3);
        return Some((end, Skip::Verbatim));
    }
    if let Some(tag) = HtmlTag::read(rest) {
        return Some((at + tag.length, Skip::Tag));
    }
    let inner = rest.get(1..)?;
    let inner = inner.get(..inner.floor_char_boundary(2000))?;
    let end = inner.find(['>', ' ', '\n', '<'])?;
    if !inner.get(end..)?.starts_with('>') {
        return None;
    }
    let is_address = inner.get(..end)?.contains([':', '@']);
    is_address.then_some((at + end + 2, Skip::Verbatim))
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
            Skip::Verbatim => self.copy(start, end),
            Skip::Mathematics => {
                self.visitor.mathematics(start);
                self.copy(start, end);
            }
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

/// What stands in parentheses behind the brackets of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) address: String,
    /// The title with its quotes; empty if there is none.
    pub(super) title: String,
    /// Where it ends in the text, behind the parenthesis.
    end: usize,
}

impl Target {
    fn read(text: &str, at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        let limit = rest.floor_char_boundary(MAX_TARGET_BYTES);
        let inner = rest.get(..limit)?.strip_prefix('(')?;
        let (address, mut after) = destination(inner.trim_start())?;
        after = after.trim_start();
        let mut title = String::new();
        if let Some(quote @ ('"' | '\'' | '(')) = after.chars().next() {
            let closing = if quote == '(' { ')' } else { quote };
            let end = closing_quote(after, closing)?;
            title = after.get(..end)?.to_owned();
            after = after.get(end..)?.trim_start();
        }
        let after = after.strip_prefix(')')?;
        let end = at + limit - after.len();
        Some(Self { address, title, end })
    }
}

/// An address, in angle brackets or plain, and what follows.
pub(super) fn destination(text: &str) -> Option<(String, &str)> {
    if let Some(inner) = text.strip_prefix('<') {
        let (address, rest) = inner.split_once('>')?;
        let fits = !address.contains(['\n', '<']);
        return fits.then(|| (unescaped(address), rest));
    }
    let mut depth = 0_usize;
    let mut is_escaped = false;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match c {
            '\\' => is_escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = at;
                break;
            }
            ')' => depth -= 1,
            c if c.is_ascii_whitespace() || c.is_control() => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let (address, rest) = text.split_at_checked(end)?;
    Some((unescaped(address), rest))
}

fn closing_quote(text: &str, closing: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == closing => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

/// Without the backslashes that protect signs.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let protects = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        if !protects {
            plain.push(c);
        } else if let Some(next) = chars.next() {
            plain.push(next);
        }
    }
    plain
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
        fn mathematics(&mut self, _: usize) {}
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
