//! The tags of the Rust book's own preprocessor: `<Listing>` becomes a figure
//! with a caption.

use super::super::html_tag::{HtmlTag, TagKind, escaped};
use super::super::line::{FenceTracker, Line, Role};
use super::super::note::Notes;
use super::super::prose;

/// A tag that spreads over more lines is not read.
const MAX_TAG_LINES: usize = 20;

/// The page with its listings as figures.
pub(super) fn figures(lines: Vec<Line>, source: &str, notes: &mut Notes) -> Vec<Line> {
    let mut fences = FenceTracker::default();
    let mut open: Vec<(String, usize)> = Vec::new();
    let mut out: Vec<Line> = Vec::new();
    let mut rest = lines.into_iter().peekable();
    while let Some(line) = rest.next() {
        if fences.role(&line.text) != Role::Text {
            out.push(line);
            continue;
        }
        let trimmed = line.text.trim_start();
        if trimmed.starts_with("<Listing") {
            let mut tag = trimmed.to_owned();
            for _ in 0..MAX_TAG_LINES {
                if HtmlTag::read(&tag).is_some() {
                    break;
                }
                let Some(next) = rest.next_if(|next| !next.text.trim().is_empty()) else { break };
                tag = format!("{tag}\n{}", next.text);
            }
            match HtmlTag::read(&tag) {
                Some(tag) if tag.kind == TagKind::Open => {
                    open.push((opened(&tag, line.at, &mut out), line.at));
                }
                Some(_) | None => {
                    notes.add(source, line.at, "`<Listing>`", "left out: the tag is unfinished");
                }
            }
        } else if trimmed.starts_with("</Listing") {
            if let Some((caption, _)) = open.pop() {
                close(&caption, line.at, &mut out);
            }
        } else {
            out.push(line);
        }
    }
    let end = out.last().map_or(1, |line| line.at);
    while let Some((caption, at)) = open.pop() {
        notes.add(source, at, "`<Listing>`", "closed at the end of the page: it has no end");
        close(&caption, end, &mut out);
    }
    out
}

/// Writes the head of a figure and answers its caption.
fn opened(tag: &HtmlTag, at: usize, out: &mut Vec<Line>) -> String {
    let number = tag.attribute("number").map(|number| format!("Listing {number}"));
    let caption = tag.attribute("caption").map(prose::html);
    let id = tag.attribute("number").map(|number| format!(" id=\"listing-{}\"", escaped(number)));
    out.push(Line::new(format!("<figure class=\"listing\"{}>", id.unwrap_or_default()), at));
    if let Some(file) = tag.attribute("file-name") {
        let file = escaped(file);
        out.push(Line::new(format!("<span class=\"filename\">Filename: {file}</span>"), at));
    }
    out.push(Line::new("", at));
    match (number, caption) {
        (Some(number), Some(caption)) => format!("{number}: {caption}"),
        (number, caption) => number.or(caption).unwrap_or_default(),
    }
}

fn close(caption: &str, at: usize, out: &mut Vec<Line>) {
    out.push(Line::new("", at));
    if !caption.is_empty() {
        out.push(Line::new(format!("<figcaption>{caption}</figcaption>"), at));
    }
    out.push(Line::new("</figure>", at));
    out.push(Line::new("", at));
}

#[cfg(test)]
mod tests {
    use super::super::super::line::{joined, lines_of};
    use super::*;

    fn check(text: &str, expected: &str) -> Vec<String> {
        let mut notes = Notes::default();
        let lines = figures(lines_of(text), "src/a.md", &mut notes);
        assert_eq!(joined(&lines), expected);
        notes.into_sorted().into_iter().map(|note| note.why).collect()
    }

    #[test]
    fn a_listing_is_a_figure_with_a_caption() {
        let notes = check(
            "<Listing number=\"4-1\" file-name=\"src/main.rs\"\n caption=\"A `Vec<T>`\">\n\n\
             ```rust\n<Listing>\n```\n\n</Listing>\n",
            "<figure class=\"listing\" id=\"listing-4-1\">\n\
             <span class=\"filename\">Filename: src/main.rs</span>\n\n\n\
             ```rust\n<Listing>\n```\n\n\n\
             <figcaption>Listing 4-1: A <code>Vec&lt;T&gt;</code></figcaption>\n</figure>\n\n",
        );
        assert!(notes.is_empty());
        check(
            "<Listing file-name=\"a\">\nx\n</Listing>\n",
            "<figure class=\"listing\">\n<span class=\"filename\">Filename: a</span>\n\nx\n\n</figure>\n\n",
        );
    }

    #[test]
    fn an_unfinished_listing_is_noted() {
        let notes = check(
            "<Listing number=\"1\">\nx\n",
            "<figure class=\"listing\" id=\"listing-1\">\n\nx\n\n<figcaption>Listing 1</figcaption>\n</figure>\n\n",
        );
        assert_eq!(notes, ["closed at the end of the page: it has no end"]);
        let notes = check("<Listing number=\"1\n\nx\n", "\nx\n");
        assert_eq!(notes, ["left out: the tag is unfinished"]);
    }
}
