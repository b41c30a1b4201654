//! The audit: who changed whose rights and why, as a chain of hashes in which
//! no row can be altered, dropped or slipped in without breaking it.

use jiff::Timestamp;

use crate::engine::{Ledger, Tx, Value, millis};
use crate::error::LedgerError;
use crate::secret::hash;

/// The most rows that are read at once while verifying.
const PAGE: i64 = 1000;

/// Who acts and why; both stand in the audit for good.
///
/// Name an operator by an account name rather than an e-mail address: audit
/// rows outlive the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By<'a> {
    /// Who acts.
    pub actor: &'a str,
    /// Why, in the actor's words.
    pub reason: &'a str,
}

/// What verifying the audit found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditReport {
    /// Every row fits, up to the last.
    Intact {
        /// How many rows there are.
        rows: u64,
    },
    /// The chain breaks.
    Broken {
        /// The number of the first row that doesn't fit or is missing.
        seq: u64,
    },
}

type AuditRow = (i64, i64, String, String, String, String, String, String);

impl Ledger {
    /// Walks the chain from its first row and compares its end with the head.
    pub async fn verify_audit(&self) -> Result<AuditReport, LedgerError> {
        // The head first: rows that are appended meanwhile lie behind it.
        let head: Vec<(i64, String)> = self.read("SELECT seq, hash FROM audit_head", &[]).await?;
        let (last, head_hash) = head.into_iter().next().ok_or(LedgerError::Corrupt("audit"))?;
        let (mut seq, mut previous) = (0, String::new());
        while seq < last {
            let page: Vec<AuditRow> = self
                .read(
                    "SELECT seq, at, actor, action, target, reason, prev_hash, hash FROM audit \
                     WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
                    &[Value::Int(seq), Value::Int(last), Value::Int(PAGE)],
                )
                .await?;
            if page.is_empty() {
                return broken_at(seq + 1);
            }
            for row in page {
                if row.0 != seq + 1 || row.6 != previous || row.7 != row_hash(&row) {
                    return broken_at(seq + 1);
                }
                (seq, previous) = (row.0, row.7);
            }
        }
        if previous != head_hash {
            return broken_at(last);
        }
        Ok(AuditReport::Intact { rows: number(last)? })
    }
}

/// Adds a row to the chain; last in its transaction, see [`crate::change::bump`].
pub(crate) async fn append(
    tx: &mut Tx,
    by: &By<'_>,
    action: &str,
    target: &str,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let head: Option<(i64, String)> =
        tx.row("UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash", &[]).await?;
    let (seq, previous) = head.ok_or(LedgerError::Corrupt("audit"))?;
    // PostgreSQL's text has no NUL, and a reason is never worth failing over one.
    let clean = |text: &str| text.replace('\0', " ");
    let mut row: AuditRow = (
        seq,
        now.as_millisecond(),
        clean(by.actor),
        action.to_owned(),
        target.to_owned(),
        clean(by.reason),
        previous,
        String::new(),
    );
    row.7 = row_hash(&row);
    tx.run(
        "INSERT INTO audit (seq, at, actor, action, target, reason, prev_hash, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            Value::Int(seq),
            millis(now),
            Value::Text(&row.2),
            Value::Text(&row.3),
            Value::Text(&row.4),
            Value::Text(&row.5),
            Value::Text(&row.6),
            Value::Text(&row.7),
        ],
    )
    .await?;
    tx.run("UPDATE audit_head SET hash = $1 WHERE id = 1", &[Value::Text(&row.7)]).await?;
    Ok(())
}

/// Covers every column but the hash itself.
fn row_hash(row: &AuditRow) -> String {
    let (seq, at, actor, action, target, reason, previous, _) = row;
    let (seq, at) = (seq.to_string(), at.to_string());
    hash("audit", &[&seq, &at, actor, action, target, reason, previous])
}

fn broken_at(seq: i64) -> Result<AuditReport, LedgerError> {
    Ok(AuditReport::Broken { seq: number(seq)? })
}

fn number(seq: i64) -> Result<u64, LedgerError> {
    u64::try_from(seq).map_err(|_| LedgerError::Corrupt("audit"))
}
