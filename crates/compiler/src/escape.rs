//! Text as HTML: the four characters that could end a text or an attribute.
//!
//! Everything that writes HTML by hand goes through here; templates escape by
//! themselves.

/// Escapes text for HTML, inside elements and inside double-quoted attributes
/// alike.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    escape_into(&mut html, text);
    html
}

/// Like [`escaped`], at the end of what is there.
pub(crate) fn escape_into(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some(index) = rest.find(['&', '<', '>', '"']) {
        let (plain, special) = rest.split_at(index);
        html.push_str(plain);
        html.push_str(match special.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            _ => "&quot;",
        });
        rest = special.get(1..).unwrap_or_default();
    }
    html.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escaped_can_end_a_text_or_an_attribute() {
        assert_eq!(escaped(""), "");
        assert_eq!(escaped("你 & <b title=\"x\">'"), "你 &amp; &lt;b title=&quot;x&quot;&gt;'");
    }
}
