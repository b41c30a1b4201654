//! The figures as a reader compares them: each beside its ratio to Hugo's.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde::Serialize;
use walkdir::WalkDir;

use crate::measure::Cost;
use crate::project::{Project, Tool};

/// One generator's build of one corpus.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) scenario: &'static str,
    pub(crate) lessons: usize,
    pub(crate) tool: &'static str,
    #[serde(flatten)]
    pub(crate) cost: Cost,
    /// Files written.
    pub(crate) files: usize,
    /// Their bytes.
    pub(crate) bytes: u64,
}

impl Row {
    /// What a project's build cost and what it left.
    pub(crate) fn of(project: &Project, cost: Cost) -> Result<Self> {
        let (mut files, mut bytes) = (0, 0);
        for entry in WalkDir::new(project.output()) {
            let entry = entry.context("failed to count what was written")?;
            if entry.file_type().is_file() {
                files += 1;
                bytes += entry.metadata().context("failed to count what was written")?.len();
            }
        }
        Ok(Self {
            scenario: project.corpus.scenario.word(),
            lessons: project.corpus.lessons,
            tool: project.tool.word(),
            cost,
            files,
            bytes,
        })
    }
}

/// The builds of one corpus below each other.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    let Some(first) = rows.first() else { return text };
    let hugo = rows.iter().find(|row| row.tool == Tool::Hugo.word()).map(|row| row.cost);
    // Writing to a text can't fail.
    let _ = writeln!(text, "{}, {} lessons, cold", first.scenario, first.lessons);
    let _ = writeln!(
        text,
        "  {:<12} {:>16} {:>16} {:>18} {:>8} {:>9}",
        "", "CPU", "wall", "memory", "files", "written"
    );
    for row in rows {
        let beside = |own: f64, figure: fn(&Cost) -> f64| match &hugo {
            Some(hugo) if figure(hugo) > 0.0 => format!("({:.2})", own / figure(hugo)),
            _ => String::new(),
        };
        let Cost { wall, cpu, memory } = row.cost;
        let _ = writeln!(
            text,
            "  {:<12} {:>7.2} s {:>6} {:>7.2} s {:>6} {:>7.0} MiB {:>6} {:>8} {:>5.1} MB",
            row.tool,
            cpu,
            beside(cpu, |cost| cost.cpu),
            wall,
            beside(wall, |cost| cost.wall),
            memory,
            beside(memory, |cost| cost.memory),
            row.files,
            row.bytes as f64 / 1e6,
        );
    }
    text
}
