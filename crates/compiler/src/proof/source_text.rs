//! What an author's Markdown says and which files it refers to, without the help
//! of the code that renders it: the proof must not share its mistakes.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::proof::markup;
use crate::proof::shingle::BARRIER;
use crate::source::SourcePath;

/// The words of a part of a text, and its links.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Blocks parted by barriers.
    pub(super) words: String,
    /// Links as they are written, to files and to pages alike.
    pub(super) links: Vec<String>,
    /// Titles of links and comments, which stand beside the running text.
    asides: String,
}

/// A text at its mark `<!-- more -->`.
#[derive(Debug, Default)]
pub(super) struct Parted {
    pub(super) above: Said,
    pub(super) below: Said,
}

/// Reads a text; without a mark all of it stands below.
pub(super) fn parted(markdown: &str) -> Parted {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    let root = parse_document(&arena, markdown, &options);
    let blocks: Vec<_> = root.children().collect();
    let mark = blocks.iter().position(|block| is_mark(block)).unwrap_or(0);
    let (above, below) = blocks.split_at_checked(mark).unwrap_or((&[], &blocks));
    Parted { above: Said::of(above), below: Said::of(below) }
}

/// Reads a text that has no parts.
pub(super) fn whole(markdown: &str) -> Said {
    let Parted { mut above, below } = parted(markdown);
    above.words.push_str(&below.words);
    above.links.extend(below.links);
    above
}

impl Said {
    /// The files of the school that are referred to.
    pub(super) fn files(&self, page: &SourcePath) -> impl Iterator<Item = SourcePath> {
        self.links.iter().filter_map(|link| {
            let path = link.split(['#', '?']).next().unwrap_or_default();
            let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
            page.resolve(&path)
        })
    }

    fn of<'a>(blocks: &[&'a AstNode<'a>]) -> Self {
        let mut said = Self::default();
        for block in blocks {
            said.read(block);
        }
        said
    }

    fn read<'a>(&mut self, node: &'a AstNode<'a>) {
        for node in node.descendants() {
            match &node.data().value {
                NodeValue::Text(text) => self.words.push_str(text),
                NodeValue::Code(code) => self.words.push_str(&code.literal),
                NodeValue::SoftBreak | NodeValue::LineBreak => self.words.push('\n'),
                NodeValue::CodeBlock(code) => {
                    self.end_block();
                    self.words.push_str(&code.literal);
                    self.end_block();
                }
                NodeValue::Link(link) | NodeValue::Image(link) => {
                    self.links.push(link.url.clone());
                    self.asides.push_str(&link.title);
                    self.asides.push(BARRIER);
                }
                NodeValue::HtmlBlock(block) => {
                    self.end_block();
                    self.html(&block.literal);
                    self.end_block();
                }
                NodeValue::HtmlInline(html) => self.html(html),
                value if value.block() => self.end_block(),
                _ => {}
            }
        }
        self.end_block();
        self.words.push_str(&std::mem::take(&mut self.asides));
        self.end_block();
    }

    fn html(&mut self, html: &str) {
        let pieces = markup::pieces(html);
        self.words.push_str(&pieces.text);
        self.links.extend(pieces.attributes.split(BARRIER).map(str::to_owned));
        // A short name of a file is not among the long values.
        self.links.extend(html.split(['"', '\'', '=', ' ', '>']).map(str::to_owned));
        // Not the attributes: most are addresses, which public pages name too.
        self.asides.push_str(&pieces.hidden);
    }

    fn end_block(&mut self) {
        if !self.words.ends_with(BARRIER) {
            self.words.push(BARRIER);
        }
    }
}

fn is_mark<'a>(block: &'a AstNode<'a>) -> bool {
    match &block.data().value {
        NodeValue::HtmlBlock(html) => {
            let inside = html.literal.trim().strip_prefix("<!--");
            inside.and_then(|text| text.strip_suffix("-->")).is_some_and(|t| t.trim() == "more")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parted_at_its_first_mark() {
        let parted = parted(
            "# A *title*\n\nAbove ![a](a.png).\n\n<!-- more -->\n\nBelow [b](b.zip \"c\") `code`\n",
        );
        assert_eq!(parted.above.words.replace(BARRIER, "|"), "|A title|Above a.||");
        assert_eq!(parted.below.words.replace(BARRIER, "|"), "|\n| more |Below b code|c|");
        assert_eq!(parted.above.links, ["a.png"]);
        assert!(parted.below.links.contains(&"b.zip".to_owned()));
    }

    #[test]
    fn without_a_mark_everything_stands_below() {
        let parted = parted("Text.\n\n    <!-- more -->\n");
        assert_eq!(parted.above.words, "");
        assert!(parted.below.words.contains("Text"));
    }

    #[test]
    fn raw_html_names_its_files() {
        let said = whole("<video src=\"a b.mp4\" poster=p.png></video>\n");
        let page = SourcePath::new("content/c/l.md");
        let files: Vec<String> = said.files(&page).map(|path| path.to_string()).collect();
        assert!(files.contains(&"content/c/p.png".to_owned()), "{files:?}");
    }
}
