//! People and the identities they are known by. Today an e-mail address is the
//! only kind of identity.

use contracts::id::PersonId;
use jiff::Timestamp;

use crate::email::Email;
use crate::engine::{Ledger, Tx, Value, millis};
use crate::error::LedgerError;

/// The provider of identities that are e-mail addresses.
const EMAIL: &str = "email";

impl Ledger {
    /// Whom the address belongs to.
    pub async fn person_by_email(&self, email: &Email) -> Result<Option<PersonId>, LedgerError> {
        let rows: Vec<(String,)> = self
            .read(
                "SELECT person FROM identity WHERE provider = $1 AND subject = $2",
                &[Value::Text(EMAIL), Value::Text(email.expose())],
            )
            .await?;
        rows.first().map(|(id,)| person_id(id)).transpose()
    }

    /// The address a person signs in with.
    pub async fn email_of(&self, person: &PersonId) -> Result<Option<Email>, LedgerError> {
        let rows: Vec<(String,)> = self
            .read(
                "SELECT subject FROM identity WHERE provider = $1 AND person = $2 \
                 ORDER BY created_at LIMIT 1",
                &[Value::Text(EMAIL), Value::Text(person.as_str())],
            )
            .await?;
        let email = |(text,): &(String,)| Email::parse(text);
        rows.first().map(email).transpose().map_err(|_| LedgerError::Corrupt("address"))
    }

    /// Whom the address belongs to; a new person if nobody.
    pub async fn ensure_person(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<PersonId, LedgerError> {
        let mut tx = self.begin().await?;
        let person = ensure(&mut tx, email, now).await?;
        tx.commit().await?;
        Ok(person)
    }
}

pub(crate) async fn ensure(
    tx: &mut Tx,
    email: &Email,
    now: Timestamp,
) -> Result<PersonId, LedgerError> {
    if let Some(known) = find(tx, email).await? {
        return Ok(known);
    }
    let id = uuid::Uuid::now_v7().simple().to_string();
    tx.run("INSERT INTO person (id, created_at) VALUES ($1, $2)", &[Value::Text(&id), millis(now)])
        .await?;
    let added = tx
        .run(
            "INSERT INTO identity (provider, subject, person, created_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (provider, subject) DO NOTHING",
            &[Value::Text(EMAIL), Value::Text(email.expose()), Value::Text(&id), millis(now)],
        )
        .await?;
    if added == 1 {
        return person_id(&id);
    }
    // On PostgreSQL another transaction may have added the address since we looked.
    tx.run("DELETE FROM person WHERE id = $1", &[Value::Text(&id)]).await?;
    find(tx, email).await?.ok_or(LedgerError::Corrupt("identity"))
}

async fn find(tx: &mut Tx, email: &Email) -> Result<Option<PersonId>, LedgerError> {
    let row: Option<(String,)> = tx
        .row(
            "SELECT person FROM identity WHERE provider = $1 AND subject = $2",
            &[Value::Text(EMAIL), Value::Text(email.expose())],
        )
        .await?;
    row.map(|(id,)| person_id(&id)).transpose()
}

pub(crate) fn person_id(text: &str) -> Result<PersonId, LedgerError> {
    PersonId::parse(text).map_err(|_| LedgerError::Corrupt("person id"))
}
