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
    /// What code fences take in from files, as it is written.
    pub(super) includes: Vec<String>,
    /// Titles of links and comments, which stand beside the running text.
    asides: String,
}

/// A text by who may read it.
#[derive(Debug, Default)]
pub(super) struct Parted {
    /// What stands above its mark `<!-- more -->`, and in each `:::preview`.
    pub(super) open: Said,
    pub(super) shut: Said,
}

/// Reads a text; without a mark all of it is shut but for its previews.
pub(super) fn parted(markdown: &str) -> Parted {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.block_directive = true;
    let text = with_plain_fences(markdown);
    let root = parse_document(&arena, &text, &options);
    let lines: Vec<&str> = markdown.lines().collect();
    let blocks: Vec<_> = root.children().collect();
    let mark = blocks.iter().position(|block| is_mark(block)).unwrap_or(0);
    let mut parted = Parted::default();
    for (place, block) in blocks.into_iter().enumerate() {
        let is_open = place < mark || is_preview(block, &lines);
        if is_open { &mut parted.open } else { &mut parted.shut }.read(block, &lines);
    }
    parted
}

/// The lines of a text that are open, its mark included, as they are written.
pub(super) fn open_lines(markdown: &str) -> String {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.block_directive = true;
    let text = with_plain_fences(markdown);
    let root = parse_document(&arena, &text, &options);
    let lines: Vec<&str> = markdown.split_inclusive('\n').collect();
    let bare: Vec<&str> = lines.iter().map(|line| line.trim_end_matches(['\r', '\n'])).collect();
    let mark = root.children().find(|block| is_mark(block));
    let mark = mark.map_or(0, |block| block.data().sourcepos.end.line);
    let mut open: Vec<&str> = lines.get(..mark).unwrap_or_default().to_vec();
    for block in root.children().filter(|block| is_preview(block, &bare)) {
        let place = block.data().sourcepos;
        let start = place.start.line.saturating_sub(1).max(mark);
        // Blocks part only with an empty line between them.
        open.push("\n");
        open.extend(lines.get(start..place.end.line).unwrap_or_default());
    }
    open.concat()
}

/// A colon in the attributes of a component would hide it from the parser. What
/// stands in its place parts words as a colon does.
fn with_plain_fences(markdown: &str) -> String {
    let plain = |line: &str| match line.find(":::") {
        Some(at) => {
            let (before, fence) = line.split_at(at);
            let info = fence.trim_start_matches(':');
            let colons = ":".repeat(fence.len() - info.len());
            format!("{before}{colons}{}", info.replace(':', "\u{2}"))
        }
        None => line.to_owned(),
    };
    markdown.split_inclusive('\n').map(plain).collect()
}

impl Parted {
    /// All that a text says, for one that is public as a whole.
    pub(super) fn whole(self) -> Said {
        let Self { mut open, shut } = self;
        open.words.push_str(&shut.words);
        open.links.extend(shut.links);
        open.includes.extend(shut.includes);
        open
    }
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

