//! What tells derived bytes that this person's builds made from those that came with a
//! clone of the school: a seal that takes a key which never stands in the school.
//!
//! Without it, anyone whose change is merged could commit a cache with pages of his own.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use compiler::cache::Key;
use contracts::digest::Digest;

/// A secret that a team or a continuous build shares, so that one can use what
/// another has made.
pub(super) const VARIABLE: &str = "LYCEUM_CACHE_KEY";

/// A shorter secret can be guessed.
const MIN_SECRET_BYTES: usize = 16;

/// Below the folder for caches of the person who builds.
const FILE: &str = "lyceum/cache.key";

const KEY_BYTES: usize = 32;

/// Seals bytes, and knows its own seals again.
#[derive(Clone, Copy)]
pub(crate) struct Seal([u8; KEY_BYTES]);

impl Seal {
    /// The seal of the one who builds; the key is made when it is first needed. The
    /// error says why there is none.
    pub(crate) fn own() -> Result<Self, String> {
        match std::env::var(VARIABLE) {
            Ok(secret) if secret.len() >= MIN_SECRET_BYTES => Ok(Self::of_secret(&secret)),
            Ok(_) => Err(format!("`{VARIABLE}` has less than {MIN_SECRET_BYTES} characters")),
            Err(std::env::VarError::NotUnicode(_)) => Err(format!("`{VARIABLE}` is no text")),
            Err(std::env::VarError::NotPresent) => {
                let file = folder().ok_or_else(|| {
                    format!("there is no home folder for the key of the cache; set `{VARIABLE}`")
                })?;
                let file = file.join(FILE);
                Self::of_file(&file).map_err(|error| format!("`{}`: {error}", file.display()))
            }
        }
    }

    pub(crate) fn of_secret(secret: &str) -> Self {
        Self(blake3::derive_key("lyceum 2026-11 key of the derived files", secret.as_bytes()))
    }

    fn of_file(file: &Path) -> io::Result<Self> {
        if let Some(key) = kept(file)? {
            return Ok(Self(key));
        }
        let Some(folder) = file.parent() else { return Err(io::ErrorKind::InvalidInput.into()) };
        fs::create_dir_all(folder)?;
        let new: [u8; KEY_BYTES] = rand::random();
        // Only its owner may read it, which is what such a file is made with.
        let made = tempfile::NamedTempFile::new_in(folder)?;
        fs::write(made.path(), new)?;
        match made.persist_noclobber(file) {
            Ok(_) => Ok(Self(new)),
            // Another build was faster.
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                kept(file)?.map(Self).ok_or_else(|| io::ErrorKind::NotFound.into())
            }
            Err(error) => Err(error.error),
        }
    }

    /// Binds bytes to their key, so that a file under another name is noticed too.
    pub(crate) fn of(&self, key: &Key, bytes: &[u8]) -> Digest {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(key.digest().as_bytes());
        hasher.update(bytes);
        Digest::from_bytes(*hasher.finalize().as_bytes())
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

/// Where programs keep what can be made again.
fn folder() -> Option<PathBuf> {
    let variable =
        |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    variable("XDG_CACHE_HOME")
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| Some(variable("HOME")?.join(".cache")))
}

/// The key in a file; `None` if there is none. What can't be one is removed.
fn kept(file: &Path) -> io::Result<Option<[u8; KEY_BYTES]>> {
    match fs::read(file) {
        Ok(bytes) => match bytes.try_into() {
            Ok(key) => Ok(Some(key)),
            Err(_) => fs::remove_file(file).map(|()| None),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use compiler::cache::{Recipe, Worth};
    use compiler::site::digest;

    use super::*;

    fn key() -> Key {
        Recipe { tool: "tool 1", parameters: "fast", worth: Worth::Keeping }.key(&digest(b"a"))
    }

    #[test]
    fn a_key_is_made_once_and_is_another_for_everyone() {
        let folder = tempfile::tempdir().unwrap();
        let seal = |name: &str| {
            let file = folder.path().join(name).join(FILE);
            Seal::of_file(&file).unwrap().of(&key(), b"derived")
        };
        assert_eq!(seal("ada"), seal("ada"));
        assert_ne!(seal("ada"), seal("bob"));
        fs::write(folder.path().join("ada").join(FILE), "cut off").unwrap();
        assert_ne!(seal("ada"), seal("bob"));
        assert_eq!(seal("ada"), seal("ada"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        Seal::of_file(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_seal_takes_the_key_the_name_and_the_bytes() {
        let (one, other) = (Seal::of_secret("a secret of a team"), Seal::of_secret("another one"));
        assert_eq!(one.of(&key(), b"a"), Seal::of_secret("a secret of a team").of(&key(), b"a"));
        assert_ne!(one.of(&key(), b"a"), other.of(&key(), b"a"));
        assert_ne!(one.of(&key(), b"a"), one.of(&key(), b"b"));
        assert_eq!(format!("{one:?}"), "Seal");
    }
}
