//! Builds the same seeded corpus with Lyceum and its peers, side by side in one run,
//! and shows what each costs.
//!
//! Commands are whole processes and take turns, so that a machine that slows down
//! slows everybody down; figures are medians. Before anything counts, each peer's
//! pages are searched for what they have to show.

mod corpus;
mod measure;
mod notation;
mod peer;
mod project;
mod table;
mod verify;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use crate::corpus::Scenario;
use crate::measure::Cost;
use crate::peer::Peers;
use crate::project::{Corpus, Project, Tool};
use crate::table::Row;

/// Compares the speed of Lyceum with that of its peers.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Subcommands>,
    /// What the pages show; may be given several times.
    #[arg(long, value_enum, default_values = ["minimal", "lesson", "course"])]
    scenario: Vec<Scenario>,
    /// How many lessons; may be given several times.
    #[arg(long, default_values_t = [1000])]
    lessons: Vec<usize>,
    /// Who builds; may be given several times.
    #[arg(long, value_enum, default_values = ["lyceum", "lyceum-full", "hugo", "eleventy"])]
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
    let target = target_folder();
    let peers = Peers::ensure(&target, arguments.lyceum.as_deref())?;
    let mut rows = Vec::new();
    for &scenario in &arguments.scenario {
        for &lessons in &arguments.lessons {
            let corpus = Corpus { scenario, lessons, seed: arguments.seed };
            let compared = compare(corpus, &arguments, &target, &peers)?;
            if !arguments.json {
                println!("{}", table::text(&compared));
            }
            rows.extend(compared);
        }
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    Ok(())
}

/// One corpus, cold, by everybody in turn.
fn compare(
    corpus: Corpus,
    arguments: &Arguments,
    target: &Path,
    peers: &Peers,
) -> Result<Vec<Row>> {
    let below = target.join("bench/projects");
    let mut projects = Vec::new();
    for &tool in &arguments.tool {
        let project = Project::write(tool, corpus, &below, peers)?;
        measure::cost(&project.build(peers))
            .with_context(|| format!("{} did not build the corpus", tool.word()))?;
        verify::verify(&project)
            .with_context(|| format!("{} did not build what it has to", tool.word()))?;
        projects.push((project, Vec::new()));
    }
    for _ in 0..arguments.runs {
        for (project, costs) in &mut projects {
            project.clean()?;
            costs.push(measure::cost(&project.build(peers))?);
        }
    }
    let row = |(project, costs): &(Project, Vec<Cost>)| Row::of(project, measure::median(costs));
    projects.iter().map(row).collect()
}

/// Where cargo builds.
fn target_folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}
