//! Writing many files at once into a folder that nobody looks at yet.
//!
//! How the files come to where they belong is the business of the folder itself.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use compiler::site::{Content, SiteFile};
use rayon::prelude::*;

use crate::progress::Progress;

/// So many staged files stand in one folder. In a single one, each new file would be
/// looked for a place among all the others.
const SHARD: usize = 512;

/// Writes files as they will stand: `public/…` and `private/…` below `root`.
///
/// Each folder is made once, and a file system puts what stands in a folder close
/// together, so that nothing has to be moved or searched for.
pub(super) fn write_tree(
    root: &Path,
    files: &[(String, &SiteFile)],
    progress: &Progress,
) -> anyhow::Result<()> {
    for level in levels(files) {
        level.par_iter().try_for_each(|folder| {
            fs::create_dir(root.join(folder))
                .with_context(|| format!("failed to make the folder `{folder}`"))
        })?;
    }
    files.par_iter().try_for_each(|(path, file)| {
        progress.advance();
        write(file, &root.join(path)).with_context(|| format!("failed to write `{path}`"))
    })
}

/// Writes files beside each other under names that mean nothing, in the order in
/// which they were given.
pub(super) fn write_shards(
    root: &Path,
    files: &[&(String, &SiteFile)],
    progress: &Progress,
) -> anyhow::Result<Vec<PathBuf>> {
    let shards: Vec<_> = files.chunks(SHARD).enumerate().collect();
    let staged = shards.par_iter().map(|(number, files)| {
        let shard = root.join(format!("shard-{number}"));
        fs::create_dir(&shard)?;
        let staged = files.par_iter().enumerate().map(|(number, (path, file))| {
            progress.advance();
            let staged = shard.join(number.to_string());
            write(file, &staged).with_context(|| format!("failed to write `{path}`"))?;
            Ok(staged)
        });
        staged.collect::<anyhow::Result<Vec<PathBuf>>>()
    });
    let staged = staged.collect::<anyhow::Result<Vec<Vec<PathBuf>>>>()?;
    Ok(staged.into_iter().flatten().collect())
}

/// The folders that files stand in, each once, those above others first.
fn levels<'f>(files: &'f [(String, &SiteFile)]) -> Vec<Vec<&'f str>> {
    let mut folders: BTreeSet<(usize, &'f str)> = BTreeSet::new();
    for (path, _) in files {
        let mut path = path.as_str();
        while let Some((folder, _)) = path.rsplit_once('/') {
            if !folders.insert((folder.matches('/').count(), folder)) {
                break;
            }
            path = folder;
        }
    }
    let mut levels: Vec<Vec<&str>> = Vec::new();
    for (depth, folder) in folders {
        // Above every folder stands one, so no level is left out.
        if levels.len() == depth {
            levels.push(Vec::new());
        }
        if let Some(level) = levels.last_mut() {
            level.push(folder);
        }
    }
    levels
}

fn write(file: &SiteFile, to: &Path) -> io::Result<()> {
    let mut target = File::create_new(to)?;
    match &file.content {
        Content::Bytes(bytes) => target.write_all(bytes),
        // The reader errs when the file has changed since its digest was taken.
        Content::Source(source) => io::copy(&mut source.reader()?, &mut target).map(drop),
    }
}
