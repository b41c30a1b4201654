//! Promises about sessions and their refresh tokens.

use contracts::id::PersonId;
use ledger::{LedgerError, RefreshToken, Rotation};

use crate::door::{Door, at, days};

async fn rotate(door: &Door, token: &RefreshToken, seconds: i64) -> Rotation {
    door.ledger.rotate(token, at(seconds)).await.unwrap()
}

/// Rotates and expects a successor.
async fn next(door: &Door, token: &RefreshToken, seconds: i64) -> RefreshToken {
    match rotate(door, token, seconds).await {
        Rotation::Rotated { token, .. } => token,
        other => panic!("{other:?}"),
    }
}

async fn session(door: &Door) -> (PersonId, RefreshToken) {
    let ada = door.ada().await;
    let token = door.ledger.start_session(&ada, "Firefox\r\n\0 on Debian", at(0)).await.unwrap();
    (ada, token)
}

pub(crate) async fn a_refresh_token_is_exchanged_for_its_successor(door: &Door) {
    let (ada, first) = session(door).await;
    let Rotation::Rotated { token: second, person } = rotate(door, &first, 600).await else {
        panic!("a fresh token is exchanged");
    };
    assert_eq!(person, ada);
    assert_ne!(second, first);
    // Right after it, the old token still answers, with the same successor.
    assert_eq!(next(door, &first, 629).await, second);
    next(door, &second, 1200).await;
}

pub(crate) async fn an_answer_that_was_lost_logs_nobody_out(door: &Door) {
    let (_, first) = session(door).await;
    next(door, &first, 600).await;
    // The browser went on before the answer came, and asks again.
    let second = next(door, &first, 610).await;
    let third = next(door, &second, 1300).await;
    next(door, &third, 2000).await;
}

pub(crate) async fn twenty_parallel_rotations_keep_one_session_and_log_nobody_out(door: &Door) {
    let (ada, token) = session(door).await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (ledger, token) = (door.ledger.clone(), token.clone());
            tokio::spawn(async move { ledger.rotate(&token, at(600)).await })
        })
        .collect();
    let mut successor = None;
    for task in tasks {
        match task.await.unwrap().unwrap() {
            Rotation::Rotated { token, person } => {
                assert_eq!(person, ada);
                assert_eq!(*successor.get_or_insert(token.clone()), token, "two successors");
            }
            other => panic!("{other:?}"),
        }
    }
    next(door, &successor.unwrap(), 1200).await;
    assert_eq!(door.ledger.end_all_sessions(&ada, at(1300)).await.unwrap(), 1);
}

pub(crate) async fn an_old_token_after_the_grace_ends_the_session(door: &Door) {
    let (_, first) = session(door).await;
    let second = next(door, &first, 600).await;
    assert_eq!(rotate(door, &first, 630).await, Rotation::Reused);
    assert_eq!(rotate(door, &second, 631).await, Rotation::Unknown);
    assert_eq!(rotate(door, &first, 631).await, Rotation::Unknown);
}

pub(crate) async fn a_token_two_rotations_old_ends_the_session_at_once(door: &Door) {
    let (_, first) = session(door).await;
    let second = next(door, &first, 600).await;
    let third = next(door, &second, 601).await;
    assert_eq!(rotate(door, &first, 602).await, Rotation::Reused);
    assert_eq!(rotate(door, &third, 603).await, Rotation::Unknown);
}

pub(crate) async fn a_forged_token_is_unknown_and_ends_nothing(door: &Door) {
    let (_, token) = session(door).await;
    let huge = "x".repeat(100_000);
    for text in ["", ".", "a.b", "'; DROP TABLE session; --", "\0", &huge] {
        assert_eq!(rotate(door, &RefreshToken::from_text(text), 1).await, Rotation::Unknown);
        door.ledger.end_session(&RefreshToken::from_text(text), at(1)).await.unwrap();
    }
    next(door, &token, 2).await;
}

pub(crate) async fn an_idle_session_expires_after_thirty_days(door: &Door) {
    let (_, first) = session(door).await;
    let second = next(door, &first, days(30) - 1).await;
    assert_eq!(rotate(door, &second, days(60) - 1).await, Rotation::Expired);
}

pub(crate) async fn a_busy_session_expires_after_a_hundred_and_eighty_days(door: &Door) {
    let (_, mut token) = session(door).await;
    for day in (20..180).step_by(20) {
        token = next(door, &token, days(day)).await;
    }
    token = next(door, &token, days(180) - 1).await;
    assert_eq!(rotate(door, &token, days(180)).await, Rotation::Expired);
}

pub(crate) async fn signing_out_ends_one_session_or_all(door: &Door) {
    let (ada, first) = session(door).await;
    let other = door.ledger.start_session(&ada, "phone", at(0)).await.unwrap();
    let second = next(door, &first, 10).await;
    // A tab that still holds the previous token signs out as well.
    door.ledger.end_session(&first, at(20)).await.unwrap();
    assert_eq!(rotate(door, &second, 21).await, Rotation::Unknown);
    let other = next(door, &other, 22).await;
    assert_eq!(door.ledger.end_all_sessions(&ada, at(23)).await.unwrap(), 1);
    assert_eq!(rotate(door, &other, 24).await, Rotation::Unknown);
}

pub(crate) async fn a_session_needs_a_person(door: &Door) {
    let nobody = PersonId::parse("nobody").unwrap();
    let error = door.ledger.start_session(&nobody, "", at(0)).await.unwrap_err();
    assert!(matches!(error, LedgerError::UnknownPerson));
}
