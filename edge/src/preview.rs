//! The whole edge on a folder, for an author's preview and the demo.
//!
//! The one public function that the command line uses. It listens on one
//! address, keeps its ledger and keys in its data folder, prints mail, and
//! takes over a new release within half a second.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use contracts::id::PersonId;
use gate::grant::Act;
use http::header::{COOKIE, HOST};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue};
use ledger::{By, Email, LedgerError};
use secrecy::SecretString;
use store::catalog::Refreshed;
use store::config::{ConfigError, S3Access, StoreConfig};
use store::release::ReadError;
use store::release::key::PublicKey;
use url::Url;

use crate::app::App;
use crate::config::{CacheConfig, Config, MailConfig, Role};
use crate::cookie;
use crate::error::Problem;
use crate::page::Words;
use crate::return_to::ReturnTo;
use crate::route::sign_in::link;
use crate::router;
use crate::secret::{Secret, SecretError};
use crate::serve::{ConnectionLimits, serve};
use crate::service::{self, StartError};
use crate::sign_in_cookie::Waiting;
use crate::token::Session;
use crate::wire;

/// An author saves and looks; half a second is below what one waits for.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What to preview, and as whom.
pub struct Preview {
    /// A published folder store, with `public` and `private` in it.
    pub store_dir: PathBuf,
    /// Whose releases are trusted.
    pub release_key: PublicKey,
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The origin that the browser will use. `None` means `http://localhost`
    /// with the port that was picked.
    pub public_url: Option<Url>,
    /// Where ledger and keys are kept from one preview to the next.
    pub data_dir: PathBuf,
    /// A learner who owns everything there is, and gets a sign-in link.
    pub learner: Option<String>,
    /// As whom a browser without a session looks.
    pub viewer: PreviewViewer,
    /// Further routes, such as the one for live reload.
    pub extra: Router,
    /// Ends the preview.
    pub shutdown: Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// As whom a browser without a session looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewViewer {
    /// As anybody.
    Guest,
    /// As the learner, without signing in.
    Learner,
}

/// The preview listens.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where.
    pub address: SocketAddr,
    /// The origin to open in a browser.
    pub public_url: Url,
    /// Signs the learner in, once. `None` without a learner, or when too many
    /// links were made in the last hour.
    pub sign_in_link: Option<String>,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The folder can't be a store.
    #[error(transparent)]
    Store(#[from] ConfigError),
    /// The keys can't be read or made.
    #[error("a key in the data folder {0}")]
    Secret(SecretError),
    /// The service does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The folder holds no release that can be trusted.
    #[error("failed to read the release")]
    Release(#[from] ReadError),
    /// The learner's address is none.
    #[error("the learner's e-mail address is not one such as `ada@example.org`")]
    Learner,
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The address of the preview can't be written as a URL.
    #[error("the address of the preview is not usable in a URL")]
    Address,
}

/// Serves until `preview.shutdown` completes; `on_ready` is called once, when
/// the first request would be answered.
pub async fn preview(
    preview: Preview,
    on_ready: impl FnOnce(Ready) + Send,
) -> Result<(), PreviewError> {
    let listener = service::listen(preview.listen).await?;
    let address = listener.local_addr().map_err(|_| PreviewError::Address)?;
    let public_url = match &preview.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://localhost:{}", address.port()))
            .map_err(|_| PreviewError::Address)?,
    };
    let config = config(&preview, address, &public_url)?;
    let app = wire::connect(&config).await.map_err(StartError::from)?;
    app.published.refresh().await?;
    let learner = match &preview.learner {
        Some(email) => Some(Learner::new(&app, email).await?),
        None => None,
    };
    let sign_in_link = match &learner {
        Some(learner) => learner.sign_in_link(&app).await?,
        None => None,
    };
    let look_out = tokio::spawn(look_out(Arc::clone(&app), learner.clone()));
    let mut router = router::with_routes(Arc::clone(&app), preview.extra);
    if let (PreviewViewer::Learner, Some(learner)) = (preview.viewer, learner) {
        let state = (Arc::clone(&app), learner);
        router = router.layer(from_fn_with_state(state, look_as_learner));
    }
    router = router.layer(from_fn_with_state(Arc::clone(&app), only_by_own_name));
    on_ready(Ready { address, public_url, sign_in_link });
    let limits = ConnectionLimits { per_address: usize::MAX, exempt: BTreeSet::new() };
    serve(listener, router, limits, preview.shutdown).await;
    look_out.abort();
    app.ledger.close().await;
    Ok(())
}

