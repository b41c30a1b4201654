//! Which translations there are, and which of them were made from another text
//! than the original is now.
//!
//! An author's word that a translation fits is kept in `content/translations.toml`:
//! for each translation the digests of the paragraphs that the original had. It
//! goes by stable ids, so files may be renamed. Nothing of it reaches the site.

mod block;

use std::collections::BTreeMap;

use contracts::language::Language;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Code, Diagnostic, Span};
use crate::school::{Markdown, School};
use crate::source::{SourcePath, SourceTree};
use crate::translation::block::Block;

/// Where the record stands.
pub const PATH: &str = "content/translations.toml";

/// The first lines of the record.
const HEADER: &str = "\
# What each translation was made from: one digest for each paragraph of the original.
# Written by `lyceum translations --accept`; keep it in git.

";

/// So many lines are named in a diagnostic; more would not be read.
const NAMED_LINES: usize = 8;

/// What translations were made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    course: ById,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lesson: ById,
}

/// Digests of paragraphs by id and language.
type ById = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// What was written: the text of a course or that of a lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A course's own text.
    Course,
    /// A lesson.
    Lesson,
}

/// A text in a language that it was not written in first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Translation {
    /// Whether it is a course's or a lesson's.
    pub kind: Kind,
    /// The stable id of that course or lesson.
    pub id: String,
    /// The language.
    pub language: Language,
    /// The file of the original.
    pub original: SourcePath,
    /// The file of the translation, if there is one.
    pub path: Option<SourcePath>,
    /// How it stands to the original.
    pub state: State,
    #[serde(skip)]
    blocks: Vec<String>,
}

/// How a translation stands to its original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum State {
    /// There is none.
    Missing,
    /// There is one, and nobody has said what it was made from.
    Unrecorded,
    /// The original has changed since.
    Stale {
        /// Lines of the original at which paragraphs begin that are new or other.
        lines: Vec<usize>,
        /// How many paragraphs are gone.
        removed: usize,
    },
    /// It was made from the original as it is.
    Fresh,
}

impl Record {
    /// The school's record; `None` where it keeps none.
    pub fn read(tree: &SourceTree) -> Result<Option<Self>, Diagnostic> {
        let Some((path, _)) = tree.entry(PATH) else { return Ok(None) };
        let text = tree.text(path)?;
        toml::from_str(text).map(Some).map_err(|error| {
            let found = Diagnostic::new(path, Code::BadToml, error.message().to_owned())
                .hint("take the last good version from git, or remove it and accept anew");
            match error.span() {
                Some(range) => found.at(text, Span::of_bytes(text, range.start, range.end)),
                None => found,
            }
        })
    }

    /// As it is written to the disk, in a fixed order.
    pub fn text(&self) -> Result<String, toml::ser::Error> {
        Ok(format!("{HEADER}{}", toml::to_string(self)?))
    }

    /// Notes that a translation fits the original as it is now. A missing one is
    /// not noted.
    pub fn accept(&mut self, translation: &Translation) {
        if translation.path.is_some() {
            let languages = self.of_mut(translation.kind).entry(translation.id.clone());
            let languages = languages.or_default();
            languages.insert(translation.language.to_string(), translation.blocks.clone());
        }
    }

    /// Forgets what is no translation of the school any more.
    pub fn keep_only(&mut self, all: &[Translation]) {
        for kind in [Kind::Course, Kind::Lesson] {
            let exists = |id: &str, tag: &str| {
                all.iter().any(|one| {
                    one.kind == kind
                        && one.id == id
                        && one.language.as_str() == tag
                        && one.path.is_some()
                })
            };
            let table = self.of_mut(kind);
            for (id, languages) in &mut *table {
                languages.retain(|tag, _| exists(id, tag));
            }
            table.retain(|_, languages| !languages.is_empty());
        }
    }

    fn of(&self, kind: Kind) -> &ById {
        match kind {
            Kind::Course => &self.course,
            Kind::Lesson => &self.lesson,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut ById {
        match kind {
            Kind::Course => &mut self.course,
            Kind::Lesson => &mut self.lesson,
        }
    }
}

/// One text in all its languages.
struct Text<'s> {
    kind: Kind,
    id: String,
    original: (&'s Language, Part<'s>),
    translations: BTreeMap<&'s Language, &'s Markdown>,
}

/// What of an edition is translated.
struct Part<'s> {
    title: &'s str,
    summary: &'s str,
    body: &'s Markdown,
}

