//! `publish_at:` and its like: one moment, the same for everyone.

use jiff::Timestamp;

use crate::diagnostic::Code;
use crate::diagnostic::shown::shown;
use crate::field::{Fields, Placed};

/// Takes away the moment that a level above says.
const NONE: &str = "none";

/// A moment, if its key is there: none, if that is what it says.
type Moment = Option<Placed<Option<Timestamp>>>;

/// When a lesson opens and when it is over: `publish_at` and `expires_at`.
pub(super) fn span(fields: &mut Fields<'_>) -> (Moment, Moment) {
    let publish_at = moment(fields, "publish_at");
    let expires_at = moment(fields, "expires_at");
    if let (Some(Placed { value: Some(from), .. }), Some(until)) = (&publish_at, &expires_at)
        && until.value.is_some_and(|until| until <= *from)
    {
        let message = "`expires_at` is not after `publish_at`: the lesson never opens";
        let hint = format!("write a moment after `{from}`, or leave it out");
        fields.tell(Code::BadDate, &until.span, message, hint);
    }
    (publish_at, expires_at)
}

/// The moment under a key.
fn moment(fields: &mut Fields<'_>, key: &str) -> Moment {
    let text = fields.text(key)?;
    if text.value == NONE {
        return Some(Placed { value: None, span: text.span });
    }
    if let Ok(timestamp) = text.value.parse::<Timestamp>() {
        return Some(Placed { value: Some(timestamp), span: text.span });
    }
    let local = text.value.parse::<jiff::civil::DateTime>();
    let (message, hint) = match local {
        Ok(local) => (
            format!("`{key}` has no time zone: `{}`", shown(&text.value)),
            format!("write `{local}+08:00`, or `{local}Z` for UTC"),
        ),
        Err(_) => (
            format!("`{key}` is not a date and time: `{}`", shown(&text.value)),
            "write one such as `2026-12-01T09:00:00+08:00`".to_owned(),
        ),
    };
    fields.tell(Code::BadDate, &text.span, message, hint);
    None
}
