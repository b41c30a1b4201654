//! Who may open a lesson: the one answer on which everything paid depends.
//!
//! It reads the manifest and the claims it is given and nothing else.

use contracts::access::Access;
use contracts::claims::Claims;
use contracts::id::{LessonId, ProductId};
use contracts::manifest::{LessonEntry, Manifest};
use jiff::Timestamp;

/// A plain no, and why. What to show for it is decided at the rim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The release has no such lesson.
    #[error("no such lesson")]
    UnknownLesson,
    /// The lesson is paid and nobody is signed in.
    #[error("sign-in required")]
    SignInRequired,
    /// The person never had a product that opens the lesson.
    #[error("not entitled to `{product}`")]
    NotEntitled {
        /// The product to offer: the first that the course names.
        product: ProductId,
    },
    /// The person had such a product, and it is over.
    #[error("the entitlement to `{product}` is over since {since}")]
    Expired {
        /// The one that ended last.
        product: ProductId,
        /// The first moment at which it was over.
        since: Timestamp,
    },
    /// The person may open the lesson, but only later.
    #[error("opens at {opens_at}")]
    NotYet {
        /// The first moment at which it opens.
        opens_at: Timestamp,
    },
    /// The lesson is over, for everyone.
    #[error("closed since {since}")]
    Closed {
        /// The first moment at which it was closed.
        since: Timestamp,
    },
    /// The lesson is paid, and no product of the release opens it.
    #[error("no product opens this lesson")]
    NotForSale,
}

impl Refusal {
    /// The stable word for programs; it never changes once released.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownLesson => "unknown-lesson",
            Self::SignInRequired => "sign-in-required",
            Self::NotEntitled { .. } => "not-entitled",
            Self::Expired { .. } => "expired",
            Self::NotYet { .. } => "not-yet",
            Self::Closed { .. } => "closed",
            Self::NotForSale => "not-for-sale",
        }
    }
}

/// Whether the holder of `claims` may open `lesson` at `now`; `None` is a guest.
///
/// Payment is asked before the date: a lesson that is both paid and scheduled
/// tells a guest to sign in, and only an entitled learner [`Refusal::NotYet`].
/// The end of a lesson is asked before payment, so that nobody pays for what is
/// over.
pub fn open<'a>(
    manifest: &'a Manifest,
    lesson: &LessonId,
    claims: Option<&Claims>,
    now: Timestamp,
) -> Result<&'a LessonEntry, Refusal> {
    let entry = manifest.lessons.get(lesson).ok_or(Refusal::UnknownLesson)?;
    if let Some(since) = entry.expires_at.filter(|end| *end <= now) {
        return Err(Refusal::Closed { since });
    }
    match entry.access {
        Access::Free => {}
        Access::Paid => entitled(&products(manifest, entry)?, claims, now)?,
    }
    match entry.publish_at {
        Some(opens_at) if now < opens_at => Err(Refusal::NotYet { opens_at }),
        Some(_) | None => Ok(entry),
    }
}

/// The products that open a paid lesson, the preferred one first.
///
/// The course has to name the product and the product the course, so that a
/// half-written manifest opens nothing.
fn products<'a>(
    manifest: &'a Manifest,
    entry: &LessonEntry,
) -> Result<Vec<&'a ProductId>, Refusal> {
    let course = manifest.courses.get(&entry.course).ok_or(Refusal::UnknownLesson)?;
    let covers = |id: &&ProductId| {
        manifest.products.get(*id).is_some_and(|product| product.courses.contains(&entry.course))
    };
    Ok(course.products.iter().filter(covers).collect())
}

fn entitled(
    products: &[&ProductId],
    claims: Option<&Claims>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let preferred = *products.first().ok_or(Refusal::NotForSale)?;
    let claims = claims.ok_or(Refusal::SignInRequired)?;
    let mut last_ended: Option<(Timestamp, &ProductId)> = None;
    for entitlement in &claims.entitlements.products {
        if !products.contains(&&entitlement.product) {
            continue;
        }
        match entitlement.until {
            None => return Ok(()),
            Some(until) if now < until => return Ok(()),
            Some(until) => last_ended = last_ended.max(Some((until, &entitlement.product))),
        }
    }
    Err(match last_ended {
        Some((since, product)) => Refusal::Expired { product: product.clone(), since },
        None => Refusal::NotEntitled { product: preferred.clone() },
    })
}
