//! Markdown to HTML: one lesson's text in, a [`Document`] and diagnostics out.
//!
//! Here a gated text is parted at `<!-- more -->`. The preview is rendered from
//! the bytes above the mark and from nothing else, so no footnote, reference or
//! heading below it can reach the public side.

use std::collections::BTreeSet;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options};
use contracts::digest::Digest;
use contracts::language::Language;
use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use url::Url;

use crate::data::Data;
use crate::diagnostic::Diagnostic;
use crate::document::{Document, GatedHtml, PublicHtml};
use crate::highlight::Highlighter;
use crate::image::Pictures;
use crate::link::{AnchorLink, Destination, Links};
use crate::school::Markdown;
use crate::source::{SourcePath, SourceTree};
use crate::theme::Theme;

mod attribute;
mod block;
mod code_block;
mod component;
mod data;
mod diagram;
mod directive;
mod dollar;
mod fence;
mod footnote;
mod foreign;
mod heading;
mod hidden;
mod info;
mod label;
mod line_break;
mod mark;
mod math;
mod preview;
mod raw_html;
mod reading_time;
pub(crate) mod reads;
mod reference;
mod report;
mod shelf;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use block::Blocks;
pub use raw_html::RawHtml;
use reads::Reads;
use report::Report;
use shelf::{Room, Shelf};
use writer::{Part, Writer};

/// What every text of a school is rendered with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The author's files.
    pub tree: &'a SourceTree,
    /// The addresses of all pages.
    pub links: &'a Links<'a>,
    /// Where the public site stands.
    pub base_url: &'a Url,
    /// Colours code.
    pub highlighter: &'a Highlighter,
    /// Makes formulas and diagrams.
    pub blocks: &'a Blocks,
    /// Remembers pictures.
    pub pictures: &'a Pictures,
    /// Draws components.
    pub theme: &'a Theme,
    /// Facts that texts may show.
    pub data: &'a Data,
    /// Tells them from all others.
    pub data_digest: Digest,
    /// What becomes of HTML that could run something.
    pub raw_html: RawHtml,
}

/// Who may read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers<'a> {
    /// Everyone reads all of it; the mark `<!-- more -->` means nothing.
    Everyone,
    /// Only what stands above the mark is public.
    Entitled {
        /// Where the edge serves the lesson, with a `/` at the end; its gated
        /// files stand right below.
        learn_link: &'a str,
    },
}

/// A rendered text and what was found in it.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// The HTML, parted by who may read it.
    pub document: Document,
    /// What to tell the author.
    pub diagnostics: Vec<Diagnostic>,
    /// Every anchor of the whole text, for [`crate::link::check_anchors`].
    pub anchors: BTreeSet<String>,
    /// The links to headings, for [`crate::link::check_anchors`].
    pub anchor_links: Vec<AnchorLink>,
}

/// Renders a text. Links to headings are left to [`crate::link::check_anchors`],
/// when every page is known.
#[must_use]
pub fn render(
    context: &Context<'_>,
    markdown: &Markdown,
    language: &Language,
    readers: Readers<'_>,
) -> Rendered {
    let reads = Reads::new(context, &markdown.path, language);
    render_reading(&reads, context, markdown, language, readers)
}

/// As [`render`], and notes what it reads.
pub(crate) fn render_reading(
    reads: &Reads<'_>,
    context: &Context<'_>,
    markdown: &Markdown,
    language: &Language,
    readers: Readers<'_>,
) -> Rendered {
    let options = options();
    let arena = Arena::new();
    let root = directive::parse(&arena, markdown.text(), &options);
    read_pictures(context, markdown, language, root);
    let scene = Scene { context, reads, markdown, language, options: &options };
    let mut report = Report::new(markdown);
    hidden::report(root, markdown, &mut report);
    foreign::report(root, markdown, &mut report);
    heading::report_second_title(root, || context.links.title(&markdown.path), &mut report);
    heading::close_gaps(root);
    let (document, whole) = match readers {
        Readers::Everyone => scene.everyone(root, &mut report),
        Readers::Entitled { learn_link } => scene.entitled(root, &mut report, learn_link),
    };
    Rendered {
        document: Document { reading_minutes: reading_time::minutes(root), ..document },
        diagnostics: report.finish(),
        anchors: whole.anchors,
        anchor_links: whole.anchor_links,
    }
}

/// Every anchor that a text will have once it is rendered, for tools that write
/// links to its headings.
#[must_use]
pub fn anchors(text: &str) -> BTreeSet<String> {
    let arena = Arena::new();
    let root = directive::parse(&arena, text, &options());
    let mut anchors: BTreeSet<String> =
        heading::collect(root).into_iter().map(|named| named.heading.id).collect();
    for node in root.descendants() {
        let data = node.data();
        let snippet = match &data.value {
            NodeValue::HtmlBlock(block) => &block.literal,
            NodeValue::HtmlInline(snippet) => snippet,
            _ => continue,
        };
        for piece in raw_html::read(snippet, RawHtml::default()) {
            if let raw_html::PieceKind::Open(element) = piece.kind {
                let id = element.attribute("id").or(element.attribute("name"));
                anchors.extend(id.map(str::to_owned));
            }
        }
    }
    anchors
}

