//! Where objects are kept and with which keys, read closed by default: an
//! unknown scheme, a missing secret or two sides that overlap are errors that
//! say how to mend them. No secret ever shows in `Debug`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

/// Both sides of a school's storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// What everyone may read; a CDN or a web server stands before it.
    pub public: Location,
    /// What only the edge reads, and what it signs.
    pub private: Location,
    /// How the S3 server is reached; not used by folders.
    pub s3: S3Access,
    /// The longest one request may take, its body included. A publisher on a
    /// slow line needs minutes, an edge wants seconds.
    pub request_timeout: Duration,
}

/// One side: a folder, or a bucket and the prefix inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// An absolute folder of this machine.
    Folder(PathBuf),
    /// A bucket of an S3 server.
    Bucket {
        /// The bucket.
        bucket: String,
        /// Without slashes at its ends; empty for the whole bucket.
        prefix: String,
    },
}

/// How the S3 server is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct S3Access {
    /// The server, addressed path-style. `None` means AWS.
    pub endpoint: Option<Url>,
    /// The same server as browsers see it, if that is another address: signed
    /// URLs point there. `None` means `endpoint`.
    pub browser_endpoint: Option<Url>,
    /// The region; needed with AWS, `us-east-1` for other servers unless given.
    pub region: Option<String>,
    /// The keys; needed by every bucket.
    pub credentials: Option<Credentials>,
}

/// Keys to an S3 server.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Names the key.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: String,
    /// Belongs to temporary keys.
    pub session_token: Option<String>,
}

/// Why a storage configuration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a URL of a kind that is known.
    #[error("`{0}` is neither `file:///absolute/folder` nor `s3://bucket/prefix`")]
    Location(String),
    /// The bucket's name breaks the rules of S3.
    #[error("`{0}` is not the name of a bucket: 3 to 63 lower-case letters, digits, `-` and `.`")]
    Bucket(String),
    /// One side lies inside the other, so the public one would hold the private one.
    #[error(
        "the public side `{public}` and the private side `{private}` overlap; give each its own bucket or folder"
    )]
    Overlap {
        /// The public side.
        public: String,
        /// The private side.
        private: String,
    },
    /// A bucket without keys.
    #[error("`{0}` needs credentials: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`")]
    NoCredentials(String),
    /// One half of a key pair.
    #[error("`{given}` is set but `{missing}` is not")]
    HalfCredentials {
        /// What is there.
        given: &'static str,
        /// What isn't.
        missing: &'static str,
    },
    /// AWS without a region.
    #[error("`{0}` needs a region: set `AWS_REGION`, or an endpoint for another S3 server")]
    NoRegion(String),
    /// The endpoint can't be one.
    #[error("`{0}` is not an endpoint such as `https://s3.example.org`")]
    Endpoint(String),
}

/// Long enough for 8 MiB on a slow line.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

impl StoreConfig {
    /// Reads both sides and checks that they fit together.
    pub fn parse(public: &str, private: &str, s3: S3Access) -> Result<Self, ConfigError> {
        let config = Self {
            public: Location::parse(public)?,
            private: Location::parse(private)?,
            s3,
            request_timeout: REQUEST_TIMEOUT,
        };
        config.check()?;
        Ok(config)
    }

    /// Whether the sides are apart and each bucket has what it needs.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.public.contains(&self.private) || self.private.contains(&self.public) {
            return Err(ConfigError::Overlap {
                public: self.public.to_string(),
                private: self.private.to_string(),
            });
        }
        for endpoint in [&self.s3.endpoint, &self.s3.browser_endpoint].into_iter().flatten() {
            if !matches!(endpoint.scheme(), "http" | "https") || endpoint.query().is_some() {
                return Err(ConfigError::Endpoint(endpoint.to_string()));
            }
        }
        for side in [&self.public, &self.private] {
            if let Location::Bucket { .. } = side {
                self.s3.checked(side)?;
            }
        }
        Ok(())
    }
}

impl Location {
    /// Reads `file:///absolute/folder` or `s3://bucket/prefix`.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let unknown = || ConfigError::Location(text.to_owned());
        let url = Url::parse(text).map_err(|_| unknown())?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(unknown());
        }
        match url.scheme() {
            "file" => url.to_file_path().map(Self::Folder).map_err(|()| unknown()),
            "s3" if url.username().is_empty() && url.password().is_none() => {
                let bucket = url.host_str().ok_or_else(unknown)?.to_owned();
                if !is_bucket_name(&bucket) {
                    return Err(ConfigError::Bucket(bucket));
                }
                let prefix = percent_encoding::percent_decode_str(url.path().trim_matches('/'))
                    .decode_utf8()
                    .map_err(|_| unknown())?
                    .into_owned();
                let plain = |part: &str| !part.is_empty() && !part.starts_with('.');
                if !prefix.is_empty() && !prefix.split('/').all(plain) {
                    return Err(unknown());
                }
                Ok(Self::Bucket { bucket, prefix })
            }
            _ => Err(unknown()),
        }
    }

    /// Whether `other` is the same place or lies below.
    fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Folder(outer), Self::Folder(inner)) => real(inner).starts_with(real(outer)),
            (
                Self::Bucket { bucket: outer_bucket, prefix: outer },
                Self::Bucket { bucket: inner_bucket, prefix: inner },
            ) => outer_bucket == inner_bucket && Path::new(inner).starts_with(outer),
            (Self::Folder(_), Self::Bucket { .. }) | (Self::Bucket { .. }, Self::Folder(_)) => {
                false
            }
        }
    }
}

