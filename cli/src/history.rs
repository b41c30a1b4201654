//! When each file of a school was last changed, and by whom, as git tells it.
//!
//! It stands apart because the compiler starts no process and has no clock. What
//! git can't tell for sure has no time here: the time of a checkout is not one.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::process::Command;

use compiler::diagnostic::{Code, Diagnostic};
use compiler::source::SourcePath;
use contracts::digest::Digest;
use jiff::Timestamp;

mod log;
pub(crate) mod state;

/// What is known of a school's past.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// The last change of each file that git keeps and knows the past of.
    pub(crate) changed: BTreeMap<SourcePath, Timestamp>,
    /// Who wrote each file whose whole past is known, by the names of `.mailmap`.
    pub(crate) authors: BTreeMap<SourcePath, Vec<String>>,
    /// Why times are missing that the author would expect.
    pub(crate) warning: Option<Diagnostic>,
}

/// What git says of the repository that a school stands in.
struct Repository {
    /// The school's folder below the repository's, with a trailing `/`, or empty.
    prefix: String,
    /// The commits whose parents a shallow clone has left out.
    cut: BTreeSet<String>,
}

impl History {
    /// Asks git. A school that stands in no repository has no history, and that
    /// is nothing to warn of.
    pub(crate) fn read(root: &Path) -> Self {
        if !root.ancestors().any(|folder| folder.join(".git").exists()) {
            return Self::default();
        }
        match Self::ask(root) {
            Ok(history) => history,
            Err(reason) => Self {
                warning: Some(warning(
                    format!("git does not tell when the pages were changed: {reason}"),
                    "until it does, they bear no date and stand in no feed",
                )),
                ..Self::default()
            },
        }
    }

    /// Names everything that git told.
    pub(crate) fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &str| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        for (path, at) in &self.changed {
            add(path.as_str());
            add(&at.to_string());
        }
        for (path, authors) in &self.authors {
            add(path.as_str());
            add(&authors.len().to_string());
            authors.iter().for_each(|author| add(author));
        }
        let warning = self.warning.as_ref();
        warning.iter().for_each(|warning| add(&warning.message));
        Digest::from_bytes(*hasher.finalize().as_bytes())
    }

    fn ask(root: &Path) -> Result<Self, String> {
        let repository = Repository::find(root)?;
        if git(root, &["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]).is_err() {
            // Nothing has been committed yet.
            return Ok(Self::default());
        }
        let past = log::read(&git(root, &log::ARGUMENTS)?);
        let mut unknown = 0;
        let mut changed = BTreeMap::new();
        let mut authors = BTreeMap::new();
        for (path, change) in past {
            let Some(path) = path.strip_prefix(&repository.prefix) else { continue };
            if !root.join(path).is_file() {
                continue;
            }
            if repository.cut.contains(&change.commit) {
                unknown += 1;
                continue;
            }
            // Whoever wrote what a shallow clone has left out must not be passed over.
            if change.at.is_some() && !repository.cut.contains(&change.oldest) {
                authors.insert(SourcePath::new(path), change.authors);
            }
            changed.extend(change.at.map(|at| (SourcePath::new(path), at)));
        }
        let warning = (unknown > 0).then(|| {
            warning(
                format!("the clone is shallow: {} bear no date", files(unknown)),
                "fetch the whole history with `git fetch --unshallow`",
            )
        });
        Ok(Self { changed, authors, warning })
    }
}

impl Repository {
    fn find(root: &Path) -> Result<Self, String> {
        let arguments = ["rev-parse", "--git-path", "shallow", "--show-prefix"];
        let told = String::from_utf8(git(root, &arguments)?).map_err(|error| error.to_string())?;
        let (shallow, prefix) = told.split_once('\n').unwrap_or((&told, ""));
        let cut = std::fs::read_to_string(root.join(shallow)).unwrap_or_default();
        Ok(Self {
            prefix: prefix.strip_suffix('\n').unwrap_or(prefix).to_owned(),
            cut: cut.lines().map(str::to_owned).collect(),
        })
    }
}

/// Runs git in a folder; the error is its first line of complaint.
fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let ran = Command::new("git")
        .arg("--no-pager")
        .args(["-c", "log.showSignature=false", "-c", "log.showRoot=true"])
        .args(["-c", "color.ui=false", "-c", "core.commitGraph=true"])
        .args(arguments)
        .current_dir(root)
        // A hook sets these for its own repository, which need not be the school's.
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_PREFIX")
        // A build asks no server for what a partial clone has left out.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .output();
    match ran {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            Err(complaint.lines().next().unwrap_or("it failed without a word").to_owned())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err("it is not installed".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

fn warning(message: String, hint: &str) -> Diagnostic {
    Diagnostic::new(&SourcePath::new("site.toml"), Code::NoHistory, message).hint(hint)
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

#[cfg(test)]
mod tests;
