//! Work that may never end, done aside: on a thread with a stack of known size, whose
//! answer is waited for only so long.
//!
//! The expressions of a grammar and the layout of a diagram are other people's, and some
//! of them can be stopped by nobody. A count of steps would be the better limit, since
//! it is the same on each machine; this one is for what has no such count. What it cut
//! off must not be remembered, as another machine may come to an answer. It is the only
//! place in the compiler that waits by a clock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The stack of a thread. The deepest layouts that the limits of diagrams let through
/// need a quarter of it, even unoptimised.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// So many answers may stay away. A thread that is left alone goes on for as long as it
/// likes, and a school of a thousand such blocks must be told of them before evening.
pub(crate) const MOST_LATE: usize = 8;

/// Work that is handed to a thread.
type Job = Box<dyn FnOnce() + Send>;

/// Threads that work aside, and wait for more between two pieces of work.
#[derive(Debug)]
pub(crate) struct Aside {
    patience: Duration,
    idle: Mutex<Vec<Sender<Job>>>,
    late: AtomicUsize,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// It did not come in time.
    Late,
    /// [`MOST_LATE`] others did not come in time, so this one was not waited for.
    NotBegun,
    /// The work broke off.
    Broken,
}

impl Aside {
    /// Waits for each answer so many milliseconds.
    pub(crate) fn new(patience_ms: u64) -> Self {
        Self {
            patience: Duration::from_millis(patience_ms),
            idle: Mutex::default(),
            late: AtomicUsize::new(0),
        }
    }

    /// How many seconds an answer is waited for.
    pub(crate) fn patience_seconds(&self) -> u64 {
        self.patience.as_secs()
    }

    /// What the work comes to. Of work that is late nothing is heard again.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        if self.late.load(Ordering::Relaxed) >= MOST_LATE {
            return Err(Unanswered::NotBegun);
        }
        let (answer, answered) = mpsc::sync_channel(1);
        let worker = self.hand(Box::new(move || {
            // Nobody listens any more to what is late.
            let _ = answer.send(work());
        }))?;
        match answered.recv_timeout(self.patience) {
            Ok(value) => {
                self.idle().push(worker);
                Ok(value)
            }
            Err(RecvTimeoutError::Timeout) => {
                self.late.fetch_add(1, Ordering::Relaxed);
                Err(Unanswered::Late)
            }
            Err(RecvTimeoutError::Disconnected) => Err(Unanswered::Broken),
        }
    }

    /// Hands work to a thread that has none, or to a new one.
    fn hand(&self, job: Job) -> Result<Sender<Job>, Unanswered> {
        let idle = self.idle().pop();
        let job = match idle {
            None => job,
            Some(worker) => match worker.send(job) {
                Ok(()) => return Ok(worker),
                Err(mpsc::SendError(job)) => job,
            },
        };
        let (worker, jobs) = mpsc::channel::<Job>();
        let thread = thread::Builder::new().name("aside".to_owned()).stack_size(STACK_BYTES);
        // It ends with its sender.
        let begun = thread.spawn(move || jobs.into_iter().for_each(|job| job()));
        begun.map_err(|_| Unanswered::Broken)?;
        worker.send(job).map_err(|_| Unanswered::Broken)?;
        Ok(worker)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Sender<Job>>> {
        // A thread more or less in the list is no harm.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: u64 = 60_000;

    #[test]
    fn work_is_done_by_a_thread_that_is_used_again() {
        let aside = Aside::new(LONG);
        let first = aside.ask(|| thread::current().id()).unwrap();
        let second = aside.ask(|| thread::current().id()).unwrap();
        assert_eq!(first, second);
        assert_ne!(first, thread::current().id());
        let both: Vec<_> = thread::scope(|scope| {
            let ask = || aside.ask(|| 1).unwrap();
            [scope.spawn(ask), scope.spawn(ask)].map(|one| one.join().unwrap()).into()
        });
        assert_eq!(both, [1, 1]);
    }

    #[test]
    fn what_has_no_end_is_left_alone_and_not_begun_for_ever() {
        let aside = Aside::new(1);
        let (hold, held) = mpsc::channel::<()>();
        let held = std::sync::Arc::new(Mutex::new(held));
        for _ in 0..MOST_LATE {
            let held = std::sync::Arc::clone(&held);
            let endless = move || drop(held.lock().map(|held| held.recv()));
            assert_eq!(aside.ask(endless), Err(Unanswered::Late));
        }
        assert_eq!(aside.ask(|| 1), Err(Unanswered::NotBegun));
        drop(hold);
    }

    #[test]
    fn work_that_breaks_off_takes_nothing_with_it() {
        let aside = Aside::new(LONG);
        let none: Option<u8> = std::hint::black_box(None);
        assert_eq!(aside.ask(move || none.unwrap()), Err(Unanswered::Broken));
        assert_eq!(aside.ask(|| 1), Ok(1));
    }
}
