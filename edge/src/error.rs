//! The only place where an error becomes a status and a text.
//!
//! Every answer that is no success is an RFC 9457 problem document with a
//! stable `code`; its words are bland, and the cause goes to the log alone.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contracts::cache_policy::CachePolicy;
use contracts::id::ProductId;
use gate::Refusal;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use serde::Serialize;

use crate::cookie::{self, CookieError};
use crate::html;
use crate::token::TokenError;

/// A plain no, or an accident.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Nobody is signed in and somebody must be.
    #[error("nobody is signed in")]
    SignInRequired,
    /// The session can't be used; the cookies are taken back.
    #[error("the session is refused: {0}")]
    InvalidSession(InvalidSession),
    /// The learner owns nothing that opens the lesson.
    #[error("the lesson needs `{product}`")]
    NotEntitled {
        /// The product that would open it.
        product: ProductId,
    },
    /// The learner owned it once.
    #[error("the entitlement to `{product}` is over")]
    EntitlementExpired {
        /// The product.
        product: ProductId,
        /// Since when.
        since: Timestamp,
    },
    /// The lesson is paid and nothing that can be owned opens it.
    #[error("no product opens the lesson")]
    NotForSale,
    /// The lesson opens for everyone later.
    #[error("the lesson is not open yet")]
    NotYet {
        /// When.
        opens_at: Timestamp,
    },
    /// The lesson is over for everyone.
    #[error("the lesson is closed")]
    Closed {
        /// Since when.
        since: Timestamp,
    },
    /// No such lesson is published.
    #[error("there is no such lesson")]
    UnknownLesson,
    /// No such page or file.
    #[error("there is nothing here")]
    NotFound,
    /// The place is there, the method is not.
    #[error("the method is not allowed here")]
    MethodNotAllowed,
    /// What was sent can't be read. The text says what was expected.
    #[error("the request is not readable: {0}")]
    Malformed(&'static str),
    /// A body or a head beyond the limit.
    #[error("the request is too large")]
    TooLarge,
    /// The body came too slowly.
    #[error("the request came too slowly")]
    TooSlow,
    /// Neither a form nor JSON.
    #[error("the body's media type is not taken here")]
    UnsupportedMediaType,
    /// A state change that another site asked for.
    #[error("the request came from another site")]
    CrossSite,
    /// Asked too often.
    #[error("asked too often")]
    TooManyRequests {
        /// Whole seconds to wait.
        retry_after_seconds: i64,
    },
    /// The sign-in link or code is wrong, used or old.
    #[error("the link or code is not valid")]
    InvalidSignIn,
    /// The signature of a link doesn't fit.
    #[error("the link is not one that was given out here")]
    InvalidLink,
    /// The link was good once.
    #[error("the link is expired")]
    LinkExpired,
    /// The requested range lies outside the file.
    #[error("the range is not inside the file")]
    RangeNotSatisfiable {
        /// The length of the file in bytes.
        length: u64,
    },
    /// A part we need can't be reached; asking again later may help.
    #[error("{part} can't be reached: {cause}")]
    Unavailable {
        /// Which part, in our words.
        part: &'static str,
        /// The cause, for the log.
        cause: String,
    },
    /// A fault of ours.
    #[error("{0}")]
    Internal(String),
}

/// Why a session can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSession {
    /// By its token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// By the cookie that carries it.
    #[error(transparent)]
    Cookie(#[from] CookieError),
    /// By the ledger: signed out, revoked or used twice.
    #[error("the refresh token is not good any more")]
    Refresh,
}

/// The document of RFC 9457.
#[derive(Debug, Clone, Serialize)]
struct Document {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opens_at: Option<Timestamp>,
}

/// Marks a response that is a problem document already, and why, for the log.
#[derive(Debug, Clone)]
pub struct Cause {
    /// The stable code.
    pub code: &'static str,
    /// The private words.
    pub text: String,
    title: &'static str,
}

