//! What a drawing of a diagram may hold: the elements, attributes and classes
//! that are written anew. Everything else is left out, so what the drawing
//! library learns to write one day is not published by that.

use super::COLOURS;
use super::number::rounded;

/// What is done with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is written anew under this name.
    Kept(&'static str),
    /// It holds a label as HTML.
    Label,
    /// It names or describes the drawing.
    Said,
    /// It is left out with all that is in it.
    Dropped,
}

const ELEMENTS: [&str; 13] = [
    "circle", "defs", "ellipse", "g", "line", "marker", "path", "polygon", "polyline", "rect",
    "svg", "text", "tspan",
];

/// Attributes that are numbers, lengths, points and the like.
const GEOMETRY: [&str; 30] = [
    "cx",
    "cy",
    "d",
    "dx",
    "dy",
    "height",
    "markerHeight",
    "markerWidth",
    "points",
    "r",
    "refX",
    "refY",
    "rx",
    "ry",
    "transform",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
    "font-size",
    "stroke-dasharray",
    "stroke-width",
    "opacity",
    "orient",
    "markerUnits",
    "preserveAspectRatio",
];

/// Attributes that are one of a few words.
const WORDS: [(&str, &[&str]); 6] = [
    ("dominant-baseline", &["middle", "central", "hanging", "text-before-edge", "text-after-edge"]),
    ("fill", &["none"]),
    ("font-style", &["italic"]),
    ("font-weight", &["bold", "bolder", "600", "700"]),
    ("stroke", &["none"]),
    ("text-anchor", &["start", "middle", "end"]),
];

/// Attributes that name a marker of the same drawing.
const MARKERS: [&str; 3] = ["marker-end", "marker-mid", "marker-start"];

/// The classes that a theme may style, without the numbers behind them. Those
/// that an author gives in a diagram are none of them.
const CLASSES: [&str; 111] = [
    "activation",
    "active",
    "activeCrit",
    "activeCritText",
    "activeText",
    "actor",
    "actor-line",
    "actor-man",
    "aggregation",
    "annotation-group",
    "arrow",
    "attribute-comment",
    "attribute-keys",
    "attribute-name",
    "attribute-type",
    "er",
    "background",
    "barb",
    "branch",
    "branch-label",
    "branchLabel",
    "branchLabelBkg",
    "cluster",
    "cluster-label",
    "commit",
    "commit-bullets",
    "commit-highlight-inner",
    "commit-highlight-outer",
    "commit-label",
    "commit-label-bkg",
    "commit-labels",
    "commit-merge",
    "commit-reverse",
    "composition",
    "crit",
    "critText",
    "cross",
    "dependency",
    "divider",
    "domain",
    "done",
    "doneCrit",
    "doneCritText",
    "doneText",
    "edge",
    "edge-depth",
    "edge-pattern-dashed",
    "edge-pattern-dotted",
    "edge-thickness-invisible",
    "edge-thickness-thick",
    "edgeLabel",
    "edgeTerminals",
    "eventWrapper",
    "exclude-range",
    "extension",
    "flowchart-link",
    "fork-join",
    "grid",
    "inner",
    "innerArc",
    "label",
    "label-group",
    "labelBox",
    "labelText",
    "legend",
    "lineWrapper",
    "lollipop",
    "loopLine",
    "loopText",
    "marker",
    "messageLine",
    "messageText",
    "milestone",
    "milestoneText",
    "mindmap-node",
    "name",
    "node",
    "node-bkg",
    "node-line",
    "note",
    "note-edge",
    "noteLabel",
    "noteText",
    "outer",
    "pieCircle",
    "pieOuterCircle",
    "pieTitleText",
    "rect",
    "relation",
    "relationshipLine",
    "row-rect-even",
    "row-rect-odd",
    "section",
    "section-edge",
    "section-root",
    "sectionTitle",
    "sequenceNumber",
    "slice",
    "state-end",
    "state-start",
    "statediagram-note",
    "tag-hole",
    "tag-label",
    "tag-label-bkg",
    "task",
    "taskText",
    "taskTextOutside",
    "tick",
    "timeline-node",
    "titleText",
    "transition",
];

