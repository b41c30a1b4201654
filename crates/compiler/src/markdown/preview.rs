//! The mark `<!-- more -->`: where it counts, and what the preview loses by it.

use std::collections::BTreeSet;

use comrak::nodes::{AstNode, NodeValue, Sourcepos};

use super::report::Report;
use crate::diagnostic::Code;
use crate::school::Markdown;

/// The marks of a text.
pub(super) struct Marks {
    /// The line of the one that counts, as the parser counts lines.
    pub(super) line: Option<usize>,
    misplaced: Vec<Sourcepos>,
}

/// Finds the mark: the first one that stands at the top level on a line of its
/// own. Whether it counts depends on nothing below it.
pub(super) fn find_mark<'a>(root: &'a AstNode<'a>) -> Marks {
    let mut marks = Marks { line: None, misplaced: Vec::new() };
    for node in root.descendants() {
        let data = node.data();
        let (text, is_block) = match &data.value {
            NodeValue::HtmlBlock(block) => (block.literal.as_str(), true),
            NodeValue::HtmlInline(text) => (text.as_str(), false),
            _ => continue,
        };
        let is_top = is_block && node.parent().is_some_and(|parent| parent.same_node(root));
        if is_top && comment(text) == Some("more") && marks.line.is_none() {
            marks.line = Some(data.sourcepos.start.line);
        } else if mentions_mark(text) {
            marks.misplaced.push(data.sourcepos);
        }
    }
    marks
}

impl Marks {
    /// An author who meant to part the text must learn that it is not parted so.
    pub(super) fn report_misplaced(&self, report: &mut Report<'_>) {
        for position in &self.misplaced {
            let range = report.range(*position);
            let diagnostic = report.diagnostic(
                range,
                Code::MisplacedMore,
                "this `<!-- more -->` does not part the lesson",
            );
            report.push(diagnostic.hint(
                "the first one counts that stands on a line of its own, outside of lists, quotes and HTML",
            ));
        }
    }
}

/// Reports what the preview shows as it is written, since its definition stands
/// below the mark and is gated.
pub(super) fn report_lost_references<'a, 'b>(
    whole: &'a AstNode<'a>,
    preview: &'b AstNode<'b>,
    mark_line: usize,
    markdown: &Markdown,
    report: &mut Report<'_>,
) {
    let kept: BTreeSet<Sourcepos> = references(preview).collect();
    for lost in references(whole).filter(|at| at.end.line < mark_line && !kept.contains(at)) {
        let range = report.range(lost);
        let source = markdown.file.get(range.clone()).unwrap_or_default();
        let source: String = source.chars().take(80).filter(|c| !c.is_control()).collect();
        let message = format!(
            "`{source}` is defined below `<!-- more -->`, so the preview shows it as it is written"
        );
        let diagnostic = report.diagnostic(range, Code::ReferenceBelowMore, message);
        report.push(diagnostic.hint("move the definition above the mark"));
    }
}

/// The links, pictures and footnotes of a text.
fn references<'a>(root: &'a AstNode<'a>) -> impl Iterator<Item = Sourcepos> {
    root.descendants().filter_map(|node| {
        let data = node.data();
        matches!(
            data.value,
            NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::FootnoteReference(_)
        )
        .then_some(data.sourcepos)
    })
}

fn comment(html: &str) -> Option<&str> {
    html.trim().strip_prefix("<!--")?.strip_suffix("-->").map(str::trim)
}

fn mentions_mark(html: &str) -> bool {
    html.split("<!--")
        .skip(1)
        .filter_map(|rest| rest.split("-->").next())
        .any(|inside| inside.trim().eq_ignore_ascii_case("more"))
}