impl Problem {
    /// Status, stable code and public title.
    #[must_use]
    pub fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::SignInRequired => {
                (StatusCode::UNAUTHORIZED, "sign_in_required", "Please sign in")
            }
            Self::InvalidSession(_) => {
                (StatusCode::UNAUTHORIZED, "invalid_session", "Please sign in again")
            }
            Self::NotEntitled { .. } => {
                (StatusCode::FORBIDDEN, "not_entitled", "You do not own this lesson")
            }
            Self::EntitlementExpired { .. } => {
                (StatusCode::FORBIDDEN, "entitlement_expired", "Your access has ended")
            }
            Self::NotForSale => {
                (StatusCode::FORBIDDEN, "not_for_sale", "This lesson can not be bought")
            }
            Self::NotYet { .. } => {
                (StatusCode::FORBIDDEN, "not_yet", "This lesson is not open yet")
            }
            // Not `410 Gone`: the lesson's page is still there.
            Self::Closed { .. } => (StatusCode::FORBIDDEN, "closed", "This lesson is closed"),
            Self::UnknownLesson => {
                (StatusCode::NOT_FOUND, "unknown_lesson", "There is no such lesson")
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is nothing here"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed")
            }
            Self::Malformed(_) => {
                (StatusCode::BAD_REQUEST, "malformed_request", "The request is not readable")
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is too large")
            }
            Self::TooSlow => {
                (StatusCode::REQUEST_TIMEOUT, "too_slow", "The request came too slowly")
            }
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send a form or JSON",
            ),
            Self::CrossSite => {
                (StatusCode::FORBIDDEN, "cross_site_request", "The request came from another site")
            }
            Self::TooManyRequests { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Please wait a little")
            }
            Self::InvalidSignIn => (
                StatusCode::FORBIDDEN,
                "invalid_sign_in",
                "The link or code is wrong, used or too old",
            ),
            Self::InvalidLink => (StatusCode::FORBIDDEN, "invalid_link", "The link is not valid"),
            Self::LinkExpired => (StatusCode::FORBIDDEN, "link_expired", "The link is expired"),
            Self::RangeNotSatisfiable { .. } => (
                StatusCode::RANGE_NOT_SATISFIABLE,
                "range_not_satisfiable",
                "The range is not inside the file",
            ),
            Self::Unavailable { .. } => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "This is out of order for the moment",
            ),
            Self::Internal(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Internal error")
            }
        }
    }

    fn document(&self) -> Document {
        let (status, code, title) = self.kind();
        let mut document = Document {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            code,
            detail: None,
            product: None,
            since: None,
            opens_at: None,
        };
        match self {
            Self::NotEntitled { product } => document.product = Some(product.clone()),
            Self::EntitlementExpired { product, since } => {
                document.product = Some(product.clone());
                document.since = Some(*since);
            }
            Self::Closed { since } => document.since = Some(*since),
            Self::NotYet { opens_at } => document.opens_at = Some(*opens_at),
            Self::Malformed(detail) => document.detail = Some(detail),
            _ => {}
        }
        document
    }

    fn extra_headers(&self, headers: &mut HeaderMap) {
        match self {
            Self::InvalidSession(_) => {
                for value in [cookie::SESSION, cookie::REFRESH].map(cookie::clear) {
                    headers.extend(value.map(|value| (SET_COOKIE, value)));
                }
            }
            Self::TooManyRequests { retry_after_seconds } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(*retry_after_seconds));
            }
            Self::Unavailable { .. } => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            Self::RangeNotSatisfiable { length } => {
                let value = HeaderValue::from_str(&format!("bytes */{length}"));
                headers.extend(value.ok().map(|value| (http::header::CONTENT_RANGE, value)));
            }
            _ => {}
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownLesson => Self::UnknownLesson,
            Refusal::SignInRequired => Self::SignInRequired,
            Refusal::NotEntitled { product } => Self::NotEntitled { product },
            Refusal::Expired { product, since } => Self::EntitlementExpired { product, since },
            Refusal::NotForSale => Self::NotForSale,
            Refusal::Closed { since } => Self::Closed { since },
            Refusal::NotYet { opens_at } => Self::NotYet { opens_at },
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title) = self.kind();
        let body = serde_json::to_vec(&self.document()).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        self.extra_headers(headers);
        let extensions = response.extensions_mut();
        extensions.insert(CachePolicy::NoStore);
        extensions.insert(Cause { code, text: self.to_string(), title });
        response
    }
}

