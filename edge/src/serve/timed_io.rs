//! A connection that ends itself when nothing moves.
//!
//! It watches bytes, not requests: a slow download lives as long as its
//! client takes some of it, and a silent client is gone after the timeout.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Keep-alive costs little, but a phone that left never says so.
const IDLE: Duration = Duration::from_secs(15);
/// A paused video stops reading; its player asks again with a range later.
const STALLED: Duration = Duration::from_secs(60);

/// Wraps a stream with the two timeouts.
pub(super) struct TimedIo<S> {
    stream: S,
    /// Fires when nothing was read or written for too long.
    timer: Pin<Box<Sleep>>,
    writing: bool,
}

impl<S> TimedIo<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, timer: Box::pin(tokio::time::sleep(IDLE)), writing: false }
    }

    /// Bytes moved, or the kind of waiting changed: the time starts anew.
    fn restart(&mut self) {
        let allowed = if self.writing { STALLED } else { IDLE };
        self.timer.as_mut().reset(Instant::now() + allowed);
    }

    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        match self.timer.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    fn written<T>(
        &mut self,
        context: &mut Context<'_>,
        answer: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match answer {
            Poll::Ready(answer) => {
                self.writing = false;
                self.restart();
                Poll::Ready(answer)
            }
            Poll::Pending => {
                if !self.writing {
                    self.writing = true;
                    self.restart();
                }
                self.wait(context)
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(answer) => {
                self.restart();
                Poll::Ready(answer)
            }
            Poll::Pending => self.wait(context),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimedIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let answer = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, answer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let answer = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, answer)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_is_gone_after_the_idle_timeout() {
        let (_silent, ours) = tokio::io::duplex(64);
        let started = Instant::now();
        let error = TimedIo::new(ours).read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed().as_secs(), IDLE.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stops_reading_is_gone_after_the_stall_timeout() {
        let (_stalled, ours) = tokio::io::duplex(64);
        let started = Instant::now();
        let error = TimedIo::new(ours).write_all(&[0; 1024]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(started.elapsed().as_secs(), STALLED.as_secs());
    }
}
