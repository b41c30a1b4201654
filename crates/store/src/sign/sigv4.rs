//! Presigned GET by AWS Signature Version 4, for any S3 server.
//!
//! The signature also fixes media type and caching of the answer, so that an
//! object whose headers were lost or changed is still sent as its key demands.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use contracts::access::Audience;
use contracts::object_key::ObjectKey;

use super::{SignError, SignedUrl, Term, refuse_internal};
use crate::config::{ConfigError, Location, S3Access, StoreConfig};
use crate::error::BoxedError;

/// Signs with the keys of the S3 server, without a request.
pub struct S3Signer {
    keys: aws_credential_types::Credentials,
    region: String,
    /// Where each side begins; `None` if it is not in a bucket.
    public: Option<String>,
    private: Option<String>,
    lifetime: Duration,
}

/// What a browser that is led to an object does with it. Markup is saved and
/// not shown: a script in it would run on the origin of the storage. What a
/// page embeds or fetches is not touched by this.
fn disposition(content_type: &str) -> &'static str {
    let essence = content_type.split(';').next().unwrap_or_default();
    if matches!(essence, "text/html" | "application/xml" | "image/svg+xml") {
        "&response-content-disposition=attachment"
    } else {
        ""
    }
}

/// Everything but the unreserved characters of RFC 3986 is encoded, as S3's
/// canonical request demands.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: &AsciiSet = &VALUE.remove(b'/');

impl S3Signer {
    /// URLs are good for at least `lifetime`, but never for more than seven
    /// days, and not for longer than temporary keys are.
    pub fn new(config: &StoreConfig, lifetime: Duration) -> Result<Self, ConfigError> {
        config.check()?;
        let (region, keys) = config.s3.checked(&config.private)?;
        let base = |side| base_url(&config.s3, region, side);
        Ok(Self {
            keys: aws_credential_types::Credentials::new(
                &keys.access_key_id,
                &keys.secret_access_key,
                keys.session_token.clone(),
                None,
                "lyceum",
            ),
            region: region.to_owned(),
            public: base(&config.public),
            private: base(&config.private),
            lifetime,
        })
    }

    /// See [`super::Signer::sign`]; the URL is absolute.
    pub fn sign(&self, key: &ObjectKey, now: Timestamp) -> Result<SignedUrl, SignError> {
        refuse_internal(key)?;
        let term = Term::at(now, self.lifetime)?;
        let path = key.path();
        let failed = |source| SignError::Failed { path: key.path(), source };
        let base = match key.audience() {
            Audience::Everyone => &self.public,
            Audience::Entitled | Audience::Internal => &self.private,
        };
        let base = base.as_ref().ok_or_else(|| failed("not in a bucket".into()))?;
        let url = format!(
            "{base}/{}?response-cache-control={}{}&response-content-type={}",
            encode_path(&path),
            utf8_percent_encode(key.cache_policy().header(), VALUE),
            disposition(key.content_type()),
            utf8_percent_encode(key.content_type(), VALUE),
        );
        let begins = SystemTime::from(term.begins);
        let length = Duration::from_secs(term.seconds);
        let url = presign(&self.keys, &self.region, &url, begins, length).map_err(failed)?;
        Ok(SignedUrl { url, expires_at: term.ends })
    }
}

/// Where a side begins, as browsers see it, without a slash at its end.
fn base_url(access: &S3Access, region: &str, side: &Location) -> Option<String> {
    let Location::Bucket { bucket, prefix } = side else { return None };
    let bucket_url = match access.browser_endpoint.as_ref().or(access.endpoint.as_ref()) {
        Some(endpoint) => format!("{}/{bucket}", endpoint.as_str().trim_end_matches('/')),
        None if bucket.contains('.') => format!("https://s3.{region}.amazonaws.com/{bucket}"),
        None => format!("https://{bucket}.s3.{region}.amazonaws.com"),
    };
    let slash = if prefix.is_empty() { "" } else { "/" };
    Some(format!("{bucket_url}{slash}{}", encode_path(prefix)))
}

/// A path as it stands in URLs, its slashes kept.
pub(super) fn encode_path(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// Signs an encoded URL; the `host` header is the only one that is signed.
fn presign(
    keys: &aws_credential_types::Credentials,
    region: &str,
    url: &str,
    begins: SystemTime,
    length: Duration,
) -> Result<String, BoxedError> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(length);
    // S3 signs the path as it is sent: once encoded, and `//` stays `//`.
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    let identity = keys.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("s3")
        .time(begins)
        .settings(settings)
        .build()?
        .into();
    let parsed = Url::parse(url)?;
    let host = match (parsed.host_str(), parsed.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err("the endpoint has no host".into()),
    };
    let headers = std::iter::once(("host", host.as_str()));
    let request = SignableRequest::new("GET", url, headers, SignableBody::UnsignedPayload)?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    let mut signed = url.to_owned();
    for (name, value) in instructions.params() {
        signed.push(if signed.contains('?') { '&' } else { '?' });
        signed.push_str(name);
        signed.push('=');
        signed.extend(utf8_percent_encode(value, VALUE));
    }
    Ok(signed)
}

