//! What git's answer depends on, read without starting git: so that a build in which
//! nothing changed need not wait for a process.
//!
//! It need not know everything that git knows. Where it is not sure, there is no
//! state, and git is asked.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use contracts::digest::Digest;

/// A setting with one of these words can have git read yet other files.
const FAR_REACHING: [&str; 2] = ["include", "mailmap"];

/// Two states that are the same mean that git tells the same of the same files.
/// `None` if only git itself can say.
pub(crate) fn state(root: &Path) -> Option<Digest> {
    let mut state = State::default();
    let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else {
        state.add(b"no repository");
        return Some(state.digest());
    };
    state.add(root.strip_prefix(top).ok()?.as_os_str().as_encoded_bytes());
    let folder = repository(&top.join(".git"))?;
    let common = common(&folder)?;
    state.add(folder.as_os_str().as_encoded_bytes());
    state.add(head(&folder, &common)?.as_bytes());
    state.environment();
    state.file(&top.join(".mailmap")).ok()?;
    for name in ["shallow", "info/grafts"] {
        state.file(&common.join(name)).ok()?;
    }
    for setting in settings(&folder, &common) {
        let text = state.file(&setting).ok()?.to_ascii_lowercase();
        if FAR_REACHING.iter().any(|word| text.contains(word)) {
            return None;
        }
    }
    Some(state.digest())
}

/// The folder of the repository: `.git` itself, or where a file of that name leads.
fn repository(dot_git: &Path) -> Option<PathBuf> {
    if dot_git.is_dir() {
        return Some(dot_git.to_owned());
    }
    let leads = fs::read_to_string(dot_git).ok()?;
    Some(dot_git.parent()?.join(leads.strip_prefix("gitdir: ")?.trim_end()))
}

/// The folder that all work trees of a repository share.
fn common(folder: &Path) -> Option<PathBuf> {
    match fs::read_to_string(folder.join("commondir")) {
        Ok(leads) => Some(folder.join(leads.trim_end())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(folder.to_owned()),
        Err(_) => None,
    }
}

/// The commit that is checked out, or `unborn`.
fn head(folder: &Path, common: &Path) -> Option<String> {
    let is_empty =
        |path: &Path| fs::read_dir(path).map_or(true, |mut found| found.next().is_none());
    // Commits that stand for others, and a form of refs that is not text.
    if common.join("reftable").exists() || !is_empty(&common.join("refs/replace")) {
        return None;
    }
    let packed = match fs::read_to_string(common.join("packed-refs")) {
        Ok(packed) => packed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(_) => return None,
    };
    if packed.contains(" refs/replace/") {
        return None;
    }
    let head = fs::read_to_string(folder.join("HEAD")).ok()?;
    let Some(name) = head.strip_prefix("ref: ").map(str::trim_end) else { return commit(&head) };
    if !name.starts_with("refs/heads/") || name.contains("..") {
        return None;
    }
    match fs::read_to_string(common.join(name)) {
        Ok(loose) => commit(&loose),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let named = |line: &&str| line.split_once(' ').is_some_and(|(_, other)| other == name);
            packed.lines().find(named).map_or_else(|| Some("unborn".to_owned()), commit)
        }
        Err(_) => None,
    }
}

/// The hexadecimal digits that a text starts with.
fn commit(text: &str) -> Option<String> {
    let digits: String = text.chars().take_while(char::is_ascii_hexdigit).collect();
    (digits.len() >= 40).then_some(digits)
}

/// The files in which git's settings stand.
fn settings(folder: &Path, common: &Path) -> Vec<PathBuf> {
    let mut files = vec![
        common.join("config"),
        folder.join("config.worktree"),
        PathBuf::from("/etc/gitconfig"),
    ];
    let home = std::env::var_os("HOME").map(PathBuf::from);
    files.extend(home.iter().map(|home| home.join(".gitconfig")));
    let own = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let own = own.or_else(|| home.map(|home| home.join(".config")));
    files.extend(own.map(|own| own.join("git/config")));
    files
}

#[derive(Debug, Default)]
struct State(blake3::Hasher);

impl State {
    fn add(&mut self, part: &[u8]) {
        // The length keeps two parts from being read as two others.
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Adds a file's text; one that is missing is not one that is empty.
    fn file(&mut self, path: &Path) -> io::Result<String> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.add(b"missing");
                return Ok(String::new());
            }
            Err(error) => return Err(error),
        };
        self.add(b"found");
        self.add(&bytes);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Adds what git itself looks at, and which git that is.
    fn environment(&mut self) {
        let is_meant = |name: &OsStr| {
            name.as_encoded_bytes().starts_with(b"GIT_")
                || name == "HOME"
                || name == "XDG_CONFIG_HOME"
        };
        let mut variables: Vec<_> =
            std::env::vars_os().filter(|(name, _)| is_meant(name)).collect();
        variables.sort();
        for (name, value) in variables {
            self.add(name.as_encoded_bytes());
            self.add(value.as_encoded_bytes());
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let git = std::env::split_paths(&path).find_map(|folder| {
            let file = folder.join("git");
            let found = file.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((file, found.len(), found.modified().ok()))
        });
        self.add(format!("{git:?}").as_bytes());
    }

    fn digest(&self) -> Digest {
        Digest::from_bytes(*self.0.finalize().as_bytes())
    }
}
