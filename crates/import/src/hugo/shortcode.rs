//! Shortcodes of Hugo: those that Hugo brings and those that most themes have
//! become components; others stay as text and are told.

use std::collections::BTreeSet;

use super::super::book_folder::{file_name, parent, resolve};
use super::super::container::{Containers, escaped, note_kind};
use super::super::line::{FenceTracker, Line, Role};
use super::super::note::{Notes, quoted};

/// A shortcode whose arguments spread over more lines is not read.
const MAX_LINES: usize = 20;

/// The page with its shortcodes in Lyceum's Markdown. `names` are the sources
/// of all pages.
pub(super) fn converted(
    lines: Vec<Line>,
    source: &str,
    names: &BTreeSet<String>,
    notes: &mut Notes,
) -> Vec<Line> {
    let mut page = Converter {
        source,
        names,
        notes,
        out: Vec::new(),
        open: Containers::default(),
        code: false,
    };
    let mut fences = FenceTracker::default();
    let mut rest = lines.into_iter().peekable();
    while let Some(mut line) = rest.next() {
        let role = if page.code { Role::Code } else { fences.role(&line.text) };
        if role != Role::Text && !page.code {
            let text = line.text.replace("{{</*", "{{<").replace("*/>}}", ">}}");
            let text = text.replace("{{%/*", "{{%").replace("*/%}}", "%}}");
            page.out.push(Line::new(text, line.at));
            continue;
        }
        for _ in 0..MAX_LINES {
            if !is_unfinished(&line.text) {
                break;
            }
            let Some(next) = rest.next() else { break };
            line.text = format!("{} {}", line.text, next.text.trim());
        }
        page.line(&line);
    }
    let Converter { mut out, open, notes, .. } = page;
    open.finish(&mut out, source, notes);
    out
}

/// Whether what follows is the address of a link, and no words.
fn is_destination(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with(['=', '"', '\''])
        || before.ends_with("](")
        || before.ends_with("](<")
        || before.ends_with("]:")
        || is_in_code(before)
}

/// Whether a text ends within a span of code; one that began very far back is none.
fn is_in_code(before: &str) -> bool {
    let far = before.ceil_char_boundary(before.len().saturating_sub(2000));
    before.get(far..).is_some_and(|near| near.matches('`').count() % 2 == 1)
}

fn is_unfinished(text: &str) -> bool {
    let begins = text.rfind("{{<").max(text.rfind("{{%"));
    let ends = text.rfind(">}}").max(text.rfind("%}}"));
    begins.is_some_and(|begin| ends.is_none_or(|end| end < begin))
}

struct Converter<'a> {
    source: &'a str,
    names: &'a BTreeSet<String>,
    notes: &'a mut Notes,
    out: Vec<Line>,
    open: Containers,
    /// Whether a `highlight` is open.
    code: bool,
}

/// A shortcode in its parts.
#[derive(Debug, PartialEq, Eq)]
struct Shortcode {
    name: String,
    is_close: bool,
    arguments: Vec<(Option<String>, String)>,
}

