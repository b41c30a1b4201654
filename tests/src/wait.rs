//! Waiting for something to become true: by asking again, never by sleeping
//! for as long as it usually takes.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, MissedTickBehavior};

/// How often one asks again.
const EVERY: Duration = Duration::from_millis(50);

/// Asks until the answer is there; an error that names `what` after `within`.
pub async fn until<T>(
    what: &str,
    within: Duration,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> Result<T> {
    let deadline = Instant::now() + within;
    let mut clock = tokio::time::interval(EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        if Instant::now() > deadline {
            bail!("{what} did not happen within {within:?}");
        }
    }
}
