//! The outside links of a school's texts, each with its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use compiler::school::{Markdown, School};
use compiler::source::SourcePath;
use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use url::Url;

/// A link to another site, where it is written.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// Without the heading.
    pub(super) url: String,
    pub(super) fragment: Option<String>,
    pub(super) path: SourcePath,
    pub(super) file: Arc<str>,
    /// The bytes of the file that it takes.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Every outside link of every text in every language.
pub(super) fn all(school: &School) -> Vec<Link> {
    let mut bodies: Vec<&Markdown> = Vec::new();
    for course in &school.courses {
        bodies.extend(course.editions.values().map(|edition| &edition.body));
        for lesson in course.lessons() {
            bodies.extend(lesson.editions.values().map(|edition| &edition.body));
        }
    }
    bodies.extend(school.pages.iter().flat_map(|page| page.editions.values()).map(|e| &e.body));
    let teachers = school.instructors.values().flat_map(|teacher| teacher.editions.values());
    bodies.extend(teachers.map(|edition| &edition.body));
    bodies.into_iter().flat_map(of).collect()
}

fn of(body: &Markdown) -> Vec<Link> {
    let text = body.text();
    let mut from: BTreeMap<String, usize> = BTreeMap::new();
    let mut links = Vec::new();
    for (url, line) in addresses(text) {
        let Ok(parsed) = Url::parse(&url) else { continue };
        if !matches!(parsed.scheme(), "http" | "https") {
            continue;
        }
        let line_start = offset_of_line(text, line);
        // Two links to one address on one line stand at two places.
        let at = from.get(&url).copied().unwrap_or_default().max(line_start);
        let found = text.get(at..).and_then(|rest| rest.find(&url)).map(|found| at + found);
        let (start, length) = found.map_or((line_start, 0), |start| (start, url.len()));
        from.insert(url.clone(), start + length);
        let fragment = parsed.fragment().filter(|f| !f.is_empty()).map(str::to_owned);
        let mut bare = parsed;
        bare.set_fragment(None);
        links.push(Link {
            url: bare.into(),
            fragment,
            path: body.path.clone(),
            file: body.file.clone(),
            start: body.start + start,
            end: body.start + start + length,
        });
    }
    links
}

/// Addresses in the order of the text, each with the line of what holds it.
fn addresses(text: &str) -> Vec<(String, usize)> {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    let root = parse_document(&arena, text, &options);
    let mut found = Vec::new();
    for node in root.descendants() {
        let data = node.data();
        let line = data.sourcepos.start.line;
        match &data.value {
            NodeValue::Link(link) | NodeValue::Image(link) => found.push((link.url.clone(), line)),
            NodeValue::HtmlBlock(html) => in_attributes(&html.literal, line, &mut found),
            NodeValue::HtmlInline(html) => in_attributes(html, line, &mut found),
            // A component is a paragraph for this reader.
            NodeValue::Text(words) if words.trim_start().starts_with("::") => {
                in_attributes(words, line, &mut found);
            }
            _ => {}
        }
    }
    // An address of a component is also seen as one that stands bare.
    found.dedup();
    found
}

fn in_attributes(text: &str, line: usize, found: &mut Vec<(String, usize)>) {
    for key in ["href=", "src=", "link=", "poster="] {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(key) {
            rest = after;
            let value = after.trim_start_matches(['"', '\'']);
            let end =
                value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | '}'));
            let value = value.get(..end.unwrap_or(value.len())).unwrap_or_default();
            if value.starts_with("http://") || value.starts_with("https://") {
                found.push((value.to_owned(), line));
            }
        }
    }
}

fn offset_of_line(text: &str, line: usize) -> usize {
    if line <= 1 {
        return 0;
    }
    text.match_indices('\n').nth(line - 2).map_or(0, |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_wherever_a_reader_can_follow_them() {
        let text = "[a](https://a.test/x) and <https://b.test>\n\n`https://code.test`\n\n    https://code.test\n\n\
                    https://bare.test/y\n\n<a href=\"https://h.test/\">h</a>\n\n![p](https://p.test/i.png)\n\n\
                    [r]\n\n[r]: https://r.test/\n\n::embed[E]{src=\"https://e.test/v\"}\n";
        let found: Vec<String> = addresses(text).into_iter().map(|(url, _)| url).collect();
        for host in ["a", "b", "bare", "h", "p", "r", "e"] {
            assert!(
                found.iter().any(|url| url.contains(&format!("://{host}.test"))),
                "{host}: {found:?}"
            );
        }
        assert!(!found.iter().any(|url| url.contains("code")));
    }
}
