//! Raw HTML in Markdown, read tag by tag: what may stay, what goes, and what is
//! still open.
//!
//! Nothing of the author's HTML is copied. Each tag that may stay is written
//! anew from its name and its checked attributes, and closed before the Markdown
//! around it is, so the page can neither run what an author pasted nor lose its
//! shape by a forgotten `</div>`.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// Elements that may stay, with the attributes each may have besides those that
/// every element may.
const ELEMENTS: [(&str, &[&str]); 78] = [
    ("a", &["href", "name", "target"]),
    ("abbr", &[]),
    ("article", &[]),
    ("aside", &[]),
    ("audio", &["src", "controls", "loop", "muted", "preload"]),
    ("b", &[]),
    ("bdi", &[]),
    ("bdo", &[]),
    ("big", &[]),
    ("blockquote", &[]),
    ("br", &[]),
    ("caption", &["align"]),
    ("center", &[]),
    ("cite", &[]),
    ("code", &[]),
    ("col", &["span", "width", "align"]),
    ("colgroup", &["span", "width", "align"]),
    ("dd", &[]),
    ("del", &["datetime"]),
    ("details", &["open"]),
    ("dfn", &[]),
    ("div", &["align"]),
    ("dl", &[]),
    ("dt", &[]),
    ("em", &[]),
    ("figcaption", &[]),
    ("figure", &[]),
    ("footer", &[]),
    ("h1", &["align"]),
    ("h2", &["align"]),
    ("h3", &["align"]),
    ("h4", &["align"]),
    ("h5", &["align"]),
    ("h6", &["align"]),
    ("header", &[]),
    ("hr", &["width"]),
    ("i", &[]),
    ("img", &["src", "alt", "width", "height", "loading", "align"]),
    ("ins", &["datetime"]),
    ("kbd", &[]),
    ("li", &["value"]),
    ("mark", &[]),
    ("ol", &["start", "type", "reversed"]),
    ("p", &["align"]),
    ("pre", &[]),
    ("q", &[]),
    ("rp", &[]),
    ("rt", &[]),
    ("ruby", &[]),
    ("s", &[]),
    ("samp", &[]),
    ("section", &[]),
    ("small", &[]),
    ("source", &["src", "type", "media"]),
    ("span", &[]),
    ("strike", &[]),
    ("strong", &[]),
    ("sub", &[]),
    ("summary", &[]),
    ("sup", &[]),
    ("table", &["align", "border", "width", "cellpadding", "cellspacing"]),
    ("tbody", &["align", "valign"]),
    ("td", &["colspan", "rowspan", "headers", "align", "valign", "width", "height", "nowrap"]),
    ("tfoot", &["align", "valign"]),
    (
        "th",
        &["colspan", "rowspan", "headers", "scope", "align", "valign", "width", "height", "nowrap"],
    ),
    ("thead", &["align", "valign"]),
    ("time", &["datetime"]),
    ("tr", &["align", "valign"]),
    ("track", &["src", "kind", "srclang", "label", "default"]),
    ("tt", &[]),
    ("u", &[]),
    ("ul", &["type"]),
    ("var", &[]),
    (
        "video",
        &[
            "src",
            "poster",
            "controls",
            "width",
            "height",
            "loop",
            "muted",
            "preload",
            "playsinline",
        ],
    ),
    ("wbr", &[]),
    // Kept for old texts; browsers still know them.
    ("acronym", &[]),
    ("dir", &[]),
    ("address", &[]),
];

/// Attributes that every element may have. A `data-` attribute may not stay: the
/// theme's script acts on its own ones.
const ATTRIBUTES: [&str; 6] = ["class", "dir", "id", "lang", "role", "title"];

/// Elements without content.
const VOID: [&str; 7] = ["br", "col", "hr", "img", "source", "track", "wbr"];

/// Elements whose content is no text of the lesson, and goes with them.
const DROPPED_WHOLE: [&str; 14] = [
    "embed",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "style",
    "svg",
    "template",
    "textarea",
    "xmp",
];

/// Elements that browsers know and that have no place in a lesson: the tag goes
/// and its content stays. Any other name is no HTML: `vector<int>` outside of a
/// code span, which is shown as it was written.
const DROPPED_TAGS: [&str; 45] = [
    "applet", "area", "base", "basefont", "bgsound", "blink", "body", "button", "canvas", "data",
    "datalist", "dialog", "fieldset", "font", "form", "frame", "frameset", "head", "hgroup",
    "html", "input", "label", "legend", "link", "listing", "main", "map", "marquee", "menu",
    "meta", "meter", "nav", "nobr", "optgroup", "option", "output", "param", "picture", "portal",
    "progress", "search", "select", "slot", "title", "model",
];

