//! What every handler may use. Made once in `wire.rs` and never changed; a
//! handler gets it as its state.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use ledger::Ledger;
use store::sign::Signer;
use store::store::Store;
use url::Url;

use crate::config::Role;
use crate::entitlement_cache::EntitlementCache;
use crate::mail::Mail;
use crate::metrics::Metrics;
use crate::published::Published;
use crate::rate::RateLimit;
use crate::token::Tokens;

/// The service's parts.
pub struct App {
    /// The origin that browsers see.
    pub public_url: Url,
    /// What this edge does.
    pub roles: BTreeSet<Role>,
    /// The release that learners see.
    pub published: Published,
    /// Both sides of the school's storage.
    pub store: Store,
    /// Makes the URLs that expire.
    pub signer: Signer,
    /// People, sessions, grants.
    pub ledger: Ledger,
    /// What the ledger said a moment ago.
    pub entitlements: Arc<dyn EntitlementCache>,
    /// Sends sign-in links.
    pub mail: Arc<dyn Mail>,
    /// Signs and verifies sessions.
    pub tokens: Tokens,
    /// How often one may ask for a sign-in.
    pub limits: SignInLimits,
    /// What operators count.
    pub metrics: Metrics,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: BTreeSet<IpAddr>,
    /// Where browsers fetch signed URLs, when that is not this edge.
    pub object_origin: Option<String>,
    /// Tells the time, once per request; everything below takes `now`.
    pub clock: fn() -> Timestamp,
    /// Set when the process is about to stop.
    pub draining: AtomicBool,
}

/// The limits of signing in; each counts on its own.
pub struct SignInLimits {
    /// By the asker's address.
    pub by_address: RateLimit,
    /// By the digest of the e-mail address.
    pub by_email: RateLimit,
    /// Confirmations by the asker's address: a code has six digits.
    pub confirmations: RateLimit,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            // A classroom behind one address signs in at once.
            by_address: RateLimit::new(30, SignedDuration::from_secs(10)),
            by_email: RateLimit::new(5, SignedDuration::from_mins(2)),
            confirmations: RateLimit::new(60, SignedDuration::from_secs(5)),
        }
    }
}

impl App {
    /// The time of this request.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Whether this edge plays the role.
    #[must_use]
    pub fn plays(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the process is about to stop.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
