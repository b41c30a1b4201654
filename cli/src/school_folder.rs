//! Finding the school: the nearest folder upwards that holds a `site.toml`.
//!
//! What stands inside the folder is the compiler's business.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::failure::Failure;

/// The folder of a school.
#[derive(Debug, Clone)]
pub(crate) struct SchoolFolder {
    root: PathBuf,
}

impl SchoolFolder {
    /// Looks in `start` and in every folder above it.
    pub(crate) fn find(start: &Path) -> anyhow::Result<Self> {
        let from = std::path::absolute(start)
            .with_context(|| format!("failed to find the folder `{}`", start.display()))?;
        from.ancestors()
            .find(|folder| folder.join("site.toml").is_file())
            .map(|root| Self { root: root.to_owned() })
            .ok_or_else(|| {
                Failure::new(
                    format!("there is no `site.toml` in `{}` or above it", start.display()),
                    "start a school with `lyceum new my-school`, or go into its folder",
                )
                .into()
            })
    }

    /// The absolute path of the folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the folder.
    pub(crate) fn join(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A path inside the folder, as short as it can be typed from here.
    pub(crate) fn shown(&self, path: &str) -> PathBuf {
        let path = self.join(path);
        let here = std::env::current_dir().unwrap_or_default();
        path.strip_prefix(here).map(Path::to_owned).unwrap_or(path)
    }
}

/// Makes the folder for what belongs to this machine alone, such as the release key.
/// It ignores itself, whatever the school's `.gitignore` says.
pub(crate) fn keep_out_of_git(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make `{}`", folder.display()))?;
    let ignore = folder.join(".gitignore");
    if ignore.exists() {
        return Ok(());
    }
    fs::write(&ignore, "*\n").with_context(|| format!("failed to write `{}`", ignore.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_site_toml_upwards_makes_the_school() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("site.toml"), "").unwrap();
        let deep = folder.path().join("content/rust");
        std::fs::create_dir_all(&deep).unwrap();

        assert_eq!(SchoolFolder::find(&deep).unwrap().root(), folder.path());
    }

    #[test]
    fn a_folder_without_a_school_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = SchoolFolder::find(folder.path()).unwrap_err();
        assert!(error.to_string().starts_with("there is no `site.toml` in `"), "{error}");
    }
}
