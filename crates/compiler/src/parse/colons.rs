//! Components that were written with the colons of a Chinese keyboard.
//!
//! Told where a file is opened and not where it is drawn, so that it can be mended
//! without drawing a page.

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic};
use crate::field::SourceText;

/// More than an author mends in one go.
const MOST: usize = 100;

/// Tells of each line below the front matter that begins so, with the mend.
pub(super) fn tell(source: SourceText<'_>, body: usize, diagnostics: &mut Vec<Diagnostic>) {
    let text = source.text.get(body..).unwrap_or_default();
    if !text.contains('\u{ff1a}') {
        return;
    }
    for place in find(text).into_iter().take(MOST) {
        let place = body + place.start..body + place.end;
        let count = source.text.get(place.clone()).map_or(3, |run| run.chars().count());
        let colons = ":".repeat(count);
        let message = "these colons are full-width, so no component begins or ends here";
        let told = source.diagnostic(Code::FullwidthColons, &place, message);
        let what = format!("write `{colons}`");
        diagnostics.push(told.hint(what.clone()).fixed_by(&place, colons, what));
    }
}

/// Runs of three colons and more at the begin of a line outside of code, of which one
/// at least is full-width, with a name or nothing behind them.
fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let begin = start;
        start += line.len();
        let rest = line.trim_start_matches(' ');
        let indent = line.len() - rest.len();
        if indent > 3 {
            continue;
        }
        let sign = rest.chars().next().unwrap_or_default();
        let run = rest.chars().take_while(|c| *c == sign).count();
        if matches!(sign, '`' | '~') && run >= 3 {
            fence = match fence {
                None => Some((sign, run)),
                Some((open, most)) if open == sign && run >= most => None,
                open => open,
            };
            continue;
        }
        let name = rest.trim_start_matches([':', '\u{ff1a}']);
        let colons = rest.get(..rest.len() - name.len()).unwrap_or_default();
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.trim().is_empty();
        let is_run = colons.contains('\u{ff1a}') && colons.chars().count() >= 3;
        if fence.is_none() && is_run && begins {
            found.push(begin + indent..begin + indent + colons.len());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colons_are_found_at_the_begin_of_a_line_and_not_in_code_or_sentences() {
        let found = |text: &str| find(text).len();
        assert_eq!(found("：：：note\n文字\n：：：\n"), 2);
        assert_eq!(found(":：:note\n"), 1);
        assert_eq!(found("他说：：：好\n::：一\n：：二\n"), 0);
        assert_eq!(found("```text\n：：：note\n```\n"), 0);
        assert_eq!(found("    ：：：note\n"), 0);
        assert_eq!(found(":::note\n:::\n"), 0);
    }
}
