//! `SUMMARY.md`: which pages a book has, and in which parts.
//!
//! It is read line by line, as forgivingly as mdBook reads it; what has no
//! meaning here is noted.

use super::super::book_folder::resolve;
use super::super::line::{Line, indentation, list_marker};
use super::super::note::{Notes, quoted};
use super::super::prose;

/// A chapter as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chapter {
    pub(super) title: String,
    /// From the top of the book; `None` for a draft.
    pub(super) source: Option<String>,
    pub(super) line: usize,
    pub(super) children: Vec<Chapter>,
}

/// What `SUMMARY.md` holds, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// `# Title` between chapters.
    Part(String),
    Chapter(Chapter),
}

/// Chapters nested deeper than mdBook's own books are put on this level.
const MAX_DEPTH: usize = 8;

/// Reads the list. `src` is the folder that its paths start from.
pub(super) fn read(lines: &[Line], path: &str, src: &str, notes: &mut Notes) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    // The columns at which the chapters around the next one are indented.
    let mut levels: Vec<usize> = Vec::new();
    let mut is_first_heading = true;
    for line in lines {
        let text = line.text.trim();
        if let Some((_, title)) = prose::heading(&line.text) {
            let is_title = is_first_heading && items.is_empty();
            is_first_heading = false;
            if !is_title {
                items.push(Item::Part(prose::plain(title)));
            }
            levels.clear();
            continue;
        }
        let is_rule =
            text.len() >= 3 && text.bytes().all(|b| matches!(b, b'-' | b'*' | b'_' | b' '));
        if text.is_empty() || text.starts_with("<!--") {
            continue;
        }
        if is_rule {
            notes.add(
                path,
                line.at,
                "separator",
                "left out: a course has no rules between lessons",
            );
            continue;
        }
        let marker = list_marker(text);
        let rest = text.get(marker..).unwrap_or_default();
        let Some(chapter) = chapter(rest, line.at, src, path, notes) else {
            notes.add(path, line.at, quoted(text), "left out: it is no link to a chapter");
            continue;
        };
        let depth = if marker == 0 { 0 } else { depth(&mut levels, indentation(&line.text)) };
        push(&mut items, chapter, depth);
    }
    items
}

/// How deep a list item is nested, by the indentation of those before it.
fn depth(levels: &mut Vec<usize>, column: usize) -> usize {
    while levels.last().is_some_and(|level| *level >= column) {
        levels.pop();
    }
    let depth = levels.len();
    levels.push(column);
    depth.min(MAX_DEPTH)
}

fn push(items: &mut Vec<Item>, chapter: Chapter, depth: usize) {
    let Some(Item::Chapter(last)) = items.last_mut().filter(|_| depth > 0) else {
        items.push(Item::Chapter(chapter));
        return;
    };
    let mut siblings = &mut last.children;
    for _ in 1..depth {
        // A level that was skipped is none.
        if siblings.is_empty() {
            break;
        }
        let end = siblings.len() - 1;
        match siblings.get_mut(end) {
            Some(last) => siblings = &mut last.children,
            None => return,
        }
    }
    siblings.push(chapter);
}

/// `[Title](path.md)`; without a path it is a draft.
fn chapter(text: &str, line: usize, src: &str, path: &str, notes: &mut Notes) -> Option<Chapter> {
    let inner = text.strip_prefix('[')?;
    let close = inner.rfind("](")?;
    let title = prose::plain(inner.get(..close)?);
    let rest = inner.get(close + 2..)?;
    let target = rest.get(..rest.rfind(')')?)?.trim();
    let target = target.strip_prefix('<').and_then(|t| t.strip_suffix('>')).unwrap_or(target);
    // A title behind the path, `(a.md "Tooltip")`.
    let target = target.split(" \"").next().unwrap_or(target).trim();
    let decoded = percent_encoding::percent_decode_str(target).decode_utf8_lossy();
    let source = match decoded.split('#').next().unwrap_or_default() {
        "" => None,
        relative => match resolve(src, relative) {
            Some(source) => Some(source),
            None => {
                notes.add(
                    path,
                    line,
                    quoted(target),
                    "left out: it leads out of the book's folder",
                );
                None
            }
        },
    };
    Some(Chapter { title, source, line, children: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::super::super::line::lines_of;
    use super::*;

    fn shown(items: &[Item]) -> String {
        fn add(chapter: &Chapter, depth: usize, out: &mut String) {
            let source = chapter.source.as_deref().unwrap_or("draft");
            *out += &format!("{}{} = {source}\n", "  ".repeat(depth), chapter.title);
            for child in &chapter.children {
                add(child, depth + 1, out);
            }
        }
        let mut out = String::new();
        for item in items {
            match item {
                Item::Part(title) => out += &format!("# {title}\n"),
                Item::Chapter(top) => add(top, 0, &mut out),
            }
        }
        out
    }

    fn check(text: &str, expected: &str) -> Vec<String> {
        let mut notes = Notes::default();
        let items = read(&lines_of(text), "src/SUMMARY.md", "src", &mut notes);
        assert_eq!(shown(&items), expected);
        let notes = notes.into_sorted();
        notes
            .into_iter()
            .map(|note| format!("{}: {}, {}", note.line, note.what, note.why))
            .collect()
    }

    #[test]
    fn parts_nesting_drafts_and_affixes_are_read() {
        let notes = check(
            "# Summary\r\n\r\n[Intro](README.md)\r\n\r\n# Part `one`\r\n\r\n\
             - [A](a/README.md)\r\n    * [A1](./a/a1.md)\r\n        - [Deep](a/deep%20x.md)\r\n\
             * [Draft]()\r\n---\r\n1. [B [x]](b.md)\r\n\r\n[End](end.md)\r\n",
            "Intro = src/README.md\n# Part one\nA = src/a/README.md\n  A1 = src/a/a1.md\n    \
             Deep = src/a/deep x.md\nDraft = draft\nB [x] = src/b.md\nEnd = src/end.md\n",
        );
        assert_eq!(notes, ["11: separator, left out: a course has no rules between lessons"]);
    }

    #[test]
    fn a_list_without_a_title_and_with_odd_indentation_is_read() {
        check(
            "* [A](a.md)\n\t* [B](b.md)\n\t* [C](c.md)\n\t\t\t* [D](d.md)\n* [E](<e f.md>)\n",
            "A = src/a.md\n  B = src/b.md\n  C = src/c.md\n    D = src/d.md\nE = src/e f.md\n",
        );
        check(" - [A](a.md)\n - [B](b.md)\n", "A = src/a.md\nB = src/b.md\n");
    }

    #[test]
    fn what_is_no_chapter_is_noted() {
        let notes =
            check("- just words\n- [Out](../../etc/passwd)\n<!-- a comment -->\n", "Out = draft\n");
        assert_eq!(
            notes,
            [
                "1: `- just words`, left out: it is no link to a chapter",
                "2: `../../etc/passwd`, left out: it leads out of the book's folder",
            ]
        );
        let read = chapter("[a](b.md#c)", 1, "src", "", &mut Notes::default()).unwrap();
        assert_eq!(read.source.as_deref(), Some("src/b.md"));
    }

    #[test]
    fn a_staircase_of_chapters_has_an_end() {
        let text: String =
            (0..2000).map(|depth| format!("{}- [x](x.md)\n", " ".repeat(depth))).collect();
        let items = read(&lines_of(&text), "", "src", &mut Notes::default());
        assert_eq!(items.len(), 1);
    }
}
