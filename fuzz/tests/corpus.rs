//! Every input that is kept is judged again, also those that once broke a
//! promise; no engine is needed for that.

use std::fs;
use std::path::Path;

use fuzz::{TARGETS, Target};

#[test]
fn every_kept_input_keeps_the_promise_of_its_target() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for name in TARGETS {
        let target = Target::named(name).unwrap();
        let entries = fs::read_dir(corpus.join(name)).unwrap();
        let mut inputs: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        inputs.sort();
        assert!(!inputs.is_empty(), "{name} has no input");
        for input in inputs {
            println!("{}", input.display());
            target.judge(&fs::read(&input).unwrap());
        }
    }
}

#[test]
fn every_target_has_its_inputs_and_its_words_and_nobody_else_has() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["corpus", "dictionary"] {
        let entries = fs::read_dir(package.join(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        let mut targets = TARGETS;
        targets.sort_unstable();
        assert_eq!(names, targets, "{folder}");
    }
}

#[test]
fn a_target_that_nobody_wrote_is_refused() {
    assert!(Target::named("nothing").is_none());
}
