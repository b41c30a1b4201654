//! Liquid in the pages of Jekyll: what has one meaning is put in its place, the
//! rest is told. Nothing is run.

use std::collections::BTreeMap;

use super::super::book_folder::file_name;
use super::super::line::Line;
use super::super::note::{Notes, quoted};
use super::{Kind, Site};

/// A tag that spreads over more lines is not read.
const MAX_LINES: usize = 20;

/// The page without Liquid that can be resolved.
pub(super) fn converted(
    lines: Vec<Line>,
    source: &str,
    title: &str,
    site: &Site,
    sources: &BTreeMap<String, Kind>,
    notes: &mut Notes,
) -> Vec<Line> {
    let mut page =
        Converter { source, title, site, sources, notes, mode: Mode::Text, out: Vec::new() };
    let mut rest = lines.into_iter();
    while let Some(mut line) = rest.next() {
        for _ in 0..MAX_LINES {
            if !is_unfinished(&line.text) || page.mode == Mode::Raw {
                break;
            }
            let Some(next) = rest.next() else { break };
            line.text = format!("{} {}", line.text, next.text.trim());
        }
        page.line(&line);
    }
    page.out
}

fn is_unfinished(text: &str) -> bool {
    let begins = text.rfind("{%");
    begins.is_some_and(|begin| text.rfind("%}").is_none_or(|end| end < begin))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Text,
    /// Between `raw` and `endraw`.
    Raw,
    /// Between `comment` and `endcomment`.
    Comment,
    /// Between `highlight` and `endhighlight`.
    Code,
}

struct Converter<'a> {
    source: &'a str,
    title: &'a str,
    site: &'a Site,
    sources: &'a BTreeMap<String, Kind>,
    notes: &'a mut Notes,
    mode: Mode,
    out: Vec<Line>,
}

