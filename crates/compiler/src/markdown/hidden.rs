//! Hidden characters in a Markdown text: sentences may hold what their script
//! needs, code may not, and only the parsed text knows which is which.

use std::ops::Range;

use comrak::nodes::{AstNode, NodeValue};

use super::report::Report;
use crate::diagnostic::Code;
use crate::hidden::{Setting, find, may_hide};
use crate::school::Markdown;

/// Tells of each, the first of its kind with the number of all.
pub(super) fn report<'a>(root: &'a AstNode<'a>, markdown: &Markdown, report: &mut Report<'_>) {
    let text = markdown.text();
    if !may_hide(text) {
        return;
    }
    let code = code(root, report);
    let setting = |at: usize| {
        let at = markdown.start + at;
        let before = code.partition_point(|range| range.start <= at);
        let is_code = code.get(..before).and_then(<[_]>::last).is_some_and(|r| at < r.end);
        if is_code { Setting::Code } else { Setting::Prose }
    };
    for hidden in find(text, setting) {
        let place = markdown.start + hidden.place.start..markdown.start + hidden.place.end;
        let told = report.diagnostic(place, Code::HiddenCharacters, hidden.message());
        report.push(told.hint(hidden.hint()));
    }
}

/// Where code stands in the file, in order.
fn code<'a>(root: &'a AstNode<'a>, report: &Report<'_>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = root
        .descendants()
        .filter_map(|node| {
            let data = node.data();
            let is_code = matches!(data.value, NodeValue::CodeBlock(_) | NodeValue::Code(_));
            is_code.then(|| report.range(data.sourcepos))
        })
        .collect();
    ranges.sort_by_key(|range| range.start);
    ranges
}
