//! Blocks that MkDocs marks by indentation: admonitions, folding details and
//! content tabs.

use super::super::alert;
use super::super::container::Containers;
use super::super::line::{FenceTracker, Line, Role, dedented, indentation};
use super::super::note::{Notes, quoted};
use super::super::prose;

/// Deeper blocks stay as they are written.
const MAX_DEPTH: usize = 12;

/// The page with its blocks in Lyceum's Markdown.
pub(super) fn converted(lines: Vec<Line>, source: &str, notes: &mut Notes) -> Vec<Line> {
    blocks(&lines, source, notes, 0)
}

/// The line above an indented block.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Header {
    Admonition { word: String, title: Option<String>, folding: Folding, position: String },
    Tab(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folding {
    Never,
    Closed,
    Open,
}

fn blocks(lines: &[Line], source: &str, notes: &mut Notes, depth: usize) -> Vec<Line> {
    let mut fences = FenceTracker::default();
    let mut out: Vec<Line> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        let is_text = fences.role(&line.text) == Role::Text;
        let header = header(&line.text).filter(|_| is_text && depth < MAX_DEPTH);
        let Some(header) = header else {
            out.push(line.clone());
            continue;
        };
        let columns = indentation(&line.text);
        let (body, end) = body(lines, at, columns);
        at = end;
        let body = blocks(&body, source, notes, depth + 1);
        note(&header, source, line.at, notes);
        let mut tabs = Vec::new();
        if let Header::Tab(title) = &header {
            tabs.push((title.clone(), body.clone()));
            while let Some((title, next)) = next_tab(lines, at, columns) {
                let (body, end) = self::body(lines, next, columns);
                tabs.push((title, blocks(&body, source, notes, depth + 1)));
                at = end;
            }
        }
        if out.last().is_some_and(|last| !last.text.trim().is_empty()) {
            out.push(Line::new("", line.at));
        }
        let written = match tabs.is_empty() {
            true => written(&header, body, line.at),
            false => tabs_written(tabs, line),
        };
        for block in written {
            let indented = !block.text.is_empty();
            let prefix = if indented { " ".repeat(columns) } else { String::new() };
            out.push(Line::new(format!("{prefix}{}", block.text), block.at));
        }
        out.push(Line::new("", line.at));
    }
    out
}

/// The indented lines from `at` on, and where they end.
fn body(lines: &[Line], at: usize, columns: usize) -> (Vec<Line>, usize) {
    let body = lines.get(at..).unwrap_or_default();
    let inside =
        |line: &&Line| line.text.trim().is_empty() || indentation(&line.text) >= columns + 4;
    let body: Vec<&Line> = body.iter().take_while(inside).collect();
    let filled = body.iter().rposition(|line| !line.text.trim().is_empty()).map_or(0, |i| i + 1);
    let dedent = |line: &Line| Line::new(dedented(&line.text, columns + 4), line.at);
    (body.into_iter().take(filled).map(dedent).collect(), at + filled)
}

/// The title of the tab that follows at the same indentation, and where its
/// text begins.
fn next_tab(lines: &[Line], at: usize, columns: usize) -> Option<(String, usize)> {
    let rest = lines.get(at..)?;
    let blank = rest.iter().take_while(|line| line.text.trim().is_empty()).count();
    let line = rest.get(blank).filter(|line| indentation(&line.text) == columns)?;
    match header(&line.text) {
        Some(Header::Tab(title)) => Some((title, at + blank + 1)),
        _ => None,
    }
}

fn tabs_written(tabs: Vec<(String, Vec<Line>)>, at: &Line) -> Vec<Line> {
    let mut out = Vec::new();
    let mut open = Containers::default();
    let margin = Line::new("", at.at);
    open.open(&mut out, "tabs", "tabs", None, &margin);
    for (title, body) in tabs {
        open.open(&mut out, "tab", "tab", Some(&prose::plain(&title)), &margin);
        out.extend(body);
        let end = out.last().map_or(at.at, |line| line.at);
        open.close(&mut out, "tab", end);
    }
    open.close(&mut out, "tabs", at.at);
    out
}

fn header(line: &str) -> Option<Header> {
    let text = line.trim();
    if let Some(rest) = text.strip_prefix("===") {
        let rest = rest.trim_start_matches(['!', '+']).trim_start();
        let title = title(rest)?;
        return Some(Header::Tab(title));
    }
    let (folding, rest) = if let Some(rest) = text.strip_prefix("!!!") {
        (Folding::Never, rest)
    } else if let Some(rest) = text.strip_prefix("???+") {
        (Folding::Open, rest)
    } else {
        (Folding::Closed, text.strip_prefix("???")?)
    };
    let (words, title) = match rest.find(['"', '\'']) {
        Some(quote) => (rest.get(..quote)?, Some(title(rest.get(quote..)?)?)),
        None => (rest, None),
    };
    let mut words = words.split_whitespace();
    let word = words.next().unwrap_or("note").to_ascii_lowercase();
    let position = words.collect::<Vec<_>>().join(" ");
    let fits = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    fits.then_some(Header::Admonition { word, title, folding, position })
}

/// A text in quotes, and nothing behind it.
fn title(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.get(1..)?.strip_suffix(quote)?;
    Some(inner.trim().replace("\\\"", "\""))
}

