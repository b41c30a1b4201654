//! The only place that names adapters: a configuration becomes the parts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use contracts::digest::Digest;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;
use jiff::Timestamp;
use ledger::{Ledger, LedgerError};
use secrecy::ExposeSecret;
use store::catalog::Catalog;
use store::config::StoreConfig;
use store::handover::Handover;
use store::sign::{LIFETIME, LinkSigner, Signer, SignerError};
use store::store::{OpenError, Store};
use url::Url;

use crate::app::{App, SignInLimits};
use crate::config::{CacheConfig, Config, MailConfig, Role};
use crate::entitlement_cache::memory::MemoryCache;
use crate::entitlement_cache::redis::{Patience, RedisCache};
use crate::entitlement_cache::{CacheUnavailable, EntitlementCache};
use crate::mail::console::ConsoleMail;
use crate::mail::smtp::SmtpMail;
use crate::mail::{Mail, MailError};
use crate::metrics::Metrics;
use crate::published::Published;
use crate::secret::{Secret, make_private_folder};
use crate::token::{KeyError, Tokens};

/// Why the parts can't be put together.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The folder of the embedded defaults.
    #[error("failed to make the folder `{folder}`")]
    DataDir {
        /// Which.
        folder: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The store.
    #[error("failed to open the store")]
    Store(#[from] OpenError),
    /// The signer of URLs.
    #[error("failed to prepare signed URLs")]
    Signer(#[from] SignerError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The cache.
    #[error(transparent)]
    Cache(#[from] CacheUnavailable),
    /// Mail.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The session keys.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Puts the parts together. Of all of them only the ledger has to answer.
pub async fn connect(config: &Config) -> Result<Arc<App>, WireError> {
    make_data_dir(&config.data_dir)?;
    let store = Store::open(&config.store)?;
    let signer = signer(config)?;
    Ok(Arc::new(App {
        public_url: config.public_url.clone(),
        roles: config.roles.clone(),
        published: Published::new(catalog(config, store.clone())),
        object_origin: object_origin(&signer, Timestamp::now()),
        store,
        signer,
        ledger: Ledger::connect(config.ledger.expose_secret()).await?,
        entitlements: cache(config, Patience::Request)?,
        mail: mail(config)?,
        tokens: tokens(config)?,
        limits: SignInLimits::default(),
        metrics: Metrics::default(),
        trusted_proxies: config.trusted_proxies.clone(),
        clock: Timestamp::now,
        draining: AtomicBool::new(false),
    }))
}

/// Everything that can be seen to be wrong without asking another server.
#[must_use]
pub fn problems(config: &Config) -> Vec<String> {
    let answers = [
        StoreConfig::check(&config.store).map_err(|error| error.to_string()),
        signer(config).map(drop).map_err(|error| error.to_string()),
        cache(config, Patience::Request).map(drop).map_err(|error| error.to_string()),
        mail(config).map(drop).map_err(|error| error.to_string()),
        tokens(config).map(drop).map_err(|error| error.to_string()),
    ];
    let mut problems: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
    // The signer reads the store's configuration too and repeats its errors.
    problems.dedup();
    problems
}

/// What an operator's command needs: the ledger and the cache before it.
pub async fn ledger_and_cache(
    config: &Config,
) -> Result<(Ledger, Arc<dyn EntitlementCache>), WireError> {
    make_data_dir(&config.data_dir)?;
    Ok((Ledger::connect(config.ledger.expose_secret()).await?, cache(config, Patience::Command)?))
}

/// The published school, read for an operator's command.
pub fn published(config: &Config) -> Result<Published, WireError> {
    Ok(Published::new(catalog(config, Store::open(&config.store)?)))
}

/// The note of the newest release stands where only the edge writes.
fn catalog(config: &Config, store: Store) -> Catalog {
    let catalog = Catalog::new(store, config.release_keys.clone());
    catalog.remembering(&config.data_dir, &config.store.private)
}

fn make_data_dir(folder: &Path) -> Result<(), WireError> {
    make_private_folder(folder)
        .map_err(|source| WireError::DataDir { folder: folder.display().to_string(), source })
}

fn signer(config: &Config) -> Result<Signer, SignerError> {
    Signer::open(&config.store, Some(config.link_key.expose()))
}

/// What an author's preview needs besides the releases themselves.
pub(crate) struct PreviewParts {
    /// The origin that browsers see.
    pub(crate) public_url: Url,
    /// Where the ledger is.
    pub(crate) data_dir: PathBuf,
    /// Signs sessions.
    pub(crate) session_key: Secret,
    /// Signs links.
    pub(crate) link_key: Secret,
}

/// Puts the parts of a preview together: the embedded ones, and in the place of a
/// store what the author's side hands over.
pub(crate) async fn connect_preview(
    parts: PreviewParts,
    handover: Handover,
) -> Result<Arc<App>, WireError> {
    make_data_dir(&parts.data_dir)?;
    let issuer = parts.public_url.origin().ascii_serialization();
    let signer = LinkSigner::new(parts.link_key.expose(), LIFETIME)?;
    let ledger = ledger::sqlite_url(&parts.data_dir.join("ledger.db"));
    Ok(Arc::new(App {
        public_url: parts.public_url,
        roles: BTreeSet::from([Role::Gate, Role::Campus, Role::Site]),
        store: handover.store(),
        published: Published::handed(handover),
        object_origin: None,
        signer: Signer::Link(signer),
        ledger: Ledger::connect(&ledger).await?,
        entitlements: Arc::new(MemoryCache::new()),
        mail: Arc::new(ConsoleMail),
        tokens: Tokens::new(&issuer, &parts.session_key, &[])?,
        limits: SignInLimits::default(),
        metrics: Metrics::default(),
        trusted_proxies: BTreeSet::new(),
        clock: Timestamp::now,
        draining: AtomicBool::new(false),
    }))
}

fn tokens(config: &Config) -> Result<Tokens, KeyError> {
    let issuer = config.public_url.origin().ascii_serialization();
    Tokens::new(&issuer, &config.session_key, &config.retired_session_keys)
}

fn cache(
    config: &Config,
    patience: Patience,
) -> Result<Arc<dyn EntitlementCache>, CacheUnavailable> {
    Ok(match &config.cache {
        CacheConfig::Memory => Arc::new(MemoryCache::new()),
        CacheConfig::Redis(url) => Arc::new(RedisCache::connect(url.expose_secret(), patience)?),
    })
}

fn mail(config: &Config) -> Result<Arc<dyn Mail>, MailError> {
    Ok(match &config.mail {
        MailConfig::Console => Arc::new(ConsoleMail),
        MailConfig::Smtp { url, from } => Arc::new(SmtpMail::connect(url.expose_secret(), from)?),
    })
}

/// Where a browser is sent for a signed object, when that is another server.
/// The signer is asked, so that the two can't disagree.
fn object_origin(signer: &Signer, now: Timestamp) -> Option<String> {
    let name = SitePath::parse("origin").ok()?;
    let key = ObjectKey::Asset { digest: Digest::from_bytes([0; 32]), name };
    let signed = signer.sign(&key, now).ok()?;
    Some(Url::parse(&signed.url).ok()?.origin().ascii_serialization())
}
