//! A relay before the S3 server that counts what is asked of it, and that can lose the
//! connection on purpose.
//!
//! It stands outside of both programs, so that neither can miscount.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The relay; it ends when dropped.
#[derive(Debug)]
pub struct Traffic {
    endpoint: String,
    seen: Arc<Mutex<Seen>>,
    relay: JoinHandle<()>,
}

/// What was asked of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requests(BTreeMap<String, usize>);

#[derive(Debug, Default)]
struct Seen {
    requests: Requests,
    /// So many more objects are let through; `None` lets all through.
    puts_left: Option<usize>,
}

/// No request of an S3 client has a longer head.
const MAX_HEAD_BYTES: usize = 64 * 1024;

impl Traffic {
    /// A relay before the server at `http://HOST:PORT`.
    pub async fn before(server: &str) -> Result<Self> {
        let server = server.strip_prefix("http://").context("the server speaks no plain HTTP")?;
        let server = server.trim_end_matches('/').to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let seen = Arc::<Mutex<Seen>>::default();
        let shared = Arc::clone(&seen);
        let relay = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, seen) = (server.clone(), Arc::clone(&shared));
                // A connection that breaks is what a client must live with.
                tokio::spawn(async move { drop(pass_on(client, &server, &seen).await) });
            }
        });
        Ok(Self { endpoint, seen, relay })
    }

    /// Where it listens, for the program under test.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What was asked since the last time, and forgets it.
    #[must_use]
    pub fn take(&self) -> Requests {
        std::mem::take(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner).requests)
    }

    /// From now on, loses the connection at every object after this many; `None` at none.
    pub fn lose_after(&self, puts: Option<usize>) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).puts_left = puts;
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.relay.abort();
    }
}

impl Requests {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// Those of a method, such as `PUT`.
    #[must_use]
    pub fn of(&self, method: &str) -> usize {
        self.0.get(method).copied().unwrap_or_default()
    }
}

impl Seen {
    /// Counts a request; errs if it is to be lost.
    fn note(&mut self, method: &str) -> Result<()> {
        if method == "PUT"
            && let Some(left) = &mut self.puts_left
        {
            *left = left.checked_sub(1).context("lost on purpose")?;
        }
        *self.requests.0.entry(method.to_owned()).or_default() += 1;
        Ok(())
    }
}

/// Passes one connection on, request by request; what comes back is not looked at.
async fn pass_on(client: TcpStream, server: &str, seen: &Mutex<Seen>) -> Result<()> {
    let (from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    let answers =
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut requests = BufReader::new(from_client);
    let ended = loop {
        match pass_one_on(&mut requests, &mut to_server, seen).await {
            Ok(true) => {}
            Ok(false) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    answers.abort();
    ended
}

/// Passes a request on; `false` if there is none any more.
async fn pass_one_on(
    requests: &mut (impl AsyncBufReadExt + Unpin),
    server: &mut OwnedWriteHalf,
    seen: &Mutex<Seen>,
) -> Result<bool> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if requests.read_until(b'\n', &mut head).await? == 0 {
            return Ok(false);
        }
        ensure!(head.len() <= MAX_HEAD_BYTES, "the head of a request has no end");
    }
    let text = std::str::from_utf8(&head)?;
    let method = text.split(' ').next().unwrap_or_default();
    let mut length = 0;
    for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse()?,
            "transfer-encoding" => bail!("a body of unknown length can't be passed on"),
            _ => {}
        }
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).note(method)?;
    server.write_all(&head).await?;
    tokio::io::copy(&mut requests.take(length), server).await?;
    Ok(true)
}