/// What all parts of one text are written with.
#[derive(Clone, Copy)]
struct Scene<'a> {
    context: &'a Context<'a>,
    reads: &'a Reads<'a>,
    markdown: &'a Markdown,
    language: &'a Language,
    options: &'a Options<'static>,
}

impl<'a> Scene<'a> {
    /// All of it is public.
    fn everyone<'n>(&self, root: &'n AstNode<'n>, report: &mut Report<'a>) -> (Document, Part) {
        let mut shelf = Shelf::new(Room::Public(self.context.base_url));
        let mut whole = self.write(root, report, &mut shelf);
        let document = Document {
            public: PublicHtml(std::mem::take(&mut whole.html)),
            headings: std::mem::take(&mut whole.headings),
            public_assets: shelf.into_assets(),
            links: std::mem::take(&mut whole.page_links),
            ..Document::default()
        };
        (document, whole)
    }

    /// The preview is public and the whole is gated.
    fn entitled<'n>(
        &self,
        root: &'n AstNode<'n>,
        report: &mut Report<'a>,
        learn_link: &'a str,
    ) -> (Document, Part) {
        let mut public = Shelf::new(Room::Public(self.context.base_url));
        let preview = self.preview(root, report, &mut public);
        let mut gated = public.gated(learn_link);
        let whole = self.write(root, report, &mut gated);
        let contents = heading::table_of_contents(
            &whole.headings,
            self.context.theme.text(self.language, "contents"),
        );
        let document = Document {
            public: PublicHtml(preview.html),
            headings: preview.headings,
            links: preview.page_links,
            gated: Some(GatedHtml(contents + &whole.html)),
            public_assets: public.into_assets(),
            gated_assets: gated.into_assets(),
            ..Document::default()
        };
        (document, whole)
    }

    /// Writes a parsed text. The shelf decides where its files are fetched.
    fn write<'n>(
        &self,
        root: &'n AstNode<'n>,
        report: &mut Report<'a>,
        shelf: &mut Shelf<'a>,
    ) -> Part {
        Writer::new(*self, report, shelf, heading::collect(root)).write(root)
    }

    /// Writes what the author made public: what stands above the mark, and each
    /// `:::preview`.
    fn preview<'n>(
        &self,
        whole: &'n AstNode<'n>,
        report: &mut Report<'a>,
        shelf: &mut Shelf<'a>,
    ) -> Part {
        let marks = preview::find_mark(whole);
        marks.report_misplaced(report);
        let open = preview::Open::find(whole, marks.line);
        open.report_misplaced(report);
        let Some(text) = open.text(self.markdown, report) else { return Part::default() };
        let arena = Arena::new();
        let root = directive::parse(&arena, &text, self.options);
        heading::close_gaps(root);
        open.report_lost_references(whole, root, self.markdown, report);
        // The same problems are found again when the whole text is written.
        self.write(root, &mut Report::new(self.markdown), shelf)
    }
}

/// Reads the pictures of a text side by side, so that writing finds them ready.
fn read_pictures<'n>(
    context: &Context<'_>,
    markdown: &Markdown,
    language: &Language,
    root: &'n AstNode<'n>,
) {
    let paths: BTreeSet<SourcePath> = root
        .descendants()
        .filter_map(|node| match &node.data().value {
            NodeValue::Image(image) => Some(image.url.clone()),
            _ => None,
        })
        .filter_map(|url| {
            match context.links.resolve(context.tree, &markdown.path, language, &url) {
                Ok(Destination::File(path)) => Some(path),
                _ => None,
            }
        })
        .collect();
    if paths.len() > 1 {
        paths.par_iter().filter_map(|path| Some((path, context.tree.get(path)?))).for_each(
            // What is wrong with a picture is told where it stands in the text.
            |(path, file)| drop(context.pictures.read(path, file)),
        );
    }
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.strikethrough = true;
    extension.table = true;
    extension.autolink = true;
    extension.tasklist = true;
    extension.superscript = true;
    extension.subscript = true;
    extension.wikilinks_title_after_pipe = true;
    extension.wikilinks_ignore_embeds = true;
    extension.footnotes = true;
    extension.description_lists = true;
    extension.alerts = true;
    extension.block_directive = true;
    extension.cjk_friendly_emphasis = true;
    // Keeps Markdown from reading `$a_1*b_2*c$` as emphasis.
    extension.math_dollars = true;
    options.render.tasklist_classes = true;
    // Raw HTML and addresses are checked by the writer.
    options.render.r#unsafe = true;
    options
}
