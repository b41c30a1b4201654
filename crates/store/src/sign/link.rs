//! Links that the edge itself serves when the store is a folder.
//!
//! `/objects/<path>?expires=<unix>&signature=<base64url>`, where the signature
//! is HMAC-SHA256 over purpose, audience, end and path.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use contracts::access::Audience;
use contracts::cache_policy::CachePolicy;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use super::{MIN_SECRET_BYTES, SignError, SignedUrl, SignerError, Term, refuse_internal};

/// Signs and verifies links with a secret that only edges have.
pub struct LinkSigner {
    /// Boxed: the prepared state of both halves has more than a kilobyte.
    key: Box<hmac::Key>,
    lifetime: Duration,
}

/// An object that the bearer of a link may read: only a verified signature
/// makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedObject {
    path: SitePath,
    audience: Audience,
}

/// Why a link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The signature isn't ours, or not for this path and end.
    #[error("the link was not signed here")]
    Forged,
    /// The signature is ours, but its time is over.
    #[error("the link has expired")]
    Expired,
}

/// The longest path that is signed. Half of a request line is left for the rest.
const MOST_PATH_BYTES: usize = 1024;

impl LinkSigner {
    /// Links are good for at least `lifetime`. Two edges that serve the same
    /// school need the same secret.
    pub fn new(secret: &[u8], lifetime: Duration) -> Result<Self, SignerError> {
        if secret.len() < MIN_SECRET_BYTES {
            return Err(SignerError::ShortSecret { given: secret.len() });
        }
        Ok(Self { key: Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)), lifetime })
    }

    /// See [`super::Signer::sign`]; the URL is path-absolute.
    pub fn sign(&self, key: &ObjectKey, now: Timestamp) -> Result<SignedUrl, SignError> {
        refuse_internal(key)?;
        let term = Term::at(now, self.lifetime)?;
        let path = key.path();
        let expires = term.ends.as_second();
        let tag = hmac::sign(&self.key, &signed_bytes(key.audience(), expires, &path));
        let signature = URL_SAFE_NO_PAD.encode(tag);
        let encoded = super::sigv4::encode_path(&path);
        let url = format!("/objects/{encoded}?expires={expires}&signature={signature}");
        Ok(SignedUrl { url, expires_at: term.ends })
    }

    /// Checks a link that a request brought: `path` is what stands behind
    /// `/objects/`, percent-decoded. The signature is checked before the time,
    /// so a forged link learns nothing.
    pub fn verify(
        &self,
        path: &str,
        expires: &str,
        signature: &str,
        now: Timestamp,
    ) -> Result<SignedObject, LinkError> {
        let forged = LinkError::Forged;
        if path.len() > MOST_PATH_BYTES || signature.len() > 64 {
            return Err(forged);
        }
        let site_path = SitePath::parse(path).map_err(|_| forged)?;
        let ends: i64 = expires.parse().map_err(|_| forged)?;
        // One number, one text: `+5` and `05` would be other links to the same.
        if ends.to_string() != expires {
            return Err(forged);
        }
        let tag = URL_SAFE_NO_PAD.decode(signature).map_err(|_| forged)?;
        let audience = [Audience::Entitled, Audience::Everyone]
            .into_iter()
            .find(|audience| {
                hmac::verify(&self.key, &signed_bytes(*audience, ends, path), &tag).is_ok()
            })
            .ok_or(forged)?;
        if now.as_second() >= ends {
            return Err(LinkError::Expired);
        }
        Ok(SignedObject { path: site_path, audience })
    }
}

/// What is signed. The first line keeps the signature from meaning anything
/// else; the path comes last because it alone could hold a separator.
fn signed_bytes(audience: Audience, expires: i64, path: &str) -> Vec<u8> {
    let audience = match audience {
        Audience::Everyone => "everyone",
        Audience::Entitled => "entitled",
        Audience::Internal => "internal",
    };
    format!("lyceum-object-link-v1\n{audience}\n{expires}\n{path}").into_bytes()
}

impl SignedObject {
    /// Its path in the bucket.
    #[must_use]
    pub fn path(&self) -> &SitePath {
        &self.path
    }

    /// Whose bucket it is in.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// Its media type.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        // The extension decides for every kind of object, and a page is the
        // kind that consists of a path alone.
        ObjectKey::Page { path: self.path.clone() }.content_type()
    }

    /// How long a browser may keep it.
    #[must_use]
    pub fn cache_policy(&self) -> CachePolicy {
        CachePolicy::Private
    }
}

