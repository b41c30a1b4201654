//! Short-lived URLs for objects, made without asking the server.
//!
//! The signing time is rounded down to a window, so that within one window an
//! object has one URL, byte for byte, and a browser can cache what it fetched.
//! The clock must not come in: `now` is an argument.

mod link;
mod sigv4;

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use contracts::access::Audience;
use contracts::object_key::ObjectKey;

use crate::config::{ConfigError, Location, StoreConfig};

pub use link::{LinkError, LinkSigner, SignedObject};
pub use sigv4::S3Signer;

/// Signs URLs for the kind of storage that the private side is.
#[derive(Debug)]
pub enum Signer {
    /// Links that the S3 server itself checks.
    S3(S3Signer),
    /// Links that the edge checks and serves from a folder.
    Link(LinkSigner),
}

/// A link that expires. Whoever has it can read the object, so `Debug` hides
/// all but its path and it must never be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedUrl {
    /// An absolute URL, or a path-absolute one on the edge.
    pub url: String,
    /// The first moment at which it is refused.
    pub expires_at: Timestamp,
}

/// Why there is no signed URL.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The object is for the edge alone.
    #[error("`{path}` is internal and is never handed out")]
    Internal {
        /// Path in its bucket.
        path: String,
    },
    /// The time can't be written down in a signature.
    #[error("`{now}` is out of the range of signatures")]
    Time {
        /// The signing time.
        now: Timestamp,
    },
    /// The signing library refused the request.
    #[error("failed to sign `{path}`")]
    Failed {
        /// Path in its bucket.
        path: String,
        /// What it said.
        source: crate::error::BoxedError,
    },
}

/// Why there is no signer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The storage configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A folder's links need a secret of our own.
    #[error("the link secret has {given} bytes, at least {MIN_SECRET_BYTES} are needed")]
    ShortSecret {
        /// Its length.
        given: usize,
    },
    /// There is no secret at all.
    #[error("a folder store signs its own links and needs a link secret")]
    NoSecret,
}

/// As long as the output of SHA-256: a shorter key would be the weakest part.
pub const MIN_SECRET_BYTES: usize = 32;

/// The length of the windows that signing times are rounded down to.
pub const WINDOW: Duration = Duration::from_secs(300);

/// For how long a URL is good after the end of its window, and so at least.
pub const LIFETIME: Duration = Duration::from_secs(900);

/// S3 refuses to honour a signature for longer.
const MOST_SECONDS: u64 = 7 * 24 * 60 * 60;

impl Signer {
    /// The signer that fits the private side. `link_secret` is used by a
    /// folder and ignored by a bucket.
    pub fn open(config: &StoreConfig, link_secret: Option<&[u8]>) -> Result<Self, SignerError> {
        match &config.private {
            Location::Bucket { .. } => Ok(Self::S3(S3Signer::new(config, LIFETIME)?)),
            Location::Folder(_) => {
                let secret = link_secret.ok_or(SignerError::NoSecret)?;
                Ok(Self::Link(LinkSigner::new(secret, LIFETIME)?))
            }
        }
    }

    /// A URL good for at least [`LIFETIME`] from `now`. Only an object that
    /// someone may receive is signed: never an internal one. Who may have the
    /// URL is the gate's decision and stands before this call.
    pub fn sign(&self, key: &ObjectKey, now: Timestamp) -> Result<SignedUrl, SignError> {
        match self {
            Self::S3(signer) => signer.sign(key, now),
            Self::Link(signer) => signer.sign(key, now),
        }
    }
}

/// When a signature made now begins and for how many seconds it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Term {
    begins: Timestamp,
    seconds: u64,
    ends: Timestamp,
}

impl Term {
    fn at(now: Timestamp, lifetime: Duration) -> Result<Self, SignError> {
        let out_of_range = || SignError::Time { now };
        let seconds = lifetime.saturating_add(WINDOW).as_secs().clamp(1, MOST_SECONDS);
        let window = i64::try_from(WINDOW.as_secs()).map_err(|_| out_of_range())?;
        let length = i64::try_from(seconds).map_err(|_| out_of_range())?;
        let second = now.as_second();
        let start = second - second.rem_euclid(window);
        // The year has four digits in a signature, and a time before 1970 has
        // no meaning there.
        let end = start.checked_add(length).filter(|_| start >= 0).ok_or_else(out_of_range)?;
        Ok(Self {
            begins: Timestamp::from_second(start).map_err(|_| out_of_range())?,
            seconds,
            ends: Timestamp::from_second(end).map_err(|_| out_of_range())?,
        })
    }
}

/// The one place that decides what may be signed at all.
fn refuse_internal(key: &ObjectKey) -> Result<(), SignError> {
    match key.audience() {
        Audience::Entitled | Audience::Everyone => Ok(()),
        Audience::Internal => Err(SignError::Internal { path: key.path() }),
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.url.split_once('?').map_or(self.url.as_str(), |(path, _)| path);
        f.debug_struct("SignedUrl")
            .field("url", &format_args!("{path}?…"))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_term_begins_at_its_window_and_outlives_it_by_the_lifetime() {
        for second in [3000, 3001, 3299] {
            let term = Term::at(at(second), LIFETIME).unwrap();
            assert_eq!((term.begins, term.seconds, term.ends), (at(3000), 1200, at(4200)));
        }
        assert_eq!(Term::at(at(3300), LIFETIME).unwrap().begins, at(3300));
    }

    #[test]
    fn a_term_is_capped_at_seven_days() {
        let term = Term::at(at(0), Duration::from_secs(u64::MAX)).unwrap();
        assert_eq!(term.seconds, 604_800);
    }

    #[test]
    fn a_time_outside_of_signatures_is_refused() {
        for now in [Timestamp::MIN, Timestamp::MAX, at(-1)] {
            assert!(matches!(Term::at(now, LIFETIME), Err(SignError::Time { .. })), "{now}");
        }
    }

    #[test]
    fn debug_hides_the_signature() {
        let signed = SignedUrl { url: "/objects/a?signature=s3cret".to_owned(), expires_at: at(1) };
        assert!(!format!("{signed:?}").contains("s3cret"));
    }
}
