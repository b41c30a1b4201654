//! `GET /learn/{course}/{lesson}/`: a whole lesson as a page, without a script.
//!
//! The lesson's own public page is the frame. Whoever may not open the lesson
//! gets that page as it is, with the reason in its hole.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;
use contracts::frame::{Frame, SIGNED_IN};
use contracts::language::Language;
use contracts::manifest;
use contracts::message::Message;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use http::StatusCode;

use crate::answer;
use crate::app::App;
use crate::decision;
use crate::error::Problem;
use crate::page::{self, Tone, Words};
use crate::published::Publication;
use crate::route::{lessons, site};
use crate::session;
use crate::viewer::Viewer;

/// `/learn/a/b` is `/learn/a/b/`, so that names below it resolve.
pub async fn add_slash(OriginalUri(uri): OriginalUri) -> Result<Response, Problem> {
    let path = uri.path();
    // A second slash in front would make it the address of another host, and to
    // a browser a backslash is one.
    if path.starts_with("//") || path.contains('\\') {
        return Err(Problem::NotFound);
    }
    answer::redirect(StatusCode::PERMANENT_REDIRECT, &format!("{path}/"))
}

/// The lesson in the school's first language.
pub async fn page(
    State(app): State<Arc<App>>,
    Path((course, lesson)): Path<(String, String)>,
    viewer: Result<Viewer, Problem>,
) -> Result<Response, Problem> {
    let publication = app.published.publication()?;
    let language = publication.default_language()?;
    show(&app, &publication, language, (&course, &lesson), viewer).await
}

/// The lesson in another language.
pub async fn page_in(
    State(app): State<Arc<App>>,
    Path((language, course, lesson)): Path<(String, String, String)>,
    viewer: Result<Viewer, Problem>,
    request: axum::extract::Request,
) -> Result<Response, Problem> {
    let publication = app.published.publication()?;
    match publication.language(&language) {
        Some(language) => show(&app, &publication, language, (&course, &lesson), viewer).await,
        None => site::serve_if_played(app, request).await,
    }
}

/// A file of the lesson in the school's first language.
pub async fn file(
    State(app): State<Arc<App>>,
    Path((course, lesson, file)): Path<(String, String, String)>,
    viewer: Viewer,
) -> Result<Response, Problem> {
    let publication = app.published.publication()?;
    let language = publication.default_language()?;
    fetch(&app, &publication, language, (&course, &lesson), &file, viewer).await
}

/// A file of the lesson in another language.
pub async fn file_in(
    State(app): State<Arc<App>>,
    Path((language, course, lesson, file)): Path<(String, String, String, String)>,
    viewer: Viewer,
    request: axum::extract::Request,
) -> Result<Response, Problem> {
    let publication = app.published.publication()?;
    match publication.language(&language) {
        Some(language) => {
            fetch(&app, &publication, language, (&course, &lesson), &file, viewer).await
        }
        None => site::serve_if_played(app, request).await,
    }
}

async fn show(
    app: &App,
    publication: &Arc<Publication>,
    language: &Language,
    (course, lesson): (&str, &str),
    viewer: Result<Viewer, Problem>,
) -> Result<Response, Problem> {
    let now = app.now();
    let Some((published, id, entry)) = publication.lesson(course, lesson) else {
        return moved(publication, language, (course, lesson));
    };
    let edition = entry.editions.get(language).ok_or(Problem::UnknownLesson)?;
    let Some(body) = edition.body.as_ref().filter(|_| entry.is_gated()) else {
        let public = lessons::public_path(published.manifest(), &edition.page);
        return answer::redirect(StatusCode::SEE_OTHER, &public);
    };
    let mark = match &viewer {
        Ok(viewer) if viewer.session().is_some() => SIGNED_IN,
        _ => "",
    };
    let opened = match viewer {
        Ok(viewer) => decision::open(app, &viewer, published.manifest(), id, now).await,
        Err(problem) => Err(problem),
    };
    let page = app.published.page(&published.release, &edition.page).await?;
    let frame = Frame::split(&page)
        .ok_or_else(|| Problem::Internal(format!("`{}` has no hole", edition.page)))?;
    match opened {
        Ok(()) => {
            let body = app.published.body(&published.release, body).await?;
            Ok(page::personal(StatusCode::OK, frame.fill(&(body + mark))))
        }
        Err(problem) => {
            let words = Words::new(publication, language);
            refused(&words, &frame, problem, mark)
        }
    }
}

/// The public page of a lesson that stood at this address before.
fn moved(
    publication: &Publication,
    language: &Language,
    (course, lesson): (&str, &str),
) -> Result<Response, Problem> {
    let below = format!("courses/{course}/{lesson}/index.html");
    let is_default = publication.default_language()? == language;
    let old = if is_default { below } else { format!("{language}/{below}") };
    let page = publication.moved(&old).ok_or(Problem::UnknownLesson)?;
    let public = lessons::public_path(publication.live.manifest(), page);
    answer::redirect(StatusCode::MOVED_PERMANENTLY, &public)
}

/// The public page with the reason before what stood in its hole, and the mark
/// of somebody signed in behind it. Accidents stay problems.
fn refused(
    words: &Words,
    frame: &Frame<'_>,
    problem: Problem,
    mark: &str,
) -> Result<Response, Problem> {
    let message = match &problem {
        Problem::SignInRequired | Problem::InvalidSession(_) => Message::SignInRequired,
        Problem::NotEntitled { .. } | Problem::NotForSale => Message::NotEntitled,
        Problem::EntitlementExpired { .. } => Message::EntitlementEnded,
        Problem::NotYet { .. } => Message::NotYetOpen,
        Problem::Closed { .. } => Message::Closed,
        _ => return Err(problem),
    };
    let (status, ..) = problem.kind();
    let hole = words.paragraph(message, Tone::Alert) + frame.placeholder + mark;
    let mut response = page::personal(status, frame.fill(&hole));
    if let Problem::InvalidSession(_) = problem {
        session::take_back(&mut response);
    }
    Ok(response)
}

async fn fetch(
    app: &App,
    publication: &Publication,
    language: &Language,
    (course, lesson): (&str, &str),
    file: &str,
    viewer: Viewer,
) -> Result<Response, Problem> {
    let now = app.now();
    let (published, id, entry) =
        publication.lesson(course, lesson).ok_or(Problem::UnknownLesson)?;
    decision::open(app, &viewer, published.manifest(), id, now).await?;
    let edition = entry.editions.get(language).ok_or(Problem::UnknownLesson)?;
    let name = SitePath::parse(file).map_err(|_| Problem::NotFound)?;
    let key = named(edition, &name).ok_or(Problem::NotFound)?;
    let link = lessons::link(app, published.manifest(), key, now)?;
    answer::redirect(StatusCode::FOUND, &link.url)
}

/// The file of an edition that its author gave this name.
fn named<'a>(edition: &'a manifest::Edition, name: &SitePath) -> Option<&'a ObjectKey> {
    let media = edition.video.iter().chain(edition.captions.values());
    let mut media = media.filter(|key| match key {
        ObjectKey::LessonAsset { name: given, .. } | ObjectKey::Asset { name: given, .. } => {
            given == name
        }
        _ => false,
    });
    edition.assets.get(name).or_else(|| media.next())
}
