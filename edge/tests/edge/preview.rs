//! The one public function that the command line uses.

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
        data_dir: folder.path().join("data"),
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
