//! What of a gated text is public: what stands above the mark `<!-- more -->`,
//! and what stands in a `:::preview`; and what the preview loses by it.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use comrak::nodes::{AstNode, NodeValue, Sourcepos};

use super::directive::is_unclosed;
use super::info;
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

/// The name of the component whose text is public.
const NAME: &str = "preview";

/// Ends whatever the part above left open, a list for one, and shows nothing.
const BETWEEN: &str = "\n\n<!-- -->\n\n";

/// The public lines of a gated text.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Lines as the parser counts them, in the order of the text.
    parts: Vec<Lines>,
    misplaced: Vec<Sourcepos>,
}

#[derive(Debug)]
struct Lines {
    range: RangeInclusive<usize>,
    by: Why,
}

/// What makes lines public.
#[derive(Debug, Clone, Copy)]
enum Why {
    Mark,
    Block,
}

impl Open {
    /// Finds the public lines. A `:::preview` counts at the top level alone, and
    /// only if it is closed: one that ran on to the end would open everything.
    pub(super) fn find<'a>(whole: &'a AstNode<'a>, mark: Option<usize>) -> Self {
        let mut open = Self::default();
        open.parts.extend(mark.map(|line| Lines { range: 1..=line - 1, by: Why::Mark }));
        for node in whole.descendants() {
            let data = node.data();
            let NodeValue::BlockDirective(directive) = &data.value else { continue };
            let at = data.sourcepos;
            if info::read(&directive.info).name.text != NAME || is_unclosed(directive) {
                continue;
            }
            if !node.parent().is_some_and(|parent| parent.same_node(whole)) {
                open.misplaced.push(at);
            } else if mark.is_none_or(|mark| at.start.line > mark) {
                let range = at.start.line + 1..=at.end.line - 1;
                open.parts.push(Lines { range, by: Why::Block });
            }
        }
        open
    }

    /// An author who meant to show something must learn that it is not shown.
    pub(super) fn report_misplaced(&self, report: &mut Report<'_>) {
        for at in &self.misplaced {
            let line = (at.start.line, at.start.column, at.start.line, at.start.column + 9);
            let range = report.range(line.into());
            let message = "this `:::preview` makes nothing public";
            let diagnostic = report.diagnostic(range, Code::MisplacedPreview, message);
            let hint = "it counts outside of lists, quotes and other components";
            report.push(diagnostic.hint(hint));
        }
    }

    /// The public text by itself; `None` where nothing is public.
    pub(super) fn text(&self, markdown: &Markdown, report: &Report<'_>) -> Option<String> {
        let parts = self.parts.iter().map(|part| {
            let (start, end) =
                (report.line_start(*part.range.start()), report.line_start(part.range.end() + 1));
            markdown.file.get(start..end).unwrap_or_default()
        });
        (!self.parts.is_empty()).then(|| parts.collect::<Vec<_>>().join(BETWEEN))
    }

    /// Reports what the preview shows as it is written, since its definition
    /// stands elsewhere and is gated.
    pub(super) fn report_lost_references<'a, 'b>(
        &self,
        whole: &'a AstNode<'a>,
        preview: &'b AstNode<'b>,
        markdown: &Markdown,
        report: &mut Report<'_>,
    ) {
        let lines = self.lines(markdown, report);
        let whole_line = |line: usize| lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let kept: BTreeSet<Sourcepos> = references(preview)
            .map(|mut at| {
                at.start.line = whole_line(at.start.line);
                at.end.line = whole_line(at.end.line);
                at
            })
            .collect();
        for lost in references(whole).filter(|at| !kept.contains(at)) {
            let part = self.parts.iter().find(|part| part.range.contains(&lost.end.line));
            let Some(part) = part else { continue };
            let range = report.range(lost);
            let source = markdown.file.get(range.clone()).unwrap_or_default();
            let source: String = source.chars().take(80).filter(|c| !c.is_control()).collect();
            let (place, hint) = match part.by {
                Why::Mark => ("below `<!-- more -->`", "move the definition above the mark"),
                Why::Block => ("outside of `:::preview`", "move the definition into it"),
            };
            let message =
                format!("`{source}` is defined {place}, so the preview shows it as it is written");
            let diagnostic = report.diagnostic(range, Code::ReferenceBelowMore, message);
            report.push(diagnostic.hint(hint));
        }
    }

    /// The line of the whole text for each of the public one; 0 for what stands
    /// between the parts.
    fn lines(&self, markdown: &Markdown, report: &Report<'_>) -> Vec<usize> {
        let mut lines = Vec::new();
        for part in &self.parts {
            lines.extend(part.range.clone());
            // The text ends with a line break, so the next line is the first of
            // those between; none has one if the file ends within the part.
            let end = report.line_start(part.range.end() + 1);
            let is_ended =
                markdown.file.get(..end).is_some_and(|text| text.ends_with(['\n', '\r']));
            let between = BETWEEN.matches('\n').count() - usize::from(!is_ended);
            lines.extend(std::iter::repeat_n(0, between));
        }
        lines
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
