//! The output of `git log`, read into the last change and the authors of each path.
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
    // The name as `.mailmap` has it; the address never leaves git.
    "--format=%x00commit %H %ct %aN",
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
    /// Who changed it, who did so most often first.
    pub(super) authors: Vec<String>,
    /// The oldest commit that is known to have changed it.
    pub(super) oldest: String,
}

/// What is known of a path while the log is read.
#[derive(Debug)]
struct Track {
    last: Commit,
    is_removed: bool,
    /// How many commits each author made, by place in [`Past::people`].
    commits: BTreeMap<usize, u32>,
    oldest: String,
    /// Whether older commits are about another file of that name.
    has_begun: bool,
}

#[derive(Debug, Clone)]
struct Commit {
    hash: String,
    at: Option<Timestamp>,
    author: usize,
}

/// More authors of one file are not told apart, so that a log of any length
/// takes bounded memory for each path.
const MAX_AUTHORS: usize = 64;

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
            past.commit = past.commit(header);
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
    past.changes()
}

#[derive(Default)]
struct Past {
    commit: Option<Commit>,
    tracks: BTreeMap<String, Track>,
    /// Each author once.
    people: Vec<String>,
    places: BTreeMap<String, usize>,
    /// What a path of an older commit is called now.
    names: BTreeMap<String, String>,
}

impl Past {
    fn touched(&mut self, path: &[u8], status: &[u8]) {
        let (Some(commit), Ok(path)) = (&self.commit, std::str::from_utf8(path)) else { return };
        let now = self.names.get(path).map_or(path, String::as_str).to_owned();
        let track = self.tracks.entry(now).or_insert_with(|| Track {
            last: commit.clone(),
            is_removed: status == b"D",
            commits: BTreeMap::new(),
            oldest: commit.hash.clone(),
            has_begun: false,
        });
        if track.has_begun {
            return;
        }
        track.oldest.clone_from(&commit.hash);
        if track.commits.len() < MAX_AUTHORS || track.commits.contains_key(&commit.author) {
            *track.commits.entry(commit.author).or_default() += 1;
        }
        track.has_begun = matches!(status, b"A" | b"D");
    }

    /// A file that was only moved has its last change further back.
    fn moved(&mut self, old: &[u8], new: &[u8]) {
        let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else {
            return;
        };
        let now = self.names.get(new).map_or(new, String::as_str).to_owned();
        if self.tracks.get(&now).is_none_or(|track| !track.has_begun) {
            self.names.insert(old.to_owned(), now);
        }
    }

    /// `<hash> <seconds> <author>`
    fn commit(&mut self, header: &[u8]) -> Option<Commit> {
        let header = String::from_utf8_lossy(header);
        let mut words = header.splitn(3, ' ');
        let (hash, seconds) = (words.next()?, words.next()?);
        let at = seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let name: String = words.next()?.chars().filter(|c| !c.is_control()).take(200).collect();
        let author = *self.places.entry(name.trim().to_owned()).or_insert(self.people.len());
        if author == self.people.len() {
            self.people.push(name.trim().to_owned());
        }
        Some(Commit { hash: hash.to_owned(), at, author })
    }

    fn changes(self) -> BTreeMap<String, Change> {
        let people = self.people;
        let name = |author: &usize| people.get(*author).map_or("", String::as_str);
        let change = |track: Track| {
            let mut authors: Vec<(usize, u32)> = track.commits.into_iter().collect();
            authors.sort_by_key(|(author, count)| (std::cmp::Reverse(*count), name(author)));
            let names = authors.iter().map(|(author, _)| name(author));
            Change {
                commit: track.last.hash,
                at: track.last.at.filter(|_| !track.is_removed),
                authors: names.filter(|name| is_name(name)).map(str::to_owned).collect(),
                oldest: track.oldest,
            }
        };
        self.tracks.into_iter().map(|(path, track)| (path, change(track))).collect()
    }
}

/// An address that someone gave for a name must not reach a page.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('@')
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
        let log = b"\0commit b 20 Ada\0\nM\0a.md\0\0commit a 10 Ada\0\nA\0a.md\0A\0b.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), Some(20)), ("b.md".to_owned(), Some(10))]);
    }

    #[test]
    fn a_file_that_was_only_moved_keeps_the_time_of_its_text() {
        let log = b"\0commit c 30 Ada\0\nR100\0b.md\0c.md\0\0commit b 20 Ada\0\nR100\0a.md\0b.md\0\
            \0commit a 10 Ada\0\nA\0a.md\0";
        assert_eq!(seconds(log), [("c.md".to_owned(), Some(10))]);
    }

    #[test]
    fn a_new_file_under_the_old_name_of_a_moved_one_has_its_own_time() {
        let log = b"\0commit c 30 Ada\0\nA\0a.md\0\0commit b 20 Ada\0\nR100\0a.md\0b.md\0\
            \0commit a 10 Ada\0\nA\0a.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), Some(30)), ("b.md".to_owned(), Some(10))]);
    }

    #[test]
    fn a_removed_file_has_no_time_even_if_one_of_its_name_stands_there() {
        let log = b"\0commit b 20 Ada\0\nD\0a.md\0\0commit a 10 Ada\0\nA\0a.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), None)]);
    }

    #[test]
    fn a_merge_counts_for_what_it_changed_itself() {
        let log =
            b"\0commit m 30 Ada\0\0\nMM\0a.md\0MR\0b.md\0\0commit e 25 Ada\0\0\0commit a 10 Ada\0\nA\0a.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), Some(30)), ("b.md".to_owned(), Some(30))]);
    }

    #[test]
    fn a_path_that_looks_like_a_header_is_a_path() {
        let log = b"\0commit a 10 Ada\0\nA\0commit b 99\0M\0\nline\0";
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
            b"\0commit a 10 Ada\0\nR100\0a.md",
            b"\0commit a\0M\0a.md\0",
            b"\0commit a 10 Ada\0M\0\xff\xfe\0",
        ] {
            assert_eq!(seconds(log), [], "{log:?}");
        }
        let log = b"\0commit a 99999999999999999999 Ada\0M\0a.md\0";
        assert_eq!(seconds(log), [("a.md".to_owned(), None)]);
    }

    fn authors(log: &[u8]) -> Vec<(String, Vec<String>)> {
        read(log).into_iter().map(|(path, change)| (path, change.authors)).collect()
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn who_changed_a_file_most_often_comes_first_also_across_a_move() {
        let log = b"\0commit d 40 Bob\0\nM\0b.md\0\0commit c 30 Ada B.\0\nR100\0a.md\0b.md\0\
            \0commit b 20 Cy\0\nM\0a.md\0\0commit a 10 Cy\0\nA\0a.md\0";
        assert_eq!(authors(log), [("b.md".to_owned(), names(&["Cy", "Bob"]))]);
    }

    #[test]
    fn the_authors_of_a_removed_file_are_not_those_of_a_new_one_in_its_place() {
        let log = b"\0commit c 30 Bob\0\nA\0a.md\0\0commit b 20 Ada\0\nD\0a.md\0\
            \0commit a 10 Ada\0\nA\0a.md\0";
        assert_eq!(authors(log), [("a.md".to_owned(), names(&["Bob"]))]);
    }

    #[test]
    fn an_address_is_no_name() {
        let log = b"\0commit b 20 ada@school.test\0\nM\0a.md\0\0commit a 10 \xff\0\nA\0a.md\0";
        assert_eq!(authors(log), [("a.md".to_owned(), names(&["\u{fffd}"]))]);
    }
}
