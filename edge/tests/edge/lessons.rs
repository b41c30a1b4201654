//! `GET /api/lessons/{course}/{lesson}` and `GET /api/me`.

use contracts::cache_policy::CachePolicy;
use jiff::{SignedDuration, Timestamp};

use crate::fixture::{PAID_TEXT, PAID_TEXT_ZH};
use crate::test_edge::TestEdge;

const LESSON: &str = "/api/lessons/rust/ownership";

#[tokio::test]
async fn a_learner_who_owns_the_course_gets_signed_urls_that_work() {
    let edge = TestEdge::new().await;
    let token = edge.owner("ada@example.org").await;
    let answer = edge.get(LESSON).token(&token).send().await;
    assert_eq!(answer.status, 200);
    let json = answer.json();
    assert_eq!(json["lesson"], "own-1");
    assert_eq!(json["language"], "en");
    assert_eq!(json["page"], "/courses/rust/ownership/");
    assert_eq!(json["captions"][0]["language"], "en");
    for part in [&json["body"], &json["video"], &json["captions"][0]] {
        let expires: Timestamp = part["expires_at"].as_str().unwrap().parse().unwrap();
        assert!(expires > Timestamp::now());
        let fetched = edge.get(part["url"].as_str().unwrap()).send().await;
        assert_eq!(fetched.status, 200);
        assert_eq!(fetched.header("cache-control"), CachePolicy::Private.header());
    }
    let body = edge.get(json["body"]["url"].as_str().unwrap()).send().await;
    assert!(body.text().contains(PAID_TEXT));
}

#[tokio::test]
async fn the_language_is_chosen_by_the_query() {
    let edge = TestEdge::new().await;
    let token = edge.owner("ada@example.org").await;
    let json = edge.get(&format!("{LESSON}?lang=zh")).token(&token).send().await.json();
    assert_eq!(json["language"], "zh");
    let body = edge.get(json["body"]["url"].as_str().unwrap()).send().await;
    assert!(body.text().contains(PAID_TEXT_ZH));
    let answer = edge.get(&format!("{LESSON}?lang=xx")).token(&token).send().await;
    assert_eq!(answer.problem(), (400, "malformed_request".to_owned()));
}

#[tokio::test]
async fn each_no_has_its_status_and_its_stable_code() {
    let edge = TestEdge::new().await;
    let guest = edge.get(LESSON).send().await;
    assert_eq!(guest.problem(), (401, "sign_in_required".to_owned()));

    let stranger = edge.signed_in("bob@example.org").await;
    let answer = edge.get(LESSON).token(&stranger).send().await;
    assert_eq!(answer.problem(), (403, "not_entitled".to_owned()));
    assert_eq!(answer.json()["product"], "rust");

    let person = edge.person("eve@example.org").await;
    let ended = Timestamp::now() - SignedDuration::from_hours(1);
    edge.grant(&person, Some(ended)).await;
    let late = edge.signed_in("eve@example.org").await;
    let answer = edge.get(LESSON).token(&late).send().await;
    assert_eq!(answer.problem(), (403, "entitlement_expired".to_owned()));
    assert!(answer.json()["since"].is_string());

    let answer = edge.get("/api/lessons/rust/later").send().await;
    assert_eq!(answer.problem(), (403, "not_yet".to_owned()));
    assert_eq!(answer.json()["opens_at"], "2999-01-01T00:00:00Z");

    let answer = edge.get("/api/lessons/rust/over").send().await;
    assert_eq!(answer.problem(), (403, "closed".to_owned()));
    assert_eq!(answer.json()["since"], "2021-01-01T00:00:00Z");

    for path in ["/api/lessons/rust/nothing", "/api/lessons/nothing/ownership"] {
        let answer = edge.get(path).send().await;
        assert_eq!(answer.problem(), (404, "unknown_lesson".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_free_lesson_is_open_to_all_and_so_is_one_whose_date_has_come() {
    let edge = TestEdge::new().await;
    let free = edge.get("/api/lessons/rust/intro").send().await;
    assert_eq!(free.status, 200);
    assert!(free.json()["body"].is_null());
    let since = edge.get("/api/lessons/rust/since").send().await;
    assert_eq!(since.status, 200);
    assert!(since.json()["body"]["url"].is_string());
}

#[tokio::test]
async fn a_forged_token_is_refused_even_on_a_free_lesson() {
    let edge = TestEdge::new().await;
    let answer = edge.get("/api/lessons/rust/intro").token("a.b.c").send().await;
    assert_eq!(answer.problem(), (401, "invalid_session".to_owned()));
    assert_eq!(answer.cookie("__Host-lyceum").as_deref(), Some(""));
}

#[tokio::test]
async fn me_names_who_is_signed_in_and_what_they_may_open() {
    let edge = TestEdge::new().await;
    let guest = edge.get("/api/me").send().await;
    assert_eq!(guest.status, 200);
    assert!(guest.json()["person"].is_null());

    let token = edge.owner("ada@example.org").await;
    let json = edge.get("/api/me").token(&token).send().await.json();
    assert_eq!(json["person"]["email"], "ada@example.org");
    assert_eq!(json["products"][0]["product"], "rust");
    assert_eq!(json["courses"][0], "rust");
}

#[tokio::test]
async fn the_public_keys_are_public() {
    let edge = TestEdge::new().await;
    let answer = edge.get("/.well-known/jwks.json").send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["keys"][0]["crv"], "Ed25519");
    assert!(answer.json()["keys"][0]["d"].is_null());
}
