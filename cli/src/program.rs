//! What tells the running program from every other one: what an earlier build found out
//! is worth something only if this very program found it out.

/// What tells this program from every other. Its bytes would do too, but taking the
/// digest of so many costs as much as all the rest of a build in which nothing
/// changed; a program whose stamp is another one is at worst the same program.
#[cfg(unix)]
pub(crate) fn stamp() -> Option<Vec<u8>> {
    use std::os::unix::fs::MetadataExt;

    let found = std::env::current_exe().ok()?.metadata().ok()?;
    let times = [found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()];
    let mut bytes: Vec<u8> = times.iter().flat_map(|time| time.to_le_bytes()).collect();
    bytes.extend([found.dev(), found.ino(), found.len()].iter().flat_map(|n| n.to_le_bytes()));
    Some(bytes)
}

/// Elsewhere nothing is known of a file that could not be set back, so nothing is
/// believed of an earlier build.
#[cfg(not(unix))]
pub(crate) fn stamp() -> Option<Vec<u8>> {
    None
}
