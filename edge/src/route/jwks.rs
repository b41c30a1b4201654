//! `GET /.well-known/jwks.json`: the public halves of the session keys.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use contracts::cache_policy::CachePolicy;
use http::StatusCode;

use crate::answer;
use crate::app::App;
use crate::error::Problem;

/// Shows every key that is still trusted.
pub async fn show(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    answer::json(StatusCode::OK, &app.tokens.jwks(), CachePolicy::Revalidate)
}