impl Converter<'_> {
    fn line(&mut self, line: &Line) {
        let mut text = String::new();
        let mut rest = line.text.as_str();
        while let Some((before, inner, after)) = next(rest) {
            text += before;
            rest = after;
            if inner.starts_with("/*") {
                let example = inner.trim_start_matches("/*").trim_end_matches("*/");
                text += &format!("{{{{< {} >}}}}", example.trim());
                continue;
            }
            let code = Shortcode::read(inner);
            if self.code && !(code.is_close && code.name == "highlight") {
                text += &format!("{{{{<{inner}>}}}}");
                continue;
            }
            match self.inline(&code, &text, line) {
                Some(put) => text += &put,
                None => {
                    if !text.trim().is_empty() {
                        self.out.push(Line::new(text.trim_end(), line.at));
                    }
                    let indent = line.text.len() - line.text.trim_start().len();
                    text = line.text.get(..indent).unwrap_or_default().to_owned();
                    if !self.block(&code, line) {
                        let what = format!("shortcode {}", quoted(inner.trim()));
                        let why = "kept as text: the site's theme gives it a meaning";
                        self.notes.add(self.source, line.at, what, why);
                        text += &format!("{{{{< {} >}}}}", inner.trim());
                    }
                }
            }
        }
        text += rest;
        let had_shortcode = rest.len() != line.text.len();
        if !(had_shortcode && text.trim().is_empty()) {
            self.out.push(Line::new(text, line.at));
        }
    }

    /// What stands in a line of text.
    fn inline(&mut self, code: &Shortcode, before: &str, line: &Line) -> Option<String> {
        match code.name.as_str() {
            "ref" | "relref" => {
                let path = code.argument("path", 0).unwrap_or_default();
                let address = self.address(path, line);
                // In a sentence Hugo puts the bare address; that of the file would
                // be words that lead nowhere.
                let is_bare = !is_destination(before) && address.starts_with(['/', '#']);
                let name = path.replace(['[', ']'], "");
                Some(if is_bare { format!("[{name}]({address})") } else { address })
            }
            _ => None,
        }
    }

    /// The address of the page that a `ref` names.
    fn address(&mut self, path: &str, line: &Line) -> String {
        let (page, heading) = match path.split_once('#') {
            Some((page, heading)) => (page, format!("#{heading}")),
            None => (path, String::new()),
        };
        if page.is_empty() {
            return heading;
        }
        match self.page(page) {
            Some(source) => format!("/{source}{heading}").replace(' ', "%20"),
            None => {
                let what = format!("reference to {}", quoted(path));
                self.notes.add(self.source, line.at, what, "there is no such page in the site");
                path.to_owned()
            }
        }
    }

    fn page(&self, wanted: &str) -> Option<String> {
        let is_at_top = wanted.starts_with('/');
        let bare = wanted.trim_matches('/').trim_end_matches(".md");
        let beside = resolve(parent(self.source), bare).filter(|_| !is_at_top);
        let fits = |source: &&String| {
            let stem = source.rsplit_once('.').map_or(source.as_str(), |(stem, _)| stem);
            let stem = match file_name(stem) {
                "index" | "_index" if !bare.ends_with("index") => parent(stem),
                _ => stem,
            };
            beside.as_deref() == Some(stem) || stem == bare || stem.ends_with(&format!("/{bare}"))
        };
        let mut found: Vec<&String> = self.names.iter().filter(fits).collect();
        // The nearest one is meant: beside this page, then the shortest path.
        found.sort_by_key(|source| (parent(source) != parent(self.source), source.len()));
        found.first().map(|source| (*source).clone())
    }

    /// What stands between blocks; false if the name says nothing to us.
    fn block(&mut self, code: &Shortcode, line: &Line) -> bool {
        let name = code.name.as_str();
        if code.is_close {
            return self.close(name, line);
        }
        match name {
            "figure" => self.figure(code, line),
            "highlight" => {
                let language = code.argument("lang", 0).unwrap_or_default();
                let settings = self.highlight(code, line);
                self.out.push(Line::new(format!("````{language}{settings}"), line.at));
                self.code = true;
            }
            "youtube" => self.embed(
                "https://www.youtube-nocookie.com/embed/",
                code.argument("id", 0),
                code.argument("title", 9),
                line,
            ),
            "vimeo" => self.embed(
                "https://player.vimeo.com/video/",
                code.argument("id", 0),
                code.argument("title", 9),
                line,
            ),
            "details" | "expand" => {
                let label = code.argument("summary", 0).or(code.argument("title", 0));
                let label = label.unwrap_or("Details");
                self.open.open(&mut self.out, name, "details", Some(label), line);
            }
            "hint" | "alert" | "callout" | "notice" | "admonition" => {
                let said =
                    ["type", "color", "context"].into_iter().find_map(|k| code.argument(k, 0));
                let (kind, own) = said.and_then(note_kind).unwrap_or(("note", None));
                let label = code.argument("title", 1).or(own);
                self.open.open(&mut self.out, name, kind, label, line);
            }
            "note" | "tip" | "info" | "warning" | "caution" | "danger" | "important" => {
                let (kind, own) = note_kind(name).unwrap_or(("note", None));
                self.open.open(&mut self.out, name, kind, code.argument("title", 0).or(own), line);
            }
            "tabs" | "tabpane" => self.open.open(&mut self.out, name, "tabs", None, line),
            "tab" if matches!(self.open.innermost(), Some("tabs" | "tabpane")) => {
                let label = ["name", "header", "title"].into_iter();
                let label = label.filter_map(|key| code.argument(key, 0)).next().unwrap_or("Tab");
                self.open.open(&mut self.out, name, "tab", Some(label), line);
            }
            _ => return false,
        }
        true
    }

    /// What stands behind the fence of a `highlight`.
    fn highlight(&mut self, code: &Shortcode, line: &Line) -> String {
        let options = code.argument("options", 1).unwrap_or_default();
        let mut settings: Vec<(&str, String)> = Vec::new();
        for part in options.split(',') {
            match (part.split_once('='), settings.last_mut()) {
                (Some((key, value)), _) => settings.push((key.trim(), value.to_owned())),
                // `hl_lines=[2,5]`
                (None, Some((_, value))) => *value += &format!(" {part}"),
                (None, None) => {}
            }
        }
        for (key, value) in &code.arguments {
            if let Some(key @ ("hl_lines" | "linenos" | "linenostart")) = key.as_deref() {
                settings.push((key, value.clone()));
            }
        }
        let value = |key: &str| settings.iter().find(|(own, _)| *own == key).map(|(_, v)| v.trim());
        let mut out = match (value("linenos"), value("linenostart")) {
            (None | Some("false"), _) => String::new(),
            (Some(_), Some(first)) if first.parse::<u32>().is_ok() => format!(" lines={first}"),
            (Some(_), _) => " lines".to_owned(),
        };
        let marked: Vec<&str> = value("hl_lines")
            .unwrap_or_default()
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '"' | '\''))
            .filter(|part| !part.is_empty())
            .collect();
        let fits = |part: &&str| part.chars().all(|c| c.is_ascii_digit() || c == '-');
        if marked.iter().all(fits) && !marked.is_empty() {
            out += &format!(" {{{}}}", marked.join(","));
        } else if !marked.is_empty() {
            let what = format!("`hl_lines` {}", quoted(&marked.join(" ")));
            self.notes.add(self.source, line.at, what, "left out: these are no lines");
        }
        for (key, _) in &settings {
            if !matches!(*key, "linenos" | "linenostart" | "hl_lines") {
                let what = format!("{} of `highlight`", quoted(key));
                self.notes.add(
                    self.source,
                    line.at,
                    what,
                    "left out: lessons have no such setting",
                );
            }
        }
        out
    }

    fn close(&mut self, name: &str, line: &Line) -> bool {
        if name == "highlight" && self.code {
            self.code = false;
            self.out.push(Line::new("````", line.at));
            return true;
        }
        self.open.close(&mut self.out, name, line.at)
    }

    fn figure(&mut self, code: &Shortcode, line: &Line) {
        let source = code.argument("src", 0).unwrap_or_default().replace(' ', "%20");
        let caption = code.argument("caption", 9).or(code.argument("title", 9));
        let alternative = code.argument("alt", 9).or(caption).unwrap_or_default();
        let alternative = alternative.replace(['[', ']'], "");
        let image = format!("![{alternative}]({source})");
        let image = match code.argument("link", 9) {
            Some(link) => format!("[{image}]({link})"),
            None => image,
        };
        match caption {
            Some(caption) => {
                self.open.open(&mut self.out, "figure", "figure", Some(caption), line);
                self.out.push(Line::new(image, line.at));
                self.open.close(&mut self.out, "figure", line.at);
            }
            None => self.out.extend([Line::new(image, line.at), Line::new("", line.at)]),
        }
        for key in ["width", "height", "class", "attr", "loading"] {
            if code.argument(key, 9).is_some() {
                let what = format!("`{key}` of a figure");
                self.notes.add(self.source, line.at, what, "left out: the theme sets pictures");
            }
        }
    }

    fn embed(&mut self, site: &str, id: Option<&str>, title: Option<&str>, line: &Line) {
        let is_id = |id: &&str| {
            !id.is_empty()
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        match id.filter(is_id) {
            Some(id) => {
                let title = escaped(title.unwrap_or("Video"));
                let text = format!("::embed[{title}]{{src=\"{site}{id}\"}}");
                self.out.extend([
                    Line::new("", line.at),
                    Line::new(text, line.at),
                    Line::new("", line.at),
                ]);
            }
            None => self.notes.add(self.source, line.at, "a film", "left out: it has no id"),
        }
    }
}

