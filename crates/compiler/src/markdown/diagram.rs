//! Diagrams: the text of a `mermaid` fence in, an inline SVG out, made when the
//! school is built.
//!
//! What the drawing library answers is never published as it is: it is read as
//! XML and written anew from a list of what a drawing may hold (see [`svg`]),
//! without colours, which are the theme's affair. Nothing here may ask a clock or
//! the environment, so that the same text is the same drawing everywhere.

use std::ops::Range;

use merman::svg::{RenderResourcePolicy, ResourceLimitId, SvgRenderOptions};
use merman::{
    Engine, MermaidConfig, ParseOptions, RenderError, RenderOutput, RenderRequest, Renderer,
    SvgEnvironment, SvgRequest,
};
use serde_json::{Value, json};

use super::fence::Fence;
use crate::escape::escaped;

mod element;
mod label;
mod number;
mod svg;

pub(super) use merman::OperationControl as Control;
pub(super) use svg::Drawing;

/// A longer text is no diagram that anyone reads.
const MAX_BYTES: usize = 20_000;

/// How many nodes, lines and the like a diagram may have.
const MAX_ITEMS: usize = 600;

/// How deep groups may stand in one another.
const MAX_NESTING: usize = 24;

/// How much work the layout may be, in the library's own units. A count of work
/// and no time, so that a slow machine draws what a fast one does.
const MAX_WORK: usize = 2_000_000;

/// How long a task of a plan may take, in whatever unit: the library walks through
/// its days one by one where some are excluded.
const MAX_DURATION: usize = 9_999;

/// The kinds that can be drawn, as a text begins with them.
const KINDS: [&str; 10] = [
    "flowchart",
    "sequenceDiagram",
    "classDiagram",
    "stateDiagram-v2",
    "erDiagram",
    "gantt",
    "pie",
    "mindmap",
    "timeline",
    "gitGraph",
];

/// How many colours the theme has for slices, branches and sections.
const COLOURS: usize = 8;

/// A wider drawing, in pixels, is not made as small as a telephone.
const WIDE: f64 = 480.0;

/// A wider one not as small as the column of text.
const HUGE: f64 = 1000.0;

/// What is wrong with a diagram.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadDiagram {
    pub(super) message: String,
    /// The bytes of the diagram's text that it is about, if they are known.
    pub(super) range: Option<Range<usize>>,
    pub(super) hint: Option<String>,
}

impl BadDiagram {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), range: None, hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn too_large(what: &str) -> Self {
        Self::new(format!("it is too large to be drawn: {what}"))
            .hint("part it into several diagrams")
    }
}

/// Draws a diagram. `number` counts those of a page, for names that must be unique;
/// `control` can call it off from another thread.
pub(super) fn draw(source: &str, number: usize, control: Control) -> Result<Drawing, BadDiagram> {
    if source.len() > MAX_BYTES {
        return Err(BadDiagram::too_large(&format!("a diagram has at most {MAX_BYTES} bytes")));
    }
    if let Some(range) = endless_task(source) {
        let message = format!("a task takes at most {MAX_DURATION} of anything");
        return Err(BadDiagram { range: Some(range), ..BadDiagram::new(message) });
    }
    let renderer = Renderer::new()
        .with_engine(Engine::new().with_site_config(MermaidConfig::from_value(config())))
        .with_parse_options(ParseOptions::strict());
    let request = SvgRequest {
        environment: SvgEnvironment::deterministic().with_resource_policy(limits()),
        options: SvgRenderOptions {
            diagram_id: Some("d".to_owned()),
            ..SvgRenderOptions::default()
        },
        ..SvgRequest::default()
    };
    let request = RenderRequest::svg(source, control, request);
    match renderer.render(request) {
        Ok(RenderOutput::Svg(Some(drawn))) => svg::rewrite(drawn.svg(), number)
            .ok_or_else(|| BadDiagram::new("the drawing of it can't be read")),
        Ok(_) => Err(unknown_kind(source)),
        Err(error) => Err(explain(source, &error)),
    }
}

/// The duration of a task that would be walked through for hours.
fn endless_task(source: &str) -> Option<Range<usize>> {
    if !source.contains("gantt") {
        return None;
    }
    let is_digit = u8::is_ascii_digit;
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..)?.iter().position(is_digit) {
        let start = at + found;
        let length = bytes.get(start..)?.iter().take_while(|b| is_digit(b)).count();
        at = start + length;
        let has_unit = bytes.get(at).is_some_and(|b| b"dwMyhms".contains(b));
        let digits = source.get(start..at)?.trim_start_matches('0').len();
        // `MAX_DURATION` has four digits.
        if has_unit && digits > 4 {
            return Some(start..at + 1);
        }
    }
    None
}