fn note(header: &Header, source: &str, at: usize, notes: &mut Notes) {
    if let Header::Admonition { position, .. } = header
        && !position.is_empty()
    {
        let what = format!("{} of a note", quoted(position));
        notes.add(source, at, what, "left out: a note stands in the text");
    }
    let Header::Admonition { title: Some(title), folding, .. } = header else { return };
    let (title, marks) = without_footnotes(title);
    let mut tell = |why: &str| notes.add(source, at, format!("title {}", quoted(&title)), why);
    if *folding == Folding::Never && prose::plain(&title) != title {
        tell("only its words are kept: the title of a note is plain");
    }
    if title.contains('$') {
        tell("its formulas stay as they are written: the title of a note is plain");
    }
    if !marks.is_empty() {
        tell("its footnote stands at the beginning of the note: the title is plain");
    }
}

/// A title, and the marks of footnotes that stood in it.
fn without_footnotes(title: &str) -> (String, String) {
    let (mut words, mut marks) = (String::new(), String::new());
    let mut rest = title;
    while let Some((before, after)) = rest.split_once("[^") {
        let Some((name, behind)) = after.split_once(']') else { break };
        words.push_str(before);
        marks.push_str(&format!("[^{name}]"));
        rest = behind;
    }
    words.push_str(rest);
    (words.trim().to_owned(), marks)
}

fn written(header: &Header, body: Vec<Line>, at: usize) -> Vec<Line> {
    let line = |text: String| Line::new(text, at);
    let (title, marks) = match header {
        Header::Admonition { title: Some(title), .. } => {
            let (title, marks) = without_footnotes(title);
            (Some(title), marks)
        }
        Header::Admonition { .. } | Header::Tab(_) => (None, String::new()),
    };
    // What a title refers to must not be lost with it.
    let marks = (!marks.is_empty()).then(|| [line(marks), line(String::new())]);
    let body: Vec<Line> = marks.into_iter().flatten().chain(body).collect();
    match header {
        Header::Tab(_) => body,
        Header::Admonition { word, folding: Folding::Never, .. } => {
            let mut out: Vec<Line> =
                alert::first_line(word, title.as_deref()).map(line).into_iter().collect();
            out.extend(body.into_iter().map(|line| {
                let text = format!("> {}", line.text);
                Line::new(text.trim_end(), line.at)
            }));
            out
        }
        Header::Admonition { word, folding, .. } => {
            let open = if *folding == Folding::Open { " open" } else { "" };
            let title = title.as_deref().filter(|title| !title.is_empty());
            let summary = title.map_or_else(|| alert::capitalised(word), prose::html);
            let mut out = vec![
                line(format!("<details class=\"{word}\"{open}>")),
                line(format!("<summary>{summary}</summary>")),
                line(String::new()),
            ];
            out.extend(body);
            out.extend([line(String::new()), line("</details>".to_owned())]);
            out
        }
    }
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
    fn an_admonition_becomes_an_alert() {
        check("a\n!!! note\n    b\n\n    c\nd\n", "a\n\n> [!NOTE]\n> b\n>\n> c\n\nd\n");
        check("!!! danger \"Mind *this*\"\n    b\n", "> [!CAUTION] Mind this\n> b\n\n");
        check("!!! example\n    b\n", "> [!NOTE] Example\n> b\n\n");
        check("!!! quote \"Ada\"\n    b\n", "> **Ada**\n>\n> b\n\n");
        check("- x\n\n    !!! tip \"\"\n        b\n", "- x\n\n    > [!TIP]\n    > b\n\n");
        let notes = check("!!! note inline end\n    b\n", "> [!NOTE]\n> b\n\n");
        assert_eq!(notes, ["`inline end` of a note"]);
        assert_eq!(check("!!! note \"`a`\"\n    b\n", "> [!NOTE] a\n> b\n\n"), ["title ``a``"]);
        assert_eq!(check("!!! note \"$a$\"\n    b\n", "> [!NOTE] $a$\n> b\n\n"), ["title `$a$`"]);
    }

    #[test]
    fn a_footnote_of_a_title_stands_at_the_beginning_of_the_note() {
        let notes = check("!!! note \"Euler[^1]\"\n    b\n", "> [!NOTE] Euler\n> [^1]\n>\n> b\n\n");
        assert_eq!(notes, ["title `Euler`"]);
        check(
            "??? note \"A [^1] b[^2\"\n    b\n",
            "<details class=\"note\">\n<summary>A  b[^2</summary>\n\n[^1]\n\nb\n\n</details>\n\n",
        );
    }

    #[test]
    fn a_folding_one_becomes_details() {
        check(
            "???+ note \"See `x`\"\n    ```\n    !!! no\n    ```\n\n??? tip\n    b\n",
            "<details class=\"note\" open>\n<summary>See <code>x</code></summary>\n\n\
             ```\n!!! no\n```\n\n</details>\n\n\n\
             <details class=\"tip\">\n<summary>Tip</summary>\n\nb\n\n</details>\n\n",
        );
    }

    #[test]
    fn tabs_become_tabs() {
        let notes = check(
            "??? note \"N\"\n    === \"C++\"\n        ```cpp\n        a\n        ```\n    === \"Python\"\n        b\n",
            "<details class=\"note\">\n<summary>N</summary>\n\n\
             ::::tabs\n:::tab[C++]\n```cpp\na\n```\n:::\n\n:::tab[Python]\nb\n:::\n\n::::\n\n\n\n</details>\n\n",
        );
        assert!(notes.is_empty());
    }

    #[test]
    fn what_only_looks_like_a_block_stays() {
        for text in [
            "```\n!!! note\n    b\n```\n",
            "=== a\n",
            "!!! what? is this\n",
            "a !!! b\n",
            "???\"\n",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn blocks_without_end_do_not_exhaust_the_stack() {
        let text: String =
            (0..500).map(|depth| format!("{}!!! note\n", " ".repeat(depth * 4))).collect();
        let lines = converted(lines_of(&text), "", &mut Notes::default());
        assert!(lines.len() > 500);
    }
}
