//! Grants: giving and withdrawing what a learner may open, and reading the sum.
//!
//! A change of grants, the person's new entitlement version, the sequence that
//! edges poll and the audit row are one transaction.

use contracts::claims::Claims;
use contracts::grant::{Cause, CauseKind, Grant};
use contracts::id::{PersonId, ProductId};
use jiff::Timestamp;

use crate::audit::{self, By};
use crate::change;
use crate::engine::{Ledger, Value, millis, moment};
use crate::error::LedgerError;

/// What became of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantOutcome {
    /// It stands in the ledger now; the person has this entitlement version.
    Granted {
        /// The person's new version.
        version: u64,
    },
    /// The same cause had already given it; nothing changed.
    AlreadyGranted,
}

/// What became of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawOutcome {
    /// So many grants ended; the person has this entitlement version.
    Withdrawn {
        /// How many grants were ended.
        grants: u64,
        /// The person's new version.
        version: u64,
    },
    /// No grant given by hand was live or still to come; nothing changed.
    NothingToWithdraw,
}

impl Ledger {
    /// Writes a grant. Safe to repeat: cause, person and product are unique
    /// together, so the same grant again changes nothing.
    pub async fn grant(
        &self,
        grant: &Grant,
        by: &By<'_>,
        now: Timestamp,
    ) -> Result<GrantOutcome, LedgerError> {
        let mut tx = self.begin().await?;
        let version = change::bump(&mut tx, &grant.person).await?;
        let added = tx
            .run(
                "INSERT INTO product_grant \
                   (id, person, product, cause_kind, cause_id, starts_at, ends_at, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                 ON CONFLICT (cause_kind, cause_id, person, product) DO NOTHING",
                &[
                    Value::Text(&uuid::Uuid::now_v7().simple().to_string()),
                    Value::Text(grant.person.as_str()),
                    Value::Text(grant.product.as_str()),
                    Value::Text(grant.cause.kind.as_str()),
                    Value::Text(&grant.cause.id),
                    millis(grant.starts_at),
                    Value::MaybeInt(grant.ends_at.map(Timestamp::as_millisecond)),
                    millis(now),
                ],
            )
            .await?;
        if added == 0 {
            // Dropping the transaction takes the version back.
            return Ok(GrantOutcome::AlreadyGranted);
        }
        let target = target(&grant.person, &grant.product);
        audit::append(&mut tx, by, "grant", &target, now).await?;
        tx.commit().await?;
        Ok(GrantOutcome::Granted { version })
    }

    /// Ends every grant of this product that was given by hand and isn't over.
    /// The rows stay; grants of other causes are untouched.
    pub async fn withdraw(
        &self,
        person: &PersonId,
        product: &ProductId,
        by: &By<'_>,
        now: Timestamp,
    ) -> Result<WithdrawOutcome, LedgerError> {
        let mut tx = self.begin().await?;
        let version = change::bump(&mut tx, person).await?;
        let grants = tx
            .run(
                "UPDATE product_grant SET ends_at = $4 \
                 WHERE person = $1 AND product = $2 AND cause_kind = $3 \
                   AND (ends_at IS NULL OR ends_at > $4)",
                &[
                    Value::Text(person.as_str()),
                    Value::Text(product.as_str()),
                    Value::Text(CauseKind::Manual.as_str()),
                    millis(now),
                ],
            )
            .await?;
        if grants == 0 {
            return Ok(WithdrawOutcome::NothingToWithdraw);
        }
        audit::append(&mut tx, by, "withdraw", &target(person, product), now).await?;
        tx.commit().await?;
        Ok(WithdrawOutcome::Withdrawn { grants, version })
    }

    /// What a person may open at `now`, and under which version.
    pub async fn claims(&self, person: &PersonId, now: Timestamp) -> Result<Claims, LedgerError> {
        type Row = (i64, Option<String>, Option<String>, Option<String>, Option<i64>, Option<i64>);
        // One statement, so that version and grants are of the same moment.
        let rows: Vec<Row> = self
            .read(
                "SELECT person.entitlement_version, product_grant.product, \
                   product_grant.cause_kind, product_grant.cause_id, \
                   product_grant.starts_at, product_grant.ends_at \
                 FROM person LEFT JOIN product_grant ON product_grant.person = person.id \
                 WHERE person.id = $1",
                &[Value::Text(person.as_str())],
            )
            .await?;
        let version = rows.first().ok_or(LedgerError::UnknownPerson)?.0;
        let mut grants = Vec::with_capacity(rows.len());
        for (_, product, kind, id, starts_at, ends_at) in rows {
            if let (Some(product), Some(kind), Some(id), Some(starts_at)) =
                (product, kind, id, starts_at)
            {
                grants.push(Grant {
                    person: person.clone(),
                    product: ProductId::parse(&product)
                        .map_err(|_| LedgerError::Corrupt("product id"))?,
                    cause: Cause { kind: cause_kind(&kind)?, id },
                    starts_at: moment(starts_at)?,
                    ends_at: ends_at.map(moment).transpose()?,
                });
            }
        }
        let entitlements = gate::entitlements(change::version(version)?, &grants, now);
        Ok(Claims { person: person.clone(), entitlements })
    }
}

fn target(person: &PersonId, product: &ProductId) -> String {
    format!("{person} {product}")
}

/// A kind of a newer program is unreadable, not ignored: a grant that we
/// misunderstand must not be counted either way.
fn cause_kind(text: &str) -> Result<CauseKind, LedgerError> {
    [CauseKind::Manual]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or(LedgerError::Corrupt("cause"))
}
