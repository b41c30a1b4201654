//! The two engines behind one door: SQLite for one machine, PostgreSQL for many.
//!
//! Every statement of the ledger passes through here, written once in the SQL
//! that both engines speak; only connecting and beginning differ.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{FromRow, Postgres, Sqlite, Transaction};

use crate::error::{Failure, LedgerError};

/// How long a writer of another process may hold SQLite before we give up.
const SQLITE_BUSY: Duration = Duration::from_secs(5);
/// How long a caller may queue for a connection. Longer than the busy timeout,
/// since SQLite's callers queue for its only writer.
const ACQUIRE: Duration = Duration::from_secs(10);
/// Two processes that open a new SQLite file at once both create its tables;
/// the loser finds them at the next attempt.
const SQLITE_MIGRATION_ATTEMPTS: u32 = 5;
/// The code of "database is locked".
const SQLITE_LOCKED: &str = "5";
/// Together with the pause as long as a statement would wait.
const SQLITE_CONNECT_ATTEMPTS: u32 = 100;
const SQLITE_CONNECT_PAUSE: Duration = Duration::from_millis(50);

/// What has no meaning of its own in the path of a URL.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The URL of a SQLite file for [`Ledger::connect`]. The path may hold a `?` or a
/// `%`, which would mean something else in a URL.
#[must_use]
pub fn sqlite_url(file: &Path) -> String {
    format!("sqlite:{}", percent_encode(file.as_os_str().as_encoded_bytes(), PATH))
}

/// An open ledger. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Ledger {
    engine: Engine,
}

#[derive(Debug, Clone)]
enum Engine {
    /// All writes go through one connection: SQLite has one writer at a time,
    /// and a queue in front of it is fair where its busy handler is not.
    Sqlite {
        writer: SqlitePool,
        reader: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction; dropped without [`Tx::commit`] it leaves no trace.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// What a statement is given.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Int(i64),
    MaybeInt(Option<i64>),
}

/// What a statement answers: a tuple that both engines can fill.
pub(crate) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match *value {
                Value::Text(text) => query.bind(text),
                Value::Int(number) => query.bind(number),
                Value::MaybeInt(number) => query.bind(number),
            };
        }
        query
    }};
}

impl Ledger {
    /// Opens `sqlite:///path/ledger.db`, `sqlite::memory:` or
    /// `postgres://user:password@host/database`, and brings its tables up to date.
    ///
    /// A SQLite file is created if it is missing; its folder has to exist.
    pub async fn connect(url: &str) -> Result<Self, LedgerError> {
        let engine = match url.split_once(':') {
            Some(("sqlite", _)) => connect_sqlite(url).await?,
            Some(("postgres" | "postgresql", _)) => connect_postgres(url).await?,
            _ => return Err(LedgerError::UnknownScheme),
        };
        Ok(Self { engine })
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), LedgerError> {
        self.read::<(i64,)>("SELECT entitlement_version FROM person LIMIT 1", &[]).await?;
        Ok(())
    }

    /// Waits for running statements and closes every connection.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }

    /// One statement that only reads; it sees one consistent state.
    pub(crate) async fn read<R: Row>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<R>, LedgerError> {
        Ok(match &self.engine {
            Engine::Sqlite { reader, .. } => {
                bound!(sqlx::query_as::<Sqlite, R>(sql), values).fetch_all(reader).await?
            }
            Engine::Postgres(pool) => {
                bound!(sqlx::query_as::<Postgres, R>(sql), values).fetch_all(pool).await?
            }
        })
    }

    /// Begins a transaction that may write.
    pub(crate) async fn begin(&self) -> Result<Tx, LedgerError> {
        Ok(match &self.engine {
            // A deferred transaction that reads first fails at its first write
            // when another process wrote in between, busy timeout or not.
            Engine::Sqlite { writer, .. } => {
                Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            Engine::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }
}

impl Tx {
    /// All rows that a statement answers.
    pub(crate) async fn rows<R: Row>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<R>, LedgerError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                bound!(sqlx::query_as::<Sqlite, R>(sql), values).fetch_all(&mut **tx).await?
            }
            Self::Postgres(tx) => {
                bound!(sqlx::query_as::<Postgres, R>(sql), values).fetch_all(&mut **tx).await?
            }
        })
    }

    /// The first row, if there is one.
    pub(crate) async fn row<R: Row>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<R>, LedgerError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn run(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<u64, LedgerError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                bound!(sqlx::query::<Sqlite>(sql), values).execute(&mut **tx).await?.rows_affected()
            }
            Self::Postgres(tx) => bound!(sqlx::query::<Postgres>(sql), values)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// Keeps everything that was written.
    pub(crate) async fn commit(self) -> Result<(), LedgerError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// The moment as the ledger keeps it.
