//! Content as a project of each generator, with a theme that shows the same: a
//! head with the school's name and three links, the lesson, a foot; in the scenario
//! `course` the navigation of 40 lessons, previous and next, and on the public page
//! the teaser alone.

mod eleventy;
mod hugo;
mod lyceum;
mod mdbook;
mod zensical;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::content::{Content, Corpus};
use crate::corpus::{Lesson, course_slug};
use crate::peer::Peers;
use crate::tool::Tool;

/// A project on the disk.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) tool: Tool,
    pub(crate) content: Content,
    pub(crate) folder: PathBuf,
}

/// Where real courses are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Courses<'a>(pub(crate) &'a Path);

impl Project {
    /// Writes the project anew.
    pub(crate) fn write(
        tool: Tool,
        content: Content,
        below: &Path,
        peers: &Peers,
        courses: Courses<'_>,
    ) -> Result<Self> {
        let name = match content {
            Content::Made(corpus) => {
                format!("{}-{}-{}", tool.word(), content.word(), corpus.lessons)
            }
            Content::Real(_) => format!("{}-{}", tool.word(), content.word()),
        };
        let project = Self { tool, content, folder: below.join(name) };
        project.remove()?;
        fs::create_dir_all(&project.folder)
            .with_context(|| format!("failed to make `{}`", project.folder.display()))?;
        match content {
            Content::Made(corpus) => match tool {
                Tool::Lyceum | Tool::LyceumFull => lyceum::write(&project, corpus)?,
                Tool::Hugo => hugo::write(&project, corpus)?,
                Tool::Eleventy => eleventy::write(&project, corpus, peers)?,
                Tool::Mdbook => mdbook::write(&project, corpus)?,
                Tool::Zensical => zensical::write(&project, corpus)?,
            },
            Content::Real(book) => {
                let original = book.folder(courses.0)?;
                match tool {
                    Tool::Lyceum | Tool::LyceumFull => {
                        lyceum::import(&project, book, &original, peers)?;
                    }
                    Tool::Mdbook => mdbook::copy(&project, &original)?,
                    Tool::Zensical => zensical::copy(&project, &original)?,
                    Tool::Hugo | Tool::Eleventy => {
                        bail!("{} does not read {}", tool.word(), content.word())
                    }
                }
            }
        }
        Ok(project)
    }

    /// What builds it.
    pub(crate) fn build(&self, peers: &Peers) -> Command {
        let mut command = match self.tool {
            Tool::Lyceum | Tool::LyceumFull => lyceum::command(peers),
            Tool::Hugo => hugo::command(peers),
            Tool::Eleventy => eleventy::command(),
            Tool::Mdbook => mdbook::command(peers, self.content),
            Tool::Zensical => zensical::command(peers, self.content),
        };
        command.current_dir(&self.folder);
        command
    }

    /// What shows it in a browser and follows edits, if that is measured.
    pub(crate) fn serve(&self, peers: &Peers, port: u16) -> Option<Command> {
        let mut command = match self.tool {
            Tool::Lyceum | Tool::LyceumFull => lyceum::serve(peers, port),
            Tool::Hugo => hugo::serve(peers, port),
            Tool::Eleventy | Tool::Mdbook | Tool::Zensical => return None,
        };
        command.current_dir(&self.folder);
        Some(command)
    }

    /// Takes away what a build left.
    pub(crate) fn clean(&self) -> Result<()> {
        for left in ["resources", ".cache", ".lyceum"] {
            remove(&self.folder.join(left))?;
        }
        remove(&self.output())
    }

    /// Takes away the whole project.
    pub(crate) fn remove(&self) -> Result<()> {
        remove(&self.folder)
    }

    /// What everybody may read.
    pub(crate) fn public(&self) -> PathBuf {
        match self.tool {
            Tool::Lyceum | Tool::LyceumFull => self.output().join("public"),
            Tool::Hugo | Tool::Eleventy | Tool::Mdbook | Tool::Zensical => self.output(),
        }
    }

    /// Everything that a build writes.
    pub(crate) fn output(&self) -> PathBuf {
        self.folder.join(match self.tool {
            Tool::Lyceum | Tool::LyceumFull => "dist",
            Tool::Hugo => "public",
            Tool::Eleventy => "_site",
            Tool::Mdbook => "book",
            Tool::Zensical => "site",
        })
    }

    /// The address of a lesson's page below the site's.
    pub(crate) fn address(&self, lesson: &Lesson) -> String {
        let (course, slug) = (course_slug(lesson.course()), lesson.slug());
        match self.tool {
            Tool::Lyceum | Tool::LyceumFull => format!("courses/{course}/{slug}/"),
            Tool::Hugo | Tool::Eleventy | Tool::Zensical => format!("{course}/{slug}/"),
            Tool::Mdbook => format!("{course}/{slug}.html"),
        }
    }

    /// The page of a lesson.
    pub(crate) fn page(&self, lesson: &Lesson) -> PathBuf {
        let path = self.public().join(self.address(lesson));
        if self.tool == Tool::Mdbook { path } else { path.join("index.html") }
    }

    /// The folder with the texts.
    pub(crate) fn texts(&self) -> PathBuf {
        match (self.tool, self.content) {
            (Tool::Lyceum | Tool::LyceumFull | Tool::Hugo, _) => self.folder.join("content"),
            (Tool::Zensical, _) => self.folder.join("docs"),
            (Tool::Mdbook, Content::Real(_)) => self.folder.join("src"),
            (Tool::Eleventy, _) | (Tool::Mdbook, Content::Made(_)) => self.folder.clone(),
        }
    }

    /// The file that a lesson is written in.
    pub(crate) fn text(&self, lesson: &Lesson) -> PathBuf {
        let course = self.texts().join(course_slug(lesson.course()));
        let folder = if self.tool == Tool::Mdbook { course.join("src") } else { course };
        folder.join(format!("{}.md", lesson.slug()))
    }

    fn file(&self, path: &str, content: impl AsRef<[u8]>) -> Result<()> {
        let path = self.folder.join(path);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, content))
            .with_context(|| format!("failed to write `{}`", path.display()))
    }

    /// Writes every lesson's text and picture, texts by `text`.
    fn lessons(&self, corpus: Corpus, text: impl Fn(&Lesson) -> String) -> Result<()> {
        for lesson in corpus.lessons() {
            let path = self.text(&lesson);
            let folder = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&path, text(&lesson)))
                .with_context(|| format!("failed to write `{}`", path.display()))?;
            if let Some(picture) = &lesson.picture {
                let path = folder.join(lesson.picture_name());
                fs::write(&path, picture)
                    .with_context(|| format!("failed to write `{}`", path.display()))?;
            }
        }
        Ok(())
    }

    /// Copies a course in its original form.
    fn copy(&self, original: &Path) -> Result<()> {
        for entry in walkdir::WalkDir::new(original) {
            let entry = entry.context("failed to read the original")?;
            let inside = entry.path().strip_prefix(original).unwrap_or(entry.path());
            let copy = self.folder.join(inside);
            let done = if entry.file_type().is_dir() {
                fs::create_dir_all(&copy)
            } else {
                fs::copy(entry.path(), &copy).map(drop)
            };
            done.with_context(|| format!("failed to write `{}`", copy.display()))?;
        }
        Ok(())
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("failed to remove `{}`", folder.display()))?;
    }
    Ok(())
}
