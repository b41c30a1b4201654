//! The release key: an Ed25519 pair that signs the pointer to the live
//! release, so that whoever can write the bucket can't yet put words into the
//! school's mouth.

use std::fmt;
use std::io::Write;
use std::path::Path;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;

use contracts::release::{Current, ReleaseRef};

/// The secret half; it stays with whoever publishes.
pub struct ReleaseKey {
    pair: Ed25519KeyPair,
}

/// The public half; edges are configured with it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

/// Why there is no release key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("failed to {act} the release key `{file}`")]
    File {
        /// What was tried.
        act: &'static str,
        /// The file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is no secret key.
    #[error(
        "the release key is neither a PEM file of an Ed25519 key nor a base64 seed of 32 bytes"
    )]
    Secret,
    /// The text is no public key.
    #[error("`{}` is not a public key such as `ed25519:` and 43 letters of base64url", .0.escape_debug())]
    Public(String),
    /// The random source of the system failed.
    #[error("failed to make a release key")]
    Random,
}

/// No configured key made the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is by none of the known release keys")]
pub struct NotSigned;

const PEM_HEAD: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_TAIL: &str = "-----END PRIVATE KEY-----";

impl ReleaseKey {
    /// A new pair from the random source of the system.
    pub fn generate() -> Result<Self, KeyError> {
        Ed25519KeyPair::generate().map(|pair| Self { pair }).map_err(|_| KeyError::Random)
    }

    /// Reads a PEM text (PKCS#8, as `openssl genpkey` writes it) or the
    /// base64 of a 32-byte seed.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let pair = match text.strip_prefix(PEM_HEAD).and_then(|rest| rest.strip_suffix(PEM_TAIL)) {
            Some(inner) => {
                let inner: String = inner.split_whitespace().collect();
                let der = STANDARD.decode(inner).map_err(|_| KeyError::Secret)?;
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
            }
            None => {
                let seed = STANDARD
                    .decode(text)
                    .or_else(|_| URL_SAFE_NO_PAD.decode(text))
                    .map_err(|_| KeyError::Secret)?;
                Ed25519KeyPair::from_seed_unchecked(&seed)
            }
        };
        pair.map(|pair| Self { pair }).map_err(|_| KeyError::Secret)
    }

    /// Reads a key file.
    pub fn load(file: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(file).map_err(file_error("read", file))?;
        Self::parse(&text)
    }

    /// Writes a PEM file that only its owner can read. A file that is there
    /// is never overwritten: every edge would stop trusting us.
    pub fn save(&self, file: &Path) -> Result<(), KeyError> {
        let der = self.pair.to_pkcs8v1().map_err(|_| KeyError::Random)?;
        let pem = format!("{PEM_HEAD}\n{}\n{PEM_TAIL}\n", STANDARD.encode(der.as_ref()));
        let fail = file_error("write", file);
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(&fail)?;
        // Half a key, left by a program that was killed, would stop every later one.
        let write = || {
            let mut whole = tempfile::NamedTempFile::new_in(folder)?;
            whole.write_all(pem.as_bytes())?;
            whole.as_file().sync_all()?;
            whole.persist_noclobber(file).map(drop).map_err(|failed| failed.error)
        };
        write().map_err(fail)
    }

    /// The half that edges are configured with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut bytes = [0; 32];
        let public = self.pair.public_key().as_ref();
        for (to, from) in bytes.iter_mut().zip(public) {
            *to = *from;
        }
        PublicKey(bytes)
    }

    /// The signed pointer to a release.
    #[must_use]
    pub fn sign(
        &self,
        live: ReleaseRef,
        previous: Option<ReleaseRef>,
        published_at: Timestamp,
    ) -> Current {
        let text = Current::signed_text(&live, previous.as_ref(), published_at);
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(text.as_bytes()));
        Current { live, previous, published_at, signature }
    }
}

impl PublicKey {
    /// Reads `ed25519:` and the unpadded URL-safe base64 of 32 bytes.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        text.strip_prefix("ed25519:")
            .and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| KeyError::Public(text.to_owned()))
    }
}

