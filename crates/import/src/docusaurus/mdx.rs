//! MDX of Docusaurus: imports, comments, tabs, notes and components. Nothing of
//! it is run; what would have to be is told.

use super::super::container::{Containers, note_kind};
use super::super::html_tag::{HtmlTag, TagKind};
use super::super::line::{FenceTracker, Line, Role};
use super::super::note::{Notes, quoted};
use super::code;

/// A tag or a comment that spreads over more lines is not read.
const MAX_LINES: usize = 50;

/// A longer tag is text.
const MAX_TAG_BYTES: usize = 1000;

/// What stands on one line behind so many tags keeps only its text.
const MAX_TAGS: usize = 200;

/// The page in Lyceum's Markdown.
pub(super) fn converted(lines: Vec<Line>, source: &str, notes: &mut Notes) -> Vec<Line> {
    let mut fences = FenceTracker::default();
    let mut page = Page { source, notes, out: Vec::new(), open: Containers::default() };
    let mut rest = lines.into_iter().peekable();
    let mut after_blank = true;
    while let Some(line) = rest.next() {
        match fences.role(&line.text) {
            Role::Opening(opening) => {
                let mut body = Vec::new();
                let mut end = None;
                for line in rest.by_ref() {
                    if fences.role(&line.text) == Role::Closing {
                        end = Some(line);
                        break;
                    }
                    body.push(line);
                }
                page.out.extend(code::block(&opening, line.at, body, source, page.notes));
                page.out.extend(end);
                continue;
            }
            Role::Code | Role::Closing => {
                page.out.push(line);
                continue;
            }
            Role::Text => {}
        }
        let trimmed = line.text.trim();
        if after_blank && is_module_line(&line.text) {
            let word = trimmed.split_whitespace().next().unwrap_or_default().to_owned();
            let why = "left out: lessons run nothing";
            page.notes.add(source, line.at, format!("`{word}` of MDX"), why);
            let mut open = opened(&line.text);
            while open > 0 && rest.peek().is_some() {
                let Some(next) = rest.next() else { break };
                open += opened(&next.text);
            }
            continue;
        }
        after_blank = trimmed.is_empty();
        let mut line = line;
        for _ in 0..MAX_LINES {
            if !is_unfinished(&line.text) {
                break;
            }
            let Some(next) = rest.next() else { break };
            line.text = format!("{} {}", line.text, next.text.trim());
        }
        page.line(line);
    }
    let Page { mut out, open, notes, .. } = page;
    open.finish(&mut out, source, notes);
    out
}

/// `import x from 'y'` or `export const x = …`, at the margin.
fn is_module_line(text: &str) -> bool {
    let imports = text.strip_prefix("import ").is_some_and(|rest| {
        rest.contains(" from ")
            || rest.starts_with(['\'', '"', '{', '*'])
            || rest.trim_end().ends_with(',')
    });
    let exports =
        ["export const ", "export default ", "export function ", "export let ", "export {"];
    imports || exports.iter().any(|start| text.starts_with(start))
}

/// How many more brackets a text opens than it closes.
fn opened(text: &str) -> isize {
    let signed = |c: char| match c {
        '{' | '(' | '[' => 1,
        '}' | ')' | ']' => -1,
        _ => 0,
    };
    text.chars().map(signed).sum()
}

/// A tag of a component or a comment that ends on a later line.
fn is_unfinished(text: &str) -> bool {
    let trimmed = text.trim_start();
    let comment =
        text.rfind("{/*").is_some_and(|at| text.get(at..).is_some_and(|r| !r.contains("*/}")));
    let tag = trimmed.strip_prefix('<').is_some_and(|inner| {
        inner.starts_with(|c: char| c.is_ascii_uppercase() || matches!(c, 'i'))
            && !inner.contains('>')
            && (inner.starts_with("img") || inner.starts_with(|c: char| c.is_ascii_uppercase()))
    });
    comment || tag
}

struct Page<'a> {
    source: &'a str,
    notes: &'a mut Notes,
    out: Vec<Line>,
    open: Containers,
}

