//! Headings: their levels, their anchors and the table of contents.

use std::collections::HashMap;

use comrak::nodes::{AstNode, NodeValue};

use super::info;
use super::mark::Marks;
use super::report::Report;
use crate::diagnostic::Code;
use crate::document::Heading;
use crate::escape::escaped;

/// Gives each heading an anchor that no other one of the document has.
#[derive(Default)]
struct Anchors {
    /// How many headings have asked for a name, taken or not.
    asked: HashMap<String, usize>,
}

/// A heading as it is written out.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) heading: Heading,
    /// Its attribute `class`, if it has classes.
    pub(super) class: String,
}

/// The headings of a parsed text in the order in which they are written out.
/// `{#anchor .class}` is taken off the text it ends.
pub(super) fn collect<'a>(root: &'a AstNode<'a>) -> Vec<Named> {
    let mut anchors = Anchors::default();
    let mut headings = Vec::new();
    for node in root.descendants() {
        let NodeValue::Heading(heading) = node.data().value else { continue };
        let Marks { id, classes } = take_marks(node).unwrap_or_default();
        let text = node.collect_text().trim().to_owned();
        let wanted = id.unwrap_or_else(|| slug(&text));
        let heading = Heading { level: heading.level, id: anchors.unique(wanted), text };
        headings.push(Named { heading, class: Marks { id: None, classes }.class() });
    }
    headings
}

/// Closes the gaps between the levels of headings: `###` right below the title of
/// the page becomes `h2`, and its `####` `h3`. Who listens to a page finds the
/// way by these levels, and a missing one sounds like a missing part.
pub(super) fn close_gaps<'a>(root: &'a AstNode<'a>) {
    // The headings that enclose the next one, by the level they were given.
    let mut enclosing = Vec::new();
    for node in root.descendants() {
        let mut data = node.data_mut();
        let NodeValue::Heading(heading) = &mut data.value else { continue };
        while enclosing.last().is_some_and(|level| *level >= heading.level) {
            enclosing.pop();
        }
        enclosing.push(heading.level);
        // Below the title, which is the page's own `h1`. One of the text's own
        // stays as it is.
        if heading.level > 1 {
            let depth = enclosing.iter().filter(|level| **level > 1).count();
            heading.level = u8::try_from(depth + 1).unwrap_or(6).min(6);
        }
    }
}

/// Tells of the first heading that stands beside the title of the page: `title`, which
/// is the only one on that level.
pub(super) fn report_second_title<'a, 't>(
    root: &'a AstNode<'a>,
    title: impl FnOnce() -> Option<&'t str>,
    report: &mut Report<'_>,
) {
    let is_first = |node: &&AstNode<'a>| matches!(&node.data().value, NodeValue::Heading(heading) if heading.level == 1);
    let Some(heading) = root.descendants().find(is_first) else { return };
    let place = report.range(heading.data().sourcepos);
    let message = "the page has its title from the front matter, and this is a second one";
    let told = report.diagnostic(place.clone(), Code::SecondTitle, message);
    let text = heading.collect_text();
    // What stands in front of it may be needed where it is, and is not looked at.
    let is_whole = heading.parent().is_some_and(|parent| parent.same_node(root));
    report.push(match title() {
        Some(title) if is_whole && text.trim() == title.trim() => {
            told.hint("leave it out").fixed_by(&report.with_blank_lines(place), "", "leave it out")
        }
        _ => told.hint("write `##`, and one more `#` for what stands below it"),
    });
}

/// The table of contents of a gated body; empty where it would have one line.
pub(super) fn table_of_contents(headings: &[Heading], title: &str) -> String {
    if headings.len() < 2 {
        return String::new();
    }
    let mut html = format!("<nav class=\"toc\" aria-label=\"{}\">\n<ol>\n", escaped(title));
    for Heading { level, id, text } in headings {
        let (id, text) = (escaped(id), escaped(text));
        html.push_str(&format!("<li class=\"toc-{level}\"><a href=\"#{id}\">{text}</a></li>\n"));
    }
    html.push_str("</ol>\n</nav>\n");
    html
}

/// Takes `{#anchor .class}` off the end of a heading.
fn take_marks<'a>(heading: &'a AstNode<'a>) -> Option<Marks> {
    let last = heading.last_child()?;
    let mut data = last.data_mut();
    let text = data.value.text_mut()?;
    let start = text.trim_end().strip_suffix('}')?.rfind('{')?;
    let (before, marks) = text.split_at_checked(start)?;
    let (id, classes) = info::marks(marks.trim_end())?;
    let before = before.trim_end().to_owned();
    *text = before.into();
    Some(Marks { id, classes })
}

/// The anchor GitHub gives a heading: lower case, punctuation dropped, spaces
/// as `-`. Letters of every script stay.
fn slug(text: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let slug: String = text
        .to_lowercase()
        .chars()
        .filter(kept)
        .map(|c| if c == ' ' { '-' } else { c })
        .take(200)
        .collect();
    // An anchor can't be empty, and a heading may be all signs or a picture.
    if slug.chars().all(|c| c == '-') { "section".to_owned() } else { slug }
}

impl Anchors {
    fn unique(&mut self, wanted: String) -> String {
        let mut next = self.asked.get(&wanted).copied().unwrap_or(0);
        let mut id = if next == 0 { wanted.clone() } else { format!("{wanted}-{next}") };
        while next > 0 && self.asked.contains_key(&id) {
            next += 1;
            id = format!("{wanted}-{next}");
        }
        self.asked.insert(wanted, next + 1);
        self.asked.entry(id.clone()).or_insert(1);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_those_of_github() {
        for (text, anchor) in [
            ("Hello, World!", "hello-world"),
            ("What is `Box<T>`?", "what-is-boxt"),
            ("所有权 与 借用", "所有权-与-借用"),
            ("Été — ça", "été--ça"),
            ("snake_case and kebab-case", "snake_case-and-kebab-case"),
            ("???", "section"),
            ("", "section"),
        ] {
            assert_eq!(slug(text), anchor, "{text}");
        }
    }

    #[test]
    fn no_two_anchors_are_alike() {
        let mut anchors = Anchors::default();
        let ids =
            ["a", "a-1", "a", "a", "a-1", "b"].map(|wanted| anchors.unique(wanted.to_owned()));
        assert_eq!(ids, ["a", "a-1", "a-2", "a-3", "a-1-1", "b"]);
    }

    #[test]
    fn a_hundred_thousand_equal_headings_are_named_in_time() {
        let mut anchors = Anchors::default();
        let last = (0..100_000).map(|_| anchors.unique("a".to_owned())).last();
        assert_eq!(last.as_deref(), Some("a-99999"));
    }

    #[test]
    fn one_heading_makes_no_table_of_contents() {
        let heading = Heading { level: 2, id: "a".into(), text: "A & B".into() };
        assert_eq!(table_of_contents(std::slice::from_ref(&heading), "On this page"), "");
        assert_eq!(
            table_of_contents(&[heading.clone(), heading], "On this page"),
            "<nav class=\"toc\" aria-label=\"On this page\">\n<ol>\n\
             <li class=\"toc-2\"><a href=\"#a\">A &amp; B</a></li>\n\
             <li class=\"toc-2\"><a href=\"#a\">A &amp; B</a></li>\n</ol>\n</nav>\n"
        );
    }
}