impl fmt::Debug for LinkSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkSigner").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use contracts::digest::Digest;
    use contracts::id::{LessonId, ReleaseId};

    use super::*;
    use crate::sign::LIFETIME;

    const NOW: i64 = 1_800_000_123;

    fn signer() -> LinkSigner {
        LinkSigner::new(&[7; 32], LIFETIME).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn body() -> ObjectKey {
        let lesson = LessonId::parse("ownership").unwrap();
        let name = SitePath::parse("所有权 1.png").unwrap();
        ObjectKey::LessonAsset { lesson, digest: Digest::from_bytes([1; 32]), name }
    }

    /// Path, end and signature of a link, as a request brings them.
    fn parts(url: &str) -> (String, String, String) {
        let url = url::Url::parse("http://edge.test").unwrap().join(url).unwrap();
        let path = url.path().strip_prefix("/objects/").unwrap();
        let path = percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned();
        let value = |name| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        (path, value("expires"), value("signature"))
    }

    #[test]
    fn a_link_opens_its_object_until_it_expires() {
        let signed = signer().sign(&body(), at(NOW)).unwrap();
        let (path, expires, signature) = parts(&signed.url);
        let ends = signed.expires_at.as_second();
        assert!((NOW + 900..=NOW + 1200).contains(&ends));
        let open = |now| signer().verify(&path, &expires, &signature, at(now));
        let object = open(ends - 1).unwrap();
        assert_eq!(object.path().as_str(), body().path());
        assert_eq!(object.audience(), Audience::Entitled);
        assert_eq!(object.content_type(), "image/png");
        assert_eq!(open(ends), Err(LinkError::Expired));
    }

    #[test]
    fn within_one_window_the_link_is_the_same() {
        let sign = |now| signer().sign(&body(), at(now)).unwrap();
        assert_eq!(sign(NOW), sign(NOW + 100));
        assert_ne!(sign(NOW), sign(NOW + 300));
    }

    #[test]
    fn a_changed_link_is_forged() {
        let signed = signer().sign(&body(), at(NOW)).unwrap();
        let (path, expires, signature) = parts(&signed.url);
        let later = (expires.parse::<i64>().unwrap() + 1).to_string();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        let flipped = format!("{flipped}{}", &signature[1..]);
        let long = "a".repeat(5000);
        for (path, expires, signature) in [
            ("lessons/other/body.html", expires.as_str(), signature.as_str()),
            (&path, &later, &signature),
            (&path, &format!("0{expires}"), &signature),
            (&path, &format!("+{expires}"), &signature),
            (&path, "", &signature),
            (&path, "99999999999999999999999", &signature),
            (&path, &expires, &flipped),
            (&path, &expires, ""),
            (&path, &expires, "!!!"),
            (&path, &expires, &long),
            (&long, &expires, &signature),
            (&format!("../{path}"), &expires, &signature),
        ] {
            let answer = signer().verify(path, expires, signature, at(NOW));
            assert_eq!(answer, Err(LinkError::Forged), "{path} {expires} {signature}");
        }
        let other = LinkSigner::new(&[8; 32], LIFETIME).unwrap();
        assert_eq!(other.verify(&path, &expires, &signature, at(NOW)), Err(LinkError::Forged));
    }

    #[test]
    fn an_internal_object_is_never_signed() {
        let release = ReleaseId::parse("a1").unwrap();
        for key in [ObjectKey::Current, ObjectKey::Manifest { release }] {
            let refused = signer().sign(&key, at(NOW));
            assert!(matches!(refused, Err(SignError::Internal { .. })), "{key}");
        }
    }

    #[test]
    fn a_signature_for_the_public_side_does_not_open_the_private_one() {
        let path = SitePath::parse("lessons/ownership/body.html").unwrap();
        let signed = signer().sign(&ObjectKey::Page { path }, at(NOW)).unwrap();
        let (path, expires, signature) = parts(&signed.url);
        let object = signer().verify(&path, &expires, &signature, at(NOW)).unwrap();
        assert_eq!(object.audience(), Audience::Everyone);
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert_eq!(
            LinkSigner::new(&[0; 31], LIFETIME).unwrap_err(),
            SignerError::ShortSecret { given: 31 }
        );
    }

    #[test]
    fn debug_never_shows_the_secret() {
        let signer = LinkSigner::new(b"a secret of more than 32 bytes, yes", LIFETIME).unwrap();
        assert_eq!(format!("{signer:?}"), "LinkSigner { lifetime: 900s, .. }");
    }
}
