//! One HTML tag as it stands in Markdown: its name and its attributes, so that
//! addresses in it can be changed.

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HtmlTag {
    /// In lower case.
    pub(super) name: String,
    pub(super) kind: TagKind,
    /// In the order in which they stand; values decoded.
    pub(super) attributes: Vec<(String, String)>,
    /// How many bytes it has in the text.
    pub(super) length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagKind {
    Open,
    SelfClosing,
    Close,
}

/// A longer tag is not read; it also bounds the work on hostile input.
const MAX_TAG_BYTES: usize = 2 * 1024;

impl HtmlTag {
    /// Reads the tag that `text` begins with.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.get(..text.floor_char_boundary(MAX_TAG_BYTES)).unwrap_or(text);
        let inner = text.strip_prefix('<')?;
        let (is_close, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))?;
        let (name, mut rest) = inner.split_at_checked(end)?;
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>") {
                let kind = TagKind::SelfClosing;
                return Some(Self::new(name, kind, attributes, text.len() - after.len()));
            }
            if let Some(after) = rest.strip_prefix('>') {
                let kind = if is_close { TagKind::Close } else { TagKind::Open };
                return Some(Self::new(name, kind, attributes, text.len() - after.len()));
            }
            let (attribute, after) = attribute(rest)?;
            attributes.push(attribute);
            rest = after;
        }
    }

    fn new(name: &str, kind: TagKind, attributes: Vec<(String, String)>, length: usize) -> Self {
        Self { name: name.to_ascii_lowercase(), kind, attributes, length }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| attribute == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The tag as text again.
    pub(super) fn written(&self) -> String {
        if self.kind == TagKind::Close {
            return format!("</{}>", self.name);
        }
        let mut text = format!("<{}", self.name);
        for (name, value) in &self.attributes {
            text += &format!(" {name}=\"{}\"", escaped(value));
        }
        text + if self.kind == TagKind::SelfClosing { " />" } else { ">" }
    }
}

/// `name`, `name=value`, `name='value'` or `name="value"`, and what follows.
fn attribute(text: &str) -> Option<((String, String), &str)> {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))?;
    let (name, rest) = text.split_at_checked(end)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.' | '@');
    if name.is_empty() || !name.chars().all(fits) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
        return Some(((name, String::new()), rest));
    };
    let (value, rest) = match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split_once(quote)?,
        _ => {
            let end = value.find(|c: char| c.is_whitespace() || c == '>')?;
            value.split_at_checked(end)?
        }
    };
    Some(((name, unescaped(value)), rest))
}

/// Text as it stands in HTML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_in_every_spelling() {
        let tag = HtmlTag::read("<IMG src=a.png alt='x > y' hidden class=\"w-50\"/> text").unwrap();
        assert_eq!(tag.name, "img");
        assert_eq!(tag.kind, TagKind::SelfClosing);
        assert_eq!(tag.attribute("alt"), Some("x > y"));
        assert_eq!(tag.attribute("hidden"), Some(""));
        assert_eq!(tag.length, 48);
        assert_eq!(
            tag.written(),
            "<img src=\"a.png\" alt=\"x &gt; y\" hidden=\"\" class=\"w-50\" />"
        );
        let tag =
            HtmlTag::read("<Listing number=\"1-1\"\n  caption=\"`Vec<T>` &amp; co\">").unwrap();
        assert_eq!(tag.attribute("caption"), Some("`Vec<T>` & co"));
        assert_eq!(HtmlTag::read("</ a>").map(|tag| tag.name), None);
        assert_eq!(HtmlTag::read("</a >").unwrap().written(), "</a>");
    }

    #[test]
    fn what_is_no_tag_stays_text() {
        for text in ["<", "< a>", "<3", "<a", "<a href=\"x>", "a < b", "<https://a.test>", "<a,b>"]
        {
            assert_eq!(HtmlTag::read(text), None, "{text}");
        }
        assert_eq!(HtmlTag::read(&format!("<a {}", "x ".repeat(100_000))), None);
    }
}
