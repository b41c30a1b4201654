//! Tells open pages of `lyceum serve` that the site was built anew, or why not.
//!
//! The script is put into the pages of a preview after the compiler is done,
//! so a site that is built or published never holds it. Diagnostics are laid
//! over the last good page.

use std::convert::Infallible;

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use compiler::site::{Content, Site, SiteFile};
use contracts::manifest::ObjectEntry;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use futures::Stream;
use serde::Serialize;
use tokio::sync::watch;

const SCRIPT_PATH: &str = "/_lyceum/reload.js";
const EVENTS_PATH: &str = "/_lyceum/reload";
/// Tells the script which build the edge serves by now: it takes over a new one
/// a moment after we tell of it.
const BUILD_PATH: &str = "_lyceum/build.txt";
const SCRIPT: &str = include_str!("live_reload/reload.js");
const SCRIPT_TAG: &str = r#"<script src="/_lyceum/reload.js" defer></script>"#;

/// What open pages are told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct News {
    /// Changes with every build that succeeded, and from one run to the next.
    pub(crate) build: String,
    /// Why the last build failed; what is shown is then the one before it.
    pub(crate) diagnostics: Option<String>,
}

/// The routes of the script and of the stream of news.
pub(crate) fn routes(news: watch::Receiver<News>) -> Router {
    Router::new().route(SCRIPT_PATH, get(script)).route(
        EVENTS_PATH,
        get(|| async { Sse::new(events(news)).keep_alive(KeepAlive::default()) }),
    )
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

/// The present state, then every change, until the preview ends.
fn events(mut news: watch::Receiver<News>) -> impl Stream<Item = Result<Event, Infallible>> {
    news.mark_changed();
    futures::stream::unfold(news, |mut news| async move {
        news.changed().await.ok()?;
        let text = serde_json::to_string(&*news.borrow_and_update()).ok()?;
        Some((Ok(Event::default().data(text)), news))
    })
}

/// The site with the script on every public page and the name of its build, and
/// without compressed copies, which a preview doesn't need.
pub(crate) fn prepare(site: Site, build: &str) -> Site {
    let is_copy = |file: &SiteFile| matches!(file.key, ObjectKey::Precompressed { .. });
    let mut files: Vec<SiteFile> =
        site.files.into_iter().filter(|file| !is_copy(file)).map(scripted).collect();
    if let Ok(path) = SitePath::parse(BUILD_PATH) {
        files.push(SiteFile::new(ObjectKey::Page { path }, build.as_bytes()));
    }
    files.sort_by_cached_key(|file| (file.key.audience(), file.key.path()));
    let mut manifest = site.manifest;
    manifest.objects = files
        .iter()
        .map(|file| ObjectEntry { key: file.key.clone(), digest: file.digest, bytes: file.len() })
        .collect();
    Site { files, manifest }
}

fn scripted(file: SiteFile) -> SiteFile {
    let is_page = matches!(&file.key, ObjectKey::Page { path } if path.extension() == Some("html"));
    let text = match &file.content {
        Content::Bytes(bytes) if is_page => std::str::from_utf8(bytes).ok(),
        Content::Bytes(_) | Content::Source(_) => None,
    };
    match text.and_then(|text| text.rsplit_once("</body>")) {
        Some((before, after)) => {
            let page = format!("{before}{SCRIPT_TAG}</body>{after}");
            SiteFile::new(file.key, page.into_bytes())
        }
        None => file,
    }
}

#[cfg(test)]
mod tests {
    use contracts::object_key::Encoding;
    use futures::StreamExt;

    use super::*;

    fn page_key(path: &str) -> ObjectKey {
        ObjectKey::Page { path: SitePath::parse(path).unwrap() }
    }

    #[test]
    fn only_pages_get_the_script_and_no_copy_without_it_stays() {
        let copy =
            ObjectKey::Precompressed { of: Box::new(page_key("a.html")), encoding: Encoding::Br };
        let files = [
            SiteFile::new(page_key("a.html"), b"<body>a</body>".to_vec()),
            SiteFile::new(copy, b"br".to_vec()),
            SiteFile::new(page_key("feed.xml"), b"<body>a</body>".to_vec()),
        ];
        let site = prepare(crate::output::tests::site(files), "7");

        let page = format!("<body>a{SCRIPT_TAG}</body>");
        let expected = [
            SiteFile::new(page_key(BUILD_PATH), b"7".to_vec()),
            SiteFile::new(page_key("a.html"), page.into_bytes()),
            SiteFile::new(page_key("feed.xml"), b"<body>a</body>".to_vec()),
        ];
        let facts = |file: &SiteFile| (file.key.clone(), file.digest);
        let made: Vec<_> = site.files.iter().map(facts).collect();
        assert_eq!(made, expected.iter().map(facts).collect::<Vec<_>>());
        let named = site.manifest.objects.iter().map(|entry| (entry.key.clone(), entry.digest));
        assert_eq!(named.collect::<Vec<_>>(), made);
    }

    #[tokio::test]
    async fn a_page_that_comes_late_is_told_the_present_state_first() {
        let (sender, news) = watch::channel(News::default());
        let mut events = Box::pin(events(news));
        assert!(events.next().await.is_some());
        sender.send_replace(News { build: "2".to_owned(), diagnostics: None });
        assert!(events.next().await.is_some());
        drop(sender);
        assert!(events.next().await.is_none());
    }
}
