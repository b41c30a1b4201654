//! The shared cache: every edge that uses the same Redis hears of a change at
//! its next request.
//!
//! Each command has its own deadline, because the client by itself waits for
//! a silent server for as long as it likes.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use contracts::claims::Entitlements;
use contracts::id::PersonId;
use jiff::Timestamp;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisResult, Script};

use crate::entitlement_cache::{CacheUnavailable, EntitlementCache};

/// A far server with TLS needs several round trips before its first answer. The
/// connection is made in the background, so no request waits for it.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// After a failure the cache is left alone for this long, so that an outage
/// costs one request per second its deadline and not all of them.
const PAUSE_MILLISECONDS: i64 = 1000;
const TTL_SECONDS: u64 = 60;

/// Writes unless a newer version is there. Runs inside Redis, where nothing
/// can come between the look and the write.
const STORE_NEWER: &str = r"
local kept = redis.call('HGET', KEYS[1], 'version')
if kept and tonumber(kept) > tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'entitlements', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
";

/// How long an answer of the cache is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// A learner waits: 100 ms, then claims or the ledger decide.
    Request,
    /// An operator waits, and wants the cache told: 5 s.
    Command,
}

impl Patience {
    fn deadline(self) -> Duration {
        match self {
            Self::Request => Duration::from_millis(100),
            Self::Command => Duration::from_secs(5),
        }
    }
}

/// Keeps entitlements in Redis.
pub struct RedisCache {
    connection: ConnectionManager,
    deadline: Duration,
    store_newer: Script,
    /// Unix milliseconds before which no new attempt is made.
    paused_until: AtomicI64,
}

impl RedisCache {
    /// Prepares a connection without making it: an edge starts without its cache.
    pub fn connect(url: &str, patience: Patience) -> Result<Self, CacheUnavailable> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(patience.deadline()))
            .set_number_of_retries(1);
        let connection = Client::open(url)
            .and_then(|client| client.get_connection_manager_lazy(config))
            // The error of an unreadable URL may quote the password in it.
            .map_err(|_| CacheUnavailable("the `redis:` URL is not readable".to_owned()))?;
        Ok(Self {
            connection,
            deadline: patience.deadline(),
            store_newer: Script::new(STORE_NEWER),
            paused_until: AtomicI64::new(0),
        })
    }

    /// The command goes on by itself when it is no longer waited for: it may be
    /// the one that makes the connection for those after it.
    async fn within_deadline<T: Send + 'static>(
        &self,
        now: Timestamp,
        command: impl Future<Output = RedisResult<T>> + Send + 'static,
    ) -> Result<T, CacheUnavailable> {
        let milliseconds = now.as_millisecond();
        if milliseconds < self.paused_until.load(Ordering::Relaxed) {
            return Err(CacheUnavailable("it failed less than a second ago".to_owned()));
        }
        let failure = match tokio::time::timeout(self.deadline, tokio::spawn(command)).await {
            Ok(Ok(Ok(value))) => return Ok(value),
            // The kind alone: the text of an error may quote what was sent.
            Ok(Ok(Err(error))) => format!("{:?}", error.kind()),
            Ok(Err(_)) => "the edge is stopping".to_owned(),
            Err(_) => format!("no answer in {} ms", self.deadline.as_millis()),
        };
        self.paused_until.store(milliseconds + PAUSE_MILLISECONDS, Ordering::Relaxed);
        Err(CacheUnavailable(failure))
    }
}

fn key(person: &PersonId) -> String {
    format!("lyceum:entitlements:{person}")
}

#[async_trait]
impl EntitlementCache for RedisCache {
    async fn load(
        &self,
        person: &PersonId,
        now: Timestamp,
    ) -> Result<Option<Entitlements>, CacheUnavailable> {
        let mut connection = self.connection.clone();
        let key = key(person);
        let kept: Option<String> = self
            .within_deadline(now, async move { connection.hget(key, "entitlements").await })
            .await?;
        // What can't be read is as good as not there: the ledger is asked.
        Ok(kept.and_then(|json| serde_json::from_str(&json).ok()))
    }

    async fn store(
        &self,
        person: &PersonId,
        entitlements: &Entitlements,
        now: Timestamp,
    ) -> Result<(), CacheUnavailable> {
        let json = serde_json::to_string(entitlements)
            .map_err(|error| CacheUnavailable(error.to_string()))?;
        let mut connection = self.connection.clone();
        let (script, key, version) = (self.store_newer.clone(), key(person), entitlements.version);
        self.within_deadline(now, async move {
            let mut call = script.key(key);
            call.arg(version).arg(json).arg(TTL_SECONDS);
            call.invoke_async::<i64>(&mut connection).await.map(|_| ())
        })
        .await
    }
}
