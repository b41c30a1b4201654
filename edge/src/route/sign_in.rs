//! Signing in by e-mailed link and six-digit code, and signing out.
//!
//! A GET never consumes anything, because mail scanners open every link. The
//! answers are the same for an address that is known and one that is not.

mod form;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::cache_policy::CachePolicy;
use contracts::id::PersonId;
use contracts::message::Message;
use http::header::{SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use jiff::Timestamp;
use ledger::{Email, RefreshToken, SignInCode, SignInRefusal, SignInStarted, SignInToken};
use secrecy::SecretString;
use serde::Deserialize;

use crate::answer;
use crate::app::App;
use crate::body::{self, Form};
use crate::cookie;
use crate::error::{InvalidSession, Problem};
use crate::mail::Letter;
use crate::page::{Tone, Words};
use crate::peer::{self, Peer};
use crate::rate::TooSoon;
use crate::return_to::ReturnTo;
use crate::route::site;
use crate::session;
use crate::sign_in_cookie::Waiting;
use crate::viewer::Viewer;

pub(crate) use form::{link, sign_in_path};

/// Asks for a sign-in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    email: String,
    return_to: Option<String>,
    language: Option<String>,
}

/// Confirms by the link's token, or by the code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirm {
    token: Option<String>,
    code: Option<String>,
    email: Option<String>,
    return_to: Option<String>,
    language: Option<String>,
}

/// What the address of a sign-in page may say.
#[derive(Deserialize)]
pub struct Asked {
    token: Option<String>,
    return_to: Option<String>,
    signed_out: Option<String>,
}

/// `POST /api/sign-in`: sends a link and a code, if the address can receive mail.
pub async fn start(
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let now = app.now();
    let (parts, body) = request.into_parts();
    let (form, fields) = body::read::<Start>(&parts.headers, body).await?;
    let words = form::words(&app, fields.language.as_deref())?;
    let return_to = ReturnTo::parse(fields.return_to.as_deref(), &app.public_url);
    match started(&app, &parts, &fields.email, &return_to, now).await {
        Ok((waiting, started)) => {
            send_letter(&app, &words, &waiting, &started, now)?;
            let mut response = match form {
                Form::Page => {
                    let path = form::confirm_path(&app, words.language())?;
                    answer::redirect(StatusCode::SEE_OTHER, &path)?
                }
                Form::Json => {
                    let sent = serde_json::json!({ "status": "sent" });
                    answer::json(StatusCode::ACCEPTED, &sent, CachePolicy::NoStore)?
                }
            };
            response.headers_mut().extend(waiting.cookie().map(|value| (SET_COOKIE, value)));
            Ok(response)
        }
        Err(problem) if form == Form::Page => {
            form::start_again(&app, &words, &return_to, problem).await
        }
        Err(problem) => Err(problem),
    }
}

async fn started(
    app: &App,
    parts: &Parts,
    email: &str,
    return_to: &ReturnTo,
    now: Timestamp,
) -> Result<(Waiting, SignInStarted), Problem> {
    let email = Email::parse(email).map_err(|_| Problem::Malformed("send an e-mail address"))?;
    app.limits.by_address.take(&address(app, parts), now).map_err(too_soon)?;
    app.limits.by_email.take(email.expose(), now).map_err(too_soon)?;
    let waiting = Waiting::new(email, return_to.clone())?;
    let started = app.ledger.start_sign_in(&waiting.email, &waiting.browser, now).await;
    match started.map_err(session::ledger_away)? {
        Ok(started) => Ok((waiting, started)),
        Err(refusal) => Err(refused(refusal, now)),
    }
}

/// The letter goes its own way: how long the mail server takes must not show.
fn send_letter(
    app: &Arc<App>,
    words: &Words,
    waiting: &Waiting,
    started: &SignInStarted,
    now: Timestamp,
) -> Result<(), Problem> {
    let school = app.published.publication()?.live.manifest().school.title.clone();
    let link = form::link(app, words.language(), &started.token, &waiting.return_to)?;
    let code = started.code.expose();
    let minutes = started.expires_at.duration_since(now).as_mins().to_string();
    let values =
        [("school", school.as_str()), ("link", &link), ("code", code), ("minutes", &minutes)];
    let letter = Letter {
        to: waiting.email.expose().to_owned(),
        subject: words.text(Message::MailSubject, &values),
        text: SecretString::from(words.text(Message::MailText, &values)),
    };
    let app = Arc::clone(app);
    tokio::spawn(async move {
        if let Err(error) = app.mail.send(letter).await {
            app.metrics.count_event("letter_failed");
            tracing::error!(%error, "a sign-in letter was not sent");
        }
    });
    Ok(())
}

