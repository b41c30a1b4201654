//! The whole edge on what an author's side hands over, for a preview and the demo.
//!
//! The one public function that the command line uses. It listens on one
//! address, keeps its ledger and keys in its data folder, prints mail, and
//! shows a release from the moment it is handed over.

mod learner;
mod page_end;
mod visit;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::HOST;
use http::uri::Authority;
use ledger::LedgerError;
use store::handover::Handover;
use url::Url;

use crate::app::App;
use crate::error::Problem;
use crate::router;
use crate::secret::{Secret, SecretError};
use crate::serve::{ConnectionLimits, serve};
use crate::service::{self, StartError};
use crate::wire::{self, PreviewParts};
use learner::{Learner, look_as_learner, own_what_is_new};
use page_end::end_pages;

pub use page_end::PageEnd;
pub use visit::{Seen, Visit, Visitor};

/// What to preview, and as whom.
pub struct Preview {
    /// Where releases are handed over. Until the first one, pages tell that there
    /// is nothing yet.
    pub handover: Handover,
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
    /// Further routes, such as the one for live reload; they may look at the
    /// preview themselves.
    pub extra: Box<dyn FnOnce(Visit) -> Router + Send>,
    /// What is put at the end of each page as it is served.
    pub page_end: Option<PageEnd>,
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
    /// Signs the learner in, once. `None` without a learner or a release, or when
    /// too many links were made in the last hour.
    pub sign_in_link: Option<String>,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The keys can't be read or made.
    #[error("a key in the data folder {0}")]
    Secret(SecretError),
    /// The service does not start.
    #[error(transparent)]
    Start(#[from] StartError),
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
    let parts = parts(&preview, public_url.clone())?;
    let connected = wire::connect_preview(parts, preview.handover.clone()).await;
    let app = connected.map_err(StartError::from)?;
    let learner = match &preview.learner {
        Some(email) => Some(Learner::new(&app, email).await?),
        None => None,
    };
    let sign_in_link = match &learner {
        Some(learner) => learner.sign_in_link(&app).await?,
        None => None,
    };
    let router = routes(&app, learner.as_ref(), preview.viewer, preview.extra);
    let router = match preview.page_end {
        Some(end) => router.layer(from_fn_with_state(end, end_pages)),
        None => router,
    };
    let router = router.layer(from_fn_with_state(Arc::clone(&app), only_by_own_name));
    on_ready(Ready { address, public_url, sign_in_link });
    let limits = ConnectionLimits { per_address: usize::MAX, exempt: BTreeSet::new() };
    serve(listener, router, limits, preview.shutdown).await;
    app.ledger.close().await;
    Ok(())
}

fn parts(preview: &Preview, public_url: Url) -> Result<PreviewParts, PreviewError> {
    let key = |name: &str| {
        Secret::from_file_or_new(&preview.data_dir.join(name)).map_err(PreviewError::Secret)
    };
    Ok(PreviewParts {
        public_url,
        data_dir: preview.data_dir.clone(),
        session_key: key("session.key")?,
        link_key: key("link.key")?,
    })
}

/// The edge as it is, and the further routes, which may visit it.
fn routes(
    app: &Arc<App>,
    learner: Option<&Learner>,
    viewer: PreviewViewer,
    extra: Box<dyn FnOnce(Visit) -> Router + Send>,
) -> Router {
    let seen = |router: Router| {
        let Some(learner) = learner else { return router };
        let state = (Arc::clone(app), learner.clone());
        let router = router.layer(from_fn_with_state(state.clone(), own_what_is_new));
        match viewer {
            PreviewViewer::Guest => router,
            PreviewViewer::Learner => router.layer(from_fn_with_state(state, look_as_learner)),
        }
    };
    let visit = Visit::new(seen(router::router(Arc::clone(app))));
    seen(router::with_routes(Arc::clone(app), extra(visit)))
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
