//! Session tokens: Ed25519 JWTs that live for ten minutes.
//!
//! The key entry fixes the algorithm, the header only picks an entry, and a
//! header with anything beyond `alg`, `typ` and `kid` is refused, so no token
//! can talk the verifier into another key. Signature checks are remembered by
//! the digest of the whole token; everything that depends on time or purpose
//! is checked again on each use.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::claims::{Claims, Entitlements};
use contracts::id::PersonId;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cookie;
use crate::secret::Secret;

/// Lifetime of a token, and so the longest time a refunded learner keeps
/// access while the entitlement cache can't be reached.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// How far the clocks of two edges may differ.
const LEEWAY_SECONDS: i64 = 30;
/// What the token is for; a token of another kind never passes here.
const TYPE: &str = "lyceum-session+jwt";
const AUDIENCE: &str = "lyceum-edge";
/// A token of more entitlements than fit into a cookie carries none, and the
/// cache or the ledger is asked instead.
const MAX_TOKEN_BYTES: usize = cookie::MAX_VALUE_BYTES;
/// 100,000 tokens of about 400 bytes are 40 MB, the most this cache may take.
const REMEMBERED_TOKENS: u64 = 100_000;

/// A person's session as the token states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub person: PersonId,
    /// What they may open. `None` when it didn't fit into the token.
    pub entitlements: Option<Entitlements>,
}

impl Session {
    /// The claims, with the newer of the token's entitlements and `known`.
    #[must_use]
    pub fn claims(&self, known: Option<Entitlements>) -> Option<Claims> {
        let stated = self.entitlements.clone();
        let entitlements = match (stated, known) {
            (Some(stated), Some(known)) if stated.version > known.version => stated,
            (stated, known) => known.or(stated)?,
        };
        Some(Claims { person: self.person.clone(), entitlements })
    }
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url, or not the JSON we write.
    #[error("the token is not readable")]
    Malformed,
    /// Another algorithm, type or an unknown key.
    #[error("the token is not of this kind or not by a key of ours")]
    Foreign,
    /// The signature doesn't fit.
    #[error("the token's signature is wrong")]
    Forged,
    /// Issued by or for somebody else, or meant to live too long.
    #[error("the token was not made for this service")]
    Misused,
    /// Valid from a later moment on.
    #[error("the token is not valid yet")]
    NotYet,
    /// It was good once.
    #[error("the token is expired")]
    Expired,
}

/// Signs and verifies session tokens.
pub struct Tokens {
    issuer: String,
    kid: String,
    signing: EncodingKey,
    /// Every key that is still trusted, by its id.
    trusted: BTreeMap<String, TrustedKey>,
    verified: moka::future::Cache<[u8; 32], Arc<Payload>>,
}

struct TrustedKey {
    decoding: DecodingKey,
    /// The public key, as JWKS writes it.
    x: String,
}

/// The key can't sign.
#[derive(Debug, thiserror::Error)]
#[error("the session key is not usable as an Ed25519 key")]
pub struct KeyError;

/// Exactly what a header may hold; `jku`, `jwk`, `x5u`, `x5c`, `crit`, `b64`
/// and `zip` are unknown fields and refuse the token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    iss: String,
    aud: String,
    sub: PersonId,
    iat: i64,
    nbf: i64,
    exp: i64,
    // Without `default`, so that a token without the field is no token of ours.
    #[serde(deserialize_with = "Option::deserialize")]
    ent: Option<Entitlements>,
}