/// `POST /api/sign-in/confirm`: opens a session.
pub async fn confirm(
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let now = app.now();
    let (parts, body) = request.into_parts();
    let (form, fields) = body::read::<Confirm>(&parts.headers, body).await?;
    let words = form::words(&app, fields.language.as_deref())?;
    let waiting = Waiting::find(&parts.headers, &app.public_url).map_err(InvalidSession::Cookie);
    let waiting = waiting.map_err(Problem::InvalidSession)?;
    let return_to = match (&fields.return_to, &waiting) {
        (None, Some(waiting)) => waiting.return_to.clone(),
        (path, _) => ReturnTo::parse(path.as_deref(), &app.public_url),
    };
    match confirmed(&app, &parts, &fields, waiting.as_ref(), now).await {
        Ok(person) => {
            let cookies = sign_in(&app, &parts, &person, now).await?;
            let mut response = match form {
                Form::Page => answer::redirect(StatusCode::SEE_OTHER, return_to.as_str())?,
                Form::Json => {
                    let signed_in = serde_json::json!({ "return_to": return_to.as_str() });
                    answer::json(StatusCode::OK, &signed_in, CachePolicy::NoStore)?
                }
            };
            for value in cookies {
                response.headers_mut().append(SET_COOKIE, value);
            }
            Ok(response)
        }
        Err(Refused::WrongCode) if form == Form::Page && waiting.is_some() => {
            let hole = form::code_fields(&words, waiting.as_ref());
            form::confirm_again(&app, &words, &hole).await
        }
        Err(refused) => match form {
            Form::Page => form::start_again(&app, &words, &return_to, refused.into()).await,
            Form::Json => Err(refused.into()),
        },
    }
}

/// Why a confirmation is refused: a wrong code may be tried again.
enum Refused {
    WrongCode,
    Problem(Problem),
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::WrongCode => Self::InvalidSignIn,
            Refused::Problem(problem) => problem,
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

async fn confirmed(
    app: &App,
    parts: &Parts,
    fields: &Confirm,
    waiting: Option<&Waiting>,
    now: Timestamp,
) -> Result<PersonId, Refused> {
    app.limits.confirmations.take(&address(app, parts), now).map_err(too_soon)?;
    let answer = match (&fields.token, &fields.code) {
        (Some(token), None) => {
            app.ledger.confirm_by_token(&SignInToken::from_text(token), now).await
        }
        (None, Some(code)) => {
            let waiting = waiting.ok_or(Problem::InvalidSignIn)?;
            let given = fields.email.as_deref().map(Email::parse).transpose();
            let given = given.map_err(|_| Problem::Malformed("send an e-mail address"))?;
            let email = given.as_ref().unwrap_or(&waiting.email);
            let code = SignInCode::from_text(code);
            app.ledger.confirm_by_code(email, &waiting.browser, &code, now).await
        }
        _ => return Err(Problem::Malformed("send either `token` or `code`").into()),
    };
    match answer.map_err(session::ledger_away)? {
        Ok(person) => Ok(person),
        Err(SignInRefusal::WrongCode { .. }) => Err(Refused::WrongCode),
        Err(refusal) => Err(refused(refusal, now).into()),
    }
}

/// A new session and the end of the one before it: an id that was planted
/// before the sign-in is worth nothing after it.
async fn sign_in(
    app: &App,
    parts: &Parts,
    person: &PersonId,
    now: Timestamp,
) -> Result<Vec<HeaderValue>, Problem> {
    end_session(app, parts, now).await;
    let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    let opened = session::open(app, person, agent.unwrap_or_default(), now).await?;
    app.metrics.count_event("signed_in");
    let mut cookies = opened.cookies;
    cookies.extend(cookie::clear(cookie::SIGN_IN));
    Ok(cookies)
}

/// `POST /api/sign-out`: ends the session, as far as there is one.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    end_session(&app, &parts, app.now()).await;
    let mut response = match body::form(&parts.headers) {
        Ok(Form::Page) => {
            let words = form::words(&app, None)?;
            let path = sign_in_path(&app, words.language())?;
            answer::redirect(StatusCode::SEE_OTHER, &format!("{path}?signed_out=yes"))?
        }
        Ok(Form::Json) | Err(_) => answer::empty(StatusCode::NO_CONTENT),
    };
    session::take_back(&mut response);
    Ok(response)
}

