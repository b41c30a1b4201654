//! The output of `git log`, read into the last change of each path.
//!
//! Pure: bytes in, a table out. What reads oddly is passed over, since a file
//! without a date is better than one with a wrong date.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// One pass over the past of `content`, newest first. Fields end with NUL, so
/// that no name of a file can be taken for anything else; a merge names what
/// differs from both of its parents; only a file moved unchanged is a rename,
/// which costs nothing to find and can't be guessed wrong.
pub(super) const ARGUMENTS: [&str; 12] = [
    "log",
    "-z",
    "-c",
    "--date-order",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--name-status",
    "--find-renames=100%",
    "--format=%x00commit %H %ct",
    "--",
    "content",
];

/// The last change of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The commit that made it.
    pub(super) commit: String,
    /// When that was; `None` if the file was removed then, so that one of that
    /// name which stands there now is not git's, or if the time makes no sense.
    pub(super) at: Option<Timestamp>,
}

/// The last change of each path in a log.
pub(super) fn read(log: &[u8]) -> BTreeMap<String, Change> {
    let mut past = Past::default();
    let mut fields = log.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        let field = field.strip_prefix(b"\n").unwrap_or(field);
        if field.is_empty() {
            continue;
        }
        if let Some(header) = field.strip_prefix(b"commit ") {
            past.commit = commit(header);
            continue;
        }
        let status = field;
        let Some(path) = fields.next() else { break };
        if is_rename(status) {
            let Some(new) = fields.next() else { break };
            past.moved(path, new);
        } else {
            past.touched(path, status);
        }
    }
    past.changes
}

#[derive(Default)]
struct Past {
    commit: Option<Change>,
    changes: BTreeMap<String, Change>,
    /// What a path of an older commit is called now.
    names: BTreeMap<String, String>,
}

impl Past {
    fn touched(&mut self, path: &[u8], status: &[u8]) {
        let (Some(commit), Ok(path)) = (&self.commit, std::str::from_utf8(path)) else { return };
        let now = self.names.get(path).map_or(path, String::as_str).to_owned();
        let mut change = commit.clone();
        if status == b"D" {
            change.at = None;
        }
        self.changes.entry(now).or_insert(change);
    }

    /// A file that was only moved has its last change further back.
    fn moved(&mut self, old: &[u8], new: &[u8]) {
        let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else {
            return;
        };
        let now = self.names.get(new).map_or(new, String::as_str).to_owned();
        if !self.changes.contains_key(&now) {
            self.names.insert(old.to_owned(), now);
        }
    }
}

/// `<hash> <seconds>`
fn commit(header: &[u8]) -> Option<Change> {
    let (commit, seconds) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    let at = seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    Some(Change { commit: commit.to_owned(), at })
}

/// `R100`. In a merge the letters of all parents stand together, and one path
/// follows.
fn is_rename(status: &[u8]) -> bool {
    matches!(status, [b'R' | b'C', rest @ ..] if rest.iter().all(u8::is_ascii_digit) && !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(log: &[u8]) -> Vec<(String, Option<i64>)> {
        let changes = read(log).into_iter();
        changes.map(|(path, change)| (path, change.at.map(Timestamp::as_second))).collect()
    }

    #[test]
    fn the_newest_commit_that_names_a_path_is_its_last_change() {
        let log = b"\0commit b 20\0\nM\0a.md\0\0commit a 10\0\nA\0a.md\0A\0b.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), Some(20)), ("b.md".to_owned(), Some(10))]);
    }

    #[test]
    fn a_file_that_was_only_moved_keeps_the_time_of_its_text() {
        let log = b"\0commit c 30\0\nR100\0b.md\0c.md\0\0commit b 20\0\nR100\0a.md\0b.md\0\
            \0commit a 10\0\nA\0a.md\0";
        assert_eq!(seconds(log), [("c.md".to_owned(), Some(10))]);
    }

    #[test]
    fn a_new_file_under_the_old_name_of_a_moved_one_has_its_own_time() {
        let log = b"\0commit c 30\0\nA\0a.md\0\0commit b 20\0\nR100\0a.md\0b.md\0\
            \0commit a 10\0\nA\0a.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), Some(30)), ("b.md".to_owned(), Some(10))]);
    }

    #[test]
    fn a_removed_file_has_no_time_even_if_one_of_its_name_stands_there() {
        let log = b"\0commit b 20\0\nD\0a.md\0\0commit a 10\0\nA\0a.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), None)]);
    }

    #[test]
    fn a_merge_counts_for_what_it_changed_itself() {
        let log =
            b"\0commit m 30\0\0\nMM\0a.md\0MR\0b.md\0\0commit e 25\0\0\0commit a 10\0\nA\0a.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), Some(30)), ("b.md".to_owned(), Some(30))]);
    }

    #[test]
    fn a_path_that_looks_like_a_header_is_a_path() {
        let log = b"\0commit a 10\0\nA\0commit b 99\0M\0\nline\0";
        assert_eq!(
            seconds(log),
            [("\nline".to_owned(), Some(10)), ("commit b 99".to_owned(), Some(10))]
        );
    }

    #[test]
    fn a_log_that_breaks_off_or_makes_no_sense_is_survived() {
        for log in [
            b"".as_slice(),
            b"M\0a.md",
            b"\0commit a 10\0\nR100\0a.md",
            b"\0commit a\0M\0a.md\0",
            b"\0commit a 10\0M\0\xff\xfe\0",
        ] {
            assert_eq!(seconds(log), [], "{log:?}");
        }
        let log = b"\0commit a 99999999999999999999\0M\0a.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), None)]);
    }
}
