//! What an operator may change by hand: a learner's right to a course.
//!
//! The ledger is changed first and the cache told then, so that every edge
//! that shares the cache knows at its next request.

use contracts::id::{PersonId, ProductId};
use contracts::manifest::Manifest;
use gate::grant::Act;
use jiff::Timestamp;
use ledger::{By, Email, GrantOutcome, Ledger, LedgerError, WithdrawOutcome};

use crate::entitlement_cache::EntitlementCache;

/// What an operator asks for.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The learner's address.
    pub email: &'a str,
    /// The course's id or URL part.
    pub course: &'a str,
    /// Why; stands in the audit for good.
    pub reason: &'a str,
    /// The operator's account name.
    pub actor: &'a str,
}

/// Why an order is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// Not an address.
    #[error("the e-mail address is not one such as `ada@example.org`")]
    Email,
    /// No reason was given.
    #[error("a reason is needed, such as `--reason \"paid by bank transfer\"`")]
    NoReason,
    /// No such course is published.
    #[error("there is no published course `{course}`{}", among(.published))]
    UnknownCourse {
        /// What was asked for.
        course: String,
        /// The URL parts of the courses there are.
        published: Vec<String>,
    },
    /// Nothing that can be owned opens the course.
    #[error("the course `{0}` is free, there is nothing to grant or withdraw")]
    FreeCourse(String),
    /// Nobody has this address.
    #[error("nobody has signed in with this address, and nothing was granted to it")]
    UnknownPerson,
    /// The ledger can't answer.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A few of the courses there are; a large school has more than help.
fn among(published: &[String]) -> String {
    const SHOWN: usize = 10;
    let names: Vec<_> = published.iter().take(SHOWN).map(|slug| format!("`{slug}`")).collect();
    match published.len() {
        0 => "; the school has none".to_owned(),
        1..=SHOWN => format!("; there is {}", names.join(", ")),
        _ => format!("; there is {}, …", names.join(", ")),
    }
}

/// What came of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The ledger was changed, and the shared cache knows.
    Done,
    /// The ledger was changed; the cache can't be reached, so edges follow
    /// when they ask the ledger, at the latest when a token ends.
    DoneButNotCached,
    /// It was so already, and the shared cache knows.
    Already,
    /// It was so already; the cache can't be reached, so edges may still have
    /// to hear of it.
    AlreadyButNotCached,
}

/// Gives a learner the course for good. The address need not be known yet.
pub async fn grant(
    ledger: &Ledger,
    cache: &dyn EntitlementCache,
    manifest: &Manifest,
    order: &Order<'_>,
    now: Timestamp,
) -> Result<Outcome, OrderError> {
    let email = email_and_reason(order)?;
    let products = products(manifest, order.course)?;
    let product =
        products.first().ok_or_else(|| OrderError::FreeCourse(order.course.to_owned()))?;
    let person = ledger.ensure_person(&email, now).await?;
    let owned = ledger.claims(&person, now).await?.entitlements.products;
    if owned.iter().any(|owned| owned.product == *product && owned.until.is_none()) {
        return told(ledger, cache, &person, Outcome::Already, now).await;
    }
    let act = Act::Manual {
        id: uuid::Uuid::now_v7().to_string(),
        person: person.clone(),
        product: product.clone(),
        starts_at: now,
        ends_at: None,
    };
    let by = By { actor: order.actor, reason: order.reason };
    let mut outcome = Outcome::Already;
    for row in gate::grant(&act).unwrap_or_default() {
        if let GrantOutcome::Granted { .. } = ledger.grant(&row, &by, now).await? {
            outcome = Outcome::Done;
        }
    }
    told(ledger, cache, &person, outcome, now).await
}

/// Ends what was given by hand. What a learner bought stays.
pub async fn withdraw(
    ledger: &Ledger,
    cache: &dyn EntitlementCache,
    manifest: &Manifest,
    order: &Order<'_>,
    now: Timestamp,
) -> Result<Outcome, OrderError> {
    let email = email_and_reason(order)?;
    let products = products(manifest, order.course)?;
    let person = ledger.person_by_email(&email).await?.ok_or(OrderError::UnknownPerson)?;
    let by = By { actor: order.actor, reason: order.reason };
    let mut outcome = Outcome::Already;
    for product in products {
        if let WithdrawOutcome::Withdrawn { .. } =
            ledger.withdraw(&person, product, &by, now).await?
        {
            outcome = Outcome::Done;
        }
    }
    told(ledger, cache, &person, outcome, now).await
}

fn email_and_reason(order: &Order<'_>) -> Result<Email, OrderError> {
    if order.reason.trim().is_empty() {
        return Err(OrderError::NoReason);
    }
    Email::parse(order.email).map_err(|_| OrderError::Email)
}

fn products<'a>(manifest: &'a Manifest, course: &str) -> Result<&'a [ProductId], OrderError> {
    let entry = manifest
        .courses
        .iter()
        .find(|(id, entry)| id.as_str() == course || entry.slug.as_str() == course)
        .map(|(_, entry)| entry)
        .ok_or_else(|| OrderError::UnknownCourse {
            course: course.to_owned(),
            published: manifest.courses.values().map(|entry| entry.slug.to_string()).collect(),
        })?;
    if entry.products.is_empty() {
        return Err(OrderError::FreeCourse(course.to_owned()));
    }
    Ok(&entry.products)
}

/// Tells the cache what the ledger says now, even if nothing changed: an
/// earlier order may have failed to.
async fn told(
    ledger: &Ledger,
    cache: &dyn EntitlementCache,
    person: &PersonId,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Outcome, OrderError> {
    let entitlements = ledger.claims(person, now).await?.entitlements;
    match (cache.store(person, &entitlements, now).await, outcome) {
        (Ok(()), outcome) => Ok(outcome),
        (Err(_), Outcome::Done | Outcome::DoneButNotCached) => Ok(Outcome::DoneButNotCached),
        (Err(_), Outcome::Already | Outcome::AlreadyButNotCached) => {
            Ok(Outcome::AlreadyButNotCached)
        }
    }
}
