//! Formulas between double dollars that stand on several lines. MkDocs takes
//! them out before it reads the page; in Markdown a line of them that looks like
//! a list, a quote or the line below a heading would be one.

use super::super::line::{FenceTracker, Line, Role};

/// The page, with each such line at the end of the one before it.
pub(super) fn joined(lines: Vec<Line>) -> Vec<Line> {
    let mut fences = FenceTracker::default();
    let mut open: Option<String> = None;
    let mut out: Vec<Line> = Vec::new();
    for line in lines {
        if fences.role(&line.text) != Role::Text || line.text.trim().is_empty() {
            // A formula doesn't go on behind an empty line.
            open = None;
            out.push(line);
            continue;
        }
        let inside = open.as_deref().and_then(|container| line.text.strip_prefix(container));
        let part = inside.map(str::trim).filter(|part| looks_like_a_block(part));
        match (part, out.last_mut()) {
            (Some(part), Some(before)) if !before.text.contains('%') => {
                before.text = format!("{} {part}", before.text.trim_end());
            }
            _ => out.push(line.clone()),
        }
        if line.text.matches("$$").count() % 2 == 1 {
            open = match open {
                Some(_) => None,
                None => Some(container(&line.text).to_owned()),
            };
        }
    }
    out
}

/// What a quote or a list puts before its lines.
fn container(line: &str) -> &str {
    let text = line.trim_start_matches([' ', '>']);
    line.strip_suffix(text).unwrap_or_default()
}

fn looks_like_a_block(part: &str) -> bool {
    let mut chars = part.chars();
    let first = chars.next();
    let is_rule = first.is_some_and(|c| matches!(c, '=' | '-') && part.chars().all(|d| d == c));
    let is_mark = first.is_some_and(|c| matches!(c, '-' | '+' | '*' | '#'))
        && chars.next().is_none_or(char::is_whitespace);
    is_rule || is_mark || first == Some('>')
}

#[cfg(test)]
mod tests {
    use super::super::super::line::{joined as text_of, lines_of};
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(text_of(&joined(lines_of(text))), expected);
    }

    #[test]
    fn a_line_of_a_formula_that_looks_like_a_block_is_joined_to_the_one_before_it() {
        check("$$\na\n=\nb\n$$\n", "$$\na =\nb\n$$\n");
        check("> $$\n> a\n> - b\n> > c\n> $$\n", "> $$\n> a - b > c\n> $$\n");
        check("$$ x\n+ y\n# z\n$$\n\n- list\n", "$$ x + y # z\n$$\n\n- list\n");
    }

    #[test]
    fn lists_headings_and_code_outside_of_formulas_stay() {
        for text in [
            "Title\n=\n\n- a\n- b\n",
            "$$a$$\n- b\n",
            "```\n$$\n- a\n```\n",
            "$$\n\n- a\n",
            "$$\na % b\n-\n$$\n",
        ] {
            check(text, text);
        }
    }
}
