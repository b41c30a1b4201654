//! Reads HTML as a browser's tokenizer would, as far as it takes to say whether
//! anything in it runs.

/// Elements that have no end tag.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// Elements that run something, load something, or change what the page is, and
/// that no text of an author may bring in.
const ACTIVE: [&str; 14] = [
    "applet", "base", "embed", "form", "frame", "frameset", "iframe", "link", "meta", "object",
    "portal", "script", "style", "template",
];

/// Attributes whose value is an address.
const ADDRESSES: [&str; 11] = [
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "href",
    "ping",
    "poster",
    "src",
    "srcset",
    "xlink:href",
];

/// A start tag or an end tag.
#[derive(Debug)]
struct Tag<'a> {
    /// In lower case.
    name: String,
    kind: Kind,
    /// Names in lower case, values as they stand.
    attributes: Vec<(String, &'a str)>,
    /// What stands up to the end tag, of an element whose content is no markup.
    raw: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    /// `<br/>`
    Closed,
    End,
}

/// What an author's text became: each tag is closed in order, and nothing runs.
pub(crate) fn assert_fragment_is_sound(html: &str) {
    let mut open: Vec<String> = Vec::new();
    for tag in tags(html) {
        assert_passive(&tag, html);
        assert!(!ACTIVE.contains(&tag.name.as_str()), "runs <{}>: {html}", tag.name);
        match tag.kind {
            Kind::End => {
                assert_eq!(open.pop().as_ref(), Some(&tag.name), "closed out of order: {html}");
            }
            // HTML takes the `/` of `<div/>` for nothing; drawings and formulas don't.
            Kind::Closed if open.iter().any(|name| matches!(name.as_str(), "svg" | "math")) => {}
            Kind::Start | Kind::Closed if !VOID.contains(&tag.name.as_str()) => {
                open.push(tag.name);
            }
            Kind::Start | Kind::Closed => {}
        }
    }
    assert!(open.is_empty(), "left open {open:?}: {html}");
}

/// A whole page: scripts are the theme's own files or data, and nothing else runs.
pub(crate) fn assert_page_is_sound(html: &str) {
    for tag in tags(html) {
        assert_passive(&tag, html);
        match tag.name.as_str() {
            "script" if tag.kind == Kind::Start => assert_script(&tag, html),
            "applet" | "base" | "embed" | "frame" | "frameset" | "iframe" | "object" | "portal" => {
                panic!("runs <{}>: {html}", tag.name)
            }
            _ => {}
        }
    }
}

fn assert_script(tag: &Tag<'_>, html: &str) {
    let value = |name: &str| tag.attributes.iter().find(|(own, _)| own == name).map(|(_, v)| *v);
    match (value("src"), value("type")) {
        (Some(src), _) => {
            let is_own =
                src.starts_with("/assets/") || src.starts_with("https://school.test/assets/");
            assert!(is_own && tag.raw.trim().is_empty(), "runs {src}: {html}");
        }
        (None, Some("application/ld+json")) => {
            let data: Result<serde_json::Value, _> = serde_json::from_str(tag.raw);
            assert!(data.is_ok(), "no JSON: {}", tag.raw);
        }
        (None, _) => panic!("runs a script of the page: {html}"),
    }
}

/// Nothing about the tag itself runs.
fn assert_passive(tag: &Tag<'_>, html: &str) {
    for (name, value) in &tag.attributes {
        assert!(!name.starts_with("on"), "handles an event by {name}: {html}");
        assert!(name != "srcdoc", "holds a page in an attribute: {html}");
        if ADDRESSES.contains(&name.as_str()) {
            assert!(!runs(value), "an address runs: {value}: {html}");
        }
        if name == "content" && tag.name == "meta" {
            let target = value.to_ascii_lowercase();
            let target = target.split_once("url=").map_or("", |(_, target)| target);
            assert!(!runs(target.trim_start_matches(['\'', '"'])), "leads to {value}: {html}");
        }
    }
}

/// Whether a browser runs what this address names. Blanks before it and within
/// the scheme count for nothing, and references to characters are read.
fn runs(address: &str) -> bool {
    let text: String = unescaped(address)
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .take(40)
        .collect();
    let is_picture = text.starts_with("data:image/") && !text.starts_with("data:image/svg");
    ["javascript:", "vbscript:", "data:"].iter().any(|scheme| text.starts_with(scheme))
        && !is_picture
}