impl Page<'_> {
    fn line(&mut self, line: Line) {
        let text = self.without_comments(&line);
        let mut pending = vec![self.plain_attributes(&text, line.at)];
        for _ in 0..MAX_TAGS {
            let Some(text) = pending.pop() else { return };
            self.piece(&Line::new(text, line.at), &mut pending);
        }
        while let Some(text) = pending.pop() {
            let text = self.without_components(&Line::new(text, line.at));
            self.out.push(Line::new(text, line.at));
        }
    }

    /// One tag at the beginning, or a text without one; what follows is `pending`, the
    /// last of it first.
    fn piece(&mut self, line: &Line, pending: &mut Vec<String>) {
        let text = &line.text;
        // The end of a tab may stand behind its text.
        let ends = ["</TabItem>", "</Tabs>"].into_iter().filter_map(|end| text.find(end)).min();
        if let Some((before, end)) = ends.and_then(|at| text.split_at_checked(at))
            && !before.trim().is_empty()
            && !before.contains('`')
        {
            pending.extend([end.to_owned(), before.to_owned()]);
            return;
        }
        let trimmed = text.trim();
        if let Some(rest) = trimmed.strip_prefix(":::") {
            self.note(rest, line);
            return;
        }
        if trimmed.starts_with('<')
            && let Some(rest) = self.component(line)
        {
            pending.extend(Some(rest).filter(|rest| !rest.is_empty()));
            return;
        }
        let text = self.without_components(line);
        self.out.push(Line::new(text, line.at));
    }

    /// Components within a sentence go, and their text stays.
    fn without_components(&mut self, line: &Line) -> String {
        let parts = line.text.split('`').enumerate().map(|(index, part)| {
            if index % 2 == 1 {
                return part.to_owned();
            }
            let mut out = String::new();
            let mut rest = part;
            while let Some((before, found)) =
                rest.find('<').and_then(|at| rest.split_at_checked(at))
            {
                out += before;
                let Some((name, length)) = component_tag(found) else {
                    out.push('<');
                    rest = found.get(1..).unwrap_or_default();
                    continue;
                };
                if !found.starts_with("</") {
                    let why = "the tag is left out, its text is kept: lessons run nothing";
                    self.notes.add(self.source, line.at, format!("component `<{name}>`"), why);
                }
                rest = found.get(length..).unwrap_or_default();
            }
            out + rest
        });
        parts.collect::<Vec<_>>().join("`")
    }

    /// `{/* … */}` is for authors.
    fn without_comments(&mut self, line: &Line) -> String {
        let mut text = String::new();
        let mut rest = line.text.as_str();
        while let Some((before, found)) = rest.split_once("{/*") {
            let Some((inner, after)) = found.split_once("*/}") else { break };
            text += before;
            // The newer way to name a heading.
            match inner.trim().strip_prefix('#') {
                Some(id) => text += &format!("{{#{id}}}"),
                None => self.notes.add(self.source, line.at, "a comment of MDX", "left out"),
            }
            rest = after;
        }
        text + rest
    }

    /// What JSX says by expressions, where it has one meaning in HTML.
    fn plain_attributes(&mut self, text: &str, at: usize) -> String {
        let mut text = text.replace("className=", "class=");
        for call in ["require", "useBaseUrl"] {
            for quote in ['\'', '"'] {
                text = replaced(&text, &format!("{{{call}({quote}"), |rest| {
                    let (path, behind) = rest.split_once(quote)?;
                    let (_, after) = behind.split_once('}')?;
                    let path = path.trim_start_matches("@site/static");
                    Some((format!("\"{path}\""), after))
                });
            }
        }
        let text = replaced(&text, " style={{", |rest| {
            let (_, after) = rest.split_once("}}")?;
            self.notes.add(self.source, at, "`style` of MDX", "the attribute is left out");
            Some((String::new(), after))
        });
        text.replace("](pathname://", "](")
            .replace("(@site/static/", "(/")
            .replace("(@site/docs/", "(/")
    }

    /// `:::note[Title]`, `:::note Title` and the end of either.
    fn note(&mut self, rest: &str, line: &Line) {
        let rest = rest.trim_start_matches(':').trim();
        if rest.is_empty() {
            if !self.open.close(&mut self.out, "note", line.at) {
                self.out.push(line.clone());
            }
            return;
        }
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let behind = behind.split_once('{').map_or(behind, |(before, _)| before).trim();
        let title = behind.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(behind);
        let title = Some(title.trim()).filter(|title| !title.is_empty());
        let (kind, own) = note_kind(word).unwrap_or_else(|| {
            let what = format!("note {}", quoted(word));
            self.notes.add(self.source, line.at, what, "becomes a plain note");
            ("note", None)
        });
        self.open.open(&mut self.out, "note", kind, title.or(own), line);
    }

    /// A tag at the beginning of a line, and what stands behind it; `None` if it stays
    /// as it is.
    fn component(&mut self, line: &Line) -> Option<String> {
        let trimmed = line.text.trim();
        let inner = trimmed.trim_start_matches(['<', '/']);
        let is_close = trimmed.starts_with("</");
        let name_end =
            inner.find(|c: char| !(c.is_alphanumeric() || c == '.')).unwrap_or(inner.len());
        let name = inner.get(..name_end).unwrap_or_default().to_owned();
        if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
            return None;
        }
        let (tag, after) = trimmed.split_once('>')?;
        match (name.as_str(), is_close) {
            ("Tabs", false) => self.open.open(&mut self.out, "Tabs", "tabs", None, line),
            ("TabItem", false) => {
                let read = HtmlTag::read(&format!("{}>", plain_expressions(tag)));
                let read = read.filter(|tag| tag.kind != TagKind::Close);
                let said =
                    |key: &str| read.as_ref().and_then(|tag| tag.attribute(key).map(str::to_owned));
                let label = said("label").or(said("value")).unwrap_or_else(|| "Tab".to_owned());
                self.open.open(&mut self.out, "TabItem", "tab", Some(&label), line);
            }
            ("Tabs" | "TabItem", true) => {
                if !self.open.close(&mut self.out, &name, line.at) {
                    self.notes.add(
                        self.source,
                        line.at,
                        format!("`</{name}>`"),
                        "left out: it closes nothing",
                    );
                }
            }
            (_, is_close) => {
                if !is_close {
                    let why = "the tag is left out, its text is kept: lessons run nothing";
                    self.notes.add(self.source, line.at, format!("component `<{name}>`"), why);
                }
            }
        }
        Some(after.trim().to_owned())
    }
}

