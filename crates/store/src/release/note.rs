//! One publication at a time, and none that stops half-way unnoticed.
//!
//! In a folder a lock of the operating system keeps others out and dies with
//! its process. Everywhere a note stands in the store while public pages
//! change: in a bucket it keeps others out for as long as it is renewed, and
//! after an interruption it says that no manifest describes the pages.

use std::fs::{File, TryLockError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use contracts::id::ReleaseId;
use contracts::object_key::ObjectKey;

use super::error::{ReadError, ReleaseError};
use crate::adapter::Condition;
use crate::error::StoreError;
use crate::store::Store;

/// After this long without a sign of life, another publication takes over. It
/// is renewed after every batch of pages, which takes seconds.
const LEASE: Duration = Duration::from_secs(5 * 60);

/// The lock file of a folder store. Dot files are never listed or served.
const LOCK_FILE: &str = ".publication.lock";

/// The content of `publication.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    release: ReleaseId,
    renewed_at: Timestamp,
    state: State,
    #[serde(default, skip_serializing_if = "Mark::is_none")]
    mark: Mark,
}

/// How far the public pages are those of the release that the note names. Whoever can
/// write notes can also write pages, so it is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mark {
    /// The release that all pages were of before; `None` if they may have been of
    /// several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<ReleaseId>,
    /// So many of the first objects of its manifest are those of the release by now, as
    /// far as they are pages, and only once it is live.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) objects: usize,
}

impl Mark {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Running,
    /// It failed and said so.
    Stopped,
}

/// A note that was there before us.
#[derive(Debug)]
pub(crate) struct Found {
    etag: String,
    note: Note,
}

/// The right to change public pages. `finish` gives it back; without that the
/// note stays and the next publication knows.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    store: &'a Store,
    release: ReleaseId,
    etag: String,
    clock: Clock,
    mark: Mark,
}

/// The time, from the caller's `now` on: an upload may take hours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    now: Timestamp,
    started: Instant,
}

impl Clock {
    pub(crate) fn from(now: Timestamp) -> Self {
        Self { now, started: Instant::now() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now.checked_add(self.started.elapsed()).unwrap_or(self.now)
    }
}

/// Keeps other processes of this machine out of a folder store until dropped.
pub(crate) fn lock(store: &Store) -> Result<Option<File>, ReleaseError> {
    let Some(folder) = store.private_folder() else { return Ok(None) };
    let path = folder.join(LOCK_FILE);
    let fail = |source| ReleaseError::Lock { file: path.display().to_string(), source };
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(fail)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(ReleaseError::Running { other: None }),
        Err(TryLockError::Error(source)) => Err(fail(source)),
    }
}

/// The note, if there is one.
pub(crate) async fn read(store: &Store) -> Result<Option<Found>, ReadError> {
    match store.get_unless(&ObjectKey::Publication, None).await {
        Ok(Some((etag, bytes))) => {
            let note = serde_json::from_slice(&bytes).map_err(|source| ReadError::Malformed {
                path: ObjectKey::Publication.path(),
                source,
            })?;
            Ok(Some(Found { etag, note }))
        }
        Ok(None) | Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Found {
    /// Which release it is about, and how far it came.
    pub(crate) fn mark(&self) -> (&ReleaseId, &Mark) {
        (&self.note.release, &self.note.mark)
    }

    /// Refuses while another release is being published. The same release may
    /// go on at once: it would write the same bytes.
    pub(crate) fn refuse_if_running(
        &self,
        store: &Store,
        next: &ReleaseId,
        now: Timestamp,
    ) -> Result<(), ReleaseError> {
        // In a folder the lock has already proved that nobody is left.
        let alive = store.private_folder().is_none()
            && self.note.state == State::Running
            && self.note.release != *next
            && now.duration_since(self.note.renewed_at).unsigned_abs() < LEASE;
        if alive {
            let other = Some((self.note.release.clone(), self.note.renewed_at));
            Err(ReleaseError::Running { other })
        } else {
            Ok(())
        }
    }
}

impl<'a> Turn<'a> {
    /// Leaves the note that pages are about to change.
    pub(crate) async fn take(
        store: &'a Store,
        release: &ReleaseId,
        found: Option<&Found>,
        mark: Mark,
        clock: Clock,
    ) -> Result<Self, ReleaseError> {
        let condition = match found {
            Some(found) => {
                found.refuse_if_running(store, release, clock.now())?;
                Condition::Still(found.etag.clone())
            }
            None => Condition::Absent,
        };
        let mut turn = Self { store, release: release.clone(), etag: String::new(), clock, mark };
        turn.etag = match turn.write(State::Running, condition).await {
            Err(StoreError::Changed { .. } | StoreError::NotFound { .. }) => {
                return Err(ReleaseError::Running { other: None });
            }
            written => written?,
        };
        Ok(turn)
    }

    /// From the next renewal on, so many of the first objects are those of the release.
    pub(crate) fn reached(&mut self, objects: usize) {
        self.mark.objects = self.mark.objects.max(objects);
    }

    /// Shows that we are alive, and notices if another has taken over.
    pub(crate) async fn renew(&mut self) -> Result<(), ReleaseError> {
        self.etag = match self.write(State::Running, Condition::Still(self.etag.clone())).await {
            Err(StoreError::Changed { .. } | StoreError::NotFound { .. }) => {
                return Err(ReleaseError::Overtaken);
            }
            written => written?,
        };
        Ok(())
    }

    /// The pages are those of one release again.
    pub(crate) async fn finish(mut self) -> Result<(), ReleaseError> {
        self.renew().await?;
        Ok(self.store.delete(&ObjectKey::Publication).await?)
    }

    /// Nothing was changed, or what was is left for the next one to mend.
    pub(crate) async fn stop(self) -> Result<(), StoreError> {
        let condition = Condition::Still(self.etag.clone());
        self.write(State::Stopped, condition).await.map(drop)
    }

    async fn write(&self, state: State, condition: Condition) -> Result<String, StoreError> {
        let note = Note {
            release: self.release.clone(),
            renewed_at: self.clock.now(),
            state,
            mark: self.mark.clone(),
        };
        let key = ObjectKey::Publication;
        let failed = |source| StoreError::Failed { act: "write", path: key.path(), source };
        let bytes = serde_json::to_vec(&note).map_err(|error| failed(error.into()))?;
        let etag = match self.store.put_if(&key, bytes.into(), condition).await {
            // A request whose answer was lost is sent again and then meets itself.
            Err(error @ StoreError::Changed { .. }) => match read(self.store).await {
                Ok(Some(found)) if found.note == note => Some(found.etag),
                _ => return Err(error),
            },
            written => written?,
        };
        etag.ok_or_else(|| failed("the server gives no entity tag".into()))
    }
}