pub(crate) fn millis(at: Timestamp) -> Value<'static> {
    Value::Int(at.as_millisecond())
}

/// A moment that the ledger kept.
pub(crate) fn moment(millis: i64) -> Result<Timestamp, LedgerError> {
    Timestamp::from_millisecond(millis).map_err(|_| LedgerError::Corrupt("time"))
}

async fn connect_sqlite(url: &str) -> Result<Engine, LedgerError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|_| LedgerError::MalformedUrl)?
        .create_if_missing(true)
        .busy_timeout(SQLITE_BUSY)
        .journal_mode(SqliteJournalMode::Wal)
        // A grant that was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true);
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    let pool = SqlitePoolOptions::new().acquire_timeout(ACQUIRE).max_connections(1);
    if in_memory {
        // The database lives as long as its only connection, which therefore
        // never ends and also does the reading.
        let pool = pool.min_connections(1).idle_timeout(None).max_lifetime(None);
        let writer = pool.connect_with(options).await.map_err(connect_failure)?;
        migrate_sqlite(&writer).await?;
        return Ok(Engine::Sqlite { reader: writer.clone(), writer });
    }
    let writer = connect_writer(pool, &options).await?;
    migrate_sqlite(&writer).await?;
    let reader = SqlitePoolOptions::new()
        .acquire_timeout(ACQUIRE)
        .max_connections(4)
        .connect_lazy_with(options.pragma("query_only", "on"));
    Ok(Engine::Sqlite { writer, reader })
}

/// Opens the one connection that writes. SQLite does not wait for its busy timeout
/// while it turns a new file's journal on, so a second process that comes at the
/// same moment is told to come again.
async fn connect_writer(
    pool: SqlitePoolOptions,
    options: &SqliteConnectOptions,
) -> Result<SqlitePool, LedgerError> {
    let mut attempt = 1;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(sqlx::Error::Database(error))
                if error.code().as_deref() == Some(SQLITE_LOCKED)
                    && attempt < SQLITE_CONNECT_ATTEMPTS =>
            {
                attempt += 1;
                tokio::time::sleep(SQLITE_CONNECT_PAUSE).await;
            }
            answer => return answer.map_err(connect_failure),
        }
    }
}

async fn migrate_sqlite(pool: &SqlitePool) -> Result<(), LedgerError> {
    let migrator = sqlx::migrate!("./migrations/sqlite");
    let mut attempt = 1;
    loop {
        match migrator.run(pool).await {
            Ok(()) => return Ok(()),
            Err(
                sqlx::migrate::MigrateError::Execute(_)
                | sqlx::migrate::MigrateError::ExecuteMigration(..),
            ) if attempt < SQLITE_MIGRATION_ATTEMPTS => {
                attempt += 1;
            }
            Err(error) => return Err(LedgerError::Migrate(Failure::of_migration(&error))),
        }
    }
}

async fn connect_postgres(url: &str) -> Result<Engine, LedgerError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| LedgerError::MalformedUrl)?
        .application_name("lyceum")
        .options([
            ("statement_timeout", "5s"),
            ("lock_timeout", "3s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ]);
    let pool = PgPoolOptions::new()
        .acquire_timeout(ACQUIRE)
        .max_connections(10)
        .connect_with(options)
        .await
        .map_err(connect_failure)?;
    sqlx::migrate!("./migrations/postgres")
        .run(&pool)
        .await
        .map_err(|error| LedgerError::Migrate(Failure::of_migration(&error)))?;
    Ok(Engine::Postgres(pool))
}

fn connect_failure(error: sqlx::Error) -> LedgerError {
    LedgerError::Connect(Failure::of(&error))
}
