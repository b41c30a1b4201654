//! The one door: an edge in memory on a small published school.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use contracts::id::{PersonId, ProductId};
use contracts::manifest::Manifest;
use gate::grant::Act;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use ledger::{By, Email, Ledger};
use lyceum_edge::app::{App, SignInLimits};
use lyceum_edge::config::Role;
use lyceum_edge::cookie;
use lyceum_edge::entitlement_cache::EntitlementCache;
use lyceum_edge::entitlement_cache::memory::MemoryCache;
use lyceum_edge::mail::{Letter, Mail, MailError};
use lyceum_edge::metrics::Metrics;
use lyceum_edge::published::Published;
use lyceum_edge::router;
use lyceum_edge::secret::Secret;
use lyceum_edge::token::{Session, Tokens};
use store::catalog::Catalog;
use store::release::key::ReleaseKey;
use store::sign::Signer;
use store::store::Store;
use tokio::sync::{Mutex, mpsc};
use tower::ServiceExt;
use url::Url;

use crate::fixture::{Fixture, store_config};

pub(crate) const ORIGIN: &str = "https://school.test";

/// An edge and everything behind it.
pub(crate) struct TestEdge {
    pub(crate) app: Arc<App>,
    pub(crate) manifest: Manifest,
    pub(crate) key: ReleaseKey,
    pub(crate) folder: tempfile::TempDir,
    router: Router,
    letters: Mutex<mpsc::UnboundedReceiver<Letter>>,
}

/// Remembers letters.
struct TestMail(mpsc::UnboundedSender<Letter>);

#[async_trait]
impl Mail for TestMail {
    async fn send(&self, letter: Letter) -> Result<(), MailError> {
        self.0.send(letter).map_err(|_| MailError::Refused("closed".to_owned()))
    }
}

pub(crate) fn secret(byte: u8) -> Secret {
    Secret::parse(&format!("{byte:02x}").repeat(32)).unwrap()
}

impl TestEdge {
    pub(crate) async fn new() -> Self {
        Self::with_cache(Arc::new(MemoryCache::new())).await
    }

    pub(crate) async fn with_cache(cache: Arc<dyn EntitlementCache>) -> Self {
        Self::with(cache, &[Role::Gate, Role::Campus, Role::Site]).await
    }

    pub(crate) async fn with(cache: Arc<dyn EntitlementCache>, roles: &[Role]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = ReleaseKey::generate().unwrap();
        let (fixture, manifest) = Fixture::school();
        fixture.publish(&manifest, folder.path(), &key).await;
        let config = store_config(folder.path());
        let store = Store::open(&config).unwrap();
        let (send, letters) = mpsc::unbounded_channel();
        let app = Arc::new(App {
            public_url: Url::parse(ORIGIN).unwrap(),
            roles: roles.iter().copied().collect(),
            published: Published::new(Catalog::new(store.clone(), vec![key.public()])),
            signer: Signer::open(&config, Some(&[9; 32])).unwrap(),
            store,
            ledger: Ledger::connect("sqlite::memory:").await.unwrap(),
            entitlements: cache,
            mail: Arc::new(TestMail(send)),
            tokens: Tokens::new(ORIGIN, &secret(1), &[]).unwrap(),
            limits: SignInLimits::default(),
            metrics: Metrics::default(),
            trusted_proxies: BTreeSet::new(),
            object_origin: None,
            clock: Timestamp::now,
            draining: AtomicBool::new(false),
        });
        app.published.refresh().await.unwrap();
        let router = router::router(Arc::clone(&app));
        Self { app, manifest, key, folder, router, letters: Mutex::new(letters) }
    }

    /// Publishes the school in another style, signed by `key`.
    pub(crate) async fn publish(&self, style: &str, key: &ReleaseKey) {
        let (fixture, manifest) = Fixture::school_in(style);
        fixture.publish(&manifest, self.folder.path(), key).await;
    }

    pub(crate) fn get(&self, path: &str) -> Ask<'_> {
        Ask::new(self, Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Ask<'_> {
        Ask::new(self, Method::POST, path).header("origin", ORIGIN)
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        Ask::new(self, method, path)
    }

    /// Answers a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn operators(&self, path: &str) -> (StatusCode, String) {
        let router = router::operators(Arc::clone(&self.app));
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The next letter. A letter that never comes is a test that never ends.
    pub(crate) async fn letter(&self) -> Letter {
        self.letters.lock().await.recv().await.unwrap()
    }

