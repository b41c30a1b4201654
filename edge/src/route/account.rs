//! `GET /account/`: who is signed in and what they own.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::claims::Claims;
use contracts::frame::{FrameName, SIGNED_IN};
use contracts::manifest::CourseEntry;
use contracts::message::Message;
use http::{Request, StatusCode};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::answer;
use crate::app::App;
use crate::error::Problem;
use crate::html;
use crate::page::Words;
use crate::published::Publication;
use crate::route::sign_in::sign_in_path;
use crate::route::{lessons, me, site};
use crate::session;
use crate::viewer::Viewer;

/// The account in the school's first language.
pub async fn page(
    State(app): State<Arc<App>>,
    viewer: Result<Viewer, Problem>,
) -> Result<Response, Problem> {
    let publication = app.published.publication()?;
    let words = Words::new(&publication, publication.default_language()?);
    show(&app, &publication, &words, viewer).await
}

/// The account in another language.
pub async fn page_in(
    State(app): State<Arc<App>>,
    Path(language): Path<String>,
    viewer: Result<Viewer, Problem>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let publication = app.published.publication()?;
    match publication.language(&language) {
        Some(language) => {
            show(&app, &publication, &Words::new(&publication, language), viewer).await
        }
        None => site::serve_if_played(app, request).await,
    }
}

async fn show(
    app: &App,
    publication: &Publication,
    words: &Words,
    viewer: Result<Viewer, Problem>,
) -> Result<Response, Problem> {
    let seen = match viewer {
        Ok(Viewer::Learner(session)) => session,
        Ok(Viewer::Guest) => return to_sign_in(app, words),
        Err(_) => {
            let mut response = to_sign_in(app, words)?;
            session::take_back(&mut response);
            return Ok(response);
        }
    };
    let now = app.now();
    let claims = session::claims(app, &seen, now).await?;
    let email = app.ledger.email_of(&claims.person).await.map_err(session::ledger_away)?;
    let email = email.as_ref().map_or("", |email| email.expose());
    let signed_in_as = words.text(Message::SignedInAs, &[("email", email)]);
    let mut hole = format!("<p class=\"account-email\">{}</p>", html::escape(&signed_in_as));
    hole.push_str(&courses(publication, words, claims, now));
    hole.push_str(SIGNED_IN);
    words.page(app, FrameName::Account, StatusCode::OK, &hole).await
}

fn to_sign_in(app: &App, words: &Words) -> Result<Response, Problem> {
    let sign_in = sign_in_path(app, words.language())?;
    let account = sign_in.replace("/sign-in/", "/account/");
    answer::redirect(StatusCode::SEE_OTHER, &format!("{sign_in}?return_to={account}"))
}

/// The list that [`FrameName::Account`] describes.
fn courses(publication: &Publication, words: &Words, claims: Claims, now: Timestamp) -> String {
    let manifest = publication.live.manifest();
    let products = me::live(claims.entitlements.products, now);
    let mut items = String::new();
    for course in manifest.courses.values() {
        let owned = products.iter().filter(|owned| course.products.contains(&owned.product));
        // For good beats every date, and a later date an earlier one.
        let Some(until) = owned
            .map(|owned| owned.until)
            .max_by_key(|until| until.map_or(Timestamp::MAX, |until| until))
        else {
            continue;
        };
        let (title, path) = title_and_path(publication, words, course);
        let until = until.map(|until| {
            let date = until.to_zoned(TimeZone::UTC).date().to_string();
            let text = words.text(Message::Until, &[("date", &date)]);
            format!(" <span class=\"account-until\">{}</span>", html::escape(&text))
        });
        let until = until.unwrap_or_default();
        // Writing into a string can't fail.
        let _ = write!(
            items,
            "<li><a href=\"{}\">{}</a>{until}</li>",
            html::escape(&path),
            html::escape(&title)
        );
    }
    if items.is_empty() {
        let none = words.text(Message::NoCourses, &[]);
        format!("<p class=\"account-empty\">{}</p>", html::escape(&none))
    } else {
        format!("<ul class=\"account-courses\">{items}</ul>")
    }
}

/// In the words' language, or in the first that the course has.
fn title_and_path(
    publication: &Publication,
    words: &Words,
    course: &CourseEntry,
) -> (String, String) {
    let manifest = publication.live.manifest();
    let title = course.title.get(words.language()).or_else(|| course.title.values().next());
    let page = course.pages.get(words.language()).or_else(|| course.pages.values().next());
    let title = title.cloned().unwrap_or_else(|| course.slug.to_string());
    (title, page.map(|page| lessons::public_path(manifest, page)).unwrap_or_default())
}
