//! Nothing secret ever stands in a log, however much is logged.

use std::io::Write;
use std::sync::{Arc, Mutex};

use lyceum_edge::cookie::{REFRESH, SESSION, SIGN_IN};
use secrecy::ExposeSecret;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::test_edge::TestEdge;

/// Remembers every line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_token_no_signed_url_and_no_address_is_logged() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(lines.clone())
        .finish();
    // Of this thread alone, on which the test and its tasks run.
    let _guard = tracing::subscriber::set_default(subscriber);

    let edge = TestEdge::new().await;
    edge.owner("ada@example.org").await;
    let start = json!({ "email": "ada@example.org" });
    let asked = edge.post("/api/sign-in").json(&start).send().await;
    let letter = edge.letter().await.text;
    let text = letter.expose_secret();
    let token = text.split("token=").nth(1).unwrap().split('&').next().unwrap();
    edge.get(&format!("/sign-in/confirm/?token={token}")).send().await;
    let confirm = json!({ "token": token });
    let signed_in = edge.post("/api/sign-in/confirm").json(&confirm).send().await;
    let lesson = edge.get("/api/lessons/rust/ownership").cookies(&signed_in).send().await.json();
    let url = lesson["body"]["url"].as_str().unwrap();
    edge.get(url).send().await;
    edge.get(&format!("{url}x")).send().await;
    edge.get("/api/me").token(&format!("{token}.forged")).send().await;

    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("/api/lessons/{course}/{lesson}"), "the test sees the log");
    let cookie = |name| signed_in.cookie(name).unwrap();
    let signature = url.split("signature=").nth(1).unwrap();
    let secrets =
        [token.to_owned(), cookie(SESSION), cookie(REFRESH), asked.cookie(SIGN_IN).unwrap()];
    for secret in secrets.iter().map(String::as_str).chain([signature, "ada@example.org"]) {
        assert!(!logged.contains(secret), "{secret} was logged");
    }
}
