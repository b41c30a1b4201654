//! One line per request, under an id that the answer carries too.
//!
//! The line names the route's template, never the path, the query, a header
//! or a body, so that no token, signed URL or address can be in it.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

use crate::app::App;
use crate::error::Cause;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, runs it, logs and counts it.
///
/// The id is always ours: one that a client sends could forge a log line.
pub async fn log_request(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7();
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;

    let route = route.as_ref().map_or("(site)", MatchedPath::as_str);
    let status = response.status().as_u16();
    let took = started.elapsed();
    app.metrics.count_request(&method, route, status, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let cause = response.extensions().get::<Cause>();
    let code = cause.map(|cause| cause.code);
    match cause.filter(|_| status >= 500) {
        Some(Cause { text, .. }) => {
            tracing::error!(%id, %method, route, status, milliseconds, code, cause = %text, "failed");
        }
        None => tracing::info!(%id, %method, route, status, milliseconds, code, "answered"),
    }
    let value = HeaderValue::from_str(&id.to_string());
    response.headers_mut().extend(value.ok().map(|value| (REQUEST_ID, value)));
    response
}
