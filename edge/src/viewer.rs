//! Who is looking: nobody, a learner, or somebody with a session that can't
//! be used. The last is an error, never a guest.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;

use crate::app::App;
use crate::cookie;
use crate::error::{InvalidSession, Problem};
use crate::session;
use crate::token::{Session, TokenError};

/// Whoever sent the request.
#[derive(Debug, Clone)]
pub enum Viewer {
    /// Nobody is signed in.
    Guest,
    /// A session of ours.
    Learner(Session),
}

/// The answer to "who is it" travels with the request, and the new cookies of
/// a renewed session with the answer.
#[derive(Clone)]
struct Seen(Arc<Result<Viewer, InvalidSession>>);

impl Viewer {
    /// The session, if somebody is signed in.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Guest => None,
            Self::Learner(session) => Some(session),
        }
    }
}

/// Finds out who is looking, and renews a session that is just over.
pub async fn see(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let now = app.now();
    let (seen, cookies) = match look(&app, request.headers(), now).await {
        Ok((viewer, cookies)) => (Ok(viewer), cookies),
        Err(Problem::InvalidSession(cause)) => (Err(cause), Vec::new()),
        Err(problem) => return axum::response::IntoResponse::into_response(problem),
    };
    request.extensions_mut().insert(Seen(Arc::new(seen)));
    let mut response = next.run(request).await;
    // A handler that sets or clears sessions itself knows better.
    if !response.headers().contains_key(SET_COOKIE) {
        for cookie in cookies {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

/// Who is looking, without renewing anything: for a caller that can't pass
/// new cookies on.
pub async fn look_only(app: &App, headers: &HeaderMap, now: Timestamp) -> Result<Viewer, Problem> {
    match cookie::find(headers, cookie::SESSION).map_err(bad_cookie)? {
        None => Ok(Viewer::Guest),
        Some(token) => app.tokens.verify(token, now).await.map(Viewer::Learner).map_err(bad_token),
    }
}

async fn look(
    app: &App,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(Viewer, Vec<HeaderValue>), Problem> {
    let token = cookie::find(headers, cookie::SESSION).map_err(bad_cookie)?;
    let refresh = cookie::find(headers, cookie::REFRESH).map_err(bad_cookie)?;
    let seen = match token {
        Some(token) => app.tokens.verify(token, now).await.map(Some),
        None => Ok(None),
    };
    match (seen, refresh) {
        (Ok(Some(session)), _) => Ok((Viewer::Learner(session), Vec::new())),
        (Ok(None), None) => Ok((Viewer::Guest, Vec::new())),
        (Ok(None) | Err(TokenError::Expired), Some(refresh)) => {
            let renewed = session::renew(app, refresh, now).await?;
            Ok((Viewer::Learner(renewed.session), renewed.cookies))
        }
        (Err(error), _) => Err(bad_token(error)),
    }
}

fn bad_cookie(error: cookie::CookieError) -> Problem {
    Problem::InvalidSession(InvalidSession::Cookie(error))
}

fn bad_token(error: TokenError) -> Problem {
    Problem::InvalidSession(InvalidSession::Token(error))
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let seen = parts.extensions.get::<Seen>();
        let seen =
            seen.ok_or_else(|| Problem::Internal("nobody looked for a viewer".to_owned()))?;
        match seen.0.as_ref() {
            Ok(viewer) => Ok(viewer.clone()),
            Err(cause) => Err(Problem::InvalidSession(*cause)),
        }
    }
}
