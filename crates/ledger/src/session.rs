//! Sessions: a family of refresh tokens, of which only the newest renews.
//!
//! A token that was already exchanged is either a browser whose requests raced
//! or whose answer got lost, within the grace, or a theft, and then the family dies.

use contracts::id::PersonId;
use jiff::{SignedDuration, Timestamp};

use crate::audit::{self, By};
use crate::engine::{Ledger, Value, millis, moment};
use crate::error::LedgerError;
use crate::person::person_id;
use crate::secret::RefreshToken;

/// A session that nobody used for so long is over.
const IDLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// However often it is used, a session ends then.
const ABSOLUTE: SignedDuration = SignedDuration::from_hours(180 * 24);
/// Requests that a browser sent before it saw the new cookie arrive within it.
const GRACE: SignedDuration = SignedDuration::from_secs(30);
/// A user agent is kept for its owner to read, not to be parsed.
const USER_AGENT_CHARS: usize = 200;

/// What became of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// It was exchanged, by this call or by another one a moment ago; the old
    /// one is good for nothing but the grace.
    Rotated {
        /// The new refresh token, the same one for every such call: whichever of
        /// the answers arrives, it is the one that counts.
        token: RefreshToken,
        /// Whose session it is.
        person: PersonId,
    },
    /// An old token came back. The whole session is ended.
    Reused,
    /// No such session, or it was ended.
    Unknown,
    /// The session was idle too long or is too old.
    Expired,
}

struct SessionRow {
    person: String,
    current_hash: String,
    previous_hash: Option<String>,
    successor_step: String,
    rotated_at: Timestamp,
    expires_at: Timestamp,
}

impl Ledger {
    /// Opens a session for someone who has just signed in.
    pub async fn start_session(
        &self,
        person: &PersonId,
        user_agent: &str,
        now: Timestamp,
    ) -> Result<RefreshToken, LedgerError> {
        let token = RefreshToken::random()?;
        let expires_at = now.saturating_add(ABSOLUTE).unwrap_or(Timestamp::MAX);
        let user_agent: String =
            user_agent.chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARS).collect();
        let mut tx = self.begin().await?;
        let known = tx
            .run(
                "INSERT INTO session (family_hash, person, user_agent, current_hash, rotated_at, \
                   created_at, expires_at) \
                 SELECT $1, id, $3, $4, $5, $5, $6 FROM person WHERE id = $2",
                &[
                    Value::Text(&token.family_hash()),
                    Value::Text(person.as_str()),
                    Value::Text(&user_agent),
                    Value::Text(&token.hash()),
                    millis(now),
                    millis(expires_at),
                ],
            )
            .await?;
        if known == 0 {
            return Err(LedgerError::UnknownPerson);
        }
        tx.commit().await?;
        Ok(token)
    }

    /// Exchanges a refresh token for its successor.
    ///
    /// Parallel calls with one token are all answered with the same successor.
    pub async fn rotate(
        &self,
        token: &RefreshToken,
        now: Timestamp,
    ) -> Result<Rotation, LedgerError> {
        let step = RefreshToken::step()?;
        let successor = token.successor(&step);
        let (family, old) = (token.family_hash(), token.hash());
        let idle_since = now.saturating_sub(IDLE).unwrap_or(Timestamp::MIN);
        let mut tx = self.begin().await?;
        let rotated: Option<(String,)> = tx
            .row(
                "UPDATE session SET previous_hash = current_hash, current_hash = $3, \
                   successor_step = $6, rotated_at = $4 \
                 WHERE family_hash = $1 AND current_hash = $2 AND ended_at IS NULL \
                   AND expires_at > $4 AND rotated_at > $5 \
                 RETURNING person",
                &[
                    Value::Text(&family),
                    Value::Text(&old),
                    Value::Text(&successor.hash()),
                    millis(now),
                    millis(idle_since),
                    Value::Text(&step),
                ],
            )
            .await?;
        if let Some((person,)) = rotated {
            tx.commit().await?;
            return Ok(Rotation::Rotated { token: successor, person: person_id(&person)? });
        }
        let Some(session) = live_session(&mut tx, &family).await? else {
            return Ok(Rotation::Unknown);
        };
        if session.expires_at <= now || session.rotated_at <= idle_since {
            return Ok(Rotation::Expired);
        }
        let just_exchanged = session.previous_hash.as_deref() == Some(&old)
            && now < session.rotated_at.saturating_add(GRACE).unwrap_or(Timestamp::MAX);
        if just_exchanged && !session.successor_step.is_empty() {
            let token = token.successor(&session.successor_step);
            return Ok(Rotation::Rotated { token, person: person_id(&session.person)? });
        }
        if session.current_hash == old {
            // Only a clock that runs behind the row's can lead here.
            return Ok(Rotation::Expired);
        }
        end(&mut tx, &family, "reused", now).await?;
        let by = By { actor: "lyceum", reason: "a refresh token was used again" };
        audit::append(&mut tx, &by, "session.reused", &session.person, now).await?;
        tx.commit().await?;
        Ok(Rotation::Reused)
    }

    /// Ends the session of this token; the token may be the previous one too.
    /// Ending what is no session does nothing.
    pub async fn end_session(
        &self,
        token: &RefreshToken,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let (family, hash) = (token.family_hash(), token.hash());
        let mut tx = self.begin().await?;
        tx.run(
            "UPDATE session SET ended_at = $3, ended_reason = 'signed-out' \
             WHERE family_hash = $1 AND (current_hash = $2 OR previous_hash = $2) \
               AND ended_at IS NULL",
            &[Value::Text(&family), Value::Text(&hash), millis(now)],
        )
        .await?;
        tx.commit().await
    }

    /// Ends every session of a person and says how many there were.
    pub async fn end_all_sessions(
        &self,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<u64, LedgerError> {
        let mut tx = self.begin().await?;
        let ended = tx
            .run(
                "UPDATE session SET ended_at = $2, ended_reason = 'all-ended' \
                 WHERE person = $1 AND ended_at IS NULL",
                &[Value::Text(person.as_str()), millis(now)],
            )
            .await?;
        tx.commit().await?;
        Ok(ended)
    }
}

async fn live_session(
    tx: &mut crate::engine::Tx,
    family: &str,
) -> Result<Option<SessionRow>, LedgerError> {
    let row: Option<(String, String, Option<String>, String, i64, i64)> = tx
        .row(
            "SELECT person, current_hash, previous_hash, successor_step, rotated_at, expires_at \
             FROM session WHERE family_hash = $1 AND ended_at IS NULL",
            &[Value::Text(family)],
        )
        .await?;
    let Some((person, current_hash, previous_hash, successor_step, rotated_at, expires_at)) = row
    else {
        return Ok(None);
    };
    let (rotated_at, expires_at) = (moment(rotated_at)?, moment(expires_at)?);
    Ok(Some(SessionRow {
        person,
        current_hash,
        previous_hash,
        successor_step,
        rotated_at,
        expires_at,
    }))
}

async fn end(
    tx: &mut crate::engine::Tx,
    family: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), LedgerError> {
    tx.run(
        "UPDATE session SET ended_at = $2, ended_reason = $3 \
         WHERE family_hash = $1 AND ended_at IS NULL",
        &[Value::Text(family), millis(now), Value::Text(reason)],
    )
    .await?;
    Ok(())
}
