//! `/account/`, and the operators' listener.

use std::sync::atomic::Ordering;

use crate::test_edge::TestEdge;

#[tokio::test]
async fn the_account_shows_address_and_courses_escaped() {
    let edge = TestEdge::new().await;
    let token = edge.owner("a&b@example.org").await;
    let page = edge.get("/account/").token(&token).send().await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("en you are a&amp;b@example.org"), "{}", page.text());
    let link = r#"<li><a href="/courses/rust/">Rust &lt;&amp; more&gt;</a></li>"#;
    assert!(page.text().contains(link), "{}", page.text());
}

#[tokio::test]
async fn a_right_that_ends_names_its_day() {
    let edge = TestEdge::new().await;
    let person = edge.person("ada@example.org").await;
    edge.grant(&person, Some("2998-07-01T00:00:00Z".parse().unwrap())).await;
    let token = edge.signed_in("ada@example.org").await;
    let page = edge.get("/zh/account/").token(&token).send().await;
    assert!(page.text().contains("<span class=\"account-until\">zh edge-until</span>"));
}

#[tokio::test]
async fn somebody_without_courses_is_told_so_and_a_guest_is_sent_to_sign_in() {
    let edge = TestEdge::new().await;
    let token = edge.signed_in("bob@example.org").await;
    let page = edge.get("/account/").token(&token).send().await;
    assert!(page.text().contains("<p class=\"account-empty\">en edge-no-courses</p>"));
    let guest = edge.get("/zh/account/").send().await;
    assert_eq!(guest.status, 303);
    assert_eq!(guest.header("location"), "/zh/sign-in/?return_to=/zh/account/");
    let forged = edge.get("/account/").token("a.b.c").send().await;
    assert_eq!(forged.status, 303);
    assert_eq!(forged.cookie("__Host-lyceum").as_deref(), Some(""));
}

#[tokio::test]
async fn health_and_metrics_are_for_operators_alone() {
    let edge = TestEdge::new().await;
    edge.get("/api/me").send().await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(edge.operators(path).await.0, 200, "{path}");
        assert_eq!(edge.get(path).send().await.status, 404, "{path}");
    }
    let (_, metrics) = edge.operators("/metrics").await;
    assert!(metrics.contains("route=\"/api/me\""), "{metrics}");
    edge.app.draining.store(true, Ordering::Relaxed);
    assert_eq!(edge.operators("/readyz").await.0, 503);
    assert_eq!(edge.operators("/healthz").await.0, 200);
}
