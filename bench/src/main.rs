//! Builds the same content with Lyceum and its peers, side by side in one run, and
//! shows what each costs.
//!
//! Commands are whole processes and take turns, so that a machine that slows down
//! slows everybody down; figures are medians. Before anything counts, each peer's
//! pages are searched for what they have to show.

mod bars;
mod book;
mod browser;
mod case;
mod comparison;
mod content;
mod corpus;
mod lab;
mod measure;
mod notation;
mod peer;
mod project;
mod serve;
mod table;
mod tool;
mod verify;
mod written;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::bars::Sizes;
use crate::book::Book;
use crate::case::Case;
use crate::content::{Content, Corpus};
use crate::corpus::Scenario;
use crate::lab::{After, Lab};
use crate::peer::Peers;
use crate::tool::Tool;

/// Compares the speed of Lyceum with that of its peers.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Subcommands>,
    /// Measure all that a bar is set for, and say which bars are reached; of the
    /// options below only `--runs`, `--seed` and where things are count then.
    #[arg(long)]
    bars: bool,
    /// With `--bars`: how many lessons the corpora have that every tool builds.
    #[arg(long, default_value_t = 1_000)]
    small: usize,
    /// With `--bars`: how many lessons a large corpus has.
    #[arg(long, default_value_t = 10_000)]
    large: usize,
    /// With `--bars`: how many lessons the largest corpus has.
    #[arg(long, default_value_t = 100_000)]
    largest: usize,
    /// What the pages show; may be given several times.
    #[arg(long, value_enum, default_values = ["minimal", "lesson", "course"])]
    scenario: Vec<Scenario>,
    /// A real course instead of a scenario; may be given several times.
    #[arg(long, value_enum)]
    book: Vec<Book>,
    /// What is measured; may be given several times.
    #[arg(long, value_enum, default_values = ["cold"])]
    case: Vec<Case>,
    /// How many lessons; may be given several times.
    #[arg(long, default_values_t = [1000])]
    lessons: Vec<usize>,
    /// Who builds, if not everybody; may be given several times.
    #[arg(long, value_enum)]
    tool: Vec<Tool>,
    /// How often each build is counted; one more comes before.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Another seed is another corpus.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The `lyceum` to measure, in place of this checkout's.
    #[arg(long)]
    lyceum: Option<PathBuf>,
    /// Where projects are written; in memory, for one, to take the disk out.
    #[arg(long)]
    projects: Option<PathBuf>,
    /// Where the real courses are, if not beside this checkout.
    #[arg(long)]
    courses: Option<PathBuf>,
    /// The browser of the case `serve`.
    #[arg(long, default_value = "chromium")]
    chromium: PathBuf,
    /// Leave the projects for a look at them.
    #[arg(long)]
    keep: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    /// Runs one command and tells what it cost.
    #[command(hide = true)]
    Measure {
        #[arg(last = true)]
        words: Vec<String>,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if let Some(Subcommands::Measure { words }) = &arguments.command {
        return measure::alone(words);
    }
    let tools = match arguments.tool.as_slice() {
        [] => Tool::ALL.as_slice(),
        _ if arguments.bars => Tool::ALL.as_slice(),
        tools => tools,
    };
    let lab = lab(&arguments, tools)?;
    if arguments.bars { measure_bars(&lab, &arguments) } else { compare(&lab, &arguments, tools) }
}

fn lab(arguments: &Arguments, tools: &[Tool]) -> Result<Lab> {
    let target = target_folder();
    let below = arguments.projects.clone().unwrap_or_else(|| target.join("bench/projects"));
    fs::create_dir_all(&below).context("failed to make the folder of the projects")?;
    Ok(Lab {
        peers: Peers::ensure(&target, arguments.lyceum.as_deref(), tools)?,
        below: fs::canonicalize(below).context("failed to find the folder of the projects")?,
        courses: arguments.courses.clone().unwrap_or_else(|| root().join("../shared/courses")),
        chromium: arguments.chromium.clone(),
        runs: arguments.runs,
        after: if arguments.keep { After::Keep } else { After::Remove },
    })
}

fn measure_bars(lab: &Lab, arguments: &Arguments) -> Result<()> {
    let sizes =
        Sizes { small: arguments.small, large: arguments.large, largest: arguments.largest };
    let tell = |rows: &[_]| {
        if !arguments.json {
            println!("{}", table::text(rows));
        }
    };
    let (rows, bars) = bars::run(lab, sizes, arguments.seed, tell)?;
    if arguments.json {
        println!("{}", bars::json(&rows, &bars)?);
    } else {
        println!("{}", bars::text(&bars));
    }
    Ok(())
}

fn compare(lab: &Lab, arguments: &Arguments, tools: &[Tool]) -> Result<()> {
    let contents: Vec<Content> = if arguments.book.is_empty() {
        let corpora = arguments.scenario.iter().flat_map(|&scenario| {
            let made =
                move |&lessons| Content::Made(Corpus { scenario, lessons, seed: arguments.seed });
            arguments.lessons.iter().map(made)
        });
        corpora.collect()
    } else {
        arguments.book.iter().copied().map(Content::Real).collect()
    };
    let mut rows = Vec::new();
    for content in contents {
        let compared = lab.compare(content, tools, &arguments.case)?;
        if !arguments.json {
            println!("{}", table::text(&compared));
        }
        rows.extend(compared);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    Ok(())
}

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo builds.
fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
