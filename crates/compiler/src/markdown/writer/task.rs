//! The box before an item of a list of tasks. It has a name, so that somebody who
//! hears the page knows what is done and what is not.

use comrak::nodes::{AstNode, NodeValue};

use crate::escape::escaped;

/// A longer name is not listened to.
const MAX_CHARS: usize = 200;

/// What stands before the text of an item. `word` is the name of one without text.
pub(super) fn opening_tags<'n>(node: &'n AstNode<'n>, is_done: bool, word: &str) -> String {
    let text = node
        .children()
        .find(|child| matches!(child.data().value, NodeValue::Paragraph))
        .map(|paragraph| paragraph.collect_text())
        .unwrap_or_default();
    let text: String = text.trim().chars().take(MAX_CHARS).collect();
    let name = escaped(if text.is_empty() { word } else { &text });
    let is_of_list =
        node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::List(_)));
    let item = if is_of_list { "<li class=\"task-list-item\">" } else { "" };
    let checked = if is_done { " checked=\"\"" } else { "" };
    format!(
        "{item}<input type=\"checkbox\" class=\"task-list-item-checkbox\"{checked} disabled=\"\" \
         aria-label=\"{name}\" /> "
    )
}
