//! The paragraphs of a text and their digests: what stands at the top level of
//! the Markdown, without the spaces that nobody sees.

use comrak::nodes::AstNode;
use comrak::{Arena, Options, parse_document};

use crate::school::Markdown;
use crate::site::digest;

/// A paragraph, a list, a table, a component with all that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The line of the file it begins at, from 1.
    pub(super) line: usize,
    /// The first sixteen digits of its digest: enough to tell paragraphs of one
    /// text apart.
    pub(super) digest: String,
}

/// The title, the summary and the blocks of a text, in order.
pub(super) fn blocks(title: &str, summary: &str, body: &Markdown) -> Vec<Block> {
    let mut blocks = vec![Block::of(1, &format!("title {title}"))];
    if !summary.is_empty() {
        blocks.push(Block::of(1, &format!("summary {summary}")));
    }
    let text = body.text();
    let before = body.file.get(..body.start).unwrap_or_default().matches('\n').count();
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.block_directive = true;
    let root: &AstNode<'_> = parse_document(&arena, text, &options);
    let lines: Vec<&str> = text.lines().collect();
    for node in root.children() {
        let at = node.data.borrow().sourcepos;
        let first = at.start.line.saturating_sub(1);
        let own = lines.get(first..at.end.line.min(lines.len())).unwrap_or_default();
        let trimmed: Vec<&str> = own.iter().map(|line| line.trim_end()).collect();
        let own = trimmed.join("\n");
        if !own.trim().is_empty() {
            blocks.push(Block::of(before + first + 1, own.trim_end()));
        }
    }
    blocks
}

impl Block {
    fn of(line: usize, text: &str) -> Self {
        Self { line, digest: digest(text.as_bytes()).short() }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::SourcePath;

    use super::*;

    fn of(file: &str) -> Vec<Block> {
        let start = file.find("\n---\n").map_or(0, |at| at + 5);
        let path = SourcePath::new("content/a.md");
        blocks("Title", "", &Markdown { path, file: file.into(), start })
    }

    #[test]
    fn a_block_is_what_stands_at_the_top_level_with_its_line_in_the_file() {
        let text = "---\nid: a\n---\nOne.\n\n- two\n- three\n\n:::tip\nFour.\n\nFive.\n:::\n";
        let lines: Vec<usize> = of(text).iter().map(|block| block.line).collect();
        assert_eq!(lines, [1, 4, 6, 9]);
    }

    #[test]
    fn spaces_at_line_ends_and_empty_lines_are_no_change() {
        let digests = |text: &str| -> Vec<String> {
            of(text).into_iter().map(|block| block.digest).collect()
        };
        assert_eq!(digests("One.\n\nTwo.\n"), digests("One. \r\n\r\n\r\nTwo."));
        assert_ne!(digests("One.\n\nTwo.\n"), digests("One.\n\nTwo!\n"));
    }
}
