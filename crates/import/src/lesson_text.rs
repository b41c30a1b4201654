//! The last step of a page: its links lead into the new course, its files are
//! picked up, and what Lyceum would not show is noted and taken out.

use std::collections::{BTreeMap, BTreeSet};

use super::html_tag::{HtmlTag, TagKind};
use super::inline::{self, Definitions, Purpose, Verdict, Visitor};
use super::layout::Place;
use super::line::{FenceTracker, Line, Role, container_prefix, indentation, list_marker};
use super::link::{Anchor, Atlas, Headings, Meaning};
use super::note::{Notes, quoted};
use super::object;
use super::safe_name::{Unsafe, fitting, folded, is_device};

/// What every page of the book is rewritten with.
pub(super) struct Course<'a> {
    pub(super) atlas: &'a Atlas<'a>,
    /// Places of lessons by the source of their page.
    pub(super) places: BTreeMap<&'a str, &'a Place>,
    pub(super) headings: BTreeMap<&'a str, Headings>,
}

/// A page as it is written into the course.
#[derive(Debug, Default)]
pub(super) struct LessonText {
    pub(super) text: String,
    /// Files beside the lesson: source in the book by name.
    pub(super) files: BTreeMap<String, String>,
}

/// Tags that the compiler would drop; what stands inside them stays.
const NOT_SHOWN: [&str; 22] = [
    "base", "button", "canvas", "embed", "fieldset", "font", "form", "iframe", "input", "label",
    "legend", "link", "math", "meta", "noscript", "object", "option", "script", "select", "style",
    "svg", "textarea",
];

/// Elements that are dropped with everything inside them.
const DROPPED_WHOLE: [&str; 9] =
    ["iframe", "math", "noscript", "object", "script", "style", "svg", "template", "textarea"];

impl Course<'_> {
    /// Rewrites a page that stands in `source`. `files` stand beside the lesson
    /// already, because another language of it shows them.
    pub(super) fn lesson(
        &self,
        source: &str,
        place: &Place,
        lines: &[Line],
        files: BTreeMap<String, String>,
        notes: &mut Notes,
    ) -> LessonText {
        let mut page = PageLinks { course: self, source, place, notes, files, lines: Vec::new() };
        let pieces = pieces(lines, source, page.notes);
        let definitions = page.definitions(&pieces);
        let mut text = String::new();
        for piece in &pieces {
            match piece {
                Piece::Verbatim(line) => text += &format!("{}\n", line.text),
                Piece::Text(lines) => {
                    let kept = page.without_broken_definitions(lines, &definitions);
                    let run: Vec<&str> = kept.iter().map(|line| line.text.as_str()).collect();
                    let run = run.join("\n");
                    page.lines = kept;
                    if !page.lines.is_empty() {
                        text += &inline::rewrite(&run, &definitions, &mut page);
                        text.push('\n');
                    }
                }
            }
        }
        LessonText { text: tidied(&text), files: page.files }
    }
}

/// A stretch of a page.
#[derive(Debug)]
enum Piece {
    /// Code, or a blank line.
    Verbatim(Line),
    /// Lines that belong together; links may span them.
    Text(Vec<Line>),
}

