//! The one public function that the command line uses.

use std::path::PathBuf;

use axum::extract::Query;
use axum::routing::get;
use contracts::id::ProductId;
use lyceum_edge::{Preview, PreviewViewer, Ready, Visit, Visitor, preview};
use store::handover::Handover;
use tokio::sync::oneshot;

use crate::fixture::{ACTIVE, Fixture, PAID_TEXT};

struct Running {
    ready: Ready,
    handover: Handover,
    _folder: tempfile::TempDir,
    _stop: oneshot::Sender<()>,
}

async fn run(viewer: PreviewViewer) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let handover = Handover::default();
    give(&handover);
    run_in(folder, data_dir, viewer, handover).await
}

fn give(handover: &Handover) {
    let (fixture, manifest) = Fixture::school();
    fixture.hand_over(manifest, handover);
}

/// Answers with what whoever asks would see at another address.
fn routes(visit: Visit) -> axum::Router {
    #[derive(serde::Deserialize)]
    struct Asked {
        page: String,
    }
    let seen = |visitor: Visitor, Query(asked): Query<Asked>| async move {
        let seen = visit.see(&visitor, &asked.page).await.unwrap();
        format!("{} {}", seen.status.as_u16(), String::from_utf8_lossy(&seen.body))
    };
    axum::Router::new().route("/-/hello", get(|| async { "hello" })).route("/-/seen", get(seen))
}

async fn run_in(
    folder: tempfile::TempDir,
    data_dir: PathBuf,
    viewer: PreviewViewer,
    handover: Handover,
) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let (tell, told) = oneshot::channel();
    let settings = Preview {
        handover: handover.clone(),
        listen: "127.0.0.1:0".parse().unwrap(),
        public_url: None,
        data_dir,
        learner: Some("learner@example.org".to_owned()),
        viewer,
        extra: Box::new(routes),
        page_end: Some(|page| format!("<i>{}</i>", page.len())),
        shutdown: Box::pin(async {
            let _ = stopped.await;
        }),
    };
    tokio::spawn(preview(settings, |ready| tell.send(ready).unwrap()));
    Running { ready: told.await.unwrap(), handover, _folder: folder, _stop: stop }
}

async fn fetch(running: &Running, path: &str) -> (u16, String) {
    let url = format!("http://{}{path}", running.ready.address);
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_guest_sees_the_site_and_no_paid_text() {
    let running = run(PreviewViewer::Guest).await;
    assert_eq!(fetch(&running, "/").await, (200, "<p>home</p><i>11</i>".to_owned()));
    assert_eq!(fetch(&running, "/-/hello").await, (200, "hello".to_owned()));
    let (status, text) = fetch(&running, "/learn/rust/ownership/").await;
    assert_eq!(status, 401);
    assert!(!text.contains(PAID_TEXT));
    let link = running.ready.sign_in_link.as_deref().unwrap();
    assert!(link.starts_with(running.ready.public_url.as_str()), "{link}");
    assert!(link.contains("/sign-in/confirm/?token="), "{link}");
}

#[tokio::test]
async fn a_learner_reads_everything_at_once() {
    let running = run(PreviewViewer::Learner).await;
    let (status, text) = fetch(&running, "/learn/rust/ownership/").await;
    assert_eq!(status, 200);
    assert!(text.contains(PAID_TEXT));
    let (_, me) = fetch(&running, "/api/me").await;
    assert!(me.contains("learner@example.org"), "{me}");
}

#[tokio::test]
async fn a_preview_opens_before_anything_is_handed_over() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let running = run_in(folder, data_dir, PreviewViewer::Learner, Handover::default()).await;
    assert_eq!(running.ready.sign_in_link, None);
    assert_eq!(fetch(&running, "/").await.0, 503);
    give(&running.handover);
    assert_eq!(fetch(&running, "/").await.0, 200);
    let (status, text) = fetch(&running, "/learn/rust/ownership/").await;
    assert_eq!(status, 200, "{text}");
}

