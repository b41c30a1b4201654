//! Everything else: the public site, for one-machine installs.
//!
//! A path is looked up in the manifest and never joined to a folder, so there
//! are no dot files, no listings and nothing to climb out of.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use contracts::cache_policy::CachePolicy;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use http::header::{ALLOW, RANGE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use percent_encoding::percent_decode_str;

use crate::answer;
use crate::app::App;
use crate::config::Role;
use crate::error::Problem;
use crate::published::{PublicFile, Publication, store_away};
use crate::range;
use crate::route::lessons;
use crate::stored::Stored;

const NOT_FOUND_PAGE: &str = "404.html";

/// What a path leads to.
enum Found<'a> {
    File(&'a PublicFile),
    /// The folder's page has a slash at its end.
    Folder(SitePath),
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
        Some(Found::File(file)) => send(&app, file, request.headers(), StatusCode::OK).await,
        Some(Found::Folder(page)) => {
            let path = lessons::public_path(publication.live.manifest(), &page);
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            answer::redirect(StatusCode::PERMANENT_REDIRECT, &format!("{path}{query}"))
        }
        None => match not_found_page(&publication, request.uri()) {
            Some(page) => {
                let mut response =
                    send(&app, page, &HeaderMap::new(), StatusCode::NOT_FOUND).await?;
                response.extensions_mut().insert(CachePolicy::NoStore);
                Ok(response)
            }
            None => Err(Problem::NotFound),
        },
    }
}

/// As [`serve`], for a route that turned out to be none of its own.
pub(super) async fn serve_if_played(app: Arc<App>, request: Request) -> Result<Response, Problem> {
    if app.plays(Role::Site) { serve(State(app), request).await } else { Err(Problem::NotFound) }
}

fn find<'a>(publication: &'a Publication, uri: &Uri) -> Option<Found<'a>> {
    let path = uri.path().strip_prefix('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let is_folder = path.is_empty() || path.ends_with('/');
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

/// The page of the language that the address is in, or else the school's own.
fn not_found_page<'a>(publication: &'a Publication, uri: &Uri) -> Option<&'a PublicFile> {
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

async fn send(
    app: &App,
    file: &PublicFile,
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Response, Problem> {
    // A range counts bytes of the file itself, so a part is never compressed.
    let wanted = file
        .compressed
        .iter()
        .filter(|_| !headers.contains_key(RANGE))
        .find(|(encoding, _)| range::accepts(headers, *encoding));
    let (encoding, key): (_, &ObjectKey) = match wanted {
        Some((encoding, key)) => (Some(*encoding), key),
        None => (None, &file.key),
    };
    let stored = Stored {
        content_type: file.key.content_type(),
        encoding,
        varies: !file.compressed.is_empty(),
        policy: file.key.cache_policy(),
    };
    let info = app.store.head(key).await.map_err(store_away)?;
    if let Some(unchanged) = stored.unchanged(headers, &info) {
        return Ok(unchanged);
    }
    let range = range::requested(headers, &info.etag);
    let status = range::status(range.as_ref(), status);
    let reader = app.store.read(key, range).await.map_err(store_away)?;
    stored.answer(status, reader)
}
