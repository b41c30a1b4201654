//! `publish_at:` and its like: one moment, the same for everyone.

use jiff::Timestamp;

use crate::diagnostic::Code;
use crate::field::{Fields, Placed};

/// The moment under a key.
pub(super) fn moment(fields: &mut Fields<'_>, key: &str) -> Option<Placed<Timestamp>> {
    let text = fields.text(key)?;
    if let Ok(timestamp) = text.value.parse::<Timestamp>() {
        return Some(Placed { value: timestamp, span: text.span });
    }
    let local = text.value.parse::<jiff::civil::DateTime>();
    let (message, hint) = match local {
        Ok(local) => (
            format!("`{key}` has no time zone: `{}`", text.value.escape_debug()),
            format!("write `{local}+08:00`, or `{local}Z` for UTC"),
        ),
        Err(_) => (
            format!("`{key}` is not a date and time: `{}`", text.value.escape_debug()),
            "write one such as `2026-12-01T09:00:00+08:00`".to_owned(),
        ),
    };
    fields.tell(Code::BadDate, &text.span, message, hint);
    None
}
