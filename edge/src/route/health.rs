//! `/healthz` and `/readyz`, for operators and load balancers.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::app::App;

/// A load balancer asks every few seconds and waits about as long.
const LEDGER_DEADLINE: Duration = Duration::from_secs(1);

/// The process runs.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// The process can answer: it has a release and a ledger, and isn't stopping.
pub async fn ready(State(app): State<Arc<App>>) -> Response {
    let missing = if app.is_draining() {
        Some("draining\n")
    } else if app.published.publication().is_err() {
        Some("no release\n")
    } else {
        match tokio::time::timeout(LEDGER_DEADLINE, app.ledger.ping()).await {
            Ok(Ok(())) => None,
            Ok(Err(_)) | Err(_) => Some("no ledger\n"),
        }
    };
    match missing {
        None => "ready\n".into_response(),
        Some(missing) => (StatusCode::SERVICE_UNAVAILABLE, missing).into_response(),
    }
}