/// The next shortcode of a line: what stands before, inside and behind it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    // Each pair of braces is looked at once: a line may hold a million of one sort and
    // none of the other.
    let sort = |at: usize| match text.as_bytes().get(at + 2) {
        Some(b'<') => Some((at, ">}}")),
        Some(b'%') => Some((at, "%}}")),
        _ => None,
    };
    let (start, end) = text.match_indices("{{").find_map(|(at, _)| sort(at))?;
    let (before, found) = text.split_at_checked(start)?;
    let (inner, after) = found.get(3..)?.split_once(end)?;
    Some((before, inner, after))
}

impl Shortcode {
    fn read(inner: &str) -> Self {
        let inner = inner.trim().trim_end_matches('/').trim();
        let (is_close, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner.trim()),
            None => (false, inner),
        };
        let end = inner.find(char::is_whitespace).unwrap_or(inner.len());
        let (name, mut rest) = inner.split_at_checked(end).unwrap_or((inner, ""));
        let mut arguments = Vec::new();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let key_end = rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
                .filter(|end| *end > 0 && rest.get(*end..).is_some_and(|r| r.starts_with('=')));
            let key = key_end.and_then(|end| rest.get(..end)).map(str::to_lowercase);
            rest = key_end.and_then(|end| rest.get(end + 1..)).unwrap_or(rest);
            let (value, after) = value(rest);
            arguments.push((key, value));
            rest = after;
        }
        Self { name: name.to_lowercase(), is_close, arguments }
    }

    /// The argument of a name, or the one at a position.
    fn argument(&self, name: &str, position: usize) -> Option<&str> {
        let named = self.arguments.iter().find(|(key, _)| key.as_deref() == Some(name));
        let placed = || self.arguments.get(position).filter(|(key, _)| key.is_none());
        named.or_else(placed).map(|(_, value)| value.as_str())
    }
}

