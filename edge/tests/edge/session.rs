//! Sessions: tokens that are refused, tokens of the wrong kind, renewal.

use contracts::claims::{Entitlement, Entitlements};
use contracts::id::{PersonId, ProductId};
use jiff::{SignedDuration, Timestamp};
use lyceum_edge::cookie::{REFRESH, SESSION};
use lyceum_edge::token::{Session, Tokens};

use crate::test_edge::{ORIGIN, TestEdge, secret};

const LESSON: &str = "/api/lessons/rust/ownership";

fn owns_everything() -> Session {
    let rust = Entitlement { product: ProductId::parse("rust").unwrap(), until: None };
    Session {
        person: PersonId::parse("p1").unwrap(),
        entitlements: Some(Entitlements { version: u64::MAX >> 1, products: vec![rust] }),
    }
}

#[tokio::test]
async fn tokens_that_are_not_ours_open_nothing() {
    let edge = TestEdge::new().await;
    let now = Timestamp::now();
    let by = |issuer: &str, key: u8, at: Timestamp| {
        let tokens = Tokens::new(issuer, &secret(key), &[]).unwrap();
        tokens.issue(&owns_everything(), at).unwrap()
    };
    let long_ago = now - SignedDuration::from_hours(1);
    let later = now + SignedDuration::from_hours(1);
    for (why, token) in [
        ("another key", by(ORIGIN, 2, now)),
        ("another school", by("https://evil.test", 1, now)),
        ("expired", by(ORIGIN, 1, long_ago)),
        ("not yet", by(ORIGIN, 1, later)),
        ("nonsense", "nonsense".to_owned()),
    ] {
        for path in [LESSON, "/api/me"] {
            let answer = edge.get(path).token(&token).send().await;
            assert_eq!(answer.problem(), (401, "invalid_session".to_owned()), "{why}");
        }
    }
}

#[tokio::test]
async fn a_token_of_one_kind_is_worth_nothing_as_another() {
    let edge = TestEdge::new().await;
    let person = edge.person("ada@example.org").await;
    let now = Timestamp::now();
    let session = edge.owner("ada@example.org").await;
    let refresh = edge.app.ledger.start_session(&person, "", now).await.unwrap();
    let refresh = refresh.expose().to_owned();
    edge.post("/api/sign-in").form("email=ada%40example.org").send().await;
    let letter = edge.letter().await;
    let link = secrecy::ExposeSecret::expose_secret(&letter.text);
    let mail = link.split("token=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let url = edge.get(LESSON).token(&session).send().await.json()["body"]["url"].clone();
    let object = url.as_str().unwrap().split("signature=").nth(1).unwrap().to_owned();

    for wrong in [&refresh, &mail, &object] {
        let answer = edge.get(LESSON).token(wrong).send().await;
        assert_eq!(answer.problem().0, 401, "as a session: {wrong}");
    }
    for wrong in [&session, &mail, &object] {
        let answer = edge.get(LESSON).cookie(REFRESH, wrong).send().await;
        assert_eq!(answer.problem().0, 401, "as a refresh token: {wrong}");
    }
    for wrong in [&session, &refresh, &object] {
        let token = serde_json::json!({ "token": wrong });
        let answer = edge.post("/api/sign-in/confirm").json(&token).send().await;
        assert_eq!(answer.problem(), (403, "invalid_sign_in".to_owned()), "as a link: {wrong}");
    }
    for wrong in [&session, &refresh, &mail] {
        let path = url.as_str().unwrap().replace(&object, wrong);
        assert_eq!(edge.get(&path).send().await.problem().0, 403, "as a signature: {wrong}");
    }
}

#[tokio::test]
async fn two_cookies_of_our_name_are_refused() {
    let edge = TestEdge::new().await;
    let token = edge.owner("ada@example.org").await;
    let answer = edge.get("/api/me").token(&token).token(&token).send().await;
    assert_eq!(answer.problem(), (401, "invalid_session".to_owned()));
}

#[tokio::test]
async fn an_expired_session_is_renewed_on_the_way() {
    let edge = TestEdge::new().await;
    let person = edge.person("ada@example.org").await;
    edge.grant(&person, None).await;
    let now = Timestamp::now();
    let old = edge.token(&person, None, now - SignedDuration::from_hours(1));
    let refresh = edge.app.ledger.start_session(&person, "", now).await.unwrap();

    let ask = || edge.get(LESSON).token(&old).cookie(REFRESH, refresh.expose());
    let answer = ask().send().await;
    assert_eq!(answer.status, 200);
    let (new, successor) = (answer.cookie(SESSION).unwrap(), answer.cookie(REFRESH).unwrap());
    assert_ne!(successor, refresh.expose());
    assert_eq!(edge.get(LESSON).token(&new).send().await.status, 200);

    // A parallel request with the old token still gets in, and should the first
    // answer be lost, this one carries the same successor.
    let parallel = ask().send().await;
    assert_eq!(parallel.status, 200);
    assert_eq!(parallel.cookie(REFRESH), Some(successor.clone()));

    let alone = edge.get(LESSON).cookie(REFRESH, &successor).send().await;
    assert_eq!(alone.status, 200);
}

#[tokio::test]
async fn a_forged_session_is_not_saved_by_a_good_refresh_token() {
    let edge = TestEdge::new().await;
    let person = edge.person("ada@example.org").await;
    let refresh = edge.app.ledger.start_session(&person, "", Timestamp::now()).await.unwrap();
    let answer = edge.get("/api/me").token("a.b.c").cookie(REFRESH, refresh.expose()).send().await;
    assert_eq!(answer.problem(), (401, "invalid_session".to_owned()));
}

#[tokio::test]
async fn a_stolen_refresh_token_ends_the_session_for_both() {
    let edge = TestEdge::new().await;
    let person = edge.person("ada@example.org").await;
    let long_ago = Timestamp::now() - SignedDuration::from_hours(2);
    let stolen = edge.app.ledger.start_session(&person, "", long_ago).await.unwrap();
    let then = long_ago + SignedDuration::from_hours(1);
    edge.app.ledger.rotate(&stolen, then).await.unwrap();
    let thief = edge.get("/api/me").cookie(REFRESH, stolen.expose()).send().await;
    assert_eq!(thief.problem(), (401, "invalid_session".to_owned()));
    assert_eq!(thief.cookie(REFRESH).as_deref(), Some(""));
}

#[tokio::test]
async fn a_public_page_that_renews_a_session_is_kept_by_no_cache() {
    let edge = TestEdge::new().await;
    let (now, person) = (Timestamp::now(), edge.person("ada@example.org").await);
    let expired = edge.token(&person, None, now - SignedDuration::from_hours(1));
    let refresh = edge.app.ledger.start_session(&person, "", now).await.unwrap();

    let ask = edge.get("/instructors/account/").token(&expired).cookie(REFRESH, refresh.expose());
    let answer = ask.send().await;

    assert_eq!((answer.status.as_u16(), answer.text()), (200, "<p>keeping accounts</p>"));
    assert!(answer.cookie(SESSION).is_some());
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let guest = edge.get("/instructors/account/").send().await;
    assert_eq!(guest.header("cache-control"), "public, max-age=0, must-revalidate");
}
