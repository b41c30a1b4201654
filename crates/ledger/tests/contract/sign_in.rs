//! Promises about signing in by e-mail.

use ledger::{SignInCode, SignInRefusal, SignInStarted, SignInToken};

use crate::door::{Door, at, browser, email};

const ADA: &str = "ada@example.org";

async fn start(door: &Door, seconds: i64) -> SignInStarted {
    door.ledger.start_sign_in(&email(ADA), &browser("b1"), at(seconds)).await.unwrap().unwrap()
}

async fn by_code(
    door: &Door,
    cookie: &str,
    code: &SignInCode,
    seconds: i64,
) -> Result<contracts::id::PersonId, SignInRefusal> {
    door.ledger.confirm_by_code(&email(ADA), &browser(cookie), code, at(seconds)).await.unwrap()
}

async fn by_token(
    door: &Door,
    token: &SignInToken,
    seconds: i64,
) -> Result<contracts::id::PersonId, SignInRefusal> {
    door.ledger.confirm_by_token(token, at(seconds)).await.unwrap()
}

fn wrong(code: &SignInCode) -> SignInCode {
    let number: u32 = code.expose().parse().unwrap();
    SignInCode::from_text(&format!("{:06}", (number + 1) % 1_000_000))
}

pub(crate) async fn a_link_signs_in_once(door: &Door) {
    let started = start(door, 0).await;
    assert_eq!(started.expires_at, at(900));
    let unknown = SignInToken::from_text("0000");
    assert_eq!(by_token(door, &unknown, 1).await, Err(SignInRefusal::Unknown));
    let person = by_token(door, &started.token, 1).await.unwrap();
    assert_eq!(door.ledger.person_by_email(&email(ADA)).await.unwrap(), Some(person));
    assert_eq!(by_token(door, &started.token, 2).await, Err(SignInRefusal::Used));
}

pub(crate) async fn a_code_signs_in_once_and_only_in_its_browser(door: &Door) {
    let started = start(door, 0).await;
    assert_eq!(by_code(door, "other", &started.code, 1).await, Err(SignInRefusal::Unknown));
    let other_address = door
        .ledger
        .confirm_by_code(&email("eve@example.org"), &browser("b1"), &started.code, at(1))
        .await
        .unwrap();
    assert_eq!(other_address, Err(SignInRefusal::Unknown));
    assert!(by_code(door, "b1", &started.code, 1).await.is_ok());
    assert_eq!(by_code(door, "b1", &started.code, 2).await, Err(SignInRefusal::Used));
}

pub(crate) async fn link_and_code_spend_each_other(door: &Door) {
    let started = start(door, 0).await;
    let person = by_code(door, "b1", &started.code, 1).await.unwrap();
    assert_eq!(by_token(door, &started.token, 2).await, Err(SignInRefusal::Used));

    let started = start(door, 3).await;
    assert_eq!(by_token(door, &started.token, 4).await, Ok(person));
    assert_eq!(by_code(door, "b1", &started.code, 5).await, Err(SignInRefusal::Used));
}