fn value(text: &str) -> (String, &str) {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '`' | '\''));
    if let Some((inner, after)) = quote.and_then(|q| text.get(1..)?.split_once(q)) {
        return (inner.to_owned(), after);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, after) = text.split_at_checked(end).unwrap_or((text, ""));
    (word.to_owned(), after)
}

#[cfg(test)]
mod tests {
    use super::super::super::line::{joined, lines_of};
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) -> Vec<String> {
        let names = ["content/docs/a.md", "content/docs/b/index.md", "content/c/_index.md"];
        let names = names.map(str::to_owned).into();
        let mut notes = Notes::default();
        let lines = converted(lines_of(text), "content/docs/a.md", &names, &mut notes);
        assert_eq!(joined(&lines), expected);
        notes
            .into_sorted()
            .into_iter()
            .map(|n| format!("{}: {}: {}", n.line, n.what, n.why))
            .collect()
    }

    #[test]
    fn links_by_reference_lead_to_the_file() {
        check(
            "[b]({{< ref \"b#x\" >}}) [c]({{% relref \"/c\" %}}) [a]({{< relref \"#y\" >}})\n",
            "[b](/content/docs/b/index.md#x) [c](/content/c/_index.md) [a](#y)\n",
        );
        let notes = check("[x]({{< ref \"gone.md\" >}})\n", "[x](gone.md)\n");
        assert_eq!(notes, ["1: reference to `gone.md`: there is no such page in the site"]);
    }

    #[test]
    fn a_reference_in_a_sentence_is_a_link() {
        check(
            "See {{< ref \"docs/b\" >}}, or {{< ref \"#y\" >}}.\n\n[x]: {{< ref \"b\" >}}\n",
            "See [docs/b](/content/docs/b/index.md), or [#y](#y).\n\n[x]: /content/docs/b/index.md\n",
        );
    }

    #[test]
    fn marked_lines_of_a_highlight_stay_marked() {
        let notes = check(
            "{{< highlight go \"linenos=table,hl_lines=2 4-5,linenostart=7,style=x\" >}}\na\n{{< /highlight >}}\n",
            "````go lines=7 {2,4-5}\na\n````\n",
        );
        assert_eq!(notes, ["1: `style` of `highlight`: left out: lessons have no such setting"]);
        check(
            "{{< highlight go \"hl_lines=[1,3]\" >}}\na\n{{< /highlight >}}\n",
            "````go {1,3}\na\n````\n",
        );
        let notes = check(
            "{{< highlight go \"hl_lines=x\" >}}\na\n{{< /highlight >}}\n",
            "````go\na\n````\n",
        );
        assert_eq!(notes, ["1: `hl_lines` `x`: left out: these are no lines"]);
    }

    #[test]
    fn films_figures_code_and_details_become_components() {
        check(
            "{{< youtube abc-1 >}}\n",
            "\n::embed[Video]{src=\"https://www.youtube-nocookie.com/embed/abc-1\"}\n\n",
        );
        check(
            "{{< figure src=\"a b.png\"\n  caption=\"Two [x]\" >}}\n",
            ":::figure[Two \\[x\\]]\n![Two x](a%20b.png)\n:::\n\n",
        );
        check(
            "{{< highlight go \"linenos=table\" >}}\na {{< b >}}\n{{< /highlight >}}\n",
            "````go lines\na {{< b >}}\n````\n",
        );
        check(
            "{{% details \"More\" %}}\n{{< hint warning >}}\n**x**\n{{< /hint >}}\n{{% /details %}}\n",
            "::::details[More]\n:::warning\n**x**\n:::\n\n::::\n\n",
        );
        check(
            "{{< tabs >}}\n{{< tab \"A\" >}}\nx\n{{< /tab >}}\n{{< /tabs >}}\n",
            "::::tabs\n:::tab[A]\nx\n:::\n\n::::\n\n",
        );
    }

    #[test]
    fn what_only_a_theme_knows_stays_and_is_told_with_its_place() {
        let notes = check("a\n\n{{< mermaid-box x=1 >}}\n", "a\n\n{{< mermaid-box x=1 >}}\n");
        assert_eq!(
            notes,
            ["3: shortcode `mermaid-box x=1`: kept as text: the site's theme gives it a meaning"]
        );
        check("```\n{{</* ref \"x\" */>}}\n```\n", "```\n{{< ref \"x\" >}}\n```\n");
        let notes = check("{{< details >}}\nx\n", ":::details[Details]\nx\n:::\n\n");
        assert_eq!(notes, ["2: `details`: closed at the end of the page: it has no end"]);
        check(&"{{<".repeat(3), &format!("{}\n", "{{<".repeat(3)));
    }

    #[test]
    fn lines_of_very_many_shortcodes_end_in_time() {
        for unit in
            ["{{< a >}}", "{{% a", "{{</", "{{{<", "[a]({{< ref \"#b\" >}}) ", "{{< details >}}\n"]
        {
            let page = unit.repeat(500_000 / unit.len());
            converted(lines_of(&page), "content/a.md", &BTreeSet::new(), &mut Notes::default());
        }
    }
}
