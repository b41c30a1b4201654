//! Where the time of a build goes, for whoever has a clock.
//!
//! The compiler has none: it says what it begins and ends, and the caller measures.
//! What is measured never changes what is made.

// From `core`, which knows lengths of time and no clock.
use core::time::Duration;
use std::fmt::Debug;

/// A part of a build that is worth measuring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work<'w> {
    /// Front matter, layout and order of all files.
    Parsing,
    /// Every text from Markdown to HTML, with code, formulas and pictures.
    Markdown,
    /// All pages.
    Pages,
    /// One page, on one of the cores; its time is part of [`Work::Pages`].
    Page {
        /// What kind of page it is, as its template is named.
        template: &'static str,
        /// The author's file that it shows, or its template's kind again.
        about: &'w str,
    },
    /// The search indexes.
    Search,
    /// Compressed copies and the manifest.
    Compressing,
    /// The proof that nothing paid is public.
    Proof,
}

/// Measures. Both methods are called from many threads at once.
pub trait Stopwatch: Debug + Sync {
    /// The time since a moment that stays the same.
    fn now(&self) -> Duration;

    /// A piece of work took so long.
    fn took(&self, work: Work<'_>, time: Duration);
}

/// Measures nothing.
#[derive(Debug)]
pub struct NoStopwatch;

impl Stopwatch for NoStopwatch {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn took(&self, _work: Work<'_>, _time: Duration) {}
}

/// Does some work under a stopwatch.
pub(crate) fn timed<T>(watch: &dyn Stopwatch, work: Work<'_>, run: impl FnOnce() -> T) -> T {
    let began = watch.now();
    let made = run();
    watch.took(work, watch.now().saturating_sub(began));
    made
}
