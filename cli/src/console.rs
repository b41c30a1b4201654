//! The two streams: data goes to stdout, messages for people to stderr.
//!
//! Colours are dropped where nobody would see them (`NO_COLOR`, a pipe, a dumb
//! terminal), and a reader who hangs up is not a failure. No wording lives here.

use std::io::{self, Write};

use serde::Serialize;

use crate::report;

/// The reader of stdout went away, as `head` does; there is nothing left to do.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads stdout any more")]
pub(crate) struct ClosedPipe;

/// Writes data to stdout, with a line end after it.
///
/// Errs with [`ClosedPipe`] when nobody reads it.
pub(crate) fn data(text: &str) -> anyhow::Result<()> {
    let mut stdout = anstream::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ClosedPipe.into()),
        Err(error) => Err(anyhow::Error::new(error).context("failed to write to stdout")),
    }
}

/// Writes one JSON document to stdout.
pub(crate) fn json(document: &impl Serialize) -> anyhow::Result<()> {
    data(&self::document(document)?)
}

/// The text of a JSON document. What would steer a terminal is spelt as `\u009b`, which
/// means the same: JSON itself only does so for the first 32 characters.
pub(crate) fn document(document: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string_pretty(document)?;
    let steers = |c: char| c != '\n' && report::plain(c.encode_utf8(&mut [0; 4])) != c.to_string();
    if text.is_ascii() && !text.contains('\x7f') {
        return Ok(text);
    }
    let mut spelt = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii_graphic() && steers(c) {
            // All of them stand in strings. JSON spells a character by its UTF-16.
            for unit in c.encode_utf16(&mut [0; 2]) {
                spelt.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            spelt.push(c);
        }
    }
    Ok(spelt)
}

/// Tells a person something on stderr. A stderr that can't be written to is no
/// reason to stop working.
pub(crate) fn say(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = writeln!(stderr, "{text}");
}
