//! The words of footnotes. Comrak says in English where the arrow below a note
//! leads, and a page is read aloud in its own language.

use crate::escape::escaped;

/// What stands before comrak's words. Text has no plain quotes in HTML and a raw
/// tag no `data-` attributes, so no author's word is met here.
const INDEX: &str = "data-footnote-backref-idx=\"";
const ENGLISH: &str = " aria-label=\"Back to reference ";

/// Text in which each arrow is said to lead back by `words`, with the number of
/// the note for `{number}`.
pub(super) fn in_words(html: &str, words: &str) -> String {
    let mut parts = html.split(INDEX);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(INDEX);
        let label = part.split_once(ENGLISH).filter(|(index, _)| !index.contains('>'));
        match label.and_then(|(index, rest)| Some((index, rest.split_once('"')?))) {
            Some((index, (number, rest))) => {
                let label = escaped(&words.replace("{number}", number));
                out.extend([index, " aria-label=\"", &label, "\"", rest]);
            }
            None => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_arrow_is_told_in_the_words_of_the_page() {
        let arrow = |label: &str| {
            format!("<a data-footnote-backref-idx=\"1-2\" aria-label=\"{label}\">↩</a> b")
        };
        let html = arrow("Back to reference 1-2").repeat(2);
        assert_eq!(in_words(&html, "回到 \"{number}\""), arrow("回到 &quot;1-2&quot;").repeat(2));
        for html in ["", "text", "<a aria-label=\"Back to reference 1\">", INDEX] {
            assert_eq!(in_words(html, "{number}"), html);
        }
    }
}
