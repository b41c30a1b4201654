//! The figures as a reader compares them: each beside its ratio to Hugo's, and
//! larger corpora beside smaller ones.

use std::fmt::Write;

use serde::Serialize;

use crate::case::Case;
use crate::content::Content;
use crate::measure::Cost;
use crate::project::Project;
use crate::tool::Tool;

/// One tool's builds of one content in one case.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    /// A scenario or a real course.
    pub(crate) content: &'static str,
    /// `None` for a real course.
    pub(crate) lessons: Option<usize>,
    pub(crate) case: &'static str,
    pub(crate) tool: &'static str,
    #[serde(flatten)]
    pub(crate) cost: Cost,
}

impl Row {
    /// What a project's builds cost.
    pub(crate) fn of(project: &Project, case: Case, cost: Cost) -> Self {
        Self {
            content: project.content.word(),
            lessons: match project.content {
                Content::Made(corpus) => Some(corpus.lessons),
                Content::Real(_) => None,
            },
            case: case.word(),
            tool: project.tool.word(),
            cost,
        }
    }
}

/// Rows below each other, with a head wherever another case begins.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for block in rows.chunk_by(|one, other| {
        (one.content, one.case) == (other.content, other.case)
            && (one.lessons == other.lessons || one.case == Case::Linear.word())
    }) {
        let Some(first) = block.first() else { continue };
        let is_linear = first.case == Case::Linear.word();
        let size = match first.lessons {
            Some(lessons) if !is_linear => format!(", {lessons} lessons"),
            _ => String::new(),
        };
        // Writing to a text can't fail.
        let _ = writeln!(text, "{}{size}, {}", first.content, first.case);
        let _ = writeln!(
            text,
            "  {:<18} {:>17} {:>17} {:>18} {:>8} {:>9}",
            "", "CPU", "wall", "memory", "files", "written"
        );
        let hugo = block.iter().find(|row| row.tool == Tool::Hugo.word()).map(|row| row.cost);
        for row in block {
            let (beside, label) = match first_of(block, row) {
                Some(smaller) if is_linear => {
                    (Some(smaller.cost), format!("{} {}", row.tool, row.lessons.unwrap_or(0)))
                }
                _ => (hugo, row.tool.to_owned()),
            };
            line(&mut text, &label, row.cost, beside);
        }
        text.push('\n');
    }
    text
}

/// The smallest corpus that the same tool built.
fn first_of<'a>(block: &'a [Row], row: &Row) -> Option<&'a Row> {
    block.iter().find(|other| other.tool == row.tool)
}

fn line(text: &mut String, label: &str, cost: Cost, beside: Option<Cost>) {
    let ratio = |own: f64, figure: fn(&Cost) -> f64| match &beside {
        Some(other) if figure(other) > 0.0 => format!("({:.2})", own / figure(other)),
        _ => String::new(),
    };
    let Cost { wall, cpu, memory, files, bytes } = cost;
    let _ = writeln!(
        text,
        "  {label:<18} {cpu:>7.3} s {:>7} {wall:>7.3} s {:>7} {memory:>7.0} MiB {:>6} {files:>8} {:>6.1} MB",
        ratio(cpu, |cost| cost.cpu),
        ratio(wall, |cost| cost.wall),
        ratio(memory, |cost| cost.memory),
        bytes as f64 / 1e6,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(tool: Tool, case: Case, lessons: usize, cpu: f64) -> Row {
        let cost = Cost { cpu, wall: cpu, memory: 10.0, files: 1, bytes: 1_000_000 };
        Row {
            content: "minimal",
            lessons: Some(lessons),
            case: case.word(),
            tool: tool.word(),
            cost,
        }
    }

    #[test]
    fn figures_stand_beside_their_ratio_to_hugo() {
        let rows = [row(Tool::Lyceum, Case::Cold, 40, 1.0), row(Tool::Hugo, Case::Cold, 40, 4.0)];
        let text = text(&rows);
        assert!(text.starts_with("minimal, 40 lessons, cold\n"), "{text}");
        assert!(text.contains("1.000 s  (0.25)"), "{text}");
    }

    #[test]
    fn a_larger_corpus_stands_beside_its_ratio_to_the_smaller_one() {
        let rows =
            [row(Tool::Lyceum, Case::Linear, 40, 1.0), row(Tool::Lyceum, Case::Linear, 400, 9.0)];
        let text = text(&rows);
        assert_eq!(text.matches("minimal, linear").count(), 1, "{text}");
        assert!(text.contains("lyceum 400") && text.contains("9.000 s  (9.00)"), "{text}");
    }
}
