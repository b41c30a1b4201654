//! `GET /api/auth`: a decision for nginx `auth_request` and the like.
//!
//! The answer is 200, 401 or 403 and nothing else. The only header that
//! counts besides the session is `X-Original-URI`, which the proxy must set:
//!
//! ```nginx
//! location = /_lyceum_auth {
//!     internal;
//!     proxy_pass http://127.0.0.1:4000/api/auth;
//!     proxy_pass_request_body off;
//!     proxy_set_header Content-Length "";
//!     proxy_set_header X-Original-URI $request_uri;
//! }
//! ```

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use contracts::id::LessonId;
use contracts::manifest::Manifest;
use contracts::object_key::ObjectKey;
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;

use crate::answer;
use crate::app::App;
use crate::decision;
use crate::error::Problem;
use crate::published::Publication;
use crate::viewer;

const ORIGINAL_URI: &str = "x-original-uri";
const MAX_URI_BYTES: usize = 4096;

/// Decides about the URI that the proxy names; whatever is unclear is a 403.
pub async fn decide(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    answer::empty(match allowed(&app, &headers).await {
        Ok(()) => StatusCode::OK,
        Err(Problem::SignInRequired | Problem::InvalidSession(_)) => StatusCode::UNAUTHORIZED,
        Err(problem) => {
            if let Problem::Unavailable { part, cause } = problem {
                tracing::warn!(part, cause, "no decision could be made");
            }
            StatusCode::FORBIDDEN
        }
    })
}

async fn allowed(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let now = app.now();
    let path = original_path(headers).ok_or(Problem::NotFound)?;
    let publication = app.published.publication()?;
    // A session can't be renewed here: the proxy would drop the new cookies.
    let viewer = viewer::look_only(app, headers, now).await?;
    if is_public(&publication, &path) {
        return Ok(());
    }
    let (manifest, lesson) = lesson_of(&publication, &path).ok_or(Problem::NotFound)?;
    decision::open(app, &viewer, manifest, lesson, now).await
}

/// The decoded path of the one `X-Original-URI`, without its leading slash.
///
/// Anything that two servers could read differently is no path: dot segments,
/// empty segments, backslashes, control characters and double encoding.
fn original_path(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(ORIGINAL_URI).into_iter();
    let uri = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
    if uri.len() > MAX_URI_BYTES {
        return None;
    }
    let path = uri.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let odd = |c: char| c.is_control() || matches!(c, '\\' | '%' | ';' | '?' | '#');
    let (folder, _) = path.rsplit_once('/').unwrap_or(("a", ""));
    let plain = !path.contains(odd)
        && path.split('/').all(|segment| !segment.starts_with('.'))
        && folder.split('/').all(|segment| !segment.is_empty());
    plain.then(|| path.into_owned())
}

fn is_public(publication: &Publication, path: &str) -> bool {
    let index = format!("{path}index.html");
    let is_folder = path.is_empty() || path.ends_with('/');
    publication.file(if is_folder { &index } else { path }).is_some()
}

/// The lesson that a path belongs to: below `/learn/`, or an object of the
/// private side that the manifest names.
fn lesson_of<'a>(publication: &'a Publication, path: &str) -> Option<(&'a Manifest, &'a LessonId)> {
    let mut segments = path.split('/');
    let mut first = segments.next()?;
    if first == "lessons" {
        return lesson_of_object(publication, path);
    }
    if publication.language(first).is_some() {
        first = segments.next()?;
    }
    if first != "learn" {
        return None;
    }
    let (course, lesson) = (segments.next()?, segments.next()?);
    let (published, id, _) = publication.lesson(course, lesson)?;
    Some((published.manifest(), id))
}

fn lesson_of_object<'a>(
    publication: &'a Publication,
    path: &str,
) -> Option<(&'a Manifest, &'a LessonId)> {
    let manifest = publication.live.manifest();
    let id = path.split('/').nth(1)?;
    let lesson = manifest.objects.iter().find_map(|entry| match &entry.key {
        // The ids are compared first: anybody may ask, and a large school has
        // too many objects to write down the path of each.
        ObjectKey::Body { lesson, .. } | ObjectKey::LessonAsset { lesson, .. }
            if lesson.as_str() == id && entry.key.path() == path =>
        {
            Some(lesson)
        }
        _ => None,
    })?;
    Some((manifest, lesson))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn path(uri: &[u8]) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGINAL_URI, HeaderValue::from_bytes(uri).unwrap());
        original_path(&headers)
    }

    #[test]
    fn a_plain_path_is_decoded_once() {
        assert_eq!(path(b"/learn/rust/%E6%89%80/?a=/../b").as_deref(), Some("learn/rust/所/"));
        assert_eq!(path(b"/").as_deref(), Some(""));
    }

    #[test]
    fn what_two_servers_could_read_differently_is_no_path() {
        for uri in [
            "",
            "learn/a/b/",
            "//learn/a/b/",
            "/learn//a/b/",
            "/learn/../x",
            "/learn/a/%2e%2e/b/",
            "/learn/a/%252e/b",
            "/learn\\a",
            "/learn/a%5cb",
            "/learn/a%00",
            "/learn/a;x/b/",
            "/.git/HEAD",
            "/learn/a/.b/",
            "http://evil.test/",
            "/a%0d%0ab",
            "/learn/a/b//",
        ] {
            assert_eq!(path(uri.as_bytes()), None, "{uri}");
        }
        assert_eq!(path(b"/\xff"), None);
        assert_eq!(path(b"/%ff"), None);
        assert_eq!(path("/a".repeat(4096).as_bytes()), None);
    }

    #[test]
    fn two_uris_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(ORIGINAL_URI, HeaderValue::from_static("/a"));
        headers.append(ORIGINAL_URI, HeaderValue::from_static("/b"));
        assert_eq!(original_path(&headers), None);
        assert_eq!(original_path(&HeaderMap::new()), None);
    }
}
