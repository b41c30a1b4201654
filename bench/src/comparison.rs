//! One content built by several tools in turn, case by case.

use anyhow::{Context, Result};

use crate::case::Case;
use crate::content::{Content, Corpus};
use crate::lab::{After, Lab};
use crate::measure::{self, Cost};
use crate::project::{Courses, Project};
use crate::serve;
use crate::table::Row;
use crate::tool::Tool;
use crate::verify;
use crate::written::Snapshot;

impl Lab {
    /// Compares those of the tools that read the content, in those of the cases that
    /// there are for it.
    pub(crate) fn compare(
        &self,
        content: Content,
        tools: &[Tool],
        cases: &[Case],
    ) -> Result<Vec<Row>> {
        let mut projects = Vec::new();
        for &tool in tools.iter().filter(|tool| tool.reads(content)) {
            projects.push(self.first(tool, content)?);
        }
        let mut rows = Vec::new();
        for &case in cases.iter().filter(|case| case.applies_to(content)) {
            match case {
                Case::Serve => {
                    for project in &projects {
                        rows.extend(serve::measure(self, project)?);
                    }
                }
                Case::Linear => rows.extend(self.linear(&projects, content)?),
                _ => rows.extend(self.interleave(&projects, case)?),
            }
        }
        if self.after == After::Remove {
            projects.iter().try_for_each(Project::remove)?;
        }
        Ok(rows)
    }

    fn courses(&self) -> Courses<'_> {
        Courses(&self.courses)
    }

    /// Writes a project and sees that its pages show what they have to.
    fn first(&self, tool: Tool, content: Content) -> Result<Project> {
        let project = Project::write(tool, content, &self.below, &self.peers, self.courses())?;
        measure::cost(&project.build(&self.peers))
            .with_context(|| format!("{} did not build {}", tool.word(), content.word()))?;
        verify::verify(&project, self.courses())
            .with_context(|| format!("{} did not build what it has to", tool.word()))?;
        Ok(project)
    }

    /// The projects take turns, so that a machine that slows down slows everybody.
    fn interleave(&self, projects: &[Project], case: Case) -> Result<Vec<Row>> {
        let mut costs: Vec<Vec<Cost>> = projects.iter().map(|_| Vec::new()).collect();
        for round in 1..=self.runs {
            for (project, costs) in projects.iter().zip(&mut costs) {
                costs.push(self.one(project, case, round)?);
            }
        }
        let rows = projects.iter().zip(&costs);
        Ok(rows.map(|(project, costs)| Row::of(project, case, measure::median(costs))).collect())
    }

    /// One measured build.
    fn one(&self, project: &Project, case: Case, round: usize) -> Result<Cost> {
        let change = case.prepare(project, round, self.courses())?;
        let before = Snapshot::of(&project.output())?;
        let mut cost = measure::cost(&project.build(&self.peers))?;
        let written = Snapshot::of(&project.output())?.since(&before);
        change.verify(project, &written).with_context(|| {
            format!("{} did not build what it has to after `{}`", project.tool.word(), case.word())
        })?;
        cost.files = written.paths.len();
        cost.bytes = written.bytes;
        Ok(cost)
    }

    /// The same cold builds of this size and of ten times as much.
    fn linear(&self, projects: &[Project], content: Content) -> Result<Vec<Row>> {
        let Content::Made(corpus) = content else { return Ok(Vec::new()) };
        let mut rows = self.interleave(projects, Case::Linear)?;
        let larger = Content::Made(Corpus { lessons: corpus.lessons * 10, ..corpus });
        for project in projects {
            let project = self.first(project.tool, larger)?;
            rows.extend(self.interleave(std::slice::from_ref(&project), Case::Linear)?);
            if self.after == After::Remove {
                project.remove()?;
            }
        }
        Ok(rows)
    }
}
