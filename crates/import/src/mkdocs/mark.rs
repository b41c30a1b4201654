//! Small marks of MkDocs pages: attribute lists, words behind a fence, keys,
//! icons and the place for a table of contents.

use super::super::line::{FenceTracker, Line, Opening, Role};
use super::super::note::{Notes, quoted};

/// Icons of Material for MkDocs begin with one of these.
const ICONS: [&str; 4] = ["material-", "fontawesome-", "octicons-", "simple-"];

/// The page without marks that lessons don't have.
pub(super) fn converted(lines: Vec<Line>, source: &str, notes: &mut Notes) -> Vec<Line> {
    let mut fences = FenceTracker::default();
    let mut out = Vec::new();
    for line in lines {
        match fences.role(&line.text) {
            Role::Opening(opening) => {
                let info = info(&opening, source, line.at, notes);
                let Opening { prefix, fence, .. } = opening;
                out.push(Line::new(format!("{prefix}{fence}{info}"), line.at));
            }
            Role::Code | Role::Closing => {
                if let Some(annotation) = annotation(&line.text) {
                    let what = format!("annotation {} of code", quoted(annotation));
                    let why = "kept as it is written: its text stands in the list below the code";
                    notes.add(source, line.at, what, why);
                }
                out.push(line);
            }
            Role::Text => {
                if let Some(text) = text(&line, source, notes) {
                    out.push(Line::new(text, line.at));
                }
            }
        }
    }
    out
}

/// `{ .cpp linenums="1" title="a.cpp" }` becomes `cpp {title="a.cpp"}`.
fn info(opening: &Opening, source: &str, at: usize, notes: &mut Notes) -> String {
    let mut rest = opening.info.trim_matches(['{', '}', ' ']).to_owned();
    let mut title = None;
    if let Some((before, behind)) = opening.info.split_once("title=\"")
        && let Some((text, after)) = behind.split_once('"')
    {
        title = Some(text.to_owned());
        rest = format!("{before} {after}").trim_matches(['{', '}', ' ']).to_owned();
    }
    let mut language = String::new();
    let mut settings = String::new();
    // `hl_lines="2 3"` has blanks that part no words.
    let (before, marked) = rest.split_once("hl_lines=\"").unwrap_or((&rest, ""));
    let rest = match marked.split_once('"') {
        Some((lines, after)) => {
            format!(
                "{before} hl_lines={} {after}",
                lines.split_whitespace().collect::<Vec<_>>().join(",")
            )
        }
        None => rest.clone(),
    };
    let has_one_mark = rest.matches("hl_lines=").count() == 1;
    let words = rest.split(|c: char| c.is_whitespace() || matches!(c, '{' | '}'));
    for (index, word) in words.filter(|word| !word.is_empty()).enumerate() {
        let is_word = !word.contains(['=', '"', '#']);
        if index == 0 && is_word {
            language = word.trim_start_matches('.').to_owned();
        } else if let Some(first) = word.strip_prefix("linenums=") {
            let first = first.trim_matches(['"', '\'']);
            settings += &if first == "1" { " lines".to_owned() } else { format!(" lines={first}") };
        } else if let Some(marked) = word.strip_prefix("hl_lines=").filter(|_| has_one_mark) {
            settings += &format!(" {{{}}}", marked.trim_matches(['"', '\'']));
        } else {
            let key = word.split('=').next().unwrap_or(word);
            let what = format!("{} behind a fence", quoted(key));
            notes.add(source, at, what, "left out: lessons have no such setting");
        }
    }
    match title {
        Some(title) => format!("{language} title=\"{title}\"{settings}"),
        None => language + &settings,
    }
}

/// `(1)` or `(1)!` at the end of a comment, as Material has it.
fn annotation(code: &str) -> Option<&str> {
    let (before, number) = code.trim_end().rsplit_once('(')?;
    let digits = number.strip_suffix(")!")?;
    let is_comment = before.trim_end().ends_with(['#', '/', '-', '*', '%', ';', '!']);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let start = before.len();
    (is_number && is_comment).then(|| code.trim_end().get(start..)).flatten()
}

/// A line of text; `None` if nothing of it is left.
fn text(line: &Line, source: &str, notes: &mut Notes) -> Option<String> {
    let trimmed = line.text.trim();
    if trimmed.eq_ignore_ascii_case("[toc]") {
        let why = "left out: every lesson has a table of contents";
        notes.add(source, line.at, "`[TOC]`", why);
        return None;
    }
    if trimmed.starts_with("{:") && trimmed.ends_with('}') {
        let what = format!("attributes {}", quoted(trimmed));
        notes.add(source, line.at, what, "left out: lessons have no attribute lists");
        return None;
    }
    if trimmed.starts_with("*[") && trimmed.contains("]:") {
        let why = "left out: lessons don't explain abbreviations";
        notes.add(source, line.at, quoted(trimmed), why);
        return None;
    }
    let text = heading(line, source, notes).unwrap_or_else(|| line.text.clone());
    Some(outside_of_code(&text, |part| icons(&keys(part), source, line.at, notes)))
}