fn config(
    preview: &Preview,
    address: SocketAddr,
    public_url: &Url,
) -> Result<Config, PreviewError> {
    let side = |name: &str| {
        let folder = std::path::absolute(preview.store_dir.join(name));
        let url = folder.ok().and_then(|folder| Url::from_directory_path(folder).ok());
        url.map(String::from).ok_or_else(|| ConfigError::Location(name.to_owned()))
    };
    let store = StoreConfig::parse(&side("public")?, &side("private")?, S3Access::default())?;
    let key = |name: &str| {
        Secret::from_file_or_new(&preview.data_dir.join(name)).map_err(PreviewError::Secret)
    };
    let ledger = ledger::sqlite_url(&preview.data_dir.join("ledger.db"));
    Ok(Config {
        public_url: public_url.clone(),
        listen: address,
        admin_listen: address,
        roles: BTreeSet::from([Role::Gate, Role::Campus, Role::Site]),
        data_dir: preview.data_dir.clone(),
        store,
        release_keys: vec![preview.release_key.clone()],
        catalog_refresh: LOOK_EVERY,
        ledger: SecretString::from(ledger),
        cache: CacheConfig::Memory,
        mail: MailConfig::Console,
        session_key: key("session.key")?,
        retired_session_keys: Vec::new(),
        link_key: key("link.key")?,
        trusted_proxies: BTreeSet::new(),
        connections_per_address: usize::MAX,
        log: String::new(),
    })
}

/// Someone who owns every product.
#[derive(Clone)]
struct Learner {
    email: Email,
    person: PersonId,
}

impl Learner {
    async fn new(app: &App, email: &str) -> Result<Self, PreviewError> {
        let email = Email::parse(email).map_err(|_| PreviewError::Learner)?;
        let person = app.ledger.ensure_person(&email, app.now()).await?;
        let learner = Self { email, person };
        learner.own_everything(app).await?;
        Ok(learner)
    }

    async fn own_everything(&self, app: &App) -> Result<(), LedgerError> {
        let Ok(publication) = app.published.publication() else { return Ok(()) };
        let now = app.now();
        let owned = app.ledger.claims(&self.person, now).await?.entitlements.products;
        for product in publication.live.manifest().products.keys() {
            if owned.iter().any(|owned| owned.product == *product && owned.until.is_none()) {
                continue;
            }
            let act = Act::Manual {
                id: uuid::Uuid::now_v7().to_string(),
                person: self.person.clone(),
                product: product.clone(),
                starts_at: now,
                ends_at: None,
            };
            let by = By { actor: "lyceum", reason: "the preview's learner owns everything" };
            for grant in gate::grant(&act).unwrap_or_default() {
                app.ledger.grant(&grant, &by, now).await?;
            }
        }
        Ok(())
    }

    async fn sign_in_link(&self, app: &App) -> Result<Option<String>, LedgerError> {
        let Ok(waiting) = Waiting::new(self.email.clone(), ReturnTo::default()) else {
            return Ok(None);
        };
        let started = app.ledger.start_sign_in(&self.email, &waiting.browser, app.now()).await?;
        let Ok(started) = started else { return Ok(None) };
        let Ok(publication) = app.published.publication() else { return Ok(None) };
        let Ok(language) = publication.default_language() else { return Ok(None) };
        let words = Words::new(&publication, language);
        Ok(link(app, words.language(), &started.token, &waiting.return_to).ok())
    }
}

async fn look_out(app: Arc<App>, learner: Option<Learner>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        ticks.tick().await;
        if let (Refreshed::Replaced { .. }, Some(learner)) = (service::look(&app).await, &learner)
            && let Err(error) = learner.own_everything(&app).await
        {
            tracing::warn!(%error, "the preview's learner does not own everything");
        }
    }
}

/// A page of another site can give its own name the address of this machine and
/// then read the preview as if it were its own; that name stands in `Host`.
async fn only_by_own_name(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if is_own_name(request.headers(), &app.public_url) {
        next.run(request).await
    } else {
        Problem::CrossSite.into_response()
    }
}

fn is_own_name(headers: &HeaderMap, public_url: &Url) -> bool {
    let host = headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    host.is_some_and(|host| {
        let name = host.host().trim_matches(['[', ']']);
        name == "localhost"
            || Some(name) == public_url.host_str()
            // No name is looked up for a number, so none can be redirected.
            || name.parse::<IpAddr>().is_ok()
    })
}

/// Adds a fresh session to a request that carries none.
async fn look_as_learner(
    State((app, learner)): State<(Arc<App>, Learner)>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Ok(None) = cookie::find(request.headers(), cookie::SESSION) {
        let session = Session { person: learner.person, entitlements: None };
        let cookie = app.tokens.issue(&session, app.now()).ok();
        let cookie = cookie.map(|token| format!("{}={token}", cookie::SESSION));
        let cookie = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok());
        if let Some(cookie) = cookie {
            request.headers_mut().append(COOKIE, cookie);
        }
    }
    next.run(request).await
}