/// Whether one of the keys signed the pointer.
pub fn verify(current: &Current, keys: &[PublicKey]) -> Result<(), NotSigned> {
    let signature = URL_SAFE_NO_PAD.decode(&current.signature).map_err(|_| NotSigned)?;
    let text = Current::signed_text(&current.live, current.previous.as_ref(), current.published_at);
    let signed_by = |key: &PublicKey| {
        UnparsedPublicKey::new(&ED25519, key.0).verify(text.as_bytes(), &signature).is_ok()
    };
    if keys.iter().any(signed_by) { Ok(()) } else { Err(NotSigned) }
}

fn file_error(act: &'static str, file: &Path) -> impl Fn(std::io::Error) -> KeyError {
    let file = file.display().to_string();
    move |source| KeyError::File { act, file: file.clone(), source }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ed25519:{}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for ReleaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReleaseKey").field("public", &self.public()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use contracts::digest::Digest;
    use contracts::id::ReleaseId;

    use super::*;

    fn current(key: &ReleaseKey) -> Current {
        let reference = |id, byte| ReleaseRef {
            release: ReleaseId::parse(id).unwrap(),
            manifest: Digest::from_bytes([byte; 32]),
        };
        key.sign(reference("b", 2), Some(reference("a", 1)), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_key_survives_its_file_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".lyceum/release.key");
        let key = ReleaseKey::generate().unwrap();
        key.save(&file).unwrap();
        assert_eq!(ReleaseKey::load(&file).unwrap().public(), key.public());
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &std::fs::metadata(&file).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
        let refused = ReleaseKey::generate().unwrap().save(&file);
        assert!(matches!(refused, Err(KeyError::File { act: "write", .. })));
    }

    #[test]
    fn a_seed_is_a_key_too() {
        // RFC 8032, section 7.1, test 1.
        let seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
        let public = "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        assert_eq!(ReleaseKey::parse(seed).unwrap().public().to_string(), public);
        for text in ["nonsense", "AAAA", ""] {
            assert!(matches!(ReleaseKey::parse(text), Err(KeyError::Secret)), "{text}");
        }
        let pem = format!("{PEM_HEAD}\nAAAA\n{PEM_TAIL}");
        assert!(matches!(ReleaseKey::parse(&pem), Err(KeyError::Secret)));
        assert!(matches!(ReleaseKey::load(Path::new("/no/such/key")), Err(KeyError::File { .. })));
    }

    #[test]
    fn a_public_key_survives_its_text() {
        let public = ReleaseKey::generate().unwrap().public();
        assert_eq!(PublicKey::parse(&public.to_string()).unwrap(), public);
        for text in ["", "ed25519:", "ed25519:AAAA", &public.to_string()[8..]] {
            assert!(matches!(PublicKey::parse(text), Err(KeyError::Public(_))), "{text}");
        }
    }

    #[test]
    fn a_pointer_is_verified_by_the_key_that_signed_it_alone() {
        let key = ReleaseKey::generate().unwrap();
        let other = ReleaseKey::generate().unwrap().public();
        let signed = current(&key);
        assert_eq!(verify(&signed, &[other.clone(), key.public()]), Ok(()));
        assert_eq!(verify(&signed, &[other]), Err(NotSigned));
        assert_eq!(verify(&signed, &[]), Err(NotSigned));
    }

    #[test]
    fn a_pointer_changed_anywhere_is_refused() {
        let key = ReleaseKey::generate().unwrap();
        let signed = current(&key);
        let mut live = signed.clone();
        live.live.manifest = Digest::from_bytes([9; 32]);
        let mut previous = signed.clone();
        previous.previous = None;
        let mut time = signed.clone();
        time.published_at = Timestamp::MAX;
        let mut signature = signed;
        signature.signature = "!".to_owned();
        for forged in [live, previous, time, signature] {
            assert_eq!(verify(&forged, &[key.public()]), Err(NotSigned), "{forged:?}");
        }
    }

    #[test]
    fn debug_never_shows_the_secret() {
        let key = ReleaseKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), format!("ReleaseKey {{ public: {}, .. }}", key.public()));
    }
}
