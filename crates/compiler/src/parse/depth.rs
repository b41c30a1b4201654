//! Refuses lines that open quotes and lists in one another by the thousand: the parser of
//! Markdown takes time that grows with the square of their number.

use std::ops::Range;

/// Nobody writes more; a page has no room for them.
pub(super) const MOST: usize = 200;

/// The first such line of a text from `start` on.
pub(super) fn too_deep(text: &str, start: usize) -> Option<Range<usize>> {
    let mut at = start;
    for line in text.get(start..)?.split_inclusive(['\n', '\r']) {
        if opened(line.as_bytes()) > MOST {
            return Some(at..at + 1);
        }
        at += line.len();
    }
    None
}

/// How many quotes and lists a line opens or goes on with.
fn opened(mut line: &[u8]) -> usize {
    let mut count = 0;
    loop {
        line = line.trim_ascii_start();
        let digits = line.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
        line = match line {
            [b'>', rest @ ..] => rest,
            [b'-' | b'+' | b'*', b' ' | b'\t', rest @ ..] => rest,
            _ => match line.get(digits..) {
                Some([b'.' | b')', b' ' | b'\t', rest @ ..]) if digits > 0 => rest,
                _ => return count,
            },
        };
        count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_is_counted_and_rules_and_words_are_not() {
        for (line, count) in [
            ("> > text > >", 2),
            (">>>text", 3),
            ("- 1. > a", 3),
            ("* * *", 2),
            ("---", 0),
            ("12 > 5", 0),
            ("1234567890. a", 0),
            ("", 0),
        ] {
            assert_eq!(opened(line.as_bytes()), count, "{line}");
        }
    }

    #[test]
    fn the_line_is_named() {
        let text = format!("---\n---\nHi.\n{}", ">".repeat(MOST + 1));
        assert_eq!(too_deep(&text, 8), Some(12..13));
        assert_eq!(too_deep(&text, text.len() - MOST), None);
        assert_eq!(too_deep(&"- ".repeat(100_000), 0), Some(0..1));
    }
}
