//! Decisions while the entitlement cache is away: a no is never said on the
//! word of an old token while the ledger can be asked.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::claims::Entitlements;
use contracts::id::PersonId;
use jiff::{SignedDuration, Timestamp};
use lyceum_edge::entitlement_cache::{CacheUnavailable, EntitlementCache};
use lyceum_edge::operator::{self, Order, Outcome};

use crate::test_edge::{Answer, TestEdge};

const LESSON: &str = "/api/lessons/rust/ownership";
const ADA: &str = "ada@example.org";

/// Never answers.
struct FailingCache;

#[async_trait]
impl EntitlementCache for FailingCache {
    async fn load(
        &self,
        _: &PersonId,
        _: Timestamp,
    ) -> Result<Option<Entitlements>, CacheUnavailable> {
        Err(CacheUnavailable("pulled out".to_owned()))
    }

    async fn store(
        &self,
        _: &PersonId,
        _: &Entitlements,
        _: Timestamp,
    ) -> Result<(), CacheUnavailable> {
        Err(CacheUnavailable("pulled out".to_owned()))
    }
}

async fn without_cache() -> TestEdge {
    TestEdge::with_cache(Arc::new(FailingCache)).await
}

const ORDER: Order<'_> = Order { email: ADA, course: "rust", reason: "test", actor: "test" };

async fn grant(edge: &TestEdge) -> Outcome {
    let (ledger, now) = (&edge.app.ledger, Timestamp::now());
    operator::grant(ledger, &FailingCache, &edge.manifest, &ORDER, now).await.unwrap()
}

async fn withdraw(edge: &TestEdge) -> Outcome {
    let (ledger, now) = (&edge.app.ledger, Timestamp::now());
    operator::withdraw(ledger, &FailingCache, &edge.manifest, &ORDER, now).await.unwrap()
}

/// What each way into the lesson answers.
async fn every_way(edge: &TestEdge, token: &str) -> Vec<u16> {
    let status = |answer: Answer| answer.status.as_u16();
    let learn = "/learn/rust/ownership/";
    let auth = edge.get("/api/auth").header("x-original-uri", learn);
    vec![
        status(edge.get(LESSON).token(token).send().await),
        status(edge.get(learn).token(token).send().await),
        status(edge.get("/learn/rust/ownership/figure.png").token(token).send().await),
        status(auth.token(token).send().await),
    ]
}

#[tokio::test]
async fn a_grant_newer_than_the_token_opens_the_lesson_without_the_cache() {
    let edge = without_cache().await;
    let token = edge.signed_in(ADA).await;
    assert_eq!(every_way(&edge, &token).await, [403, 403, 403, 403]);
    assert_eq!(grant(&edge).await, Outcome::DoneButNotCached);
    assert_eq!(grant(&edge).await, Outcome::AlreadyButNotCached);
    assert_eq!(every_way(&edge, &token).await, [200, 200, 302, 200]);
    let me = edge.get("/api/me").token(&token).send().await.json();
    assert_eq!(me["courses"], serde_json::json!(["rust"]));
}

#[tokio::test]
async fn a_renewed_entitlement_opens_the_lesson_for_a_token_that_says_it_is_over() {
    let edge = without_cache().await;
    let person = edge.person(ADA).await;
    edge.grant(&person, Some(Timestamp::now() - SignedDuration::from_hours(1))).await;
    let token = edge.signed_in(ADA).await;
    assert_eq!(edge.get(LESSON).token(&token).send().await.problem().0, 403);
    grant(&edge).await;
    assert_eq!(every_way(&edge, &token).await, [200, 200, 302, 200]);
}

#[tokio::test]
async fn a_withdrawal_is_not_loosened_by_asking_the_ledger() {
    let edge = without_cache().await;
    let before = edge.signed_in(ADA).await;
    grant(&edge).await;
    assert_eq!(every_way(&edge, &before).await, [200, 200, 302, 200]);
    withdraw(&edge).await;
    // Neither a token from before the grant nor one from after the withdrawal
    // opens anything now.
    assert_eq!(every_way(&edge, &before).await, [403, 403, 403, 403]);
    let after = edge.signed_in(ADA).await;
    assert_eq!(every_way(&edge, &after).await, [403, 403, 403, 403]);
}

#[tokio::test]
async fn a_token_that_knows_more_than_the_ledger_says_is_not_overruled() {
    // The newest version counts: a replica that lags behind may not bring back
    // what a newer token says is gone.
    let edge = without_cache().await;
    let person = edge.person(ADA).await;
    edge.grant(&person, None).await;
    let gone = Entitlements { version: 99, products: vec![] };
    let token = edge.token(&person, Some(gone), Timestamp::now());
    assert_eq!(every_way(&edge, &token).await, [403, 403, 403, 403]);
}

#[tokio::test]
async fn with_the_ledger_away_too_the_claims_stand() {
    let edge = without_cache().await;
    let owner = edge.owner(ADA).await;
    let guest = edge.signed_in("bob@example.org").await;
    edge.app.ledger.close().await;
    assert_eq!(every_way(&edge, &owner).await, [200, 200, 302, 200]);
    let refused = edge.get(LESSON).token(&guest).send().await;
    assert_eq!(refused.problem(), (403, "not_entitled".to_owned()));
}

#[tokio::test]
async fn a_guest_and_a_stranger_to_the_school_cost_the_ledger_nothing() {
    let edge = without_cache().await;
    edge.app.ledger.close().await;
    assert_eq!(edge.get(LESSON).send().await.problem().0, 401);
    let unknown = edge.get("/api/lessons/rust/nothing").send().await;
    assert_eq!(unknown.problem(), (404, "unknown_lesson".to_owned()));
}
