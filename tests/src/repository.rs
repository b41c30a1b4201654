//! The files of this repository.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// A path below the root of the repository.
#[must_use]
pub fn path(below: &str) -> PathBuf {
    root().join(below)
}

/// The root of the repository.
#[must_use]
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// Every file that is part of the project, by its path from the root: what
/// tools write, and what git keeps for itself, is left out.
#[must_use]
pub fn files() -> Vec<String> {
    let left_out = ["target", "dist", "data", ".git", ".lyceum", "node_modules"];
    let walk = WalkDir::new(root()).sort_by_file_name().into_iter().filter_entry(|entry| {
        !entry.file_name().to_str().is_some_and(|name| left_out.contains(&name))
    });
    walk.filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| {
            let below = entry.path().strip_prefix(root()).ok()?;
            below.to_str().map(str::to_owned)
        })
        .collect()
}
