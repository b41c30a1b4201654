//! The label of a component, `:::note[**Bold** label]`: Markdown within a line,
//! as HTML where it is shown and plain where it lands in an attribute.
//!
//! A link in a label leads nowhere: a label opens or chooses something itself.

use std::fmt::{self, Write};

use comrak::html::{ChildRendering, Context, format_document_with_formatter, format_node_default};
use comrak::nodes::{AstNode, NodeValue};
use comrak::options::Plugins;
use comrak::{Arena, Options};

use super::dollar;
use super::math::{self, Display};
use crate::escape::escaped;

/// A longer text is no label, and shown as it is written.
const MAX_BYTES: usize = 2_000;

/// A label in both its forms.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) html: String,
    pub(super) plain: String,
}

/// Reads a label.
pub(super) fn read(text: &str, options: &Options<'_>) -> Label {
    let as_written = || Label { html: escaped(text), plain: text.to_owned() };
    if text.len() > MAX_BYTES {
        return as_written();
    }
    let arena = Arena::new();
    let root = dollar::parse(&arena, text, options);
    let mut blocks = root.children();
    let (Some(line), None) = (blocks.next(), blocks.next()) else { return as_written() };
    // `# 1` and `1. One` are blocks by themselves, but a label stands within a line.
    if !matches!(line.data().value, NodeValue::Paragraph) {
        return as_written();
    }
    let mut html = String::new();
    let plugins = Plugins::default();
    match format_document_with_formatter(root, options, &mut html, &plugins, format_node, ()) {
        Ok(()) => Label { html: html.trim().to_owned(), plain: line.collect_text() },
        // Writing to a string never fails.
        Err(fmt::Error) => as_written(),
    }
}

fn format_node<'n>(
    output: &mut Context<'_, '_, ()>,
    node: &'n AstNode<'n>,
    entering: bool,
) -> Result<ChildRendering, fmt::Error> {
    let value = &node.data().value;
    let is_leaf = matches!(
        value,
        NodeValue::HtmlInline(_) | NodeValue::LineBreak | NodeValue::SoftBreak | NodeValue::Math(_)
    );
    if is_leaf && !entering {
        return Ok(ChildRendering::HTML);
    }
    match value {
        NodeValue::Paragraph | NodeValue::Link(_) | NodeValue::WikiLink(_) => {
            Ok(ChildRendering::HTML)
        }
        NodeValue::Image(_) => Ok(ChildRendering::Plain),
        NodeValue::HtmlInline(tag) => {
            output.write_str(&escaped(tag))?;
            Ok(ChildRendering::Skip)
        }
        NodeValue::LineBreak | NodeValue::SoftBreak => {
            output.write_str(" ")?;
            Ok(ChildRendering::Skip)
        }
        NodeValue::Math(formula) => {
            match math::write(&formula.literal, Display::Inline) {
                Ok(html) => write!(output, "<span class=\"math\">{html}</span>")?,
                Err(_) => output.write_str(&escaped(&format!("${}$", formula.literal)))?,
            }
            Ok(ChildRendering::Skip)
        }
        _ => format_node_default(output, node, entering),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::options;

    #[test]
    fn a_label_is_markdown_within_a_line() {
        for (text, html, plain) in [
            ("Plain & <b>", "Plain &amp; &lt;b&gt;", "Plain & "),
            ("**Bold** label", "<strong>Bold</strong> label", "Bold label"),
            ("`a < b` and *c*", "<code>a &lt; b</code> and <em>c</em>", "a < b and c"),
            ("see [this](https://a.test/) ![that](x.png)", "see this that", "see this that"),
            ("see [[intro]]", "see intro", "see intro"),
            ("# 1", "# 1", "# 1"),
            ("1. One", "1. One", "1. One"),
            ("a \\* b", "a * b", "a * b"),
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
                "<script>alert(1)</script>",
            ),
            ("<script>", "&lt;script&gt;", "<script>"),
            ("x <script>", "x &lt;script&gt;", "x "),
            ("", "", ""),
        ] {
            let label = read(text, &options());
            assert_eq!((label.html.as_str(), label.plain.as_str()), (html, plain), "{text}");
        }
        assert!(read("by $a^2$", &options()).html.starts_with("by <span class=\"math\"><math"));
        let long = "*".repeat(MAX_BYTES + 1);
        assert_eq!(read(&long, &options()).html, long);
    }
}