/// Elements that HTML closes by itself, so that leaving them open is no mistake.
const CLOSED_BY_ITSELF: [&str; 11] =
    ["colgroup", "dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// What becomes of HTML that could run, load or restyle something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RawHtml {
    /// It is left out, and the author is told.
    #[default]
    Sanitised,
    /// It is published as it is written, because the school says so.
    AsWritten,
}

/// How many raw elements may be open at once.
const MAX_OPEN: usize = 200;

/// A piece of raw HTML, and the line of the snippet it stands in, from 0.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) line: usize,
    pub(super) kind: PieceKind,
}

/// What a piece of raw HTML is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Text, decoded.
    Text(String),
    /// A tag that opens an element which may stay.
    Open(Element),
    /// A tag that closes one.
    Close(&'static str),
    /// A tag that may not stay, by name.
    Dropped(String),
    /// A tag, or an element with all it holds, that stays whatever it does.
    AsWritten(String),
    /// Something between angle brackets that is no HTML, as it was written.
    Unknown(String),
    /// An attribute that may not stay, and its element.
    DroppedAttribute(String, &'static str),
}

/// An element that may stay.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: &'static str,
    /// Checked by name; addresses are not checked yet.
    pub(super) attributes: Vec<(String, String)>,
}

impl Element {
    pub(super) fn is_void(&self) -> bool {
        VOID.contains(&self.name)
    }

    /// Takes an attribute off the element.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let index = self.attributes.iter().position(|(attribute, _)| attribute == name)?;
        Some(self.attributes.remove(index).1)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(attribute, _)| attribute == name).map(|(_, value)| &**value)
    }
}

/// An element whose content is no text of the lesson, while it is read.
struct Whole {
    name: String,
    /// How many of its name are open.
    depth: usize,
    /// Where it begins.
    start: usize,
    line: usize,
}

/// Reads a snippet of raw HTML.
pub(super) fn read(snippet: &str, rule: RawHtml) -> Vec<Piece> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    // The inside of a script is then one text, and goes with it.
    emitter.naively_switch_states(true);
    let mut lines = Lines::new(snippet);
    let mut pieces = Vec::new();
    let mut inside: Option<Whole> = None;
    for token in Tokenizer::new_with_emitter(snippet, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = lossy(&tag.name);
                if let Some(whole) = &mut inside {
                    whole.depth += usize::from(whole.name == name && !tag.self_closing);
                    continue;
                }
                let line = lines.of(tag.span.start);
                let start = tag.span.start;
                let written = snippet.get(start..tag.span.end).unwrap_or_default();
                if DROPPED_WHOLE.contains(&name.as_str()) && !tag.self_closing && name != "embed" {
                    inside = Some(Whole { name: name.clone(), depth: 1, start, line });
                    if rule == RawHtml::AsWritten {
                        continue;
                    }
                }
                open(&mut pieces, line, &name, &tag, (written, rule));
            }
            Token::EndTag(tag) => {
                let name = lossy(&tag.name);
                match &mut inside {
                    Some(whole) if whole.name == name => {
                        whole.depth -= 1;
                        if whole.depth == 0
                            && let Some(whole) = inside.take()
                        {
                            let written = snippet.get(whole.start..tag.span.end);
                            pieces.extend(whole.kept(written, rule));
                        }
                    }
                    Some(_) => {}
                    None => {
                        let line = lines.of(tag.span.start);
                        let written = snippet.get(tag.span.start..tag.span.end);
                        close(&mut pieces, line, &name, (written.unwrap_or_default(), rule));
                    }
                }
            }
            Token::String(text) if inside.is_none() => {
                let line = lines.of(text.span.start);
                pieces.push(Piece { line, kind: PieceKind::Text(lossy(&text.value)) });
            }
            // Comments and declarations say nothing to a reader.
            _ => {}
        }
    }
    // Within a line, the end stands in a snippet of its own.
    if let Some(whole) = inside.take() {
        let written = snippet.get(whole.start..);
        pieces.extend(whole.kept(written, rule));
    }
    pieces
}

impl Whole {
    fn kept(self, written: Option<&str>, rule: RawHtml) -> Option<Piece> {
        let written = written.filter(|_| rule == RawHtml::AsWritten)?;
        Some(Piece { line: self.line, kind: PieceKind::AsWritten(written.to_owned()) })
    }
}

