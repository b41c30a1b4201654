//! The HTML around a block of code, and around each of its lines where they are
//! numbered, marked, hidden or part of a diff.

use std::ops::RangeInclusive;

use super::fence::Fence;
use crate::escape::escaped;
use crate::highlight::{Highlighter, Plain};

/// Longer blocks are shown without their lines told apart: nobody counts them.
const MAX_LINES: usize = 20_000;

/// Writes a block of code in colours, and says why it has none. `show_all` names the
/// switch for hidden lines.
pub(super) fn write(
    highlighter: &Highlighter,
    fence: &Fence,
    code: &str,
    show_all: &str,
) -> (String, Option<Plain>) {
    let signs: Option<Vec<Sign>> = fence.is_diff.then(|| code.lines().map(Sign::of).collect());
    let plain = signs.as_ref().map(|_| code.lines().map(without_sign).collect::<String>());
    let coloured = highlighter.highlight(&fence.language, plain.as_deref().unwrap_or(code));
    let code = coloured.html;
    let mut data = String::new();
    if !fence.language.is_empty() {
        data.push_str(&format!(" data-lang=\"{}\"", escaped(&fence.language)));
    }
    let has_lines = fence.has_lines() && code.lines().take(MAX_LINES + 1).count() <= MAX_LINES;
    let code = if has_lines { lines(fence, &code, signs.as_deref()) } else { code.to_string() };
    let switch = if has_lines && !fence.hidden.is_empty() {
        let label = escaped(show_all);
        format!(
            "<label class=\"code-all\" data-nosnippet><input type=\"checkbox\"> {label}</label>"
        )
    } else {
        String::new()
    };
    let html = match &fence.title {
        None => format!("<div class=\"code\"{data}>{switch}<pre><code>{code}</code></pre></div>"),
        Some(title) => {
            let title = escaped(title);
            format!(
                "<figure class=\"code\"{data}><figcaption>{title}</figcaption>{switch}\
                 <pre><code>{code}</code></pre></figure>"
            )
        }
    };
    (html, coloured.plain)
}

/// What a diff says of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Added,
    Removed,
    Kept,
}

impl Sign {
    fn of(line: &str) -> Self {
        match line.as_bytes().first() {
            Some(b'+') => Self::Added,
            Some(b'-') => Self::Removed,
            _ => Self::Kept,
        }
    }
}

fn without_sign(line: &str) -> String {
    let rest = line.strip_prefix(['+', '-', ' ']).unwrap_or(line);
    format!("{rest}\n")
}

/// Wraps each line; no colour reaches over the end of one.
fn lines(fence: &Fence, code: &str, signs: Option<&[Sign]>) -> String {
    let mut html = String::with_capacity(code.len() * 2);
    for (index, line) in code.lines().enumerate() {
        let number = index + 1;
        let is_in = |ranges: &[RangeInclusive<usize>]| ranges.iter().any(|r| r.contains(&number));
        let mut class = String::from("line");
        if is_in(&fence.marked) {
            class.push_str(" line-marked");
        }
        if is_in(&fence.hidden) {
            class.push_str(" line-hidden");
        }
        let element = match signs.and_then(|signs| signs.get(index)) {
            Some(Sign::Added) => "ins",
            Some(Sign::Removed) => "del",
            _ if is_in(&fence.marked) => "mark",
            _ => "span",
        };
        let shown = fence.first_line.map_or(String::new(), |first| {
            format!(" data-line=\"{}\"", first.saturating_add(index))
        });
        html.push_str(&format!("<{element} class=\"{class}\"{shown}>{line}\n</{element}>"));
    }
    html
}

#[cfg(test)]
mod tests {
    use super::super::fence::parse;
    use super::*;

    fn html(info: &str, code: &str) -> String {
        write(&Highlighter::default(), &parse(info), code, "Show all").0
    }

    #[test]
    fn a_title_is_a_caption_and_nothing_is_taken_as_markup() {
        assert_eq!(
            html("", "a < b\n"),
            "<div class=\"code\"><pre><code>a &lt; b\n</code></pre></div>"
        );
        assert_eq!(
            html("\"><script> title=\"<b>\"", "x"),
            "<figure class=\"code\" data-lang=\"&quot;&gt;&lt;script&gt;\">\
             <figcaption>&lt;b&gt;</figcaption><pre><code>x</code></pre></figure>"
        );
    }

    #[test]
    fn lines_are_told_apart_only_where_it_is_asked_for() {
        assert_eq!(
            html("text {2} lines=9 hide=1", "a\nb\nc\n"),
            "<div class=\"code\" data-lang=\"text\"><label class=\"code-all\" data-nosnippet>\
             <input type=\"checkbox\"> Show all</label><pre><code>\
             <span class=\"line line-hidden\" data-line=\"9\">a\n</span>\
             <mark class=\"line line-marked\" data-line=\"10\">b\n</mark>\
             <span class=\"line\" data-line=\"11\">c\n</span></code></pre></div>"
        );
    }

    #[test]
    fn a_diff_is_coloured_as_its_language_and_its_signs_are_elements() {
        let html = html("rust diff", "+let a = 1;\n-let b\n c\n");
        assert!(html.contains("<ins class=\"line\"><span class=\"hl-k\">let</span> a "), "{html}");
        assert!(
            html.contains("<del class=\"line\"><span class=\"hl-k\">let</span> b\n</del>"),
            "{html}"
        );
        assert!(html.contains("<span class=\"line\">c\n</span>"), "{html}");
    }

    #[test]
    fn a_block_without_end_is_shown_without_lines() {
        let html = html("text lines", &"a\n".repeat(MAX_LINES + 1));
        assert!(!html.contains("<span"));
    }
}
