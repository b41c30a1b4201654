//! The bars that Lyceum has set itself, each with the figure of one run and whether
//! it is reached.

use anyhow::{Context, Result};
use serde::Serialize;

use crate::book::Book;
use crate::case::Case;
use crate::content::{Content, Corpus};
use crate::corpus::Scenario;
use crate::lab::Lab;
use crate::measure::Cost;
use crate::table::Row;
use crate::tool::{Feature, Tool};

/// How large the corpora are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Where each tool can follow.
    pub(crate) small: usize,
    /// Ten times as many unless said otherwise.
    pub(crate) large: usize,
    /// The largest cold build; Lyceum alone.
    pub(crate) largest: usize,
}

/// Growth may differ from the corpus's by so much.
const LINEAR: f64 = 1.2;

/// One line of the report.
#[derive(Debug, Serialize)]
pub(crate) struct Bar {
    what: String,
    /// At most so much.
    bar: f64,
    figure: f64,
    unit: &'static str,
    reached: bool,
}

impl Bar {
    fn new(what: impl Into<String>, bar: f64, figure: f64, unit: &'static str) -> Self {
        Self { what: what.into(), bar, figure, unit, reached: figure <= bar }
    }
}

/// Builds everything that a bar is about; `tell` sees the rows of each comparison as
/// soon as they are known.
pub(crate) fn run(
    lab: &Lab,
    sizes: Sizes,
    seed: u64,
    mut tell: impl FnMut(&[Row]),
) -> Result<(Vec<Row>, Vec<Bar>)> {
    let made = |scenario, lessons| Content::Made(Corpus { scenario, lessons, seed });
    let (mut rows, mut bars) = (Vec::new(), Vec::new());
    let mut compare = |content, tools: &[Tool], cases: &[Case]| {
        let compared = lab.compare(content, tools, cases)?;
        tell(&compared);
        rows.extend(compared.iter().cloned());
        anyhow::Ok(compared)
    };
    let mut growth = Vec::new();
    for lessons in [sizes.small, sizes.large] {
        let content = made(Scenario::Minimal, lessons);
        let compared = compare(content, &[Tool::Lyceum, Tool::Hugo], &[Case::Cold])?;
        bars.extend(beside_hugo(&compared, 0.25)?);
        growth.push((lessons, cost(&compared, Tool::Lyceum, Case::Cold)?));
    }
    for scenario in [Scenario::Lesson, Scenario::Course] {
        let compared = compare(made(scenario, sizes.small), &Tool::ALL, &[Case::Cold])?;
        bars.extend(beside_others(&compared)?);
    }
    for book in [Book::RustBook, Book::OiWiki] {
        match book.folder(&lab.courses) {
            Ok(_) => {
                let cases = [Case::Cold, Case::Unchanged, Case::Edit];
                compare(Content::Real(book), &Tool::ALL, &cases)?;
            }
            // Figures that are missing must not look like figures that nobody asked for.
            Err(missing) => eprintln!("bench: `{}` is left out: {missing}", book.word()),
        }
    }
    let tools = [Tool::LyceumFull, Tool::Hugo];
    let cases = [Case::Unchanged, Case::Edit, Case::Serve];
    let compared = compare(made(Scenario::Lesson, sizes.large), &tools, &cases)?;
    for (case, bar) in cases.into_iter().zip([50.0, 100.0, 100.0]) {
        let what = format!("{}, lesson, {} lessons: wall", case.word(), sizes.large);
        bars.push(wall(&compared, case, what, bar, 1.0)?);
    }
    let compared = compare(made(Scenario::Course, sizes.small), &tools, &[Case::Titles])?;
    let what = "titles, course, every page, per 1000 lessons: wall".to_owned();
    let per_thousand = 1000.0 / sizes.small as f64;
    bars.push(wall(&compared, Case::Titles, what, 100.0, per_thousand)?);
    let content = made(Scenario::Minimal, sizes.largest);
    let compared = compare(content, &[Tool::Lyceum], &[Case::Cold])?;
    growth.push((sizes.largest, cost(&compared, Tool::Lyceum, Case::Cold)?));
    bars.extend(linear(&growth));
    Ok((rows, bars))
}

fn cost(rows: &[Row], tool: Tool, case: Case) -> Result<Cost> {
    let row = rows.iter().find(|row| (row.tool, row.case) == (tool.word(), case.word()));
    Ok(row.with_context(|| format!("{} was not measured", tool.word()))?.cost)
}

fn title(rows: &[Row]) -> String {
    let first = rows.first();
    let lessons = first.and_then(|row| row.lessons).unwrap_or_default();
    format!("cold, {}, {lessons} lessons", first.map_or("", |row| row.content))
}

fn beside_hugo(rows: &[Row], share: f64) -> Result<[Bar; 2]> {
    let own = cost(rows, Tool::Lyceum, Case::Cold)?;
    let hugo = cost(rows, Tool::Hugo, Case::Cold)?;
    let title = title(rows);
    Ok([
        Bar::new(format!("{title}: CPU to Hugo's"), share, own.cpu / hugo.cpu, ""),
        Bar::new(format!("{title}: memory to Hugo's"), share, own.memory / hugo.memory, ""),
    ])
}

