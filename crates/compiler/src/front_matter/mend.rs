//! Front matter that YAML can't read, for a reason that has one certain mend: tabs
//! before keys, and texts that need quotes.

use std::ops::Range;

use crate::field::{SourceText, yaml};

/// What is tried, and what to call it.
type Attempt = (fn(&str) -> String, &'static str);

/// The bytes to replace, what to write there, and what that does. `None` if the
/// keys could not be read afterwards either.
pub(super) fn readable(
    source: SourceText<'_>,
    keys: Range<usize>,
) -> Option<(Range<usize>, String, &'static str)> {
    let before = source.text.get(keys.clone())?;
    let mends: [Attempt; 3] = [
        (without_tabs, "indent by spaces"),
        (quoted, "quote what needs quotes"),
        (|text| quoted(&without_tabs(text)), "indent by spaces and quote what needs quotes"),
    ];
    for (mend, what) in mends {
        let after = mend(before);
        let all = SourceText { text: &after, ..source };
        if after != before && yaml::read(all, 0..after.len()).is_ok() {
            return Some((keys, after, what));
        }
    }
    None
}

/// A tab before a key becomes two spaces.
fn without_tabs(text: &str) -> String {
    let line = |line: &str| {
        let rest = line.trim_start_matches([' ', '\t']);
        let indent = line.get(..line.len() - rest.len()).unwrap_or_default();
        indent.replace('\t', "  ") + rest
    };
    text.split_inclusive('\n').map(line).collect()
}

/// Texts of plain keys get quotes if YAML would read something else in them.
fn quoted(text: &str) -> String {
    let line = |line: &str| {
        let end = line.trim_end_matches(['\r', '\n']).len();
        let (content, ending) = line.split_at(end);
        let Some((key, value)) = content.split_once(": ") else {
            return line.to_owned();
        };
        let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let value = value.trim();
        if !is_key || !needs_quotes(value) {
            return line.to_owned();
        }
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
        format!("{key}: \"{escaped}\"{ending}")
    };
    text.split_inclusive('\n').map(line).collect()
}

fn needs_quotes(value: &str) -> bool {
    let opens_something = value.starts_with(['"', '\'', '[', '{', '|', '>', '#']);
    !opens_something
        && (value.contains(": ")
            || value.ends_with(':')
            || value.starts_with(['@', '`', '%', '*', '&', '!']))
}
