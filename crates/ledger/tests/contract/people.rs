//! Promises about people, and about opening the ledger at all.

use contracts::id::PersonId;
use ledger::{Ledger, LedgerError};

use crate::door::{Door, at, email};

pub(crate) async fn an_address_belongs_to_one_person_however_it_is_written(door: &Door) {
    assert_eq!(door.ledger.person_by_email(&email("ada@example.org")).await.unwrap(), None);
    let ada = door.ada().await;
    let again = door.ledger.ensure_person(&email(" Ada@Example.org "), at(9)).await.unwrap();
    assert_eq!(again, ada);
    let bob = door.ledger.ensure_person(&email("bob@example.org"), at(9)).await.unwrap();
    assert_ne!(bob, ada);
    assert_eq!(
        door.ledger.person_by_email(&email("ADA@example.org")).await.unwrap(),
        Some(ada.clone())
    );
    assert_eq!(door.ledger.email_of(&ada).await.unwrap(), Some(email("ada@example.org")));
    let nobody = PersonId::parse("nobody").unwrap();
    assert_eq!(door.ledger.email_of(&nobody).await.unwrap(), None);
}

pub(crate) async fn parallel_first_sign_ins_of_one_address_make_one_person(door: &Door) {
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let ledger = door.ledger.clone();
            tokio::spawn(
                async move { ledger.ensure_person(&email("new@example.org"), at(0)).await },
            )
        })
        .collect();
    let mut people = std::collections::BTreeSet::new();
    for task in tasks {
        people.insert(task.await.unwrap().unwrap());
    }
    assert_eq!(people.len(), 1);
}

pub(crate) async fn the_ledger_answers_a_ping_and_opens_twice(door: &Door) {
    door.ledger.ping().await.unwrap();
    let ada = door.ada().await;
    if door.can_be_opened_twice() {
        let second = Ledger::connect(&door.url).await.unwrap();
        assert_eq!(second.person_by_email(&email("ada@example.org")).await.unwrap(), Some(ada));
        second.close().await;
        assert!(second.ping().await.is_err());
    }
}

#[tokio::test]
async fn an_url_that_names_no_engine_is_refused_without_repeating_it() {
    for url in ["", "mysql://root:hunter2@db/x", "ledger.db", "hunter2"] {
        let error = Ledger::connect(url).await.unwrap_err();
        assert!(matches!(error, LedgerError::UnknownScheme), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let error = Ledger::connect("postgres://app:hunter2@[broken/x").await.unwrap_err();
    assert!(matches!(error, LedgerError::MalformedUrl), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_file_in_a_missing_folder_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/missing/ledger.db", folder.path().display());
    let error = Ledger::connect(&url).await.unwrap_err();
    assert!(matches!(error, LedgerError::Connect(_)), "{error:?}");
    assert!(error.to_string().contains("unable to open database file"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_may_make_the_same_new_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/ledger.db", folder.path().display());
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { Ledger::connect(&url).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap().ping().await.unwrap();
    }
}
