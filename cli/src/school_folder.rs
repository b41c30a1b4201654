//! Finding the school: the nearest folder upwards that holds a `site.toml`.
//!
//! What stands inside the folder is the compiler's business.

use std::fs;
use std::io;
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

/// A folder inside a school that Lyceum writes to and removes from unasked. A link on
/// the way is refused: it may have come with a clone, and leads anywhere.
pub(crate) fn own_folder(root: &Path, path: &str) -> anyhow::Result<PathBuf> {
    let mut folder = root.to_owned();
    for name in path.split('/') {
        folder.push(name);
        refuse_link(&folder)?;
    }
    Ok(folder)
}

fn refuse_link(folder: &Path) -> anyhow::Result<()> {
    if !folder.is_symlink() {
        return Ok(());
    }
    let message = format!("`{}` is a link to another place", folder.display());
    Err(Failure::new(message, "remove the link: Lyceum makes the folder itself").into())
}

/// Makes a folder of our own. What is no folder and stands in its place is removed: a
/// cache that a slip of the hand has broken would otherwise never mend itself.
pub(crate) fn make_own(folder: &Path) -> io::Result<()> {
    if folder.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
        fs::remove_file(folder)?;
    }
    fs::create_dir_all(folder)
}

/// Removes what stands at a place of our own, whatever it is; a link is not followed.
pub(crate) fn clear(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes the folder for what belongs to this machine alone, such as the release key.
/// It ignores itself, whatever the school's `.gitignore` says.
pub(crate) fn keep_out_of_git(folder: &Path) -> anyhow::Result<()> {
    refuse_link(folder)?;
    fs::create_dir_all(folder).with_context(|| format!("failed to make `{}`", folder.display()))?;
    let ignore = folder.join(".gitignore");
    if ignore.symlink_metadata().is_ok() {
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

    #[cfg(unix)]
    #[test]
    fn a_link_is_no_folder_of_our_own() {
        let folder = tempfile::tempdir().unwrap();
        let (school, other) = (folder.path().join("school"), folder.path().join("other"));
        fs::create_dir_all(school.join(".lyceum")).unwrap();
        fs::create_dir_all(&other).unwrap();
        assert!(own_folder(&school, ".lyceum/cache/derived").is_ok());
        std::os::unix::fs::symlink(&other, school.join(".lyceum/cache")).unwrap();
        let error = own_folder(&school, ".lyceum/cache/derived").unwrap_err();
        assert!(error.to_string().ends_with("cache` is a link to another place"), "{error}");
        std::os::unix::fs::symlink(&other, school.join("linked")).unwrap();
        assert!(keep_out_of_git(&school.join("linked")).is_err());
        assert_eq!(fs::read_dir(&other).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_without_a_school_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = SchoolFolder::find(folder.path()).unwrap_err();
        assert!(error.to_string().starts_with("there is no `site.toml` in `"), "{error}");
    }
}
