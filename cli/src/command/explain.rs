//! `lyceum explain`: what a diagnostic means and how to mend what it is about.

use compiler::diagnostic::code::Standing;
use compiler::diagnostic::{Code, Severity};

use crate::console;
use crate::failure::{Failure, Outcome};

/// Explains one code, or lists all of them.
pub(crate) fn run(code: Option<&str>) -> anyhow::Result<Outcome> {
    match code {
        Some(code) => console::data(&explanation(parse(code)?))?,
        None => console::data(&list())?,
    }
    Ok(Outcome::Done)
}

/// A code that was typed; the refusal knows the one that was meant.
pub(crate) fn parse(code: &str) -> Result<Code, Failure> {
    code.parse::<Code>().map_err(|unknown| {
        let hint = unknown.near.map_or_else(
            || "`lyceum explain` lists all codes".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::new(unknown.to_string(), hint)
    })
}

fn explanation(code: Code) -> String {
    let standing = match code.standing() {
        Standing::Always => "error, which can't be lowered",
        Standing::Error => "error, unless `--warn` or `--allow` lowers it",
        Standing::Warning => "warning, unless `--deny` or `--allow` changes it",
    };
    let mut text = format!("{code}: {standing}\n\n");
    let mut indent = "";
    for line in code.explanation().lines() {
        // A fence of Markdown; on a terminal an indent shows an example better.
        if line.starts_with("~~~") {
            indent = if indent.is_empty() { "    " } else { "" };
        } else {
            text += format!("{indent}{line}").trim_end();
            text += "\n";
        }
    }
    // Fences leave empty lines on both sides.
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text.trim_end().to_owned()
}

fn list() -> String {
    let line = |code: &Code| {
        let severity = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        format!("{:<26} {severity:<8} {}", code.name(), code.summary())
    };
    Code::ALL.iter().map(line).collect::<Vec<_>>().join("\n")
}
