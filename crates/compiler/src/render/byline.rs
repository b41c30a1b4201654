//! Who wrote a lesson: as its front matter says, else as git tells.

use contracts::language::Language;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::view::Author;
use crate::render::{Renderer, pick};
use crate::school::{Instructor, Lesson};
use crate::source_path::SourcePath;

/// More names are no byline.
const MAX_AUTHORS: usize = 8;

impl Renderer<'_> {
    /// The authors of a lesson's file; someone who has a page of their own is
    /// named as they are there.
    pub(super) fn authors(
        &self,
        lesson: &Lesson,
        path: &SourcePath,
        language: &Language,
    ) -> Result<Vec<Author>, Diagnostic> {
        let names = lesson.authors.as_deref().unwrap_or_else(|| self.tree.authors(path));
        let mut authors: Vec<Author> = Vec::new();
        for name in names {
            let author = match self.instructor_called(name) {
                Some(who) => {
                    let picked = pick(&who.editions, language, &self.school.config.languages);
                    let (written, name) = picked
                        .map_or((language, name), |(written, edition)| (written, &edition.name));
                    let url = self.link(Place::Instructor(&who.slug), written)?;
                    let language = self.mark(written, language);
                    Author { name: name.clone(), url: Some(url), language }
                }
                None => Author { name: name.clone(), url: None, language: None },
            };
            // One person may have several names in git.
            if !authors.contains(&author) {
                authors.push(author);
            }
        }
        authors.truncate(MAX_AUTHORS);
        Ok(authors)
    }

    fn instructor_called(&self, name: &str) -> Option<&Instructor> {
        self.school.instructors.values().find(|who| {
            who.slug.as_str() == name
                || who.git.iter().any(|git| git == name)
                || who.editions.values().any(|edition| edition.name == name)
        })
    }
}