/// The folder with its symbolic links resolved as far as it exists, so that a
/// link can't hide an overlap.
fn real(folder: &Path) -> PathBuf {
    folder
        .ancestors()
        .find_map(|existing| {
            let resolved = existing.canonicalize().ok()?;
            Some(resolved.join(folder.strip_prefix(existing).ok()?))
        })
        .unwrap_or_else(|| folder.to_owned())
}

fn is_bucket_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !name.contains("..")
}

impl S3Access {
    /// Reads `AWS_REGION` (or `AWS_DEFAULT_REGION`), `AWS_ENDPOINT_URL` and the keys.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// As [`S3Access::from_env`], with the variables from elsewhere.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let endpoint = lookup("AWS_ENDPOINT_URL")
            .map(|text| Url::parse(&text).map_err(|_| ConfigError::Endpoint(text)))
            .transpose()?;
        Ok(Self {
            endpoint,
            browser_endpoint: None,
            region: lookup("AWS_REGION").or_else(|| lookup("AWS_DEFAULT_REGION")),
            credentials: Credentials::from_lookup(lookup)?,
        })
    }

    /// Region and keys, which a bucket can't do without.
    pub(crate) fn checked(&self, side: &Location) -> Result<(&str, &Credentials), ConfigError> {
        let region = match (&self.region, &self.endpoint) {
            (Some(region), _) => region,
            (None, Some(_)) => "us-east-1",
            (None, None) => return Err(ConfigError::NoRegion(side.to_string())),
        };
        let credentials = self
            .credentials
            .as_ref()
            .ok_or_else(|| ConfigError::NoCredentials(side.to_string()))?;
        Ok((region, credentials))
    }
}

impl Credentials {
    /// Both or none of the two halves; one alone is an error.
    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        const ID: &str = "AWS_ACCESS_KEY_ID";
        const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
        match (lookup(ID), lookup(SECRET)) {
            (Some(access_key_id), Some(secret_access_key)) => Ok(Some(Self {
                access_key_id,
                secret_access_key,
                session_token: lookup("AWS_SESSION_TOKEN"),
            })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(ConfigError::HalfCredentials { given: ID, missing: SECRET }),
            (None, Some(_)) => Err(ConfigError::HalfCredentials { given: SECRET, missing: ID }),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "file://{}", folder.display()),
            Self::Bucket { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::Bucket { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3() -> S3Access {
        S3Access {
            endpoint: Some(Url::parse("http://127.0.0.1:1").unwrap()),
            browser_endpoint: None,
            region: None,
            credentials: Some(Credentials {
                access_key_id: "id".to_owned(),
                secret_access_key: "very-secret".to_owned(),
                session_token: Some("very-token".to_owned()),
            }),
        }
    }

    #[test]
    fn a_location_is_a_folder_or_a_bucket() {
        assert_eq!(Location::parse("file:///srv/a%20b"), Ok(Location::Folder("/srv/a b".into())));
        for (text, prefix) in [("s3://school", ""), ("s3://school/a/b/", "a/b")] {
            let bucket = "school".to_owned();
            let prefix = prefix.to_owned();
            assert_eq!(Location::parse(text), Ok(Location::Bucket { bucket, prefix }));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", "dist", "/srv/a", "gs://a-bucket", "s3://", "s3://a-b/.git", "s3://k:s@abc"]
        {
            assert!(matches!(Location::parse(text), Err(ConfigError::Location(_))), "{text}");
        }
        for text in ["s3://ab", "s3://UPPER_case", "s3://a..b", "s3://-abc"] {
            assert!(matches!(Location::parse(text), Err(ConfigError::Bucket(_))), "{text}");
        }
    }

    #[test]
    fn sides_that_overlap_are_refused() {
        for (public, private) in [
            ("file:///srv/school", "file:///srv/school"),
            ("file:///srv/school", "file:///srv/school/private"),
            ("file:///srv/school/public", "file:///srv/school"),
            ("s3://school", "s3://school/private"),
            ("s3://school/a", "s3://school/a"),
        ] {
            let refused = StoreConfig::parse(public, private, s3());
            assert!(matches!(refused, Err(ConfigError::Overlap { .. })), "{public} {private}");
        }
        assert!(StoreConfig::parse("s3://school/ab", "s3://school/a", s3()).is_ok());
    }

    #[test]
    fn a_bucket_without_keys_or_region_is_refused() {
        let bare = S3Access { credentials: None, ..s3() };
        assert_eq!(
            StoreConfig::parse("s3://school-public", "s3://school-private", bare),
            Err(ConfigError::NoCredentials("s3://school-public".to_owned()))
        );
        let aws = S3Access { endpoint: None, ..s3() };
        assert_eq!(
            StoreConfig::parse("s3://school-public", "s3://school-private", aws),
            Err(ConfigError::NoRegion("s3://school-public".to_owned()))
        );
    }

    #[test]
    fn an_endpoint_that_is_no_web_address_is_refused() {
        let odd = S3Access { endpoint: Some(Url::parse("ftp://a.test").unwrap()), ..s3() };
        let refused = StoreConfig::parse("s3://school-public", "s3://school-private", odd);
        assert_eq!(refused, Err(ConfigError::Endpoint("ftp://a.test/".to_owned())));
    }

    #[test]
    fn half_a_key_pair_is_refused() {
        let lookup = |name: &str| (name == "AWS_SECRET_ACCESS_KEY").then(|| "s".to_owned());
        assert_eq!(
            S3Access::from_lookup(lookup),
            Err(ConfigError::HalfCredentials {
                given: "AWS_SECRET_ACCESS_KEY",
                missing: "AWS_ACCESS_KEY_ID"
            })
        );
    }

    #[test]
    fn debug_never_shows_a_secret() {
        let shown = format!("{:?}", StoreConfig::parse("s3://abc", "s3://abd", s3()));
        assert!(shown.contains("abc") && !shown.contains("very-"), "{shown}");
    }
}
