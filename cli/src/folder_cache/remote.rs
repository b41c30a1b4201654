//! The cache that a team or a build server shares: a folder or a bucket, asked for what
//! the school's own cache doesn't have and told what was made.
//!
//! It only ever saves time. What comes from there is believed only with the seal of the
//! team, every request has its time, and after the first that fails the rest of the
//! build does without. All of it runs on one thread of its own, as builds are also
//! started from programs that have a runtime of theirs.

use std::env::VarError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc as answer;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use compiler::cache::{Key, Worth};
use contracts::digest::Digest;
use store::config::S3Access;
use store::remote_cache::RemoteCache;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use super::HEAD_BYTES;
use super::seal::{Seal, VARIABLE as KEY};

/// Where it is. In the environment and not in `site.toml`, which comes with a clone: a
/// stranger's change could otherwise send bytes and signatures to a place of his own.
pub(super) const VARIABLE: &str = "LYCEUM_REMOTE_CACHE";

/// A picture that takes longer to fetch takes less to make.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// So long a build waits in the end for what is still on its way.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(30);

/// Requests at once.
const MAX_REQUESTS: usize = 16;

/// Pieces on their way; more are not sent, since they stand in memory.
const MAX_WAITING: usize = 256;

/// Starts every piece; the number changes with what one looks like inside.
const MAGIC: &[u8; 16] = b"lyceum shared  1";

/// All copies of a picture take less.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The shared cache of one build.
#[derive(Debug)]
pub(super) struct Remote {
    seal: Seal,
    requests: Option<mpsc::Sender<Request>>,
    /// Dropped when the build has ended.
    building: Option<oneshot::Sender<()>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    state: Arc<State>,
}

/// How long it may take.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// With one request.
    request: Duration,
    /// With all that is still on its way once the build has ended.
    flush: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { request: REQUEST_TIMEOUT, flush: FLUSH_TIMEOUT }
    }
}

/// What the thread and the build both know.
#[derive(Debug, Default)]
struct State {
    /// Nothing more is asked.
    is_given_up: AtomicBool,
    trouble: Mutex<Option<String>>,
}

#[derive(Debug)]
enum Request {
    Get(Digest, answer::SyncSender<Option<Bytes>>),
    Put(Digest, Bytes),
}

impl Remote {
    /// The one that the environment names, or why it can't be used. `None` if it names
    /// none.
    pub(super) fn from_env(seal: Seal) -> Option<Result<Self, String>> {
        let url = match std::env::var(VARIABLE) {
            Ok(url) if !url.is_empty() => url,
            Ok(_) | Err(VarError::NotPresent) => return None,
            Err(VarError::NotUnicode(_)) => return Some(Err(format!("`{VARIABLE}` is no text"))),
        };
        if std::env::var_os(KEY).is_none() {
            return Some(Err(format!("a shared cache needs a shared key: set `{KEY}`")));
        }
        let access = S3Access::from_env().map_err(|error| error.to_string());
        Some(access.and_then(|access| Self::open(&url, access, seal, Patience::default())))
    }

    fn open(url: &str, s3: S3Access, seal: Seal, patience: Patience) -> Result<Self, String> {
        let cache = RemoteCache::open(url, s3, patience.request).map_err(|error| told(&error))?;
        let (requests, waiting) = mpsc::channel(MAX_WAITING);
        let (building, ended) = oneshot::channel();
        let state = Arc::<State>::default();
        let of_thread = Arc::clone(&state);
        let thread = std::thread::Builder::new()
            .name("remote cache".to_owned())
            .spawn(move || serve(waiting, ended, &cache, &of_thread, patience))
            .map_err(|error| error.to_string())?;
        let thread = Mutex::new(Some(thread));
        Ok(Self { seal, requests: Some(requests), building: Some(building), thread, state })
    }

    /// What someone with the same key has put under this key.
    pub(super) fn get(&self, key: &Key) -> Option<Vec<u8>> {
        if key.worth() != Worth::Sharing || self.state.is_given_up() {
            return None;
        }
        let (send, receive) = answer::sync_channel(1);
        self.requests.as_ref()?.blocking_send(Request::Get(*key.digest(), send)).ok()?;
        let found = receive.recv().ok().flatten()?;
        let bytes = self.opened(key, &found);
        if bytes.is_none() {
            self.state.tell(format!(
                "it holds `{}`, which was not sealed with this `{KEY}`; what was made anew \
                 takes its place",
                key.digest()
            ));
        }
        bytes
    }