fn open(
    pieces: &mut Vec<Piece>,
    line: usize,
    name: &str,
    tag: &StartTag<usize>,
    (written, rule): (&str, RawHtml),
) {
    let Some((name, allowed)) = ELEMENTS.iter().find(|(known, _)| *known == name) else {
        let kind = match rule {
            RawHtml::AsWritten => PieceKind::AsWritten(written.to_owned()),
            RawHtml::Sanitised if is_html(name) => PieceKind::Dropped(name.to_owned()),
            RawHtml::Sanitised => PieceKind::Unknown(written.to_owned()),
        };
        pieces.push(Piece { line, kind });
        return;
    };
    let mut attributes = Vec::new();
    for (attribute, value) in &tag.attributes {
        let (attribute, value) = (lossy(attribute), lossy(&value.value));
        let is_allowed = ATTRIBUTES.contains(&attribute.as_str())
            || allowed.contains(&attribute.as_str())
            || is_aria(&attribute);
        if is_allowed || rule == RawHtml::AsWritten {
            attributes.push((attribute, value));
        } else {
            pieces.push(Piece { line, kind: PieceKind::DroppedAttribute(attribute, name) });
        }
    }
    pieces.push(Piece { line, kind: PieceKind::Open(Element { name, attributes }) });
}

fn close(pieces: &mut Vec<Piece>, line: usize, name: &str, (written, rule): (&str, RawHtml)) {
    let kind = match ELEMENTS.iter().find(|(known, _)| *known == name) {
        Some((name, _)) => PieceKind::Close(name),
        None if rule == RawHtml::AsWritten => PieceKind::AsWritten(written.to_owned()),
        None if is_html(name) => return,
        None => PieceKind::Unknown(written.to_owned()),
    };
    pieces.push(Piece { line, kind });
}

/// Whether a browser would take a tag of this name as more than a word.
fn is_html(name: &str) -> bool {
    DROPPED_WHOLE.contains(&name) || DROPPED_TAGS.contains(&name) || name.contains('-')
}

fn is_aria(attribute: &str) -> bool {
    attribute
        .strip_prefix("aria-")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase()))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Counts lines forward, so that a long snippet is read once.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 0 }
    }

    fn of(&mut self, offset: usize) -> usize {
        let between = self.text.get(self.at..offset).unwrap_or_default();
        self.line += between.iter().filter(|b| **b == b'\n').count();
        self.at = self.at.max(offset);
        self.line
    }
}

/// The raw elements that are open, parted by the Markdown they stand in.
#[derive(Debug, Default)]
pub(super) struct OpenElements {
    open: Vec<Level>,
    /// How many of them are raw.
    raw: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// A Markdown element; raw HTML inside can't close what is outside.
    Markdown,
    Raw(&'static str),
}

impl OpenElements {
    pub(super) fn enter_markdown(&mut self) {
        self.open.push(Level::Markdown);
    }

    /// Answers whether there is still room: no page needs more open elements, and
    /// a deep pile of them would make each closing tag slow.
    pub(super) fn open(&mut self, name: &'static str) -> bool {
        let has_room = self.raw < MAX_OPEN;
        if has_room {
            self.raw += 1;
            self.open.push(Level::Raw(name));
        }
        has_room
    }

    /// The elements to close, the innermost first, for a tag that closes `name`.
    /// `None` if it closes nothing here.
    pub(super) fn close(&mut self, name: &'static str) -> Option<Vec<&'static str>> {
        let raw = |level: &&Level| **level != Level::Markdown;
        let mut inside = self.open.iter().rev().take_while(raw);
        let depth = inside.position(|level| *level == Level::Raw(name))?;
        Some((0..=depth).filter_map(|_| self.pop()).collect())
    }

    /// The elements that are still open when a Markdown element ends.
    pub(super) fn leave_markdown(&mut self) -> Vec<&'static str> {
        let open = self.close_all();
        self.open.pop();
        open
    }

    /// The elements that are open inside of the innermost Markdown element.
    pub(super) fn close_all(&mut self) -> Vec<&'static str> {
        std::iter::from_fn(|| self.pop()).collect()
    }

    fn pop(&mut self) -> Option<&'static str> {
        match self.open.last() {
            Some(Level::Raw(name)) => {
                let name = *name;
                self.open.pop();
                self.raw -= 1;
                Some(name)
            }
            _ => None,
        }
    }
}

/// Whether leaving it open is worth telling the author.
pub(super) fn must_be_closed(name: &str) -> bool {
    !CLOSED_BY_ITSELF.contains(&name)
}
