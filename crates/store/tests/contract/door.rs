//! The one door to the stores under test: a folder always, and a real S3
//! server when `LYCEUM_TEST_S3_ENDPOINT` names one.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use contracts::access::Audience;
use contracts::manifest::Manifest;
use contracts::object_key::ObjectKey;
use jiff::Timestamp;
use store::config::{Credentials, S3Access, StoreConfig};
use store::release::key::ReleaseKey;
use store::release::{Published, ReleaseError, publish};
use store::store::{Payload, Store};
use tokio::sync::OnceCell;

use crate::school::School;

/// A fresh store with its own release key.
pub(crate) struct Ground {
    pub(crate) config: StoreConfig,
    pub(crate) store: Store,
    pub(crate) key: ReleaseKey,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Folder(tempfile::TempDir),
    S3,
}

/// Secret of the links of a folder store.
pub(crate) const LINK_SECRET: &[u8] = b"a link secret for tests, 32 bytes or more";

/// A fresh ground on each kind of store.
pub(crate) async fn grounds() -> Vec<Ground> {
    let mut grounds = vec![folder_ground()];
    grounds.extend(s3_ground().await);
    grounds
}

pub(crate) fn folder_ground() -> Ground {
    let folder = tempfile::tempdir().unwrap();
    let url = |side: &str| format!("file://{}", folder.path().join(side).display());
    let config = StoreConfig::parse(&url("public"), &url("private"), S3Access::default()).unwrap();
    Ground::new(config, Kind::Folder(folder))
}

/// `None` without a server; then the promises of S3 alone are left out.
pub(crate) async fn s3_ground() -> Option<Ground> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static BUCKETS: OnceCell<String> = OnceCell::const_new();
    let access = s3_access("LYCEUM_TEST_S3_ACCESS_KEY", "LYCEUM_TEST_S3_SECRET_KEY");
    let Some(access) = access else {
        eprintln!("left out: the store on S3 (LYCEUM_TEST_S3_ENDPOINT is not set)");
        return None;
    };
    let run = BUCKETS
        .get_or_init(|| async {
            let now = Timestamp::now().as_microsecond();
            for side in ["public", "private"] {
                make_bucket(&access, &format!("{side}-{now}")).await;
            }
            now.to_string()
        })
        .await;
    // One pair of buckets for the run and a prefix for each test: a bucket is
    // dear in some servers, and prefixes are a promise too.
    let own = COUNT.fetch_add(1, Ordering::Relaxed);
    let config = StoreConfig::parse(
        &format!("s3://public-{run}/test {own}"),
        &format!("s3://private-{run}/test {own}"),
        access,
    );
    Some(Ground::new(config.unwrap(), Kind::S3))
}

/// The server with the keys that these variables hold.
pub(crate) fn s3_access(id: &str, secret: &str) -> Option<S3Access> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let endpoint = variable("LYCEUM_TEST_S3_ENDPOINT")?;
    Some(S3Access {
        endpoint: Some(endpoint.parse().unwrap()),
        browser_endpoint: None,
        region: None,
        credentials: Some(Credentials {
            access_key_id: variable(id)?,
            secret_access_key: variable(secret)?,
            session_token: None,
        }),
    })
}

/// `PUT /bucket`, which no adapter of ours ever sends: schools get their
/// buckets from their operator.
async fn make_bucket(access: &S3Access, bucket: &str) {
    let keys = access.credentials.as_ref().unwrap();
    let url = access.endpoint.as_ref().unwrap().join(bucket).unwrap();
    let identity = aws_credential_types::Credentials::new(
        &keys.access_key_id,
        &keys.secret_access_key,
        None,
        None,
        "test",
    )
    .into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("s3")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let headers = [("host", host.as_str()), ("x-amz-content-sha256", empty)];
    let request =
        SignableRequest::new("PUT", url.as_str(), headers.into_iter(), SignableBody::Bytes(b""));
    let (instructions, _) = sign(request.unwrap(), &params).unwrap().into_parts();
    let mut put = reqwest::Client::new().put(url).header("x-amz-content-sha256", empty);
    for (name, value) in instructions.headers() {
        put = put.header(name, value);
    }
    let answer = put.send().await.unwrap();
    assert!(answer.status().is_success(), "{bucket}: {}", answer.status());
}

impl Ground {
    fn new(config: StoreConfig, kind: Kind) -> Self {
        let store = Store::open(&config).unwrap();
        Self { config, store, key: ReleaseKey::generate().unwrap(), kind }
    }

    /// Publishes at a second after the epoch.
    pub(crate) async fn publish(
        &self,
        school: &School,
        second: i64,
    ) -> Result<Published, ReleaseError> {
        let manifest = school.manifest();
        publish(&self.store, school.uploads(), &manifest, &self.key, at(second), |_| ()).await
    }

    /// Puts bytes over an object, as someone who can write the store would.
    pub(crate) async fn overwrite(&self, key: &ObjectKey, bytes: impl Into<Vec<u8>>) {
        self.store.put(key, Payload::Bytes(bytes.into().into())).await.unwrap();
    }

    /// Every public file by path and text.
    pub(crate) async fn public_side(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        for listed in self.store.list(Audience::Everyone, "").await.unwrap() {
            let bytes = self.store.get(&crate::school::page(&listed.path)).await.unwrap();
            files.push((listed.path, String::from_utf8(bytes.to_vec()).unwrap()));
        }
        files
    }

    /// Fails unless the public side holds all that the school has and, besides
    /// the hashed files of the release before, nothing else.
    pub(crate) async fn assert_shows(&self, school: &School, before: Option<&School>) {
        let public = |manifest: Manifest, hashed_only: bool| {
            manifest.objects.into_iter().filter(move |entry| {
                entry.key.audience() == Audience::Everyone
                    && (!hashed_only || entry.key.is_content_addressed())
            })
        };
        let mut expected: Vec<_> = public(school.manifest(), false)
            .chain(before.into_iter().flat_map(|before| public(before.manifest(), true)))
            .map(|entry| (entry.key.path(), entry.digest))
            .collect();
        expected.sort();
        expected.dedup();
        let shown: Vec<_> = self
            .public_side()
            .await
            .into_iter()
            .map(|(path, text)| (path, crate::school::digest(text.as_bytes())))
            .collect();
        assert_eq!(shown, expected);
    }
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}
