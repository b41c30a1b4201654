//! Inline components: `:name[text]{…}`, made of a text and its neighbours.

use std::collections::HashSet;

use comrak::Arena;
use comrak::nodes::{Ast, AstNode, NodeValue, Sourcepos};

use super::{INLINE, directive, is_of_name};

/// Longer text between the brackets of an inline component is not looked for its
/// end: a text of a million open brackets would be read a million times.
const MAX_INLINE_BYTES: usize = 2_000;

/// After so many openings of one text that nothing closes, the rest is text.
const MAX_UNCLOSED: usize = 100;

/// The names before a `[` on a line of the source. `:keys\[a]` is text by its
/// author's wish, which the tree doesn't show.
pub(super) struct Names<'t> {
    pub(super) line: usize,
    names: HashSet<&'t str>,
}

impl<'t> Names<'t> {
    pub(super) fn of(number: usize, line: &'t str) -> Self {
        let names = line.match_indices('[').filter_map(|(end, _)| {
            let before = line.get(..end)?;
            let start = before.trim_end_matches(is_of_name).len();
            line.get(..start)?.ends_with(':').then(|| before.get(start..))?
        });
        Self { line: number, names: names.collect() }
    }
}

/// Makes inline components of what a text and its neighbours say. Each byte is
/// copied once: a line may be megabytes long.
pub(super) fn write<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>, names: &Names<'_>) {
    let mut next = Some(node);
    while let Some(node) = next {
        next = Reader::new(arena, node, names).read();
    }
}

/// Reads one text, writing what it holds behind each other into the tree.
struct Reader<'a, 'n> {
    arena: &'a Arena<'a>,
    names: &'n Names<'n>,
    /// The node that had the text, which keeps what stands before the first component.
    node: &'a AstNode<'a>,
    text: String,
    at: Sourcepos,
    /// The node behind which the next one comes.
    last_written: &'a AstNode<'a>,
    /// Where the text begins that is in no node yet.
    unwritten: usize,
}

impl<'a, 'n> Reader<'a, 'n> {
    fn new(arena: &'a Arena<'a>, node: &'a AstNode<'a>, names: &'n Names<'n>) -> Self {
        let (text, at) = (text_of(node), node.data().sourcepos);
        Self { arena, names, node, text, at, last_written: node, unwritten: 0 }
    }

    /// Answers the text to go on with, when a component reached into it.
    fn read(mut self) -> Option<&'a AstNode<'a>> {
        let text = std::mem::take(&mut self.text);
        let mut from = 0;
        let mut unclosed = 0;
        while let Some(opening) = Opening::find(&text, from) {
            from = opening.inside;
            if !self.names.names.contains(opening.name) {
                continue;
            }
            if let Some(end) = closing(&text, from, &mut Search::default()) {
                from = self.write(&text, &opening, end);
            } else if let Some((last, end)) = self.closing_behind(&text, from) {
                return Some(self.write_across(&text, &opening, last, end));
            } else {
                unclosed += 1;
                if unclosed > MAX_UNCLOSED {
                    break;
                }
            }
        }
        if self.unwritten > 0 {
            self.write_text(text.get(self.unwritten..).unwrap_or_default());
        }
        None
    }

    /// The text behind this one, and the byte in it, of the bracket that closes.
    fn closing_behind(&self, text: &str, from: usize) -> Option<(&'a AstNode<'a>, usize)> {
        let mut search = Search::default();
        closing(text, from, &mut search);
        for sibling in self.last_written.following_siblings().skip(1) {
            if let NodeValue::Text(text) = &sibling.data().value
                && let Some(end) = closing(text, 0, &mut search)
            {
                return Some((sibling, end));
            }
            search.read += 1;
            if search.read > MAX_INLINE_BYTES {
                return None;
            }
        }
        None
    }

    /// A component that ends in its own text, at `end`. Answers where to read on.
    fn write(&mut self, text: &str, opening: &Opening<'_>, end: usize) -> usize {
        let tail = text.get(end + 1..).unwrap_or_default();
        let braces = braces(tail).unwrap_or_default();
        let behind = end + 1 + braces.len();
        let stop = self.at.start.column + behind - 1;
        let component = self.component(text, opening, braces, (self.at.start.line, stop));
        self.write_inside(component, text.get(opening.inside..end).unwrap_or_default());
        self.unwritten = behind;
        behind
    }

