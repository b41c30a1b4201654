//! Promises about grants, their versions, the polled sequence and the audit.

use contracts::claims::{Claims, Entitlement};
use contracts::grant::Grant;
use contracts::id::PersonId;
use ledger::{AuditReport, By, GrantOutcome, LedgerError, WithdrawOutcome};

use crate::door::{BY, Door, at, by_hand, product};

async fn grant(door: &Door, grant: &Grant) -> GrantOutcome {
    door.ledger.grant(grant, &BY, at(10)).await.unwrap()
}

async fn claims(door: &Door, person: &PersonId, seconds: i64) -> Claims {
    door.ledger.claims(person, at(seconds)).await.unwrap()
}

fn owned(id: &str, until: Option<i64>) -> Entitlement {
    Entitlement { product: product(id), until: until.map(at) }
}

pub(crate) async fn a_grant_opens_its_product_and_raises_the_version(door: &Door) {
    let ada = door.ada().await;
    let before = claims(door, &ada, 0).await;
    assert_eq!(before.entitlements.version, 0);
    assert!(before.entitlements.products.is_empty());

    let granted = grant(door, &by_hand(&ada, "rust", "c1")).await;
    assert_eq!(granted, GrantOutcome::Granted { version: 1 });
    let until = Grant { ends_at: Some(at(500)), ..by_hand(&ada, "go", "c2") };
    assert_eq!(grant(door, &until).await, GrantOutcome::Granted { version: 2 });

    let after = claims(door, &ada, 20).await;
    assert_eq!(after.person, ada);
    assert_eq!(after.entitlements.version, 2);
    assert_eq!(after.entitlements.products, [owned("go", Some(500)), owned("rust", None)]);
}

pub(crate) async fn the_same_cause_grants_once(door: &Door) {
    let ada = door.ada().await;
    grant(door, &by_hand(&ada, "rust", "c1")).await;
    let again = Grant { ends_at: Some(at(1)), ..by_hand(&ada, "rust", "c1") };
    assert_eq!(grant(door, &again).await, GrantOutcome::AlreadyGranted);
    let entitlements = claims(door, &ada, 20).await.entitlements;
    assert_eq!(entitlements.version, 1);
    assert_eq!(entitlements.products, [owned("rust", None)]);
    assert_eq!(door.ledger.verify_audit().await.unwrap(), AuditReport::Intact { rows: 1 });
}

pub(crate) async fn a_withdrawal_ends_every_live_manual_grant_and_keeps_the_rows(door: &Door) {
    let ada = door.ada().await;
    grant(door, &by_hand(&ada, "rust", "c1")).await;
    grant(door, &by_hand(&ada, "rust", "c2")).await;
    grant(door, &by_hand(&ada, "go", "c3")).await;
    let answer = door.ledger.withdraw(&ada, &product("rust"), &BY, at(50)).await.unwrap();
    assert_eq!(answer, WithdrawOutcome::Withdrawn { grants: 2, version: 4 });
    let entitlements = claims(door, &ada, 50).await.entitlements;
    assert_eq!(entitlements.version, 4);
    assert_eq!(entitlements.products, [owned("go", None), owned("rust", Some(50))]);
}

pub(crate) async fn a_withdrawal_of_nothing_changes_nothing(door: &Door) {
    let ada = door.ada().await;
    let nothing = door.ledger.withdraw(&ada, &product("rust"), &BY, at(1)).await.unwrap();
    assert_eq!(nothing, WithdrawOutcome::NothingToWithdraw);
    assert_eq!(claims(door, &ada, 2).await.entitlements.version, 0);
    assert_eq!(door.ledger.verify_audit().await.unwrap(), AuditReport::Intact { rows: 0 });
    assert_eq!(door.ledger.latest_change().await.unwrap(), 0);
}

pub(crate) async fn granting_again_after_a_withdrawal_opens_again(door: &Door) {
    let ada = door.ada().await;
    grant(door, &by_hand(&ada, "rust", "c1")).await;
    door.ledger.withdraw(&ada, &product("rust"), &BY, at(20)).await.unwrap();
    // The old cause is spent; a new act is a new cause.
    assert_eq!(grant(door, &by_hand(&ada, "rust", "c1")).await, GrantOutcome::AlreadyGranted);
    let again = Grant { starts_at: at(30), ..by_hand(&ada, "rust", "c2") };
    assert_eq!(grant(door, &again).await, GrantOutcome::Granted { version: 3 });
    assert_eq!(claims(door, &ada, 40).await.entitlements.products, [owned("rust", None)]);
}

pub(crate) async fn a_grant_withdrawn_before_it_starts_never_opens(door: &Door) {
    let ada = door.ada().await;
    let later = Grant { starts_at: at(100), ..by_hand(&ada, "rust", "c1") };
    grant(door, &later).await;
    door.ledger.withdraw(&ada, &product("rust"), &BY, at(50)).await.unwrap();
    assert!(claims(door, &ada, 200).await.entitlements.products.is_empty());
}

