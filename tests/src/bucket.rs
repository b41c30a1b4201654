//! Buckets of the S3 server, made for one test: what an operator prepares
//! before the first publication, and what an attacker would find there.
//!
//! It looks with the plain S3 client and not through our own store, so that a
//! mistake of the store can't hide itself.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use futures::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::services::{Keys, S3};

/// A bucket.
#[derive(Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Where the server listens.
    pub endpoint: String,
    client: AmazonS3,
}

/// What strangers may do with a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strangers {
    /// Read every object.
    Read,
    /// Nothing without a signed URL.
    Nothing,
}

impl Bucket {
    /// Creates it. Pages of `origin` may fetch from it with a script.
    pub async fn create(s3: &S3, name: &str, strangers: Strangers, origin: &str) -> Result<Self> {
        let url = format!("{}/{name}", s3.endpoint);
        let keys = &s3.writer;
        put(keys, &url, "").await.with_context(|| format!("failed to make `{name}`"))?;
        let cors = format!(
            "<CORSConfiguration><CORSRule><AllowedOrigin>{origin}</AllowedOrigin>\
             <AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>\
             <AllowedHeader>*</AllowedHeader></CORSRule></CORSConfiguration>"
        );
        put(keys, &format!("{url}?cors="), &cors).await.context("failed to set CORS")?;
        if strangers == Strangers::Read {
            let policy = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{name}/*"}}]}}"#
            );
            put(keys, &format!("{url}?policy="), &policy)
                .await
                .context("failed to set a policy")?;
        }
        let client = AmazonS3Builder::new()
            .with_endpoint(&s3.endpoint)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_bucket_name(name)
            .with_access_key_id(&keys.access)
            .with_secret_access_key(&keys.secret)
            .build()?;
        Ok(Self { name: name.to_owned(), endpoint: s3.endpoint.clone(), client })
    }

    /// The paths of all objects, sorted.
    pub async fn paths(&self) -> Result<Vec<String>> {
        let listed: Vec<_> = self.client.list(None).try_collect().await?;
        let mut paths: Vec<_> = listed.into_iter().map(|meta| meta.location.to_string()).collect();
        paths.sort();
        Ok(paths)
    }

    /// The bytes of an object.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let object = self.client.get(&Path::parse(path)?).await?;
        Ok(object.bytes().await?.to_vec())
    }

    /// Writes an object past the store, as somebody would who has the publisher's keys.
    pub async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        self.client.put(&Path::parse(path)?, bytes.into()).await?;
        Ok(())
    }

    /// The address under which a stranger would ask for an object.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}/{}/{path}", self.endpoint, self.name)
    }
}

/// A PUT whose signature stands in its address.
async fn put(keys: &Keys, url: &str, body: &str) -> Result<()> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(60));
    let identity = Credentials::new(&keys.access, &keys.secret, None, None, "tests").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name("s3")
        .time(SystemTime::now())
        .settings(settings)
        .build()?
        .into();
    let mut signed = url::Url::parse(url)?;
    let host = signed.authority().to_owned();
    let headers = std::iter::once(("host", host.as_str()));
    let request = SignableRequest::new("PUT", url, headers, SignableBody::UnsignedPayload)?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    signed.query_pairs_mut().extend_pairs(instructions.params());
    let client = reqwest::Client::new();
    let answer = client.put(signed).body(body.to_owned()).send().await?;
    if !answer.status().is_success() {
        bail!("{} {}", answer.status(), answer.text().await?);
    }
    Ok(())
}
