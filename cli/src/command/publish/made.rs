//! The site that is to be published: what the last build left in `dist`, with other words
//! in it where only words were edited since, or the school compiled anew.
//!
//! Nothing is written here: what a build left stays what that build made.

use compiler::notes::Noting;
use compiler::parse::Options;
use compiler::site::Site;
use contracts::manifest::Manifest;

use crate::amended;
use crate::compilation::{self, Compiled};
use crate::history::History;
use crate::output::OutputFolder;
use crate::output::earlier::EarlierOutput;
use crate::rebuild::{Inputs, Look, Rebuild};
use crate::school_folder::SchoolFolder;
use crate::timings::Timings;

/// A site and what it was made of.
pub(super) struct Made {
    pub(super) compilation: Compiled,
    /// `None` if that is not known well enough to be noted.
    pub(super) inputs: Option<Inputs>,
    way: Way,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Amended,
    Compiled,
}

impl Made {
    /// The shortest way to the site of a school.
    pub(super) fn of(
        school: &SchoolFolder,
        options: &Options,
        timings: &Timings,
    ) -> anyhow::Result<Self> {
        match Self::amended(school, options, timings) {
            Some(made) => Ok(made),
            None => Self::compiled(school, options, timings),
        }
    }

    /// The site again by the long way, if the short one can't tell what is to be told of
    /// what changes for people: where it is written, and what the author makes of it.
    pub(super) fn fit_to_replace(
        self,
        live: &Manifest,
        school: &SchoolFolder,
        options: &Options,
        timings: &Timings,
    ) -> anyhow::Result<Self> {
        let is_told = self.way == Way::Compiled || self.compilation.is_no_change_for_people(live);
        if is_told { Ok(self) } else { Self::compiled(school, options, timings) }
    }

    fn amended(school: &SchoolFolder, options: &Options, timings: &Timings) -> Option<Self> {
        let folder = school.shown("dist");
        let output = OutputFolder::open(&folder).ok()?;
        let rebuild = Rebuild::of(school.root(), &folder, &format!("{options:?}"));
        let look = timings.stage("looking at the last build", || rebuild.look())?;
        let amend =
            || -> Option<Site> { amended::site(&rebuild, &look, &output, school.root(), options) };
        let site = timings.stage("making pages", amend)?;
        let compilation = Compiled::amended(site, look.record.diagnostics.clone());
        Some(Self { compilation, inputs: Some(inputs(&look)), way: Way::Amended })
    }

    /// Pages that a build with the same options left in `dist` are taken from there.
    fn compiled(
        school: &SchoolFolder,
        options: &Options,
        timings: &Timings,
    ) -> anyhow::Result<Self> {
        let folder = school.shown("dist");
        let rebuild = Rebuild::of(school.root(), &folder, &format!("{options:?}"));
        let begun = rebuild.begin();
        let tree = timings.stage("reading", || compilation::read(school.root()))?;
        let history = timings.stage("git", || History::read(school.root()));
        let inputs = rebuild.inputs(begun, &tree, &history);
        let left = EarlierOutput::new(&folder, rebuild.outputs());
        let compilation =
            compilation::of_read(school, tree, history, options, &left, timings, Noting::Off);
        Ok(Self { compilation, inputs, way: Way::Compiled })
    }
}

fn inputs(look: &Look<'_>) -> Inputs {
    let next = look.next();
    Inputs { files: next.inputs, git: next.git, history: next.history }
}
