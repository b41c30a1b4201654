//! `/learn/{course}/{lesson}/`: the whole lesson as a page.

use contracts::frame::SIGNED_IN;

use crate::fixture::{PAID_TEXT, PAID_TEXT_ZH};
use crate::test_edge::TestEdge;

#[tokio::test]
async fn an_owner_reads_the_whole_lesson_without_a_script() {
    let edge = TestEdge::new().await;
    let token = edge.owner("ada@example.org").await;
    let page = edge.get("/learn/rust/ownership/").token(&token).send().await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), "private, no-store");
    assert!(page.text().contains(PAID_TEXT) && !page.text().contains("locked"));
    assert!(page.text().starts_with("<html>") && page.text().ends_with("</html>"));
    let page = edge.get("/zh/learn/rust/ownership/").token(&token).send().await;
    assert!(page.text().contains(PAID_TEXT_ZH));
}

#[tokio::test]
async fn whoever_may_not_gets_the_public_page_with_the_reason() {
    let edge = TestEdge::new().await;
    let guest = edge.get("/learn/rust/ownership/").send().await;
    assert_eq!(guest.status, 401);
    assert!(guest.text().contains("en edge-sign-in-required") && guest.text().contains("locked"));
    assert!(!guest.text().contains(PAID_TEXT));

    let stranger = edge.signed_in("bob@example.org").await;
    let page = edge.get("/zh/learn/rust/ownership/").token(&stranger).send().await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("zh edge-not-entitled"));
    assert!(!page.text().contains(PAID_TEXT_ZH));

    let page = edge.get("/learn/rust/later/").send().await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("en edge-not-yet-open"));

    let page = edge.get("/learn/rust/over/").send().await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("en edge-closed") && !page.text().contains("the end"));
}

#[tokio::test]
async fn the_page_says_without_a_script_whether_somebody_is_signed_in() {
    let edge = TestEdge::new().await;
    let owner = edge.owner("ada@example.org").await;
    let stranger = edge.signed_in("bob@example.org").await;
    for path in ["/learn/rust/ownership/", "/learn/rust/later/", "/learn/rust/since/"] {
        for token in [&owner, &stranger] {
            let page = edge.get(path).token(token).send().await;
            assert_eq!(page.text().matches(SIGNED_IN).count(), 1, "{path}");
        }
        for guest in [edge.get(path), edge.get(path).token("a.b.c")] {
            let page = guest.send().await;
            assert!(!page.text().contains(SIGNED_IN), "{path}");
        }
    }
    assert!(edge.get("/account/").token(&stranger).send().await.text().contains(SIGNED_IN));
}

#[tokio::test]
async fn a_session_that_is_refused_is_taken_back_and_the_page_still_shows() {
    let edge = TestEdge::new().await;
    let page = edge.get("/learn/rust/ownership/").token("a.b.c").send().await;
    assert_eq!(page.status, 401);
    assert!(page.text().contains("locked"));
    assert_eq!(page.cookie("__Host-lyceum").as_deref(), Some(""));
}

#[tokio::test]
async fn a_free_lesson_stands_on_its_public_page() {
    let edge = TestEdge::new().await;
    let answer = edge.get("/learn/rust/intro/").send().await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), "/courses/rust/intro/");
    let answer = edge.get("/learn/rust/ownership").send().await;
    assert_eq!(answer.status, 308);
    assert_eq!(answer.header("location"), "/learn/rust/ownership/");
}

#[tokio::test]
async fn a_file_of_the_lesson_is_a_signed_url_for_owners_alone() {
    let edge = TestEdge::new().await;
    let token = edge.owner("ada@example.org").await;
    for (file, bytes) in [("figure.png", &b"png"[..]), ("talk.en.vtt", b"WEBVTT\n")] {
        let path = format!("/learn/rust/ownership/{file}");
        let answer = edge.get(&path).token(&token).send().await;
        assert_eq!(answer.status, 302, "{file}");
        assert_eq!(answer.header("cache-control"), "private, no-store");
        let fetched = edge.get(answer.header("location")).send().await;
        assert_eq!(&fetched.bytes[..], bytes);
        assert_eq!(edge.get(&path).send().await.problem().0, 401);
    }
    for file in ["nothing.png", "..", "%2e%2e", ".git", "figure.png%00"] {
        let path = format!("/learn/rust/ownership/{file}");
        let answer = edge.get(&path).token(&token).send().await;
        assert_eq!(answer.status, 404, "{file}");
    }
}

#[tokio::test]
async fn an_unknown_lesson_is_a_page_for_people_and_a_document_for_programs() {
    let edge = TestEdge::new().await;
    let page = edge.get("/learn/rust/nothing/").header("accept", "text/html").send().await;
    assert_eq!(page.status, 404);
    assert!(page.header("content-type").starts_with("text/html"));
    let document = edge.get("/learn/rust/nothing/").send().await;
    assert_eq!(document.problem(), (404, "unknown_lesson".to_owned()));
}

#[tokio::test]
async fn the_slash_that_is_added_leads_to_no_other_host() {
    let edge = TestEdge::new().await;
    let own = edge.get("/learn/rust/ownership").send().await;
    assert_eq!((own.status.as_u16(), own.header("location")), (308, "/learn/rust/ownership/"));
    for path in ["/\\evil.test/learn/a/b", "//evil.test/learn/a/b"] {
        let answer = edge.get(path).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (404, ""), "{path}");
    }
}
