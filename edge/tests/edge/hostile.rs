//! A hundred hostile requests at every route, through the router and over a
//! socket: always a plain no, no paid byte, and every header that protects.

mod attack;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::fixture::{PAID_TEXT, PAID_TEXT_ZH, VIDEO};
use crate::hostile::attack::{Attack, attacks};
use crate::listener;
use crate::test_edge::{Answer, TestEdge};

/// Each route of the table once, and the site.
const ROUTES: &[&str] = &[
    "/",
    "/courses/rust/",
    "/courses/rust/ownership/",
    "/api/me",
    "/api/lessons/rust/intro",
    "/api/lessons/rust/ownership",
    "/api/auth",
    "/learn/rust/ownership",
    "/learn/rust/ownership/",
    "/learn/rust/ownership/figure.png",
    "/zh/learn/rust/ownership",
    "/zh/learn/rust/ownership/",
    "/zh/learn/rust/ownership/figure.png",
    "/objects/lessons/own-1/a",
    "/api/sign-in",
    "/api/sign-in/confirm",
    "/api/sign-out",
    "/.well-known/jwks.json",
    "/sign-in/",
    "/zh/sign-in/",
    "/sign-in/confirm/",
    "/zh/sign-in/confirm/",
    "/account/",
    "/zh/account/",
];

/// More than this the server's own parser refuses in a head.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// Holds an answer to what every answer to a stranger promises.
fn assert_plain(answer: &Answer, attack: &Attack) {
    let what = || String::from_utf8_lossy(&attack.bytes()).chars().take(300).collect::<String>();
    assert!((200..500).contains(&answer.status.as_u16()), "{}: {answer:?}", what());
    answer.keeps_the_promises();

    let text = String::from_utf8_lossy(&answer.bytes);
    let paid = text.contains(PAID_TEXT) || text.contains(PAID_TEXT_ZH);
    let video = answer.bytes.windows(64).any(|part| part == &VIDEO[..64]);
    assert!(!paid && !video && !text.contains("signature="), "{}: {text}", what());

    let location = answer.header("location");
    let stays = location.is_empty() || (location.starts_with('/') && !escapes(location));
    assert!(stays && !location.starts_with("/objects/"), "{}: {location}", what());
    assert!(answer.cookies().iter().all(|(name, _)| name.starts_with("__Host-lyceum")));

    if answer.status.is_client_error() && !answer.bytes.is_empty() {
        match answer.header("content-type") {
            "application/problem+json" => assert_is_problem(answer),
            kind => assert!(kind.starts_with("text/html"), "{}: {kind}", what()),
        }
    }
}

/// A second slash or a backslash makes a path the address of another host.
fn escapes(location: &str) -> bool {
    matches!(location.as_bytes().get(1), Some(b'/' | b'\\'))
}

fn assert_is_problem(answer: &Answer) {
    let document = answer.json();
    for member in ["type", "title", "code"] {
        assert!(document[member].as_str().is_some_and(|text| !text.is_empty()), "{document}");
    }
    assert_eq!(document["status"], answer.status.as_u16(), "{document}");
}

/// The attack as the framework sees it; `None` for what a server's parser
/// would never let through.
fn parsed(attack: &Attack, session: Option<&str>) -> Option<Request<Body>> {
    let mut request = Request::builder()
        .method(Method::from_bytes(&attack.method).ok()?)
        .uri(&attack.target[..])
        .body(Body::from(attack.body.clone()))
        .ok()?;
    for line in &attack.lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        request.headers_mut().append(name, value);
    }
    if let Some(token) = session
        && !request.headers().contains_key("cookie")
    {
        let cookie = HeaderValue::from_str(&format!("__Host-lyceum={token}")).unwrap();
        request.headers_mut().append("cookie", cookie);
    }
    Some(request)
}

#[tokio::test]
async fn a_hundred_hostile_requests_at_every_route_get_a_plain_no_from_the_router() {
    let edge = TestEdge::new().await;
    let stranger = edge.signed_in("stranger@example.org").await;
    for session in [None, Some(stranger.as_str())] {
        for route in ROUTES {
            let mut sent = HashSet::new();
            for attack in attacks(route) {
                if let Some(request) = parsed(&attack, session) {
                    assert_plain(&edge.send(request).await, &attack);
                    sent.insert(attack.bytes());
                }
            }
            assert!(sent.len() >= 100, "{route}: {}", sent.len());
        }
    }
}

