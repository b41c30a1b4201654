//! What can go wrong in the ledger itself. A plain no is not here: refusals of
//! sign-ins and sessions are answers, next to what gives them.

use std::fmt;

/// The ledger couldn't answer.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The URL names no engine we know. The URL itself is left out, since it
    /// may hold a password.
    #[error("the ledger's URL must begin with `sqlite:`, `postgres:` or `postgresql:`")]
    UnknownScheme,
    /// The URL of an engine we know can't be read.
    #[error("the ledger's URL is malformed")]
    MalformedUrl,
    /// The database can't be reached or opened.
    #[error("failed to connect to the ledger: {0}")]
    Connect(Failure),
    /// The tables couldn't be brought up to date.
    #[error("failed to bring the ledger's tables up to date: {0}")]
    Migrate(Failure),
    /// A statement failed; nothing of its transaction was kept.
    #[error("the ledger failed: {0}")]
    Database(Failure),
    /// A row holds something that this program never writes.
    #[error("the ledger holds an unreadable {0}")]
    Corrupt(&'static str),
    /// There is no person with this id.
    #[error("the ledger knows no such person")]
    UnknownPerson,
    /// The system gave no random numbers.
    #[error("the system gave no random numbers")]
    NoRandomness,
}

/// A failure of the database, in words that are safe to log.
///
/// The driver's own error is dropped: PostgreSQL puts values of the failed row
/// into its detail, and a row may hold an e-mail address.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    text: String,
}

impl Failure {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        let text = match error {
            sqlx::Error::Database(database) => match database.code() {
                Some(code) => format!("{} (code {code})", database.message()),
                None => database.message().to_owned(),
            },
            // Both may quote the text that they couldn't read.
            sqlx::Error::Configuration(_) => "the configuration is malformed".to_owned(),
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => {
                "a column could not be read".to_owned()
            }
            other => other.to_string(),
        };
        Self { text }
    }

    pub(crate) fn of_migration(error: &sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => Self::of(error),
            other => Self { text: other.to_string() },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({:?})", self.text)
    }
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Failure::of(&error))
    }
}