/// Parts a page into what is looked into and what isn't, and drops scripts.
fn pieces(lines: &[Line], source: &str, notes: &mut Notes) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut fences = FenceTracker::default();
    let mut is_in_list = false;
    let mut is_in_comment = false;
    let mut is_in_pre = false;
    let mut dropping: Option<&str> = None;
    for line in lines {
        if let Some(name) = dropping {
            if closes(&line.text, name) {
                dropping = None;
            }
            continue;
        }
        if !is_in_comment && fences.role(&line.text) != Role::Text {
            pieces.push(Piece::Verbatim(line.clone()));
            continue;
        }
        if let Some(picture) = object::picture(&line.text).filter(|_| !is_in_comment) {
            dropping = (!picture.is_closed).then_some("object");
            pieces.push(Piece::Text(vec![Line { text: picture.text, at: line.at }]));
            continue;
        }
        let trimmed = line.text.trim();
        if let Some(name) = dropped_whole(trimmed).filter(|_| !is_in_comment) {
            let what = format!("`<{name}>`");
            notes.add(source, line.at, what, "left out with its content: lessons run nothing");
            dropping = (!closes(trimmed, name)).then_some(name);
            continue;
        }
        is_in_pre = (is_in_pre || trimmed.starts_with("<pre")) && !trimmed.contains("</pre>");
        let was_in_comment = is_in_comment;
        is_in_comment = comment_stays_open(&line.text, is_in_comment);
        let is_blank = trimmed.is_empty() && !was_in_comment;
        if list_marker(trimmed) > 0 {
            is_in_list = true;
        } else if !is_blank && indentation(&line.text) == 0 {
            is_in_list = false;
        }
        let after_blank = !matches!(pieces.last(), Some(Piece::Text(_)));
        let is_code = indentation(&line.text) >= 4 && after_blank && !is_in_list;
        match pieces.last_mut() {
            _ if is_blank || is_in_pre || (is_code && !was_in_comment) => {
                pieces.push(Piece::Verbatim(line.clone()));
            }
            Some(Piece::Text(run)) => run.push(line.clone()),
            _ => pieces.push(Piece::Text(vec![line.clone()])),
        }
    }
    pieces
}

/// The name of the element that a line opens and that goes with its content.
fn dropped_whole(line: &str) -> Option<&'static str> {
    let tag = HtmlTag::read(line).filter(|tag| tag.kind == TagKind::Open)?;
    DROPPED_WHOLE.into_iter().find(|name| *name == tag.name)
}

fn closes(line: &str, name: &str) -> bool {
    line.to_ascii_lowercase().contains(&format!("</{name}"))
}

fn comment_stays_open(line: &str, is_open: bool) -> bool {
    let opened = line.rfind("<!--");
    let closed = line.rfind("-->");
    match (opened, closed) {
        (Some(opened), Some(closed)) => opened > closed,
        // In a span of code it opens nothing.
        (Some(opened), None) => !line.get(..opened).unwrap_or_default().contains('`'),
        (None, Some(_)) => false,
        (None, None) => is_open,
    }
}

/// One page while its links are read.
struct PageLinks<'a> {
    course: &'a Course<'a>,
    source: &'a str,
    place: &'a Place,
    notes: &'a mut Notes,
    files: BTreeMap<String, String>,
    /// The lines of the run that is being walked through.
    lines: Vec<Line>,
}

impl<'a> PageLinks<'a> {
    fn definitions(&mut self, pieces: &[Piece]) -> Definitions {
        let mut definitions = Definitions::new();
        for piece in pieces {
            let Piece::Text(lines) = piece else { continue };
            for (index, line) in lines.iter().enumerate() {
                let Some(definition) = Definition::read(lines, index) else { continue };
                let label = inline::normalised_label(&definition.label);
                let verdict = self.verdict(&definition.address, Purpose::Link, line.at);
                definitions.entry(label).or_insert(verdict);
            }
        }
        definitions
    }

    /// The lines of a run with its definitions rewritten, and without those that
    /// lead nowhere.
    fn without_broken_definitions(&self, lines: &[Line], definitions: &Definitions) -> Vec<Line> {
        let mut kept = Vec::new();
        let mut skipped = 0;
        for (index, line) in lines.iter().enumerate() {
            if skipped > 0 {
                skipped -= 1;
                continue;
            }
            let Some(definition) = Definition::read(lines, index) else {
                kept.push(line.clone());
                continue;
            };
            skipped = definition.lines - 1;
            let label = inline::normalised_label(&definition.label);
            match definitions.get(&label) {
                Some(Verdict::Unlink) => {}
                Some(Verdict::To(address)) => {
                    let Definition { prefix, label, title, .. } = definition;
                    let text = format!("{prefix}[{label}]: {address} {title}");
                    kept.push(Line::new(text.trim_end(), line.at));
                }
                Some(Verdict::Keep) | None => {
                    let whole = lines.iter().skip(index).take(definition.lines);
                    kept.extend(whole.cloned());
                }
            }
        }
        kept
    }

