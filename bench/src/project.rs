//! A corpus as a project of each generator, with a theme that shows the same: a
//! head with the school's name and three links, the lesson, a foot; in the scenario
//! `course` the navigation of 40 lessons, previous and next, and on the public page
//! the teaser alone.

mod eleventy;
mod hugo;
mod lyceum;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::corpus::{COURSE_LESSONS, Lesson, Scenario, course_slug};
use crate::peer::Peers;

/// Who builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Tool {
    /// Lyceum with the theme of the comparison and without precompressed copies.
    Lyceum,
    /// Lyceum as it comes.
    LyceumFull,
    /// Hugo.
    Hugo,
    /// Eleventy with Prism and KaTeX.
    Eleventy,
}

/// A corpus of a size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Corpus {
    pub(crate) scenario: Scenario,
    pub(crate) lessons: usize,
    pub(crate) seed: u64,
}

/// A project on the disk.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) tool: Tool,
    pub(crate) corpus: Corpus,
    pub(crate) folder: PathBuf,
}

impl Tool {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Lyceum => "lyceum",
            Self::LyceumFull => "lyceum-full",
            Self::Hugo => "hugo",
            Self::Eleventy => "eleventy",
        }
    }
}

impl Corpus {
    /// Its lessons, made one by one.
    pub(crate) fn lessons(self) -> impl Iterator<Item = Lesson> {
        (0..self.lessons).map(move |number| Lesson::new(self.seed, number, self.scenario))
    }

    /// How many courses it has.
    pub(crate) fn courses(self) -> usize {
        self.lessons.div_ceil(COURSE_LESSONS)
    }
}

impl Project {
    /// Writes the project anew.
    pub(crate) fn write(tool: Tool, corpus: Corpus, below: &Path, peers: &Peers) -> Result<Self> {
        let folder =
            below.join(format!("{}-{}-{}", tool.word(), corpus.scenario.word(), corpus.lessons));
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("failed to empty `{}`", folder.display()))?;
        }
        let project = Self { tool, corpus, folder };
        match tool {
            Tool::Lyceum | Tool::LyceumFull => lyceum::write(&project)?,
            Tool::Hugo => hugo::write(&project)?,
            Tool::Eleventy => eleventy::write(&project, peers)?,
        }
        Ok(project)
    }

    /// What builds it, cold.
    pub(crate) fn build(&self, peers: &Peers) -> Command {
        let mut command = match self.tool {
            Tool::Lyceum | Tool::LyceumFull => lyceum::command(peers),
            Tool::Hugo => hugo::command(peers),
            Tool::Eleventy => eleventy::command(),
        };
        command.current_dir(&self.folder);
        command
    }

    /// Takes away what a build left.
    pub(crate) fn clean(&self) -> Result<()> {
        for left in [self.output(), self.folder.join(".lyceum"), self.folder.join("resources")] {
            if left.exists() {
                fs::remove_dir_all(&left)
                    .with_context(|| format!("failed to remove `{}`", left.display()))?;
            }
        }
        Ok(())
    }

    /// What everybody may read.
    pub(crate) fn public(&self) -> PathBuf {
        match self.tool {
            Tool::Lyceum | Tool::LyceumFull => self.output().join("public"),
            Tool::Hugo | Tool::Eleventy => self.output(),
        }
    }

    /// Everything that a build writes.
    pub(crate) fn output(&self) -> PathBuf {
        match self.tool {
            Tool::Lyceum | Tool::LyceumFull => self.folder.join("dist"),
            Tool::Hugo => self.folder.join("public"),
            Tool::Eleventy => self.folder.join("_site"),
        }
    }

    /// The page of a lesson.
    pub(crate) fn page(&self, lesson: &Lesson) -> PathBuf {
        let course = course_slug(lesson.course());
        let below = match self.tool {
            Tool::Lyceum | Tool::LyceumFull => self.public().join("courses"),
            Tool::Hugo | Tool::Eleventy => self.public(),
        };
        below.join(course).join(lesson.slug()).join("index.html")
    }

    fn file(&self, path: &str, content: impl AsRef<[u8]>) -> Result<()> {
        let path = self.folder.join(path);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, content))
            .with_context(|| format!("failed to write `{}`", path.display()))
    }
}