/// References to characters that a scheme can be hidden behind.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        let (reference, after_it) = after.split_at(end.unwrap_or(after.len()));
        let c = match reference.strip_prefix(['#']) {
            Some(digits) => {
                let code = match digits.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => digits.parse(),
                };
                code.ok().and_then(char::from_u32)
            }
            None => match reference {
                "colon" => Some(':'),
                "Tab" | "NewLine" => Some(' '),
                "amp" => Some('&'),
                _ => None,
            },
        };
        match c {
            Some(c) => {
                out.push(c);
                rest = after_it.strip_prefix(';').unwrap_or(after_it);
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

/// Every tag, in order.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let first = after.trim_start_matches('/').chars().next();
        if !first.is_some_and(|c| c.is_ascii_alphabetic()) {
            // A lone `<`, `<!doctype>`, or what browsers take for a comment.
            rest = after;
            continue;
        }
        let (inside, after) = after.split_at(tag_end(after));
        rest = after.strip_prefix('>').unwrap_or(after);
        let mut tag = tag(inside);
        if tag.kind == Kind::Start
            && ["script", "style", "textarea", "title"].contains(&tag.name.as_str())
        {
            let end = format!("</{}", tag.name);
            let at = rest.to_ascii_lowercase().find(&end).unwrap_or(rest.len());
            (tag.raw, rest) = rest.split_at(at);
        }
        tags.push(tag);
    }
    tags
}

/// Where a tag ends: `>` inside of a quoted value doesn't end it.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, c) in tag.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// What stands between `<` and `>`.
fn tag(inside: &str) -> Tag<'_> {
    let is_end = inside.starts_with('/');
    let inside = inside.trim_start_matches('/');
    let kind = match (is_end, inside.ends_with('/')) {
        (true, _) => Kind::End,
        (false, true) => Kind::Closed,
        (false, false) => Kind::Start,
    };
    let is_gap = |c: char| c.is_ascii_whitespace() || c == '/';
    let end = inside.find(is_gap).unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(is_gap);
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| is_gap(c) || c == '=').unwrap_or(rest.len());
        // An `=` in front belongs to the name.
        let end = end.max(rest.chars().next().map_or(1, char::len_utf8));
        let (name, after) = rest.split_at(end);
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        let (value, after) = value.map_or(("", after), split_value);
        attributes.push((name.to_ascii_lowercase(), value));
        rest = after;
    }
    Tag { name: name.to_ascii_lowercase(), kind, attributes, raw: "" }
}

fn split_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the check refuses; a check that never does would look the same.
    fn refuses(check: fn(&str), html: &str) -> bool {
        std::panic::catch_unwind(|| check(html)).is_err()
    }

    #[test]
    fn a_fragment_that_runs_something_is_refused() {
        for html in [
            "<script>a</script>",
            "<p onclick=a>b</p>",
            "<p title='x' ONLOAD = \"a\">b</p>",
            "<img src=x/onerror=y><img src=\"x\"onerror=y>",
            "<a href=\"javascript:a\">b</a>",
            "<a href=' java&#x0A;script&colon;a'>b</a>",
            "<a href=\"data:text/html,x\">b</a>",
            "<iframe srcdoc=\"x\"></iframe>",
            "<p><b></p></b>",
            "<p>",
            "<div/>",
            "</p>",
        ] {
            assert!(refuses(assert_fragment_is_sound, html), "{html}");
        }
    }

    #[test]
    fn a_fragment_that_is_only_text_is_let_through() {
        for html in [
            "<p title=\"on > b\">a < b &lt;script></p>",
            "<img src=\"data:image/png;base64,AAAA\" alt><br/>",
            "<!-- <script> --><a href=\"https://a.test/?javascript:\">b</a>",
            "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>",
        ] {
            assert_fragment_is_sound(html);
        }
    }

    #[test]
    fn a_page_has_no_script_but_the_themes() {
        for html in [
            "<script src=\"/assets/a.js\"></script><title><b></title>",
            "<script type=\"application/ld+json\">{\"a\":\"\\u003c\"}</script>",
        ] {
            assert_page_is_sound(html);
        }
        for html in [
            "<script>a</script>",
            "<script src=\"//a.test/a.js\"></script>",
            "<script type=\"application/ld+json\">{\"a\":\"</script><b>\"}</script>",
            "<meta http-equiv=refresh content=\"0; URL=javascript:a\">",
        ] {
            assert!(refuses(assert_page_is_sound, html), "{html}");
        }
    }
}
