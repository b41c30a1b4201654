//! The forms that a good answer takes, each with its cache policy.

use axum::response::{IntoResponse, Response};
use contracts::cache_policy::CachePolicy;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::error::Problem;

/// JSON under a cache policy.
pub fn json(
    status: StatusCode,
    value: &impl Serialize,
    policy: CachePolicy,
) -> Result<Response, Problem> {
    let body = serde_json::to_vec(value).map_err(|error| Problem::Internal(error.to_string()))?;
    let mut response = (status, body).into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response.extensions_mut().insert(policy);
    Ok(response)
}

/// A redirect that nobody keeps. `location` must be ours or a signed URL.
pub fn redirect(status: StatusCode, location: &str) -> Result<Response, Problem> {
    // The text is left out: it may be a signed URL.
    let location = HeaderValue::from_str(location)
        .map_err(|_| Problem::Internal("a location is no header value".to_owned()))?;
    let mut response = status.into_response();
    response.headers_mut().insert(LOCATION, location);
    response.extensions_mut().insert(CachePolicy::NoStore);
    Ok(response)
}

/// An answer without a body.
#[must_use]
pub fn empty(status: StatusCode) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(CachePolicy::NoStore);
    response
}
