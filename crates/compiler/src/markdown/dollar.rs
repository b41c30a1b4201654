//! Parses Markdown, and takes back what only looked like mathematics.
//!
//! `*$HOME/bin* or `$PATH`` holds two dollars and no formula. A formula has no
//! backtick in it, so one that swallowed a backtick was none.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

/// Taking one formula back can make another one of what follows. After this many
/// rounds the text is too strange to have formulas at all.
const MAX_ROUNDS: usize = 8;

/// Parses a text. Columns may be one too large behind a dollar taken back.
pub(super) fn parse<'a>(
    arena: &'a Arena<'a>,
    text: &str,
    options: &Options<'_>,
) -> &'a AstNode<'a> {
    let mut root = parse_document(arena, text, options);
    let mut mended = None;
    for _ in 0..MAX_ROUNDS {
        let wrong = false_formulas(root);
        if wrong.is_empty() {
            return root;
        }
        let text = escape_at(mended.as_deref().unwrap_or(text), &wrong);
        root = parse_document(arena, &text, options);
        mended = Some(text);
    }
    let mut plain = options.clone();
    plain.extension.math_dollars = false;
    parse_document(arena, text, &plain)
}

/// Line and column of the first dollar of each.
fn false_formulas<'a>(root: &'a AstNode<'a>) -> Vec<(usize, usize)> {
    root.descendants()
        .filter_map(|node| {
            let data = node.data();
            match &data.value {
                NodeValue::Math(math) if math.literal.contains('`') => {
                    Some((data.sourcepos.start.line, data.sourcepos.start.column))
                }
                _ => None,
            }
        })
        .collect()
}

/// Puts a backslash before each dollar run that begins at one of these places.
fn escape_at(text: &str, places: &[(usize, usize)]) -> String {
    let mut places = places.iter().copied().peekable();
    let mut escaped = String::with_capacity(text.len() + 16);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let mut from = 0;
        while let Some((_, column)) = places.next_if(|(line, _)| *line == index + 1) {
            let at = column.saturating_sub(1);
            // The position names the formula or its first dollar's neighbour,
            // depending on the width of the run.
            let dollar = line.get(at..).and_then(|rest| rest.find('$')).map(|found| at + found);
            if let Some(dollar) = dollar.filter(|dollar| *dollar >= from) {
                let run = line
                    .get(dollar..)
                    .map_or(0, |rest| rest.bytes().take_while(|byte| *byte == b'$').count());
                escaped.push_str(line.get(from..dollar).unwrap_or_default());
                escaped.push_str(&"\\$".repeat(run));
                from = dollar + run;
            }
        }
        escaped.push_str(line.get(from..).unwrap_or_default());
    }
    escaped
}
