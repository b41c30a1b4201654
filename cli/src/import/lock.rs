//! The record of what an import wrote: `import.lock`, in the school and in git.
//!
//! It says what each file was made of and the digest it was written with. Only
//! its form stands here; where it lies is the store's matter.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Context;
use import::{Content, Made};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// One course of the lock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    /// By what they were made of.
    pub(super) files: BTreeMap<String, Locked>,
}

/// One file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locked {
    /// From the top of the course.
    pub(super) path: String,
    /// What was written.
    pub(super) digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

/// The lock of all courses.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LockFile {
    pub(super) courses: BTreeMap<String, Lock>,
}

impl Lock {
    /// Ids of lessons by source.
    pub(super) fn ids(&self) -> BTreeMap<String, String> {
        let id = |(key, file): (&String, &Locked)| Some((key.clone(), file.id.clone()?));
        self.files.iter().filter_map(id).collect()
    }

    pub(super) fn of(files: &BTreeMap<String, Made>) -> anyhow::Result<Self> {
        let mut lock = Self::default();
        for (path, made) in files {
            let digest = digest(&bytes(&made.content, path)?);
            let locked = Locked { path: path.clone(), digest, id: made.id.clone() };
            lock.files.insert(made.key.clone(), locked);
        }
        Ok(lock)
    }
}

/// A path that can't leave the folder it is joined to.
pub(super) fn plain(path: &str) -> anyhow::Result<&str> {
    let fits = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0', ':']);
    if path.split('/').all(fits) {
        return Ok(path);
    }
    Err(Failure::new(
        format!("`{path}` in the record of the import is no path"),
        "restore `import.lock` from git",
    )
    .into())
}

pub(super) fn bytes(content: &Content, path: &str) -> anyhow::Result<Vec<u8>> {
    match content {
        Content::Text(text) => Ok(text.clone().into_bytes()),
        Content::Copy(original) => fs::read(original)
            .with_context(|| format!("failed to read what `{path}` is copied from")),
    }
}

pub(super) fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
