//! How a page is named where the time of a build is told.

use crate::render::{Job, Subject};
use crate::stopwatch::Work;

impl Job<'_> {
    /// The page under its template and the file that it shows.
    pub(super) fn work(&self) -> Work<'_> {
        let (template, about) = match self.subject {
            Subject::Home => ("home", None),
            Subject::List(..) => ("list", None),
            Subject::NotFound => ("404", None),
            Subject::Search => ("search", None),
            Subject::Frame(_) => ("frame", None),
            Subject::Course(course) => {
                ("course", course.editions.get(self.language).map(|edition| &edition.body))
            }
            Subject::Lesson(_, _, lesson) => {
                // A lesson that isn't translated shows the text of another language.
                let edition = lesson.editions.get(self.language);
                let edition = edition.or_else(|| lesson.editions.values().next());
                ("lesson", edition.map(|edition| &edition.body))
            }
            Subject::Concepts => ("concepts", None),
            Subject::Concept(..) => ("concept", None),
            Subject::Glossary => ("glossary", None),
            Subject::Paths => ("paths", None),
            Subject::Path(path) => {
                ("path", path.editions.get(self.language).map(|edition| &edition.body))
            }
            Subject::Page(page) => {
                ("page", page.editions.get(self.language).map(|edition| &edition.body))
            }
        };
        Work::Page { template, about: about.map_or(template, |text| text.path.as_str()) }
    }
}
