//! The suite's one door: an open ledger of some engine, and its words.

use std::io::Write;
use std::sync::Once;

use contracts::grant::{Cause, CauseKind, Grant};
use contracts::id::{PersonId, ProductId};
use jiff::{SignedDuration, Timestamp};
use ledger::{BrowserBinding, By, Email, Ledger};
use sqlx::{AssertSqlSafe, Connection, Executor};

/// An operator with a reason.
pub(crate) const BY: By<'static> = By { actor: "operator", reason: "paid by bank transfer" };

/// A ledger of its own for one test.
pub(crate) struct Door {
    pub(crate) ledger: Ledger,
    pub(crate) url: String,
    schema: Option<(String, String)>,
    folder: Option<tempfile::TempDir>,
}

impl Door {
    pub(crate) async fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("ledger.db").display());
        let ledger = Ledger::connect(&url).await.unwrap();
        Self { ledger, url, schema: None, folder: Some(folder) }
    }

    pub(crate) async fn memory() -> Self {
        let url = "sqlite::memory:".to_owned();
        let ledger = Ledger::connect(&url).await.unwrap();
        Self { ledger, url, schema: None, folder: None }
    }

    /// A schema of its own on the test server; `None` without a server.
    pub(crate) async fn postgres() -> Option<Self> {
        static SAID: Once = Once::new();
        let Ok(server) = std::env::var("LYCEUM_TEST_POSTGRES_URL") else {
            SAID.call_once(|| {
                // Past the test harness's capture, which would swallow it.
                let _ = writeln!(
                    std::io::stderr(),
                    "left out: the ledger on PostgreSQL (LYCEUM_TEST_POSTGRES_URL is not set)"
                );
            });
            return None;
        };
        let schema = format!("ledger_{}", uuid::Uuid::now_v7().simple());
        run_postgres(&server, &format!("CREATE SCHEMA {schema}")).await;
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options[search_path]={schema}");
        let ledger = Ledger::connect(&url).await.unwrap();
        Some(Self { ledger, url, schema: Some((server, schema)), folder: None })
    }

    pub(crate) async fn drop_schema(self) {
        self.ledger.close().await;
        if let Some((server, schema)) = self.schema {
            run_postgres(&server, &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }

    /// Whether a second connection sees the same ledger.
    pub(crate) fn can_be_opened_twice(&self) -> bool {
        self.schema.is_some() || self.folder.is_some()
    }

    /// Runs SQL behind the ledger's back.
    pub(crate) async fn tamper(&self, sql: &str) -> Result<(), sqlx::Error> {
        if self.schema.is_some() {
            let mut connection = sqlx::PgConnection::connect(&self.url).await?;
            connection.execute(AssertSqlSafe(sql)).await?;
        } else {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await?;
            connection.execute(AssertSqlSafe(sql)).await?;
        }
        Ok(())
    }

    /// Every text in every table, to look for what must not be there.
    pub(crate) async fn all_text(&self) -> String {
        use sqlx::Row;
        let dump = "SELECT id || browser_hash || token_hash || code_hash FROM sign_in \
                    UNION ALL SELECT family_hash || current_hash FROM session";
        let rows: Vec<String> = if self.schema.is_some() {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            let rows = connection.fetch_all(dump).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        } else {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            let rows = connection.fetch_all(dump).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        };
        rows.join("\n")
    }

    pub(crate) async fn ada(&self) -> PersonId {
        self.ledger.ensure_person(&email("ada@example.org"), at(0)).await.unwrap()
    }
}

async fn run_postgres(server: &str, sql: &str) {
    let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
}

/// So many seconds after the suite's beginning of time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

pub(crate) fn days(days: i64) -> i64 {
    days * 86_400
}

pub(crate) fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

pub(crate) fn browser(text: &str) -> BrowserBinding {
    BrowserBinding::from_text(text)
}

pub(crate) fn product(id: &str) -> ProductId {
    ProductId::parse(id).unwrap()
}

/// A grant by hand, live from the beginning.
pub(crate) fn by_hand(person: &PersonId, id: &str, cause: &str) -> Grant {
    Grant {
        person: person.clone(),
        product: product(id),
        cause: Cause { kind: CauseKind::Manual, id: cause.to_owned() },
        starts_at: at(0),
        ends_at: None,
    }
}
