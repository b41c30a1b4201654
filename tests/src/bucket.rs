//! Buckets of the S3 server, made for one test: what an operator prepares
//! before the first publication, and what an attacker would find there.
//!
//! It looks with the plain S3 client and not through our own store, so that a
//! mistake of the store can't hide itself.

use std::process::Command;

use anyhow::{Context, Result, bail};
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
    pub fn create(s3: &S3, name: &str, strangers: Strangers, origin: &str) -> Result<Self> {
        let url = format!("{}/{name}", s3.endpoint);
        let keys = &s3.writer;
        curl(keys, &["-X", "PUT", &url]).with_context(|| format!("failed to make `{name}`"))?;
        let cors = format!(
            "<CORSConfiguration><CORSRule><AllowedOrigin>{origin}</AllowedOrigin>\
             <AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>\
             <AllowedHeader>*</AllowedHeader></CORSRule></CORSConfiguration>"
        );
        curl(keys, &["-X", "PUT", "--data-binary", &cors, &format!("{url}?cors=")])
            .context("failed to set CORS")?;
        if strangers == Strangers::Read {
            let policy = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{name}/*"}}]}}"#
            );
            curl(keys, &["-X", "PUT", "--data-binary", &policy, &format!("{url}?policy=")])
                .context("failed to set the policy")?;
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

    /// The address under which a stranger would ask for an object.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}/{}/{path}", self.endpoint, self.name)
    }
}

/// A request that curl signs.
fn curl(keys: &Keys, arguments: &[&str]) -> Result<()> {
    let output = Command::new("curl")
        .args(["-sS", "--fail-with-body", "-m", "20", "--aws-sigv4", "aws:amz:us-east-1:s3"])
        .args(["-u", &format!("{}:{}", keys.access, keys.secret)])
        .args(arguments)
        .output()
        .context("failed to start `curl`")?;
    if !output.status.success() {
        bail!(
            "{} {}",
            String::from_utf8_lossy(&output.stderr).trim(),
            String::from_utf8_lossy(&output.stdout).trim()
        );
    }
    Ok(())
}