#[tokio::test]
async fn a_release_is_shown_from_the_moment_it_is_handed_over() {
    let running = run(PreviewViewer::Learner).await;
    assert_eq!(fetch(&running, "/learn/rust/ownership/").await.0, 200);
    let (fixture, mut manifest) = Fixture::school();
    // The lesson is sold anew, and the learner owns that too.
    let sold = ProductId::parse("rust-2").unwrap();
    let product = manifest.products.values().next().unwrap().clone();
    manifest.products =
        [(sold.clone(), contracts::product::Product { id: sold.clone(), ..product })].into();
    manifest.courses.values_mut().for_each(|course| course.products = vec![sold.clone()]);
    manifest.lessons.retain(|id, _| id.as_str() != "intro-1");
    fixture.hand_over(manifest, &running.handover);
    let (status, text) = fetch(&running, "/learn/rust/ownership/").await;
    assert_eq!(status, 200, "{text}");
}

#[tokio::test]
async fn every_page_has_the_end_and_nothing_else_has() {
    let running = run(PreviewViewer::Learner).await;
    let ask = |path: &str| {
        let url = format!("http://{}{path}", running.ready.address);
        reqwest::Client::new().get(url).header("accept", "text/html")
    };
    for path in ["/", "/courses/rust/intro/", "/learn/rust/ownership/", "/nowhere/", "/account/"] {
        let answer = ask(path).header("range", "bytes=0-3").send().await.unwrap();
        let headers = answer.headers().clone();
        let text = answer.text().await.unwrap();
        assert!(text.contains("</i>"), "{path}: {text}");
        assert_eq!(headers["content-length"], text.len().to_string(), "{path}");
        assert!(!headers.contains_key("etag"), "{path}");
        assert!(headers.contains_key("content-security-policy"), "{path}");
    }
    let url = format!("http://{}/", running.ready.address);
    let head = reqwest::Client::new().head(url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert!(!head.headers().contains_key("etag"));

    let attached = ask("/learn/rust/ownership/notes.html").send().await.unwrap();
    assert_eq!(attached.text().await.unwrap(), ACTIVE);
    let opened: serde_json::Value =
        ask("/api/lessons/rust/ownership").send().await.unwrap().json().await.unwrap();
    let body = ask(opened["body"]["url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(body.text().await.unwrap(), format!("<p>{PAID_TEXT}</p>"));
}

#[tokio::test]
async fn a_visit_sees_what_the_visitor_would() {
    let guest = run(PreviewViewer::Guest).await;
    let (_, text) = fetch(&guest, "/-/seen?page=/learn/rust/ownership/").await;
    assert!(text.starts_with("401 ") && !text.contains(PAID_TEXT), "{text}");
    assert_eq!(fetch(&guest, "/-/seen?page=/").await.1, "200 <p>home</p>");
    let learner = run(PreviewViewer::Learner).await;
    let (_, text) = fetch(&learner, "/-/seen?page=/learn/rust/ownership/").await;
    assert!(text.starts_with("200 ") && text.contains(PAID_TEXT), "{text}");
}

#[tokio::test]
async fn another_sites_name_for_this_machine_opens_nothing() {
    let running = run(PreviewViewer::Learner).await;
    let port = running.ready.address.port();
    let ask = |host: String| {
        let url = format!("http://{}/learn/rust/ownership/", running.ready.address);
        reqwest::Client::new().get(url).header("host", host).send()
    };
    for own in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), "[::1]".to_owned()] {
        assert_eq!(ask(own.clone()).await.unwrap().status(), 200, "{own}");
    }
    for foreign in ["evil.example", "localhost.evil.example", "evil.example:80", "a b"] {
        let answer = ask(foreign.to_owned()).await.unwrap();
        assert_eq!(answer.status(), 403, "{foreign}");
        assert!(!answer.text().await.unwrap().contains(PAID_TEXT), "{foreign}");
    }
}

#[tokio::test]
async fn a_folder_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("what? 100%20 # done");
    let handover = Handover::default();
    give(&handover);
    let running = run_in(folder, data_dir.clone(), PreviewViewer::Guest, handover).await;
    assert_eq!(fetch(&running, "/").await.0, 200);
    assert!(data_dir.join("ledger.db").is_file());
}
