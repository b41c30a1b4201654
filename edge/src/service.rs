//! The running service: two listeners, the look-out for new releases, and an
//! orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use store::catalog::Refreshed;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::config::Config;
use crate::error::with_causes;
use crate::router;
use crate::serve::{ConnectionLimits, serve};
use crate::wire::{self, WireError};

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A part of it.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// An address that can't be listened on.
    #[error("failed to listen on `{address}`")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Runs until `shutdown` completes and requests in flight are answered.
pub async fn run(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), StartError> {
    let app = wire::connect(&config).await?;
    let listener = listen(config.listen).await?;
    let operators = listen(config.admin_listen).await?;
    look(&app).await;
    tracing::info!(listen = %config.listen, operators = %config.admin_listen, "started");

    let (stop, stopped) = watch::channel(());
    let limits = ConnectionLimits {
        per_address: config.connections_per_address,
        exempt: config.trusted_proxies.clone(),
    };
    let look_out = tokio::spawn(look_out(Arc::clone(&app), config.catalog_refresh));
    let service = serve(listener, router::router(Arc::clone(&app)), limits.clone(), wait(&stopped));
    // Operators are served to the end, so that a load balancer sees the 503.
    let (end, ended) = watch::channel(());
    let operators = serve(operators, router::operators(Arc::clone(&app)), limits, wait(&ended));
    let orderly_end = async {
        shutdown.await;
        app.draining.store(true, Ordering::Relaxed);
        tracing::info!("stopping");
        drop(stop);
    };
    let service = async {
        service.await;
        drop(end);
    };
    tokio::join!(orderly_end, service, operators);
    look_out.abort();
    app.ledger.close().await;
    Ok(())
}

/// Opens a listening socket.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

/// Asks the store again and again; the last good release stays.
pub async fn look_out(app: Arc<App>, every: Duration) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        look(&app).await;
    }
}

/// Asks the store once. Whether learners see another release since.
pub async fn look(app: &App) -> Refreshed {
    match app.published.refresh().await {
        Ok(Refreshed::Replaced { live }) => {
            tracing::info!(%live, "another release is live");
            warn_of_another_origin(app);
            Refreshed::Replaced { live }
        }
        Ok(Refreshed::Unchanged) => Refreshed::Unchanged,
        Err(error) => {
            app.metrics.count_event("release_refused");
            tracing::warn!(error = with_causes(&error), "no new release was taken over");
            Refreshed::Unchanged
        }
    }
}

/// The pages ask for lessons at their own origin, so an edge elsewhere is
/// never asked, and its cookies never come.
fn warn_of_another_origin(app: &App) {
    let Ok(publication) = app.published.publication() else { return };
    let base_url = &publication.live.manifest().school.base_url;
    if base_url.origin() != app.public_url.origin() {
        let public_url = &app.public_url;
        tracing::warn!(%base_url, %public_url, "the school was built for another origin");
    }
}

/// Completes when the sender is dropped.
fn wait(signal: &watch::Receiver<()>) -> impl Future<Output = ()> + use<> {
    let mut signal = signal.clone();
    async move { while signal.changed().await.is_ok() {} }
}
