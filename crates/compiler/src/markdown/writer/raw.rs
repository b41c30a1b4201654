//! Raw HTML in a text: written anew, its addresses checked, and closed where the
//! Markdown around it ends.

use std::ops::Range;

use comrak::nodes::Sourcepos;

use super::Writer;
use crate::diagnostic::Code;
use crate::diagnostic::shown::{shown, shown_at_most};
use crate::escape::escaped;
use crate::markdown::raw_html::{self, Element, PieceKind};

impl Writer<'_, '_> {
    /// What stands before the content of a Markdown element that ends: the end of
    /// the raw HTML left open in it.
    pub(super) fn leave(&mut self, position: Sourcepos) -> String {
        let left = self.open.leave_markdown();
        self.report_unclosed(&left, position);
        closing_tags(&left)
    }

    pub(super) fn report_unclosed(&mut self, left: &[&'static str], position: Sourcepos) {
        for name in left.iter().filter(|name| raw_html::must_be_closed(name)) {
            let range = self.report.range_of(position, &format!("<{name}"));
            let message = format!("`<{name}>` is not closed where it was opened");
            let diagnostic = self.report.diagnostic(range, Code::RawHtml, message);
            self.report.push(
                diagnostic
                    .hint(format!("write `</{name}>` in the same paragraph, list item or quote")),
            );
        }
    }

    /// Raw HTML, written anew.
    pub(super) fn raw_html(&mut self, snippet: &str, position: Sourcepos) -> String {
        let mut html = String::new();
        for piece in raw_html::read(snippet, self.scene.context.raw_html) {
            match piece.kind {
                PieceKind::Text(text) => html.push_str(&escaped(&text)),
                PieceKind::Open(element) => self.open_raw(&mut html, element, position),
                PieceKind::Close(name) => match self.open.close(name) {
                    Some(names) => html.push_str(&closing_tags(&names)),
                    None if raw_html::must_be_closed(name) => {
                        let message = format!("`</{name}>` closes nothing here and was left out");
                        self.warn_raw(position, piece.line, &format!("</{name}"), message);
                    }
                    None => {}
                },
                PieceKind::AsWritten(written) => html.push_str(&written),
                PieceKind::Dropped(name) => {
                    let message = format!("`<{}>` is not allowed and was left out", shown(&name));
                    self.warn_raw(position, piece.line, &format!("<{name}"), message);
                }
                PieceKind::Unknown(written) => {
                    html.push_str(&escaped(&written));
                    let range = self.tag_range(position, piece.line, &written);
                    let tag = shown_at_most(&written, 80);
                    let message = format!("`{tag}` is no HTML and is shown as text");
                    let diagnostic = self.report.diagnostic(range, Code::RawHtml, message);
                    self.report.push(diagnostic.hint("put code between backticks"));
                }
                PieceKind::DroppedAttribute(attribute, name) => {
                    let message = format!(
                        "the attribute `{}` of `<{name}>` is not allowed and was left out",
                        shown(&attribute)
                    );
                    self.warn_raw(position, piece.line, &attribute, message);
                }
            }
        }
        html
    }

    fn open_raw(&mut self, html: &mut String, mut element: Element, position: Sourcepos) {
        if element.name == "img" {
            html.push_str(&self.raw_picture(element, position));
            return;
        }
        if let Some(id) = element.attribute("id").or(element.attribute("name")) {
            self.anchors.insert(id.to_owned());
        }
        self.check_addresses(&mut element, position);
        if !element.is_void() && !self.open.open(element.name) {
            return;
        }
        html.push_str(&opening_tag(&element));
    }

    /// Warns about a tag in a snippet that begins at `position`.
    fn warn_raw(&mut self, position: Sourcepos, line: usize, needle: &str, message: String) {
        let range = self.tag_range(position, line, needle);
        let diagnostic = self.report.diagnostic(range, Code::RawHtml, message);
        self.report.push(diagnostic);
    }

    /// Where `needle` stands in a snippet, which line of it being known.
    fn tag_range(&self, mut at: Sourcepos, line: usize, needle: &str) -> Range<usize> {
        if line > 0 {
            at.start.line += line;
            at.start.column = 1;
        }
        self.report.first_of(at, needle)
    }
}

pub(super) fn closing_tags(names: &[&str]) -> String {
    names.iter().map(|name| format!("</{name}>")).collect()
}

pub(in crate::markdown) fn opening_tag(element: &Element) -> String {
    let mut html = format!("<{}", element.name);
    for (name, value) in &element.attributes {
        html.push(' ');
        html.push_str(name);
        html.push_str("=\"");
        html.push_str(&escaped(value));
        html.push('"');
    }
    html.push('>');
    html
}
