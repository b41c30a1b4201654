//! The headers that keep a page from being turned against its reader, and the
//! cache header. Both stand on every answer, errors and panics included.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use contracts::cache_policy::CachePolicy;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};
use url::Url;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// For a document that is not one of our own pages: an attached HTML, SVG or
/// XML file is shown, but runs nothing and belongs to no origin.
const SANDBOX: HeaderValue = HeaderValue::from_static(
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'",
);

/// Marks an answer that brings what an author attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sandboxed;

/// The headers of one edge, made once.
#[derive(Clone)]
pub struct SecurityHeaders {
    fixed: Arc<HeaderMap>,
}

impl SecurityHeaders {
    /// The headers of a school at `public_url` whose objects come from
    /// `object_origin` besides.
    #[must_use]
    pub fn new(public_url: &Url, object_origin: Option<&str>) -> Self {
        let objects = object_origin.map(|origin| format!(" {origin}")).unwrap_or_default();
        // No inline script or style: what an author writes can't run.
        let csp = format!(
            "default-src 'self'; img-src 'self' data:{objects}; media-src 'self'{objects}; \
             connect-src 'self'{objects}; frame-src https:; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'"
        );
        let mut fixed = HeaderMap::new();
        fixed
            .extend(HeaderValue::from_str(&csp).ok().map(|value| (CONTENT_SECURITY_POLICY, value)));
        for (name, value) in [
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // Keeps a sign-in link out of every `Referer`, but unlike
            // `no-referrer` leaves the `Origin` of our own forms in place.
            (REFERRER_POLICY, "strict-origin"),
            (OPENER_POLICY, "same-origin"),
            (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"),
        ] {
            fixed.insert(name, HeaderValue::from_static(value));
        }
        if public_url.scheme() == "https" {
            let year = HeaderValue::from_static("max-age=31536000");
            fixed.insert(STRICT_TRANSPORT_SECURITY, year);
        }
        Self { fixed: Arc::new(fixed) }
    }
}

/// Writes the headers; without a policy an answer is not cached.
pub async fn write_headers(
    State(security): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let policy = response.extensions().get().copied().unwrap_or(CachePolicy::NoStore);
    let is_sandboxed = response.extensions().get::<Sandboxed>().is_some();
    // A shared cache would hand the cookie to whoever asks next. It can come with
    // a public page whose address looks like a route that renews sessions.
    let sets_cookie = response.headers().contains_key(SET_COOKIE);
    let policy = if sets_cookie { CachePolicy::NoStore } else { policy };
    let headers = response.headers_mut();
    for (name, value) in security.fixed.iter() {
        headers.insert(name, value.clone());
    }
    if is_sandboxed {
        headers.insert(CONTENT_SECURITY_POLICY, SANDBOX);
    }
    // What everyone may read may also be shown in a feed reader elsewhere.
    let audience = match policy {
        CachePolicy::Immutable | CachePolicy::Revalidate => "cross-origin",
        CachePolicy::Private | CachePolicy::NoStore => "same-origin",
    };
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static(audience));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(policy.header()));
    response
}
