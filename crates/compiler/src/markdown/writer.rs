//! Writes a parsed text as HTML. Comrak writes what is plain Markdown; what
//! touches addresses, files, code, headings or raw HTML is written here.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use comrak::html::{self, ChildRendering, format_document_with_formatter, format_node_default};
use comrak::nodes::{AlertType, AstNode, NodeBlockDirective, NodeValue, Sourcepos};
use comrak::options::Plugins;

use super::component::open::{Open, Sheets};
use super::directive::INLINE;
use super::heading::Named;
use super::raw_html::OpenElements;
use super::report::Report;
use super::shelf::Shelf;
use super::{Scene, footnote, line_break, mark, table};
use crate::diagnostic::Code;
use crate::document::Heading;
use crate::escape::escaped;
use crate::link::AnchorLink;
use crate::source_path::SourcePath;

use self::raw::closing_tags;

mod raw;
mod task;

pub(super) use self::raw::opening_tag;

/// One part of a document as it was written.
#[derive(Default)]
pub(super) struct Part {
    pub(super) html: String,
    pub(super) headings: Vec<Heading>,
    pub(super) anchors: BTreeSet<String>,
    pub(super) anchor_links: Vec<AnchorLink>,
    /// The files of the pages it links to.
    pub(super) page_links: BTreeSet<SourcePath>,
}

/// More than any reader scrolls through.
const MOST_TAKEN_IN: usize = 8_000_000;

/// Everything that changes while a text is written.
pub(super) struct Writer<'w, 'a> {
    pub(super) scene: Scene<'a>,
    pub(super) report: &'w mut Report<'a>,
    pub(super) shelf: &'w mut Shelf<'a>,
    pub(super) anchor_links: Vec<AnchorLink>,
    pub(super) page_links: BTreeSet<SourcePath>,
    /// Whether a picture was written: the first one is in sight at once.
    pub(super) has_picture: bool,
    /// The components that are open, the innermost last.
    pub(super) components: Vec<Open>,
    /// How many there were so far.
    pub(super) component_count: usize,
    /// How many diagrams there were so far.
    pub(super) diagram_count: usize,
    pub(super) sheets: Sheets,
    pub(super) anchors: BTreeSet<String>,
    headings: std::vec::IntoIter<Named>,
    open: OpenElements,
    /// The column of the next cell of a table.
    column: usize,
    /// What closes each link and picture that is open, the innermost last.
    closers: Vec<String>,
    /// The bytes of files, terms and data that were taken in so far.
    taken_in: usize,
}

type Output<'o, 'c, 'w, 'a> = html::Context<'o, 'c, Writer<'w, 'a>>;

impl<'w, 'a> Writer<'w, 'a> {
    pub(super) fn new(
        scene: Scene<'a>,
        report: &'w mut Report<'a>,
        shelf: &'w mut Shelf<'a>,
        headings: Vec<Named>,
    ) -> Self {
        let anchors = headings.iter().map(|named| named.heading.id.clone()).collect();
        Self {
            scene,
            report,
            shelf,
            anchor_links: Vec::new(),
            page_links: BTreeSet::new(),
            has_picture: false,
            components: Vec::new(),
            component_count: 0,
            diagram_count: 0,
            sheets: Sheets::new(String::with_capacity(scene.markdown.text().len() * 3 / 2)),
            anchors,
            headings: headings.into_iter(),
            open: OpenElements::default(),
            column: 0,
            closers: Vec::new(),
            taken_in: 0,
        }
    }

    /// Whether the text may take in so much more from elsewhere; told once if not. A
    /// line that names a file of a megabyte is short, and may stand there a thousand
    /// times.
    pub(super) fn may_take_in(&mut self, bytes: usize, at: Sourcepos) -> bool {
        let was_enough = self.taken_in > MOST_TAKEN_IN;
        self.taken_in = self.taken_in.saturating_add(bytes);
        let is_too_much = self.taken_in > MOST_TAKEN_IN;
        if is_too_much && !was_enough {
            let most = MOST_TAKEN_IN / 1_000_000;
            let message = format!(
                "this text takes in more than {most} million bytes from files, data and the glossary"
            );
            let range = self.report.range(at);
            let diagnostic = self.report.diagnostic(range, Code::TooLarge, message);
            self.report.push(diagnostic.hint("take in fewer lines, or part the lesson"));
        }
        !is_too_much
    }

