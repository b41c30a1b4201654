//! Diagnostics as they would stand on a terminal, to be compared word by word.

use std::fmt::Write as _;

use compiler::diagnostic::{Diagnostic, Severity};

/// Place, severity, code and message, then the line and the hint below each other.
pub(crate) fn shown(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.path.to_string();
    if let Some(span) = diagnostic.span {
        let _ = write!(text, ":{}:{}+{}", span.line, span.column, span.length);
    }
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let _ = writeln!(text, " {severity}[{}]: {}", diagnostic.code, diagnostic.message);
    if let Some(line) = &diagnostic.source_line {
        let _ = writeln!(text, "  | {line}");
    }
    if let Some(hint) = &diagnostic.hint {
        let _ = writeln!(text, "  hint: {hint}");
    }
    text
}

/// The same without the line of the source, where it says nothing that a test is about.
pub(crate) fn without_source(diagnostic: &Diagnostic) -> String {
    let lines = shown(diagnostic);
    let lines = lines.split_inclusive('\n').filter(|line| !line.starts_with("  | "));
    lines.collect()
}
