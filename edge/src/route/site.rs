//! Everything else: the public site, for one-machine installs.
//!
//! A path is looked up in the manifest and never joined to a folder, so there
//! are no dot files, no listings and nothing to climb out of.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use contracts::cache_policy::CachePolicy;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use http::header::{ALLOW, RANGE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use percent_encoding::percent_decode_str;
use store::error::StoreError;

use crate::answer;
use crate::app::App;
use crate::config::Role;
use crate::error::Problem;
use crate::published::{PublicFile, Publication, store_away};
use crate::range;
use crate::route::lessons;
use crate::stored::{Stored, Trust};

const NOT_FOUND_PAGE: &str = "404.html";

/// What a path leads to.
enum Found<'a> {
    File(Cow<'a, PublicFile>),
    /// The folder's page has a slash at its end.
    Folder(SitePath),
    /// The page stands elsewhere now.
    Moved(SitePath),
}

/// Serves the public file at the request's path.
pub async fn serve(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = axum::response::IntoResponse::into_response(Problem::MethodNotAllowed);
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return Ok(response);
    }
    let publication = app.published.publication()?;
    match find(&publication, request.uri()) {
        Some(Found::File(file)) => {
            match send(&app, &file, request.headers(), StatusCode::OK).await {
                Err(Problem::NotFound) => not_found(&app, &publication, request.uri()).await,
                sent => sent,
            }
        }
        Some(Found::Folder(page)) => {
            elsewhere(&publication, &page, request.uri(), StatusCode::PERMANENT_REDIRECT)
        }
        Some(Found::Moved(page)) => {
            elsewhere(&publication, &page, request.uri(), StatusCode::MOVED_PERMANENTLY)
        }
        None => not_found(&app, &publication, request.uri()).await,
    }
}

/// Sends the reader to a page of the site, with the query that came.
fn elsewhere(
    publication: &Publication,
    page: &SitePath,
    uri: &Uri,
    status: StatusCode,
) -> Result<Response, Problem> {
    let path = lessons::public_path(publication.live.manifest(), page);
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    answer::redirect(status, &format!("{path}{query}"))
}

/// As [`serve`], for a route that turned out to be none of its own.
pub(super) async fn serve_if_played(app: Arc<App>, request: Request) -> Result<Response, Problem> {
    if app.plays(Role::Site) { serve(State(app), request).await } else { Err(Problem::NotFound) }
}

fn find<'a>(publication: &'a Publication, uri: &Uri) -> Option<Found<'a>> {
    let path = uri.path().strip_prefix('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let is_folder = path.is_empty() || path.ends_with('/');
    if let Some(page) = publication.moved(&path) {
        return Some(Found::Moved(page.clone()));
    }
    if is_folder {
        return publication.file(&format!("{path}index.html")).map(Found::File);
    }
    // A folder's page has one address, and that is the folder.
    if let Some(file) = publication.file(&path).filter(|_| !is_index(&path)) {
        return Some(Found::File(file));
    }
    let folder = path.strip_suffix("index.html").unwrap_or(&path).trim_end_matches('/');
    let page =
        if folder.is_empty() { "index.html".to_owned() } else { format!("{folder}/index.html") };
    publication.file(&page)?;
    SitePath::parse(&page).ok().map(Found::Folder)
}

async fn not_found(app: &App, publication: &Publication, uri: &Uri) -> Result<Response, Problem> {
    let page = not_found_page(publication, uri).ok_or(Problem::NotFound)?;
    let mut response = send(app, &page, &HeaderMap::new(), StatusCode::NOT_FOUND).await?;
    response.extensions_mut().insert(CachePolicy::NoStore);
    Ok(response)
}

/// The page of the language that the address is in, or else the school's own.
fn not_found_page<'a>(publication: &'a Publication, uri: &Uri) -> Option<Cow<'a, PublicFile>> {
    let first = uri.path().split('/').nth(1).unwrap_or_default();
    let languages = &publication.live.manifest().messages;
    let translated = languages
        .keys()
        .find(|language| language.as_str() == first)
        .and_then(|language| publication.file(&format!("{language}/{NOT_FOUND_PAGE}")));
    translated.or_else(|| publication.file(NOT_FOUND_PAGE))
}

fn is_index(path: &str) -> bool {
    path == "index.html" || path.ends_with("/index.html")
}

/// Sends the file in the smallest form that the client takes. A form that the
/// store has lost is passed over; with all of them lost there is nothing here.
async fn send(
    app: &App,
    file: &PublicFile,
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Response, Problem> {
    // A range counts bytes of the file itself, so a part is never compressed.
    let compressed = file
        .compressed
        .iter()
        .filter(|_| !headers.contains_key(RANGE))
        .filter(|(encoding, _)| range::accepts(headers, *encoding))
        .map(|(encoding, key)| (Some(*encoding), key));
    for (encoding, key) in compressed.chain([(None, &file.key)]) {
        let stored = Stored {
            content_type: file.key.content_type(),
            encoding,
            varies: !file.compressed.is_empty(),
            policy: file.key.cache_policy(),
            trust: Trust::of(&file.key),
        };
        match send_form(app, &stored, key, headers, status).await {
            // A release that is over keeps its pages' addresses a while longer
            // than its pictures, and a bucket can lose a file.
            Err(StoreError::NotFound { path }) => {
                tracing::warn!(path, "the store has lost a file that the manifest names");
            }
            Err(error) => return Err(store_away(error)),
            Ok(sent) => return sent,
        }
    }
    Err(Problem::NotFound)
}

async fn send_form(
    app: &App,
    stored: &Stored,
    key: &ObjectKey,
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Result<Response, Problem>, StoreError> {
    let info = app.store.head(key).await?;
    if let Some(unchanged) = stored.unchanged(headers, &info) {
        return Ok(Ok(unchanged));
    }
    let range = range::requested(headers, &info.etag);
    let status = range::status(range.as_ref(), status);
    let reader = app.store.read(key, range).await?;
    Ok(stored.answer(status, reader))
}
