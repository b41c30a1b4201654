//! A state changes only at the wish of one of our own pages.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site` and `Origin`;
//! at least one has to be there and all that are there have to be ours.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::ORIGIN;
use http::{HeaderMap, Method};

use crate::app::App;
use crate::error::Problem;

/// Refuses a state change from another site, or from nowhere.
pub async fn same_site_changes(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let origin = app.public_url.origin().ascii_serialization();
    if safe || is_ours(request.headers(), &origin) {
        next.run(request).await
    } else {
        Problem::CrossSite.into_response()
    }
}

fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    let mut said = false;
    for (name, wanted) in [(ORIGIN.as_str(), origin), ("sec-fetch-site", "same-origin")] {
        for value in headers.get_all(name) {
            if value.as_bytes() != wanted.as_bytes() {
                return false;
            }
            said = true;
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn every_header_that_is_there_has_to_be_ours() {
        let origin = "https://school.test";
        let cases: [(&[(&str, &str)], bool); 9] = [
            (&[], false),
            (&[("origin", origin)], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("origin", origin), ("sec-fetch-site", "same-origin")], true),
            (&[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")], false),
            (&[("origin", origin), ("sec-fetch-site", "cross-site")], false),
            (&[("origin", origin), ("origin", "https://evil.test")], false),
            (&[("origin", "null")], false),
            (&[("origin", "https://school.test.evil.test")], false),
        ];
        for (pairs, ours) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_ours(&headers, origin), ours, "{pairs:?}");
        }
    }
}