/// The text with what `put` makes of each place behind `start`: other words, and where
/// the text goes on. From the first place of which it makes nothing, the text stays.
fn replaced<'t>(
    text: &'t str,
    start: &str,
    mut put: impl FnMut(&'t str) -> Option<(String, &'t str)>,
) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, found)) = rest.split_once(start) {
        let Some((words, after)) = put(found) else { break };
        out += before;
        out += &words;
        rest = after;
    }
    out + rest
}

/// The name of the component whose tag a text begins with, and the length of the
/// tag. An expression in braces may hold `>`.
fn component_tag(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')))?;
    let (name, behind) = inner.split_at_checked(end)?;
    let is_component = name.starts_with(|c: char| c.is_ascii_uppercase())
        && behind.starts_with(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
    if !is_component {
        return None;
    }
    let start = text.len() - behind.len();
    let behind = behind.get(..behind.floor_char_boundary(MAX_TAG_BYTES))?;
    let mut depth = 0_usize;
    for (at, c) in behind.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '>' if depth == 0 => return Some((name, start + at + 1)),
            _ => {}
        }
    }
    None
}

/// `value={"a"}` as `value="a"`.
fn plain_expressions(tag: &str) -> String {
    tag.trim_end_matches('/')
        .replace("={\"", "=\"")
        .replace("\"}", "\"")
        .replace("={'", "='")
        .replace("'}", "'")
}

