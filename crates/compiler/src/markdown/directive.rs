//! Components as nodes of the syntax tree: `:::name{…}` … `:::`, `::name{…}` and
//! `:name[text]{…}`.
//!
//! Comrak knows containers that begin and end with colons, inside of lists and
//! quotes too and not inside of code, so they are its own nodes with its own
//! positions; a pass over the lines of our own would have to know all of
//! CommonMark's containers again. It knows neither leaves nor inline components,
//! so those are made here of a paragraph and of a text, as nodes of the same kind
//! whose `fence_length` is 2 and 1. Its one limit is that no colon may follow the
//! first ones on the line, as in `{src="https://…"}`: such colons are covered
//! while it parses, by a character that the text doesn't have, and uncovered in
//! the whole tree. What they all say, see [`super::info`].

use std::borrow::Cow;

use comrak::nodes::{Ast, AstNode, NodeBlockDirective, NodeValue, Sourcepos};
use comrak::{Arena, Options};

use self::inline::Names;
use super::{dollar, mark};

mod inline;

/// Containers are not opened in one another deeper than this: the parser walks
/// through all that are open at each line. Those above sixteen are errors anyway.
const MAX_OPEN: usize = 500;

/// The fence of `::name`.
pub(super) const LEAF: usize = 2;

/// The fence of `:name`.
pub(super) const INLINE: usize = 1;

/// Stands in `fence_offset`, which is of use only while comrak parses, for a
/// container that nothing closes.
const UNCLOSED: usize = usize::MAX;

/// Whether a container ends where the text around it does.
pub(super) fn is_unclosed(directive: &NodeBlockDirective) -> bool {
    directive.fence_offset == UNCLOSED
}

/// Parses a text.
pub(super) fn parse<'a>(
    arena: &'a Arena<'a>,
    text: &str,
    options: &Options<'_>,
) -> &'a AstNode<'a> {
    let cover = Cover::of(text);
    let covered = cover.map_or(Cow::Borrowed(text), |cover| cover.covered(text));
    let root = dollar::parse(arena, &covered, options);
    let lines = lines(text);
    let line = |number: usize| lines.get(number.saturating_sub(1)).copied().unwrap_or_default();
    let nodes: Vec<_> = root.descendants().collect();
    let mut names = Names::of(0, "");
    for node in nodes {
        let mut data = node.data_mut();
        let at = data.sourcepos;
        if let Some(cover) = &cover {
            cover.uncover(&mut data.value);
        }
        match &mut data.value {
            NodeValue::BlockDirective(directive) => {
                // Comrak's own has its escapes undone, so quotes could not be read.
                directive.info = after_fence(line(at.start.line)).to_owned();
                if !is_closed(node, at, directive.fence_length, line(at.end.line)) {
                    directive.fence_offset = UNCLOSED;
                }
            }
            NodeValue::Paragraph => {
                drop(data);
                mark::part(arena, node);
                leaves(arena, node, at, line);
            }
            NodeValue::Text(text) if text.contains(':') => {
                drop(data);
                let number = at.start.line;
                if names.line != number {
                    names = Names::of(number, line(number));
                }
                inline::write(arena, node, &names);
            }
            _ => {}
        }
    }
    root
}

/// What stands behind the colons that open a container on this line.
fn after_fence(line: &str) -> &str {
    let rest = line.find(":::").and_then(|at| line.get(at..)).unwrap_or_default();
    rest.trim_start_matches(':').trim_end()
}

/// Whether the last line of a container is its own.
fn is_closed<'a>(node: &'a AstNode<'a>, at: Sourcepos, fence_length: usize, last: &str) -> bool {
    let colons = last.trim_end().bytes().rev().take_while(|byte| *byte == b':').count();
    let inside = node.last_child().map_or(at.start.line, |child| child.data().sourcepos.end.line);
    colons >= fence_length && inside < at.end.line
}

/// Makes leaves of a paragraph each line of which is one.
fn leaves<'a, 't>(
    arena: &'a Arena<'a>,
    paragraph: &'a AstNode<'a>,
    at: Sourcepos,
    line: impl Fn(usize) -> &'t str,
) {
    let infos: Option<Vec<_>> =
        (at.start.line..=at.end.line).map(|number| leaf(line(number), number)).collect();
    let Some(infos) = infos else { return };
    for (info, at) in infos {
        paragraph.insert_before(directive(arena, LEAF, info.to_owned(), at));
    }
    // What was parsed of it as Markdown goes with it.
    paragraph.detach();
}