/// The HTML around a drawing. `word` is what any diagram is called.
pub(super) fn block(drawing: &Drawing, fence: &Fence, word: &str) -> String {
    let said = fence.alt.as_ref().or(fence.title.as_ref()).or(drawing.title.as_ref());
    let name = said.cloned().unwrap_or_else(|| {
        // Better than no name: what is written in it.
        let labels = shortened(&drawing.labels.join(", "));
        if labels.is_empty() { word.to_owned() } else { format!("{word}: {labels}") }
    });
    let svg = drawing.html(&name);
    let size = match drawing.width {
        width if width > HUGE => " diagram-huge",
        width if width > WIDE => " diagram-wide",
        _ => "",
    };
    match &fence.title {
        None => format!("<div class=\"diagram{size}\">{svg}</div>"),
        Some(title) => {
            let title = escaped(title);
            format!(
                "<figure class=\"diagram-figure\"><div class=\"diagram{size}\">{svg}</div>\
                 <figcaption>{title}</figcaption></figure>"
            )
        }
    }
}

/// What an author can't change from within a diagram: labels are text, and all
/// that is looks is the theme's.
fn config() -> Value {
    let mut colours = serde_json::Map::new();
    colours.insert("fontSize".to_owned(), "18px".into());
    for number in 1..=12_usize {
        // Read back as the number of a colour of the theme.
        colours.insert(format!("pie{number}"), element::numbered_colour(number).into());
    }
    let mut config = json!({
        "htmlLabels": false,
        "flowchart": { "htmlLabels": false },
        "class": { "htmlLabels": false },
        "state": { "htmlLabels": false },
        "theme": "base",
        "look": "classic",
        "layout": "dagre",
        // Letters are drawn at 16 pixels; what is left is for wider fonts than the
        // one that the library knows the width of.
        "fontSize": 18,
        "themeVariables": colours,
    });
    if let Some(map) = config.as_object_mut() {
        let closed = [
            "secure",
            "securityLevel",
            "startOnLoad",
            "maxTextSize",
            "suppressErrorRendering",
            "maxEdges",
            "htmlLabels",
            "theme",
            "themeCSS",
            "themeVariables",
            "look",
            "layout",
            "fontFamily",
            "fontSize",
            "handDrawnSeed",
        ];
        map.insert("secure".to_owned(), closed.as_slice().into());
    }
    config
}

fn limits() -> RenderResourcePolicy {
    let limits = [
        (ResourceLimitId::MaxSourceBytes, MAX_BYTES),
        (ResourceLimitId::MaxModelItems, MAX_ITEMS),
        (ResourceLimitId::MaxModelTextBytes, MAX_BYTES),
        (ResourceLimitId::MaxModelNestingDepth, MAX_NESTING),
        (ResourceLimitId::MaxLayoutWorkUnits, MAX_WORK),
    ];
    limits.into_iter().fold(RenderResourcePolicy::interactive(), |policy, (limit, value)| {
        policy.with_limit(limit, value).unwrap_or(policy)
    })
}

/// What the library found, in our words.
fn explain(source: &str, error: &RenderError) -> BadDiagram {
    match error {
        RenderError::NoDiagram => unknown_kind(source),
        RenderError::Parse(problem) => {
            let details = problem.terminal_diagnostic_details();
            if details.code.ends_with("no_diagram_detected")
                || details.code.ends_with("unsupported_diagram")
            {
                return unknown_kind(source);
            }
            let message = problem.terminal_safe_message();
            let message = message.split_once("): ").map_or(message.as_str(), |(_, rest)| rest);
            let range = details.span.map(|span| span.start..span.end);
            let range = range.filter(|range| source.get(range.clone()).is_some());
            BadDiagram { range, ..BadDiagram::new(shortened(message)) }
        }
        RenderError::ResourceLimitExceeded(limit) => BadDiagram::too_large(&match limit.id {
            "max_model_items" => format!("a diagram has at most {MAX_ITEMS} parts"),
            "max_model_nesting_depth" => {
                format!("groups stand at most {MAX_NESTING} deep in one another")
            }
            _ => "its parts are too many, or too much connected".to_owned(),
        }),
        other => BadDiagram::new(shortened(&other.to_string())),
    }
}

/// The text begins with no kind of diagram that can be drawn.
fn unknown_kind(source: &str) -> BadDiagram {
    let kinds = KINDS.map(|kind| format!("`{kind}`")).join(", ");
    let mut from = 0;
    let mut first = None;
    for line in source.split_inclusive('\n') {
        let word = line.split_whitespace().next().unwrap_or_default();
        if !word.is_empty() && !word.starts_with("%%") {
            let start = from + line.find(word).unwrap_or(0);
            first = Some((word, start..start + word.len()));
            break;
        }
        from += line.len();
    }
    let Some((word, range)) = first else {
        return BadDiagram::new("it is empty").hint(format!("the kinds are {kinds}"));
    };
    let message = format!("there is no kind of diagram `{}`", shortened(word));
    BadDiagram { range: Some(range), ..BadDiagram::new(message) }
        .hint(format!("the kinds are {kinds}"))
}

fn shortened(text: &str) -> String {
    let end = text.char_indices().nth(200).map_or(text.len(), |(at, _)| at);
    let short = text.get(..end).unwrap_or_default();
    let dots = if end < text.len() { "…" } else { "" };
    let short: String = short.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{}{dots}", short.trim_end_matches('.'))
}

#[cfg(test)]
mod tests;
