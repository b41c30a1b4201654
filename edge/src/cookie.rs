//! The names of our cookies, how they are read and how they are written.
//!
//! All carry the `__Host-` prefix, so no subdomain can plant one; two cookies
//! of one of our names mean that somebody tried, and the request is refused.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// The session token.
pub const SESSION: &str = "__Host-lyceum";
/// The refresh token.
pub const REFRESH: &str = "__Host-lyceum-refresh";
/// Ties a sign-in to the browser that asked for it.
pub const SIGN_IN: &str = "__Host-lyceum-sign-in";

/// Browsers drop a cookie of more than 4096 bytes, name and attributes included.
pub const MAX_VALUE_BYTES: usize = 3800;

/// The request carries a cookie of ours that can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CookieError {
    /// Two cookies of the same name.
    #[error("the cookie `{0}` stands twice in the request")]
    Duplicate(&'static str),
    /// Longer than we ever write, or with bytes that we never write.
    #[error("the cookie `{0}` is not one that was given out here")]
    Malformed(&'static str),
}

/// The value of a cookie of ours. `None` when the request has none.
pub fn find<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
) -> Result<Option<&'a str>, CookieError> {
    let mut found = None;
    let pairs = headers
        .get_all(COOKIE)
        .into_iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii);
    for pair in pairs {
        let Some(value) = pair.strip_prefix(name.as_bytes()).and_then(|r| r.strip_prefix(b"="))
        else {
            continue;
        };
        if found.replace(value).is_some() {
            return Err(CookieError::Duplicate(name));
        }
    }
    let Some(value) = found else { return Ok(None) };
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if value.is_empty() || value.len() > MAX_VALUE_BYTES || !value.iter().all(plain) {
        return Err(CookieError::Malformed(name));
    }
    Ok(std::str::from_utf8(value).ok())
}

/// A `Set-Cookie` value that keeps `value` for `seconds`.
///
/// `None` when the value holds what a cookie can't, which our tokens never do.
#[must_use]
pub fn set(name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}"
    ))
    .ok()
}

/// A `Set-Cookie` value that removes the cookie.
#[must_use]
pub fn clear(name: &str) -> Option<HeaderValue> {
    set(name, "", 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
        }
        headers
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers(&["a=1; __Host-lyceum-refresh=r; __Host-lyceum=s.t", "b=2"]);
        assert_eq!(find(&headers, SESSION), Ok(Some("s.t")));
        assert_eq!(find(&headers, REFRESH), Ok(Some("r")));
        assert_eq!(find(&headers, SIGN_IN), Ok(None));
    }

    #[test]
    fn two_cookies_of_our_name_are_refused_in_one_header_or_two() {
        for lines in
            [&["__Host-lyceum=a; __Host-lyceum=a"][..], &["__Host-lyceum=a", "__Host-lyceum=b"]]
        {
            assert_eq!(find(&headers(lines), SESSION), Err(CookieError::Duplicate(SESSION)));
        }
    }

    #[test]
    fn a_value_that_we_never_write_is_malformed_not_absent() {
        let long = format!("__Host-lyceum={}", "a".repeat(MAX_VALUE_BYTES + 1));
        for line in ["__Host-lyceum=", "__Host-lyceum=a b", "__Host-lyceum=\"a\"", &long] {
            assert_eq!(
                find(&headers(&[line]), SESSION),
                Err(CookieError::Malformed(SESSION)),
                "{line}"
            );
        }
    }

    #[test]
    fn every_cookie_is_host_only_secure_and_unseen_by_scripts() {
        let cookie = set(SESSION, "a.b.c", 600).unwrap();
        assert_eq!(
            cookie,
            "__Host-lyceum=a.b.c; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"
        );
    }
}