/// A heading keeps the anchor of its attribute list.
fn heading(line: &Line, source: &str, notes: &mut Notes) -> Option<String> {
    let text = line.text.trim_end();
    if !text.trim_start().starts_with('#') {
        return None;
    }
    let (before, inner) = text.strip_suffix('}')?.rsplit_once('{')?;
    let inner = inner.trim_start_matches(':').trim();
    if !inner.starts_with(['#', '.']) {
        return None;
    }
    let mut anchor = String::new();
    for word in inner.split_whitespace() {
        match word.strip_prefix('#') {
            Some(_) if anchor.is_empty() => anchor = format!(" {{{word}}}"),
            _ => {
                let what = format!("attributes {}", quoted(word));
                notes.add(source, line.at, what, "left out: lessons have no attribute lists");
            }
        }
    }
    Some(format!("{}{anchor}", before.trim_end()))
}

/// Changes what stands outside of spans of code in one line.
fn outside_of_code(line: &str, mut change: impl FnMut(&str) -> String) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    let changed: Vec<String> = parts
        .iter()
        .enumerate()
        .map(|(index, part)| if index % 2 == 0 { change(part) } else { (*part).to_owned() })
        .collect();
    changed.join("`")
}

/// `++ctrl+c++` shows keys.
fn keys(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("++") {
        let (before, found) = rest.split_at(start);
        let inner = found.get(2..).unwrap_or_default();
        let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-');
        let end = inner.find("++").filter(|end| *end > 0);
        let names = end.and_then(|end| inner.get(..end)).filter(|names| names.chars().all(is_key));
        let stands_alone = !before.ends_with(|c: char| c.is_alphanumeric() || c == '+');
        match names.filter(|names| stands_alone && !names.starts_with(['+', '-'])) {
            Some(names) => {
                let shown: Vec<String> =
                    names.split('+').map(|name| format!("<kbd>{name}</kbd>")).collect();
                out += before;
                out += &shown.join("+");
                rest = inner.get(names.len() + 2..).unwrap_or_default();
            }
            None => {
                out += before;
                out += "++";
                rest = inner;
            }
        }
    }
    out + rest
}

/// `:material-check:` is a picture of the old theme.
fn icons(text: &str, source: &str, at: usize, notes: &mut Notes) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(':') {
        let (before, found) = rest.split_at(start);
        let inner = found.get(1..).unwrap_or_default();
        let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let name = end.filter(|end| inner.get(*end..).is_some_and(|rest| rest.starts_with(':')));
        let name = name.and_then(|end| inner.get(..end));
        let is_icon = |name: &&str| ICONS.iter().any(|prefix| name.starts_with(prefix));
        out += before;
        match name.filter(is_icon) {
            Some(name) => {
                let what = format!("icon {}", quoted(&format!(":{name}:")));
                notes.add(source, at, what, "left out: the school's theme has no such icons");
                rest = inner.get(name.len() + 1..).unwrap_or_default();
            }
            None => {
                out.push(':');
                rest = inner;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::super::super::line::{joined, lines_of};
    use super::*;

    fn check(text: &str, expected: &str) -> Vec<String> {
        let mut notes = Notes::default();
        let lines = converted(lines_of(text), "docs/a.md", &mut notes);
        assert_eq!(joined(&lines), expected);
        notes.into_sorted().into_iter().map(|note| note.what).collect()
    }

    #[test]
    fn words_behind_a_fence_keep_language_and_title() {
        let notes = check(
            "```{ .cpp .annotate linenums=\"1\" title=\"a b.cpp\" }\nx\n```\n",
            "```cpp title=\"a b.cpp\" lines\nx\n```\n",
        );
        assert_eq!(notes, ["`.annotate` behind a fence"]);
        let notes = check("```py\na = 1  # (1)!\nf(2)\n```\n", "```py\na = 1  # (1)!\nf(2)\n```\n");
        assert_eq!(notes, ["annotation `(1)!` of code"]);
        check("```py hl_lines=\"2 4-5\" linenums=\"3\"\n```\n", "```py {2,4-5} lines=3\n```\n");
        check("```cpp\n```\n~~~\n~~~\n", "```cpp\n```\n~~~\n~~~\n");
        check("```c++ title=\"x\"\n```\n", "```c++ title=\"x\"\n```\n");
    }

    #[test]
    fn attribute_lists_leave_only_anchors() {
        let notes =
            check("## A { #b .c }\n{: .d }\n[TOC]\ntext {x}\n*[A]: B\n", "## A {#b}\ntext {x}\n");
        assert_eq!(notes, ["attributes `.c`", "attributes `{: .d }`", "`[TOC]`", "`*[A]: B`"]);
    }

    #[test]
    fn keys_are_keys_and_operators_are_not() {
        check(
            "++ctrl+alt+del++ and C++ or i++ + ++j `++a++`\n",
            "<kbd>ctrl</kbd>+<kbd>alt</kbd>+<kbd>del</kbd> and C++ or i++ + ++j `++a++`\n",
        );
    }

    #[test]
    fn icons_are_left_out_and_times_of_day_are_not() {
        let notes = check("a :material-check: b 10:30:15 :smile:\n", "a  b 10:30:15 :smile:\n");
        assert_eq!(notes, ["icon `:material-check:`"]);
    }
}
