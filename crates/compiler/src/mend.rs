//! Mistakes mended: the fixes that diagnostics carry are applied to their files,
//! and the school is parsed again to see whether it helped.
//!
//! Nothing is written here; what becomes of the mended texts is the caller's business.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::diagnostic::fix::{Fix, apply};
use crate::diagnostic::{Code, Diagnostic};
use crate::parse::{Options, parse};
use crate::source::{SourcePath, SourceTree};

/// A mend can bring the next one to light, as front matter that can be read again
/// does. More rounds than this are no author's doing.
const ROUNDS: usize = 8;

/// File, kind and message of a diagnostic.
type Mistake = (SourcePath, Code, String);

/// A file whose mistakes were mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// The file.
    pub path: SourcePath,
    /// Its text as it was, without a byte order mark.
    pub before: String,
    /// Its text as it should be.
    pub after: String,
    /// What was done, in order.
    pub done: Vec<Done>,
}

/// One thing that was mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    /// The line in which it stood.
    pub line: usize,
    /// The diagnostic that is gone.
    pub code: Code,
    /// What was done, as `write \`access\``.
    pub what: String,
}

/// Mends whatever has one certain mend. A file stays as it is when that would not
/// make its diagnostics go away, or would bring worse ones about.
#[must_use]
pub fn mends(tree: &SourceTree, options: &Options) -> Vec<Mend> {
    let mut mends: BTreeMap<SourcePath, Mend> = BTreeMap::new();
    let mut refused: BTreeSet<Mistake> = BTreeSet::new();
    for _ in 0..ROUNDS {
        let current = laid_over(tree, &mends);
        let found = parse(&current, options).diagnostics;
        let round = round(&current, &found, &refused);
        if round.is_empty() {
            break;
        }
        let mut next = mends.clone();
        for mend in &round {
            let known = next.entry(mend.path.clone()).or_insert_with(|| Mend {
                done: Vec::new(),
                after: String::new(),
                ..mend.clone()
            });
            known.after.clone_from(&mend.after);
            known.done.extend(mend.done.iter().cloned());
        }
        let after = parse(&laid_over(tree, &next), options).diagnostics;
        let failed: BTreeSet<Mistake> =
            round.iter().flat_map(|mend| in_vain(&mend.path, &found, &after)).collect();
        if failed.is_subset(&refused) {
            mends = next;
        }
        // Those that failed are left out, and the round is played again without them.
        refused.extend(failed);
    }
    mends.into_values().filter(|mend| mend.before != mend.after).collect()
}

/// What the fixes of these diagnostics make of each file.
fn round(tree: &SourceTree, found: &[Diagnostic], refused: &BTreeSet<Mistake>) -> Vec<Mend> {
    let mut by_path: BTreeMap<&SourcePath, Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in found.iter().filter(|found| found.fix.is_some()) {
        if !refused.contains(&mistake(diagnostic)) {
            by_path.entry(&diagnostic.path).or_default().push(diagnostic);
        }
    }
    let mend = |(path, diagnostics): (&SourcePath, Vec<&Diagnostic>)| {
        let before = tree.text(path).ok()?;
        let fixes: Vec<&Fix> = diagnostics.iter().filter_map(|found| found.fix.as_ref()).collect();
        let after = apply(before, &fixes);
        let done = diagnostics.iter().filter_map(|found| {
            Some(Done {
                line: found.span.map_or(1, |span| span.line),
                code: found.code,
                what: found.fix.as_ref()?.what.clone(),
            })
        });
        let done = done.collect();
        (after != before).then(|| Mend {
            path: path.clone(),
            before: before.to_owned(),
            after,
            done,
        })
    };
    by_path.into_iter().filter_map(mend).collect()
}

/// The mends of a file that were in vain: those whose diagnostic is still there, or
/// all of them if they brought about what only a bad mend does.
fn in_vain(path: &SourcePath, before: &[Diagnostic], after: &[Diagnostic]) -> Vec<Mistake> {
    let of_file = |found: &&Diagnostic| found.path == *path && found.fix.is_some();
    let fixed: Vec<Mistake> = before.iter().filter(of_file).map(mistake).collect();
    let mut came = after.iter().filter(|found| {
        matches!(
            found.code,
            Code::DuplicateId | Code::DuplicateKey | Code::BadFrontMatter | Code::BadToml
        ) && (found.path == *path || found.message.contains(path.as_str()))
    });
    let known = |found: &Diagnostic| {
        before.iter().any(|known| (&known.path, known.code) == (&found.path, found.code))
    };
    if !came.all(known) {
        // An id that someone else has says nothing against the other mends.
        let is_id = |(_, code, _): &&Mistake| *code == Code::MissingKey;
        let ids: Vec<Mistake> = fixed.iter().filter(is_id).cloned().collect();
        return if ids.is_empty() { fixed } else { ids };
    }
    let still: BTreeSet<Mistake> = after.iter().map(mistake).collect();
    fixed.into_iter().filter(|mended| still.contains(mended)).collect()
}

/// What a diagnostic is known by when the lines around it have moved.
fn mistake(found: &Diagnostic) -> Mistake {
    (found.path.clone(), found.code, found.message.clone())
}

fn laid_over(tree: &SourceTree, mends: &BTreeMap<SourcePath, Mend>) -> SourceTree {
    let files = mends.values().map(|mend| (&mend.path, &mend.after));
    tree.clone().overlay(SourceTree::from_files(files))
}
