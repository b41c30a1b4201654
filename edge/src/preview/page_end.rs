//! Puts something at the end of each page as it is served, such as the script that
//! follows the author's edits: so it never is in a page that is built or published.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    RANGE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::error::Problem;
use crate::security_headers::Sandboxed;

/// Makes the HTML for the end of a page from the page's bytes without it.
pub type PageEnd = fn(&[u8]) -> String;

/// Lays the end into every page that passes.
pub(super) async fn end_pages(
    State(end): State<PageEnd>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_head = *request.method() == Method::HEAD;
    if is_page_address(request.uri().path()) {
        // The page that the browser kept, or half of it, may have another end.
        for name in [RANGE, IF_RANGE, IF_NONE_MATCH, IF_MODIFIED_SINCE] {
            request.headers_mut().remove(name);
        }
    }
    let mut response = next.run(request).await;
    if !is_page(&response) {
        return response;
    }
    let headers = response.headers_mut();
    for name in [ETAG, ACCEPT_RANGES, CONTENT_LENGTH] {
        headers.remove(name);
    }
    if is_head {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, usize::MAX).await else {
        return Problem::Internal("a page broke off".to_owned()).into_response();
    };
    let ended = with_end(&page, &end(&page));
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(ended.len()));
    Response::from_parts(parts, Body::from(ended))
}

/// A page stands at a folder or in an `.html` file; where neither is, the answer
/// may be the page that says so.
fn is_page_address(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.ends_with(".html") || !name.contains('.')
}

/// Whether an answer is a page of the school: what an author attached runs nothing,
/// and a gated body is only a part of one.
fn is_page(response: &Response) -> bool {
    is_html(response.headers())
        && response.status() != StatusCode::PARTIAL_CONTENT
        && response.extensions().get::<Sandboxed>().is_none()
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

fn with_end(page: &[u8], end: &str) -> Vec<u8> {
    const CLOSING: &[u8] = b"</body>";
    // A theme of the author's own may leave out the tag, as HTML allows.
    let place = page.windows(CLOSING.len()).rposition(|tag| tag.eq_ignore_ascii_case(CLOSING));
    let (before, after) = page.split_at_checked(place.unwrap_or(page.len())).unwrap_or((page, b""));
    [before, end.as_bytes(), after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_stands_at_the_end_of_the_body() {
        for (page, expected) in [
            ("<body><p>a</p></body></html>", "<body><p>a</p>END</body></html>"),
            ("<pre>&lt;/body></pre></body>\n</BODY>", "<pre>&lt;/body></pre></body>\nEND</BODY>"),
            ("<p>a", "<p>aEND"),
            ("", "END"),
        ] {
            assert_eq!(with_end(page.as_bytes(), "END"), expected.as_bytes(), "{page}");
        }
    }

    #[test]
    fn a_page_is_told_from_a_file_by_its_address() {
        for path in ["/", "/courses/a/", "/learn/a/b/", "/404.html", "/courses/a"] {
            assert!(is_page_address(path), "{path}");
        }
        for path in ["/assets/a.css", "/learn/a/b/film.mp4", "/feed.xml"] {
            assert!(!is_page_address(path), "{path}");
        }
    }
}
