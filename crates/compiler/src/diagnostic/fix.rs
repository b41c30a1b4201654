//! What a diagnostic knows should stand there, where that is certain.
//!
//! Only texts are seen here; which files are mended is decided by [`crate::mend`].

use serde::{Deserialize, Serialize};

/// What to write over some bytes of a file's text, its byte order mark not counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fix {
    /// What it does, as `write \`access\``.
    pub what: String,
    /// The first byte that is replaced.
    pub start: usize,
    /// The byte after the last one; the same as `start` to insert.
    pub end: usize,
    /// What stands there afterwards.
    pub replacement: String,
}

/// The text with the fixes applied, from the first place to the last. Of two that
/// overlap only the first is.
#[must_use]
pub fn apply(text: &str, fixes: &[&Fix]) -> String {
    let mut fixes = fixes.to_vec();
    fixes.sort_by_key(|fix| (fix.start, fix.end));
    let mut mended = String::with_capacity(text.len());
    let mut at = 0;
    for fix in fixes {
        let (Some(kept), Some(_)) = (text.get(at..fix.start), text.get(fix.start..fix.end)) else {
            continue;
        };
        mended += kept;
        mended += &fix.replacement;
        at = fix.end;
    }
    mended + text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(start: usize, end: usize, replacement: &str) -> Fix {
        Fix { what: String::new(), start, end, replacement: replacement.to_owned() }
    }

    #[test]
    fn fixes_are_applied_from_the_first_to_the_last() {
        let (insert, replace) = (fix(0, 0, "x"), fix(2, 4, "YZ!"));
        assert_eq!(apply("abcdef", &[&replace, &insert]), "xabYZ!ef");
    }

    #[test]
    fn what_fixes_are_called_does_not_change_their_order() {
        let named = |what: &str, fix: Fix| Fix { what: what.to_owned(), ..fix };
        let (first, second) = (named("b", fix(0, 1, "X")), named("a", fix(2, 3, "Y")));
        assert_eq!(apply("abc", &[&first, &second]), "XbY");
    }

    #[test]
    fn of_two_fixes_that_overlap_only_the_first_is_applied() {
        assert_eq!(apply("abcdef", &[&fix(1, 4, "-"), &fix(2, 3, "+")]), "a-ef");
        assert_eq!(apply("abc", &[&fix(9, 12, "x"), &fix(2, 1, "y")]), "abc");
        assert_eq!(apply("é", &[&fix(1, 2, "x")]), "é", "inside of a letter");
    }
}
