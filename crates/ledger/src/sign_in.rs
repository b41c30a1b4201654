//! Signing in by e-mail: one mail holds a link and a six-digit code, and the
//! first of them that is confirmed spends both.
//!
//! Sending the mail and keeping the browser's cookie are the edge's business.

use contracts::id::PersonId;
use jiff::{SignedDuration, Timestamp};

use crate::email::Email;
use crate::engine::{Ledger, Tx, Value, millis, moment};
use crate::error::LedgerError;
use crate::person;
use crate::secret::{BrowserBinding, SignInCode, SignInToken};

/// Long enough for slow mail, short enough for a mailbox left open.
const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// Six digits withstand five guesses: one in 200 000.
const MAX_ATTEMPTS: i64 = 5;
/// Enough for mails that got lost, too few to flood a mailbox.
const MAX_STARTS: i64 = 6;
const START_WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// Spent and expired rows are kept for a day, to tell "used" from "unknown".
const KEPT_AFTER_EXPIRY: SignedDuration = SignedDuration::from_hours(24);

/// A sign-in that waits for its confirmation. Only the mail may hold the two.
#[derive(Debug, Clone)]
pub struct SignInStarted {
    /// For the link.
    pub token: SignInToken,
    /// To type in, valid only in the browser that started.
    pub code: SignInCode,
    /// The first moment at which neither is accepted.
    pub expires_at: Timestamp,
}

/// Why a sign-in is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// No such sign-in, or it was started in another browser.
    #[error("no such sign-in")]
    Unknown,
    /// It waited too long.
    #[error("the sign-in has expired")]
    Expired,
    /// It was confirmed before.
    #[error("the sign-in was used")]
    Used,
    /// A newer sign-in of the same address took its place.
    #[error("a newer sign-in replaced this one")]
    Replaced,
    /// The code is wrong, and there are attempts left.
    #[error("the code is wrong")]
    WrongCode {
        /// How many more codes may be tried; at least 1.
        attempts_left: u32,
    },
    /// The code was guessed too often; the link still works.
    #[error("too many wrong codes")]
    TooManyAttempts,
    /// The address asked for too many mails.
    #[error("too many sign-ins, again at {retry_at}")]
    TooManyStarts {
        /// The first moment at which another start is accepted.
        retry_at: Timestamp,
    },
}

type SignInRow = (i64, Option<i64>, Option<i64>, i64);