/// Half of Hugo's time, and no slower than the fastest of the others: of those that
/// colour code as Lyceum does, and of those that leave that to the reader's browser.
fn beside_others(rows: &[Row]) -> Result<Vec<Bar>> {
    let own = cost(rows, Tool::Lyceum, Case::Cold)?;
    let hugo = cost(rows, Tool::Hugo, Case::Cold)?;
    let title = title(rows);
    let mut bars = vec![Bar::new(format!("{title}: CPU to Hugo's"), 0.5, own.cpu / hugo.cpu, "")];
    for colours in [true, false] {
        let others = [Tool::Eleventy, Tool::Mdbook, Tool::Zensical];
        let alike = others.into_iter().filter(|tool| tool.shows(Feature::Highlighting) == colours);
        let walls = alike.map(|tool| Ok((cost(rows, tool, Case::Cold)?.wall, tool.word())));
        let walls = walls.collect::<Result<Vec<_>>>()?;
        let fastest = walls.into_iter().min_by(|one, other| one.0.total_cmp(&other.0));
        if let Some((wall, name)) = fastest {
            let less = if colours { "" } else { ", which does less" };
            let what = format!("{title}: wall to that of {name}{less}");
            bars.push(Bar::new(what, 1.0, own.wall / wall, ""));
        }
    }
    Ok(bars)
}

fn wall(rows: &[Row], case: Case, what: String, bar: f64, times: f64) -> Result<Bar> {
    let own = cost(rows, Tool::LyceumFull, case)?;
    Ok(Bar::new(what, bar, own.wall * 1000.0 * times, "ms"))
}

/// How much faster than the corpus time and memory grow, from each size to the next.
fn linear(growth: &[(usize, Cost)]) -> Vec<Bar> {
    let mut bars = Vec::new();
    for pair in growth.windows(2) {
        let [(small, before), (large, after)] = pair else { continue };
        let factor = *large as f64 / *small as f64;
        let what = format!("linear, minimal, {small} to {large} lessons");
        let (cpu, memory) = (after.cpu / before.cpu, after.memory / before.memory);
        bars.push(Bar::new(format!("{what}: CPU a lesson"), LINEAR, cpu / factor, ""));
        bars.push(Bar::new(format!("{what}: memory a lesson"), LINEAR, memory / factor, ""));
    }
    bars
}

/// The bars below each other.
pub(crate) fn text(bars: &[Bar]) -> String {
    let mut text = format!("{:<68} {:>9} {:>10}\n", "bar", "at most", "figure");
    for bar in bars {
        let reached = if bar.reached { "reached" } else { "not reached" };
        let unit = if bar.unit.is_empty() { String::new() } else { format!(" {}", bar.unit) };
        text += &format!(
            "{:<68} {:>9} {:>10}  {reached}\n",
            bar.what,
            format!("{:.2}{unit}", bar.bar),
            format!("{:.2}{unit}", bar.figure),
        );
    }
    text
}

/// Bars and rows for a script.
pub(crate) fn json(rows: &[Row], bars: &[Bar]) -> Result<String> {
    let all = serde_json::json!({ "bars": bars, "rows": rows });
    serde_json::to_string_pretty(&all).context("failed to write JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(tool: Tool, wall: f64) -> Row {
        let cost = Cost { cpu: wall, wall, memory: wall, ..Cost::default() };
        let (content, case) = (Scenario::Lesson.word(), Case::Cold.word());
        Row { content, lessons: Some(1000), case, tool: tool.word(), cost }
    }

    #[test]
    fn the_fastest_of_the_others_is_the_one_to_reach() {
        let rows = [
            row(Tool::Lyceum, 3.0),
            row(Tool::Hugo, 8.0),
            row(Tool::Eleventy, 9.0),
            row(Tool::Mdbook, 2.0),
            row(Tool::Zensical, 30.0),
        ];
        let bars = beside_others(&rows).unwrap();
        let [half, alike, less] = bars.as_slice() else { panic!("{bars:?}") };
        assert!(half.reached && half.figure == 0.375);
        assert!(alike.reached && alike.what.ends_with("wall to that of eleventy"));
        assert!(!less.reached && less.what.ends_with("mdbook, which does less"));
        assert!(beside_others(&rows[..3]).is_err());
    }

    #[test]
    fn growth_beyond_a_fifth_more_than_the_corpus_misses_the_bar() {
        let cost = |cpu, memory| Cost { cpu, memory, ..Cost::default() };
        let bars = linear(&[(10, cost(1.0, 50.0)), (100, cost(12.5, 80.0))]);
        let reached: Vec<bool> = bars.iter().map(|bar| bar.reached).collect();
        assert_eq!(reached, [false, true]);
        assert!(text(&bars).contains("not reached"));
    }
}
