//! The program that `cargo xtask fuzz` runs: the engine makes up inputs, the
//! target that `FUZZ_TARGET` names judges them.

#![no_main]

use std::env;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

use fuzz::Target;

/// The engine calls a function without a context, so what it calls stands here.
static TARGET: OnceLock<Target> = OnceLock::new();

fn target() -> &'static Target {
    TARGET.get_or_init(|| {
        let name = env::var("FUZZ_TARGET").unwrap_or_default();
        Target::named(&name).unwrap_or_else(|| panic!("FUZZ_TARGET names no target: `{name}`"))
    })
}

fuzz_target!(|data: &[u8]| target().judge(data));
