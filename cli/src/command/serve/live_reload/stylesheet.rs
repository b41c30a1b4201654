//! Two pages that differ in nothing but their stylesheets: then a browser can take
//! the new ones without loading the page again.

use serde::Serialize;

/// One stylesheet in the place of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Swap {
    /// The address as it stands in the page.
    from: String,
    /// The address as it will.
    to: String,
}

/// How a stylesheet begins in the pages of a theme. One that is written otherwise is
/// no stylesheet here, and its page is loaded again.
const LINK: &str = r#"<link rel="stylesheet" href=""#;

/// The stylesheets that differ, in order. `None` if anything else does.
pub(crate) fn swaps(before: &[u8], now: &[u8]) -> Option<Vec<Swap>> {
    let (before, now) = (std::str::from_utf8(before).ok()?, std::str::from_utf8(now).ok()?);
    let mut before = before.split(LINK);
    let mut now = now.split(LINK);
    if before.next() != now.next() {
        return None;
    }
    let mut swaps = Vec::new();
    loop {
        let (from, to) = match (before.next(), now.next()) {
            (None, None) => return Some(swaps),
            (Some(before), Some(now)) => (before.split_once('"')?, now.split_once('"')?),
            (Some(_), None) | (None, Some(_)) => return None,
        };
        let ((from, after), (to, after_now)) = (from, to);
        if after != after_now {
            return None;
        }
        if from != to {
            swaps.push(Swap { from: from.to_owned(), to: to.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(sheets: &[&str], text: &str) -> Vec<u8> {
        let links = sheets.iter().map(|sheet| format!("{LINK}{sheet}\">\n"));
        format!("<head>{}</head>{text}", links.collect::<String>()).into_bytes()
    }

    #[test]
    fn a_page_with_other_styles_alone_takes_them() {
        let swap = |from: &str, to: &str| Swap { from: from.to_owned(), to: to.to_owned() };
        let before = page(&["/a.1.css", "/b.1.css"], "text");
        assert_eq!(
            swaps(&before, &page(&["/a.1.css", "/b.2.css"], "text")),
            Some(vec![swap("/b.1.css", "/b.2.css")])
        );
        assert_eq!(
            swaps(&before, &page(&["/a.2.css", "/b.2.css"], "text")),
            Some(vec![swap("/a.1.css", "/a.2.css"), swap("/b.1.css", "/b.2.css")])
        );
    }

    #[test]
    fn a_page_that_differs_elsewhere_is_loaded_again() {
        let before = page(&["/a.1.css", "/b.1.css"], "text");
        for now in [
            page(&["/a.1.css", "/b.2.css"], "other"),
            page(&["/a.2.css"], "text"),
            page(&["/a.1.css", "/b.1.css", "/c.1.css"], "text"),
            page(&[], "text"),
            vec![0xff],
        ] {
            assert_eq!(swaps(&before, &now), None, "{}", String::from_utf8_lossy(&now));
        }
    }
}