impl Ledger {
    /// Starts a sign-in; older ones of the same address are replaced.
    ///
    /// At most six starts per address and hour. It answers alike for known and
    /// unknown addresses: the person is made at the confirmation.
    pub async fn start_sign_in(
        &self,
        email: &Email,
        browser: &BrowserBinding,
        now: Timestamp,
    ) -> Result<Result<SignInStarted, SignInRefusal>, LedgerError> {
        let started = SignInStarted {
            token: SignInToken::random()?,
            code: SignInCode::random()?,
            expires_at: now.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX),
        };
        let mut tx = self.begin().await?;
        if let Some(retry_at) = count_start(&mut tx, email, now).await? {
            return Ok(Err(SignInRefusal::TooManyStarts { retry_at }));
        }
        tx.run(
            "UPDATE sign_in SET replaced_at = $2 \
             WHERE email = $1 AND used_at IS NULL AND replaced_at IS NULL",
            &[Value::Text(email.expose()), millis(now)],
        )
        .await?;
        tx.run(
            "INSERT INTO sign_in \
             (id, email, browser_hash, token_hash, code_hash, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                Value::Text(&uuid::Uuid::now_v7().simple().to_string()),
                Value::Text(email.expose()),
                Value::Text(&browser.hash()),
                Value::Text(&started.token.hash()),
                Value::Text(&started.code.hash(email, browser)),
                millis(now),
                millis(started.expires_at),
            ],
        )
        .await?;
        tx.commit().await?;
        // Housekeeping: when it fails, the next start tries again.
        let _ = self.forget_old(now).await;
        Ok(Ok(started))
    }

    /// Confirms by the link; it may be opened in any browser, once.
    pub async fn confirm_by_token(
        &self,
        token: &SignInToken,
        now: Timestamp,
    ) -> Result<Result<PersonId, SignInRefusal>, LedgerError> {
        let hash = token.hash();
        let mut tx = self.begin().await?;
        let spent: Option<(String,)> = tx
            .row(
                "UPDATE sign_in SET used_at = $2 \
                 WHERE token_hash = $1 AND used_at IS NULL AND replaced_at IS NULL \
                   AND expires_at > $2 \
                 RETURNING email",
                &[Value::Text(&hash), millis(now)],
            )
            .await?;
        let Some((email,)) = spent else {
            let row: Option<SignInRow> = tx
                .row(
                    "SELECT expires_at, used_at, replaced_at, attempts FROM sign_in \
                     WHERE token_hash = $1",
                    &[Value::Text(&hash)],
                )
                .await?;
            return Ok(Err(refusal(row)));
        };
        let email = Email::parse(&email).map_err(|_| LedgerError::Corrupt("address"))?;
        let person = person::ensure(&mut tx, &email, now).await?;
        tx.commit().await?;
        Ok(Ok(person))
    }

    /// Confirms by the code, in the browser that started.
    ///
    /// Every call counts as an attempt, a right one too; five are allowed.
    pub async fn confirm_by_code(
        &self,
        email: &Email,
        browser: &BrowserBinding,
        code: &SignInCode,
        now: Timestamp,
    ) -> Result<Result<PersonId, SignInRefusal>, LedgerError> {
        let browser_hash = browser.hash();
        let mut tx = self.begin().await?;
        let attempt: Option<(i64, Option<i64>)> = tx
            .row(
                "UPDATE sign_in SET attempts = attempts + 1, \
                   used_at = CASE WHEN code_hash = $3 THEN $4 ELSE NULL END \
                 WHERE email = $1 AND browser_hash = $2 AND used_at IS NULL \
                   AND replaced_at IS NULL AND expires_at > $4 AND attempts < $5 \
                 RETURNING attempts, used_at",
                &[
                    Value::Text(email.expose()),
                    Value::Text(&browser_hash),
                    Value::Text(&code.hash(email, browser)),
                    millis(now),
                    Value::Int(MAX_ATTEMPTS),
                ],
            )
            .await?;
        let answer = match attempt {
            Some((_, Some(_))) => Ok(person::ensure(&mut tx, email, now).await?),
            Some((attempts, None)) => Err(wrong_code(attempts)),
            None => Err(refusal(latest(&mut tx, email, &browser_hash).await?)),
        };
        // A wrong guess is kept too: that is what makes it count.
        tx.commit().await?;
        Ok(answer)
    }

    /// Drops what is over for a day. Each statement is a transaction of its
    /// own: beside the locks of a start they could wait in a circle.
    async fn forget_old(&self, now: Timestamp) -> Result<(), LedgerError> {
        let before = now.saturating_sub(KEPT_AFTER_EXPIRY).unwrap_or(Timestamp::MIN);
        for sql in [
            "DELETE FROM sign_in WHERE expires_at < $1",
            "DELETE FROM sign_in_limit WHERE window_start < $1",
            "DELETE FROM session WHERE expires_at < $1",
        ] {
            let mut tx = self.begin().await?;
            tx.run(sql, &[millis(before)]).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Counts a start in the address's window; `Some` is when to come back.
async fn count_start(
    tx: &mut Tx,
    email: &Email,
    now: Timestamp,
) -> Result<Option<Timestamp>, LedgerError> {
    let window = START_WINDOW.as_millis();
    let window = i64::try_from(window).map_err(|_| LedgerError::Corrupt("time"))?;
    // One statement, so that parallel starts queue for the row and none slips by.
    let row: Option<(i64, i64)> = tx
        .row(
            "INSERT INTO sign_in_limit (email, window_start, starts) VALUES ($1, $2, 1) \
             ON CONFLICT (email) DO UPDATE SET \
               starts = CASE WHEN sign_in_limit.window_start + $3 <= $2 THEN 1 \
                             ELSE sign_in_limit.starts + 1 END, \
               window_start = CASE WHEN sign_in_limit.window_start + $3 <= $2 THEN $2 \
                                   ELSE sign_in_limit.window_start END \
             RETURNING window_start, starts",
            &[Value::Text(email.expose()), millis(now), Value::Int(window)],
        )
        .await?;
    match row {
        Some((start, starts)) if starts > MAX_STARTS => {
            Ok(Some(moment(start.saturating_add(window))?))
        }
        Some(_) | None => Ok(None),
    }
}

async fn latest(
    tx: &mut Tx,
    email: &Email,
    browser_hash: &str,
) -> Result<Option<SignInRow>, LedgerError> {
    tx.row(
        "SELECT expires_at, used_at, replaced_at, attempts FROM sign_in \
         WHERE email = $1 AND browser_hash = $2 ORDER BY created_at DESC, id DESC LIMIT 1",
        &[Value::Text(email.expose()), Value::Text(browser_hash)],
    )
    .await
}

fn wrong_code(attempts: i64) -> SignInRefusal {
    match u32::try_from(MAX_ATTEMPTS - attempts) {
        Ok(attempts_left) if attempts_left > 0 => SignInRefusal::WrongCode { attempts_left },
        Ok(_) | Err(_) => SignInRefusal::TooManyAttempts,
    }
}

/// Why the conditional update found nothing to spend.
fn refusal(row: Option<SignInRow>) -> SignInRefusal {
    match row {
        None => SignInRefusal::Unknown,
        Some((_, Some(_), _, _)) => SignInRefusal::Used,
        Some((_, None, Some(_), _)) => SignInRefusal::Replaced,
        Some((_, None, None, attempts)) if attempts >= MAX_ATTEMPTS => {
            SignInRefusal::TooManyAttempts
        }
        Some((_, None, None, _)) => SignInRefusal::Expired,
    }
}
