//! What the disk says of a file or folder without reading it.
//!
//! It is kept apart because one rule must hold for every stamp: one that a later
//! change could leave as it is, is worth nothing and equals no other.

use std::fs::Metadata;
use std::time::{Duration, SystemTime};

/// The clock of a file system moves in steps, most often of a few milliseconds.
const STEP: Duration = Duration::from_millis(20);

/// Some file systems know whole seconds only, FAT every other one.
const COARSE_STEP: Duration = Duration::from_secs(2);

const NANOSECONDS: i64 = 1_000_000_000;

/// Length, times and inode of a file or folder at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp {
    length: u64,
    inode: u64,
    /// In nanoseconds since 1970, which have 64 bits until 2262.
    modified: i64,
    /// Unlike `modified`, no program can set it back.
    changed: i64,
}

/// A moment; what is stamped must not have been looked at before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment(i64);

impl Moment {
    /// This moment.
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_nanos()).unwrap_or(0))
    }
}

#[cfg(test)]
impl Moment {
    /// A moment at which everything has settled.
    pub(crate) fn later_by_a_minute(self) -> Self {
        Self(self.0.saturating_add(60 * NANOSECONDS))
    }
}

impl Stamp {
    /// Equals no stamp, not even itself.
    pub(crate) const UNKNOWN: Self = Self { length: 0, inode: 0, modified: 0, changed: 0 };

    /// What was found at or after `moment`. Something that was changed so shortly
    /// before that another change might bear the same time is unknown but for its length.
    pub(crate) fn of(found: &Metadata, moment: Moment) -> Self {
        let stamp = Self::unproven(found);
        let is_coarse = stamp.modified % NANOSECONDS == 0 && stamp.changed % NANOSECONDS == 0;
        let step = if is_coarse { COARSE_STEP } else { STEP };
        let last = stamp.modified.max(stamp.changed);
        let step = i64::try_from(step.as_nanos()).unwrap_or(i64::MAX);
        let is_settled = last.saturating_add(step) < moment.0;
        if is_settled { stamp } else { Self { length: stamp.length, ..Self::UNKNOWN } }
    }

    /// Whether what was found is what this stamp was taken of.
    pub(crate) fn fits(self, found: &Metadata) -> bool {
        let found = Self::unproven(found);
        self.inode != 0
            && (self.length, self.inode) == (found.length, found.inode)
            && (self.modified, self.changed) == (found.modified, found.changed)
    }

    #[cfg(unix)]
    fn unproven(found: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        let time = |seconds: i64, nanoseconds: i64| {
            seconds.saturating_mul(NANOSECONDS).saturating_add(nanoseconds)
        };
        Self {
            length: found.len(),
            inode: found.ino(),
            modified: time(found.mtime(), found.mtime_nsec()),
            changed: time(found.ctime(), found.ctime_nsec()),
        }
    }

    /// Elsewhere the standard library knows no time that can't be set back.
    #[cfg(not(unix))]
    fn unproven(found: &Metadata) -> Self {
        Self { length: found.len(), ..Self::UNKNOWN }
    }

    /// How many bytes there were, whatever else is unknown.
    pub(crate) fn length(self) -> u64 {
        self.length
    }

    /// Its bytes, for the record.
    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let parts =
            [self.length, self.inode, self.modified.cast_unsigned(), self.changed.cast_unsigned()];
        for (place, part) in bytes.chunks_exact_mut(8).zip(parts) {
            place.copy_from_slice(&part.to_le_bytes());
        }
        bytes
    }

    /// How many bytes a stamp takes.
    pub(crate) const BYTES: usize = 32;

    /// The stamp that has these bytes.
    pub(crate) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let mut parts = bytes
            .chunks_exact(8)
            .map(|part| u64::from_le_bytes(<[u8; 8]>::try_from(part).unwrap_or_default()));
        let mut part = || parts.next().unwrap_or(0);
        let (length, inode) = (part(), part());
        let (modified, changed) = (part().cast_signed(), part().cast_signed());
        Self { length, inode, modified, changed }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File};

    use super::*;

    fn after(found: &Metadata, milliseconds: i64) -> Moment {
        let last = Stamp::unproven(found);
        Moment(last.modified.max(last.changed) + milliseconds * 1_000_000)
    }

    #[test]
    fn a_stamp_survives_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let found = fs::metadata(folder.path()).unwrap();
        let stamp = Stamp::of(&found, after(&found, 5000));
        assert!(stamp.fits(&found));
        assert!(Stamp::from_bytes(&stamp.to_bytes()).fits(&found));
    }

    #[test]
    fn what_was_changed_just_now_is_unknown_and_fits_nothing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(3).unwrap();
        let found = file.as_file().metadata().unwrap();
        for milliseconds in [0, 10] {
            let stamp = Stamp::of(&found, after(&found, milliseconds));
            assert!(!stamp.fits(&found));
            assert_eq!(stamp.length(), 3);
        }
        assert!(!Stamp::UNKNOWN.fits(&found));
    }

    #[test]
    fn a_time_that_was_set_back_does_not_hide_a_change() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let before = file.as_file().metadata().unwrap();
        let stamp = Stamp::of(&before, after(&before, 5000));
        let modified = before.modified().unwrap();
        // The clock of the disk may stand still for a few milliseconds.
        loop {
            fs::write(file.path(), "").unwrap();
            File::options().write(true).open(file.path()).unwrap().set_modified(modified).unwrap();
            let found = fs::metadata(file.path()).unwrap();
            assert_eq!(found.modified().unwrap(), modified);
            if Stamp::unproven(&found).changed != Stamp::unproven(&before).changed {
                return assert!(!stamp.fits(&found));
            }
        }
    }
}
