//! Where to go after signing in: a path of our own and nothing else.

use url::Url;

/// The account page, when nobody asked for anything better.
const DEFAULT: &str = "/account/";
const MAX_BYTES: usize = 1024;

/// A path and query on this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Takes what a client sent. What could lead off the site is dropped for
    /// the account page, since a sign-in should not fail for it.
    #[must_use]
    pub fn parse(text: Option<&str>, public_url: &Url) -> Self {
        text.and_then(|text| own_path(text, public_url)).map_or_else(Self::default, Self)
    }

    /// The path-absolute URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnTo {
    fn default() -> Self {
        Self(DEFAULT.to_owned())
    }
}

fn own_path(text: &str, public_url: &Url) -> Option<String> {
    let plain = text.len() <= MAX_BYTES
        && text.starts_with('/')
        && !text.starts_with("//")
        && !text.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace());
    let url = plain.then(|| public_url.join(text).ok()).flatten()?;
    // Browsers resolve as this parser does, so the origin is judged by it too.
    if url.origin() != public_url.origin() || url.path().starts_with("//") {
        return None;
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{}{query}", url.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> ReturnTo {
        ReturnTo::parse(Some(text), &Url::parse("https://school.test/").unwrap())
    }

    #[test]
    fn a_path_of_ours_is_kept() {
        for path in ["/learn/rust/ownership/", "/a?b=c%20d", "/zh/%E6%89%80/"] {
            assert_eq!(parse(path).as_str(), path);
        }
        assert_eq!(parse("/所有").as_str(), "/%E6%89%80%E6%9C%89");
        assert_eq!(parse("/a#part").as_str(), "/a");
    }

    #[test]
    fn nothing_leads_off_the_site() {
        let hosts = ["evil.test", "evil.test/..", "school.test@evil.test", "evil.test%2f", "[::1]"];
        let heads = [
            "//",
            "///",
            "////",
            "/\\",
            "\\\\",
            "\\/",
            "/\\/",
            "/\t/",
            "/\n/",
            "\t//",
            " //",
            "https://",
            "https:",
            "http:///",
            "HTTPS://",
            "//\\",
            "/%09/\\",
            "javascript:",
            "data:text/html,",
            "mailto:",
            "/\u{0}/",
            "/.//",
            "/..//",
            "/%2e%2e//",
            "/a/..//",
            "/a/../..//",
            "?//",
            "#//",
            "",
            "@",
            "/\u{a0}/",
            "/\u{2028}//",
            "／／",
        ];
        for (head, host) in heads.iter().flat_map(|head| hosts.map(|host| (head, host))) {
            let kept = parse(&format!("{head}{host}"));
            let resolved = Url::parse("https://school.test/").unwrap().join(kept.as_str()).unwrap();
            assert_eq!(resolved.host_str(), Some("school.test"), "{head}{host}");
            assert!(
                kept.as_str().starts_with('/') && !kept.as_str().starts_with("//"),
                "{head}{host}"
            );
        }
        assert_eq!(parse(&format!("/{}", "a".repeat(2000))), ReturnTo::default());
    }
}