#[tokio::test]
async fn a_hundred_hostile_requests_at_every_route_get_a_plain_no_over_a_socket() {
    let edge = TestEdge::new().await;
    let running = listener::run(&edge, 1000).await;
    for route in ROUTES {
        let mut answered = HashSet::new();
        for attack in attacks(route) {
            match over_a_socket(running.address, &attack.bytes()).await {
                Heard::Answer(answer) => {
                    assert_plain(&answer, &attack);
                    answered.insert(attack.bytes());
                }
                Heard::ParserRefused => {}
                Heard::Nothing => assert!(
                    attack.bytes().len() > MAX_HEAD_BYTES,
                    "{}",
                    String::from_utf8_lossy(&attack.bytes())
                ),
            }
        }
        assert!(answered.len() >= 100, "{route}: {}", answered.len());
    }
    // And it still serves whoever comes next.
    let good = b"GET / HTTP/1.1\r\nHost: school.test\r\nConnection: close\r\n\r\n";
    let Heard::Answer(answer) = over_a_socket(running.address, good).await else { panic!() };
    assert_eq!(answer.text(), "<p>home</p>");
}

/// What came back over a socket.
enum Heard {
    /// An answer of the edge.
    Answer(Answer),
    /// An empty 4xx of the HTTP parser, which no layer of the edge sees.
    ParserRefused,
    /// The connection was closed: more was sent than the server cared to read.
    Nothing,
}

async fn over_a_socket(address: SocketAddr, request: &[u8]) -> Heard {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut bytes = Vec::new();
    let talk = async {
        // The server may close before all was written or read.
        let _ = stream.write_all(request).await;
        let _ = stream.read_to_end(&mut bytes).await;
    };
    let shown = String::from_utf8_lossy(&request[..request.len().min(300)]);
    tokio::time::timeout(Duration::from_secs(30), talk).await.expect(&shown);
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        assert!(bytes.is_empty(), "{shown}");
        return Heard::Nothing;
    };
    let (head, body) = (&bytes[..end], &bytes[end + 4..]);
    let mut lines = std::str::from_utf8(head).unwrap().split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let status = StatusCode::from_bytes(status.as_bytes()).unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_str(value.trim()).unwrap());
    }
    if !headers.contains_key("x-request-id") {
        assert!(status.is_client_error() && body.is_empty(), "{shown}: {status}");
        return Heard::ParserRefused;
    }
    Heard::Answer(Answer { status, headers, bytes: body.to_vec().into() })
}

#[tokio::test]
async fn hostile_requests_at_the_operators_listener_get_a_plain_no_too() {
    let edge = TestEdge::new().await;
    for route in ["/healthz", "/readyz", "/metrics"] {
        for attack in attacks(route) {
            let Some(request) = parsed(&attack, None) else { continue };
            let router = lyceum_edge::router::operators(std::sync::Arc::clone(&edge.app));
            let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
            assert!(answer.status().as_u16() < 500, "{route}: {attack:?}");
        }
    }
}

#[tokio::test]
async fn sessions_that_nobody_gave_out_are_refused_by_their_name() {
    let edge = TestEdge::new().await;
    let giant = "a".repeat(20_000);
    for route in ["/api/me", "/api/lessons/rust/ownership", "/learn/rust/ownership/"] {
        for cookie in [
            "__Host-lyceum=",
            "__Host-lyceum=a; __Host-lyceum=b",
            "__Host-lyceum=eyJhbGciOiJub25lIn0.e30.",
            "__Host-lyceum-refresh=a.b",
            &format!("__Host-lyceum={giant}"),
        ] {
            let answer = edge.get(route).header("cookie", cookie).send().await;
            assert_eq!(answer.status, 401, "{route} {cookie}");
            assert_eq!(answer.cookie("__Host-lyceum").as_deref(), Some(""), "{route} {cookie}");
        }
    }
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_a_client_error_on_every_route() {
    let edge = TestEdge::new().await;
    for route in ["/api/sign-in", "/api/sign-in/confirm"] {
        for attack in attacks(route).into_iter().filter(|attack| !attack.body.is_empty()) {
            let request = parsed(&attack, None).unwrap();
            let status = edge.send(request).await.status;
            assert!(status.is_client_error(), "{route}: {status} {attack:?}");
        }
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_and_not_a_broken_connection() {
    let edge = TestEdge::new().await;
    let boom = axum::Router::new().route("/boom", axum::routing::get(boom));
    let router = lyceum_edge::router::with_routes(std::sync::Arc::clone(&edge.app), boom);
    let request = Request::get("/boom").body(Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let answer = Answer::read(response).await;
    assert_eq!(answer.problem(), (500, "internal_error".to_owned()));
    assert!(!answer.text().contains("secret words"));
}

async fn boom() -> &'static str {
    panic!("secret words")
}
