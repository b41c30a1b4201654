//! When a burst of changes is over: at once for a file that an editor has saved,
//! after a moment of quiet for whatever comes in many pieces.
//!
//! Pure: what was told and the time come in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind};

use super::Changes;

/// The next file of a checkout, or the second step of a save, is there by then.
const GRACE: Duration = Duration::from_millis(3);
/// A file that is being written is whole by then, and one that was moved away is
/// back, where the system tells of no end.
const SETTLED: Duration = Duration::from_millis(30);
/// A checkout is over when nothing was told for so long.
const QUIET: Duration = Duration::from_millis(60);
/// Nobody waits longer, even if a program goes on and on writing.
const LONGEST: Duration = Duration::from_secs(2);
/// An editor that saves touches no more paths at a time than this.
const SAVE_PATHS: usize = 4;

/// One thing that the system told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// A path is gone, or on its way: more will follow, or may.
    Begun(PathBuf),
    /// A file is whole under its name.
    Done(PathBuf),
    /// Only what stands around the bytes has changed, such as who may read them.
    Touched(PathBuf),
    /// Something was told that did not arrive.
    Lost,
}

impl Told {
    /// What an event says of the sources of a school.
    pub(super) fn of(event: &Event, source: impl Fn(&Path) -> Option<PathBuf>) -> Vec<Self> {
        let paths = match (event.kind, event.paths.as_slice()) {
            // Moved out of the way for a new one, which is not there yet.
            (EventKind::Modify(ModifyKind::Name(RenameMode::Both)), [_, to]) if is_passing(to) => {
                std::slice::from_ref(to)
            }
            (_, paths) => paths,
        };
        let told: fn(PathBuf) -> Self = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => Self::Done,
            EventKind::Access(_) => return Vec::new(),
            EventKind::Modify(ModifyKind::Metadata(_)) => Self::Touched,
            EventKind::Any
            | EventKind::Create(_)
            | EventKind::Modify(_)
            | EventKind::Remove(_)
            | EventKind::Other => Self::Begun,
        };
        paths.iter().filter_map(|path| source(path)).map(told).collect()
    }

    /// Whether it speaks of one of the folders that are watched as a whole.
    pub(super) fn is_folder_of_school(&self) -> bool {
        match self {
            Self::Begun(path) | Self::Done(path) => path.iter().count() == 1,
            Self::Touched(_) => false,
            Self::Lost => true,
        }
    }
}

/// What was told since things were quiet.
#[derive(Debug, Default)]
pub(super) struct Burst {
    first: Option<Instant>,
    paths: BTreeSet<PathBuf>,
    /// Paths that are not whole yet.
    open: BTreeSet<PathBuf>,
    has_done: bool,
    is_lost: bool,
}

impl Burst {
    /// Takes in what was told.
    pub(super) fn add(&mut self, told: Told, now: Instant) {
        self.first.get_or_insert(now);
        match told {
            Told::Begun(path) => {
                if !is_passing(&path) {
                    self.open.insert(path.clone());
                }
                self.paths.insert(path);
            }
            Told::Done(path) => {
                self.open.remove(&path);
                self.has_done |= !is_passing(&path);
                self.paths.insert(path);
            }
            Told::Touched(path) => {
                self.paths.insert(path);
            }
            Told::Lost => self.is_lost = true,
        }
    }

    /// How much longer to wait for more. `None` before anything was told.
    pub(super) fn patience(&self, now: Instant) -> Option<Duration> {
        let first = self.first?;
        let is_save = self.paths.iter().filter(|path| !is_passing(path)).count() <= SAVE_PATHS;
        let patience = if self.is_lost || !is_save {
            QUIET
        } else if self.has_done && self.open.is_empty() {
            GRACE
        } else {
            SETTLED
        };
        Some(patience.min((first + LONGEST).saturating_duration_since(now)))
    }

    /// What has changed, now that the burst is over.
    pub(super) fn changes(self) -> Changes {
        if self.is_lost { Changes::Anything } else { Changes::At(self.paths) }
    }
}

/// A name that editors use on the way to another one: what happens to it says
/// nothing about the file that is being saved.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with('~')
        || name.ends_with("___jb_tmp___")
        || name.ends_with("___jb_old___")
        || (name.starts_with('#') && name.ends_with('#'))
        // Vim tries with this name whether the folder can be written to.
        || name == "4913"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(told: &[Told]) -> (Option<Duration>, Changes) {
        let now = Instant::now();
        let mut burst = Burst::default();
        told.iter().for_each(|told| burst.add(told.clone(), now));
        (burst.patience(now), burst.changes())
    }

    fn begun(path: &str) -> Told {
        Told::Begun(path.into())
    }

    fn done(path: &str) -> Told {
        Told::Done(path.into())
    }

    #[test]
    fn a_saved_file_is_told_of_at_once() {
        for (editor, told) in [
            ("in place", vec![begun("content/a.md"), begun("content/a.md"), done("content/a.md")]),
            (
                "over another",
                vec![begun("content/a.md.new"), done("content/a.md.new"), done("content/a.md")],
            ),
            (
                "vim",
                vec![
                    begun("content/4913"),
                    done("content/4913"),
                    begun("content/4913"),
                    begun("content/a.md"),
                    done("content/a.md~"),
                    begun("content/a.md"),
                    done("content/a.md"),
                    Told::Touched("content/a.md".into()),
                    begun("content/a.md~"),
                ],
            ),
            (
                "JetBrains",
                vec![
                    begun("content/a.md___jb_tmp___"),
                    done("content/a.md___jb_tmp___"),
                    begun("content/a.md"),
                    done("content/a.md___jb_old___"),
                    done("content/a.md"),
                    begun("content/a.md___jb_old___"),
                ],
            ),
        ] {
            assert_eq!(after(&told).0, Some(GRACE), "{editor}");
        }
    }

    #[test]
    fn what_is_not_whole_is_waited_for() {
        for told in [
            vec![begun("content/a.md")],
            vec![done("content/a.md"), begun("content/b.md")],
            vec![done("content/a.md___jb_tmp___")],
            vec![begun("content/a.md"), done("content/a.md~")],
            vec![Told::Touched("content/a.md".into())],
        ] {
            assert_eq!(after(&told).0, Some(SETTLED), "{told:?}");
        }
        assert_eq!(after(&[]).0, None);
    }

    #[test]
    fn many_files_are_told_of_once_they_are_all_there() {
        let told: Vec<Told> = (0..9).map(|n| done(&format!("content/{n}.md"))).collect();
        let (patience, changes) = after(&told);
        assert_eq!(patience, Some(QUIET));
        let Changes::At(paths) = changes else { panic!("{changes:?}") };
        assert_eq!(paths.len(), 9);
        let (patience, changes) = after(&[done("content/a.md"), Told::Lost]);
        assert_eq!((patience, changes), (Some(QUIET), Changes::Anything));
    }

    #[test]
    fn nobody_waits_for_ever() {
        let now = Instant::now();
        let mut burst = Burst::default();
        burst.add(begun("content/log.md"), now);
        burst.add(begun("content/log.md"), now + LONGEST);
        assert_eq!(burst.patience(now + LONGEST), Some(Duration::ZERO));
    }
}
