//! A learner without a browser: requests with the cookies that an edge gave.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use reqwest::header::{COOKIE, HeaderMap, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::edge::Edge;

/// The name of the cookie that holds the token.
pub const SESSION: &str = "__Host-lyceum";

/// Somebody at the other end of the wire.
#[derive(Debug, Clone)]
pub struct Learner {
    client: Client,
    /// Where the requests go.
    edge: String,
    /// What pages of the school say about where they come from.
    origin: String,
    /// Cookies by name, as the edge set them.
    pub cookies: BTreeMap<String, String>,
}

/// An answer of the edge.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `Null` if it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The stable code of a problem document; empty if it is none.
    #[must_use]
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Learner {
    /// Somebody who has not signed in at an edge.
    pub fn guest(origin: &str) -> Result<Self> {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self {
            client,
            edge: origin.to_owned(),
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
        })
    }

    /// Signs in by the code of a letter.
    pub async fn sign_in(edge: &Edge, email: &str) -> Result<Self> {
        let mut learner = Self::guest(&edge.origin())?;
        let letters = edge.letters();
        let known = letters.to(email)?;
        let asked = learner.post("/api/sign-in", &json!({ "email": email })).await?;
        ensure!(asked.status == StatusCode::ACCEPTED, "{}: {}", asked.status, asked.text());
        let letter = letters.next_to(email, &known).await?;
        let confirm = json!({ "email": email, "code": letter.code });
        let answer = learner.post("/api/sign-in/confirm", &confirm).await?;
        ensure!(answer.status == StatusCode::OK, "{}: {}", answer.status, answer.text());
        ensure!(learner.cookies.contains_key(SESSION), "no session was opened");
        Ok(learner)
    }

    /// The same learner at another edge of the school.
    #[must_use]
    pub fn at(&self, edge: &Edge) -> Self {
        Self { edge: edge.origin(), ..self.clone() }
    }

    /// The same requests with another token and no way to renew it.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        let cookies = BTreeMap::from([(SESSION.to_owned(), token.to_owned())]);
        Self { cookies, ..self.clone() }
    }

    /// The token that stands for the session.
    #[must_use]
    pub fn token(&self) -> &str {
        self.cookies.get(SESSION).map_or("", String::as_str)
    }

    /// Asks for a path, or for a full URL elsewhere.
    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, None).await
    }

    /// Sends JSON to a path.
    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Answer> {
        self.send(Method::POST, path, Some(body)).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let ours = path.starts_with('/');
        let url = if ours { format!("{}{path}", self.edge) } else { path.to_owned() };
        let mut request = self.client.request(method.clone(), &url);
        if ours && !self.cookies.is_empty() {
            let pairs: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        if method != Method::GET {
            request = request.header(ORIGIN, &self.origin);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.with_context(|| format!("failed to ask `{url}`"))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        if ours {
            self.keep_cookies(&headers);
        }
        Ok(Answer { status, headers, body: answer.bytes().await?.to_vec() })
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let text = header.to_str().unwrap_or_default();
            let pair = text.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                if value.is_empty() {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
    }
}