/// An error with its causes, for the log: the first text names the thing, the
/// last one says why.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Turns the bare refusals of the framework (no route, wrong method, a path
/// that is not UTF-8) into problem documents.
pub async fn only_problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let handled = response.extensions().get::<Cause>().is_some()
        || response.extensions().get::<CachePolicy>().is_some();
    if handled || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Problem::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::UnsupportedMediaType,
        status if status.is_client_error() => Problem::Malformed("check the path and the query"),
        status => Problem::Internal(format!("a layer answered {status}")),
    };
    let allow = response.headers().get(ALLOW).cloned();
    let mut answer = problem.into_response();
    answer.headers_mut().extend(allow.map(|value| (ALLOW, value)));
    answer
}

/// On routes that people look at, a problem is a small page for whoever asks
/// for HTML; a program still gets the document.
pub async fn problems_as_pages(request: Request, next: Next) -> Response {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let wants_page = accept.is_some_and(|accept| accept.contains("text/html"))
        && matches!(*request.method(), Method::GET | Method::HEAD | Method::POST);
    let mut response = next.run(request).await;
    let is_document = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes)
        == Some(b"application/problem+json");
    let title = response.extensions().get::<Cause>().map(|cause| cause.title);
    if let (true, true, Some(title)) = (wants_page, is_document, title) {
        *response.body_mut() = Body::from(html::plain_page(title));
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, html);
    }
    response
}

/// What a panic becomes: the last resort that keeps the process and its
/// neighbours alive.
#[must_use]
pub fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    Problem::Internal(format!("panic: {}", text.unwrap_or_default())).into_response()
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn body(problem: Problem) -> (Response, serde_json::Value) {
        let mut response = problem.into_response();
        let body = std::mem::take(response.body_mut());
        let bytes = body.collect().await.unwrap().to_bytes();
        (response, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_problem_names_its_code_and_its_facts() {
        let product = ProductId::parse("rust").unwrap();
        let (response, json) = body(Problem::NotEntitled { product }).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(json["status"], 403);
        assert_eq!(json["code"], "not_entitled");
        assert_eq!(json["product"], "rust");
    }

    #[tokio::test]
    async fn a_cause_never_reaches_the_client() {
        let cause = "password of db is hunter2".to_owned();
        let (response, json) = body(Problem::Internal(cause.clone())).await;
        assert!(!json.to_string().contains("hunter2"));
        assert_eq!(response.extensions().get::<Cause>().unwrap().text, cause);
        let (response, json) = body(Problem::Unavailable { part: "ledger", cause }).await;
        assert!(!json.to_string().contains("hunter2"));
        assert_eq!(response.headers()[RETRY_AFTER], "5");
    }

    #[tokio::test]
    async fn a_session_that_is_refused_is_taken_back() {
        let cause = InvalidSession::Token(TokenError::Forged);
        let (response, json) = body(Problem::InvalidSession(cause)).await;
        assert_eq!(json["code"], "invalid_session");
        assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2);
    }

    #[test]
    fn the_log_hears_of_the_cause_behind_a_failure() {
        let source = Box::new(std::io::Error::other("connection refused"));
        let path = "current.json".to_owned();
        let error = store::error::StoreError::Failed { act: "get", path, source };
        assert_eq!(with_causes(&error), "failed to get `current.json`: connection refused");
    }
}
