//! Where a school is published: two folders, or two buckets.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::bucket::{Bucket, Strangers};
use crate::services::{Keys, S3};

/// Both sides of a published school.
#[derive(Debug)]
pub enum Place {
    /// Folders of this machine, gone when dropped.
    Folder(TempDir),
    /// Buckets of a real S3 server.
    Buckets {
        /// Readable by strangers.
        public: Bucket,
        /// Not readable without a signature.
        private: Bucket,
        /// Keys of the publisher.
        writer: Keys,
        /// Keys of the edge, which may do less.
        reader: Keys,
    },
}

/// One side of a published school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What everyone may read.
    Public,
    /// The rest.
    Private,
}

impl Place {
    /// Two new folders.
    pub fn folder() -> Result<Self> {
        let root = TempDir::new()?;
        fs::create_dir(root.path().join("public"))?;
        fs::create_dir(root.path().join("private"))?;
        Ok(Self::Folder(root))
    }

    /// Two new buckets, for a school whose pages stand at `origin`.
    pub async fn buckets(s3: &S3, origin: &str) -> Result<Self> {
        let root = TempDir::new()?;
        let chance = root.path().file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let chance = chance.trim_start_matches('.').to_ascii_lowercase();
        let public = format!("public-{chance}");
        let private = format!("private-{chance}");
        Ok(Self::Buckets {
            public: Bucket::create(s3, &public, Strangers::Read, origin).await?,
            private: Bucket::create(s3, &private, Strangers::Nothing, origin).await?,
            writer: s3.writer.clone(),
            reader: s3.reader.clone(),
        })
    }

    /// The URL of a side, as `lyceum publish` and the edge take it.
    #[must_use]
    pub fn url(&self, side: Side) -> String {
        match self {
            Self::Folder(_) => format!("file://{}", self.path(side).display()),
            Self::Buckets { public, private, .. } => {
                let bucket = if side == Side::Public { public } else { private };
                format!("s3://{}", bucket.name)
            }
        }
    }

    /// Where the S3 server listens; `None` for folders.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Folder(_) => None,
            Self::Buckets { public, .. } => Some(&public.endpoint),
        }
    }

    /// Puts the edge's keys into a command's environment.
    pub fn hand_keys_to_edge(&self, command: &mut Command) {
        if let Self::Buckets { reader, .. } = self {
            hand_over(command, reader);
        }
    }

    /// Puts the publisher's keys into a command's environment.
    pub fn hand_keys_to_publisher(&self, command: &mut Command) {
        if let Self::Buckets { writer, .. } = self {
            hand_over(command, writer);
        }
    }

    /// Everything that stands on a side, by path.
    pub async fn objects(&self, side: Side) -> Result<BTreeMap<String, Vec<u8>>> {
        match self {
            Self::Folder(_) => self.files(side),
            Self::Buckets { public, private, .. } => {
                let bucket = if side == Side::Public { public } else { private };
                let mut objects = BTreeMap::new();
                for path in bucket.paths().await? {
                    let bytes = bucket.bytes(&path).await?;
                    objects.insert(path, bytes);
                }
                Ok(objects)
            }
        }
    }

    /// Writes an object as somebody would who broke into the storage.
    pub fn plant(&self, side: Side, path: &str, bytes: &[u8]) -> Result<()> {
        ensure!(matches!(self, Self::Folder(_)), "only folders are broken into");
        Ok(fs::write(self.path(side).join(path), bytes)?)
    }

    fn files(&self, side: Side) -> Result<BTreeMap<String, Vec<u8>>> {
        let root = self.path(side);
        let mut files = BTreeMap::new();
        for entry in WalkDir::new(&root) {
            let entry = entry?;
            if entry.file_type().is_file() {
                let below = entry.path().strip_prefix(&root)?;
                let name = below.to_str().context("a file name is not UTF-8")?;
                files.insert(name.to_owned(), fs::read(entry.path())?);
            }
        }
        Ok(files)
    }

    fn path(&self, side: Side) -> PathBuf {
        let name = if side == Side::Public { "public" } else { "private" };
        match self {
            Self::Folder(root) => root.path().join(name),
            Self::Buckets { .. } => PathBuf::from(name),
        }
    }
}

fn hand_over(command: &mut Command, keys: &Keys) {
    command.env("AWS_ACCESS_KEY_ID", &keys.access).env("AWS_SECRET_ACCESS_KEY", &keys.secret);
}
