//! Progress of long work: a bar on a terminal, silence elsewhere.
//!
//! A log file wants one line at the end, and that line is the command's own.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How far a piece of work is. The bar disappears with it.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Work of a length not known yet; `verb` is what is being done, such as `uploading`.
    pub(crate) fn new(verb: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), target()).with_message(verb);
        Self::styled(bar, "{msg:>12} [{bar:30}] {pos}/{len}")
    }

    /// Work whose steps nobody counts. It shows only if it takes long enough to
    /// make one wonder.
    pub(crate) fn uncounted(verb: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, target()).with_message(verb);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self::styled(bar, "{spinner} {msg} {elapsed}")
    }

    fn styled(bar: ProgressBar, template: &str) -> Self {
        match ProgressStyle::with_template(template) {
            Ok(style) => Self { bar: bar.with_style(style.progress_chars("=> ")) },
            Err(_) => Self { bar },
        }
    }

    /// The work has so many steps.
    pub(crate) fn plan(&self, steps: usize) {
        self.bar.set_length(steps as u64);
    }

    /// One more step is done.
    pub(crate) fn advance(&self) {
        self.bar.inc(1);
    }
}

fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
