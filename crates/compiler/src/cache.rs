//! A place for bytes that are dear to make and can be made again: smaller pictures,
//! compressed copies.
//!
//! What is kept is found by what it was made of and how, never by a name, so nothing
//! in it can be out of date. Where it is kept is the caller's business: the compiler
//! sees no disk. A cache may lose anything at any time; the site is the same.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use contracts::digest::Digest;

/// How some bytes are made of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// The tools with their versions: another version may give other bytes.
    pub tool: &'static str,
    /// What is done, with everything that changes the outcome.
    pub parameters: &'static str,
    /// Whether it is worth fetching from afar.
    pub worth: Worth,
}

/// How dear it is to make something again, held against the way to a cache elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Worth {
    /// Made again sooner than fetched over a network: a block of code, a compressed page.
    Keeping,
    /// Dear enough to be fetched from a cache that others fill too: a smaller picture.
    Sharing,
}

/// Names derived bytes: BLAKE3 of the input's digest and the recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    digest: Digest,
    worth: Worth,
}

/// Keeps derived bytes. Both methods are called from many threads at once.
pub trait Cache: Debug + Send + Sync {
    /// What was kept under a key, whole and unchanged, or `None`.
    fn get(&self, key: &Key) -> Option<Vec<u8>>;

    /// Keeps bytes, as far as that is possible.
    fn put(&self, key: &Key, bytes: &[u8]);

    /// What tells the running program from every other one, for results that another
    /// version of it might not come to. `None` keeps no such results.
    fn program(&self) -> Option<Digest>;
}

/// Keeps everything until it is dropped.
#[derive(Debug, Default)]
pub struct MemoryCache {
    kept: Mutex<HashMap<Key, Arc<[u8]>>>,
}

impl Recipe {
    /// The name of what this recipe makes of an input.
    #[must_use]
    pub fn key(&self, input: &Digest) -> Key {
        let mut hasher = blake3::Hasher::new_derive_key("lyceum 2026-11 derived bytes");
        hasher.update(input.as_bytes());
        for text in [self.tool, self.parameters] {
            // The length keeps two texts from being read as two others.
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        Key { digest: Digest::from_bytes(*hasher.finalize().as_bytes()), worth: self.worth }
    }
}

#[cfg(test)]
impl Recipe {
    /// Fails unless the tools are those of the lock file.
    #[track_caller]
    pub(crate) fn check_versions(&self) {
        let lock = include_str!("../../../Cargo.lock");
        for tool in self.tool.split(", ") {
            let (name, version) = tool.split_once(' ').unwrap();
            let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
            assert!(lock.contains(&entry), "say in the recipe which {name} it is now");
        }
    }
}

impl Key {
    /// Its digest, which can serve as the name of a file.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Whether a cache that others fill is worth asking for it.
    #[must_use]
    pub fn worth(&self) -> Worth {
        self.worth
    }
}

impl Cache for MemoryCache {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).map(|bytes| bytes.to_vec())
    }

    fn put(&self, key: &Key, bytes: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(*key, bytes.into());
    }

    /// It is gone before the program is.
    fn program(&self) -> Option<Digest> {
        Some(Digest::from_bytes([0; 32]))
    }
}

/// Several pieces as one, for what is made together.
pub(crate) fn packed<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Vec<u8> {
    let mut pack = Vec::new();
    for part in parts {
        pack.extend((part.len() as u64).to_le_bytes());
        pack.extend(part);
    }
    pack
}

/// The pieces of a pack; `None` if it is none.
pub(crate) fn unpacked(mut pack: &[u8]) -> Option<Vec<&[u8]>> {
    let mut parts = Vec::new();
    while !pack.is_empty() {
        let (length, rest) = pack.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (part, rest) = rest.split_at_checked(length)?;
        parts.push(part);
        pack = rest;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::digest;

    const RECIPE: Recipe = Recipe { tool: "tool 1", parameters: "fast", worth: Worth::Keeping };

    #[test]
    fn other_bytes_another_tool_and_other_parameters_have_other_keys() {
        let key = RECIPE.key(&digest(b"a"));
        assert_eq!(key, RECIPE.key(&digest(b"a")));
        assert_ne!(key, RECIPE.key(&digest(b"b")));
        assert_ne!(key, Recipe { tool: "tool 2", ..RECIPE }.key(&digest(b"a")));
        assert_ne!(key, Recipe { parameters: "slow", ..RECIPE }.key(&digest(b"a")));
        let shifted = Recipe { tool: "tool 1f", parameters: "ast", ..RECIPE };
        assert_ne!(key, shifted.key(&digest(b"a")));
    }

    #[test]
    fn memory_gives_back_what_it_was_given() {
        let cache = MemoryCache::default();
        let key = RECIPE.key(&digest(b"a"));
        assert_eq!(cache.get(&key), None);
        cache.put(&key, b"derived");
        assert_eq!(cache.get(&key).as_deref(), Some(b"derived".as_slice()));
    }

    #[test]
    fn a_pack_holds_its_pieces_and_a_broken_one_holds_none() {
        let pack = packed([b"one".as_slice(), b"", b"three"]);
        assert_eq!(unpacked(&pack), Some(vec![b"one".as_slice(), b"", b"three"]));
        assert_eq!(unpacked(b""), Some(Vec::new()));
        for end in 1..pack.len() {
            // What ends between two pieces is a shorter pack.
            let is_whole = [11, 19].contains(&end);
            assert_eq!(unpacked(&pack[..end]).is_some(), is_whole, "{end}");
        }
        assert_eq!(unpacked(&[0xff; 20]), None);
    }
}
