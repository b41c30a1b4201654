//! The sign-in pages' part in their frames, and the addresses between them.

use axum::response::Response;
use contracts::frame::FrameName;
use contracts::language::Language;
use contracts::message::Message;
use http::StatusCode;
use ledger::SignInToken;

use crate::app::App;
use crate::error::Problem;
use crate::html;
use crate::page::{Tone, Words, hidden};
use crate::return_to::ReturnTo;
use crate::sign_in_cookie::Waiting;

/// The words of the language with this tag, or of the school's first.
pub(super) fn words(app: &App, tag: Option<&str>) -> Result<Words, Problem> {
    let publication = app.published.publication()?;
    let language = match tag {
        Some(tag) => {
            publication.language(tag).ok_or(Problem::Malformed("the language is not known"))?
        }
        None => publication.default_language()?,
    };
    Ok(Words::new(&publication, language))
}

/// `/sign-in/`, in the language's part of the site.
pub(crate) fn sign_in_path(app: &App, language: &Language) -> Result<String, Problem> {
    let publication = app.published.publication()?;
    Ok(if publication.default_language()? == language {
        "/sign-in/".to_owned()
    } else {
        format!("/{language}/sign-in/")
    })
}

/// `/sign-in/confirm/`, in the language's part of the site.
pub(super) fn confirm_path(app: &App, language: &Language) -> Result<String, Problem> {
    Ok(sign_in_path(app, language)? + "confirm/")
}

/// The link of the letter. Made from our own configured origin alone.
pub(crate) fn link(
    app: &App,
    language: &Language,
    token: &SignInToken,
    return_to: &ReturnTo,
) -> Result<String, Problem> {
    let path = confirm_path(app, language)?;
    let mut url = app.public_url.join(&path).map_err(|e| Problem::Internal(e.to_string()))?;
    url.query_pairs_mut()
        .append_pair("token", token.expose())
        .append_pair("return_to", return_to.as_str());
    Ok(url.into())
}

/// The sign-in page.
pub(super) async fn ask(
    app: &App,
    words: &Words,
    return_to: &ReturnTo,
    message: Option<(Message, Tone)>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let message = message.map(|(message, tone)| words.paragraph(message, tone));
    let hole = message.unwrap_or_default() + &context(words, return_to);
    words.page(app, FrameName::SignIn, status, &hole).await
}

/// The sign-in page with the reason why it is shown again.
pub(super) async fn start_again(
    app: &App,
    words: &Words,
    return_to: &ReturnTo,
    problem: Problem,
) -> Result<Response, Problem> {
    let message = match &problem {
        Problem::Malformed(_) => Message::EmailInvalid,
        Problem::TooManyRequests { .. } => Message::TooManyTries,
        Problem::InvalidSignIn => Message::CodeExpired,
        Problem::Unavailable { .. } => Message::Unavailable,
        _ => return Err(problem),
    };
    let mut refusal = axum::response::IntoResponse::into_response(problem);
    let status = refusal.status();
    let page = ask(app, words, return_to, Some((message, Tone::Alert)), status).await?;
    // Headers such as `Retry-After` and the cause for the log stay.
    let (parts, body) = page.into_parts();
    refusal.headers_mut().extend(parts.headers);
    *refusal.body_mut() = body;
    Ok(refusal)
}

/// The confirm page.
pub(super) async fn confirm(
    app: &App,
    words: &Words,
    hole: &str,
    status: StatusCode,
) -> Result<Response, Problem> {
    words.page(app, FrameName::Confirm, status, hole).await
}

/// The confirm page after a wrong code.
pub(super) async fn confirm_again(
    app: &App,
    words: &Words,
    fields: &str,
) -> Result<Response, Problem> {
    let hole = words.paragraph(Message::CodeWrong, Tone::Alert) + fields;
    let (status, ..) = Problem::InvalidSignIn.kind();
    confirm(app, words, &hole, status).await
}

/// One press of the button is left to do.
pub(super) fn link_fields(words: &Words, token: &str, return_to: &ReturnTo) -> String {
    words.paragraph(Message::LinkReady, Tone::Status)
        + &hidden("token", token)
        + &context(words, return_to)
}

/// The field for the code, in the browser that asked.
pub(super) fn code_fields(words: &Words, waiting: Option<&Waiting>) -> String {
    let label = html::escape(&words.text(Message::CodeLabel, &[]));
    let Some(waiting) = waiting else { return String::new() };
    let field = format!(
        "<label class=\"field\"><span>{label}</span>\
         <input name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" \
         pattern=\"[0-9]{{6}}\" maxlength=\"6\" required></label>"
    );
    hidden("email", waiting.email.expose()) + &field + &context(words, &waiting.return_to)
}

fn context(words: &Words, return_to: &ReturnTo) -> String {
    hidden("return_to", return_to.as_str()) + &hidden("language", words.language().as_str())
}