pub(crate) async fn of_parallel_confirmations_one_wins(door: &Door) {
    let started = start(door, 0).await;
    let tasks: Vec<_> = (0..16)
        .map(|index| {
            let (ledger, started) = (door.ledger.clone(), started.clone());
            tokio::spawn(async move {
                if index % 2 == 0 {
                    ledger.confirm_by_token(&started.token, at(1)).await
                } else {
                    let email = email(ADA);
                    ledger.confirm_by_code(&email, &browser("b1"), &started.code, at(1)).await
                }
            })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        match task.await.unwrap().unwrap() {
            Ok(_) => winners += 1,
            Err(refusal) => assert_eq!(refusal, SignInRefusal::Used),
        }
    }
    assert_eq!(winners, 1);
}

pub(crate) async fn a_sign_in_is_over_after_fifteen_minutes(door: &Door) {
    let started = start(door, 0).await;
    assert_eq!(by_token(door, &started.token, 900).await, Err(SignInRefusal::Expired));
    assert_eq!(by_code(door, "b1", &started.code, 900).await, Err(SignInRefusal::Expired));
    assert!(by_token(door, &started.token, 899).await.is_ok());
    // A day after it expired nothing of it is left.
    let later = start(door, 900 + 86_401).await;
    assert_eq!(by_token(door, &started.token, 900 + 86_401).await, Err(SignInRefusal::Unknown));
    assert!(by_token(door, &later.token, 900 + 86_402).await.is_ok());
}

pub(crate) async fn a_newer_sign_in_replaces_the_older(door: &Door) {
    let older = start(door, 0).await;
    let newer = start(door, 1).await;
    assert_eq!(by_token(door, &older.token, 2).await, Err(SignInRefusal::Replaced));
    if older.code != newer.code {
        let refusal = by_code(door, "b1", &older.code, 2).await;
        assert_eq!(refusal, Err(SignInRefusal::WrongCode { attempts_left: 4 }));
    }
    assert!(by_token(door, &newer.token, 3).await.is_ok());
}

pub(crate) async fn five_wrong_codes_burn_the_code_but_not_the_link(door: &Door) {
    let started = start(door, 0).await;
    for attempts_left in (1..=4).rev() {
        let refusal = by_code(door, "b1", &wrong(&started.code), 1).await;
        assert_eq!(refusal, Err(SignInRefusal::WrongCode { attempts_left }));
    }
    for code in [&wrong(&started.code), &started.code] {
        assert_eq!(by_code(door, "b1", code, 1).await, Err(SignInRefusal::TooManyAttempts));
    }
    assert!(by_token(door, &started.token, 2).await.is_ok());
}

pub(crate) async fn parallel_guesses_get_five_attempts_together(door: &Door) {
    let started = start(door, 0).await;
    let guess = wrong(&started.code);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (ledger, guess) = (door.ledger.clone(), guess.clone());
            tokio::spawn(async move {
                ledger.confirm_by_code(&email(ADA), &browser("b1"), &guess, at(1)).await
            })
        })
        .collect();
    let mut counted = 0;
    for task in tasks {
        match task.await.unwrap().unwrap() {
            Err(SignInRefusal::WrongCode { .. }) => counted += 1,
            answer => assert_eq!(answer, Err(SignInRefusal::TooManyAttempts)),
        }
    }
    assert_eq!(counted, 4);
}

pub(crate) async fn an_address_gets_six_mails_an_hour(door: &Door) {
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let ledger = door.ledger.clone();
            tokio::spawn(async move {
                ledger.start_sign_in(&email(ADA), &browser("b1"), at(10)).await.unwrap()
            })
        })
        .collect();
    let mut started = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => started += 1,
            Err(refusal) => {
                assert_eq!(refusal, SignInRefusal::TooManyStarts { retry_at: at(3610) });
            }
        }
    }
    assert_eq!(started, 6);
    let other = door.ledger.start_sign_in(&email("bob@example.org"), &browser("b2"), at(11)).await;
    assert!(other.unwrap().is_ok(), "one address does not use up another's mails");
    start(door, 3610).await;
}

pub(crate) async fn no_secret_is_stored(door: &Door) {
    let cookie = browser("cookie-of-b1");
    let started = door.ledger.start_sign_in(&email(ADA), &cookie, at(0)).await.unwrap().unwrap();
    let person = door.ada().await;
    let refresh = door.ledger.start_session(&person, "Firefox", at(0)).await.unwrap();
    if door.can_be_opened_twice() {
        let text = door.all_text().await;
        assert!(text.len() > 256, "{text}");
        let (family, secret) = refresh.expose().split_once('.').unwrap();
        for secret in [started.token.expose(), family, secret, "cookie-of-b1"] {
            assert!(!text.contains(secret));
        }
    }
    let shown = format!("{started:?} {refresh:?}");
    assert!(!shown.contains(started.token.expose()) && !shown.contains(started.code.expose()));
}

pub(crate) async fn no_error_repeats_an_address(door: &Door) {
    if !door.can_be_opened_twice() {
        return;
    }
    let refuse = if door.url.starts_with("sqlite") {
        "CREATE TRIGGER no_ada BEFORE INSERT ON sign_in BEGIN SELECT RAISE(ABORT, 'no'); END"
    } else {
        // PostgreSQL tells the whole failing row in the error's detail.
        "ALTER TABLE sign_in ADD CHECK (email <> 'ada@example.org')"
    };
    door.tamper(refuse).await.unwrap();
    let error = door.ledger.start_sign_in(&email(ADA), &browser("b1"), at(0)).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
    assert!(shown.contains("the ledger failed") && !shown.contains("ada@"), "{shown}");
}
