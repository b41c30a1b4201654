//! The edge's own secrets: 32 random bytes each, given or made.
//!
//! A secret never has a `Debug` that shows it, and a file that we make is
//! readable by its owner alone.

use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretBox};

/// The length of every secret. Less is refused, since a short key can be guessed.
pub const SECRET_BYTES: usize = 32;

/// A key that must stay in this process.
pub struct Secret(SecretBox<[u8; SECRET_BYTES]>);

/// Why a secret can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Neither hexadecimal nor base64.
    #[error("is neither hexadecimal nor base64, hint: make one with `openssl rand -base64 32`")]
    Unreadable,
    /// The wrong number of bytes.
    #[error(
        "has {0} bytes instead of {SECRET_BYTES}, hint: make one with `openssl rand -base64 32`"
    )]
    Length(usize),
    /// A file of secrets that can't be read or written.
    #[error("can't be read or made: {0}")]
    File(#[from] std::io::Error),
    /// The operating system gave no random bytes.
    #[error("can't be made, the system has no random bytes")]
    Random,
}

impl Secret {
    /// Reads 64 hexadecimal digits, or base64 of either alphabet.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let bytes = decode_hex(text)
            .or_else(|| STANDARD.decode(text).ok())
            .or_else(|| STANDARD_NO_PAD.decode(text).ok())
            .or_else(|| URL_SAFE.decode(text).ok())
            .or_else(|| URL_SAFE_NO_PAD.decode(text).ok())
            .ok_or(SecretError::Unreadable)?;
        let length = bytes.len();
        let bytes: [u8; SECRET_BYTES] =
            bytes.try_into().map_err(|_| SecretError::Length(length))?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// Reads a file that holds one secret as text.
    pub fn from_file(path: &Path) -> Result<Self, SecretError> {
        Self::parse(&std::fs::read_to_string(path)?)
    }

    /// Reads the file, or makes it with fresh random bytes and mode 0600.
    ///
    /// A file that is there but short is an error, never overwritten.
    pub fn from_file_or_new(path: &Path) -> Result<Self, SecretError> {
        match Self::from_file(path) {
            Err(SecretError::File(error)) if error.kind() == ErrorKind::NotFound => {
                Self::make(path)
            }
            answer => answer,
        }
    }

    /// A fresh secret that is kept nowhere.
    pub fn random() -> Result<Self, SecretError> {
        let mut bytes = [0; SECRET_BYTES];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| SecretError::Random)?;
        Ok(Self(SecretBox::new(Box::new(bytes))))
    }

    /// The bytes, for the one place that signs with them.
    #[must_use]
    pub fn expose(&self) -> &[u8; SECRET_BYTES] {
        self.0.expose_secret()
    }

    fn make(path: &Path) -> Result<Self, SecretError> {
        let secret = Self::random()?;
        let folder = path.parent().unwrap_or(Path::new("."));
        make_private_folder(folder)?;
        // Half a secret, left by a process that was killed, would stop every later one.
        let mut whole = tempfile::NamedTempFile::new_in(folder)?;
        whole.write_all(URL_SAFE_NO_PAD.encode(secret.expose()).as_bytes())?;
        whole.as_file().sync_all()?;
        // The first of two starting processes wins; the other one reads what the first
        // wrote on its next start.
        whole.persist_noclobber(path).map_err(|failed| failed.error)?;
        Ok(secret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Makes a folder that only its owner may enter: keys and the ledger, which knows
/// the learners' addresses, are kept there. One that is there keeps its mode.
pub fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() < SECRET_BYTES || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_and_base64_of_32_bytes_are_read() {
        for text in ["00".repeat(32), STANDARD.encode([0; 32]), URL_SAFE_NO_PAD.encode([0; 32])] {
            assert_eq!(Secret::parse(&text).unwrap().expose(), &[0; 32], "{text}");
        }
    }

    #[test]
    fn a_short_a_long_and_an_unreadable_secret_are_refused() {
        assert!(matches!(Secret::parse(""), Err(SecretError::Length(0))));
        assert!(matches!(Secret::parse(&STANDARD.encode([0; 31])), Err(SecretError::Length(31))));
        assert!(matches!(Secret::parse(&STANDARD.encode([0; 64])), Err(SecretError::Length(64))));
        assert!(matches!(Secret::parse("correct horse"), Err(SecretError::Unreadable)));
    }

    #[test]
    fn a_made_secret_is_read_back_and_a_damaged_one_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/session.key");
        let made = Secret::from_file_or_new(&path).unwrap();
        assert_eq!(Secret::from_file_or_new(&path).unwrap().expose(), made.expose());

        std::fs::write(&path, "abc").unwrap();
        assert!(Secret::from_file_or_new(&path).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "abc");
    }

    #[cfg(unix)]
    #[test]
    fn a_made_secret_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("link.key");
        Secret::from_file_or_new(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::parse(&"ab".repeat(32)).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_of_keys_and_ledger_is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Secret::from_file_or_new(&data.join("session.key")).unwrap();
        assert_eq!(data.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        make_private_folder(&data).unwrap();
    }
}
