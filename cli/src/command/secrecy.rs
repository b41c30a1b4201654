//! `lyceum check --declassified` and `--prove`: what everyone can see of that which
//! is paid for, for a reviewer and for a machine.

use compiler::declassified::{self, Declassified};
use compiler::parse::Options;
use compiler::proof::{Interference, interference};
use compiler::source::SourceTree;
use contracts::access::Access;
use contracts::language::Language;

use crate::console;
use crate::failure::Outcome;
use crate::progress::Progress;
use crate::report::{self, counted};

/// Prints what is public of gated lessons.
pub(crate) fn declassified(
    tree: &SourceTree,
    options: &Options,
    json: bool,
) -> anyhow::Result<Outcome> {
    let list = declassified::declassified(tree, options);
    if json {
        console::json(&list)?;
    } else if list.is_empty() {
        console::say("no lesson is paid or has a date: everything is public");
    } else {
        let texts: Vec<String> = list.iter().map(text).collect();
        console::data(&texts.join("\n\n"))?;
    }
    Ok(Outcome::Done)
}

/// Builds twice and says whether anything public depends on gated content.
pub(crate) fn prove(tree: &SourceTree, options: &Options) -> anyhow::Result<Outcome> {
    let Interference { texts, files, differing, diagnostics } = {
        let _progress = Progress::uncounted("building twice");
        interference(tree, options)
    };
    let outcome = Outcome::of(&diagnostics);
    if outcome == Outcome::ContentHasErrors {
        report::say(&diagnostics);
        return Ok(outcome);
    }
    for path in &differing {
        console::say(&format!(
            "the public file `{}` depends on gated content",
            report::plain(path)
        ));
    }
    if !differing.is_empty() {
        console::say(&format!(
            "{} of {} would be another if the paid content were; look which template shows it",
            differing.len(),
            counted(files, "public file")
        ));
        return Ok(Outcome::ContentHasErrors);
    }
    console::say(&format!(
        "proved: {} stay the same, byte for byte, with other content in {}",
        counted(files, "public file"),
        counted(texts, "gated text")
    ));
    Ok(Outcome::Done)
}

/// One lesson as lines that a diff can compare.
fn text(of: &Declassified) -> String {
    let access = match of.access {
        Access::Free => "free",
        Access::Paid => "paid",
    };
    let mut lines = vec![
        format!("{} ({access}, {})", of.path, of.language),
        format!("  id: {}", of.id),
        format!("  address: {}", of.address),
        format!("  title: {}", of.title),
        format!("  summary: {}", of.summary.as_deref().unwrap_or("(none)")),
        format!("  minutes to read: {}", of.reading_minutes),
    ];
    lines.extend(of.duration_minutes.map(|minutes| format!("  minutes as written: {minutes}")));
    for (what, texts) in
        [("objective", &of.objectives), ("concept", &of.concepts), ("requires", &of.requires)]
    {
        lines.extend(texts.iter().map(|text| format!("  {what}: {text}")));
    }
    lines.extend(of.publish_at.map(|moment| format!("  opens: {moment}")));
    lines.extend(of.expires_at.map(|moment| format!("  closes: {moment}")));
    for (name, words) in [("tags", &of.tags), ("authors", &of.authors)] {
        if !words.is_empty() {
            lines.push(format!("  {name}: {}", words.join(", ")));
        }
    }
    if of.has_video {
        let captions: Vec<&str> = of.captions.iter().map(Language::as_str).collect();
        lines.push(format!("  film: captions in {}", or_none(&captions.join(", "))));
    }
    if !of.files.is_empty() {
        lines.push(format!("  files: {}", of.files.join(", ")));
    }
    lines.push(format!("  preview: {}", if of.preview.trim().is_empty() { "(none)" } else { "" }));
    lines.extend(of.preview.lines().map(|line| format!("    {line}")));
    lines.iter().map(|line| report::plain(line.trim_end())).collect::<Vec<_>>().join("\n")
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "(none)" } else { text }
}