    pub(super) fn write<'n>(self, root: &'n AstNode<'n>) -> Part {
        let headings = self.headings.as_slice().iter().map(|named| named.heading.clone()).collect();
        let options = self.scene.options;
        let mut sheets = self.sheets.clone();
        let back = self.scene.context.theme.text(self.scene.language, "footnote-back");
        let plugins = Plugins::default();
        let written =
            format_document_with_formatter(root, options, &mut sheets, &plugins, format_node, self);
        match written {
            Ok(writer) => Part {
                html: footnote::in_words(&sheets.take(), back),
                headings,
                anchors: writer.anchors,
                anchor_links: writer.anchor_links,
                page_links: writer.page_links,
            },
            // Writing to a string never fails; if it did, nothing half-written may stay.
            Err(fmt::Error) => Part::default(),
        }
    }
}

/// Writes one node; comrak calls it once before and once after its children.
fn format_node<'n>(
    output: &mut Output<'_, '_, '_, '_>,
    node: &'n AstNode<'n>,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    if mark::is_marks(node) {
        return Ok(ChildRendering::Skip);
    }
    let has_children = node.first_child().is_some();
    let data = node.data();
    if !entering && has_children {
        let closing = output.user.leave(data.sourcepos);
        output.write_str(&closing)?;
    }
    if entering && matches!(data.value, NodeValue::FootnoteDefinition(_)) {
        // Comrak ends the list of footnotes after everything else.
        let left = output.user.open.close_all();
        let around = node.parent().map_or(data.sourcepos, |parent| parent.data().sourcepos);
        output.user.report_unclosed(&left, around);
        output.write_str(&closing_tags(&left))?;
    }
    let marks = mark::of(node);
    if let Some(marks) = marks.as_ref().filter(|_| entering) {
        output.cr()?;
        output.write_str(&marks.opening_tag())?;
        output.user.anchors.extend(marks.id.clone());
    }
    let children = write_node(output, node, &data.value, data.sourcepos, entering)?;
    if marks.is_some() && !entering {
        output.cr()?;
        output.write_str("</div>\n")?;
    }
    if entering && has_children {
        output.user.open.enter_markdown();
    }
    Ok(children)
}

fn write_node<'n>(
    output: &mut Output<'_, '_, '_, '_>,
    node: &'n AstNode<'n>,
    value: &NodeValue,
    at: Sourcepos,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    match value {
        NodeValue::Heading(heading) => write_heading(output, heading.level, entering),
        NodeValue::CodeBlock(_)
        | NodeValue::HtmlBlock(_)
        | NodeValue::HtmlInline(_)
        | NodeValue::Math(_) => {
            if entering {
                write_leaf(output, value, at)?;
            }
            Ok(ChildRendering::Skip)
        }
        NodeValue::Alert(alert) => {
            write_alert(output, alert.alert_type, alert.title.as_deref(), at, entering)
        }
        NodeValue::BlockDirective(directive) => {
            write_component(output, node, directive, at, entering)
        }
        // `x^2 + y^2` has two signs and no superscript in it.
        NodeValue::Superscript if has_white_space(node) => {
            output.write_str("^")?;
            Ok(ChildRendering::HTML)
        }
        NodeValue::TableRow(_) if entering => {
            output.user.column = 0;
            format_node_default(output, node, entering)
        }
        NodeValue::TableCell if entering => {
            let opening = table::opening_tag(node, output.user.column);
            output.user.column += 1;
            output.cr()?;
            output.write_str(&opening)?;
            Ok(ChildRendering::HTML)
        }
        // As in `~5 and ~6`.
        NodeValue::Subscript if has_white_space(node) => {
            output.write_str("~")?;
            Ok(ChildRendering::HTML)
        }
        NodeValue::SoftBreak if line_break::is_seamless(node) => Ok(ChildRendering::Skip),
        NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::WikiLink(_) if !entering => {
            let closer = output.user.closers.pop().unwrap_or_default();
            output.write_str(&closer)?;
            Ok(ChildRendering::HTML)
        }
        NodeValue::Link(link) => {
            let (open, close) = output.user.open_link(&link.url, &link.title, at);
            output.user.closers.push(close);
            output.write_str(&open)?;
            Ok(ChildRendering::HTML)
        }
        NodeValue::WikiLink(link) => {
            let (open, close) = output.user.open_wikilink(&link.url, at);
            output.user.closers.push(close);
            output.write_str(&open)?;
            // Without a text of its own it is called what the page is called.
            let is_bare = node.collect_text() == link.url;
            match output.user.title_of(&link.url).filter(|_| is_bare) {
                Some(title) => {
                    output.write_str(&escaped(&title))?;
                    Ok(ChildRendering::Skip)
                }
                None => Ok(ChildRendering::HTML),
            }
        }
        NodeValue::TaskItem(item) if entering => {
            let word = output.user.scene.context.theme.text(output.user.scene.language, "task");
            let opening = task::opening_tags(node, item.symbol.is_some(), word);
            output.cr()?;
            output.write_str(&opening)?;
            Ok(ChildRendering::HTML)
        }
        NodeValue::Image(image) => {
            let alt = node.collect_text();
            let (open, close) = output.user.open_picture(&image.url, &image.title, &alt, at);
            output.user.closers.push(close);
            output.write_str(&open)?;
            Ok(ChildRendering::Plain)
        }
        _ => format_node_default(output, node, entering),
    }
}

