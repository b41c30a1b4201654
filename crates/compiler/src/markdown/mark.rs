//! `{#id .class}` behind a block: an anchor and classes for it.
//!
//! It stands on a line of its own, right below a paragraph or, with an empty line
//! between, below a list, a table, a quote or code. The block is then written in a
//! `<div>` that has them. Headings have theirs on their own line, see
//! [`super::heading`].

use comrak::Arena;
use comrak::nodes::{Ast, AstNode, NodeValue};

use super::info;
use crate::escape::escaped;

/// An anchor and classes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) id: Option<String>,
    pub(super) classes: Vec<String>,
}

/// Parts the marks from the paragraph that they end.
pub(super) fn part<'a>(arena: &'a Arena<'a>, paragraph: &'a AstNode<'a>) {
    let Some(last) = paragraph.last_child() else { return };
    let Some(before) = last.previous_sibling() else { return };
    if !matches!(before.data().value, NodeValue::SoftBreak) || read(last).is_none() {
        return;
    }
    let at = last.data().sourcepos;
    before.detach();
    let marks = arena.alloc(Ast::new_with_sourcepos(NodeValue::Paragraph, at).into());
    marks.append(last);
    paragraph.insert_after(marks);
}

/// The marks of a block.
pub(super) fn of<'a>(block: &'a AstNode<'a>) -> Option<Marks> {
    let can_have = matches!(
        block.data().value,
        NodeValue::Paragraph
            | NodeValue::List(_)
            | NodeValue::DescriptionList
            | NodeValue::BlockQuote
            | NodeValue::Table(_)
            | NodeValue::CodeBlock(_)
    );
    if can_have { block.next_sibling().and_then(alone) } else { None }
}

/// Whether a block is nothing but the marks of the one before it.
pub(super) fn is_marks<'a>(block: &'a AstNode<'a>) -> bool {
    alone(block).is_some() && block.previous_sibling().and_then(of).is_some()
}

impl Marks {
    /// The tag that carries them.
    pub(super) fn opening_tag(&self) -> String {
        let id = self.id.as_ref().map_or(String::new(), |id| format!(" id=\"{}\"", escaped(id)));
        format!("<div{id}{}>\n", self.class())
    }

    /// The attribute `class`; empty without classes.
    pub(super) fn class(&self) -> String {
        if self.classes.is_empty() {
            String::new()
        } else {
            format!(" class=\"{}\"", escaped(&self.classes.join(" ")))
        }
    }
}

/// The marks that are all of a paragraph.
fn alone<'a>(block: &'a AstNode<'a>) -> Option<Marks> {
    let only = block.first_child().filter(|child| child.next_sibling().is_none())?;
    if matches!(block.data().value, NodeValue::Paragraph) { read(only) } else { None }
}

fn read<'a>(node: &'a AstNode<'a>) -> Option<Marks> {
    match &node.data().value {
        NodeValue::Text(text) if text.starts_with('{') => {
            info::marks(text).map(|(id, classes)| Marks { id, classes })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::markdown::tests::Fixture;

    #[test]
    fn marks_below_a_block_are_those_of_the_block() {
        let school = Fixture::new();
        for (text, html) in [
            ("a\n{.lead}\n", "<div class=\"lead\">\n<p>a</p>\n</div>\n"),
            (
                "- a\n\n{#list .b .c}\n",
                "<div id=\"list\" class=\"b c\">\n<ul>\n<li>a</li>\n</ul>\n</div>\n",
            ),
            (
                "> a\n\n{.b}\n\nc\n",
                "<div class=\"b\">\n<blockquote>\n<p>a</p>\n</blockquote>\n</div>\n<p>c</p>\n",
            ),
            (
                "```\na\n```\n{.b}\n",
                "<div class=\"b\">\n<div class=\"code\"><pre><code>a\n</code></pre></div>\n</div>\n",
            ),
        ] {
            assert_eq!(school.html(text), html, "{text}");
        }
    }

    #[test]
    fn a_heading_has_its_marks_on_its_line() {
        let html = Fixture::new().html("## A b {#c .d}\n");
        assert!(html.starts_with("<h2 id=\"c\" class=\"d\">A b<a "), "{html}");
    }

    #[test]
    fn other_braces_are_text() {
        let school = Fixture::new();
        for text in
            ["{.a}\n", "a\n{b=c}\n", "a\n{}\n", "a {.b}\n", "a\n\\{.b}\nc\n", "## a\n\n{.b}\n"]
        {
            assert!(school.html(text).contains('{'), "{text}");
        }
    }
}
