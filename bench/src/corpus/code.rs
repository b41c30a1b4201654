//! Code as it stands in lessons: functions in three languages, with comments, texts,
//! numbers and nesting, and names that occur once.

use std::fmt::Write;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// A fence of code.
#[derive(Debug)]
pub(crate) struct Fence {
    /// Its language as it stands behind the fence.
    pub(crate) language: &'static str,
    pub(crate) code: String,
}

const PARTS: [&str; 20] = [
    "read", "count", "value", "node", "total", "index", "buffer", "parse", "token", "owner",
    "line", "field", "merge", "split", "cache", "entry", "state", "offset", "weight", "queue",
];

/// A fence of 10 to 20 lines.
pub(super) fn fence(random: &mut StdRng) -> Fence {
    let language = ["rust", "python", "javascript"].choose(random).copied().unwrap_or("rust");
    let mut code = String::new();
    for _ in 0..2 {
        match language {
            "rust" => rust(random, &mut code),
            "python" => python(random, &mut code),
            _ => javascript(random, &mut code),
        }
    }
    Fence { language, code: code.trim_end().to_owned() + "\n" }
}

fn name(random: &mut StdRng) -> String {
    let mut part = || PARTS.choose(random).copied().unwrap_or_default();
    let (first, second) = (part(), part());
    format!("{first}_{second}_{}", random.random_range(10..10_000))
}

fn rust(random: &mut StdRng, code: &mut String) {
    let (function, argument, local) = (name(random), name(random), name(random));
    let (a, b) = (random.random_range(1..1000), random.random_range(1..100));
    // Writing to a text can't fail.
    let _ = writeln!(
        code,
        "/// Takes `{argument}` apart, at most {a} times.\n\
         pub fn {function}({argument}: &[u32]) -> Result<u64, String> {{\n    \
             let mut {local} = {a}_u64;\n    \
             for (at, item) in {argument}.iter().enumerate().filter(|(at, _)| at % {b} == 0) {{\n        \
                 match item.checked_sub({b}) {{\n            \
                     Some(rest) => {local} += u64::from(rest) << (at & 7),\n            \
                     None => return Err(format!(\"{local} ends at {{at}}\")),\n        \
                 }}\n    \
             }}\n    \
             Ok({local}) // {function}\n\
         }}\n"
    );
}

fn python(random: &mut StdRng, code: &mut String) {
    let (function, argument, local) = (name(random), name(random), name(random));
    let (a, b) = (random.random_range(1..1000), random.random_range(1..100));
    let _ = writeln!(
        code,
        "def {function}({argument}, limit={a}):\n    \
             \"\"\"Give back what {argument} holds below the limit.\"\"\"\n    \
             {local} = {{}}\n    \
             for key, item in sorted({argument}.items()):\n        \
                 if item % {b} == 0 and key not in {local}:\n            \
                     {local}[key] = [item, f\"{{key}}-{b}\"]  # {function}\n        \
                 elif len({local}) > limit:\n            \
                     raise ValueError('{local} is full')\n    \
             return {local}\n"
    );
}

fn javascript(random: &mut StdRng, code: &mut String) {
    let (function, argument, local) = (name(random), name(random), name(random));
    let (a, b) = (random.random_range(1..1000), random.random_range(1..100));
    let _ = writeln!(
        code,
        "export async function {function}({argument} = []) {{\n  \
             const {local} = new Map([[\"{function}\", {a}]]);\n  \
             for (const item of {argument}) {{\n    \
                 // Every {b}th is left out.\n    \
                 if (item.id % {b} === 0) continue;\n    \
                 const answer = await fetch(`/api/{argument}/${{item.id}}`);\n    \
                 {local}.set(item.id, answer.ok ? await answer.json() : null);\n  \
             }}\n  \
             return {local}.size > {a} ? {local} : undefined;\n\
         }}\n"
    );
}
