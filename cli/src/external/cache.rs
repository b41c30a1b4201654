//! Answers of earlier checks, in `.lyceum/cache/links.json`. It can be lost at
//! any time, so what can't be read of it is as if it were not there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use crate::school_folder::{keep_out_of_git, own_folder};

const OWN_FOLDER: &str = ".lyceum";
const FOLDER: &str = ".lyceum/cache";

/// A longer file is none of ours.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
const FILE: &str = "links.json";

/// The answers that are still good.
#[derive(Debug, Default)]
pub(super) struct Cache {
    answers: BTreeMap<String, Kept>,
    now: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    /// Seconds since 1970.
    at: u64,
    answer: Answer,
}

impl Cache {
    /// What was answered less than `max_age` ago.
    pub(super) fn read(root: &Path, max_age: Duration) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let text = own_folder(root, FOLDER).ok().and_then(|folder| read(&folder.join(FILE)));
        let text = text.unwrap_or_default();
        let mut answers: BTreeMap<String, Kept> = serde_json::from_slice(&text).unwrap_or_default();
        // An answer of the future is a clock that was wrong.
        answers.retain(|_, kept| kept.at <= now && now - kept.at < max_age.as_secs());
        Self { answers, now }
    }

    pub(super) fn get(&self, url: &str) -> Option<&Answer> {
        self.answers.get(url).map(|kept| &kept.answer)
    }

    pub(super) fn put(&mut self, url: String, answer: Answer) {
        self.answers.insert(url, Kept { at: self.now, answer });
    }

    /// Keeps what is settled.
    pub(super) fn write(&self, root: &Path) -> anyhow::Result<()> {
        let settled: BTreeMap<&String, &Kept> =
            self.answers.iter().filter(|(_, kept)| kept.answer.is_settled()).collect();
        let folder = own_folder(root, FOLDER)?;
        let write = || -> anyhow::Result<()> {
            keep_out_of_git(&own_folder(root, OWN_FOLDER)?)?;
            fs::create_dir_all(&folder)?;
            let file = tempfile::NamedTempFile::new_in(&folder)?;
            serde_json::to_writer(&file, &settled)?;
            file.persist(folder.join(FILE))?;
            Ok(())
        };
        write().with_context(|| format!("failed to write into `{FOLDER}`"))
    }
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let found = path.symlink_metadata().ok()?;
    (found.is_file() && found.len() <= MAX_BYTES).then(|| fs::read(path).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_until_it_is_too_old() {
        let root = tempfile::tempdir().unwrap();
        let day = Duration::from_secs(86_400);
        let mut cache = Cache::read(root.path(), day);
        cache.put("https://a.test/".to_owned(), Answer::Fine);
        cache.put("https://b.test/".to_owned(), Answer::Broken("404".to_owned()));
        cache.write(root.path()).unwrap();
        let read = Cache::read(root.path(), day);
        assert_eq!(read.get("https://a.test/"), Some(&Answer::Fine));
        assert_eq!(read.get("https://b.test/"), None);
        assert_eq!(Cache::read(root.path(), Duration::ZERO).get("https://a.test/"), None);
        fs::write(root.path().join(FOLDER).join(FILE), "{").unwrap();
        assert_eq!(Cache::read(root.path(), day).get("https://a.test/"), None);
    }
}
