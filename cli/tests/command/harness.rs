//! The one door of this suite: a school in a temporary folder, and the binary
//! run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A school of a test. It disappears with the test.
pub(crate) struct School {
    folder: TempDir,
    /// Where the binary puts what it needs for a while.
    scratch: TempDir,
    /// Stands for the cache folder of the person who builds.
    cache: TempDir,
}

/// Nobody's number on Unix.
#[cfg(unix)]
const SOMEBODY: u32 = 65534;

/// How a run of the binary ended. Paths and times that differ from run to run
/// are replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl School {
    /// An empty folder, no school yet.
    pub(crate) fn empty() -> Self {
        let folder = || tempfile::tempdir().unwrap();
        Self { folder: folder(), scratch: folder(), cache: folder() }
    }

    /// What `lyceum new` makes.
    pub(crate) fn new() -> Self {
        let school = Self::empty();
        school.run(&["new", "."]).done();
        school
    }

    /// Another machine's copy of a school that is in git.
    pub(crate) fn clone_of(school: &Self) -> Self {
        let clone = Self::empty();
        clone.git(&["clone", "-q", &school.folder.path().to_string_lossy(), "."]);
        clone
    }

    /// Runs git in the school, as an author whose name is of no matter.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=Ada", "-c", "user.email=ada@school.test"]);
        git.args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"]);
        let run = self.outcome(git.args(arguments).current_dir(self.folder.path()));
        assert_eq!(run.code, Some(0), "git {arguments:?}: {}", run.stderr);
    }

    /// Starts the binary and kills it after a while, if it still runs.
    pub(crate) fn killed_after(&self, arguments: &[&str], while_running: Duration) {
        let mut command = self.command(arguments);
        let began = Instant::now();
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while began.elapsed() < while_running && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        // One that has ended already can't be killed, which is as well.
        drop(child.kill());
        child.wait().unwrap();
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Replaces a text that must be there.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} does not hold {from}:\n{text}");
        self.write(path, &text.replace(from, to));
    }

    /// The binary in the school's folder, with nothing of the environment that
    /// could steer it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lyceum"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("TMPDIR", self.scratch.path());
        command.env("XDG_CACHE_HOME", self.cache.path());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("LYCEUM_") || name.starts_with("AWS_") || name.contains("COLOR") {
                command.env_remove(name);
            }
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.outcome(&mut self.command(arguments))
    }

    /// As [`School::run`], but never as root, who may write everywhere.
    #[cfg(unix)]
    pub(crate) fn run_as_somebody(&self, arguments: &[&str]) -> Run {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        use std::os::unix::process::CommandExt;

        if fs::metadata(self.folder.path()).unwrap().uid() != 0 {
            return self.run(arguments);
        }
        // Somebody can't look into every folder that root builds in.
        let place = tempfile::tempdir().unwrap();
        let binary = place.path().join("lyceum");
        fs::copy(env!("CARGO_BIN_EXE_lyceum"), &binary).unwrap();
        for folder in [place.path(), self.folder.path()] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let mut command = Command::new(&binary);
        command.args(arguments).current_dir(self.folder.path()).uid(SOMEBODY).gid(SOMEBODY);
        self.outcome(&mut command)
    }

    /// Gives the school to somebody who is not root, if we are; answers with a home for
    /// them.
    #[cfg(unix)]
    pub(crate) fn owned_by_somebody(&self) -> TempDir {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};

        let home = tempfile::tempdir().unwrap();
        let binary = home.path().join("lyceum");
        fs::copy(env!("CARGO_BIN_EXE_lyceum"), &binary).unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        if fs::metadata(self.folder.path()).unwrap().uid() == 0 {
            for folder in [self.folder.path(), home.path()] {
                for entry in walkdir::WalkDir::new(folder) {
                    let path = entry.unwrap().into_path();
                    std::os::unix::fs::lchown(path, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
                }
            }
        }
        home
    }

    /// As [`School::run`], as the one that [`School::owned_by_somebody`] gave it to. What
    /// the test writes in between must stay theirs, so it is given again.
    #[cfg(unix)]
    pub(crate) fn run_as_owner(&self, arguments: &[&str], home: &TempDir) -> Run {
        use std::os::unix::fs::MetadataExt;
        use std::os::unix::process::CommandExt;

        let mut command = Command::new(home.path().join("lyceum"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("HOME", home.path()).env("XDG_CACHE_HOME", home.path().join("cache"));
        command.env_remove("LYCEUM_CACHE_KEY").env_remove("LYCEUM_REMOTE_CACHE");
        if fs::metadata(home.path()).unwrap().uid() == SOMEBODY {
            command.uid(SOMEBODY).gid(SOMEBODY);
        }
        self.outcome(&mut command)
    }

    /// Whether a build that was killed has left something in an output folder.
    pub(crate) fn has_staging(&self, folder: &str) -> bool {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        entries.map(Result::unwrap).any(|e| e.file_name().to_string_lossy().starts_with(".staging"))
    }

    /// Runs a command to its end.
    pub(crate) fn outcome(&self, command: &mut Command) -> Run {
        let output = command.output().unwrap();
        Run {
            code: output.status.code(),
            stdout: self.readable(&output.stdout),
            stderr: self.readable(&output.stderr),
        }
    }

    fn readable(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let text = text.replace(self.folder.path().to_str().unwrap(), "[FOLDER]");
        without_times(&text)
    }

    /// Nothing that was needed for a while is left.
    #[track_caller]
    pub(crate) fn assert_tidy(&self) {
        assert_eq!(fs::read_dir(self.scratch.path()).unwrap().count(), 0);
    }

    /// Every file below a folder with its bytes, in order.
    pub(crate) fn files(&self, below: &str) -> Vec<(String, Vec<u8>)> {
        let root = self.path(below);
        paths(&root)
            .into_iter()
            .map(|path| {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                (name, fs::read(path).unwrap())
            })
            .collect()
    }

    /// Every file below a folder with the moment it was last written.
    pub(crate) fn times(&self, below: &str) -> Vec<(PathBuf, std::time::SystemTime)> {
        paths(&self.path(below))
            .into_iter()
            .map(|path| {
                let time = fs::metadata(&path).unwrap().modified().unwrap();
                (path, time)
            })
            .collect()
    }
}

impl Run {
    /// All went well; answers with what was told on stderr.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self.stderr
    }

    /// The tool failed; answers with what was told on stderr.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(2), ""), "{}", self.stderr);
        self.stderr
    }

    /// The content has errors; answers with what was told on stderr.
    #[track_caller]
    pub(crate) fn has_errors(self) -> String {
        assert_eq!(self.code, Some(1), "{}{}", self.stdout, self.stderr);
        self.stderr
    }
}

fn paths(root: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    paths.sort();
    paths
}

/// `in 0.3 s` becomes `in [TIME]`.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        match line.split_once(" in ").zip(line.split_once(" s")) {
            Some(((before, rest), (_, after)))
                if rest.starts_with(|c: char| c.is_ascii_digit())
                    && ["built", "nothing changed"].iter().any(|told| line.starts_with(told)) =>
            {
                out += &format!("{before} in [TIME]{after}");
            }
            _ => out += line,
        }
    }
    out
}
