//! What SQLite alone has to prove: nothing acknowledged is lost when the
//! process is killed, and many writers wait instead of failing.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use ledger::{AuditReport, GrantOutcome, Ledger};

use crate::door::{BY, Door, at, by_hand, email, product};

/// Set in the child process that is going to be killed.
const VICTIM: &str = "LYCEUM_TEST_LEDGER_VICTIM";
const ACKNOWLEDGED: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_no_acknowledged_grant() {
    if let Ok(url) = std::env::var(VICTIM) {
        grant_until_killed(&url).await;
    }
    let door = Door::file().await;
    let ada = door.ada().await;
    for round in 0..3 {
        let acknowledged = kill_after_some_grants(&door.url);
        let reopened = Ledger::connect(&door.url).await.unwrap();
        for cause in &acknowledged {
            let row = by_hand(&ada, "rust", cause);
            let again = reopened.grant(&row, &BY, at(10)).await.unwrap();
            assert_eq!(again, GrantOutcome::AlreadyGranted, "lost {cause} in round {round}");
        }
        let entitlements = reopened.claims(&ada, at(20)).await.unwrap().entitlements;
        let AuditReport::Intact { rows } = reopened.verify_audit().await.unwrap() else {
            panic!("the audit broke in round {round}");
        };
        // A grant, its version and its audit row are kept or lost together.
        assert_eq!(rows, entitlements.version);
        reopened.close().await;
    }
}

/// Runs this very test in a child process, and kills it in the midst of its writing.
fn kill_after_some_grants(url: &str) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::a_killed_process_loses_no_acknowledged_grant"])
        .arg("--nocapture")
        .env(VICTIM, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let acknowledged: Vec<String> = lines
        .map(|line| line.unwrap())
        .filter_map(|line| line.strip_prefix("granted ").map(str::to_owned))
        .take(ACKNOWLEDGED)
        .collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(acknowledged.len(), ACKNOWLEDGED);
    acknowledged
}

async fn grant_until_killed(url: &str) {
    let ledger = Ledger::connect(url).await.unwrap();
    let ada = ledger.ensure_person(&email("ada@example.org"), at(0)).await.unwrap();
    loop {
        let cause = uuid::Uuid::now_v7().to_string();
        ledger.grant(&by_hand(&ada, "rust", &cause), &BY, at(5)).await.unwrap();
        println!("granted {cause}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_writers_of_two_processes_get_no_error() {
    let door = Door::file().await;
    let ada = door.ada().await;
    // A second ledger has its own connections, as a second process would.
    let second = Ledger::connect(&door.url).await.unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|writer| {
            let ledger = if writer % 2 == 0 { door.ledger.clone() } else { second.clone() };
            let ada = ada.clone();
            tokio::spawn(async move {
                for index in 0..10 {
                    let row = by_hand(&ada, "rust", &format!("{writer}-{index}"));
                    ledger.grant(&row, &BY, at(10)).await.unwrap();
                    ledger.claims(&ada, at(10)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let claims = door.ledger.claims(&ada, at(20)).await.unwrap();
    assert_eq!(claims.entitlements.version, 500);
    assert_eq!(claims.entitlements.products[0].product, product("rust"));
    assert_eq!(door.ledger.verify_audit().await.unwrap(), AuditReport::Intact { rows: 500 });
}
