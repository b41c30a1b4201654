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
        // In a quote or a list the figure stays there.
        let trimmed = line.text.trim_start_matches([' ', '\t', '>']);
        let container = line.text.strip_suffix(trimmed).unwrap_or_default();
        if trimmed.starts_with("<Listing") {
            let mut tag = trimmed.to_owned();
            for _ in 0..MAX_TAG_LINES {
                if HtmlTag::read(&tag).is_some() {
                    break;
                }
                let Some(next) = rest.next_if(|next| !next.text.trim().is_empty()) else { break };
                let text = next.text.strip_prefix(container).unwrap_or(&next.text);
                tag = format!("{tag}\n{text}");
            }
            match HtmlTag::read(&tag) {
                Some(tag) if tag.kind == TagKind::Open => {
                    let (caption, lines) = opened(&tag);
                    out.extend(within(container, lines, line.at));
                    open.push((caption, line.at));
                }
                Some(_) | None => {
                    notes.add(source, line.at, "`<Listing>`", "left out: the tag is unfinished");
                }
            }
        } else if trimmed.starts_with("</Listing") {
            if let Some((caption, _)) = open.pop() {
                out.extend(within(container, close(&caption), line.at));
            }
        } else {
            out.push(line);
        }
    }
    let end = out.last().map_or(1, |line| line.at);
    while let Some((caption, at)) = open.pop() {
        notes.add(source, at, "`<Listing>`", "closed at the end of the page: it has no end");
        out.extend(within("", close(&caption), end));
    }
    out
}

/// Lines behind what a quote or a list puts before each of its lines.
fn within(container: &str, lines: Vec<String>, at: usize) -> impl Iterator<Item = Line> {
    let container = container.to_owned();
    lines.into_iter().map(move |line| Line::new(format!("{container}{line}").trim_end(), at))
}

/// The caption of a figure, and its head.
fn opened(tag: &HtmlTag) -> (String, Vec<String>) {
    let number = tag.attribute("number").map(|number| format!("Listing {number}"));
    let caption = tag.attribute("caption").map(prose::html);
    let id = tag.attribute("number").map(|number| format!(" id=\"listing-{}\"", escaped(number)));
    let mut lines = vec![format!("<figure class=\"listing\"{}>", id.unwrap_or_default())];
    if let Some(file) = tag.attribute("file-name") {
        let file = escaped(file);
        lines.push(format!("<span class=\"filename\">Filename: {file}</span>"));
    }
    lines.push(String::new());
    let caption = match (number, caption) {
        (Some(number), Some(caption)) => format!("{number}: {caption}"),
        (number, caption) => number.or(caption).unwrap_or_default(),
    };
    (caption, lines)
}

/// The foot of a figure.
fn close(caption: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    if !caption.is_empty() {
        lines.push(format!("<figcaption>{caption}</figcaption>"));
    }
    lines.extend(["</figure>".to_owned(), String::new()]);
    lines
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

    #[test]
    fn a_listing_in_a_quote_stays_in_it() {
        check(
            "> a\n>\n> <Listing file-name=\"a\"\n> caption=\"B\">\n>\n> x\n>\n> </Listing>\n",
            "> a\n>\n> <figure class=\"listing\">\n> <span class=\"filename\">Filename: a</span>\n>\n>\n\
             > x\n>\n>\n> <figcaption>B</figcaption>\n> </figure>\n>\n",
        );
    }
}
