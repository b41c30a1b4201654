//! Drawings: passed through unchanged once they are known to be only drawings.
//!
//! An SVG is a document that can run scripts and call other servers. One that
//! holds anything of the kind is refused rather than cleaned, since the author
//! has to know.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::{Forbidden, Picture, PictureError};
use expansion::Expansion;

mod expansion;

const SVG: &[u8] = b"http://www.w3.org/2000/svg";
const XHTML: &[u8] = b"http://www.w3.org/1999/xhtml";

/// Elements of SVG itself that run code or embed a page.
const FORBIDDEN_ELEMENTS: [&str; 10] = [
    "script",
    "foreignobject",
    "iframe",
    "embed",
    "object",
    "handler",
    "listener",
    "audio",
    "video",
    "canvas",
];

/// Browsers and this check go down from element to element.
const MAX_DEPTH: usize = 256;

/// Each name is compared with all of those that are declared around it.
const MAX_NAMESPACES: usize = 100;

/// Measures a drawing and looks for what it must not hold.
pub(super) fn read(bytes: &[u8]) -> Result<Picture, PictureError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| PictureError::Damaged("it is not UTF-8 text".to_owned()))?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    let mut size = None;
    let mut root_seen = false;
    // The text of a `<style>` arrives in pieces, and a word could be cut between
    // two, so all text after the first one is gathered and read as style.
    let mut style: Option<String> = None;
    let mut expansion = Expansion::new();
    let mut namespaces = vec![0];
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(damaged)?;
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(element) | Event::Empty(element) => {
                let name = local_name(&element);
                if !root_seen {
                    let is_svg = matches!(&namespace, ResolveResult::Bound(ns) if ns.as_ref() == SVG)
                        || (matches!(namespace, ResolveResult::Unbound) && name == "svg");
                    if !is_svg || name != "svg" {
                        return Err(PictureError::Unsupported);
                    }
                    size = measure(&element);
                    root_seen = true;
                }
                let is_xhtml =
                    matches!(&namespace, ResolveResult::Bound(ns) if ns.as_ref() == XHTML);
                if (is_xhtml && name != "style") || FORBIDDEN_ELEMENTS.contains(&name.as_str()) {
                    return forbidden(Forbidden::Element(name));
                }
                let Found { id, used, declared } = check_attributes(&element)?;
                let declared = namespaces.last().copied().unwrap_or_default() + declared;
                if declared > MAX_NAMESPACES {
                    return forbidden(Forbidden::Namespaces { most: MAX_NAMESPACES });
                }
                expansion.start(id, used);
                namespaces.push(declared);
                if expansion.depth() > MAX_DEPTH {
                    return forbidden(Forbidden::Depth { most: MAX_DEPTH });
                }
                if is_empty {
                    expansion.end();
                    namespaces.pop();
                }
                if name == "style" {
                    style = Some(style.unwrap_or_default());
                }
            }
            Event::End(_) => {
                expansion.end();
                namespaces.pop();
            }
            Event::Text(text) => extend(&mut style, &String::from_utf8_lossy(&text)),
            Event::CData(text) => extend(&mut style, &String::from_utf8_lossy(&text)),
            Event::GeneralRef(entity) if style.is_some() => match &*entity {
                b"lt" | b"gt" | b"amp" | b"quot" | b"apos" => extend(&mut style, " "),
                other => {
                    let other = String::from_utf8_lossy(other);
                    return forbidden(Forbidden::Reference(format!("&{other};")));
                }
            },
            // Without a DTD the only entities are XML's own, which can't grow.
            Event::DocType(declaration) if declaration.contains(&b'[') => {
                return forbidden(Forbidden::Entities);
            }
            Event::PI(instruction) if instruction.starts_with(b"xml-stylesheet") => {
                return forbidden(Forbidden::Reference("xml-stylesheet".to_owned()));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    check_style(&style.unwrap_or_default())?;
    expansion.check().map_err(PictureError::Unsafe)?;
    if root_seen { Ok(Picture::alone(size)) } else { Err(PictureError::Unsupported) }
}

fn extend(style: &mut Option<String>, text: &str) {
    if let Some(style) = style {
        style.push_str(text);
    }
}

fn local_name(element: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(element.local_name().as_ref()).to_ascii_lowercase()
}

