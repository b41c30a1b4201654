//! Where the key that signs releases comes from: `LYCEUM_RELEASE_KEY`, or
//! `.lyceum/release.key` in the school's folder, made when it is first needed.
//!
//! What a key is and how it signs is the store's business.

use std::fs;
use std::path::Path;

use anyhow::Context;
use store::release::key::ReleaseKey;

use crate::failure::Failure;
use crate::school_folder::{SchoolFolder, keep_out_of_git};

const VARIABLE: &str = "LYCEUM_RELEASE_KEY";

/// What to do when there is no key yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IfMissing {
    /// Make one and keep it.
    Make,
    /// Make one for this run alone, to see what would happen.
    Pretend,
    /// There must be one, since something was published with it.
    Refuse,
}

/// The key of a school.
pub(crate) fn load(school: &SchoolFolder, if_missing: IfMissing) -> anyhow::Result<ReleaseKey> {
    match std::env::var(VARIABLE) {
        Ok(text) => {
            return ReleaseKey::parse(&text)
                .with_context(|| format!("`{VARIABLE}` does not hold a release key"));
        }
        Err(std::env::VarError::NotPresent) => {}
        Err(error) => {
            return Err(anyhow::Error::new(error).context(format!("failed to read `{VARIABLE}`")));
        }
    }
    let folder = school.join(".lyceum");
    let file = folder.join("release.key");
    if file.exists() {
        refuse_open_to_others(&file)?;
        keep_out_of_git(&folder)?;
        return Ok(ReleaseKey::load(&file)?);
    }
    if if_missing == IfMissing::Refuse {
        return Err(Failure::new(
            format!("there is no release key `{}`", school.shown(".lyceum/release.key").display()),
            format!("copy the one that published the school, or set `{VARIABLE}`"),
        )
        .into());
    }
    let key = ReleaseKey::generate()?;
    if if_missing == IfMissing::Make {
        keep_out_of_git(&folder)?;
        key.save(&file)?;
    }
    Ok(key)
}

#[cfg(unix)]
fn refuse_open_to_others(file: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mode = fs::metadata(file)
        .with_context(|| format!("failed to read `{}`", file.display()))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::new(
        format!("others can read the release key `{}`", file.display()),
        format!("keep it to yourself with `chmod 600 {}`", file.display()),
    )
    .into())
}

#[cfg(not(unix))]
fn refuse_open_to_others(_file: &Path) -> anyhow::Result<()> {
    Ok(())
}
