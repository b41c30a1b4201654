//! How often somebody may ask: the generic cell rate algorithm in memory.
//!
//! Each key has a theoretical arrival time; a request that comes too far
//! ahead of it is told how long to wait. Keys are digests, never addresses.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// More keys than this are never remembered: those whose time has come go first,
/// and if that makes no room, all do.
const MAX_KEYS: usize = 50_000;

/// A limit of `burst` requests at once and one more per `interval`.
pub struct RateLimit {
    interval: SignedDuration,
    tolerance: SignedDuration,
    arrivals: Mutex<HashMap<[u8; 32], Timestamp>>,
}

/// Too soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSoon {
    /// Whole seconds until the next request is taken.
    pub retry_after_seconds: i64,
}

impl RateLimit {
    /// `burst` requests at once, then one per `interval`.
    #[must_use]
    pub fn new(burst: i32, interval: SignedDuration) -> Self {
        Self { interval, tolerance: interval * (burst - 1).max(0), arrivals: Mutex::default() }
    }

    /// Counts a request of `key`, or says how long it has to wait.
    pub fn take(&self, key: &str, now: Timestamp) -> Result<(), TooSoon> {
        let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let due = arrivals.get(&digest).copied().unwrap_or(now).max(now);
        let early = due.duration_since(now) - self.tolerance;
        if early.is_positive() {
            return Err(TooSoon { retry_after_seconds: early.as_secs() + 1 });
        }
        if arrivals.len() >= MAX_KEYS {
            // A key whose time has come carries no memory worth keeping.
            arrivals.retain(|_, due| *due > now);
            if arrivals.len() >= MAX_KEYS {
                arrivals.clear();
            }
        }
        arrivals.insert(digest, due + self.interval);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_burst_passes_and_then_one_per_interval() {
        let limit = RateLimit::new(3, SignedDuration::from_secs(10));
        for _ in 0..3 {
            assert_eq!(limit.take("a", at(0)), Ok(()));
        }
        assert_eq!(limit.take("a", at(0)), Err(TooSoon { retry_after_seconds: 11 }));
        assert_eq!(limit.take("b", at(0)), Ok(()));
        assert_eq!(limit.take("a", at(10)), Ok(()));
        assert!(limit.take("a", at(11)).is_err());
    }

    #[test]
    fn a_flood_of_keys_stays_bounded() {
        let limit = RateLimit::new(1, SignedDuration::from_secs(10));
        for n in 0..(MAX_KEYS + 10) {
            let _ = limit.take(&n.to_string(), at(0));
        }
        assert!(limit.arrivals.lock().unwrap().len() <= MAX_KEYS);
    }
}
