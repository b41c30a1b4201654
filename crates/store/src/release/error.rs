//! Why a release can't be read, published or restored.

use contracts::digest::Digest;
use contracts::id::ReleaseId;
use jiff::Timestamp;

use crate::error::StoreError;

/// Why what stands in the store is not accepted as a release.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no `current.json`.
    #[error("nothing has been published yet")]
    NothingPublished,
    /// Truncated, or not what it should be.
    #[error("`{path}` can't be understood")]
    Malformed {
        /// Path in its bucket.
        path: String,
        /// Where and why.
        source: serde_json::Error,
    },
    /// None of the known keys signed the pointer.
    #[error("`current.json` is signed by none of the known release keys")]
    NotSigned,
    /// A pointer with a good signature but from before the one we know.
    #[error("`current.json` is of {published_at}, older than the known one of {known}")]
    Replayed {
        /// When the pointer was signed.
        published_at: Timestamp,
        /// When the known one was.
        known: Timestamp,
    },
    /// The note of how new the newest pointer was.
    #[error("the note `{file}` of the newest release can't be used")]
    Memory {
        /// Which file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The manifest's bytes are not those that were signed.
    #[error("the manifest of release `{release}` has digest {actual}, not {expected}")]
    ManifestDiffers {
        /// Whose manifest.
        release: ReleaseId,
        /// What the pointer says.
        expected: Digest,
        /// What is there.
        actual: Digest,
    },
    /// The release has another id than its manifest gives it.
    #[error("release `{release}` does not belong to the manifest with digest {manifest}")]
    Misnamed {
        /// The id.
        release: ReleaseId,
        /// The manifest's digest, whose first 16 digits the id should be.
        manifest: Digest,
    },
    /// A manifest from another time.
    #[error(
        "the manifest of release `{release}` has version {version}, which is not known; only {} is",
        contracts::manifest::MANIFEST_VERSION
    )]
    UnknownVersion {
        /// Whose manifest.
        release: ReleaseId,
        /// Its version.
        version: u64,
    },
    /// The release has no such object.
    #[error("release `{release}` has no `{path}`")]
    NotListed {
        /// Which release.
        release: ReleaseId,
        /// Path of the object.
        path: String,
    },
    /// Network, server or disk; also an object whose bytes differ.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a publication or a rollback did not happen, or stopped on its way.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// What is live now can't be read, so nothing can be built upon it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Network, server or disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another publication holds the store.
    #[error("another publication is running{}", heard_of(.other.as_ref()))]
    Running {
        /// What it publishes and when it was last heard of, where that is
        /// known; five minutes later it counts as dead.
        other: Option<(ReleaseId, Timestamp)>,
    },
    /// Another publication finished while this one was being prepared.
    #[error("another publication was faster")]
    Overtaken,
    /// The manifest names an object for which there is no file.
    #[error("the manifest names `{path}`, but there is no such file to publish")]
    Missing {
        /// Path of the object.
        path: String,
    },
    /// A file and the manifest tell different things about one object.
    #[error("the manifest and the file of `{path}` disagree on its digest or length")]
    Mismatch {
        /// Path of the object.
        path: String,
    },
    /// Two objects would overwrite each other, or the store's own files.
    #[error("`{path}` is the place of more than one object")]
    Collision {
        /// The path.
        path: String,
    },
    /// The first publication would delete what others have put there.
    #[error("the public side already holds `{path}`, which is not part of the school")]
    NotEmpty {
        /// One of the files.
        path: String,
    },
    /// There is nothing to go back to.
    #[error("there is no release before the one that is live")]
    NoPrevious,
    /// The release is live already.
    #[error("release `{0}` is live already")]
    AlreadyLive(ReleaseId),
    /// No such release was ever published here.
    #[error("there is no release `{0}`")]
    UnknownRelease(ReleaseId),
    /// A release so old that files it needs were retired.
    #[error("release `{release}` can't be restored: {}", gone(.missing))]
    Incomplete {
        /// Which release.
        release: ReleaseId,
        /// What is gone.
        missing: Vec<String>,
    },
    /// The release gave everyone a file that only learners may have today.
    #[error(
        "release `{release}` can't be restored: it shows `{path}` to everyone, but in the live release this file belongs to a lesson that is not open to everyone, and so it was taken off the public side"
    )]
    Gated {
        /// Which release.
        release: ReleaseId,
        /// Path of the file on the public side.
        path: String,
    },
    /// The manifest can't be written as JSON.
    #[error("failed to write the manifest")]
    Manifest(#[from] serde_json::Error),
    /// The lock file of a folder store.
    #[error("failed to lock `{file}`")]
    Lock {
        /// The lock file.
        file: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Old releases lose their pictures and styles first, and the first name says
/// enough.
fn gone(missing: &[String]) -> String {
    const WHY: &str =
        "the public files of a release are kept until the second publication after it";
    match missing {
        [one] => format!("its file `{one}` is gone; {WHY}"),
        [first, ..] => format!("{} of its files are gone, first `{first}`; {WHY}", missing.len()),
        [] => WHY.to_owned(),
    }
}

fn heard_of(other: Option<&(ReleaseId, Timestamp)>) -> String {
    other.map_or_else(String::new, |(release, since)| {
        format!(": of release `{release}`, last heard of at {since}")
    })
}

impl ReleaseError {
    /// How to mend it, if there is a way; for the end of a message.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Running { .. } => Some(
                "wait for it; if it was interrupted, publish the same site again, or wait five minutes",
            ),
            Self::Overtaken => Some("look at what is live now, then publish again"),
            Self::NotEmpty { .. } => {
                Some("choose an empty folder, or an own bucket or prefix, for the public side")
            }
            Self::Incomplete { .. } => {
                Some("go back to that state of the school's folder and run `lyceum publish`")
            }
            Self::Gated { .. } => Some(
                "to keep the lesson closed, mend the school's folder and run `lyceum publish`; to open it to everyone again, change its `access` or `publish_at` and publish",
            ),
            Self::Read(ReadError::NotSigned) => {
                Some("publish with the release key of the last publication")
            }
            Self::Mismatch { .. } | Self::Missing { .. } => Some("build again, then publish"),
            _ => None,
        }
    }
}
