//! `lyceum-edge grant` and `withdraw`, as far as they decide.

use jiff::Timestamp;
use ledger::AuditReport;
use lyceum_edge::entitlement_cache::memory::MemoryCache;
use lyceum_edge::operator::{self, Order, OrderError, Outcome};

use crate::test_edge::TestEdge;

fn order<'a>(email: &'a str, course: &'a str, reason: &'a str) -> Order<'a> {
    Order { email, course, reason, actor: "test" }
}

async fn grant(edge: &TestEdge, order: &Order<'_>) -> Result<Outcome, OrderError> {
    let cache = edge.app.entitlements.as_ref();
    operator::grant(&edge.app.ledger, cache, &edge.manifest, order, Timestamp::now()).await
}

async fn withdraw(edge: &TestEdge, order: &Order<'_>) -> Result<Outcome, OrderError> {
    let cache = edge.app.entitlements.as_ref();
    operator::withdraw(&edge.app.ledger, cache, &edge.manifest, order, Timestamp::now()).await
}

#[tokio::test]
async fn an_order_that_is_repeated_tells_a_cache_that_missed_it() {
    let edge = TestEdge::new().await;
    let ada = order("ada@example.org", "rust", "because");
    let missed = MemoryCache::new();
    let (ledger, cache) = (&edge.app.ledger, edge.app.entitlements.as_ref());
    let now = Timestamp::now();
    operator::grant(ledger, &missed, &edge.manifest, &ada, now).await.unwrap();
    let person = edge.person("ada@example.org").await;
    assert_eq!(cache.load(&person, now).await.unwrap(), None);
    let again = operator::grant(ledger, cache, &edge.manifest, &ada, now).await.unwrap();
    assert_eq!(again, Outcome::Already);
    let told = cache.load(&person, now).await.unwrap().unwrap();
    assert_eq!(told.products.len(), 1);

    operator::withdraw(ledger, &missed, &edge.manifest, &ada, now).await.unwrap();
    let again = operator::withdraw(ledger, cache, &edge.manifest, &ada, now).await.unwrap();
    assert_eq!(again, Outcome::Already);
    assert!(cache.load(&person, now).await.unwrap().unwrap().version > told.version);
}

#[tokio::test]
async fn a_course_can_be_given_taken_and_given_again() {
    let edge = TestEdge::new().await;
    let ada = order("ada@example.org", "rust", "because");
    assert_eq!(grant(&edge, &ada).await.unwrap(), Outcome::Done);
    assert_eq!(grant(&edge, &ada).await.unwrap(), Outcome::Already);
    assert_eq!(withdraw(&edge, &ada).await.unwrap(), Outcome::Done);
    assert_eq!(withdraw(&edge, &ada).await.unwrap(), Outcome::Already);
    assert_eq!(grant(&edge, &ada).await.unwrap(), Outcome::Done);
    let report = edge.app.ledger.verify_audit().await.unwrap();
    assert_eq!(report, AuditReport::Intact { rows: 3 });
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused() {
    let edge = TestEdge::new().await;
    let refused = |answer: Result<Outcome, OrderError>| answer.unwrap_err().to_string();
    assert_eq!(
        refused(grant(&edge, &order("ada", "rust", "because")).await),
        "the e-mail address is not one such as `ada@example.org`"
    );
    assert_eq!(
        refused(grant(&edge, &order("ada@example.org", "go", "because")).await),
        "there is no published course `go`; there is `rust`"
    );
    assert_eq!(
        refused(grant(&edge, &order("ada@example.org", "rust", " ")).await),
        "a reason is needed, such as `--reason \"paid by bank transfer\"`"
    );
    assert_eq!(
        refused(withdraw(&edge, &order("nobody@example.org", "rust", "because")).await),
        "nobody has signed in with this address, and nothing was granted to it"
    );
}