impl Tokens {
    /// Tokens signed by `signing`, issued under the public URL. `retired` keys
    /// only verify, so that a new key signs nobody out.
    pub fn new(issuer: &str, signing: &Secret, retired: &[Secret]) -> Result<Self, KeyError> {
        let (kid, key, pair) = key_entry(signing)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeyError)?;
        let mut trusted = BTreeMap::from([(kid.clone(), key)]);
        for secret in retired {
            let (kid, key, _) = key_entry(secret)?;
            trusted.insert(kid, key);
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            kid,
            signing: EncodingKey::from_ed_der(pkcs8.as_ref()),
            trusted,
            verified: moka::future::Cache::builder()
                .max_capacity(REMEMBERED_TOKENS)
                .time_to_live(std::time::Duration::from_secs(60))
                .build(),
        })
    }

    /// A fresh token for a session.
    pub fn issue(&self, session: &Session, now: Timestamp) -> Result<String, KeyError> {
        let token = self.sign(session, session.entitlements.clone(), now)?;
        if token.len() <= MAX_TOKEN_BYTES { Ok(token) } else { self.sign(session, None, now) }
    }

    /// The session that a token states, or why it is refused.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Session, TokenError> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let payload = match self.verified.get(&digest).await {
            Some(payload) => payload,
            None => {
                let payload = Arc::new(self.verify_signature(token)?);
                self.verified.insert(digest, Arc::clone(&payload)).await;
                payload
            }
        };
        self.check(&payload, now)?;
        Ok(Session { person: payload.sub.clone(), entitlements: payload.ent.clone() })
    }

    /// The public keys as a JWK Set.
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self
            .trusted
            .iter()
            .map(|(kid, key)| {
                serde_json::json!({
                    "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                    "kid": kid, "x": key.x,
                })
            })
            .collect();
        serde_json::json!({ "keys": keys })
    }

    fn sign(
        &self,
        session: &Session,
        entitlements: Option<Entitlements>,
        now: Timestamp,
    ) -> Result<String, KeyError> {
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        let issued = now.as_second();
        let payload = Payload {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: session.person.clone(),
            iat: issued,
            nbf: issued,
            exp: issued + LIFETIME.as_secs(),
            ent: entitlements,
        };
        jsonwebtoken::encode(&header, &payload, &self.signing).map_err(|_| KeyError)
    }

    fn verify_signature(&self, token: &str) -> Result<Payload, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(TokenError::Malformed)?;
        let header: StrictHeader = decode(header)?;
        if header.alg != "EdDSA" || header.typ != TYPE {
            return Err(TokenError::Foreign);
        }
        let key = self.trusted.get(&header.kid).ok_or(TokenError::Foreign)?;
        jsonwebtoken::crypto::verify(
            signature,
            message.as_bytes(),
            &key.decoding,
            Algorithm::EdDSA,
        )
        .ok()
        .filter(|fits| *fits)
        .ok_or(TokenError::Forged)?;
        // Only a signed text is parsed further.
        decode(payload)
    }

    fn check(&self, payload: &Payload, now: Timestamp) -> Result<(), TokenError> {
        let now = now.as_second();
        if payload.iss != self.issuer || payload.aud != AUDIENCE {
            return Err(TokenError::Misused);
        }
        let life = payload.exp.checked_sub(payload.iat).ok_or(TokenError::Misused)?;
        if !(0..=LIFETIME.as_secs()).contains(&life) {
            return Err(TokenError::Misused);
        }
        if payload.nbf.max(payload.iat) > now.saturating_add(LEEWAY_SECONDS) {
            return Err(TokenError::NotYet);
        }
        if payload.exp.saturating_add(LEEWAY_SECONDS) <= now {
            return Err(TokenError::Expired);
        }
        Ok(())
    }
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, TokenError> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| TokenError::Malformed)
}

fn key_entry(secret: &Secret) -> Result<(String, TrustedKey, Ed25519KeyPair), KeyError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(secret.expose()).map_err(|_| KeyError)?;
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    // The key's id is its RFC 7638 thumbprint.
    let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#));
    let decoding = DecodingKey::from_ed_components(&x).map_err(|_| KeyError)?;
    Ok((URL_SAFE_NO_PAD.encode(thumbprint), TrustedKey { decoding, x }, pair))
}

#[cfg(test)]
mod tests;
