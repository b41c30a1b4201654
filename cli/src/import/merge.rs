//! A three-way merge by lines: what two sides made of one text, if they changed
//! different places of it.

use similar::{DiffOp, TextDiff};

/// One side's change: lines of the base, and what stands in their place.
struct Hunk<'t> {
    start: usize,
    end: usize,
    lines: Vec<&'t str>,
}

/// The text with the changes of both sides; `None` where they meet.
pub(super) fn merged(base: &str, mine: &str, theirs: &str) -> Option<String> {
    let base_lines: Vec<&str> = base.split_inclusive('\n').collect();
    let (mut mine, mut theirs) = (hunks(base, mine), hunks(base, theirs));
    let mut out = String::new();
    let mut at = 0;
    loop {
        let hunk = match (mine.last(), theirs.last()) {
            (None, None) => break,
            (Some(a), Some(b)) if a.start == b.start && a.end == b.end && a.lines == b.lines => {
                theirs.pop();
                mine.pop()
            }
            // Changes that touch each other belong together in a reader's eyes.
            (Some(a), Some(b)) if a.start <= b.end && b.start <= a.end => return None,
            (Some(a), Some(b)) if a.start < b.start => mine.pop(),
            (Some(_), None) => mine.pop(),
            _ => theirs.pop(),
        };
        let Some(hunk) = hunk else { break };
        out.extend(base_lines.get(at..hunk.start).unwrap_or_default().iter().copied());
        out.extend(hunk.lines);
        at = hunk.end;
    }
    out.extend(base_lines.get(at..).unwrap_or_default().iter().copied());
    Some(out)
}

/// The changes of a side, the last one first.
fn hunks<'t>(base: &str, side: &'t str) -> Vec<Hunk<'t>> {
    let side_lines: Vec<&'t str> = side.split_inclusive('\n').collect();
    let diff = TextDiff::from_lines(base, side);
    let mut hunks: Vec<Hunk<'t>> = Vec::new();
    for op in diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. })) {
        let (old, new) = (op.old_range(), op.new_range());
        let lines = side_lines.get(new).unwrap_or_default();
        match hunks.last_mut() {
            Some(last) if last.end == old.start => {
                last.end = old.end;
                last.lines.extend(lines);
            }
            _ => hunks.push(Hunk { start: old.start, end: old.end, lines: lines.to_vec() }),
        }
    }
    hunks.reverse();
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_in_different_places_are_both_kept() {
        let base = "a\nb\nc\nd\ne\n";
        assert_eq!(
            merged(base, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\nf\n").unwrap(),
            "A\nb\nc\nd\nE\nf\n"
        );
        assert_eq!(merged(base, "b\nc\nd\ne\n", base).unwrap(), "b\nc\nd\ne\n");
        assert_eq!(merged(base, "x\na\nb\nc\nd\ne\n", "a\nb\nc\nd\n").unwrap(), "x\na\nb\nc\nd\n");
        assert_eq!(merged(base, "a\nX\nc\nd\ne\n", "a\nX\nc\nd\ne\n").unwrap(), "a\nX\nc\nd\ne\n");
        assert_eq!(merged("", "a\n", "a\n").unwrap(), "a\n");
    }

    #[test]
    fn changes_in_the_same_place_are_not_guessed_at() {
        assert_eq!(merged("a\nb\n", "X\nb\n", "Y\nb\n"), None);
        assert_eq!(merged("a\nb\nc\n", "a\nX\nc\n", "a\nb\nY\n"), None);
        assert_eq!(merged("a\n", "x\na\n", "y\na\n"), None);
        assert_eq!(merged("a\n", "", "b\n"), None);
    }
}
