//! How a run ends, and how a failure of the tool is told.
//!
//! The author's mistakes are not failures: they are diagnostics and belong to
//! `report`.

use std::fmt;
use std::process::ExitCode;

use compiler::diagnostic::{Diagnostic, has_errors};
use owo_colors::OwoColorize;

use crate::console;
use crate::report;

/// How a command ended, if nothing stopped it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was done.
    Done,
    /// The content has errors, and they were shown.
    ContentHasErrors,
}

impl Outcome {
    /// How a command ends that showed these diagnostics.
    pub(crate) fn of(diagnostics: &[Diagnostic]) -> Self {
        if has_errors(diagnostics) { Self::ContentHasErrors } else { Self::Done }
    }

    /// 0 or 1; 2 is kept for a failure of the tool.
    pub(crate) fn exit_code(self) -> ExitCode {
        match self {
            Self::Done => ExitCode::SUCCESS,
            Self::ContentHasErrors => ExitCode::from(1),
        }
    }
}

/// A failure that knows the way out.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: String,
}

impl Failure {
    /// `message` says what is wrong, `hint` what to do about it; both lower
    /// case, without a full stop, with what can be typed in backticks.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Tells the person what stopped the run, and answers with exit code 2.
pub(crate) fn explain(error: &anyhow::Error) -> ExitCode {
    if error.is::<console::ClosedPipe>() {
        return ExitCode::SUCCESS;
    }
    let mut text = format!("{} {}", "error:".red().bold(), report::plain(&error.to_string()));
    for cause in error.chain().skip(1) {
        text += &format!("\n  caused by: {}", report::plain(&cause.to_string()));
    }
    // What was added as a context is found by the error itself and not in its chain.
    let failure = error
        .downcast_ref::<Failure>()
        .or_else(|| error.chain().find_map(|cause| cause.downcast_ref::<Failure>()));
    if let Some(failure) = failure {
        text += &format!("\n{} {}", "hint:".cyan().bold(), report::plain(&failure.hint));
    }
    console::say(&text);
    ExitCode::from(2)
}