    /// A component that ends in a text behind its own. Answers that text.
    fn write_across(
        &mut self,
        text: &str,
        opening: &Opening<'_>,
        last: &'a AstNode<'a>,
        end: usize,
    ) -> &'a AstNode<'a> {
        let (ending, at) = (text_of(last), last.data().sourcepos);
        let tail = ending.get(end + 1..).unwrap_or_default();
        let braces = braces(tail).unwrap_or_default();
        let stop = at.start.column + end + braces.len();
        let siblings = self.last_written.following_siblings().skip(1);
        let between: Vec<_> = siblings.take_while(|sibling| !sibling.same_node(last)).collect();
        let component = self.component(text, opening, braces, (at.start.line, stop));
        self.write_inside(component, text.get(opening.inside..).unwrap_or_default());
        component.extend(between);
        component.append(text_node(self.arena, ending.get(..end).unwrap_or_default(), at));
        let mut data = last.data_mut();
        data.value =
            NodeValue::Text(tail.get(braces.len()..).unwrap_or_default().to_owned().into());
        data.sourcepos = (at.start.line, stop + 1, at.end.line, at.end.column).into();
        last
    }

    /// Writes what stands before a component and the component, still empty.
    fn component(
        &mut self,
        text: &str,
        opening: &Opening<'_>,
        braces: &str,
        (line, stop): (usize, usize),
    ) -> &'a AstNode<'a> {
        let before = text.get(self.unwritten..opening.start).unwrap_or_default();
        if self.unwritten == 0 {
            self.node.data_mut().value = NodeValue::Text(before.to_owned().into());
        } else {
            self.write_text(before);
        }
        let start = self.at.start.column + opening.start;
        let place = (self.at.start.line, start, line, stop).into();
        let component = directive(self.arena, INLINE, format!("{}{braces}", opening.name), place);
        self.place(component);
        component
    }

    /// Writes the text in a component, which may hold another one.
    fn write_inside(&self, component: &'a AstNode<'a>, inside: &str) {
        let first = text_node(self.arena, inside, self.at);
        component.append(first);
        if inside.contains(':') {
            write(self.arena, first, self.names);
        }
    }

    fn write_text(&mut self, text: &str) {
        let mut at = self.at;
        at.start.column += self.unwritten;
        self.place(text_node(self.arena, text, at));
    }

    fn place(&mut self, node: &'a AstNode<'a>) {
        self.last_written.insert_after(node);
        self.last_written = node;
    }
}

/// `:name[`
struct Opening<'t> {
    name: &'t str,
    start: usize,
    inside: usize,
}

impl<'t> Opening<'t> {
    fn find(text: &'t str, from: usize) -> Option<Self> {
        let mut from = from;
        loop {
            let start = from + text.get(from..)?.find(':')?;
            let rest = text.get(start + 1..)?;
            let length = rest.bytes().take_while(|byte| is_of_name(char::from(*byte))).count();
            let before = text.get(..start)?.chars().next_back();
            let begins = rest.starts_with(|c: char| c.is_ascii_lowercase())
                && !before.is_some_and(|c| c == ':' || c.is_ascii_alphanumeric());
            if begins && rest.as_bytes().get(length) == Some(&b'[') {
                return Some(Self { name: rest.get(..length)?, start, inside: start + length + 2 });
            }
            from = start + 1;
        }
    }
}

/// How far the search for a closing bracket is.
struct Search {
    depth: usize,
    read: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self { depth: 1, read: 0 }
    }
}

/// The byte of the bracket that closes the one before `from`.
fn closing(text: &str, from: usize, search: &mut Search) -> Option<usize> {
    let left = MAX_INLINE_BYTES.saturating_sub(search.read);
    for (at, byte) in text.bytes().enumerate().skip(from).take(left) {
        search.read += 1;
        match byte {
            b'[' => search.depth += 1,
            b']' => search.depth -= 1,
            _ => {}
        }
        if search.depth == 0 {
            return Some(at);
        }
    }
    None
}

/// `{…}` at the start of a text, quotes respected.
fn braces(text: &str) -> Option<&str> {
    let mut quote = None;
    for (at, c) in text.char_indices().take(MAX_INLINE_BYTES) {
        match (quote, c) {
            (_, c) if at == 0 && c != '{' => return None,
            (Some(open), c) if open == c => quote = None,
            (None, '"') => quote = Some(c),
            (None, '}') => return text.get(..=at),
            _ => {}
        }
    }
    None
}

fn text_of<'a>(node: &'a AstNode<'a>) -> String {
    match &node.data().value {
        NodeValue::Text(text) => text.to_string(),
        _ => String::new(),
    }
}

fn text_node<'a>(arena: &'a Arena<'a>, text: &str, at: Sourcepos) -> &'a AstNode<'a> {
    let value = NodeValue::Text(text.to_owned().into());
    arena.alloc(Ast::new_with_sourcepos(value, at).into())
}