/// Every text in every other language of the school, in reading order.
#[must_use]
pub fn survey(school: &School, record: &Record) -> Vec<Translation> {
    let mut found = Vec::new();
    for text in texts(school) {
        let (written, part) = &text.original;
        let blocks = block::blocks(part.title, part.summary, part.body);
        for language in school.config.languages.iter().filter(|language| language != written) {
            let body = text.translations.get(language);
            let accepted =
                record.of(text.kind).get(&text.id).and_then(|all| all.get(language.as_str()));
            found.push(Translation {
                kind: text.kind,
                id: text.id.clone(),
                language: language.clone(),
                original: part.body.path.clone(),
                path: body.map(|body| body.path.clone()),
                state: match (body, accepted) {
                    (None, _) => State::Missing,
                    (Some(_), None) => State::Unrecorded,
                    (Some(_), Some(accepted)) => State::between(accepted, &blocks),
                },
                blocks: blocks.iter().map(|block| block.digest.clone()).collect(),
            });
        }
    }
    found
}

fn texts(school: &School) -> Vec<Text<'_>> {
    let mut texts = Vec::new();
    for course in &school.courses {
        let written = &course.language;
        if let Some(edition) = course.editions.get(written) {
            texts.push(Text {
                kind: Kind::Course,
                id: course.id.to_string(),
                original: (
                    written,
                    Part {
                        title: &edition.title,
                        summary: &edition.description,
                        body: &edition.body,
                    },
                ),
                translations: course.editions.iter().map(|(tag, one)| (tag, &one.body)).collect(),
            });
        }
        for lesson in course.lessons() {
            if let Some(edition) = lesson.editions.get(written) {
                let summary = edition.summary.as_deref().unwrap_or_default();
                texts.push(Text {
                    kind: Kind::Lesson,
                    id: lesson.id.to_string(),
                    original: (
                        written,
                        Part { title: &edition.title, summary, body: &edition.body },
                    ),
                    translations: lesson
                        .editions
                        .iter()
                        .map(|(tag, one)| (tag, &one.body))
                        .collect(),
                });
            }
        }
    }
    texts
}

impl State {
    /// Compares what was accepted with what is there. A paragraph that moved is
    /// no other paragraph.
    fn between(accepted: &[String], blocks: &[Block]) -> Self {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for digest in accepted {
            *left.entry(digest).or_default() += 1;
        }
        let mut lines = Vec::new();
        for block in blocks {
            match left.get_mut(block.digest.as_str()) {
                Some(count) if *count > 0 => *count -= 1,
                _ => lines.push(block.line),
            }
        }
        // One paragraph that was edited is both new and gone.
        let gone: usize = left.values().sum();
        let removed = gone.saturating_sub(lines.len());
        if lines.is_empty() && removed == 0 { Self::Fresh } else { Self::Stale { lines, removed } }
    }

    /// How many paragraphs have to be looked at.
    #[must_use]
    pub fn changes(&self) -> usize {
        match self {
            Self::Stale { lines, removed } => lines.len() + removed,
            Self::Missing | Self::Unrecorded | Self::Fresh => 0,
        }
    }
}

/// What to tell the author; nothing, unless the school keeps a record.
#[must_use]
pub fn check(school: &School, tree: &SourceTree) -> Vec<Diagnostic> {
    match Record::read(tree) {
        Ok(None) => Vec::new(),
        Ok(Some(record)) => survey(school, &record).iter().filter_map(Translation::told).collect(),
        Err(error) => vec![error],
    }
}

impl Translation {
    fn told(&self) -> Option<Diagnostic> {
        let path = self.path.as_ref()?;
        let original = &self.original;
        let (message, hint) = match &self.state {
            State::Missing | State::Fresh => return None,
            State::Unrecorded => (
                format!("nobody has said which text of `{original}` this translates"),
                format!("compare them, then type `lyceum translations --accept {path}`"),
            ),
            State::Stale { lines, removed } => (
                format!("`{original}` has changed since: {}", changes(lines, *removed)),
                format!("translate that too, then type `lyceum translations --accept {path}`"),
            ),
        };
        Some(Diagnostic::new(path, Code::StaleTranslation, message).hint(hint))
    }
}

/// `what begins at line 5 and 9; 1 paragraph is gone`
fn changes(lines: &[usize], removed: usize) -> String {
    let named: Vec<_> = lines.iter().take(NAMED_LINES).map(ToString::to_string).collect();
    let mut parts = Vec::new();
    if !named.is_empty() {
        let more = match lines.len().saturating_sub(NAMED_LINES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let word = if lines.len() == 1 { "line" } else { "lines" };
        parts.push(format!("what begins at {word} {}{more} is new", named.join(", ")));
    }
    match removed {
        0 => {}
        1 => parts.push("1 paragraph is gone".to_owned()),
        _ => parts.push(format!("{removed} paragraphs are gone")),
    }
    parts.join("; ")
}