/// Leaving must always succeed for the one who leaves; the ledger's outage is
/// logged, and the cookies go in any case.
async fn end_session(app: &App, parts: &Parts, now: Timestamp) {
    let Ok(Some(refresh)) = cookie::find(&parts.headers, cookie::REFRESH) else { return };
    if let Err(error) = app.ledger.end_session(&RefreshToken::from_text(refresh), now).await {
        tracing::warn!(%error, "a session was not ended in the ledger");
    }
}

/// `GET /sign-in/` in the school's first language.
pub async fn page(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    viewer: Result<Viewer, Problem>,
) -> Result<Response, Problem> {
    let words = form::words(&app, None)?;
    show(&app, &words, &asked, viewer).await
}

/// `GET /{language}/sign-in/`.
pub async fn page_in(
    State(app): State<Arc<App>>,
    Path(language): Path<String>,
    Query(asked): Query<Asked>,
    viewer: Result<Viewer, Problem>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    match form::words(&app, Some(&language)) {
        Ok(words) => show(&app, &words, &asked, viewer).await,
        Err(_) => site::serve_if_played(app, request).await,
    }
}

async fn show(
    app: &App,
    words: &Words,
    asked: &Asked,
    viewer: Result<Viewer, Problem>,
) -> Result<Response, Problem> {
    let return_to = ReturnTo::parse(asked.return_to.as_deref(), &app.public_url);
    if let Ok(Viewer::Learner(_)) = viewer {
        return answer::redirect(StatusCode::SEE_OTHER, return_to.as_str());
    }
    let message = asked.signed_out.as_ref().map(|_| (Message::SignedOut, Tone::Status));
    let mut response = form::ask(app, words, &return_to, message, StatusCode::OK).await?;
    if viewer.is_err() {
        session::take_back(&mut response);
    }
    Ok(response)
}

/// `GET /sign-in/confirm/` in the school's first language.
pub async fn confirm_page(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let words = form::words(&app, None)?;
    show_confirm(&app, &words, &asked, &headers).await
}

/// `GET /{language}/sign-in/confirm/`.
pub async fn confirm_page_in(
    State(app): State<Arc<App>>,
    Path(language): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    request: Request<Body>,
) -> Result<Response, Problem> {
    match form::words(&app, Some(&language)) {
        Ok(words) => show_confirm(&app, &words, &asked, &headers).await,
        Err(_) => site::serve_if_played(app, request).await,
    }
}

async fn show_confirm(
    app: &App,
    words: &Words,
    asked: &Asked,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let waiting = Waiting::find(headers, &app.public_url).map_err(InvalidSession::Cookie);
    let waiting = waiting.map_err(Problem::InvalidSession)?;
    let hole = match &asked.token {
        Some(token) => {
            let return_to = ReturnTo::parse(asked.return_to.as_deref(), &app.public_url);
            form::link_fields(words, token, &return_to)
        }
        None if waiting.is_some() => {
            words.paragraph(Message::CheckMail, Tone::Status)
                + &form::code_fields(words, waiting.as_ref())
        }
        None => {
            let path = sign_in_path(app, words.language())?;
            return answer::redirect(StatusCode::SEE_OTHER, &path);
        }
    };
    form::confirm(app, words, &hole, StatusCode::OK).await
}

fn refused(refusal: SignInRefusal, now: Timestamp) -> Problem {
    match refusal {
        SignInRefusal::TooManyStarts { retry_at } => Problem::TooManyRequests {
            retry_after_seconds: retry_at.duration_since(now).as_secs().max(1),
        },
        SignInRefusal::Unknown
        | SignInRefusal::Expired
        | SignInRefusal::Used
        | SignInRefusal::Replaced
        | SignInRefusal::WrongCode { .. }
        | SignInRefusal::TooManyAttempts => Problem::InvalidSignIn,
    }
}

fn too_soon(TooSoon { retry_after_seconds }: TooSoon) -> Problem {
    Problem::TooManyRequests { retry_after_seconds }
}

fn address(app: &App, parts: &Parts) -> String {
    let peer = parts.extensions.get::<Peer>().copied();
    peer::address(peer, &parts.headers, &app.trusted_proxies).to_string()
}
