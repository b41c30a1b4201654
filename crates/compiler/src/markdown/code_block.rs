//! The line behind a fence, and the HTML around a block of code.

use crate::escape::escaped;
use crate::highlight::Highlighter;

/// What an author says behind the fence: `rust,ignore`, `toml {title="site.toml"}`.
#[derive(Debug, PartialEq, Eq)]
struct Info {
    /// In lower case; empty if none is said.
    language: String,
    title: Option<String>,
}

/// Writes a block of code in colours.
pub(super) fn write(highlighter: &Highlighter, info: &str, code: &str) -> String {
    let Info { language, title } = parse(info);
    let code = highlighter.highlight(&language, code);
    let data = if language.is_empty() {
        String::new()
    } else {
        format!(" data-lang=\"{}\"", escaped(&language))
    };
    match title {
        None => format!("<div class=\"code\"{data}><pre><code>{code}</code></pre></div>"),
        Some(title) => {
            let title = escaped(&title);
            format!(
                "<figure class=\"code\"{data}><figcaption>{title}</figcaption><pre><code>{code}</code></pre></figure>"
            )
        }
    }
}

fn parse(info: &str) -> Info {
    let end = info.find(|c: char| c.is_whitespace() || matches!(c, ',' | '{'));
    let (language, rest) = info.split_at(end.unwrap_or(info.len()));
    // Longer than any name of a language: the author wrote something else.
    let language =
        if language.chars().count() <= 40 { language.to_lowercase() } else { String::new() };
    let title = rest
        .split_once("title=")
        .map(|(_, value)| match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value.split(quote).nth(1).unwrap_or_default(),
            _ => value.split([' ', ',', '}']).next().unwrap_or_default(),
        })
        .filter(|title| !title.is_empty())
        .map(str::to_owned);
    Info { language, title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_behind_a_fence_is_read() {
        for (info, language, title) in [
            ("", "", None),
            ("rust", "rust", None),
            ("Rust,ignore,should_panic", "rust", None),
            ("c++", "c++", None),
            ("rust {title=\"src/main.rs\"}", "rust", Some("src/main.rs")),
            ("{title=\"notes\"}", "", Some("notes")),
            ("toml title='a b' hl_lines=\"1 2\"", "toml", Some("a b")),
            ("toml,title=site.toml", "toml", Some("site.toml")),
            ("rust {title=\"\"}", "rust", None),
        ] {
            let title = title.map(str::to_owned);
            assert_eq!(parse(info), Info { language: language.to_owned(), title }, "{info}");
        }
        assert_eq!(parse(&"x".repeat(41)).language, "");
    }

    #[test]
    fn a_title_is_a_caption_and_nothing_is_taken_as_markup() {
        let highlighter = Highlighter::new();
        assert_eq!(
            write(&highlighter, "", "a < b\n"),
            "<div class=\"code\"><pre><code>a &lt; b\n</code></pre></div>"
        );
        assert_eq!(
            write(&highlighter, "\"><script> {title=\"<b>\"}", "x"),
            "<figure class=\"code\" data-lang=\"&quot;&gt;&lt;script&gt;\">\
             <figcaption>&lt;b&gt;</figcaption><pre><code>x</code></pre></figure>"
        );
    }
}
