//! The entitlement cache: one suite of promises for every adapter, and what
//! happens to learners when it is away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use contracts::claims::{Entitlement, Entitlements};
use contracts::id::{PersonId, ProductId};
use jiff::{SignedDuration, Timestamp};
use lyceum_edge::entitlement_cache::EntitlementCache;
use lyceum_edge::entitlement_cache::memory::MemoryCache;
use lyceum_edge::entitlement_cache::redis::{Patience, RedisCache};
use lyceum_edge::operator::{self, Order, Outcome};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::test_edge::TestEdge;

const LESSON: &str = "/api/lessons/rust/ownership";

fn at(version: u64) -> Entitlements {
    let product = ProductId::parse("rust").unwrap();
    Entitlements { version, products: vec![Entitlement { product, until: None }] }
}

fn person() -> PersonId {
    // Fresh each time, so that a Redis can be used again and again.
    PersonId::parse(&uuid::Uuid::now_v7().simple().to_string()).unwrap()
}

/// What every adapter promises.
async fn keeps_its_promises(cache: &dyn EntitlementCache) {
    let (ada, bob, now) = (person(), person(), Timestamp::now());
    assert_eq!(cache.load(&ada, now).await.unwrap(), None);
    cache.store(&ada, &at(2), now).await.unwrap();
    assert_eq!(cache.load(&ada, now).await.unwrap(), Some(at(2)));
    assert_eq!(cache.load(&bob, now).await.unwrap(), None);

    // An older version never undoes a newer one; the same version is renewed.
    cache.store(&ada, &at(1), now).await.unwrap();
    assert_eq!(cache.load(&ada, now).await.unwrap(), Some(at(2)));
    let nothing = Entitlements { version: 3, products: vec![] };
    cache.store(&ada, &nothing, now).await.unwrap();
    assert_eq!(cache.load(&ada, now).await.unwrap(), Some(nothing));
    // Versions are compared as numbers, not as text.
    cache.store(&ada, &at(10), now).await.unwrap();
    assert_eq!(cache.load(&ada, now).await.unwrap(), Some(at(10)));
}

#[tokio::test]
async fn memory_keeps_the_promises_of_a_cache() {
    keeps_its_promises(&MemoryCache::new()).await;
}

#[tokio::test]
async fn redis_keeps_the_promises_of_a_cache() {
    let Ok(url) = std::env::var("LYCEUM_TEST_REDIS_URL") else {
        eprintln!("left out: Redis, because `LYCEUM_TEST_REDIS_URL` is not set");
        return;
    };
    keeps_its_promises(&RedisCache::connect(&url, Patience::Request).unwrap()).await;
}

#[tokio::test]
async fn memory_forgets_after_a_second() {
    let (cache, ada, now) = (MemoryCache::new(), person(), Timestamp::now());
    cache.store(&ada, &at(1), now).await.unwrap();
    let later = now + SignedDuration::from_secs(1);
    assert_eq!(cache.load(&ada, later).await.unwrap(), None);
}

async fn withdraw(edge: &TestEdge, email: &str) -> Outcome {
    let order = Order { email, course: "rust", reason: "refunded", actor: "test" };
    let cache = edge.app.entitlements.as_ref();
    operator::withdraw(&edge.app.ledger, cache, &edge.manifest, &order, Timestamp::now())
        .await
        .unwrap()
}

async fn a_withdrawal_kills_a_token_at_once(cache: Arc<dyn EntitlementCache>) {
    let edge = TestEdge::with_cache(cache).await;
    let token = edge.owner("ada@example.org").await;
    assert_eq!(edge.get(LESSON).token(&token).send().await.status, 200);
    assert_eq!(withdraw(&edge, "ada@example.org").await, Outcome::Done);
    let answer = edge.get(LESSON).token(&token).send().await;
    assert_eq!(answer.problem(), (403, "entitlement_expired".to_owned()));
}

