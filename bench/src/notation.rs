//! A lesson as Markdown, in the notation that all generators read, with what each
//! of them wants otherwise.

use std::fmt::Write;

use crate::corpus::{Lesson, Part, Scenario};

/// What is behind the teaser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Teaser {
    /// A line parts it from the rest.
    Marked,
    /// Nothing does.
    Unmarked,
}

/// The text of a lesson below its front matter.
pub(crate) fn body(lesson: &Lesson, teaser: Teaser) -> String {
    let mut text = format!("{}\n", lesson.teaser);
    if teaser == Teaser::Marked {
        text += "\n<!--more-->\n";
    }
    if lesson.picture.is_some() {
        // Writing to a text can't fail.
        let _ = write!(text, "\n![{}]({})\n", lesson.title, lesson.picture_name());
    }
    for part in &lesson.parts {
        write_part(part, &mut text);
    }
    text
}

/// Whether lessons of a scenario have something behind the teaser.
pub(crate) fn teaser_of(scenario: Scenario) -> Teaser {
    if scenario == Scenario::Course { Teaser::Marked } else { Teaser::Unmarked }
}

fn write_part(part: &Part, text: &mut String) {
    let _ = write!(text, "\n## {}\n", part.heading);
    for paragraph in &part.paragraphs {
        let _ = write!(text, "\n{paragraph}\n");
    }
    if let Some(fence) = &part.fence {
        let _ = write!(text, "\n```{}\n{}```\n", fence.language, fence.code);
    }
    if let Some(formula) = &part.formula {
        let _ = write!(text, "\n$$\n{formula}\n$$\n");
    }
    for (index, row) in part.table.iter().flatten().enumerate() {
        let separator = if index == 1 { "|---|---|---|---|\n" } else { "" };
        let start = if index == 0 { "\n" } else { "" };
        let _ = writeln!(text, "{start}{separator}| {} |", row.join(" | "));
    }
}