    fn verdict(&mut self, address: &str, purpose: Purpose, line: usize) -> Verdict {
        match self.course.atlas.meaning(self.source, address) {
            Meaning::External => Verdict::Keep,
            Meaning::ExternalAs(url) => {
                if !address.starts_with("//") {
                    let why = "the page is not in this course; the link leads to the book's site";
                    self.notes.add(self.source, line, "links to pages left out", why);
                }
                Verdict::To(url)
            }
            Meaning::Heading(heading) => {
                let source = self.source.to_owned();
                self.heading_link(String::new(), &source, &heading, line)
            }
            Meaning::Page { source, heading } => self.page_link(&source, heading.as_deref(), line),
            Meaning::File(file) => Verdict::To(self.file_beside(&file)),
            Meaning::Nowhere(why) => {
                let what = match purpose {
                    Purpose::Link => format!("link to {}", quoted(address)),
                    Purpose::Image => format!("picture {}", quoted(address)),
                };
                self.notes.add(self.source, line, what, format!("only its text is kept: {why}"));
                Verdict::Unlink
            }
        }
    }

    fn page_link(&mut self, source: &str, heading: Option<&str>, line: usize) -> Verdict {
        let Some(place) = self.course.places.get(source) else {
            return Verdict::Unlink;
        };
        let path = self.place.link_to(place);
        match heading {
            Some(heading) => self.heading_link(path, source, heading, line),
            None => Verdict::To(path),
        }
    }

    fn heading_link(&mut self, path: String, source: &str, heading: &str, line: usize) -> Verdict {
        let found = self.course.headings.get(source).map(|headings| headings.find(heading));
        match found {
            Some(Anchor::At(anchor)) => Verdict::To(format!("{path}#{}", percent_encoded(&anchor))),
            Some(Anchor::Top) if !path.is_empty() => Verdict::To(path),
            Some(Anchor::Top) => Verdict::Unlink,
            Some(Anchor::Missing) | None => {
                let what = format!("link to the heading {}", quoted(heading));
                if path.is_empty() {
                    let why = "only its text is kept: the page has no such heading";
                    self.notes.add(self.source, line, what, why);
                    return Verdict::Unlink;
                }
                let why = format!("leads to the top of the page: `{source}` has no such heading");
                self.notes.add(self.source, line, what, why);
                Verdict::To(path)
            }
        }
    }

    /// The name under which a file of the book stands beside this lesson.
    fn file_beside(&mut self, file: &str) -> String {
        if let Some((name, _)) = self.files.iter().find(|(_, source)| *source == file) {
            return name.clone();
        }
        let own = plain_file_name(super::book_folder::file_name(file));
        let (stem, extension) = own.rsplit_once('.').unwrap_or((&own, ""));
        let dot = if extension.is_empty() { "" } else { "." };
        let counted = (2..).map(|count| format!("{stem}-{count}{dot}{extension}"));
        let mut wanted = std::iter::once(own.clone()).chain(counted);
        let taken: BTreeSet<String> = self.files.keys().map(|name| folded(name)).collect();
        let is_free = |name: &String| !taken.contains(&folded(name)) && !is_device(name);
        let name = wanted.find(is_free).unwrap_or_else(|| own.clone());
        let reason = if is_device(&own) {
            Some(Unsafe::Device)
        } else if name != own {
            Some(Unsafe::Taken)
        } else {
            let in_book = super::book_folder::file_name(file);
            (fitting(in_book) != in_book).then_some(Unsafe::TooLong)
        };
        if let Some(reason) = reason {
            let what = format!("file {}", quoted(file));
            let why = format!("stands beside the lesson as `{name}`: {}", reason.why());
            self.notes.add(self.source, 0, what, why);
        }
        self.files.insert(name.clone(), file.to_owned());
        name
    }

    fn line_of(&self, text_offset: usize) -> usize {
        let mut end = 0;
        for line in &self.lines {
            end += line.text.len() + 1;
            if text_offset < end {
                return line.at;
            }
        }
        self.lines.last().map_or(0, |line| line.at)
    }
}

