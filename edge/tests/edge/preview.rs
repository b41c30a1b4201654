//! The one public function that the command line uses.

use std::path::PathBuf;

use lyceum_edge::{Preview, PreviewError, PreviewViewer, Ready, preview};
use store::release::key::ReleaseKey;
use tokio::sync::oneshot;

use crate::fixture::{Fixture, PAID_TEXT};

struct Running {
    ready: Ready,
    _folder: tempfile::TempDir,
    _stop: oneshot::Sender<()>,
}

async fn run(viewer: PreviewViewer) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    run_in(folder, data_dir, viewer).await
}

async fn run_in(folder: tempfile::TempDir, data_dir: PathBuf, viewer: PreviewViewer) -> Running {
    let key = ReleaseKey::generate().unwrap();
    let (fixture, manifest) = Fixture::school();
    fixture.publish(&manifest, folder.path(), &key).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let (tell, told) = oneshot::channel();
    let extra = axum::Router::new().route("/-/hello", axum::routing::get(|| async { "hello" }));
    let settings = Preview {
        store_dir: folder.path().to_owned(),
        release_key: key.public(),
        listen: "127.0.0.1:0".parse().unwrap(),
        public_url: None,
        data_dir,
        learner: Some("learner@example.org".to_owned()),
        viewer,
        extra,
        shutdown: Box::pin(async {
            let _ = stopped.await;
        }),
    };
    tokio::spawn(preview(settings, |ready| tell.send(ready).unwrap()));
    Running { ready: told.await.unwrap(), _folder: folder, _stop: stop }
}

async fn fetch(running: &Running, path: &str) -> (u16, String) {
    let url = format!("http://{}{path}", running.ready.address);
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_guest_sees_the_site_and_no_paid_text() {
    let running = run(PreviewViewer::Guest).await;
    assert_eq!(fetch(&running, "/").await, (200, "<p>home</p>".to_owned()));
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
async fn a_folder_without_a_release_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Preview {
        store_dir: folder.path().to_owned(),
        release_key: ReleaseKey::generate().unwrap().public(),
        listen: "127.0.0.1:0".parse().unwrap(),
        public_url: None,
        data_dir: folder.path().join("data"),
        learner: None,
        viewer: PreviewViewer::Guest,
        extra: axum::Router::new(),
        shutdown: Box::pin(std::future::pending()),
    };
    let answer = preview(settings, |_| ()).await;
    assert!(matches!(answer, Err(PreviewError::Release(_))), "{answer:?}");
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
    let running = run_in(folder, data_dir.clone(), PreviewViewer::Guest).await;
    assert_eq!(fetch(&running, "/").await.0, 200);
    assert!(data_dir.join("ledger.db").is_file());
}