pub(crate) async fn nobody_unknown_is_granted_anything(door: &Door) {
    let nobody = PersonId::parse("nobody").unwrap();
    let refused = door.ledger.grant(&by_hand(&nobody, "rust", "c1"), &BY, at(1)).await;
    assert!(matches!(refused, Err(LedgerError::UnknownPerson)));
    let refused = door.ledger.withdraw(&nobody, &product("rust"), &BY, at(1)).await;
    assert!(matches!(refused, Err(LedgerError::UnknownPerson)));
    let refused = door.ledger.claims(&nobody, at(1)).await;
    assert!(matches!(refused, Err(LedgerError::UnknownPerson)));
}

pub(crate) async fn parallel_grants_of_one_cause_count_once(door: &Door) {
    let ada = door.ada().await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (ledger, row) = (door.ledger.clone(), by_hand(&ada, "rust", "c1"));
            tokio::spawn(async move { ledger.grant(&row, &BY, at(10)).await })
        })
        .collect();
    let mut granted = 0;
    for task in tasks {
        granted += u32::from(task.await.unwrap().unwrap() != GrantOutcome::AlreadyGranted);
    }
    assert_eq!(granted, 1);
    assert_eq!(claims(door, &ada, 20).await.entitlements.version, 1);
}

pub(crate) async fn an_edge_that_polls_sees_every_change_once_and_in_order(door: &Door) {
    let mut people = Vec::new();
    for index in 0..10 {
        let address = crate::door::email(&format!("p{index}@example.org"));
        people.push(door.ledger.ensure_person(&address, at(0)).await.unwrap());
    }
    let tasks: Vec<_> = (0..40)
        .map(|index| {
            let row = by_hand(&people[index % 10], "rust", &format!("c{index}"));
            let ledger = door.ledger.clone();
            tokio::spawn(async move { ledger.grant(&row, &BY, at(10)).await.unwrap() })
        })
        .collect();
    let mut seen = std::collections::BTreeMap::new();
    let mut last = 0;
    let mut poll = async || {
        for change in door.ledger.changed_since(last).await.unwrap() {
            assert!(change.sequence > last, "out of order");
            last = change.sequence;
            seen.insert(change.person, change.version);
        }
        last
    };
    for task in tasks {
        poll().await;
        task.await.unwrap();
    }
    assert_eq!(poll().await, 40);
    assert_eq!(door.ledger.latest_change().await.unwrap(), 40);
    assert!(door.ledger.changed_since(40).await.unwrap().is_empty());
    assert!(door.ledger.changed_since(u64::MAX).await.unwrap().is_empty());
    assert!(people.iter().all(|person| seen.get(person) == Some(&4)), "{seen:?}");
}

pub(crate) async fn the_audit_holds_who_and_why_and_verifies(door: &Door) {
    let ada = door.ada().await;
    for index in 0..5 {
        let by = By { actor: "o'brien", reason: "退款 \0 \"x\"" };
        let row = by_hand(&ada, "rust", &format!("c{index}"));
        door.ledger.grant(&row, &by, at(index)).await.unwrap();
    }
    door.ledger.withdraw(&ada, &product("rust"), &BY, at(9)).await.unwrap();
    assert_eq!(door.ledger.verify_audit().await.unwrap(), AuditReport::Intact { rows: 6 });
}

pub(crate) async fn a_tampered_audit_is_found(door: &Door) {
    if !door.can_be_opened_twice() {
        return;
    }
    let ada = door.ada().await;
    for index in 0..5 {
        grant(door, &by_hand(&ada, "rust", &format!("c{index}"))).await;
    }
    let lift = if door.url.starts_with("sqlite") {
        "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted"
    } else {
        "DROP TRIGGER audit_is_never_changed ON audit"
    };
    door.tamper(lift).await.unwrap();
    let broken = |seq| AuditReport::Broken { seq };
    for (sql, undo, seq) in [
        (
            "UPDATE audit SET actor = 'eve' WHERE seq = 3",
            "UPDATE audit SET actor = 'operator' WHERE seq = 3",
            3,
        ),
        (
            "UPDATE audit SET at = at + 1 WHERE seq = 1",
            "UPDATE audit SET at = at - 1 WHERE seq = 1",
            1,
        ),
        ("UPDATE audit_head SET seq = 4", "UPDATE audit_head SET seq = 5", 4),
        ("UPDATE audit SET seq = 9 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 9", 4),
        ("DELETE FROM audit WHERE seq = 5", "", 5),
    ] {
        assert_eq!(door.ledger.verify_audit().await.unwrap(), AuditReport::Intact { rows: 5 });
        door.tamper(sql).await.unwrap();
        assert_eq!(door.ledger.verify_audit().await.unwrap(), broken(seq), "{sql}");
        if !undo.is_empty() {
            door.tamper(undo).await.unwrap();
        }
    }
}

pub(crate) async fn the_database_itself_refuses_to_change_the_audit_or_delete_a_grant(door: &Door) {
    if !door.can_be_opened_twice() {
        return;
    }
    let ada = door.ada().await;
    grant(door, &by_hand(&ada, "rust", "c1")).await;
    for sql in ["UPDATE audit SET reason = ''", "DELETE FROM audit", "DELETE FROM product_grant"] {
        let error = door.tamper(sql).await.unwrap_err().to_string();
        assert!(error.contains("append-only") || error.contains("never deleted"), "{error}");
    }
}
