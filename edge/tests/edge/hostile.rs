//! A hundred hostile requests at every route: always a plain no.

use axum::body::Body;
use http::{Method, Request};

use crate::test_edge::{ORIGIN, TestEdge};

const ROUTES: &[&str] = &[
    "/",
    "/courses/rust/",
    "/api/me",
    "/api/lessons/rust/ownership",
    "/learn/rust/ownership/",
    "/learn/rust/ownership/figure.png",
    "/zh/learn/rust/ownership/",
    "/api/auth",
    "/api/sign-in",
    "/api/sign-in/confirm",
    "/api/sign-out",
    "/.well-known/jwks.json",
    "/sign-in/",
    "/sign-in/confirm/",
    "/zh/sign-in/",
    "/account/",
    "/zh/account/",
    "/objects/lessons/own-1/a",
];

/// Appended to each route.
const TAILS: &[&str] = &[
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "%252e%252e%252f",
    "..%c0%af",
    "..%5c",
    "%00",
    "%00.html",
    "%ff",
    "%c3%28",
    "%0d%0aset-cookie:a=b",
    "//",
    "/./",
    ";a=b",
    ";.css",
    ".css",
    "%20",
    "%09",
    "~",
    "*",
    "'",
    "%22",
    "%3cscript%3e",
    "$%7b7*7%7d",
    "%7b%7b7*7%7d",
    "%e2%80%ae",
    "..;/",
    "%u002e%u002e",
    ".git/HEAD",
    ".env",
    "index.php",
    "wp-login.php",
    "a/b/c/d/e/f/g/h",
];

const QUERIES: &[&str] = &[
    "?token=%00",
    "?lang=../../etc",
    "?lang=%ff",
    "?expires=-1&signature=a",
    "?a=%",
    "?a[]=1",
    "?return_to=//evil.test",
    "?lang=en&lang=zh",
    "?=",
    "?&&&",
    "?%F0%28%8C%28",
];

const METHODS: &[&str] = &[
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "MOVE",
    "PURGE",
    "X-MADE-UP",
];

/// Header values that no client of ours sends.
fn odd_headers() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("cookie", b"__Host-lyceum=\xff\xfe".to_vec()),
        ("cookie", b"__Host-lyceum=".to_vec()),
        ("cookie", b"__Host-lyceum=a; __Host-lyceum=b".to_vec()),
        ("cookie", [b"__Host-lyceum=".as_slice(), &[b'a'; 20_000]].concat()),
        ("cookie", b"__Host-lyceum=eyJhbGciOiJub25lIn0.e30.".to_vec()),
        ("cookie", b"__Host-lyceum-refresh=\x80".to_vec()),
        ("cookie", b"__Host-lyceum-refresh=a.b".to_vec()),
    ]
}

fn harmless_headers() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("range", b"bytes=99999999999999999999-".to_vec()),
        ("range", b"bytes=0-,0-,0-,0-,0-".to_vec()),
        ("if-none-match", b"\xff".to_vec()),
        ("accept-encoding", b"br;q=NaN, \xff".to_vec()),
        ("host", b"evil.test".to_vec()),
        ("x-forwarded-for", vec![b','; 10_000]),
        ("x-original-uri", b"/\xff".to_vec()),
        ("content-length", b"0".to_vec()),
        ("authorization", b"Bearer \xff".to_vec()),
        ("upgrade", b"h2c".to_vec()),
        ("expect", b"100-continue".to_vec()),
    ]
}

async fn ask(
    edge: &TestEdge,
    method: &str,
    uri: &str,
    header: Option<(&str, &[u8])>,
    body: Body,
) -> u16 {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    // What is no URI at all never gets past the server's own parser.
    let Ok(builder) = Request::builder().method(method).uri(uri).body(body) else { return 400 };
    let mut request = builder;
    request.headers_mut().insert("origin", http::HeaderValue::from_static(ORIGIN));
    if let Some((name, value)) = header {
        let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().append(name, http::HeaderValue::from_bytes(value).unwrap());
    }
    let answer = edge.send(request).await;
    assert!(!answer.text_lossy().contains("sings at midnight"), "{uri}");
    answer.status.as_u16()
}

impl crate::test_edge::Answer {
    fn text_lossy(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

fn is_plain(status: u16) -> bool {
    (200..500).contains(&status)
}

#[tokio::test]
async fn hostile_paths_get_a_plain_no() {
    let edge = TestEdge::new().await;
    for route in ROUTES {
        for tail in TAILS {
            let status = ask(&edge, "GET", &format!("{route}{tail}"), None, Body::empty()).await;
            assert!((300..500).contains(&status), "{route}{tail}: {status}");
        }
        for query in QUERIES {
            let status = ask(&edge, "GET", &format!("{route}{query}"), None, Body::empty()).await;
            assert!(is_plain(status), "{route}{query}: {status}");
        }
        let long = format!("{route}{}", "a/".repeat(20_000));
        assert!(
            (400..500).contains(&ask(&edge, "GET", &long, None, Body::empty()).await),
            "{route}"
        );
    }
}

#[tokio::test]
async fn wrong_methods_get_a_plain_no() {
    let edge = TestEdge::new().await;
    for route in ROUTES {
        for method in METHODS {
            let status = ask(&edge, method, route, None, Body::empty()).await;
            assert!((400..500).contains(&status), "{method} {route}: {status}");
        }
    }
}

#[tokio::test]
async fn sessions_that_nobody_gave_out_get_a_plain_no() {
    let edge = TestEdge::new().await;
    let personal = [
        "/api/me",
        "/api/lessons/rust/ownership",
        "/learn/rust/ownership/",
        "/api/lessons/rust/intro",
    ];
    for route in personal {
        for (name, value) in odd_headers() {
            let status = ask(&edge, "GET", route, Some((name, &value)), Body::empty()).await;
            assert_eq!(status, 401, "{route} {name}: {:?}", String::from_utf8_lossy(&value));
        }
    }
    for route in ROUTES {
        for (name, value) in odd_headers().into_iter().chain(harmless_headers()) {
            let status = ask(&edge, "GET", route, Some((name, &value)), Body::empty()).await;
            assert!(is_plain(status), "{route} {name}: {status}");
        }
    }
}

#[tokio::test]
async fn hostile_bodies_get_a_plain_no() {
    let edge = TestEdge::new().await;
    let bodies: [Vec<u8>; 12] = [
        vec![],
        vec![0; 10],
        vec![0xff; 100],
        b"{".to_vec(),
        b"[]".to_vec(),
        b"null".to_vec(),
        b"[".repeat(50_000),
        b"{\"email\":{\"$ne\":1}}".to_vec(),
        b"email[]=a".to_vec(),
        b"email=%ff%fe".to_vec(),
        vec![b'a'; 70_000],
        b"{\"email\":\"a@b.c\",\"email\":\"d@e.f\"}".to_vec(),
    ];
    let types = [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=a",
        "text/plain",
        "application/xml",
        "",
        "application/json;charset=utf-7",
        "a/b/c",
    ];
    for route in ["/api/sign-in", "/api/sign-in/confirm"] {
        for body in &bodies {
            for kind in types {
                let header = Some(("content-type", kind.as_bytes()));
                let status = ask(&edge, "POST", route, header, Body::from(body.clone())).await;
                assert!((400..500).contains(&status), "{route} {kind}: {status}");
            }
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
    let answer = crate::test_edge::Answer::read(response).await;
    assert_eq!(answer.problem(), (500, "internal_error".to_owned()));
    assert!(!answer.text().contains("secret words"));
}

async fn boom() -> &'static str {
    panic!("secret words")
}
