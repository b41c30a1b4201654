//! `GET /api/auth`: 200, 401 or 403 for a proxy, and nothing else.

use jiff::{SignedDuration, Timestamp};

use crate::test_edge::TestEdge;

#[tokio::test]
async fn the_uri_and_the_session_decide() {
    let edge = TestEdge::new().await;
    let owner = edge.owner("ada@example.org").await;
    let stranger = edge.signed_in("bob@example.org").await;
    let body = edge.manifest.objects.iter().map(|entry| entry.key.path());
    let body = format!("/{}", body.into_iter().find(|path| path.contains("own-1/body")).unwrap());
    let table = [
        ("/learn/rust/ownership/", 401, 403, 200),
        ("/zh/learn/rust/ownership/", 401, 403, 200),
        ("/learn/rust/ownership/figure.png?x=/courses/", 401, 403, 200),
        (body.as_str(), 401, 403, 200),
        ("/learn/rust/intro/", 200, 200, 200),
        ("/learn/rust/later/", 403, 403, 403),
        ("/courses/rust/ownership/", 200, 200, 200),
        ("/", 200, 200, 200),
        ("/nothing", 403, 403, 403),
        ("/lessons/own-1/body.0000000000000000.html", 403, 403, 403),
        ("/releases/x/manifest.json", 403, 403, 403),
        ("/current.json", 403, 403, 403),
        ("/courses/../learn/rust/ownership/", 403, 403, 403),
        ("/learn/rust/%2e%2e/ownership/", 403, 403, 403),
        ("//learn/rust/ownership/", 403, 403, 403),
        ("", 403, 403, 403),
    ];
    for (uri, guest, other, owns) in table {
        let ask = || edge.get("/api/auth").header("x-original-uri", uri);
        assert_eq!(ask().send().await.status, guest, "guest {uri}");
        assert_eq!(ask().token(&stranger).send().await.status, other, "stranger {uri}");
        assert_eq!(ask().token(&owner).send().await.status, owns, "owner {uri}");
    }
}

#[tokio::test]
async fn no_other_header_changes_a_decision() {
    let edge = TestEdge::new().await;
    let names = [
        "x-forwarded-uri",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "host",
        "x-original-url",
        "x-rewrite-url",
        "x-auth-request-redirect",
        "x-http-method-override",
        "user-agent",
        "authorization",
        "x-real-ip",
        "x-user",
        "x-email",
        "remote-user",
        "forwarded",
        "via",
        "referer",
        "origin",
        "x-original-method",
        "x-accel-redirect",
    ];
    let values = [
        "/courses/rust/",
        "/",
        "127.0.0.1",
        "GoogleHC/1.0",
        "kube-probe/1.29",
        "Bearer admin",
        "school.test",
        "GET",
        "admin",
        "ELB-HealthChecker/2.0",
    ];
    for name in names {
        for value in values {
            let ask = edge.get("/api/auth").header("x-original-uri", "/learn/rust/ownership/");
            assert_eq!(ask.header(name, value).send().await.status, 401, "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn a_session_that_can_not_be_used_is_a_401_and_nothing_is_renewed() {
    let edge = TestEdge::new().await;
    let person = edge.person("ada@example.org").await;
    let old = Timestamp::now() - SignedDuration::from_hours(1);
    let expired = edge.token(&person, None, old);
    for token in [expired.as_str(), "a.b.c"] {
        let ask = edge.get("/api/auth").header("x-original-uri", "/courses/rust/");
        let answer = ask.token(token).send().await;
        assert_eq!(answer.status, 401);
        assert!(answer.cookies().is_empty());
    }
    let twice = edge.get("/api/auth").header("x-original-uri", "/").header("x-original-uri", "/");
    assert_eq!(twice.send().await.status, 403);
    assert_eq!(edge.get("/api/auth").send().await.status, 403);
}
