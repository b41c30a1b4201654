//! Looking at the preview as a browser would, from inside the process: so that
//! whoever follows a page can tell whether it would come out the same.

use std::convert::Infallible;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request};
use bytes::Bytes;
use http::header::{ACCEPT, COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use tower::ServiceExt;

use crate::cookie;

/// No page is longer. A film that is asked for as if it were one must not fill the
/// memory, and any site that the author visits can have its address asked for.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The preview itself, without what is put at the end of its pages. Clones look at
/// the same one.
#[derive(Clone)]
pub struct Visit {
    router: Router,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: StatusCode,
    /// All bytes of the body.
    pub body: Bytes,
}

/// Whose browser sent a request: an extractor for further routes.
#[derive(Debug, Clone)]
pub struct Visitor {
    session: Option<HeaderValue>,
}

impl Visit {
    pub(super) fn new(router: Router) -> Self {
        Self { router }
    }

    /// What this browser would see at an address, given as path and query. `None` if
    /// that is no address, or if what stands there is too long for a page.
    pub async fn see(&self, visitor: &Visitor, address: &str) -> Option<Seen> {
        let mut request = Request::get(address).body(Body::empty()).ok()?;
        // As for a page: an accident is told in HTML then.
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("text/html,*/*"));
        request.headers_mut().extend(visitor.session.clone().map(|cookie| (COOKIE, cookie)));
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), MAX_BYTES).await.ok()?;
        Some(Seen { status, body })
    }
}

impl Visitor {
    /// A browser that has not signed in.
    pub(super) fn without_session() -> Self {
        Self { session: None }
    }

    /// Without the cookie that renews a session: it is good for one use, and the
    /// browser would not get the next one.
    fn of(parts: &Parts) -> Self {
        let token = cookie::find(&parts.headers, cookie::SESSION).ok().flatten();
        let session = token.map(|token| format!("{}={token}", cookie::SESSION));
        Self { session: session.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // A session that the preview itself has put there would end in ten minutes.
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self::of(parts)))
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;

    use super::*;

    #[tokio::test]
    async fn what_is_too_long_for_a_page_is_not_taken_for_one() {
        let of_length = |length| get(move || async move { vec![b'a'; length] });
        let router = Router::new()
            .route("/page", of_length(MAX_BYTES))
            .route("/film", of_length(MAX_BYTES + 1));
        let visit = Visit::new(router);
        let guest = Visitor::without_session();
        assert!(visit.see(&guest, "/page").await.is_some());
        assert!(visit.see(&guest, "/film").await.is_none());
    }
}
