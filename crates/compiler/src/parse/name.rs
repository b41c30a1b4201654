//! The names of files and folders: what deceives in them, what other systems take
//! for the same name, and what some can't hold at all.
//!
//! A school is cloned by everyone who works on it, so a name must be one
//! everywhere.

use std::collections::BTreeMap;

use crate::diagnostic::shown::shown;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::hidden::{self, Setting};
use crate::source::{SourcePath, SourceTree};

/// Devices, which Windows finds in every folder, whatever the ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// What Windows refuses in a name; a colon hides a second file in one.
const REFUSED: [char; 7] = ['<', '>', ':', '"', '|', '?', '*'];

/// Tells of the names in `content/` and `data/`.
pub(super) fn check(tree: &SourceTree, diagnostics: &mut Vec<Diagnostic>) {
    // Each name as systems see it that don't tell capitals apart.
    let mut folded: BTreeMap<String, &str> = BTreeMap::new();
    let mut last = "";
    for path in ["content", "data"].iter().flat_map(|root| tree.below(root)).map(|(path, _)| path) {
        let known = shared(last, path.as_str());
        last = path.as_str();
        for (start, end) in segments(path.as_str()).filter(|(_, end)| *end > known) {
            let name = path.as_str().get(start..end).unwrap_or_default();
            let upto = path.as_str().get(..end).unwrap_or_default();
            diagnostics.extend(deceiving(path, name));
            diagnostics.extend(windows(path, name));
            match folded.get(&upto.to_lowercase()) {
                Some(other) if *other != upto => {
                    diagnostics.push(same_but_for_capitals(path, upto, other));
                    // What stands below it would only repeat this.
                    break;
                }
                Some(_) => {}
                None => drop(folded.insert(upto.to_lowercase(), upto)),
            }
        }
    }
}

fn deceiving(path: &SourcePath, name: &str) -> Option<Diagnostic> {
    let hidden = hidden::find(name, |_| Setting::Name).into_iter().next()?;
    let message = format!("the name `{}`: {}", shown(name), hidden.message());
    Some(Diagnostic::new(path, Code::BadFileName, message).hint(hidden.hint()))
}

/// What can't be checked out on Windows. Elsewhere it is sound, so it is a warning.
fn windows(path: &SourcePath, name: &str) -> Option<Diagnostic> {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_port = |kind: &str| {
        let digit = stem.strip_prefix(kind).unwrap_or_default();
        matches!(digit, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    };
    let what = if DEVICES.contains(&stem.as_str()) || is_port("com") || is_port("lpt") {
        format!("`{stem}` is a device there")
    } else if name.ends_with(['.', ' ']) {
        "it ends with a dot or a space".to_owned()
    } else {
        format!("it holds `{}`", name.chars().find(|c| REFUSED.contains(c))?)
    };
    let message = format!("Windows can't hold a file named `{}`: {what}", shown(name));
    let mut told = Diagnostic::new(path, Code::BadFileName, message)
        .hint("rename it, or nobody can check the school out on Windows");
    told.severity = Severity::Warning;
    Some(told)
}

fn same_but_for_capitals(path: &SourcePath, name: &str, other: &str) -> Diagnostic {
    let message = format!("`{}` and `{}` differ in capitals only", shown(name), shown(other));
    Diagnostic::new(path, Code::CollidingFile, message)
        .hint("rename one of them: Windows and macOS keep only one")
}

/// Where each name of a path begins and ends.
fn segments(path: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut start = 0;
    path.split('/').map(move |name| {
        let begin = start;
        start += name.len() + 1;
        (begin, begin + name.len())
    })
}

/// How many bytes of whole folders two paths share, so that a deep folder is not
/// walked through again for each of its files.
fn shared(one: &str, other: &str) -> usize {
    let mut end = 0;
    for (at, (a, b)) in one.bytes().zip(other.bytes()).enumerate() {
        if a != b {
            break;
        }
        if a == b'/' {
            end = at;
        }
    }
    end
}
