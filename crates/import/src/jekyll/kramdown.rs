//! Marks of kramdown: attribute lists, the place of a table of contents, and
//! where an excerpt ends.

use super::super::line::{FenceTracker, Line, Role};
use super::super::note::{Notes, quoted};
use super::super::prose;

/// The page in Lyceum's Markdown. `separator` is what ends the site's excerpts.
pub(super) fn converted(
    lines: Vec<Line>,
    source: &str,
    separator: &str,
    notes: &mut Notes,
) -> Vec<Line> {
    let mut fences = FenceTracker::default();
    let mut out: Vec<Line> = Vec::new();
    for line in lines {
        let is_text = fences.role(&line.text) == Role::Text;
        let trimmed = line.text.trim();
        if !is_text {
            out.push(line);
            continue;
        }
        let is_separator = matches!(trimmed, "<!--more-->" | "<!-- more -->")
            || (!separator.trim().is_empty() && trimmed == separator.trim());
        if is_separator {
            let why = "left out: in a paid lesson it would say where the preview ends";
            notes.add(source, line.at, "the end of the excerpt", why);
            continue;
        }
        let attributes = trimmed.strip_prefix("{:").and_then(|rest| rest.strip_suffix('}'));
        let Some(attributes) = attributes else {
            out.push(line);
            continue;
        };
        if attributes.split_whitespace().any(|word| word == "toc") {
            notes.add(
                source,
                line.at,
                "`{:toc}`",
                "left out: every lesson has a table of contents",
            );
            // What it would have replaced.
            let is_placeholder = |line: &Line| {
                matches!(line.text.trim().to_lowercase().as_str(), "* toc" | "- toc" | "1. toc")
            };
            out.pop_if(|line| is_placeholder(line));
            continue;
        }
        let kept = kept(attributes, source, line.at, notes);
        if kept.is_empty() {
            continue;
        }
        match out.last_mut() {
            Some(last)
                if prose::heading(&last.text).is_some() && !last.text.trim_end().ends_with('}') =>
            {
                last.text = format!("{} {{{kept}}}", last.text.trim_end());
            }
            _ => {
                let indent = line.text.len() - line.text.trim_start().len();
                let indent = line.text.get(..indent).unwrap_or_default();
                out.push(Line::new(format!("{indent}{{{kept}}}"), line.at));
            }
        }
    }
    out
}

/// The anchor and the classes; other attributes are told.
fn kept(attributes: &str, source: &str, at: usize, notes: &mut Notes) -> String {
    let fits = |word: &&str| {
        let name = word.trim_start_matches(['#', '.']);
        word.starts_with(['#', '.'])
            && !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let (kept, left): (Vec<&str>, Vec<&str>) = attributes.split_whitespace().partition(fits);
    if !left.is_empty() {
        let what = format!("attributes {}", quoted(&left.join(" ")));
        notes.add(source, at, what, "left out: lessons have anchors and classes");
    }
    kept.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::super::line::{joined, lines_of};
    use super::*;

    #[test]
    fn attributes_stay_where_lessons_have_them() {
        let mut notes = Notes::default();
        let text =
            "* TOC\n{:toc}\n\n## A\n{: #own .big style=\"x\"}\n\nText\n{: .note }\n\n[[end]]\nb\n";
        let lines = converted(lines_of(text), "a.md", "[[end]]", &mut notes);
        assert_eq!(joined(&lines), "\n## A {#own .big}\n\nText\n{.note}\n\nb\n");
        let notes: Vec<String> =
            notes.into_sorted().into_iter().map(|n| format!("{}: {}", n.line, n.what)).collect();
        assert_eq!(
            notes,
            ["2: `{:toc}`", "5: attributes `style=\\\"x\\\"`", "10: the end of the excerpt"]
        );
    }
}