/// Writes what has no Markdown in it.
fn write_leaf(
    output: &mut Output<'_, '_, '_, '_>,
    value: &NodeValue,
    at: Sourcepos,
) -> fmt::Result {
    match value {
        NodeValue::CodeBlock(block) => {
            let html = output.user.code(block, at);
            write_block(output, &html)
        }
        NodeValue::HtmlBlock(block) => {
            let html = output.user.raw_html(&block.literal, at);
            write_block(output, html.trim_end_matches('\n'))
        }
        NodeValue::HtmlInline(text) => {
            let html = output.user.raw_html(text, at);
            output.write_str(&html)
        }
        NodeValue::Math(math) => {
            let html = output.user.formula(math, at);
            output.write_str(&html)
        }
        _ => Ok(()),
    }
}

fn write_heading(
    output: &mut Output<'_, '_, '_, '_>,
    level: u8,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    if !entering {
        let closer = output.user.closers.pop().unwrap_or_default();
        output.write_str(&closer)?;
        output.lf()?;
        return Ok(ChildRendering::HTML);
    }
    let named = output.user.headings.next();
    let (id, class) =
        named.map(|named| (escaped(&named.heading.id), named.class)).unwrap_or_default();
    output.cr()?;
    write!(output, "<h{level} id=\"{id}\"{class}>")?;
    // The sign comes from the style sheet: it is no part of the text.
    let link =
        format!("<a class=\"anchor\" href=\"#{id}\" aria-hidden=\"true\" tabindex=\"-1\"></a>");
    output.user.closers.push(format!("{link}</h{level}>"));
    Ok(ChildRendering::HTML)
}

fn write_alert(
    output: &mut Output<'_, '_, '_, '_>,
    kind: AlertType,
    title: Option<&str>,
    at: Sourcepos,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    if entering {
        output.cr()?;
        let name = match kind {
            AlertType::Note => "note",
            AlertType::Tip => "tip",
            AlertType::Important => "important",
            AlertType::Warning => "warning",
            AlertType::Caution => "caution",
        };
        output.user.open_named(name, title);
    } else {
        let html = output.user.close_component(at);
        write_block(output, &html)?;
    }
    Ok(ChildRendering::HTML)
}

fn write_component<'n>(
    output: &mut Output<'_, '_, '_, '_>,
    node: &'n AstNode<'n>,
    directive: &NodeBlockDirective,
    at: Sourcepos,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    let is_inline = directive.fence_length == INLINE;
    if entering {
        if !is_inline {
            output.cr()?;
        }
        let before = output.user.open_component(node, directive, at);
        output.write_str(&before)?;
    } else {
        let html = output.user.close_component(at);
        if is_inline {
            output.write_str(&html)?;
        } else {
            write_block(output, &html)?;
        }
    }
    Ok(ChildRendering::HTML)
}

fn write_block(output: &mut Output<'_, '_, '_, '_>, html: &str) -> fmt::Result {
    if html.is_empty() {
        return Ok(());
    }
    output.cr()?;
    output.write_str(html)?;
    output.lf()
}

/// Stops at the first, as superscripts can be nested deep.
fn has_white_space<'n>(node: &'n AstNode<'n>) -> bool {
    node.descendants().any(|node| match &node.data().value {
        NodeValue::Text(text) => text.contains(char::is_whitespace),
        NodeValue::SoftBreak | NodeValue::LineBreak => true,
        _ => false,
    })
}