impl Converter<'_> {
    fn line(&mut self, line: &Line) {
        let mut text = String::new();
        let mut rest = line.text.as_str();
        let mut had_tag = false;
        while let Some((before, mark, inner, after)) = next(rest) {
            if self.mode != Mode::Comment {
                text += before;
            }
            rest = after;
            let word = inner.trim_matches(['-', ' ']).split_whitespace().next().unwrap_or_default();
            let ends = match self.mode {
                Mode::Text => None,
                Mode::Raw => Some("endraw"),
                Mode::Comment => Some("endcomment"),
                Mode::Code => Some("endhighlight"),
            };
            if let Some(end) = ends
                && !(mark == Mark::Tag
                    && (word == end
                        || (self.mode == Mode::Code && matches!(word, "raw" | "endraw"))))
            {
                if self.mode != Mode::Comment {
                    text += &whole(mark, inner);
                }
                continue;
            }
            had_tag = true;
            match mark {
                Mark::Tag => {
                    text += &self.tag(inner.trim_matches(['-', ' ']), &whole(mark, inner), line.at)
                }
                Mark::Output => {
                    text +=
                        &self.output(inner.trim_matches(['-', ' ']), &whole(mark, inner), line.at)
                }
            }
        }
        if self.mode == Mode::Comment && !had_tag {
            return;
        }
        text += rest;
        if had_tag && text.trim().is_empty() {
            return;
        }
        for part in text.split('\n') {
            self.out.push(Line::new(part, line.at));
        }
    }

    fn tag(&mut self, inner: &str, whole: &str, at: usize) -> String {
        let (word, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        let rest = rest.trim();
        match word {
            "raw" if self.mode == Mode::Text => self.mode = Mode::Raw,
            "endraw" if self.mode == Mode::Raw => self.mode = Mode::Text,
            "raw" | "endraw" => {}
            "comment" => self.mode = Mode::Comment,
            "endcomment" | "endhighlight" => {
                let was = self.mode;
                self.mode = Mode::Text;
                return if was == Mode::Code { "````".to_owned() } else { String::new() };
            }
            "highlight" => {
                let mut words = rest.split_whitespace();
                let language = words.next().unwrap_or_default();
                let lines = if rest.contains("linenos") { " lines" } else { "" };
                self.mode = Mode::Code;
                return format!("````{language}{lines}");
            }
            "link" => return self.link(rest.trim_matches(['"', '\'', '/']), whole, at),
            "post_url" => {
                let name = rest.trim_matches('/');
                let fits = |source: &&String| {
                    let stem = source.rsplit_once('.').map_or(source.as_str(), |(stem, _)| stem);
                    stem.ends_with(&format!("_posts/{name}")) || file_name(stem) == file_name(name)
                };
                let found = self.sources.keys().find(fits).cloned();
                return self.link(&found.unwrap_or_default(), whole, at);
            }
            "include" | "include_relative" => {
                let why = "left out: the site's theme gives it a meaning";
                self.notes.add(self.source, at, format!("Liquid {}", quoted(inner)), why);
            }
            _ => {
                let why = "kept as text: it would have to be run";
                self.notes.add(self.source, at, format!("Liquid {}", quoted(inner)), why);
                return whole.to_owned();
            }
        }
        String::new()
    }

    fn link(&mut self, path: &str, whole: &str, at: usize) -> String {
        if self.sources.contains_key(path) || (!path.is_empty() && !path.ends_with(".md")) {
            return format!("/{path}").replace(' ', "%20");
        }
        let why = "there is no such page in the site";
        self.notes.add(self.source, at, format!("reference {}", quoted(whole)), why);
        path.to_owned()
    }

    fn output(&mut self, inner: &str, whole: &str, at: usize) -> String {
        let mut parts = inner.split('|').map(str::trim);
        let value = parts.next().unwrap_or_default();
        let is_address =
            parts.clone().all(|filter| matches!(filter, "relative_url" | "absolute_url"));
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let text = quote.and_then(|q| value.strip_prefix(q)?.strip_suffix(q));
        match (text, value) {
            (Some(text), _) if is_address && parts.next().is_some() => {
                format!("/{}", text.trim_start_matches('/'))
            }
            (Some(text), _) => text.to_owned(),
            // Links that begin with nothing begin at the top of the site.
            (None, "site.baseurl" | "site.url") => String::new(),
            (None, "site.title") if self.site.title.is_some() => {
                self.site.title.clone().unwrap_or_default()
            }
            (None, "page.title") => self.title.to_owned(),
            _ => {
                let why = "kept as text: it would have to be run";
                self.notes.add(self.source, at, format!("Liquid {}", quoted(inner)), why);
                whole.to_owned()
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Tag,
    Output,
}

fn whole(mark: Mark, inner: &str) -> String {
    match mark {
        Mark::Tag => format!("{{%{inner}%}}"),
        Mark::Output => format!("{{{{{inner}}}}}"),
    }
}

/// The next `{% … %}` or `{{ … }}` of a line. One that is not closed is text, and so is
/// what follows of its sort.
fn next(text: &str) -> Option<(&str, Mark, &str, &str)> {
    let (mut no_tag, mut no_output) = (false, false);
    // Each brace is looked at once, and so is each end that is not there: a line may
    // hold a million of one sort and none of the other.
    for (at, _) in text.match_indices('{') {
        let (mark, end, is_none) = match text.as_bytes().get(at + 1) {
            Some(b'%') => (Mark::Tag, "%}", &mut no_tag),
            Some(b'{') => (Mark::Output, "}}", &mut no_output),
            _ => continue,
        };
        if *is_none {
            continue;
        }
        let (before, rest) = text.split_at_checked(at)?;
        match rest.get(2..)?.split_once(end) {
            Some((inner, after)) => return Some((before, mark, inner, after)),
            None => *is_none = true,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_mark_that_is_closed_is_found() {
        assert_eq!(next("a {{ b }} {% c %}"), Some(("a ", Mark::Output, " b ", " {% c %}")));
        assert_eq!(next("a {{ b {% c %} d"), Some(("a {{ b ", Mark::Tag, " c ", " d")));
        assert_eq!(next("a { b {{ c {% d"), None);
    }

    #[test]
    fn lines_of_very_many_marks_end_in_time() {
        let mut notes = Notes::default();
        for unit in ["{% if a %}", "{% raw %}", "{{ a }}", "{{ ", "{% "] {
            let text = unit.repeat(500_000 / unit.len());
            let mut rest = text.as_str();
            while let Some((.., after)) = next(rest) {
                rest = after;
            }
            notes.add("a", 1, unit, "read to its end");
        }
        assert_eq!(notes.into_sorted().len(), 5);
    }
}
