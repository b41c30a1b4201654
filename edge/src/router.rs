//! Every route of the service, and the layers that all of them share.

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::config::Role;
use crate::error::{after_panic, only_problems, problems_as_pages};
use crate::origin::same_site_changes;
use crate::request_log::log_request;
use crate::route::{
    account, auth, health, jwks, learn, lessons, me, metrics, objects, sign_in, site,
};
use crate::security_headers::{SecurityHeaders, write_headers};
use crate::viewer;

/// The service that browsers see.
pub fn router(app: Arc<App>) -> Router {
    with_routes(app, Router::new())
}

/// The service with further routes behind the same layers.
pub fn with_routes(app: Arc<App>, extra: Router) -> Router {
    let mut router = Router::new();
    if app.plays(Role::Gate) {
        router = router.merge(gate(&app));
    }
    if app.plays(Role::Campus) {
        router = router.merge(campus(&app));
    }
    let router = if app.plays(Role::Site) {
        let site = any(site::serve).layer(from_fn(problems_as_pages));
        router.fallback_service(site.with_state(Arc::clone(&app)))
    } else {
        router
    };
    let security = SecurityHeaders::new(&app.public_url, app.object_origin.as_deref());
    // The last layer is the outermost: headers stand even on what a panic
    // becomes, and the log sees the answer as it is sent.
    router
        .with_state(Arc::clone(&app))
        .merge(extra)
        .layer(from_fn_with_state(Arc::clone(&app), same_site_changes))
        .layer(from_fn(only_problems))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn_with_state(Arc::clone(&app), log_request))
        .layer(from_fn_with_state(security, write_headers))
        .layer(Extension(app))
}

/// What only operators see: no layer of it looks at who is asking.
pub fn operators(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .with_state(app)
}

type Routes = Router<Arc<App>>;

/// Opens lessons.
fn gate(app: &Arc<App>) -> Routes {
    let see = || from_fn_with_state(Arc::clone(app), viewer::see);
    let documents = Router::new()
        .route("/api/lessons/{course}/{lesson}", get(lessons::show))
        .layer(see())
        .route("/api/auth", get(auth::decide))
        .route("/objects/{*path}", get(objects::serve));
    let pages = Router::new()
        .route("/learn/{course}/{lesson}", get(learn::add_slash))
        .route("/learn/{course}/{lesson}/", get(learn::page))
        .route("/learn/{course}/{lesson}/{file}", get(learn::file))
        .route("/{language}/learn/{course}/{lesson}", get(learn::add_slash))
        .route("/{language}/learn/{course}/{lesson}/", get(learn::page_in))
        .route("/{language}/learn/{course}/{lesson}/{file}", get(learn::file_in))
        .layer(see())
        .layer(from_fn(problems_as_pages));
    documents.merge(pages)
}

/// Knows people.
fn campus(app: &Arc<App>) -> Routes {
    let see = || from_fn_with_state(Arc::clone(app), viewer::see);
    let documents = Router::new()
        .route("/api/me", get(me::show))
        .layer(see())
        .route("/.well-known/jwks.json", get(jwks::show));
    // Signing in and out looks at no session: one that can't be used must not
    // stand in the way of a new one.
    let forms = Router::new()
        .route("/api/sign-in", post(sign_in::start))
        .route("/api/sign-in/confirm", post(sign_in::confirm))
        .route("/api/sign-out", post(sign_in::sign_out))
        .route("/sign-in/confirm/", get(sign_in::confirm_page))
        .route("/{language}/sign-in/confirm/", get(sign_in::confirm_page_in))
        .layer(from_fn(problems_as_pages));
    let pages = Router::new()
        .route("/sign-in/", get(sign_in::page))
        .route("/{language}/sign-in/", get(sign_in::page_in))
        .route("/account/", get(account::page))
        .route("/{language}/account/", get(account::page_in))
        .layer(see())
        .layer(from_fn(problems_as_pages));
    documents.merge(forms).merge(pages)
}
