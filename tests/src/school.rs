//! A school in a folder of its own, handled with the `lyceum` command as an
//! author would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::place::{Place, Side};
use crate::program::Program;
use crate::repository;

/// A school.
#[derive(Debug)]
pub struct School {
    folder: TempDir,
    /// The origin at which its pages will stand.
    pub origin: String,
}

/// What `lyceum publish` says it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The release that is live now.
    pub release: String,
    /// How many objects went over the wire.
    pub uploaded: u64,
    /// The key by which an edge knows the school.
    pub public_key: String,
}

impl School {
    /// A copy of the sample school of this repository, to stand at `origin`.
    pub fn sample(origin: &str) -> Result<Self> {
        let school = Self { folder: TempDir::new()?, origin: origin.to_owned() };
        for part in ["content", "themes"] {
            copy(&repository::path(part), &school.path(part))?;
        }
        fs::copy(repository::path("site.toml"), school.path("site.toml"))?;
        school.edit("site.toml", "base_url = \"http://localhost:4000/\"", &base_url(origin))?;
        Ok(school)
    }

    /// What `lyceum new` makes, to stand at `origin`.
    pub fn new(origin: &str) -> Result<Self> {
        let folder = TempDir::new()?;
        let school = Self { folder, origin: origin.to_owned() };
        let made = school.path("made");
        succeed(Program::lyceum().command().arg("new").arg(&made))?;
        for entry in fs::read_dir(&made)? {
            let entry = entry?;
            fs::rename(entry.path(), school.path("").join(entry.file_name()))?;
        }
        fs::remove_dir(&made)?;
        let config = fs::read_to_string(school.path("site.toml"))?;
        let line = config.lines().find(|line| line.starts_with("base_url")).unwrap_or_default();
        school.edit("site.toml", line, &base_url(origin))?;
        Ok(school)
    }

    /// The school without pictures as AVIF: a whole book of them takes a minute to
    /// encode, and what is asked of a book is not how small they are.
    pub fn without_avif(self) -> Result<Self> {
        let config = fs::read_to_string(self.path("site.toml"))?;
        self.write("site.toml", &format!("{config}\n[images]\navif = false\n"))?;
        Ok(self)
    }

    /// A path below its folder.
    #[must_use]
    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file, as with an editor.
    pub fn write(&self, below: &str, text: &str) -> Result<()> {
        let path = self.path(below);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| format!("failed to write `{below}`"))
    }

    /// Replaces a piece of a file that must be there.
    pub fn edit(&self, below: &str, old: &str, new: &str) -> Result<()> {
        let text = fs::read_to_string(self.path(below))?;
        if old.is_empty() || !text.contains(old) {
            bail!("`{below}` does not hold `{old}`");
        }
        self.write(below, &text.replacen(old, new, 1))
    }

    /// A `lyceum` command in the school's folder.
    #[must_use]
    pub fn lyceum(&self) -> Command {
        let mut command = Program::lyceum().command();
        command.current_dir(self.folder.path());
        command
    }

    /// `lyceum build --out OUT`
    pub fn build(&self, out: &Path) -> Result<()> {
        succeed(self.lyceum().arg("build").arg("--out").arg(out)).map(drop)
    }

    /// `lyceum publish`
    pub fn publish(&self, place: &Place) -> Result<Publication> {
        let document = self.act("publish", &[], place)?;
        let text = |key: &str| document[key].as_str().unwrap_or_default().to_owned();
        Ok(Publication {
            release: text("release"),
            uploaded: document["uploaded"].as_u64().context("no `uploaded`")?,
            public_key: text("public_key"),
        })
    }

    /// `lyceum rollback`; answers with the release that is live again.
    pub fn rollback(&self, place: &Place, release: Option<&str>) -> Result<String> {
        let document = self.act("rollback", release.as_slice(), place)?;
        Ok(document["release"].as_str().context("no `release`")?.to_owned())
    }

    fn act(&self, verb: &str, arguments: &[&str], place: &Place) -> Result<Value> {
        let mut command = self.lyceum();
        command.arg(verb).args(arguments).arg("--json");
        command.args(["--public", &place.url(Side::Public)]);
        command.args(["--private", &place.url(Side::Private)]);
        if let Some(endpoint) = place.endpoint() {
            command.args(["--endpoint", endpoint, "--region", "us-east-1"]);
        }
        place.hand_keys_to_publisher(&mut command);
        let output = succeed(&mut command)?;
        serde_json::from_slice(&output.stdout).context("`--json` printed no JSON")
    }
}

fn base_url(origin: &str) -> String {
    format!("base_url = \"{origin}/\"")
}

/// Runs a command to its end; what it said is part of the error.
pub fn succeed(command: &mut Command) -> Result<Output> {
    let output = command.output().with_context(|| format!("failed to start {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} ended with {}:\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