impl fmt::Debug for S3Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Signer")
            .field("region", &self.region)
            .field("private", &self.private)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use contracts::digest::Digest;
    use contracts::id::LessonId;
    use contracts::site_path::SitePath;

    use super::*;
    use crate::config::Credentials;
    use crate::sign::LIFETIME;

    /// The keys of AWS's own documentation.
    const ID: &str = "AKIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn access(session_token: Option<&str>) -> S3Access {
        S3Access {
            endpoint: None,
            browser_endpoint: None,
            region: Some("us-east-1".to_owned()),
            credentials: Some(Credentials {
                access_key_id: ID.to_owned(),
                secret_access_key: SECRET.to_owned(),
                session_token: session_token.map(str::to_owned),
            }),
        }
    }

    fn signer(s3: S3Access) -> S3Signer {
        let config = StoreConfig::parse("s3://school-public", "s3://school-private/a b", s3);
        S3Signer::new(&config.unwrap(), LIFETIME).unwrap()
    }

    fn key() -> ObjectKey {
        let lesson = LessonId::parse("ownership").unwrap();
        let name = SitePath::parse("所有权 1+2~.png").unwrap();
        ObjectKey::LessonAsset { lesson, digest: Digest::from_bytes([1; 32]), name }
    }

    fn now() -> Timestamp {
        "2026-11-22T23:59:59Z".parse().unwrap()
    }

    #[test]
    fn the_documented_example_of_aws_has_its_documented_signature() {
        let keys = aws_credential_types::Credentials::new(ID, SECRET, None, None, "test");
        let begins: Timestamp = "2013-05-24T00:00:00Z".parse().unwrap();
        let url = presign(
            &keys,
            "us-east-1",
            "https://examplebucket.s3.amazonaws.com/test.txt",
            begins.into(),
            Duration::from_secs(86_400),
        )
        .unwrap();
        assert_eq!(
            url,
            "https://examplebucket.s3.amazonaws.com/test.txt\
             ?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    #[test]
    fn within_one_window_the_url_is_the_same_and_its_scope_is_of_the_window() {
        let signer = signer(access(None));
        let signed = signer.sign(&key(), now()).unwrap();
        assert_eq!(signer.sign(&key(), "2026-11-22T23:55:00Z".parse().unwrap()).unwrap(), signed);
        assert!(signed.url.contains("X-Amz-Date=20261122T235500Z&X-Amz-Expires=1200"));
        assert_eq!(signed.expires_at, "2026-11-23T00:15:00Z".parse().unwrap());
        let next = signer.sign(&key(), "2026-11-23T00:00:00Z".parse().unwrap()).unwrap();
        assert!(next.url.contains("%2F20261123%2F"), "{}", next.url);
    }

    #[test]
    fn the_url_names_bucket_prefix_and_encoded_key() {
        let signed = signer(access(None)).sign(&key(), now()).unwrap();
        let expected = "https://school-private.s3.us-east-1.amazonaws.com/a%20b/lessons/ownership/\
                        assets/%E6%89%80%E6%9C%89%E6%9D%83%201%2B2~.0101010101010101.png\
                        ?response-cache-control=private%2C%20max-age%3D300\
                        &response-content-type=image%2Fpng&";
        assert!(signed.url.starts_with(expected), "{}", signed.url);
    }

    #[test]
    fn markup_is_saved_and_never_shown_on_the_origin_of_the_storage() {
        let lesson = LessonId::parse("ownership").unwrap();
        let digest = Digest::from_bytes([1; 32]);
        let named = |name: &str| {
            let name = SitePath::parse(name).unwrap();
            ObjectKey::LessonAsset { lesson: lesson.clone(), digest, name }
        };
        let is_saved = |key: &ObjectKey| {
            let signed = signer(access(None)).sign(key, now()).unwrap();
            signed.url.contains("&response-content-disposition=attachment&response-content-type=")
        };
        for name in ["a.html", "a.HTML", "a.svg", "a.xml"] {
            assert!(is_saved(&named(name)), "{name}");
        }
        assert!(is_saved(&ObjectKey::Body { lesson: lesson.clone(), digest }));
        for name in ["a.png", "a.mp4", "a.vtt", "a.pdf", "a.js", "a.bin", "a"] {
            assert!(!is_saved(&named(name)), "{name}");
        }
    }

    #[test]
    fn another_server_is_addressed_by_path_as_browsers_see_it() {
        let s3 = S3Access {
            endpoint: Some(Url::parse("http://10.0.0.1:8333").unwrap()),
            browser_endpoint: Some(Url::parse("https://media.school.test/").unwrap()),
            ..access(None)
        };
        let signed = signer(s3).sign(&key(), now()).unwrap();
        assert!(signed.url.starts_with("https://media.school.test/school-private/a%20b/lessons/"));
    }

    #[test]
    fn a_session_token_is_part_of_the_url() {
        let signed = signer(access(Some("t/o=k"))).sign(&key(), now()).unwrap();
        assert!(signed.url.contains("X-Amz-Security-Token=t%2Fo%3Dk"), "{}", signed.url);
    }

    #[test]
    fn an_internal_object_is_never_signed() {
        let refused = signer(access(None)).sign(&ObjectKey::Current, now());
        assert!(matches!(refused, Err(SignError::Internal { path }) if path == "current.json"));
    }

    #[test]
    fn debug_never_shows_a_secret() {
        let shown = format!("{:?}", signer(access(Some("token"))));
        assert!(!shown.contains(SECRET) && !shown.contains("token"), "{shown}");
    }
}
