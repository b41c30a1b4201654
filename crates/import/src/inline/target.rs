//! The address of a link and its title, as they stand in parentheses.

/// An address with its title is not longer; this bounds the work on hostile input.
const MAX_TARGET_BYTES: usize = 1000;

/// What stands in parentheses behind the brackets of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) address: String,
    /// The title with its quotes; empty if there is none.
    pub(super) title: String,
    /// Where it ends in the text, behind the parenthesis.
    pub(super) end: usize,
}

impl Target {
    pub(super) fn read(text: &str, at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        let limit = rest.floor_char_boundary(MAX_TARGET_BYTES);
        let inner = rest.get(..limit)?.strip_prefix('(')?;
        let (address, mut after) = destination(inner.trim_start())?;
        after = after.trim_start();
        let mut title = String::new();
        if let Some(quote @ ('"' | '\'' | '(')) = after.chars().next() {
            let closing = if quote == '(' { ')' } else { quote };
            let end = closing_quote(after, closing)?;
            title = after.get(..end)?.to_owned();
            after = after.get(end..)?.trim_start();
        }
        let after = after.strip_prefix(')')?;
        let end = at + limit - after.len();
        Some(Self { address, title, end })
    }
}

/// An address, in angle brackets or plain, and what follows.
pub(in super::super) fn destination(text: &str) -> Option<(String, &str)> {
    if let Some(inner) = text.strip_prefix('<') {
        let (address, rest) = inner.split_once('>')?;
        let fits = !address.contains(['\n', '<']);
        return fits.then(|| (unescaped(address), rest));
    }
    let mut depth = 0_usize;
    let mut is_escaped = false;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match c {
            '\\' => is_escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = at;
                break;
            }
            ')' => depth -= 1,
            c if c.is_ascii_whitespace() || c.is_control() => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let (address, rest) = text.split_at_checked(end)?;
    Some((unescaped(address), rest))
}

fn closing_quote(text: &str, closing: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == closing => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

/// Without the backslashes that protect signs.
fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let protects = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        if !protects {
            plain.push(c);
        } else if let Some(next) = chars.next() {
            plain.push(next);
        }
    }
    plain
}
