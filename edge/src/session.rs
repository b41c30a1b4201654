//! Sessions at the edge: a token for ten minutes and a refresh token that the
//! ledger renews, and what a learner may open right now.

use axum::response::Response;
use contracts::claims::{Claims, Entitlements};
use contracts::id::PersonId;
use http::HeaderValue;
use http::header::SET_COOKIE;
use jiff::Timestamp;
use ledger::{RefreshToken, Rotation};

use crate::app::App;
use crate::cookie;
use crate::error::{InvalidSession, Problem};
use crate::token::Session;

/// The ledger ends an unused session after as many days.
const REFRESH_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A session that was opened or renewed, with the cookies that say so.
pub struct Renewed {
    /// Whose it is.
    pub session: Session,
    /// To be set on the answer.
    pub cookies: Vec<HeaderValue>,
}

/// Opens a session for someone who has just signed in.
pub async fn open(
    app: &App,
    person: &PersonId,
    user_agent: &str,
    now: Timestamp,
) -> Result<Renewed, Problem> {
    let refresh = app.ledger.start_session(person, user_agent, now).await.map_err(ledger_away)?;
    renewed(app, person, &refresh, now).await
}

/// Exchanges a refresh token.
pub async fn renew(app: &App, refresh: &str, now: Timestamp) -> Result<Renewed, Problem> {
    let refresh = RefreshToken::from_text(refresh);
    match app.ledger.rotate(&refresh, now).await.map_err(ledger_away)? {
        Rotation::Rotated { token, person } => renewed(app, &person, &token, now).await,
        Rotation::Reused => {
            app.metrics.count_event("refresh_token_reused");
            tracing::warn!("a refresh token was used again, its session is ended");
            Err(Problem::InvalidSession(InvalidSession::Refresh))
        }
        Rotation::Unknown | Rotation::Expired => {
            Err(Problem::InvalidSession(InvalidSession::Refresh))
        }
    }
}

/// What stands behind a learner's claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The cache or the ledger had its say.
    Now,
    /// The cache can't be reached and the ledger was not asked yet: what was
    /// granted since the token was issued is not in the claims.
    ByTokenAlone,
    /// Neither can be reached; the token's statement stands until it ends.
    NothingNewer,
}

/// What a learner may open, as newly as it can be known.
pub async fn claims(app: &App, session: &Session, now: Timestamp) -> Result<Claims, Problem> {
    match known(app, session, now).await? {
        (_, Known::ByTokenAlone) => Ok(ask(app, session, now).await?.0),
        (claims, _) => Ok(claims),
    }
}

/// What a learner may open: the newest of what token and cache say, or the
/// ledger when the cache knows nothing. While the cache is away a token that
/// carries claims spares the ledger the question.
pub async fn known(
    app: &App,
    session: &Session,
    now: Timestamp,
) -> Result<(Claims, Known), Problem> {
    match app.entitlements.load(&session.person, now).await {
        Ok(Some(cached)) => stated(session, Some(cached), Known::Now),
        Ok(None) => ask(app, session, now).await,
        Err(error) => {
            app.metrics.count_event("entitlement_cache_failed");
            tracing::warn!(%error, "claims stand until their token ends");
            match session.entitlements {
                Some(_) => stated(session, None, Known::ByTokenAlone),
                None => ask(app, session, now).await,
            }
        }
    }
}

/// What a learner may open by the ledger. When that is away too, the token's
/// own statement stands until it ends.
pub async fn ask(app: &App, session: &Session, now: Timestamp) -> Result<(Claims, Known), Problem> {
    match from_ledger(app, &session.person, now).await {
        Ok(entitlements) => stated(session, Some(entitlements), Known::Now),
        Err(Problem::Unavailable { part, cause }) if session.entitlements.is_some() => {
            tracing::warn!(part, cause, "claims stand until their token ends");
            stated(session, None, Known::NothingNewer)
        }
        Err(problem) => Err(problem),
    }
}

fn stated(
    session: &Session,
    newer: Option<Entitlements>,
    known: Known,
) -> Result<(Claims, Known), Problem> {
    let claims = session.claims(newer).ok_or(Problem::SignInRequired)?;
    Ok((claims, known))
}

/// Asks the ledger and tells the cache.
pub async fn from_ledger(
    app: &App,
    person: &PersonId,
    now: Timestamp,
) -> Result<Entitlements, Problem> {
    let entitlements = app.ledger.claims(person, now).await.map_err(ledger_away)?.entitlements;
    if let Err(error) = app.entitlements.store(person, &entitlements, now).await {
        tracing::warn!(%error, "entitlements were not cached");
    }
    Ok(entitlements)
}

/// An accident of the ledger, as the client may hear of it.
#[must_use]
pub fn ledger_away(error: ledger::LedgerError) -> Problem {
    match error {
        // A session of somebody whom the ledger forgot is no session.
        ledger::LedgerError::UnknownPerson => Problem::InvalidSession(InvalidSession::Refresh),
        error => Problem::Unavailable { part: "the ledger", cause: error.to_string() },
    }
}

/// Takes both session cookies back.
pub fn take_back(response: &mut Response) {
    for name in [cookie::SESSION, cookie::REFRESH] {
        if let Some(value) = cookie::clear(name) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
}

async fn renewed(
    app: &App,
    person: &PersonId,
    refresh: &RefreshToken,
    now: Timestamp,
) -> Result<Renewed, Problem> {
    let entitlements = from_ledger(app, person, now).await?;
    let session = Session { person: person.clone(), entitlements: Some(entitlements) };
    let token = app.tokens.issue(&session, now);
    let token = token.map_err(|error| Problem::Internal(error.to_string()))?;
    // The cookie outlives the token, so that a late browser shows an expired
    // token with its refresh token instead of nothing.
    let cookies = [
        cookie::set(cookie::SESSION, &token, REFRESH_SECONDS),
        cookie::set(cookie::REFRESH, refresh.expose(), REFRESH_SECONDS),
    ];
    let cookies: Option<Vec<_>> = cookies.into_iter().collect();
    let cookies = cookies.ok_or_else(|| Problem::Internal("a token is no cookie".to_owned()))?;
    Ok(Renewed { session, cookies })
}
