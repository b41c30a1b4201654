//! What an earlier build worked out and this one may take over: a stage's result, kept
//! by its input and by the answers to everything that the stage asked on its way.
//!
//! A stage is a pure function of an input that is named by a digest, and of questions
//! whose number and kind depend on what it meets: which file a fence takes in, where a
//! link leads. Under the input's key stand the questions, under the key of these and of
//! today's answers stands the result, or further questions. Nothing kept is ever
//! changed, so a cache may be shared and may lose anything; an answer that is another
//! one today leads to another key, and an answer that is the same again leads back to
//! the result of then.
//!
//! Engines for this exist; salsa is the best known. They hold the graph of one process
//! in memory. Here two builds have nothing in common but a disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contracts::digest::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cache::{Cache, Key, Recipe, Worth};

/// Results are of use to the very program that made them and to no other.
const RESULT: Recipe = Recipe { tool: "lyceum", parameters: "stage", worth: Worth::Keeping };

/// Starts a piece that holds a result.
const DONE: u8 = 0;

/// Starts a piece that holds questions.
const ASK: u8 = 1;

/// So often a stage may have asked other questions than before on the way to a result.
/// What goes on for longer is worked out each time.
const MAX_TURNS: usize = 6;

/// Remembers the results of stages.
#[derive(Debug, Clone)]
pub(crate) struct Memo {
    /// `None` if nothing may be remembered.
    kept: Option<(Arc<dyn Cache>, Digest)>,
}

/// What a stage may ask, and what it asked, with a digest of each answer.
pub(crate) type Asked<Q> = BTreeMap<Q, Digest>;

/// What is known of a stage's result.
#[derive(Debug)]
pub(crate) enum Recalled<Q> {
    /// The result, and what was asked for it.
    Result(Vec<u8>, BTreeSet<Q>),
    /// There is none; here it can be kept.
    Place(Place<Q>),
}

/// Where a result belongs that has to be worked out first.
#[derive(Debug)]
pub(crate) struct Place<Q> {
    /// `None` if it is not to be kept.
    digest: Option<Digest>,
    /// The questions whose answers have led here.
    asked: BTreeSet<Q>,
}

impl Memo {
    /// A memory in a cache, as far as that knows which program fills it.
    pub(crate) fn new(cache: &Arc<dyn Cache>) -> Self {
        Self { kept: cache.program().map(|program| (Arc::clone(cache), program)) }
    }

    /// One that remembers nothing.
    pub(crate) fn none() -> Self {
        Self { kept: None }
    }

    /// Starts the name of an input: everything that a result depends on and that no
    /// question asks about goes into it.
    pub(crate) fn input(&self, stage: &str) -> Input {
        let mut input = Input(blake3::Hasher::new_derive_key("lyceum 2026-11 stage"));
        if let Some((_, program)) = &self.kept {
            input.add(program.as_bytes());
        }
        input.add(stage.as_bytes());
        input
    }

    /// The result of a stage that asks nothing.
    pub(crate) fn get(&self, input: &Digest) -> Option<Vec<u8>> {
        let (cache, _) = self.kept.as_ref()?;
        cache.get(&key(input))
    }

    /// Keeps the result of a stage that asks nothing.
    pub(crate) fn put(&self, input: &Digest, result: &[u8]) {
        if let Some((cache, _)) = &self.kept {
            cache.put(&key(input), result);
        }
    }

    /// The result of a stage, if all that it asked has the same answers today.
    pub(crate) fn recall<Q>(&self, input: Digest, answer: impl Fn(&Q) -> Digest) -> Recalled<Q>
    where
        Q: Ord + DeserializeOwned,
    {
        let mut asked = BTreeSet::new();
        let mut digest = input;
        let Some((cache, _)) = &self.kept else {
            return Recalled::Place(Place { digest: None, asked });
        };
        for _ in 0..MAX_TURNS {
            let piece = cache.get(&key(&digest));
            match piece.as_deref().and_then(<[u8]>::split_first) {
                Some((&DONE, _)) => {
                    let mut piece = piece.unwrap_or_default();
                    piece.remove(0);
                    return Recalled::Result(piece, asked);
                }
                Some((&ASK, questions)) => {
                    let Ok(questions) = serde_json::from_slice::<Vec<Q>>(questions) else { break };
                    digest = turn(&digest, questions.iter().map(&answer));
                    asked.extend(questions);
                }
                _ => return Recalled::Place(Place { digest: Some(digest), asked }),
            }
        }
        Recalled::Place(Place { digest: None, asked })
    }

    /// Keeps a result that was worked out, with what was asked for it.
    pub(crate) fn keep<Q>(&self, place: Place<Q>, asked: &Asked<Q>, result: &[u8])
    where
        Q: Ord + Serialize,
    {
        let (Some((cache, _)), Some(mut digest)) = (&self.kept, place.digest) else { return };
        let new: Vec<(&Q, &Digest)> =
            asked.iter().filter(|(question, _)| !place.asked.contains(question)).collect();
        if !new.is_empty() {
            let questions: Vec<&Q> = new.iter().map(|(question, _)| *question).collect();
            let Ok(questions) = serde_json::to_vec(&questions) else { return };
            cache.put(&key(&digest), &[&[ASK], questions.as_slice()].concat());
            digest = turn(&digest, new.iter().map(|(_, answer)| **answer));
        }
        cache.put(&key(&digest), &[&[DONE], result].concat());
    }
}

