//! Tokens and codes: random, handed out once, kept only as SHA-256.
//!
//! Each hash carries the word of its purpose, so that a hash of one kind never
//! matches a secret of another.

use std::fmt;

use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use crate::email::Email;
use crate::error::LedgerError;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Takes what a client sent. Any text is allowed; a wrong one
            /// matches nothing.
            #[must_use]
            pub fn from_text(text: &str) -> Self {
                Self(text.trim().to_owned())
            }

            /// The secret itself, for the one who may have it.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

secret!(
    /// Stands in the link of a sign-in mail: 256 random bits.
    SignInToken
);
secret!(
    /// The six digits of a sign-in mail, typed in by hand.
    SignInCode
);
secret!(
    /// Renews a session: names its family and holds 256 random bits.
    RefreshToken
);
secret!(
    /// What ties a sign-in code to the browser that asked for it: the random
    /// content of a cookie.
    BrowserBinding
);

impl SignInToken {
    pub(crate) fn random() -> Result<Self, LedgerError> {
        Ok(Self(hex(&random_bytes::<32>()?)))
    }

    pub(crate) fn hash(&self) -> String {
        hash("sign-in-token", &[&self.0])
    }
}

impl SignInCode {
    pub(crate) fn random() -> Result<Self, LedgerError> {
        // The bias of the remainder is below one in 10^13.
        let number = u64::from_le_bytes(random_bytes()?) % 1_000_000;
        Ok(Self(format!("{number:06}")))
    }

    /// Salted with address and browser, so that equal codes have unequal hashes.
    pub(crate) fn hash(&self, email: &Email, browser: &BrowserBinding) -> String {
        hash("sign-in-code", &[email.expose(), &browser.0, &self.0])
    }
}

impl BrowserBinding {
    pub(crate) fn hash(&self) -> String {
        hash("browser", &[&self.0])
    }
}

impl RefreshToken {
    /// The first token of a new family.
    pub(crate) fn random() -> Result<Self, LedgerError> {
        Ok(Self(format!("{}.{}", hex(&random_bytes::<16>()?), hex(&random_bytes::<32>()?))))
    }

    /// The next token of the same family. It follows from this one and a random
    /// step that the ledger keeps: neither a stolen token nor a stolen ledger is
    /// enough to make it.
    pub(crate) fn successor(&self, step: &str) -> Self {
        Self(format!("{}.{}", self.family(), hash("refresh-successor", &[&self.0, step])))
    }

    /// A fresh step to a successor.
    pub(crate) fn step() -> Result<String, LedgerError> {
        Ok(hex(&random_bytes::<32>()?))
    }

    /// The family is a secret of its own: who knows it once held one of its
    /// tokens, so a wrong token of a known family is an old one used again.
    pub(crate) fn family_hash(&self) -> String {
        hash("refresh-family", &[self.family()])
    }

    pub(crate) fn hash(&self) -> String {
        hash("refresh-token", &[&self.0])
    }

    fn family(&self) -> &str {
        self.0.split_once('.').map_or("", |(family, _)| family)
    }
}

/// SHA-256 over a purpose and its parts, each with its length before it so
/// that no two lists of parts read the same.
pub(crate) fn hash(purpose: &str, parts: &[&str]) -> String {
    let mut sha = Sha256::new();
    for part in std::iter::once(&purpose).chain(parts) {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part.as_bytes());
    }
    hex(&sha.finalize())
}

fn random_bytes<const N: usize>() -> Result<[u8; N], LedgerError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| LedgerError::NoRandomness)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a string never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown_by_debug() {
        let token = RefreshToken::random().unwrap();
        assert_eq!(format!("{token:?}"), "RefreshToken(…)");
        assert_eq!(format!("{:?}", SignInCode::random().unwrap()), "SignInCode(…)");
        assert_eq!(format!("{:?}", SignInToken::random().unwrap()), "SignInToken(…)");
    }

    #[test]
    fn a_code_has_six_digits_and_a_token_256_bits() {
        let code = SignInCode::random().unwrap();
        assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(SignInToken::random().unwrap().expose().len(), 64);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(hash("p", &["ab", "c"]), hash("p", &["a", "bc"]));
        assert_ne!(hash("p", &["a"]), hash("q", &["a"]));
    }

    #[test]
    fn a_successor_stays_in_the_family() {
        let token = RefreshToken::random().unwrap();
        let step = RefreshToken::step().unwrap();
        let next = token.successor(&step);
        assert_eq!(token.family_hash(), next.family_hash());
        assert_ne!(token.hash(), next.hash());
        assert_eq!(token.successor(&step), next);
        assert_ne!(token.successor(&RefreshToken::step().unwrap()), next);
    }
}