/// What the attributes of an element say of what is drawn.
#[derive(Default)]
struct Found {
    id: Option<String>,
    /// The id of what it draws once more.
    used: Option<String>,
    /// How many namespaces it declares.
    declared: usize,
}

fn check_attributes(element: &BytesStart<'_>) -> Result<Found, PictureError> {
    let element_name = local_name(element);
    let is_link = element_name == "a";
    let draws_again = matches!(element_name.as_str(), "use" | "feimage");
    let mut found = Found::default();
    for attribute in element.attributes() {
        let attribute = attribute.map_err(damaged)?;
        let name =
            String::from_utf8_lossy(attribute.key.local_name().as_ref()).to_ascii_lowercase();
        let raw = String::from_utf8_lossy(&attribute.value);
        let value = quick_xml::escape::unescape(&raw).map_err(damaged)?;
        if name.starts_with("on") && !attribute.key.as_ref().contains(&b':') {
            return forbidden(Forbidden::Attribute(name));
        }
        if attribute.key.as_namespace_binding().is_some() {
            found.declared += 1;
        }
        match name.as_str() {
            "href" | "src" => {
                check_reference(&value, is_link)?;
                if let Some(id) = value.trim().strip_prefix('#').filter(|_| draws_again) {
                    found.used = Some(id.to_owned());
                }
            }
            "id" => found.id = Some(value.into_owned()),
            // An animation can set a link or a handler after the check.
            "attributename" => {
                let target = value.trim().to_ascii_lowercase();
                if target.ends_with("href") || target.starts_with("on") {
                    return forbidden(Forbidden::Attribute(format!("attributeName=\"{target}\"")));
                }
            }
            // The value of `xml:base` moves every reference elsewhere.
            "base" => return forbidden(Forbidden::Attribute("xml:base".to_owned())),
            _ if value.contains('(') || name == "style" => check_style(&value)?,
            _ => {}
        }
    }
    Ok(found)
}

/// A reference stays inside of the file or is an embedded picture; a link that
/// a reader has to click may lead to a web page.
fn check_reference(value: &str, is_link: bool) -> Result<(), PictureError> {
    // Browsers skip white space and control characters in an address.
    let plain: String =
        value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).take(64).collect();
    let plain = plain.to_ascii_lowercase();
    let embedded = ["png", "jpeg", "jpg", "gif", "webp"]
        .iter()
        .any(|kind| plain.strip_prefix("data:image/").is_some_and(|rest| rest.starts_with(kind)));
    let page = plain.starts_with("https://") || plain.starts_with("http://");
    if plain.is_empty() || plain.starts_with('#') || embedded || (is_link && page) {
        Ok(())
    } else {
        forbidden(Forbidden::Reference(value.chars().take(64).collect()))
    }
}

/// Styles may refer to parts of the drawing with `url(#…)` and to nothing else.
fn check_style(style: &str) -> Result<(), PictureError> {
    // An escape can spell any of the words below, and drawings have no need of one.
    if style.contains('\\') {
        return forbidden(Forbidden::Reference("\\".to_owned()));
    }
    let style = style.to_ascii_lowercase();
    for word in ["@import", "image(", "image-set(", "src(", "expression(", "javascript:"] {
        if style.contains(word) {
            return forbidden(Forbidden::Reference(word.to_owned()));
        }
    }
    for after in style.split("url(").skip(1) {
        let target = after.split(')').next().unwrap_or_default();
        check_reference(target.trim().trim_matches(['"', '\'']), false)?;
    }
    Ok(())
}

/// Width and height in CSS pixels, else those of the view box.
fn measure(svg: &BytesStart<'_>) -> Option<(u32, u32)> {
    let attribute = |name: &str| {
        let attribute = svg.try_get_attribute(name).ok().flatten()?;
        Some(String::from_utf8_lossy(&attribute.value).into_owned())
    };
    let length = |name: &str| pixels(attribute(name)?.trim());
    let view_box = || {
        let view_box = attribute("viewBox")?;
        let mut numbers = view_box
            .split([' ', ',', '\t', '\n', '\r'])
            .filter(|part| !part.is_empty())
            .map(|part| part.parse::<f64>().ok());
        let (width, height) = (numbers.nth(2)??, numbers.next()??);
        Some((width, height))
    };
    let (width, height) = match (length("width"), length("height")) {
        (Some(width), Some(height)) => (width, height),
        (Some(width), None) => view_box().map(|(w, h)| (width, width * h / w))?,
        (None, Some(height)) => view_box().map(|(w, h)| (height * w / h, height))?,
        (None, None) => view_box()?,
    };
    let whole = |length: f64| {
        let rounded = length.round();
        // The range is checked, so the conversion is exact.
        (1.0..=100_000.0).contains(&rounded).then_some(rounded as u32)
    };
    Some((whole(width)?, whole(height)?))
}

