//! Lines of an imported page, each with the number it had in its own file, and
//! the fences that part code from text.

/// A line on its way from the book to the lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The text, without its line ending.
    pub(super) text: String,
    /// The line of the book's file that it comes from, counted from 1.
    pub(super) at: usize,
}

impl Line {
    pub(super) fn new(text: impl Into<String>, at: usize) -> Self {
        Self { text: text.into(), at }
    }
}

/// The lines of a text, whatever ends them.
pub(super) fn lines_of(text: &str) -> Vec<Line> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().zip(1..).map(|(line, at)| Line::new(line.trim_end_matches('\r'), at)).collect()
}

/// The text that lines make, with one line ending at its end.
pub(super) fn joined(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

/// What a line is to fenced code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Outside of code.
    Text,
    /// Opens a block of code.
    Opening(Opening),
    /// Inside of a block of code.
    Code,
    /// Closes a block of code.
    Closing,
}

/// The line that opens a block of code, in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    /// Indentation, quote marks and list markers.
    pub(super) prefix: String,
    /// The backticks or tildes.
    pub(super) fence: String,
    /// What stands behind them.
    pub(super) info: String,
}

/// Follows the lines of a page and knows which of them are code.
#[derive(Debug, Default)]
pub(super) struct FenceTracker {
    open: Option<(char, usize)>,
}

impl FenceTracker {
    /// What the next line is.
    pub(super) fn role(&mut self, line: &str) -> Role {
        if let Some((mark, length)) = self.open {
            let bare = line.trim_start_matches([' ', '\t', '>']).trim_end();
            let closes = bare.chars().count() >= length && bare.chars().all(|c| c == mark);
            if closes {
                self.open = None;
                return Role::Closing;
            }
            return Role::Code;
        }
        match opening(line) {
            Some(opening) => {
                let mark = opening.fence.chars().next().unwrap_or('`');
                self.open = Some((mark, opening.fence.len()));
                Role::Opening(opening)
            }
            None => Role::Text,
        }
    }
}

fn opening(line: &str) -> Option<Opening> {
    let at = container_prefix(line);
    let (prefix, rest) = line.split_at_checked(at)?;
    let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = rest.chars().take_while(|c| *c == mark).count();
    let (fence, info) = rest.split_at_checked(length)?;
    // A backtick behind backticks makes it a code span in a line of text.
    let is_fence = length >= 3 && !(mark == '`' && info.contains('`'));
    is_fence.then(|| Opening {
        prefix: prefix.to_owned(),
        fence: fence.to_owned(),
        info: info.trim().to_owned(),
    })
}

/// How many bytes of indentation, quote marks and list markers a line begins with.
pub(super) fn container_prefix(line: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let skipped = rest.len() - rest.trim_start_matches([' ', '\t', '>']).len();
        let marker = list_marker(rest.get(skipped..).unwrap_or_default());
        at += skipped + marker;
        if marker == 0 {
            return at;
        }
    }
}

/// The length of a list marker with the spaces behind it; 0 if there is none.
pub(super) fn list_marker(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = text.get(digits..).and_then(|rest| rest.chars().next());
    let is_marker = match sign {
        Some('-' | '*' | '+') => digits == 0,
        Some('.' | ')') => (1..=9).contains(&digits),
        _ => false,
    };
    let behind = text.get(digits + 1..).unwrap_or_default();
    let spaces = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    if is_marker && spaces > 0 { digits + 1 + spaces } else { 0 }
}

/// Numbers in rising order as they stand behind a fence: `1,3-5`.
pub(super) fn ranges(lines: &[usize]) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for line in lines {
        match parts.last_mut() {
            Some((_, end)) if *end + 1 == *line => *end = *line,
            _ => parts.push((*line, *line)),
        }
    }
    let shown = |(start, end): &(usize, usize)| {
        if start == end { start.to_string() } else { format!("{start}-{end}") }
    };
    parts.iter().map(shown).collect::<Vec<_>>().join(",")
}

/// How many columns a line is indented; a tab goes to the next multiple of four.
pub(super) fn indentation(line: &str) -> usize {
    let mut columns = 0;
    for c in line.chars() {
        match c {
            ' ' => columns += 1,
            '\t' => columns += 4 - columns % 4,
            _ => break,
        }
    }
    columns
}

/// A line without its first `columns` columns of indentation.
pub(super) fn dedented(line: &str, columns: usize) -> String {
    let mut removed = 0;
    let mut rest = line;
    while removed < columns {
        if let Some(after) = rest.strip_prefix(' ') {
            removed += 1;
            rest = after;
        } else if let Some(after) = rest.strip_prefix('\t') {
            removed += 4 - removed % 4;
            rest = after;
        } else {
            break;
        }
    }
    format!("{}{rest}", " ".repeat(removed.saturating_sub(columns)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str) -> String {
        let mut fences = FenceTracker::default();
        text.lines()
            .map(|line| match fences.role(line) {
                Role::Text => 't',
                Role::Opening(_) => 'o',
                Role::Code => 'c',
                Role::Closing => 'x',
            })
            .collect()
    }

    #[test]
    fn code_is_what_stands_between_fences() {
        assert_eq!(roles("a\n```rust\n# x\n```\nb"), "tocxt");
        assert_eq!(roles("````\n```\n````\n"), "ocx");
        assert_eq!(roles("~~~\n```\n~~~"), "ocx");
        assert_eq!(roles("> ```\n> a\n> ```\nb"), "ocxt");
        assert_eq!(roles("- ```sh\n  a\n  ```\n1. ~~~\n"), "ocxo");
        assert_eq!(roles("```a`b```\nc"), "tt");
        assert_eq!(roles("```\nnever closed"), "oc");
    }

    #[test]
    fn lines_lose_their_endings_and_keep_their_numbers() {
        let lines = lines_of("\u{feff}a\r\nb\n\nc");
        assert_eq!(lines[0], Line::new("a", 1));
        assert_eq!(lines[3], Line::new("c", 4));
        assert_eq!(joined(&lines), "a\nb\n\nc\n");
    }

    #[test]
    fn indentation_counts_tabs_as_an_editor_does() {
        assert_eq!(indentation("\tx"), 4);
        assert_eq!(indentation("  \tx"), 4);
        assert_eq!(dedented("\tx", 2), "  x");
        assert_eq!(dedented("      x", 4), "  x");
        assert_eq!(dedented(" x", 4), "x");
    }
}
