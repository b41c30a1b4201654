//! Shortcodes and tags of other generators, which would be shown as they are written.
//!
//! They are looked for in the source and not in the tree, where some of them are HTML
//! already; what is code or a formula there is left alone.

use std::ops::Range;

use comrak::nodes::{AstNode, NodeValue};

use super::report::Report;
use crate::diagnostic::Code;
use crate::diagnostic::shown::shown_at_most;
use crate::school::Markdown;

/// How they begin and end: Hugo's two, mdBook's, and those of Jekyll and its kin.
const SIGNS: [(&str, &str); 4] = [("{{<", ">}}"), ("{{%", "%}}"), ("{{#", "}}"), ("{%", "%}")];

/// Nobody writes a longer one.
const MOST_BYTES: usize = 1_000;

/// Tells of each that opens something.
pub(super) fn report<'a>(root: &'a AstNode<'a>, markdown: &Markdown, report: &mut Report<'_>) {
    let text = markdown.text();
    if SIGNS.iter().all(|(open, _)| !text.contains(open)) {
        return;
    }
    let literal = literal(root, report);
    for place in find(text) {
        let place = markdown.start + place.start..markdown.start + place.end;
        let before = literal.partition_point(|range| range.start <= place.start);
        if literal.get(..before).and_then(<[_]>::last).is_some_and(|r| place.start < r.end) {
            continue;
        }
        let written = markdown.file.get(place.clone()).unwrap_or_default();
        let message = format!(
            "`{}` is of another generator and is shown as it is written",
            shown_at_most(written, 80)
        );
        let told = report.diagnostic(place, Code::ForeignShortcode, message);
        report.push(told.hint(
            "write a component such as `::video{src=\"…\"}`, or put it between backticks to show it",
        ));
    }
}

/// The places of all that look so, in order.
fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('{')).map(|n| at + n) {
        let rest = text.get(start..).unwrap_or_default();
        at = start + 1;
        let is_escaped = text.get(..start).is_some_and(|before| before.ends_with('\\'));
        let Some((open, close)) = SIGNS.iter().find(|(open, _)| rest.starts_with(open)) else {
            continue;
        };
        let line = rest.lines().next().unwrap_or_default();
        let line = line.get(..line.floor_char_boundary(MOST_BYTES)).unwrap_or_default();
        let Some(end) = line.find(close).map(|end| end + close.len()) else { continue };
        let inside = line.get(open.len()..end - close.len()).unwrap_or_default();
        let word = inside.trim_start_matches('-').trim_start();
        let opens = word.starts_with(|c: char| c.is_ascii_alphabetic()) && !word.starts_with("end");
        if opens && !is_escaped {
            found.push(start..start + end);
        }
        at = start + end;
    }
    found
}

/// What is code, a formula or HTML of the author's, in order.
fn literal<'a>(root: &'a AstNode<'a>, report: &Report<'_>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = root
        .descendants()
        .filter_map(|node| {
            let data = node.data();
            let is_literal = matches!(
                data.value,
                NodeValue::CodeBlock(_)
                    | NodeValue::Code(_)
                    | NodeValue::Math(_)
                    | NodeValue::HtmlBlock(_)
            );
            is_literal.then(|| report.range(data.sourcepos))
        })
        .collect();
    ranges.sort_by_key(|range| range.start);
    ranges
}
