//! Pictures that a book shows by `<object>`, which no lesson may hold.
//!
//! An `<img>` shows the same file; what a book scripts inside an object is lost.

use super::html_tag::{HtmlTag, TagKind};

/// What an `<object>` may show that an `<img>` can show too.
const PICTURES: [&str; 6] = [".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp"];

/// A line that began with an object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The line with an `<img>` in the object's place.
    pub(super) text: String,
    /// Whether the object ends on that line; else all up to its end belongs to it.
    pub(super) is_closed: bool,
}

/// The picture that a line begins with, if it is one in an `<object>`.
pub(super) fn picture(line: &str) -> Option<Picture> {
    let line = line.trim_start();
    let tag =
        HtmlTag::read(line).filter(|tag| tag.name == "object" && tag.kind != TagKind::Close)?;
    let source = tag.attribute("data").filter(|source| {
        let file = source.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        PICTURES.iter().any(|extension| file.ends_with(extension))
    })?;
    let rest = line.get(tag.length..).unwrap_or_default();
    let (inner, after) = match rest.split_once("</object>") {
        _ if tag.kind == TagKind::SelfClosing => ("", Some(rest)),
        Some((inner, after)) => (inner, Some(after)),
        None => (rest, None),
    };
    // What stands inside is shown only where the picture is not, as `alt` is.
    let inner = Some(inner.trim()).filter(|inner| !inner.is_empty() && !inner.contains('<'));
    let alternative = tag.attribute("aria-label").or(tag.attribute("title")).or(inner);
    let mut attributes = vec![
        ("src".to_owned(), source.to_owned()),
        ("alt".to_owned(), alternative.unwrap_or_default().to_owned()),
    ];
    for name in ["width", "height"] {
        attributes.extend(tag.attribute(name).map(|value| (name.to_owned(), value.to_owned())));
    }
    let image =
        HtmlTag { name: "img".to_owned(), kind: TagKind::Open, attributes, length: tag.length };
    Some(Picture { text: image.written() + after.unwrap_or_default(), is_closed: after.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, text: &str, is_closed: bool) {
        assert_eq!(picture(line), Some(Picture { text: text.to_owned(), is_closed }), "{line}");
    }

    #[test]
    fn a_picture_in_an_object_becomes_an_image() {
        check(
            "<object type=\"image/svg+xml\" data=\"a.svg\" width=\"60\"></object>",
            "<img src=\"a.svg\" alt=\"\" width=\"60\">",
            true,
        );
        check(
            "  <object data='A.PNG'>Two boxes</object> b",
            "<img src=\"A.PNG\" alt=\"Two boxes\"> b",
            true,
        );
        check("<object data=a.svg title=T><p>x", "<img src=\"a.svg\" alt=\"T\">", false);
        check("<object data=\"a.svg\" /> b", "<img src=\"a.svg\" alt=\"\"> b", true);
    }

    #[test]
    fn other_objects_are_not_pictures() {
        for line in
            ["<object data=\"a.pdf\"></object>", "<object>", "</object>", "text", "<img src=a.svg>"]
        {
            assert_eq!(picture(line), None, "{line}");
        }
    }
}
