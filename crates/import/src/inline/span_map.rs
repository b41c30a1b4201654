//! What must not be looked into while addresses are changed: code spans,
//! formulas, comments, escaped characters; and which brackets belong together.

use std::collections::HashMap;

use super::super::html_tag::HtmlTag;

/// A formula inside a line is not longer.
const MAX_FORMULA_BYTES: usize = 2000;

/// Where spans that must not be looked into end, and which brackets belong together.
#[derive(Debug, Default)]
pub(super) struct SpanMap {
    pub(super) skips: HashMap<usize, (usize, Skip)>,
    pub(super) brackets: HashMap<usize, usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skip {
    Verbatim,
    Mathematics,
    Tag,
}

impl SpanMap {
    /// Reads the text once from left to right.
    pub(super) fn of(text: &str) -> Self {
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

pub(super) fn next_char(text: &str, at: usize) -> usize {
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
