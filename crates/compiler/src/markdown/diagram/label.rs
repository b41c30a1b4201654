//! Labels that the drawing library sets as HTML, which some kinds of diagram do
//! whatever they are told: their text, parted into the lines of their box.

/// The lines of a label, as even as they come. `count` is how many lines its box
/// has place for.
pub(super) fn lines(text: &str, count: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let written: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let total: usize = written.iter().map(|line| width(line)).sum();
    let count = count.max(written.len()).max(1);
    // The narrowest lines that fit; each try is one walk along a short text.
    for most in (total.div_ceil(count)..=total).step_by((total / 64).max(1)) {
        lines = written.iter().flat_map(|line| wrapped(line, most)).collect();
        if lines.len() <= count {
            break;
        }
    }
    lines
}

fn wrapped(line: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in pieces(line) {
        let needed = width(piece.trim_end());
        if used > 0 && used + needed > most {
            lines.push(String::new());
            used = 0;
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(piece);
            used += width(piece);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Words with the space behind them; each wide character is a word of its own.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        let next = chars.peek().map(|(_, next)| *next);
        let parts = c == ' ' || is_wide(c) || next.is_some_and(is_wide);
        if parts && next.is_some_and(|next| next != ' ') {
            pieces.extend(line.get(start..end));
            start = end;
        }
    }
    pieces.extend(line.get(start..));
    pieces
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f
        | 0xff00..=0xff60 | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_fills_the_lines_of_its_box() {
        for (text, count, expect) in [
            ("Markdown", 1, vec!["Markdown"]),
            ("Markdown 与组件", 1, vec!["Markdown 与组件"]),
            ("one two three four", 2, vec!["one two", "three four"]),
            ("一二三四五六", 2, vec!["一二三", "四五六"]),
            ("a\nb c", 1, vec!["a", "b c"]),
            ("", 3, vec![]),
            ("unbreakable", 4, vec!["unbreakable"]),
        ] {
            assert_eq!(lines(text, count), expect, "{text}");
        }
    }
}
