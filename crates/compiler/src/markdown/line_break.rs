//! Line breaks in scripts that put no spaces between words.
//!
//! Authors begin a line per sentence in Chinese too, where a break that became
//! a space would be seen. Which breaks vanish follows CSS Text, "segment break
//! transformation", which not every browser does.

use comrak::nodes::{AstNode, NodeValue};

/// Whether a soft break between `node`'s neighbours shows nothing.
pub(super) fn is_seamless<'n>(node: &'n AstNode<'n>) -> bool {
    let before = node.previous_sibling().and_then(|sibling| edge(sibling, Side::End));
    let after = node.next_sibling().and_then(|sibling| edge(sibling, Side::Start));
    let (Some(before), Some(after)) = (before, after) else { return false };
    // A quotation mark or a dash belongs to whatever script it stands beside.
    let joins = |c: char| is_wide(c) || is_shared(c);
    joins(before) && joins(after) && (is_wide(before) || is_wide(after))
}

#[derive(Clone, Copy)]
enum Side {
    Start,
    End,
}

/// The first or last character that a node shows.
fn edge<'n>(node: &'n AstNode<'n>, side: Side) -> Option<char> {
    let mut node = node;
    loop {
        let child = match side {
            Side::Start => node.first_child(),
            Side::End => node.last_child(),
        };
        match child {
            Some(child) => node = child,
            None => break,
        }
    }
    let data = node.data();
    let text = match &data.value {
        NodeValue::Text(text) => text.as_ref(),
        _ => return None,
    };
    match side {
        Side::Start => text.chars().next(),
        Side::End => text.chars().next_back(),
    }
}

/// Han, kana, their punctuation and the full-width forms; not Hangul, which has
/// spaces between its words.
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x2e80..=0x312f | 0x3190..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f | 0xff01..=0xff60 | 0x1f200..=0x1f2ff | 0x20000..=0x3ffff)
}

fn is_shared(c: char) -> bool {
    matches!(c, '\u{2014}' | '\u{2018}'..='\u{201f}' | '\u{2026}' | '\u{b7}')
}

#[cfg(test)]
mod tests {
    use crate::markdown::tests::Fixture;

    #[test]
    fn a_break_between_chinese_lines_shows_no_space() {
        let school = Fixture::new();
        assert_eq!(school.html("值是方框。\n箭头是借用。"), "<p>值是方框。箭头是借用。</p>\n");
        assert_eq!(
            school.html("**第一。**\n“这个函数”"),
            "<p><strong>第一。</strong>“这个函数”</p>\n"
        );
    }

    #[test]
    fn a_break_beside_another_script_stays_a_space() {
        let school = Fixture::new();
        for text in ["one\ntwo", "中文\nLatin", "Latin\n中文", "“a”\n“b”", "한국\n어", "甲\n`b`"]
        {
            assert_eq!(school.html(text).matches('\n').count(), 2, "{text}");
        }
    }
}
