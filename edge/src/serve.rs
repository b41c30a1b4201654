//! Our own accept loop, because the framework's has no timers: a client that
//! sends half a header would hold its connection, and the shutdown, for ever.

mod timed_io;

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::peer::{self, Peer};
use crate::serve::timed_io::TimedIo;

/// A header comes in one or two packets; ten seconds forgive a lossy line.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Requests in flight get this long when the process is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);
/// Room for a session cookie of 4 KB and long URLs, and no more.
const MAX_HEAD_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;
/// Each connection may hold a buffer and a file; this keeps both countable.
const MAX_CONNECTIONS: usize = 8192;

/// How many connections one address may hold, and who is exempt.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// Connections of one address at a time.
    pub per_address: usize,
    /// A proxy speaks for many.
    pub exempt: BTreeSet<IpAddr>,
}

/// Serves until `shutdown` completes, then drains for at most 20 seconds.
///
/// HTTP/1.1 only: browsers reach an edge through a proxy or a CDN that speaks
/// to them in HTTP/2, and what isn't there can't be flooded.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let counts = Arc::new(AddressCounts::default());
    tokio::pin!(shutdown);
    loop {
        let stream = tokio::select! {
            () = &mut shutdown => break,
            slot = accept(&listener, &slots) => slot,
        };
        let Some((stream, peer, slot)) = stream else { continue };
        // Closed without a word: an answer would cost what the limit saves.
        let Some(place) = place(&counts, &limits, peer) else { continue };
        let connection = connection(stream, peer, router.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection.await;
            drop((place, slot));
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were cut off after {DRAIN_TIMEOUT:?}");
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, Peer, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, Peer(peer), slot)),
        Err(error) => {
            // Out of file descriptors, most likely: asking again at once would
            // spin, and connections that end in the meantime make room.
            tracing::warn!(%error, "a connection was not accepted");
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}

/// Room for one more connection, if there is any. A household has one share of
/// it, however many addresses of IPv6 it makes up.
fn place(counts: &Arc<AddressCounts>, limits: &ConnectionLimits, peer: Peer) -> Option<Place> {
    let address = peer.0.ip().to_canonical();
    let limit = if limits.exempt.contains(&address) { usize::MAX } else { limits.per_address };
    counts.take(peer::network(address), limit)
}

fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    watcher: Watcher,
) -> impl Future<Output = ()> {
    // Small answers go out at once instead of waiting for more.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request.map(axum::body::Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(TimedIo::new(stream)), service);
    let connection = watcher.watch(connection);
    async move {
        // A client that goes away or speaks no HTTP is no fault of ours.
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke");
        }
    }
}

/// Open connections by address.
#[derive(Default)]
struct AddressCounts(Mutex<HashMap<IpAddr, usize>>);

/// Gives its place back when it is dropped.
struct Place {
    counts: Arc<AddressCounts>,
    address: IpAddr,
}

impl AddressCounts {
    fn take(self: &Arc<Self>, address: IpAddr, limit: usize) -> Option<Place> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Place { counts: Arc::clone(self), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gets_its_places_back() {
        let counts = Arc::new(AddressCounts::default());
        let address = "10.0.0.1".parse().unwrap();
        let first = counts.take(address, 1);
        assert!(first.is_some());
        assert!(counts.take(address, 1).is_none());
        assert!(counts.take("10.0.0.2".parse().unwrap(), 1).is_some());
        drop(first);
        assert!(counts.take(address, 1).is_some());
        assert!(counts.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_household_has_one_share_of_the_connections() {
        let peer = |ip: &str| Peer(std::net::SocketAddr::new(ip.parse().unwrap(), 1));
        let counts = Arc::new(AddressCounts::default());
        let limits = ConnectionLimits { per_address: 1, exempt: ["::1".parse().unwrap()].into() };
        let first = place(&counts, &limits, peer("2001:db8::1"));
        assert!(first.is_some());
        assert!(place(&counts, &limits, peer("2001:db8::2")).is_none());
        assert!(place(&counts, &limits, peer("2001:db8:0:1::2")).is_some());
        let exempt = [place(&counts, &limits, peer("::1")), place(&counts, &limits, peer("::1"))];
        assert!(exempt.iter().all(Option::is_some));
    }
}