impl Visitor for PageLinks<'_> {
    fn address(&mut self, address: &str, purpose: Purpose, at: usize) -> Verdict {
        let line = self.line_of(at);
        self.verdict(address, purpose, line)
    }

    fn tag(&mut self, mut tag: HtmlTag, at: usize) -> Option<HtmlTag> {
        let line = self.line_of(at);
        if NOT_SHOWN.contains(&tag.name.as_str()) {
            if tag.kind != TagKind::Close {
                let what = format!("`<{}>`", tag.name);
                self.notes.add(self.source, line, what, "the tag is left out, its text is kept");
            }
            return None;
        }
        let is_dropped = |name: &str| {
            name == "style"
                || name == "markdown"
                || name.starts_with("on")
                || name.starts_with("data-")
                || matches!(name, "srcset" | "sizes")
        };
        for (name, _) in tag.attributes.iter().filter(|(name, _)| is_dropped(name)) {
            let what = format!("`{name}` of `<{}>`", tag.name);
            self.notes.add(self.source, line, what, "the attribute is left out");
        }
        tag.attributes.retain(|(name, _)| !is_dropped(name));
        Some(tag)
    }

    fn drops_attributes(&mut self, attributes: &str, at: usize) -> bool {
        let line = self.line_of(at);
        let what = format!("attributes {}", quoted(&format!("{{{attributes}}}")));
        self.notes.add(self.source, line, what, "left out: lessons have no attribute lists");
        true
    }
}

/// `[label]: address "title"`, on one line or on two.
#[derive(Debug, PartialEq, Eq)]
struct Definition {
    prefix: String,
    label: String,
    address: String,
    title: String,
    lines: usize,
}

impl Definition {
    fn read(lines: &[Line], index: usize) -> Option<Self> {
        let text = lines.get(index)?.text.as_str();
        let (prefix, rest) = text.split_at_checked(container_prefix(text))?;
        let (label, rest) = rest.strip_prefix('[')?.split_once("]:")?;
        if label.starts_with('^') || label.trim().is_empty() || label.contains(['[', ']']) {
            return None;
        }
        let (rest, count) = match rest.trim() {
            "" => (lines.get(index + 1)?.text.trim(), 2),
            rest => (rest, 1),
        };
        let (address, title) = inline::destination(rest)?;
        let title = title.trim();
        let fits = title.is_empty() || title.starts_with(['"', '\'', '(']);
        (fits && !address.is_empty()).then(|| Self {
            prefix: prefix.to_owned(),
            label: label.to_owned(),
            address,
            title: title.to_owned(),
            lines: count,
        })
    }
}

/// A file name of letters, digits, `-`, `_` and one dot.
fn plain_file_name(name: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem: String =
        stem.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let stem = fitting(&stem).trim_matches('-');
    let stem = if stem.is_empty() { "file" } else { stem };
    let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).collect();
    if extension.is_empty() { stem.to_owned() } else { format!("{stem}.{extension}") }
}

/// An anchor that can stand in a Markdown address.
fn percent_encoded(anchor: &str) -> String {
    let needs = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '%' | '\\');
    anchor
        .chars()
        .map(|c| if needs(c) && c.is_ascii() { format!("%{:02X}", u32::from(c)) } else { c.into() })
        .collect()
}

/// With one blank line where several stood outside of code, none at both ends,
/// and one line ending at the end.
fn tidied(text: &str) -> String {
    let mut fences = FenceTracker::default();
    let mut is_in_pre = false;
    let mut was_blank = true;
    let mut out = String::new();
    for line in text.lines() {
        is_in_pre = (is_in_pre || line.contains("<pre")) && !line.contains("</pre>");
        let is_text = fences.role(line) == Role::Text && !is_in_pre;
        let is_blank = line.trim().is_empty();
        if !(is_text && is_blank && was_blank) {
            out.push_str(line);
            out.push('\n');
        }
        was_blank = is_blank;
    }
    let text = out.trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}
