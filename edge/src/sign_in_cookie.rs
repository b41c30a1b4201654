//! What a browser remembers between asking for a sign-in and confirming it:
//! the secret that ties the code to it, for whom, and where to go then.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use ledger::{BrowserBinding, Email};
use url::Url;

use crate::cookie::{self, CookieError};
use crate::error::Problem;
use crate::return_to::ReturnTo;
use crate::secret::Secret;

/// As long as the code is good.
const SECONDS: i64 = 15 * 60;

/// A sign-in that waits for its confirmation in this browser.
pub struct Waiting {
    /// Ties the code to this browser.
    pub browser: BrowserBinding,
    /// Who is signing in.
    pub email: Email,
    /// Where to go then.
    pub return_to: ReturnTo,
}

impl Waiting {
    /// A new one with a fresh secret.
    pub fn new(email: Email, return_to: ReturnTo) -> Result<Self, Problem> {
        let secret = Secret::random().map_err(|error| Problem::Internal(error.to_string()))?;
        let browser = BrowserBinding::from_text(&URL_SAFE_NO_PAD.encode(secret.expose()));
        Ok(Self { browser, email, return_to })
    }

    /// What the request's cookie says. One that we did not write is as good as
    /// none: it opens nothing.
    pub fn find(headers: &HeaderMap, public_url: &Url) -> Result<Option<Self>, CookieError> {
        let value = match cookie::find(headers, cookie::SIGN_IN) {
            Err(CookieError::Malformed(_)) => None,
            answer => answer?,
        };
        Ok(value.and_then(|value| Self::parse(value, public_url)))
    }

    /// The `Set-Cookie` value.
    #[must_use]
    pub fn cookie(&self) -> Option<HeaderValue> {
        let text = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let (email, path) = (text(self.email.expose()), text(self.return_to.as_str()));
        cookie::set(cookie::SIGN_IN, &format!("{}.{email}.{path}", self.browser.expose()), SECONDS)
    }

    fn parse(value: &str, public_url: &Url) -> Option<Self> {
        let (browser, rest) = value.split_once('.')?;
        let (email, path) = rest.split_once('.')?;
        let text = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        Some(Self {
            browser: BrowserBinding::from_text(browser),
            email: Email::parse(&text(email)?).ok()?,
            return_to: ReturnTo::parse(text(path).as_deref(), public_url),
        })
    }
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;

    use super::*;

    fn url() -> Url {
        Url::parse("https://school.test/").unwrap()
    }

    fn find(value: &str) -> Option<Waiting> {
        let mut headers = HeaderMap::new();
        let value = format!("{}={value}", cookie::SIGN_IN);
        headers.insert(COOKIE, HeaderValue::from_str(&value).unwrap());
        Waiting::find(&headers, &url()).unwrap()
    }

    #[test]
    fn a_browser_remembers_for_whom_and_where_to() {
        let email = Email::parse("ada@example.org").unwrap();
        let asked = Waiting::new(email, ReturnTo::parse(Some("/learn/a/b/"), &url())).unwrap();
        let cookie = asked.cookie().unwrap();
        let value = cookie.to_str().unwrap().split([';', '=']).nth(1).unwrap().to_owned();
        let found = find(&value).unwrap();
        assert_eq!(found.browser, asked.browser);
        assert_eq!(found.email, asked.email);
        assert_eq!(found.return_to.as_str(), "/learn/a/b/");
    }

    #[test]
    fn a_cookie_of_another_make_is_none() {
        let evil = URL_SAFE_NO_PAD.encode("//evil.test");
        let email = URL_SAFE_NO_PAD.encode("ada@example.org");
        for value in ["a", "a.b", "a.b.c", "..", &format!("a.{evil}.{evil}")] {
            assert!(find(value).is_none(), "{value}");
        }
        assert_eq!(find(&format!("a.{email}.{evil}")).unwrap().return_to, ReturnTo::default());
    }
}
