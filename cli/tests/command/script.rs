//! Random scripts of whatever is done to a school: after each step the output folder
//! holds what a clean build makes, with the same diagnostics, and no word of a paid text
//! is public.
//!
//! The seed is told with a failure, and the script is cut to what is needed for it.
//! `LYCEUM_TEST_SEED`, `LYCEUM_TEST_SCRIPTS` and `LYCEUM_TEST_STEPS` choose others and more.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Run, School};
use crate::script::step::Step;

mod act;
mod desk;
mod secret;
mod step;

/// Fixed, so that a failure can be seen again.
const SEED: u64 = 20_261_123;

/// A script is cut no longer than that.
const SHRINKING: Duration = Duration::from_secs(240);

/// How the builds of a script came about.
#[derive(Debug, Default)]
struct Builds {
    whole: usize,
    amended: usize,
    unchanged: usize,
    refused: usize,
}

/// A step after which something is not as it must be.
struct Failure {
    step: usize,
    told: String,
}

#[test]
fn whatever_is_done_to_a_school_a_build_gives_what_a_clean_build_gives() {
    let first = number("LYCEUM_TEST_SEED", SEED);
    let scripts = number("LYCEUM_TEST_SCRIPTS", 2);
    let steps = number("LYCEUM_TEST_STEPS", 20);
    let mut builds = Builds::default();
    for seed in first..first + scripts {
        let mut random = Random(seed);
        let script: Vec<Step> = (0..steps).map(|_| Step::random(&mut random)).collect();
        if let Err(failure) = run(&script, &mut builds) {
            let told = failure.told.clone();
            let shortest = shrunk(&script, failure);
            panic!(
                "{told}\n\nLYCEUM_TEST_SEED={seed} LYCEUM_TEST_SCRIPTS=1 LYCEUM_TEST_STEPS={steps}\n\
                 {shortest:#?}"
            );
        }
    }
    assert!(builds.whole > 0 && builds.amended > 0, "{builds:?}");
    println!("{builds:?}");
}

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// Does all steps of a script, each followed by a build.
fn run(script: &[Step], builds: &mut Builds) -> Result<(), Failure> {
    let school = desk::school();
    let mut good = desk::sources(&school);
    let mut refused = 0;
    for (number, step) in script.iter().enumerate() {
        step.take(&school);
        let failed = |told| Failure { step: number, told };
        if built_as_clean(&school, builds).map_err(failed)? {
            (good, refused) = (desk::sources(&school), 0);
        } else {
            refused += 1;
        }
        // Nobody goes on with a school that is wrong for long.
        if refused == 2 {
            desk::restore(&school, &good);
        }
    }
    Ok(())
}

/// Builds, here and from nothing, and tells whether that was possible, or what differs.
fn built_as_clean(school: &School, builds: &mut Builds) -> Result<bool, String> {
    let before = output(school);
    let run = school.run(&["build", "--json", "--timings"]);
    let here = told(&run);
    let dist = output(school);
    let clean = clean(school);
    let there = told(&clean);
    if (run.code, &here) != (clean.code, &there) {
        return Err(format!("told here:\n{run:#?}\nand from nothing:\n{clean:#?}"));
    }
    if run.code != Some(0) {
        builds.refused += 1;
        let other = difference(&before, &dist);
        return other.map_or(Ok(false), |name| Err(format!("refused, and `{name}` was touched")));
    }
    builds.count(&run);
    let other = difference(&dist, &school.files("clean"));
    fs::remove_dir_all(school.path("clean")).unwrap();
    if let Some(name) = other {
        return Err(format!("`{name}` is not as a clean build has it"));
    }
    let public = dist.iter().filter(|(name, _)| name.starts_with("public/"));
    match secret::public_one(school, public) {
        Some((word, name)) => Err(format!("`{name}` holds `{word}`, which is to be paid for")),
        None => Ok(true),
    }
}

/// A build into another folder with another cache.
fn clean(school: &School) -> Run {
    let (cache, aside) = (school.path(".lyceum"), school.path("aside"));
    let has_cache = cache.exists();
    if has_cache {
        fs::rename(&cache, &aside).unwrap();
    }
    let run = school.run(&["build", "--json", "--out", "clean"]);
    if cache.exists() {
        fs::remove_dir_all(&cache).unwrap();
    }
    if has_cache {
        fs::rename(&aside, &cache).unwrap();
    }
    run
}

/// What a build told, but for where and how it was made.
fn told(run: &Run) -> (Value, String) {
    let mut told: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
    if let Some(told) = told.as_object_mut() {
        told.remove("timings");
    }
    if let Some(built) = told.get_mut("built").and_then(Value::as_object_mut) {
        for key in ["folder", "written", "unchanged", "removed"] {
            built.remove(key);
        }
    }
    (told, run.stderr.clone())
}

/// A file's name and its bytes.
type File = (String, Vec<u8>);

/// What stands in the output folder.
fn output(school: &School) -> Vec<File> {
    if school.path("dist").exists() { school.files("dist") } else { Vec::new() }
}

/// The first file that two folders don't have in common.
fn difference(one: &[File], other: &[File]) -> Option<String> {
    let found = one.iter().zip(other).find(|(one, other)| one != other);
    let found = found.map(|((one, _), (other, _))| one.min(other));
    let longer = if one.len() > other.len() { one } else { other };
    let left = longer.get(one.len().min(other.len())).map(|(name, _)| name);
    found.or(left).cloned()
}

impl Builds {
    fn count(&mut self, run: &Run) {
        let told: Value = serde_json::from_str(&run.stdout).unwrap();
        let stages = told["timings"]["stages"].to_string();
        let (is_whole, is_amended) = (stages.contains("parsing"), stages.contains("making pages"));
        *match (is_whole, is_amended) {
            (true, _) => &mut self.whole,
            (false, true) => &mut self.amended,
            (false, false) => &mut self.unchanged,
        } += 1;
    }
}

/// The shortest script that still fails: up to the step that fails, and without the steps
/// that are not needed for it.
fn shrunk(script: &[Step], failure: Failure) -> Vec<Step> {
    let began = Instant::now();
    let mut shortest = script[..=failure.step].to_vec();
    let mut at = shortest.len() - 1;
    while at > 0 && began.elapsed() < SHRINKING {
        at -= 1;
        let mut shorter = shortest.clone();
        shorter.remove(at);
        if let Err(failure) = run(&shorter, &mut Builds::default()) {
            shorter.truncate(failure.step + 1);
            shortest = shorter;
            at = at.min(shortest.len());
        }
    }
    shortest
}

/// Numbers without rhyme or reason, the same for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