    fn read<'a>(&mut self, node: &'a AstNode<'a>, lines: &[&str]) {
        for node in node.descendants() {
            let data = node.data();
            match &data.value {
                NodeValue::BlockDirective(component) => {
                    self.end_block();
                    self.component(&component.info);
                }
                NodeValue::Paragraph => {
                    self.end_block();
                    let (start, end) = (data.sourcepos.start.line, data.sourcepos.end.line);
                    let lines = lines.get(start.saturating_sub(1)..end).unwrap_or_default();
                    for line in lines.iter().filter(|line| line.contains("::")) {
                        self.component(line);
                    }
                }
                NodeValue::Text(text) => self.words.push_str(text),
                NodeValue::Code(code) => self.words.push_str(&code.literal),
                NodeValue::SoftBreak | NodeValue::LineBreak => self.words.push('\n'),
                NodeValue::CodeBlock(code) => {
                    self.end_block();
                    self.fence(&code.info);
                    self.words.push_str(&code.literal);
                    self.end_block();
                    if code.info.trim_start().starts_with("mermaid") {
                        self.labels(&code.literal);
                    }
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

    /// What a component says in its attributes, which may name files.
    fn component(&mut self, written: &str) {
        self.links.extend(
            written
                .split(['"', '\'', '=', '{', '}'])
                .flat_map(|part| [part].into_iter().chain(part.split(' ')))
                .map(str::to_owned),
        );
        self.asides.push_str(written);
        self.asides.push(BARRIER);
    }

    /// What a code fence says behind its language: a title, a file.
    fn fence(&mut self, info: &str) {
        self.asides.push_str(info);
        self.asides.push(BARRIER);
        if let Some((_, value)) = info.split_once("include=") {
            let value = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value.split(quote).nth(1),
                _ => value.split([' ', '\t', ',', '}']).next(),
            };
            self.includes.extend(value.map(str::to_owned));
        }
    }

    /// What is written in a diagram, each label by itself: a drawing has them in
    /// another order, and without the signs between them.
    fn labels(&mut self, source: &str) {
        let parts = |c: char| "[](){}<>|\":;\n".contains(c);
        for label in source.split(parts).filter(|label| !label.trim().is_empty()) {
            self.asides.push_str(label);
            self.asides.push(BARRIER);
        }
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

/// Whether a block at the top of a text is a `:::preview` that is closed; one that
/// is not would open all that follows.
fn is_preview<'a>(block: &'a AstNode<'a>, lines: &[&str]) -> bool {
    let data = block.data();
    let NodeValue::BlockDirective(component) = &data.value else { return false };
    let name = component.info.split(['{', '[', ' ', '\t']).next();
    let end = data.sourcepos.end.line;
    let last = lines.get(end.saturating_sub(1)).map(|line| line.trim()).unwrap_or_default();
    let is_fence = last.len() >= component.fence_length && last.bytes().all(|byte| byte == b':');
    let inside = block
        .last_child()
        .map_or(data.sourcepos.start.line, |child| child.data().sourcepos.end.line);
    name == Some("preview") && is_fence && inside < end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(markdown: &str) -> Said {
        parted(markdown).whole()
    }

    #[test]
    fn a_text_is_parted_at_its_first_mark() {
        let parted = parted(
            "# A *title*\n\nAbove ![a](a.png).\n\n<!-- more -->\n\nBelow [b](b.zip \"c\") `code`\n",
        );
        assert_eq!(parted.open.words.replace(BARRIER, "|"), "|A title|Above a.||");
        assert_eq!(parted.shut.words.replace(BARRIER, "|"), "|\n| more |Below b code|c|");
        assert_eq!(parted.open.links, ["a.png"]);
        assert!(parted.shut.links.contains(&"b.zip".to_owned()));
    }

    #[test]
    fn a_preview_is_open_wherever_it_stands_and_what_surrounds_it_is_not() {
        let words = |text: &str| {
            let parted = parted(text);
            [parted.open.words, parted.shut.words].map(|words| words.replace(BARRIER, " "))
        };
        let [open, shut] = words(
            "shut one\n\n:::preview\nopen\n\n- two\n:::\n\nshut three\n\n\
             :::embed{src=\"https://a.test\"}\nshut four\n:::\n\n:::preview\nfive\n:::\n",
        );
        assert_eq!(
            open.split_whitespace().collect::<Vec<_>>(),
            ["open", "two", "preview", "five", "preview"]
        );
        assert!(shut.contains("one") && shut.contains("three") && shut.contains("four"));
        for text in [
            ":::preview\nshut\n",
            "::::preview\n:::note\nshut\n:::\n",
            "> :::preview\n> shut\n> :::\n",
            ":::previews\nshut\n:::\n",
            "```\n:::preview\nshut\n:::\n```\n",
            "    :::preview\n    shut\n    :::\n",
        ] {
            let [open, shut] = words(text);
            assert!(!open.contains("shut") && shut.contains("shut"), "{text}");
        }
    }

    #[test]
    fn components_name_their_files_and_say_their_titles() {
        let said = said(
            ":::a{title=\"My words\" x='b.png'}\n:::\n\n- ::video{src=\"my film.mp4\" poster=p.png}\n",
        );
        assert!(said.words.contains("My words"));
        for file in ["b.png", "p.png"] {
            assert!(said.links.iter().any(|link| link == file), "{:?}", said.links);
        }
    }

    #[test]
    fn without_a_mark_everything_stands_below() {
        let parted = parted("Text.\n\n    <!-- more -->\n");
        assert_eq!(parted.open.words, "");
        assert!(parted.shut.words.contains("Text"));
    }

    #[test]
    fn raw_html_names_its_files() {
        let said = said("<video src=\"a b.mp4\" poster=p.png></video>\n");
        let page = SourcePath::new("content/c/l.md");
        let files: Vec<String> = said.files(&page).map(|path| path.to_string()).collect();
        assert!(files.contains(&"content/c/p.png".to_owned()), "{files:?}");
    }
}