/// Where a result stands that these answers lead to.
fn turn(from: &Digest, answers: impl Iterator<Item = Digest>) -> Digest {
    let mut hasher = blake3::Hasher::new_derive_key("lyceum 2026-11 answers");
    hasher.update(from.as_bytes());
    for answer in answers {
        hasher.update(answer.as_bytes());
    }
    Digest::from_bytes(*hasher.finalize().as_bytes())
}

fn key(digest: &Digest) -> Key {
    RESULT.key(digest)
}

/// The name of an input, while it is being made.
#[derive(Debug, Clone)]
pub(crate) struct Input(blake3::Hasher);

impl Input {
    /// Adds a part; two parts are never taken for two others.
    pub(crate) fn add(&mut self, part: &[u8]) -> &mut Self {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
        self
    }

    /// Adds a value by all of its fields.
    pub(crate) fn add_value(
        &mut self,
        value: &impl Serialize,
    ) -> Result<&mut Self, serde_json::Error> {
        serde_json::to_vec(value).map(|bytes| self.add(&bytes))
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::from_bytes(*self.0.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::cache::MemoryCache;
    use crate::site::digest;

    /// A stage that reads `a`, and whatever `a` names.
    struct World {
        memo: Memo,
        files: BTreeMap<String, String>,
        runs: usize,
    }

    impl World {
        fn new() -> Self {
            let cache: Arc<dyn Cache> = Arc::new(MemoryCache::default());
            Self { memo: Memo::new(&cache), files: BTreeMap::new(), runs: 0 }
        }

        fn file(&self, name: &str) -> Digest {
            digest(self.files.get(name).map_or(b"none", String::as_bytes))
        }

        fn run(&mut self) -> String {
            let input = self.memo.input("test").digest();
            let place = match self.memo.recall(input, |name: &String| self.file(name)) {
                Recalled::Result(bytes, _) => return String::from_utf8(bytes).unwrap(),
                Recalled::Place(place) => place,
            };
            self.runs += 1;
            let asked = RefCell::new(Asked::new());
            let read = |name: &str| {
                asked.borrow_mut().insert(name.to_owned(), self.file(name));
                self.files.get(name).cloned().unwrap_or_default()
            };
            let first = read("a");
            let result = format!("{first}: {}", read(&first));
            self.memo.keep(place, &asked.into_inner(), result.as_bytes());
            result
        }

        fn write(&mut self, name: &str, text: &str) -> &mut Self {
            self.files.insert(name.to_owned(), text.to_owned());
            self
        }
    }

    #[test]
    fn a_stage_runs_again_only_if_an_answer_is_another_one() {
        let mut world = World::new();
        assert_eq!(world.write("a", "b").write("b", "one").run(), "b: one");
        assert_eq!(world.write("unasked", "x").run(), "b: one");
        assert_eq!(world.runs, 1);
        assert_eq!(world.write("b", "two").run(), "b: two");
        assert_eq!(world.runs, 2);
    }

    #[test]
    fn other_questions_lead_to_other_results_and_old_ones_back() {
        let mut world = World::new();
        world.write("a", "b").write("b", "one").write("c", "three");
        assert_eq!(world.run(), "b: one");
        assert_eq!(world.write("a", "c").run(), "c: three");
        assert_eq!(world.write("c", "four").run(), "c: four");
        assert_eq!(world.runs, 3);
        assert_eq!(world.write("a", "b").run(), "b: one");
        assert_eq!(world.write("a", "c").run(), "c: four");
        assert_eq!(world.write("c", "three").run(), "c: three");
        assert_eq!(world.runs, 3);
    }

    #[test]
    fn a_file_that_appears_is_an_answer_too() {
        let mut world = World::new();
        assert_eq!(world.write("a", "b").run(), "b: ");
        assert_eq!(world.write("b", "one").run(), "b: one");
        assert_eq!(world.runs, 2);
    }

    #[test]
    fn what_changes_its_questions_without_end_is_worked_out_each_time_and_right() {
        let mut world = World::new();
        for round in 0..3 {
            for at in 0..MAX_TURNS * 2 {
                let name = format!("{round} {at}");
                world.write("a", &name).write(&name, "x");
                assert_eq!(world.run(), format!("{name}: x"));
                assert_eq!(world.run(), format!("{name}: x"));
            }
        }
    }

    #[test]
    fn two_inputs_are_never_one() {
        let memo = World::new().memo;
        let of = |parts: &[&str]| {
            let mut input = memo.input("test");
            for part in parts {
                input.add(part.as_bytes());
            }
            input.digest()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        assert_ne!(memo.input("a").digest(), memo.input("b").digest());
    }
}
