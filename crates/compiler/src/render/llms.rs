//! `llms.txt`: what the school teaches, as plain Markdown for machines that read.
//!
//! It takes titles and summaries, which are public of every lesson, and never a text.

use std::fmt::Write;

use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::{Made, Renderer, pick, too_long};
use crate::school::{Course, Lesson};
use crate::site::SiteFile;
use crate::source::SourcePath;

impl Renderer<'_> {
    /// The file, in the school's first language; `None` if the school wants none.
    pub(super) fn llms(&self) -> Result<Option<Made>, Diagnostic> {
        let config = &self.school.config;
        if !config.llms_txt {
            return Ok(None);
        }
        let language = &config.default_language;
        let mut text = format!("# {}\n", line(self.school_title(language)));
        let description = line(self.school_description(language));
        if !description.is_empty() {
            let _ = write!(text, "\n> {description}\n");
        }
        for course in &self.school.courses {
            self.course_lines(course, &mut text)?;
        }
        let path = SitePath::parse("llms.txt").map_err(|error| too_long(&error))?;
        let file = SiteFile::new(ObjectKey::Page { path }, text.into_bytes());
        Ok(Some(Made { file, origin: SourcePath::new("site.toml") }))
    }

    fn course_lines(&self, course: &Course, text: &mut String) -> Result<(), Diagnostic> {
        let order = std::slice::from_ref(&course.language);
        let chosen = pick(&course.editions, &self.school.config.default_language, order);
        let Some((language, edition)) = chosen else { return Ok(()) };
        let url = self.addresses.url(Place::Course(&course.slug), language);
        let url = url.map_err(|error| too_long(&error))?;
        // Writing to a String can't fail.
        let _ = write!(
            text,
            "\n## {}\n\n{}\n\n- {}\n",
            line(&edition.title),
            line(&edition.description),
            link(&edition.title, url.as_str(), None)
        );
        for lesson in course.lessons() {
            self.lesson_line(course, lesson, text)?;
        }
        Ok(())
    }

    fn lesson_line(
        &self,
        course: &Course,
        lesson: &Lesson,
        text: &mut String,
    ) -> Result<(), Diagnostic> {
        let order = std::slice::from_ref(&course.language);
        let chosen = pick(&lesson.editions, &self.school.config.default_language, order);
        let Some((language, edition)) = chosen else { return Ok(()) };
        let url = self.addresses.url(Place::Lesson(&course.slug, &lesson.slug), language);
        let url = url.map_err(|error| too_long(&error))?;
        let _ =
            writeln!(text, "- {}", link(&edition.title, url.as_str(), edition.summary.as_deref()));
        Ok(())
    }
}

fn link(title: &str, url: &str, summary: Option<&str>) -> String {
    let mut text = String::from("[");
    for c in line(title).chars() {
        if matches!(c, '[' | ']' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text += &format!("]({})", url.replace('(', "%28").replace(')', "%29"));
    if let Some(summary) = summary.map(line).filter(|summary| !summary.is_empty()) {
        text += ": ";
        text += &summary;
    }
    text
}

/// A text on one line, so that nothing in it becomes a heading or an entry, and
/// without markup, for whoever makes a page of it.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_ends_its_link_or_its_line() {
        assert_eq!(
            link("a [b]\n# c", "https://x.test/(d)/", Some(" e\nf ")),
            "[a \\[b\\] # c](https://x.test/%28d%29/): e f"
        );
        assert_eq!(link("a", "https://x.test/", Some(" \n")), "[a](https://x.test/)");
    }
}