/// `::name`, `::name[…]` or `::name{…}` and nothing else.
fn leaf(line: &str, number: usize) -> Option<(&str, Sourcepos)> {
    let start = line.find("::")?;
    let before = line.get(..start)?;
    let is_prefix = |c: char| {
        c.is_ascii_whitespace()
            || c.is_ascii_digit()
            || matches!(c, '>' | '-' | '*' | '+' | '.' | ')')
    };
    let info = line.get(start + LEAF..)?.trim_end();
    let name = info.split(|c: char| !is_of_name(c)).next()?;
    let rest = info.get(name.len()..)?;
    let is_leaf = before.chars().all(is_prefix)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && (rest.is_empty() || rest.starts_with(['[', '{']))
        && (rest.is_empty() || rest.ends_with([']', '}']));
    is_leaf.then(|| (info, (number, start + 1, number, line.trim_end().len()).into()))
}

/// Whether a name of a component may hold it.
fn is_of_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

fn directive<'a>(
    arena: &'a Arena<'a>,
    fence_length: usize,
    info: String,
    at: Sourcepos,
) -> &'a AstNode<'a> {
    let directive = NodeBlockDirective { fence_length, fence_offset: 0, info };
    let value = NodeValue::BlockDirective(Box::new(directive));
    arena.alloc(Ast::new_with_sourcepos(value, at).into())
}

/// The lines as the parser counts them: a lone carriage return ends one too.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        let (line, after) = rest.split_at(at);
        lines.push(line);
        rest = after.strip_prefix("\r\n").or(after.get(1..)).unwrap_or_default();
    }
    lines.push(rest);
    lines
}

/// Covers the colons behind the first ones of a line.
#[derive(Clone, Copy)]
struct Cover(char);

impl Cover {
    /// A character for a text with something to cover.
    fn of(text: &str) -> Option<Self> {
        let mut open = 0;
        let mut has_any = false;
        for line in lines(text) {
            has_any |= Self::start(line, &mut open).is_some();
        }
        has_any.then_some(())?;
        ('\u{1}'..='\u{8}').find(|c| !text.contains(*c)).map(Self)
    }

    /// Where the covering begins on a line; `None` where nothing is to be covered.
    /// `open` counts the containers that may be open.
    fn start(line: &str, open: &mut usize) -> Option<usize> {
        let at = line.find(":::")?;
        let info = line.get(at..)?.trim_start_matches(':');
        if info.trim().is_empty() {
            *open = open.saturating_sub(1);
            return None;
        }
        *open += 1;
        if *open > MAX_OPEN {
            return Some(at);
        }
        info.contains(':').then(|| line.len() - info.len())
    }

    fn covered(self, text: &str) -> Cow<'_, str> {
        let mut covered = String::with_capacity(text.len());
        let mut cover = [0; 4];
        let cover = self.0.encode_utf8(&mut cover);
        let mut open = 0;
        for line in text.split_inclusive(['\n', '\r']) {
            let start = Self::start(line, &mut open).unwrap_or(line.len());
            let (fence, info) = line.split_at(start);
            covered.push_str(fence);
            covered.push_str(&info.replace(':', cover));
        }
        covered.into()
    }

    /// Puts the colons back into a node.
    fn uncover(self, value: &mut NodeValue) {
        let mend = |text: &mut String| {
            if text.contains(self.0) {
                *text = text.replace(self.0, ":");
            }
        };
        match value {
            NodeValue::Text(text) if text.contains(self.0) => {
                *text = text.replace(self.0, ":").into();
            }
            NodeValue::Code(code) => mend(&mut code.literal),
            NodeValue::CodeBlock(block) => {
                mend(&mut block.info);
                mend(&mut block.literal);
            }
            NodeValue::HtmlBlock(block) => mend(&mut block.literal),
            NodeValue::HtmlInline(html) => mend(html),
            NodeValue::Math(math) => mend(&mut math.literal),
            NodeValue::Link(link) | NodeValue::Image(link) => {
                mend(&mut link.url);
                mend(&mut link.title);
            }
            NodeValue::WikiLink(link) => mend(&mut link.url),
            NodeValue::FootnoteDefinition(note) => mend(&mut note.name),
            NodeValue::FootnoteReference(note) => mend(&mut note.name),
            NodeValue::Alert(alert) => {
                if let Some(title) = &mut alert.title {
                    mend(title);
                }
            }
            _ => {}
        }
    }
}
