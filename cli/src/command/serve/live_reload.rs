//! Tells open pages of `lyceum serve` what has become of them, or why the site can't
//! be built.
//!
//! The script is put into a page when it is served, so a site that is built or
//! published never holds it. A page hears of a new site only if it would come out
//! other than it stands in the browser. Diagnostics are laid over the last good page.

mod open_page;
mod stylesheet;

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::Query;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures::Stream;
use lyceum_edge::{Visit, Visitor};
use serde::Serialize;
use store::handover::Handover;
use tokio::sync::watch;

use open_page::{Act, Followed, OpenPage, fingerprint};

const SCRIPT_PATH: &str = "/_lyceum/reload.js";
const EVENTS_PATH: &str = "/_lyceum/reload";
const SCRIPT: &str = include_str!("live_reload/reload.js");

/// The edge ends a connection on which nothing was sent for fifteen seconds.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);
/// When a page asks again after all: a preview that was started anew is soon back.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// What has become of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// How many sites were handed over.
    pub(crate) build: u64,
    /// Why the last build failed; what is shown is then the one before it.
    pub(crate) diagnostics: Option<String>,
}

/// What an open page is told.
#[derive(Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    act: Act,
    /// What the page is once it has done so.
    shown: Option<String>,
    diagnostics: Option<String>,
}

/// The routes of the script and of the stream of news.
pub(crate) fn routes(visit: Visit, handover: Handover, news: watch::Receiver<News>) -> Router {
    let events = move |visitor: Visitor, Query(followed): Query<Followed>| {
        let page = OpenPage::new(visit.clone(), handover.clone(), visitor, followed);
        let events = events(page, news.clone());
        async { Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE)) }
    };
    Router::new().route(SCRIPT_PATH, get(script)).route(EVENTS_PATH, get(events))
}

/// The script for the end of a page, which bears what the page is without it.
pub(crate) fn page_end(page: &[u8]) -> String {
    let shown = fingerprint(page);
    format!(r#"<script src="{SCRIPT_PATH}" data-shown="{shown}" defer></script>"#)
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

/// The present state, then every change, until the preview ends.
fn events(
    page: OpenPage,
    mut news: watch::Receiver<News>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    news.mark_changed();
    futures::stream::unfold((page, news), |(mut page, mut news)| async move {
        news.changed().await.ok()?;
        let News { build, diagnostics } = news.borrow_and_update().clone();
        let told = Told { act: page.look(build).await, shown: page.shown(), diagnostics };
        let text = serde_json::to_string(&told).ok()?;
        Some((Ok(Event::default().retry(ASK_AGAIN).data(text)), (page, news)))
    })
}
