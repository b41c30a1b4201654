//! The cells of tables, which say by a class to which side they are set: the
//! attribute for it is gone from HTML, and a style of their own would need a
//! looser security policy.

use comrak::nodes::{AstNode, NodeValue, TableAlignment};

/// What opens a cell that stands in the given column, counted from 0.
pub(super) fn opening_tag<'a>(cell: &'a AstNode<'a>, column: usize) -> String {
    let Some(row) = cell.parent() else { return "<td>".to_owned() };
    let is_header = matches!(row.data().value, NodeValue::TableRow(true));
    let name = if is_header { "th" } else { "td" };
    let alignment = row.parent().and_then(|table| match &table.data().value {
        NodeValue::Table(table) => table.alignments.get(column).copied(),
        _ => None,
    });
    let class = match alignment {
        Some(TableAlignment::Left) => " class=\"align-start\"",
        Some(TableAlignment::Center) => " class=\"align-center\"",
        Some(TableAlignment::Right) => " class=\"align-end\"",
        Some(TableAlignment::None) | None => "",
    };
    format!("<{name}{class}>")
}
