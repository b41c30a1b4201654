//! Who changed since when: the entitlement version of a person, and one
//! sequence over all people for an edge that has no Redis and polls.

use contracts::id::PersonId;

use crate::engine::{Ledger, Tx, Value};
use crate::error::LedgerError;
use crate::person::person_id;

/// The most changes that one answer holds; ask again from the last one.
const PAGE: i64 = 1000;

/// A person whose entitlements changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it stands in the sequence; only the latest of a person is kept.
    pub sequence: u64,
    /// Whose entitlements changed.
    pub person: PersonId,
    /// Their version now.
    pub version: u64,
}

impl Ledger {
    /// The changes after `sequence`, oldest first, at most a thousand.
    ///
    /// The sequence grows in the order of commits, so that whoever has seen a
    /// number has seen, or was superseded in, every smaller one.
    pub async fn changed_since(&self, sequence: u64) -> Result<Vec<Change>, LedgerError> {
        let after = i64::try_from(sequence).unwrap_or(i64::MAX);
        let rows: Vec<(i64, String, i64)> = self
            .read(
                "SELECT change_sequence, id, entitlement_version FROM person \
                 WHERE change_sequence > $1 ORDER BY change_sequence LIMIT $2",
                &[Value::Int(after), Value::Int(PAGE)],
            )
            .await?;
        let change = |(sequence, person, number): (i64, String, i64)| {
            Ok(Change {
                sequence: version(sequence)?,
                person: person_id(&person)?,
                version: version(number)?,
            })
        };
        rows.into_iter().map(change).collect()
    }

    /// The number of the latest change, to begin polling from.
    pub async fn latest_change(&self) -> Result<u64, LedgerError> {
        let rows: Vec<(i64,)> = self.read("SELECT sequence FROM change_head", &[]).await?;
        version(rows.first().ok_or(LedgerError::Corrupt("sequence"))?.0)
    }
}

/// Raises the person's version and takes the next number of the sequence.
///
/// First in its transaction, before the audit: everyone takes the rows in the
/// same order (person, sequence, audit), and so nobody waits in a circle.
pub(crate) async fn bump(tx: &mut Tx, person: &PersonId) -> Result<u64, LedgerError> {
    let id = Value::Text(person.as_str());
    let raised: Option<(i64,)> = tx
        .row(
            "UPDATE person SET entitlement_version = entitlement_version + 1 \
             WHERE id = $1 RETURNING entitlement_version",
            &[id],
        )
        .await?;
    let (raised,) = raised.ok_or(LedgerError::UnknownPerson)?;
    let next: Option<(i64,)> = tx
        .row("UPDATE change_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence", &[])
        .await?;
    let (next,) = next.ok_or(LedgerError::Corrupt("sequence"))?;
    tx.run("UPDATE person SET change_sequence = $2 WHERE id = $1", &[id, Value::Int(next)]).await?;
    version(raised)
}

pub(crate) fn version(number: i64) -> Result<u64, LedgerError> {
    u64::try_from(number).map_err(|_| LedgerError::Corrupt("version"))
}