#[cfg(test)]
mod tests {
    use super::super::super::line::{joined, lines_of};
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) -> Vec<String> {
        let mut notes = Notes::default();
        let lines = converted(lines_of(text), "docs/a.mdx", &mut notes);
        assert_eq!(joined(&lines), expected);
        notes
            .into_sorted()
            .into_iter()
            .map(|n| format!("{}: {}: {}", n.line, n.what, n.why))
            .collect()
    }

    #[test]
    fn imports_and_comments_are_dropped_and_told() {
        let notes = check(
            "import Tabs from '@theme/Tabs';\nimport {\n  A,\n} from 'b';\n\n# A {/* #own */}\n\nx {/* y\nz */} w\n\nimport this from that sentence\n",
            "\n# A {#own}\n\nx  w\n\n",
        );
        assert_eq!(notes[0], "1: `import` of MDX: left out: lessons run nothing");
        assert!(notes.contains(&"8: a comment of MDX: left out".to_owned()), "{notes:?}");
    }

    #[test]
    fn tabs_and_notes_become_components() {
        let notes = check(
            "<Tabs groupId=\"os\">\n  <TabItem value=\"a\" label=\"A\" default>\n\n:::info\nx\n:::\n\n  </TabItem>\n<TabItem value=\"b\">y</TabItem>\n</Tabs>\n",
            ":::::tabs\n  ::::tab[A]\n\n:::note[Info]\nx\n:::\n\n\n  ::::\n\n:::tab[b]\ny\n:::\n\n:::::\n\n",
        );
        assert!(notes.is_empty());
        check(
            "::::danger Mind\n:::tip[T]\nx\n:::\n::::\n",
            "::::caution[Mind]\n:::tip[T]\nx\n:::\n\n::::\n\n",
        );
    }

    #[test]
    fn code_keeps_its_title_numbers_and_marked_lines() {
        let notes = check(
            "```js title=\"a b.js\" showLineNumbers {1,3-4} live\nx\n```\n```js\na\n// highlight-next-line\nb\n# highlight-start\nc\nd\n# highlight-end\n```\n",
            "```js title=\"a b.js\" lines {1,3-4}\nx\n```\n```js {2-4}\na\nb\nc\nd\n```\n",
        );
        assert_eq!(notes, ["1: `live` behind a fence: left out: lessons have no such setting"]);
    }

    #[test]
    fn components_within_a_sentence_are_told_and_their_text_stays() {
        let notes = check(
            "Text <Highlight color=\"#25c2a0\" on={() => 1}>green</Highlight>, `<Code>` and a < b.\n\n<Highlight>x</Highlight> y\n",
            "Text green, `<Code>` and a < b.\n\nx y\n",
        );
        let told = |line| {
            format!(
                "{line}: component `<Highlight>`: the tag is left out, its text is kept: lessons run nothing"
            )
        };
        assert_eq!(notes, [told(1)]);
    }

    #[test]
    fn pictures_and_components_of_react_lose_their_expressions() {
        let notes = check(
            "<img src={require('./a.png').default} style={{width: 3}} className=\"x\" />\n\n<Hero big={true}>\nText\n</Hero>\n",
            "<img src=\"./a.png\" class=\"x\" />\n\nText\n",
        );
        assert_eq!(
            notes,
            [
                "1: `style` of MDX: the attribute is left out",
                "3: component `<Hero>`: the tag is left out, its text is kept: lessons run nothing",
            ]
        );
    }

    #[test]
    fn lines_of_very_many_tags_end_in_time() {
        for unit in [
            "<Tabs>",
            "</Tabs>",
            "<A />",
            "<A b={`${",
            "<!--",
            "<A ",
            "{/* x */}",
            "<img src={require('a')} style={{a: 1}}",
            "import {\n",
            "<Tabs>\n\n",
            ":::note\n",
        ] {
            let page = unit.repeat(200_000 / unit.len());
            converted(lines_of(&page), "docs/a.mdx", &mut Notes::default());
        }
    }

    #[test]
    fn of_two_hundred_tags_on_a_line_the_text_stays() {
        let page = format!("{}end\n", "<A>b</A> ".repeat(150));
        let mut notes = Notes::default();
        let lines = converted(lines_of(&page), "docs/a.mdx", &mut notes);
        assert_eq!(joined(&lines).matches('b').count(), 150);
        assert!(joined(&lines).ends_with("end\n"), "{}", joined(&lines));
    }
}