#[tokio::test]
async fn a_withdrawal_kills_a_token_at_once_through_the_shared_cache() {
    a_withdrawal_kills_a_token_at_once(Arc::new(MemoryCache::new())).await;
    if let Ok(url) = std::env::var("LYCEUM_TEST_REDIS_URL") {
        a_withdrawal_kills_a_token_at_once(Arc::new(
            RedisCache::connect(&url, Patience::Request).unwrap(),
        ))
        .await;
    } else {
        eprintln!("left out: Redis, because `LYCEUM_TEST_REDIS_URL` is not set");
    }
}

#[tokio::test]
async fn a_grant_opens_the_lesson_for_a_token_from_before() {
    let edge = TestEdge::new().await;
    let token = edge.signed_in("bob@example.org").await;
    assert_eq!(edge.get(LESSON).token(&token).send().await.status, 403);
    let order = Order { email: "bob@example.org", course: "rust", reason: "a gift", actor: "test" };
    let cache = edge.app.entitlements.as_ref();
    operator::grant(&edge.app.ledger, cache, &edge.manifest, &order, Timestamp::now())
        .await
        .unwrap();
    assert_eq!(edge.get(LESSON).token(&token).send().await.status, 200);
}

#[tokio::test]
async fn a_cache_that_never_answers_does_not_hold_a_learner_up() {
    // It takes connections and says nothing, like a host behind a firewall
    // that drops packets.
    let tarpit = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", tarpit.local_addr().unwrap());
    let silent = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = tarpit.accept().await {
            held.push(stream);
        }
    });
    let edge =
        TestEdge::with_cache(Arc::new(RedisCache::connect(&url, Patience::Request).unwrap())).await;
    let token = edge.owner("ada@example.org").await;

    let started = Instant::now();
    let answer = edge.get(LESSON).token(&token).send().await;
    assert_eq!(answer.status, 200, "claims stand until their token ends");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(withdraw(&edge, "ada@example.org").await, Outcome::DoneButNotCached);
    assert_eq!(edge.get(LESSON).token(&token).send().await.status, 200);
    // A token that carries no claims has the ledger asked instead.
    let person = edge.person("ada@example.org").await;
    let bare = edge.token(&person, None, Timestamp::now());
    assert_eq!(edge.get(LESSON).token(&bare).send().await.status, 403);
    silent.abort();
}

#[tokio::test]
async fn a_far_cache_is_connected_to_once_while_requests_go_on_without_it() {
    let far = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", far.local_addr().unwrap());
    let arrived = Arc::new(tokio::sync::Notify::new());
    let (connections, may_answer) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&arrived));
    let counted = Arc::clone(&connections);
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = far.accept().await {
            counted.fetch_add(1, Ordering::Relaxed);
            may_answer.notified().await;
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                let asked = String::from_utf8_lossy(&buffer[..length]).into_owned();
                for command in asked.split('*').skip(1) {
                    let answer = if command.contains("HGET") { "$-1\r\n" } else { "+OK\r\n" };
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        }
    });
    let cache = RedisCache::connect(&url, Patience::Request).unwrap();
    let start = Timestamp::now();
    let later = |seconds| start + SignedDuration::from_secs(seconds);
    for seconds in [0, 10, 20] {
        assert!(cache.load(&person(), later(seconds)).await.is_err());
    }
    arrived.notify_one();
    assert_eq!(cache.load(&person(), later(30)).await.unwrap(), None);
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    server.abort();
}

#[tokio::test]
async fn a_cache_that_is_not_there_does_not_hold_a_learner_up_either() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", closed.local_addr().unwrap());
    drop(closed);
    let edge =
        TestEdge::with_cache(Arc::new(RedisCache::connect(&url, Patience::Request).unwrap())).await;
    let token = edge.owner("ada@example.org").await;
    assert_eq!(edge.get(LESSON).token(&token).send().await.status, 200);
}