    pub(crate) async fn person(&self, email: &str) -> PersonId {
        let email = Email::parse(email).unwrap();
        self.app.ledger.ensure_person(&email, Timestamp::now()).await.unwrap()
    }

    /// A session cookie of somebody who owns nothing.
    pub(crate) async fn signed_in(&self, email: &str) -> String {
        let person = self.person(email).await;
        let claims = self.app.ledger.claims(&person, Timestamp::now()).await.unwrap();
        self.token(&person, Some(claims.entitlements), Timestamp::now())
    }

    /// A session cookie of somebody who owns the course.
    pub(crate) async fn owner(&self, email: &str) -> String {
        let person = self.person(email).await;
        self.grant(&person, None).await;
        self.signed_in(email).await
    }

    /// Gives the course, for good or until a moment.
    pub(crate) async fn grant(&self, person: &PersonId, ends_at: Option<Timestamp>) {
        let act = Act::Manual {
            id: "test".to_owned(),
            person: person.clone(),
            product: ProductId::parse("rust").unwrap(),
            starts_at: Timestamp::now() - SignedDuration::from_hours(2),
            ends_at,
        };
        let by = By { actor: "test", reason: "test" };
        for grant in gate::grant(&act).unwrap() {
            self.app.ledger.grant(&grant, &by, Timestamp::now()).await.unwrap();
        }
    }

    pub(crate) fn token(
        &self,
        person: &PersonId,
        entitlements: Option<contracts::claims::Entitlements>,
        at: Timestamp,
    ) -> String {
        let session = Session { person: person.clone(), entitlements };
        self.app.tokens.issue(&session, at).unwrap()
    }
}

/// A request being written.
pub(crate) struct Ask<'a> {
    edge: &'a TestEdge,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
}

impl<'a> Ask<'a> {
    fn new(edge: &'a TestEdge, method: Method, path: &str) -> Self {
        Self { edge, method, path: path.to_owned(), headers: HeaderMap::new(), body: Body::empty() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    /// The session cookie.
    pub(crate) fn token(self, token: &str) -> Self {
        self.cookie(cookie::SESSION, token)
    }

    pub(crate) fn cookie(self, name: &str, value: &str) -> Self {
        self.header("cookie", &format!("{name}={value}"))
    }

    /// A `Set-Cookie` answer's cookies, sent back.
    pub(crate) fn cookies(mut self, answer: &Answer) -> Self {
        for (name, value) in answer.cookies() {
            if !value.is_empty() {
                self = self.cookie(&name, &value);
            }
        }
        self
    }

    pub(crate) fn form(mut self, text: &str) -> Self {
        self.body = Body::from(text.to_owned());
        self.header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/html")
    }

    pub(crate) fn json(mut self, value: &serde_json::Value) -> Self {
        self.body = Body::from(value.to_string());
        self.header("content-type", "application/json")
    }

    pub(crate) async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        *request.headers_mut().unwrap() = self.headers;
        self.edge.send(request.body(self.body).unwrap()).await
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    /// Reads an answer and holds it to what every answer promises.
    pub(crate) async fn read(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let answer = Self { status: parts.status, headers: parts.headers, bytes };
        answer.keeps_the_promises();
        answer
    }

    pub(crate) fn keeps_the_promises(&self) {
        assert!(self.header("content-security-policy").contains("frame-ancestors 'none'"));
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        assert_eq!(self.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(self.header("referrer-policy"), "strict-origin");
        assert_eq!(self.header("strict-transport-security"), "max-age=31536000");
        assert!(!self.header("cache-control").is_empty());
        assert!(!self.header("x-request-id").is_empty());
        if self.headers.contains_key(SET_COOKIE) || self.status.is_client_error() {
            assert_eq!(self.header("cache-control"), "private, no-store");
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    /// Status and stable code of a problem document.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        (self.status.as_u16(), json["code"].as_str().unwrap().to_owned())
    }

    /// Name and value of each cookie that is set.
    pub(crate) fn cookies(&self) -> Vec<(String, String)> {
        let pair = |value: &HeaderValue| {
            let (pair, _) = value.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        };
        self.headers.get_all(SET_COOKIE).iter().map(pair).collect()
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }
}
