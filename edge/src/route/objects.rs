//! `GET /objects/{path}`: a file of a folder store, for the bearer of a link
//! that expires.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use store::sign::{LinkError, Signer};

use crate::app::App;
use crate::error::Problem;
use crate::published::store_away;
use crate::range;
use crate::stored::{Stored, Trust};

/// What the signature covers besides the path.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    expires: String,
    signature: String,
}

/// Verifies the link and serves the file, whole or in part.
pub async fn serve(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    Query(signed): Query<Signature>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // With S3 the server there checks its own links, and this address is none.
    let Signer::Link(signer) = &app.signer else { return Err(Problem::NotFound) };
    let object =
        signer.verify(&path, &signed.expires, &signed.signature, app.now()).map_err(|error| {
            match error {
                LinkError::Forged => Problem::InvalidLink,
                LinkError::Expired => Problem::LinkExpired,
            }
        })?;
    let stored = Stored {
        content_type: object.content_type(),
        encoding: None,
        varies: false,
        policy: object.cache_policy(),
        trust: Trust::Attached,
    };
    let info = app.store.head_signed(&object).await.map_err(gone)?;
    if let Some(unchanged) = stored.unchanged(&headers, &info) {
        return Ok(unchanged);
    }
    let range = range::requested(&headers, &info.etag);
    let status = range::status(range.as_ref(), StatusCode::OK);
    let reader = app.store.read_signed(&object, range).await.map_err(gone)?;
    stored.answer(status, reader)
}

/// A signed file may have been retired since.
fn gone(error: store::error::StoreError) -> Problem {
    match error {
        store::error::StoreError::NotFound { .. } => Problem::NotFound,
        error => store_away(error),
    }
}
