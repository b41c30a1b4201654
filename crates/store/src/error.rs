//! What can go wrong between us and the objects, one variant per thing a
//! caller may do about it.

use contracts::digest::Digest;

/// A failed act of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such object.
    #[error("there is no object `{path}`")]
    NotFound {
        /// Path in its bucket.
        path: String,
    },
    /// Someone else wrote the object between our reading and our writing.
    #[error("object `{path}` was changed by someone else")]
    Changed {
        /// Path in its bucket.
        path: String,
    },
    /// The credentials don't reach this far.
    #[error("not allowed to {act} `{path}`")]
    Forbidden {
        /// What was tried.
        act: &'static str,
        /// Path in its bucket.
        path: String,
        /// What the server said.
        source: BoxedError,
    },
    /// The range begins behind the end of the object.
    #[error("the range begins behind the {bytes} bytes of `{path}`")]
    RangeNotSatisfiable {
        /// Path in its bucket.
        path: String,
        /// Length of the object.
        bytes: u64,
    },
    /// An object that is read whole is larger than it can rightly be.
    #[error("`{path}` has {bytes} bytes, more than the {limit} that are read whole")]
    TooLarge {
        /// Path in its bucket.
        path: String,
        /// Length of the object.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// The bytes aren't those that were promised.
    #[error("the bytes of `{path}` have digest {actual}, not {expected}")]
    Differs {
        /// Path in its bucket.
        path: String,
        /// What was promised.
        expected: Digest,
        /// What is there.
        actual: Digest,
    },
    /// A file to be stored can't be read.
    #[error("failed to read `{file}` for `{path}`")]
    Source {
        /// The file on disk.
        file: String,
        /// Path in its bucket.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder can't be prepared.
    #[error("failed to open the folder `{folder}`")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The name can't be stored, such as a dot file.
    #[error("`{path}` is not a name that is stored")]
    BadPath {
        /// The name.
        path: String,
    },
    /// Network, server or disk.
    #[error("failed to {act} `{path}`")]
    Failed {
        /// What was tried.
        act: &'static str,
        /// Path in its bucket.
        path: String,
        /// What the server or the system said.
        source: BoxedError,
    },
}

/// A cause whose type is the adapter's own affair.
pub type BoxedError = Box<dyn std::error::Error + Send + Sync>;

impl StoreError {
    /// Names the thing and the act, once, for an error of the adapter.
    pub(crate) fn wrap(act: &'static str, path: &str, error: object_store::Error) -> Self {
        let path = path.to_owned();
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound { path },
            object_store::Error::AlreadyExists { .. }
            | object_store::Error::Precondition { .. } => Self::Changed { path },
            object_store::Error::InvalidPath { .. } => Self::BadPath { path },
            object_store::Error::PermissionDenied { .. }
            | object_store::Error::Unauthenticated { .. } => {
                Self::Forbidden { act, path, source: error.into() }
            }
            other => Self::Failed { act, path, source: other.into() },
        }
    }
}
