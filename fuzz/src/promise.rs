//! What is promised for every input, however it was made: the same answer twice,
//! places that are inside the file, HTML that is closed and runs nothing.

use compiler::diagnostic::Diagnostic;
use compiler::image::Pictures;
use compiler::parse::{Options, Parsed, parse};
use compiler::source::{SourcePath, SourceTree};
use compiler::text::render_all;
use compiler::theme::Theme;

use crate::school::School;

/// Elements that have no end tag.
const VOID: [&str; 12] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];

/// Reads the school twice; both times the same is told, with places that are there.
pub(crate) fn parses_alike(tree: &SourceTree) -> Parsed {
    let (one, other) = (parse(tree, &Options::default()), parse(tree, &Options::default()));
    assert_eq!(one.diagnostics, other.diagnostics, "told differently the second time");
    assert_places(tree, &one.diagnostics);
    one
}

/// Renders every text of the school. Answers with all that was made, public or not.
pub(crate) fn renders_soundly(school: &School, tree: &SourceTree) -> Vec<(SourcePath, String)> {
    let Some(parsed) = parses_alike(tree).school else { return Vec::new() };
    let pictures = Pictures::default();
    let (documents, told) = render_all(&parsed, &school.theme, tree, &pictures);
    assert_places(tree, &told);
    let mut made = Vec::new();
    for (path, document) in &documents {
        let gated = document.gated.as_ref().map(|html| html.0.as_str());
        for html in [Some(document.public.0.as_str()), gated].into_iter().flatten() {
            assert_closed(html);
            made.push((path.clone(), html.to_owned()));
        }
    }
    made
}

/// Loads the theme twice; a theme that can't be used comes with an error.
pub(crate) fn theme_loads_alike(school: &School, tree: &SourceTree) {
    let Some(parsed) = parse(tree, &Options::default()).school else { return };
    let (theme, told) = Theme::load(tree, &parsed.config);
    assert!(theme.is_some() || compiler::diagnostic::has_errors(&told), "refused without a word");
    assert_places(tree, &told);
    let Some(theme) = theme else { return };
    assert_eq!(told, Theme::load(tree, &parsed.config).1, "told differently the second time");
    let text = b"---\nid: own\ntitle: Own\n---\n:::note[A]\nb\n:::\n".as_slice();
    let tree = tree.clone().overlay(school.tree_with(&[(crate::school::LESSON, text)]));
    let (_, told) = render_all(&parsed, &theme, &tree, &Pictures::default());
    assert_places(&tree, &told);
}

/// Each place is inside the file, and each mend between two characters of it.
fn assert_places(tree: &SourceTree, told: &[Diagnostic]) {
    for diagnostic in told {
        let Ok(text) = tree.text(&diagnostic.path) else { continue };
        if let Some(span) = diagnostic.span {
            let line = text.split('\n').nth(span.line.saturating_sub(1));
            let columns = line.map(|line| line.chars().count());
            assert!(span.line > 0 && span.column > 0 && span.length > 0, "{diagnostic:#?}");
            let is_inside = columns.is_some_and(|columns| span.column <= columns + 1);
            assert!(is_inside, "outside of the file: {diagnostic:#?}");
        }
        if let Some(fix) = &diagnostic.fix {
            assert!(text.get(fix.start..fix.end).is_some(), "mends no text: {diagnostic:#?}");
        }
    }
}

/// Each tag is closed in order, and nothing in it runs.
fn assert_closed(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let end = tag_end(tag);
        let (inside, after) = tag.split_at(end);
        rest = after;
        let name = inside.trim_start_matches('/');
        let name = name.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        if inside.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "closed out of order: {html}");
        } else if !inside.ends_with('/') && !VOID.contains(&name) {
            assert!(!["script", "iframe", "object", "style"].contains(&name), "runs: {html}");
            open.push(name);
        }
        let lower = inside.to_ascii_lowercase();
        assert!(!lower.contains("href=\"javascript:"), "runs: {html}");
    }
    assert!(open.is_empty(), "left open {open:?}: {html}");
}

/// Where a tag ends: `>` inside of quotes doesn't end it.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}
