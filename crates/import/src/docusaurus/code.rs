//! Blocks of code in Docusaurus: what stands behind the fence, and comments in
//! the code that mark its lines.

use super::super::line::{Line, Opening, ranges};
use super::super::note::{Notes, quoted};

/// A block with the words that lessons have for its settings. `body` are the
/// lines between the fences.
pub(super) fn block(
    opening: &Opening,
    at: usize,
    body: Vec<Line>,
    source: &str,
    notes: &mut Notes,
) -> Vec<Line> {
    let (body, marked) = marked(body);
    let mut info = info(&opening.info, at, source, notes);
    if !marked.is_empty() && !info.contains('{') {
        info += &format!(" {{{}}}", ranges(&marked));
    }
    let Opening { prefix, fence, .. } = opening;
    let mut out = vec![Line::new(format!("{prefix}{fence}{info}"), at)];
    out.extend(body);
    out
}

fn info(info: &str, at: usize, source: &str, notes: &mut Notes) -> String {
    let mut out = String::new();
    let mut rest = info.trim();
    let end = rest.find(|c: char| c.is_whitespace() || c == '{').unwrap_or(rest.len());
    let is_language = !rest.get(..end).unwrap_or_default().contains('=');
    if is_language {
        out += rest.get(..end).unwrap_or_default();
        rest = rest.get(end..).unwrap_or_default();
    }
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return out;
        }
        if let Some((lines, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            let lines: String = lines.chars().filter(|c| !c.is_whitespace()).collect();
            if lines.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '-'))
                && !lines.is_empty()
            {
                out += &format!(" {{{lines}}}");
            }
            rest = after;
            continue;
        }
        let title = rest.strip_prefix("title=").and_then(|r| {
            let quote = r.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            r.get(1..)?.split_once(quote)
        });
        if let Some((title, after)) = title {
            out += &format!(" title=\"{}\"", title.replace('"', "'"));
            rest = after;
            continue;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        match word.split_once('=').unwrap_or((word, "")) {
            ("showLineNumbers", "") => out += " lines",
            ("showLineNumbers", first) => {
                out += &format!(" lines={}", first.trim_matches(['{', '}', '"']));
            }
            _ => {
                let what = format!("{} behind a fence", quoted(word));
                notes.add(source, at, what, "left out: lessons have no such setting");
            }
        }
    }
}

/// The code without the comments that mark lines, and the marked lines.
fn marked(body: Vec<Line>) -> (Vec<Line>, Vec<usize>) {
    let mut out = Vec::new();
    let mut marked = Vec::new();
    let (mut is_next, mut is_open) = (false, false);
    for line in body {
        let bare = line.text.trim_matches(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '/' | '#' | '*' | '-' | '<' | '>' | '!' | '{' | '}' | ';' | '%' | '"'
                )
        });
        match bare {
            "highlight-next-line" => is_next = true,
            "highlight-start" => is_open = true,
            "highlight-end" => is_open = false,
            _ => {
                out.push(line);
                if is_next || is_open {
                    marked.push(out.len());
                }
                is_next = false;
            }
        }
    }
    (out, marked)
}