fn pixels(length: &str) -> Option<f64> {
    let digits = length.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = length.get(digits.len()..)?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        _ => return None,
    };
    digits.trim().parse::<f64>().ok().map(|number| number * factor)
}

fn forbidden<T>(what: Forbidden) -> Result<T, PictureError> {
    Err(PictureError::Unsafe(what))
}

fn damaged(error: impl std::fmt::Display) -> PictureError {
    PictureError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(attributes: &str, inside: &str) -> Result<Picture, PictureError> {
        read(format!("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" {attributes}>{inside}</svg>").as_bytes())
    }

    #[test]
    fn the_size_is_in_css_pixels() {
        for (attributes, size) in [
            ("width=\"20\" height=\"10px\"", Some((20, 10))),
            ("width=\"1in\" height=\"2.54cm\"", Some((96, 96))),
            ("width=\"72pt\" height=\"1pc\"", Some((96, 16))),
            ("viewBox=\"0 0 30 40\"", Some((30, 40))),
            ("viewBox=\"0,0,30.4,40\"", Some((30, 40))),
            ("width=\"100%\" height=\"100%\" viewBox=\"0 0 3 4\"", Some((3, 4))),
            ("width=\"60\" viewBox=\"0 0 3 4\"", Some((60, 80))),
            ("width=\"0\" height=\"0\"", None),
            ("viewBox=\"0 0 x y\"", None),
            ("width=\"1e99\" height=\"1\"", None),
            ("width=\"60\" viewBox=\"0 0 0 0\"", None),
            ("", None),
        ] {
            assert_eq!(svg(attributes, "").map(|picture| picture.size), Ok(size), "{attributes}");
        }
    }

    #[test]
    fn a_drawing_may_refer_to_itself() {
        for inside in [
            "<style>.a { fill: url(#g) } @media (prefers-color-scheme: dark) { .a { fill: #fff } }</style>",
            "<use href=\"#a\"/><use xlink:href=\"#a\"/>",
            "<style xmlns=\"http://www.w3.org/1999/xhtml\">.a { fill: red }</style>",
            "<image href=\"data:image/png;base64,AA==\"/>",
            "<a href=\"https://example.org/\"><text>&lt;script&gt;</text></a>",
            "<rect style=\"fill:url('#g')\" transform=\"scale(2)\"/>",
            "<animate attributeName=\"x\" to=\"3\"/>",
        ] {
            assert!(svg("", inside).is_ok(), "{inside}: {:?}", svg("", inside));
        }
        assert!(
            svg("xmlns:inkscape=\"http://www.inkscape.org/\" inkscape:onion=\"1\"", "").is_ok()
        );
        assert!(read(b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\"><svg/>").is_ok());
    }

    #[test]
    fn what_could_run_or_call_out_is_refused() {
        for inside in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            "<x:script xmlns:x=\"http://www.w3.org/2000/svg\"/>",
            "<foreignObject/>",
            "<p xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<rect onclick=\"x()\"/>",
            "<rect ONLOAD=\"x()\"/>",
            "<a href=\"javascript:x()\"/>",
            "<a href=\" java&#10;script:x()\"/>",
            "<a xlink:href=\"data:text/html,x\"/>",
            "<image href=\"https://example.org/a.png\"/>",
            "<image href=\"//example.org/a.png\"/>",
            "<image href=\"data:image/svg+xml,x\"/>",
            "<use href=\"other.svg#a\"/>",
            "<style>@import 'https://example.org/a.css';</style>",
            "<style><![CDATA[a { fill: url( \"https://example.org/\" ) }]]></style>",
            "<style>a { fill: u\\72l(https://example.org/) }</style>",
            "<style>a { fill: &#117;rl(https://example.org/) }</style>",
            "<style>@im<!-- -->port 'https://example.org/a.css'</style>",
            "<style>@im<g/>port 'https://example.org/a.css'</style>",
            "<rect fill=\"url(https://example.org/)\"/>",
            "<rect style=\"background: image-set('x' 1x)\"/>",
            "<set attributeName=\"xlink:href\" to=\"javascript:x()\"/>",
            "<set attributeName=\"onclick\" to=\"x()\"/>",
            "<g xml:base=\"https://example.org/\"/>",
        ] {
            assert!(
                matches!(svg("", inside), Err(PictureError::Unsafe(_))),
                "{inside}: {:?}",
                svg("", inside)
            );
        }
        assert_eq!(
            svg("onload=\"x()\"", ""),
            Err(PictureError::Unsafe(Forbidden::Attribute("onload".to_owned())))
        );
        let bomb = b"<!DOCTYPE svg [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><svg>&b;</svg>";
        assert_eq!(read(bomb), Err(PictureError::Unsafe(Forbidden::Entities)));
        let styled = b"<?xml-stylesheet href=\"https://example.org/a.css\"?><svg/>";
        assert!(matches!(read(styled), Err(PictureError::Unsafe(Forbidden::Reference(_)))));
    }

    #[test]
    fn what_is_no_drawing_is_refused() {
        assert_eq!(read(b""), Err(PictureError::Unsupported));
        assert_eq!(read(b"<html/>"), Err(PictureError::Unsupported));
        assert_eq!(read(b"\x89PNG\xff"), Err(PictureError::Damaged("it is not UTF-8 text".into())));
        assert!(matches!(read(b"<svg><g></svg>"), Err(PictureError::Damaged(_))));
    }

    #[test]
    fn what_a_browser_could_not_finish_drawing_is_refused() {
        let layers = |count: usize, uses: usize| {
            let layer = |n: usize| {
                let inside = format!("<use href=\"#l{}\"/>", n + 1).repeat(uses);
                format!("<g id=\"l{n}\">{inside}</g>")
            };
            (0..count).map(layer).collect::<String>() + &format!("<g id=\"l{count}\"><path/></g>")
        };
        let too_many = Err(PictureError::Unsafe(Forbidden::Elements { most: 500_000 }));
        assert!(svg("", &layers(3, 10)).is_ok());
        assert_eq!(svg("", &layers(9, 10)), too_many);
        // However long the chain, and however many draw the same.
        assert_eq!(svg("", &layers(100_000, 1)), too_many);
        let circle = Err(PictureError::Unsafe(Forbidden::Circle));
        for inside in [
            "<g id=\"a\"><use href=\"#a\"/></g>",
            "<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use xlink:href=\" #a\"/></g>",
            "<use id=\"a\" href=\"#a\"/>",
            "<filter id=\"a\"><feImage href=\"#a\"/></filter>",
        ] {
            assert_eq!(svg("", inside), circle, "{inside}");
        }
        assert!(svg("", "<use href=\"#nowhere\"/>").is_ok());
        assert!(svg("", &"<path id=\"p\"/><use href=\"#p\"/>".repeat(50_000)).is_ok());
    }

    #[test]
    fn ten_megabytes_of_anything_are_refused_or_read_at_once() {
        let deep = "<g>".repeat(3_000_000);
        let too_deep = Err(PictureError::Unsafe(Forbidden::Depth { most: 256 }));
        assert_eq!(svg("", &deep), too_deep);
        assert_eq!(svg("", &format!("{}{}", "<g>".repeat(300), "</g>".repeat(300))), too_deep);
        let names: String = (0..200).map(|n| format!(" xmlns:n{n}=\"u:{n}\"")).collect();
        let too_many = Err(PictureError::Unsafe(Forbidden::Namespaces { most: 100 }));
        assert_eq!(svg(&names, &"<x:g/>".repeat(1_000_000)), too_many);
        let attributes: String = (0..500_000).map(|n| format!(" a{n}=\"\"")).collect();
        assert!(svg(&attributes, "").is_ok());
        assert!(svg(&"a".repeat(10_000_000), "").is_err());
        let many = svg("", &"<g/>".repeat(600_000));
        assert_eq!(many, Err(PictureError::Unsafe(Forbidden::Elements { most: 500_000 })));
    }
}
