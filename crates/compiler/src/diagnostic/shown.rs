//! What an author wrote, as it stands in a message: nothing in it steers a terminal,
//! and a quote stays the quote that it is.

/// The text with what can't be seen written as `\u{…}`.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => shown.push(c),
            _ if is_mark(c) => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    shown
}

/// The same of the first characters only: a hostile name has a million.
#[must_use]
pub fn shown_at_most(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    shown(text.get(..end).unwrap_or(text))
}

/// Accents and vowel signs, which a debug text would write as numbers.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036f | 0x0900..=0x0dff | 0x0e00..=0x0eff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_and_what_steers_a_terminal_does_not() {
        assert_eq!(shown("say \"hi\", it's C:\\x 所有"), "say \"hi\", it's C:\\x 所有");
        assert_eq!(shown("a\u{1b}[2J\nb\u{202e}c\0"), "a\\u{1b}[2J\\nb\\u{202e}c\\0");
        assert_eq!(shown("नमस्ते"), "नमस्ते");
        assert_eq!(shown_at_most("所有权", 2), "所有");
    }
}