    /// Sends a piece there, some time.
    pub(super) fn put(&self, key: &Key, bytes: &[u8]) {
        if key.worth() != Worth::Sharing || self.state.is_given_up() {
            return;
        }
        let Some(requests) = &self.requests else { return };
        let seal = self.seal.of(key, bytes);
        let sealed: Bytes = [MAGIC.as_slice(), seal.as_bytes(), bytes].concat().into();
        if sealed.len() as u64 <= MAX_BYTES {
            // What there is no room for is sent by a later build.
            let _ = requests.try_send(Request::Put(*key.digest(), sealed));
        }
    }

    /// Waits for what is on its way, and says why it was not used or not believed.
    pub(super) fn end(self) -> Option<String> {
        let state = Arc::clone(&self.state);
        drop(self);
        state.trouble()
    }

    #[cfg(test)]
    fn trouble(&self) -> Option<String> {
        self.state.trouble()
    }

    fn opened(&self, key: &Key, found: &[u8]) -> Option<Vec<u8>> {
        let (head, bytes) = found.split_at_checked(HEAD_BYTES)?;
        let seal = head.strip_prefix(MAGIC)?;
        (self.seal.of(key, bytes).as_bytes().as_slice() == seal).then(|| bytes.to_vec())
    }
}

impl Drop for Remote {
    /// Waits for what is on its way.
    fn drop(&mut self) {
        drop((self.requests.take(), self.building.take()));
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl State {
    fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }

    fn give_up(&self, reason: String) {
        self.is_given_up.store(true, Ordering::Relaxed);
        self.tell(reason);
    }

    fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first reason is the one that is told.
    fn tell(&self, reason: String) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.get_or_insert(reason);
    }
}

/// Answers requests until there are no more, or until the build has `ended` for long.
fn serve(
    waiting: mpsc::Receiver<Request>,
    ended: oneshot::Receiver<()>,
    cache: &RemoteCache,
    state: &Arc<State>,
    patience: Patience,
) {
    let late = async {
        // It is only ever dropped.
        let _ = ended.await;
        tokio::time::sleep(patience.flush).await;
    };
    let served = async {
        tokio::select! {
            () = serve_all(waiting, cache, state, patience.request) => {}
            () = late => state.give_up("it took too long to send everything".to_owned()),
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(served),
        Err(error) => state.give_up(error.to_string()),
    }
}

async fn serve_all(
    mut waiting: mpsc::Receiver<Request>,
    cache: &RemoteCache,
    state: &Arc<State>,
    timeout: Duration,
) {
    let room = Arc::new(Semaphore::new(MAX_REQUESTS));
    let mut running = JoinSet::new();
    while let Some(request) = waiting.recv().await {
        // It is never closed.
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { break };
        let (cache, state) = (cache.clone(), Arc::clone(state));
        running.spawn(async move {
            answer_one(request, &cache, &state, timeout).await;
            drop(permit);
        });
        while running.try_join_next().is_some() {}
    }
    while running.join_next().await.is_some() {}
}

async fn answer_one(request: Request, cache: &RemoteCache, state: &State, timeout: Duration) {
    if state.is_given_up() {
        return;
    }
    let began = Instant::now();
    let limited = tokio::time::timeout(timeout, async {
        match request {
            Request::Get(name, answer) => {
                let found = cache.get(&name, MAX_BYTES).await?;
                // Nobody waits any more if the build has ended.
                let _ = answer.send(found);
                Ok(())
            }
            Request::Put(name, bytes) => cache.put(&name, bytes).await,
        }
    });
    match limited.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => state.give_up(told(&error)),
        Err(_) => state.give_up(format!("no answer in {:.0} s", began.elapsed().as_secs_f32())),
    }
}

/// An error with its causes, which say what the server said.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut told = Vec::<String>::new();
    for cause in causes {
        let text = cause.to_string();
        // Some errors repeat their cause.
        if told.last().is_none_or(|last| !last.contains(&text)) {
            told.push(text);
        }
    }
    told.join(": ")
}

#[cfg(test)]
mod tests;
