//! What an operator may set: `edge.toml`, overridden by `LYCEUM_*` variables.
//!
//! One table lists every setting, so an unknown key can be named and the
//! example file can be checked. Reading never stops at the first mistake: the
//! error holds all of them.

mod settings;
mod table;

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use store::config::StoreConfig;
use store::release::key::PublicKey;
use url::Url;

use crate::secret::Secret;

pub use settings::Settings;
pub use table::{SETTINGS, Setting};

/// What one edge does besides answering for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Opens lessons: `/api/lessons`, `/api/auth`, `/learn`, `/objects`.
    Gate,
    /// Knows people: `/api/me`, sign-in, `/account`.
    Campus,
    /// Serves the public store, for one-machine installs.
    Site,
}

/// A checked configuration.
#[derive(Debug)]
pub struct Config {
    /// The origin that browsers see; `Host` is never believed.
    pub public_url: Url,
    /// Where the service listens.
    pub listen: SocketAddr,
    /// Where operators ask for health and metrics.
    pub admin_listen: SocketAddr,
    /// What this edge does.
    pub roles: BTreeSet<Role>,
    /// The folder of what the embedded defaults keep.
    pub data_dir: PathBuf,
    /// The published school.
    pub store: StoreConfig,
    /// Public halves of the keys that may sign a release.
    pub release_keys: Vec<PublicKey>,
    /// How often the store is asked for a new release.
    pub catalog_refresh: Duration,
    /// `sqlite:` or `postgres:`; the URL may hold a password.
    pub ledger: SecretString,
    /// Where entitlements are cached.
    pub cache: CacheConfig,
    /// How letters are sent.
    pub mail: MailConfig,
    /// Signs sessions.
    pub session_key: Secret,
    /// Only verify sessions, so that a new key signs nobody out.
    pub retired_session_keys: Vec<Secret>,
    /// Signs links to files in a folder store.
    pub link_key: Secret,
    /// Peers whose `X-Forwarded-For` is believed. Empty by default, so that
    /// nobody can write their own address.
    pub trusted_proxies: BTreeSet<IpAddr>,
    /// Connections that one address may hold open.
    pub connections_per_address: usize,
    /// What is logged, in the notation of `RUST_LOG`.
    pub log: String,
}

/// Where entitlements are cached.
#[derive(Debug)]
pub enum CacheConfig {
    /// In this process.
    Memory,
    /// In Redis; the URL may hold a password.
    Redis(SecretString),
}

/// How letters are sent.
#[derive(Debug)]
pub enum MailConfig {
    /// Printed.
    Console,
    /// By SMTP; the URL may hold a password.
    Smtp {
        /// `smtp://` or `smtps://`.
        url: SecretString,
        /// The sender, such as `School <post@school.org>`.
        from: String,
    },
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// One sentence each: which key or variable, what, and how to mend it.
    pub problems: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration has errors")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the text of `edge.toml` and the environment. Secrets may be read
    /// from files, and the embedded default makes its own in `data_dir`.
    pub fn from_env(
        file: Option<&str>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings = Settings::collect(file, variables)?;
        let config = settings.read();
        let problems = settings.into_problems();
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigError { problems }),
        }
    }

    /// Whether this edge plays the role.
    #[must_use]
    pub fn plays(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

#[cfg(test)]
mod tests;