/// Stands before each class, apart from the theme's own.
const PREFIX: &str = "d-";

/// What is done with an element of this name.
pub(super) fn fate(name: &[u8]) -> Fate {
    match name {
        b"a" => Fate::Kept("g"),
        b"foreignObject" => Fate::Label,
        b"title" | b"desc" => Fate::Said,
        _ => ELEMENTS
            .into_iter()
            .find(|known| known.as_bytes() == name)
            .map_or(Fate::Dropped, Fate::Kept),
    }
}

/// A colour that only says a number, for [`attributes`] to read.
pub(super) fn numbered_colour(number: usize) -> String {
    format!("#0000{number:02x}")
}

/// The number of a colour, however the library writes it.
fn colour_number(written: &str) -> Option<usize> {
    let written = written.trim();
    let number = match written.strip_prefix("#0000") {
        Some(hex) => usize::from_str_radix(hex, 16).ok()?,
        None => written.strip_prefix("rgb(0, 0, ")?.strip_suffix(')')?.trim().parse().ok()?,
    };
    (1..=12).contains(&number).then_some(number)
}

/// The attributes of an element, written anew. `declared` are those of the library.
pub(super) fn attributes(
    element: &str,
    declared: &[(String, String)],
) -> Vec<(&'static str, String)> {
    let mut attributes: Vec<(&'static str, String)> = Vec::new();
    let mut classes: Vec<String> = Vec::new();
    for (name, value) in declared {
        match name.as_str() {
            "class" => classes.extend(value.split_whitespace().filter_map(class)),
            "style" => {
                for (name, value) in value.split(';').filter_map(|rule| rule.split_once(':')) {
                    let value = value.trim().trim_end_matches("!important").trim();
                    classes.extend(colour_class(name.trim(), value));
                    add(&mut attributes, name.trim(), value);
                }
            }
            "id" if element == "marker" => attributes.push(("id", value.clone())),
            // The library gives one to paths too, where it means nothing.
            "viewBox" if element != "marker" => {}
            // A circle has a radius; the standard knows no other size of it.
            "width" | "height" if matches!(element, "circle" | "ellipse") => {}
            _ => {
                classes.extend(colour_class(name, value));
                add(&mut attributes, name, value);
            }
        }
    }
    let mut said: Vec<String> = Vec::new();
    for class in classes {
        if !said.contains(&class) {
            said.push(class);
        }
    }
    if !said.is_empty() {
        attributes.insert(0, ("class", said.join(" ")));
    }
    attributes
}

fn add(attributes: &mut Vec<(&'static str, String)>, name: &str, value: &str) {
    let known = attribute(name, value).filter(|(name, _)| !attributes.iter().any(|a| a.0 == *name));
    attributes.extend(known);
}

fn attribute(name: &str, value: &str) -> Option<(&'static str, String)> {
    if let Some(name) = GEOMETRY.into_iter().find(|known| *known == name) {
        let is_plain =
            |c: char| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "+-.,()%".contains(c);
        let value = value.trim();
        let says_nothing = matches!((name, value), ("stroke-dasharray", "0" | "1, 0" | "0, 0"));
        let is_safe = !value.is_empty() && value.chars().all(is_plain) && !value.contains("url");
        return (is_safe && !says_nothing && value != "undefined").then(|| (name, rounded(value)));
    }
    if let Some(name) = MARKERS.into_iter().find(|known| *known == name) {
        let id = value.strip_prefix("url(#")?.strip_suffix(')')?;
        return Some((name, id.to_owned()));
    }
    let (name, words) = WORDS.into_iter().find(|(known, _)| *known == name)?;
    let value =
        if matches!(name, "fill" | "stroke") && value == "transparent" { "none" } else { value };
    words.contains(&value).then(|| (name, value.to_owned()))
}

fn colour_class(name: &str, value: &str) -> Option<String> {
    let number = (name == "fill").then(|| colour_number(value)).flatten()?;
    Some(format!("{PREFIX}colour{}", (number - 1) % COLOURS))
}

/// A class as the theme knows it, with a number that the theme has colours for.
fn class(written: &str) -> Option<String> {
    let name = written.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = written.get(name.len()..).unwrap_or_default();
    let (name, number) = match name.strip_suffix("--") {
        // `section--1` is the root of a timeline.
        Some(name) if number == "1" => (name, Some(COLOURS - 1)),
        _ => (name.trim_end_matches('-'), number.parse::<usize>().ok()),
    };
    let name = if name == "taskTextOutsideLeft" || name == "taskTextOutsideRight" {
        "taskTextOutside"
    } else {
        name
    };
    let known = CLASSES.into_iter().find(|known| *known == name)?;
    let number = number.map_or(String::new(), |number| (number % COLOURS).to_string());
    Some(format!("{PREFIX}{known}{number}"))
}

/// Whether an element is left out for what it is: a line of today would need a
/// clock, and a shape without a size is none.
pub(super) fn is_idle(element: &str, declared: &[(String, String)]) -> bool {
    let has = |name: &str| declared.iter().any(|(known, _)| known == name);
    let is_today = declared
        .iter()
        .any(|(name, value)| name == "class" && value.split_whitespace().any(|c| c == "today"));
    is_today || (element == "rect" && !has("width"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(element: &str, declared: &[(&str, &str)]) -> String {
        let declared: Vec<_> =
            declared.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        attributes(element, &declared).iter().map(|(n, v)| format!("{n}={v};")).collect()
    }

    #[test]
    fn a_circle_has_no_size_but_its_radius() {
        assert_eq!(written("circle", &[("r", "7"), ("width", "14"), ("height", "14")]), "r=7;");
        assert_eq!(written("rect", &[("width", "14"), ("height", "14")]), "width=14;height=14;");
    }

    #[test]
    fn only_what_is_listed_is_written() {
        for (declared, expect) in [
            (vec![("onclick", "x()"), ("href", "javascript:x()"), ("data-id", "A")], ""),
            (vec![("fill", "#fff4dd"), ("stroke", "red")], ""),
            (vec![("fill", "transparent"), ("stroke", "none")], "fill=none;stroke=none;"),
            (vec![("class", "node default hot label evil")], "class=d-node d-label;"),
            (
                vec![("class", "section-9 section--1 commit12")],
                "class=d-section1 d-section7 d-commit4;",
            ),
            (
                vec![(
                    "style",
                    "stroke-dasharray: 3, 3; fill:#f9f !important;;; background:url(x)",
                )],
                "stroke-dasharray=3, 3;",
            ),
            (vec![("width", "url(#a)"), ("x", "1;2"), ("y", "2.3456")], "y=2.35;"),
            (vec![("marker-end", "url(#a)"), ("marker-start", "url(https://a/)")], "marker-end=a;"),
            (vec![("id", "a"), ("filter", "url(#b)")], ""),
            (vec![("fill", "#00000b")], "class=d-colour2;"),
            (vec![("style", "fill: rgb(0, 0, 1); stroke: rgb(0, 0, 1);")], "class=d-colour0;"),
        ] {
            assert_eq!(written("path", &declared), expect, "{declared:?}");
        }
        assert_eq!(written("marker", &[("id", "a")]), "id=a;");
    }

    #[test]
    fn an_element_that_is_not_listed_goes_with_what_is_in_it() {
        for name in ["script", "style", "image", "use", "animate", "set", "filter", "SCRIPT"] {
            assert_eq!(fate(name.as_bytes()), Fate::Dropped, "{name}");
        }
        assert_eq!(fate(b"path"), Fate::Kept("path"));
        assert_eq!(fate(b"a"), Fate::Kept("g"));
    }
}
