//! Reading what a request brings: small, in time, and in one of two forms.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::error::Problem;

/// A sign-in form has a few hundred bytes; nothing here takes more.
const MAX_BYTES: usize = 64 * 1024;
/// The whole body has to be here by then, however it trickles.
const DEADLINE: Duration = Duration::from_secs(10);

/// How the request was written, and so how the answer is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page's form: the answer is another page.
    Page,
    /// A script's JSON: the answer is JSON.
    Json,
}

/// The form that the media type names.
pub fn form(headers: &HeaderMap) -> Result<Form, Problem> {
    let value = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let media_type = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    if media_type.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        Ok(Form::Page)
    } else if media_type.eq_ignore_ascii_case(b"application/json") {
        Ok(Form::Json)
    } else {
        Err(Problem::UnsupportedMediaType)
    }
}

/// Reads the body into `T`, whose fields a form and JSON share.
pub async fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
) -> Result<(Form, T), Problem> {
    let form = form(headers)?;
    let bytes = read_bytes(body).await?;
    let value = match form {
        Form::Json => serde_json::from_slice(&bytes)
            .map_err(|_| Problem::Malformed("send a JSON object with the documented fields"))?,
        Form::Page => {
            // Names and values that are no text are refused, not replaced.
            let text = std::str::from_utf8(&bytes)
                .map_err(|_| Problem::Malformed("send a form in UTF-8"))?;
            serde_urlencoded::from_str(text)
                .map_err(|_| Problem::Malformed("send a form with the documented fields"))?
        }
    };
    Ok((form, value))
}

async fn read_bytes(body: Body) -> Result<Bytes, Problem> {
    let whole = Limited::new(body, MAX_BYTES).collect();
    match tokio::time::timeout(DEADLINE, whole).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Problem::TooLarge),
        Ok(Err(_)) => Err(Problem::Malformed("the body broke off")),
        Err(_) => Err(Problem::TooSlow),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Fields {
        email: String,
    }

    async fn read_as(
        media_type: &'static str,
        body: impl Into<Body>,
    ) -> Result<(Form, Fields), Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        read(&headers, body.into()).await
    }

    #[tokio::test]
    async fn a_form_and_json_are_read_alike() {
        let fields = || Fields { email: "a@b.test".to_owned() };
        let json = read_as("application/json; charset=utf-8", r#"{"email":"a@b.test"}"#).await;
        assert_eq!(json.unwrap(), (Form::Json, fields()));
        let form = read_as("application/x-www-form-urlencoded", "email=a%40b.test").await;
        assert_eq!(form.unwrap(), (Form::Page, fields()));
    }

    #[tokio::test]
    async fn anything_else_is_refused_by_its_kind() {
        for media_type in ["text/plain", "multipart/form-data", "", "application/jsonp"] {
            let answer = read_as(media_type, "{}").await;
            assert!(matches!(answer, Err(Problem::UnsupportedMediaType)), "{media_type}");
        }
        for json in ["", "{", "[]", r#"{"email":1}"#, r#"{"email":"a","admin":true}"#, "\u{0}"] {
            let answer = read_as("application/json", json).await;
            assert!(matches!(answer, Err(Problem::Malformed(_))), "{json}");
        }
        let deep = "[".repeat(60_000);
        assert!(matches!(read_as("application/json", deep).await, Err(Problem::Malformed(_))));
        let large = vec![b' '; MAX_BYTES + 1];
        assert!(matches!(read_as("application/json", large).await, Err(Problem::TooLarge)));
        let bytes = vec![b'e', 0xff];
        let answer = read_as("application/x-www-form-urlencoded", bytes).await;
        assert!(matches!(answer, Err(Problem::Malformed(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let silent = Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>());
        assert!(matches!(read_as("application/json", silent).await, Err(Problem::TooSlow)));
    }
}
