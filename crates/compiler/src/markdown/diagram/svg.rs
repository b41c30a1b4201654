//! A drawing written anew: read as XML, kept as far as it is listed in
//! [`super::element`], and without what nobody refers to.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use serde::{Deserialize, Serialize};

use super::element::{self, Fate};
use super::label;
use super::number::two_decimals;
use crate::escape::{escape_into, escaped};

/// The height of a line in a label that is HTML.
const LINE_HEIGHT: f64 = 24.0;

/// Of more labels none would be listened to.
const MAX_LABELS: usize = 40;

/// A drawing, ready to be named and written.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::markdown) struct Drawing {
    /// What the author calls it, as `accTitle` or its own title.
    pub(in crate::markdown) title: Option<String>,
    description: Option<String>,
    /// What is written in it.
    pub(in crate::markdown) labels: Vec<String>,
    #[serde(with = "bits")]
    pub(in crate::markdown) width: f64,
    #[serde(with = "bits")]
    height: f64,
    view_box: String,
    inside: String,
}

/// Numbers as their bits: written in figures they could come back as their neighbours.
mod bits {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &f64, out: S) -> Result<S::Ok, S::Error> {
        number.to_bits().serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(f64::from_bits)
    }
}

type Attributes = Vec<(&'static str, String)>;

/// A part of a drawing that is kept.
enum Piece {
    Open(&'static str, Attributes),
    Text(String),
    Close(&'static str),
}

/// Reads what the library drew. `None` if it is no drawing with a size.
pub(super) fn rewrite(svg: &str, number: usize) -> Option<Drawing> {
    let mut walk = Walk::default();
    let mut reader = Reader::from_str(svg);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => walk.open(&element)?,
            Event::Empty(element) => {
                walk.open(&element)?;
                walk.close();
            }
            Event::End(_) => walk.close(),
            Event::Text(text) => walk.text(&text.decode().ok()?),
            Event::CData(text) => walk.text(&text.decode().ok()?),
            Event::GeneralRef(reference) => walk.text(&meaning(&reference)),
            Event::Eof => break,
            _ => {}
        }
    }
    walk.finish(number)
}

impl Drawing {
    /// The SVG under the name `name`.
    pub(in crate::markdown) fn html(&self, name: &str) -> String {
        let (width, height) = (self.width.round(), self.height.round());
        let described = self
            .description
            .as_deref()
            .map_or(String::new(), |text| format!("<desc>{}</desc>", escaped(text)));
        format!(
            "<svg role=\"img\" aria-label=\"{}\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"{}\">{described}{}</svg>",
            escaped(name),
            self.view_box,
            self.inside
        )
    }
}

/// What an open element does.
enum Level {
    /// It is written, and its tag is this piece.
    Kept(&'static str, usize),
    Opened,
    Label {
        width: f64,
        height: f64,
        text: String,
    },
    Said {
        name: &'static str,
        text: String,
    },
    Dropped,
}

#[derive(Default)]
struct Walk {
    pieces: Vec<Piece>,
    open: Vec<Level>,
    view_box: Option<[f64; 4]>,
    /// Titles and descriptions, in the order they stand.
    said: Vec<(&'static str, String)>,
    labels: Vec<String>,
    label: String,
}

impl Walk {
    fn open(&mut self, element: &BytesStart<'_>) -> Option<()> {
        let around = self.open.iter_mut().rev().find(|level| !matches!(level, Level::Opened));
        let level = match around {
            Some(Level::Dropped) => Level::Dropped,
            Some(inner @ (Level::Label { .. } | Level::Said { .. })) => {
                // What stands in a label parts its lines, or is plain text.
                if let Level::Label { text, .. } = inner
                    && matches!(element.name().as_ref(), b"br" | b"p" | b"div")
                {
                    text.push('\n');
                }
                Level::Opened
            }
            _ => self.kept(element)?,
        };
        self.open.push(level);
        Some(())
    }

    fn kept(&mut self, element: &BytesStart<'_>) -> Option<Level> {
        let declared = declared(element)?;
        let number = |name: &str| {
            let value = declared.iter().find(|(known, _)| known == name)?;
            value.1.trim_end_matches("px").parse::<f64>().ok().filter(|n| n.is_finite())
        };
        Some(match element::fate(element.name().as_ref()) {
            Fate::Dropped => Level::Dropped,
            Fate::Label => Level::Label {
                width: number("width").unwrap_or_default(),
                height: number("height").unwrap_or_default(),
                text: String::new(),
            },
            Fate::Said if element.name().as_ref() == b"title" => {
                Level::Said { name: "title", text: String::new() }
            }
            Fate::Said => Level::Said { name: "desc", text: String::new() },
            Fate::Kept("svg") => {
                if self.view_box.is_none() {
                    let view_box = declared.iter().find(|(name, _)| name == "viewBox")?;
                    self.view_box = Some(numbers(&view_box.1)?);
                }
                Level::Opened
            }
            Fate::Kept(name) if element::is_idle(name, &declared) => Level::Dropped,
            Fate::Kept(name) => {
                let attributes = element::attributes(name, &declared);
                let attributes = self.centred(name, attributes);
                // A run of letters like those around it.
                if name == "tspan" && attributes.iter().all(|(name, _)| *name == "class") {
                    Level::Opened
                } else {
                    if name == "tspan" {
                        self.label.push(' ');
                    }
                    self.pieces.push(Piece::Open(name, attributes));
                    Level::Kept(name, self.pieces.len() - 1)
                }
            }
        })
    }

    /// Sets a label in the middle of its shape or line. The library puts its left
    /// end where it would be in the middle by its own measure of letters, which no
    /// reader's font has, and some kinds it puts half their width aside.
    fn centred(&mut self, name: &str, attributes: Attributes) -> Attributes {
        let classes = value(&attributes, "class").unwrap_or_default();
        let has = |class: &str| classes.split(' ').any(|known| known == class);
        if name == "rect" && has("d-background") && value(&attributes, "x") != Some("0") {
            return self.centred_background(attributes);
        }
        let around = self.around().and_then(|around| value(around, "class")).unwrap_or_default();
        let is_of_node = around.contains("d-node") && !around.contains("d-mindmap-node");
        let is_title = has("d-label") && is_of_node && !classes.contains("d-attribute");
        if name != "g" || !(is_title || has("d-label-group") || has("d-annotation-group")) {
            return attributes;
        }
        let mut attributes = attributes;
        centre(&mut attributes);
        attributes.push(("text-anchor", "middle".to_owned()));
        attributes
    }

    /// The ground below a label on a line, and the label itself.
    fn centred_background(&mut self, mut attributes: Attributes) -> Attributes {
        let width = value(&attributes, "width").and_then(|width| width.parse::<f64>().ok());
        let label = self.open.iter().rev().find_map(|level| match level {
            Level::Kept("g", piece) => match self.pieces.get(*piece) {
                Some(Piece::Open(_, label)) => {
                    let is_label = value(label, "class") == Some("d-label");
                    is_label.then_some(*piece)
                }
                _ => None,
            },
            _ => None,
        });
        if let (Some(width), Some(label)) = (width, label)
            && let Some(Piece::Open(_, label)) = self.pieces.get_mut(label)
        {
            centre(label);
            let middle = two_decimals(-width / 2.0);
            attributes.iter_mut().filter(|(n, _)| *n == "x").for_each(|(_, x)| *x = middle.clone());
        }
        attributes
    }

    /// The attributes of the element around what comes next.
    fn around(&self) -> Option<&Attributes> {
        let piece = self.open.iter().rev().find_map(|level| match level {
            Level::Kept(_, piece) => Some(*piece),
            _ => None,
        })?;
        match self.pieces.get(piece) {
            Some(Piece::Open(_, attributes)) => Some(attributes),
            _ => None,
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Level::Kept(name, _)) => {
                self.pieces.push(Piece::Close(name));
                if name == "text" {
                    self.end_label();
                }
            }
            Some(Level::Label { width, height, text }) => self.html_label(width, height, &text),
            // Those deeper in are of a part, which a drawing has no place for.
            Some(Level::Said { name, text }) if self.open.len() == 1 => {
                self.said.push((name, text));
            }
            _ => {}
        }
    }

    fn text(&mut self, written: &str) {
        let is_text = self.open.iter().rev().any(|level| matches!(level, Level::Kept("text", _)));
        let inner = self.open.iter_mut().rev().find(|level| !matches!(level, Level::Opened));
        match inner {
            Some(Level::Label { text, .. } | Level::Said { text, .. }) => text.push_str(written),
            Some(Level::Kept(..)) if is_text => {
                let clean: String = written.chars().map(plain).collect();
                self.label.push_str(&clean);
                match self.pieces.last_mut() {
                    Some(Piece::Text(text)) => text.push_str(&clean),
                    _ => self.pieces.push(Piece::Text(clean)),
                }
            }
            _ => {}
        }
    }

    fn end_label(&mut self) {
        let label = std::mem::take(&mut self.label);
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        let says = label.contains(char::is_alphabetic) && !self.labels.contains(&label);
        if says && self.labels.len() < MAX_LABELS {
            self.labels.push(label);
        }
    }

    /// Sets a label that was HTML as text in the middle of its box.
    fn html_label(&mut self, width: f64, height: f64, text: &str) {
        // The range is checked, so the conversion is exact.
        let count = (height / LINE_HEIGHT).round().clamp(1.0, 200.0) as usize;
        let text: String = text.chars().map(|c| if c == '\n' { c } else { plain(c) }).collect();
        let lines = label::lines(&text, count);
        if lines.is_empty() {
            return;
        }
        self.label = lines.join(" ");
        self.end_label();
        let middle = two_decimals(width / 2.0);
        let anchor = ("text-anchor", "middle".to_owned());
        self.pieces.push(Piece::Open("text", vec![anchor]));
        for (index, line) in lines.into_iter().enumerate() {
            let baseline = LINE_HEIGHT * (index as f64 + 0.72);
            let place = vec![("x", middle.clone()), ("y", two_decimals(baseline))];
            self.pieces.push(Piece::Open("tspan", place));
            self.pieces.push(Piece::Text(line));
            self.pieces.push(Piece::Close("tspan"));
        }
        self.pieces.push(Piece::Close("text"));
    }

    fn finish(self, number: usize) -> Option<Drawing> {
        let [x, y, width, height] = self.view_box?;
        if !(1.0..1e6).contains(&width) || !(1.0..1e6).contains(&height) {
            return None;
        }
        let said = |name: &str| {
            let said = self.said.iter().find(|(known, _)| *known == name)?;
            let text = said.1.split_whitespace().collect::<Vec<_>>().join(" ");
            (!text.is_empty()).then_some(text)
        };
        Some(Drawing {
            title: said("title"),
            description: said("desc"),
            width,
            height,
            view_box: [x, y, width, height].map(two_decimals).join(" "),
            inside: written(self.pieces, number),
            labels: self.labels,
        })
    }
}

/// The pieces as SVG, without markers that nothing ends with and without elements
/// that hold nothing.
fn written(pieces: Vec<Piece>, number: usize) -> String {
    let mut used = BTreeSet::new();
    let mut defined = BTreeMap::new();
    for piece in &pieces {
        let Piece::Open(name, attributes) = piece else { continue };
        for (attribute, value) in attributes {
            if attribute.starts_with("marker-") {
                used.insert(value.clone());
            } else if *name == "marker" && *attribute == "id" {
                let count = defined.len() + 1;
                defined.entry(value.clone()).or_insert(count);
            }
        }
    }
    let mut out = Out { number, defined, used, ..Out::default() };
    for piece in pieces {
        out.piece(piece);
    }
    out.html
}

#[derive(Default)]
struct Out {
    html: String,
    number: usize,
    defined: BTreeMap<String, usize>,
    used: BTreeSet<String>,
    /// Where the tags begin that nothing stands in yet.
    empty: Vec<usize>,
    /// How deep it is in a marker that is left out.
    left_out: usize,
}

impl Out {
    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Open(..) if self.left_out > 0 => self.left_out += 1,
            Piece::Close(_) if self.left_out > 0 => self.left_out -= 1,
            Piece::Text(_) if self.left_out > 0 => {}
            Piece::Open("marker", attributes) if !self.is_used(&attributes) => self.left_out = 1,
            Piece::Open(name, attributes) => {
                let start = self.html.len();
                self.open(name, &attributes);
                if holds(name) {
                    self.empty.push(start);
                } else {
                    self.empty.clear();
                    self.html.insert(self.html.len() - 1, '/');
                }
            }
            Piece::Text(text) => {
                let text = collapsed(&text);
                if !text.is_empty() {
                    self.empty.clear();
                    escape_into(&mut self.html, &text);
                }
            }
            Piece::Close(name) if holds(name) => match self.empty.pop() {
                Some(start) => self.html.truncate(start),
                None => self.html.push_str(&format!("</{name}>")),
            },
            Piece::Close(_) => {}
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes) {
        self.html.push('<');
        self.html.push_str(name);
        for (attribute, value) in attributes {
            let refers = attribute.starts_with("marker-");
            let value = match (refers || *attribute == "id", self.defined.get(value)) {
                (false, _) => escaped(value),
                (true, Some(marker)) if refers => format!("url(#diagram{}-{marker})", self.number),
                (true, Some(marker)) => format!("diagram{}-{marker}", self.number),
                (true, None) => continue,
            };
            self.html.push_str(&format!(" {attribute}=\"{value}\""));
        }
        self.html.push('>');
    }

    fn is_used(&self, attributes: &Attributes) -> bool {
        attributes.iter().any(|(name, value)| *name == "id" && self.used.contains(value))
    }
}

/// Whether an element is there for what stands in it.
fn holds(name: &str) -> bool {
    matches!(name, "defs" | "g" | "marker" | "text" | "tspan")
}

fn value<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

/// Moves what is moved aside back into the middle.
fn centre(attributes: &mut Attributes) {
    let moved = attributes.iter_mut().find(|(name, _)| *name == "transform");
    if let Some((_, transform)) = moved
        && let Some(y) = transform
            .strip_prefix("translate(")
            .and_then(|rest| rest.strip_suffix(')'))
            .and_then(|numbers| numbers.split_once(','))
            .map(|(_, y)| y.trim().to_owned())
    {
        *transform = format!("translate(0,{y})");
    }
}

fn declared(element: &BytesStart<'_>) -> Option<Vec<(String, String)>> {
    element
        .attributes()
        .map(|attribute| {
            let attribute = attribute.ok()?;
            let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
            let raw = String::from_utf8_lossy(&attribute.value);
            let value = quick_xml::escape::unescape(&raw).ok()?.into_owned();
            Some((name, value))
        })
        .collect()
}

/// What a reference stands for; nothing if it is not known.
fn meaning(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    match &**reference {
        b"lt" => "<",
        b"gt" => ">",
        b"amp" => "&",
        b"quot" => "\"",
        b"apos" => "'",
        b"nbsp" => " ",
        _ => "",
    }
    .to_owned()
}

/// A character as it may stand in HTML.
fn plain(c: char) -> char {
    let is_noncharacter =
        (u32::from(c) & 0xfffe) == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c);
    if c.is_control() || is_noncharacter { ' ' } else { c }
}

/// Runs of space as one.
fn collapsed(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    for c in text.chars() {
        if !(c == ' ' && short.ends_with(' ')) {
            short.push(c);
        }
    }
    short
}

fn numbers(text: &str) -> Option<[f64; 4]> {
    let numbers: Option<Vec<f64>> = text
        .split([' ', ','])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<f64>().ok().filter(|number| number.is_finite()))
        .collect();
    numbers?.try_into().ok()
}
