//! The front matter of each kind of page: which keys it has and what they may say.
//!
//! One file is read alone here; what needs the whole school, such as whether an
//! instructor exists, is checked in [`crate::parse`].

use std::ops::Range;

use contracts::access::Access;
use contracts::id::{CourseId, LessonId, Slug};
use contracts::money::Money;

use crate::diagnostic::{Code, Diagnostic};
use crate::field::key::{Key, names};
use crate::field::{Entry, Fields, Placed, SourceText, Value, find, yaml};
use crate::front_matter::cascade::{Cascade, Texts};
use crate::front_matter::price::prices;
use crate::level::Level;
use crate::slug;
use crate::source::SourcePath;

pub(crate) mod cascade;
mod duration;
pub(crate) mod key;
mod mend;
mod moment;
mod price;

/// A page of keys has a few hundred bytes; more is no front matter.
const MAX_BYTES: usize = 64 * 1024;

/// Languages of many schools; other tags, such as `is` or `sh`, end names of things.
const SPOKEN: [&str; 9] = ["de", "en", "es", "fr", "ja", "ko", "pt", "ru", "zh"];

const ACCESS: [(&str, Access); 2] = [("free", Access::Free), ("paid", Access::Paid)];

/// Whether a file is the first of its page or the same page in another language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    Original,
    Translation,
}

/// A file cut into front matter and body.
#[derive(Debug)]
pub(crate) struct FrontMatter<'a> {
    source: SourceText<'a>,
    entries: Vec<Entry>,
    /// The opening line, or the start of a file that has none.
    place: Range<usize>,
    /// Whether the keys could be read at all.
    state: State,
    /// Where the body begins, in bytes.
    pub(crate) body: usize,
}

/// Whether keys that are not there are missing, or only unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Read,
    Broken,
}

/// The keys of `course.md`.
#[derive(Debug)]
pub(crate) struct CourseKeys {
    pub(crate) id: Option<Placed<CourseId>>,
    pub(crate) slug: Option<Placed<Slug>>,
    pub(crate) title: Option<Placed<String>>,
    pub(crate) description: Option<Placed<String>>,
    pub(crate) instructors: Option<Texts>,
    pub(crate) category: Option<Placed<String>>,
    pub(crate) level: Option<Placed<Level>>,
    pub(crate) language: Option<Placed<String>>,
    pub(crate) cover: Option<Placed<String>>,
    pub(crate) prices: Vec<Money>,
    pub(crate) requires: Vec<Placed<String>>,
    pub(crate) objectives: Vec<String>,
    pub(crate) cascade: Cascade,
    pub(crate) aliases: Vec<Placed<String>>,
}

/// The keys of a lesson.
#[derive(Debug)]
pub(crate) struct LessonKeys {
    pub(crate) id: Option<Placed<LessonId>>,
    pub(crate) slug: Option<Placed<Slug>>,
    pub(crate) title: Option<Placed<String>>,
    pub(crate) summary: Option<String>,
    pub(crate) requires: Vec<Placed<String>>,
    pub(crate) objectives: Vec<String>,
    pub(crate) concepts: Vec<Placed<String>>,
    pub(crate) duration_minutes: Option<u32>,
    pub(crate) video: Option<Placed<String>>,
    pub(crate) cascade: Cascade,
    pub(crate) aliases: Vec<Placed<String>>,
}

/// The keys of `section.md`.
#[derive(Debug)]
pub(crate) struct SectionKeys {
    pub(crate) title: Option<Placed<String>>,
    pub(crate) summary: Option<String>,
    pub(crate) cascade: Cascade,
}

/// The keys of an instructor's page.
#[derive(Debug)]
pub(crate) struct InstructorKeys {
    pub(crate) name: Option<Placed<String>>,
    pub(crate) headline: Option<String>,
    pub(crate) avatar: Option<Placed<String>>,
    pub(crate) git: Vec<Placed<String>>,
}

/// The keys of a page outside courses.
#[derive(Debug)]
pub(crate) struct PageKeys {
    pub(crate) title: Option<Placed<String>>,
    pub(crate) description: Option<String>,
    pub(crate) slug: Option<Placed<Slug>>,
    pub(crate) aliases: Vec<Placed<String>>,
}

/// The keys of a learning path.
#[derive(Debug)]
pub(crate) struct PathKeys {
    pub(crate) title: Option<Placed<String>>,
    pub(crate) description: Option<String>,
    pub(crate) courses: Vec<Placed<String>>,
    pub(crate) draft: bool,
    pub(crate) slug: Option<Placed<Slug>>,
}

impl<'a> FrontMatter<'a> {
    /// Cuts a file. A file without front matter has no keys and is all body.
    pub(crate) fn read(source: SourceText<'a>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let cut = cut(source).and_then(|cut| {
            let Some(Cut { keys, body }) = cut else {
                return Ok(Self {
                    source,
                    entries: Vec::new(),
                    place: 0..0,
                    body: 0,
                    state: State::Read,
                });
            };
            let entries =
                yaml::read(source, keys.clone()).map_err(|broken| {
                    match mend::readable(source, keys) {
                        Some((place, text, what)) => broken.fixed_by(&place, text, what),
                        None => broken,
                    }
                })?;
            Ok(Self { source, entries, place: 0..3, body, state: State::Read })
        });
        cut.unwrap_or_else(|diagnostic| {
            diagnostics.push(diagnostic);
            let body = source.text.len();
            Self { source, entries: Vec::new(), place: 0..3, body, state: State::Broken }
        })
    }

    /// Keys of which a translation says something else than its original: what
    /// holds for every language is said once.
    pub(crate) fn compare(
        &self,
        original: &FrontMatter<'_>,
        shared: &[&str],
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        for Entry { key, value } in &self.entries {
            let name = key.value.as_str();
            let same = find(&original.entries, name).is_some_and(|ours| ours == value);
            if shared.contains(&name) && !same {
                let file = original.source.path.file_name();
                let message = format!("`{name}` is not what `{file}` says");
                let hint = format!("`{name}` holds for every language: remove it here");
                diagnostics.push(
                    self.source.diagnostic(Code::TranslationDiffers, &key.span, message).hint(hint),
                );
            }
        }
    }

    pub(crate) fn course(&self, edition: Edition, out: &mut Vec<Diagnostic>) -> CourseKeys {
        let mut fields = self.fields(&key::COURSE, out);
        let keys = CourseKeys {
            id: fields.parsed("id", CourseId::parse),
            slug: fields.parsed("slug", slug::parse),
            title: fields.required_text("title", "add `title: …` to the front matter"),
            description: fields.text("description"),
            instructors: fields.list("instructors"),
            category: fields.text("category"),
            level: fields.choice("level", &Level::WORDS),
            language: fields.text("language"),
            cover: fields.text("cover"),
            prices: prices(&mut fields),
            requires: fields.texts("requires"),
            objectives: objectives(&mut fields),
            cascade: Cascade::read(&mut fields),
            aliases: fields.texts("aliases"),
        };
        if fields.value("description").is_none() && edition == Edition::Original {
            let message = "the course has no `description`";
            let hint = "add one or two sentences; search engines and the list of courses show them";
            fields
                .push(self.source.diagnostic(Code::NoDescription, &self.place, message).hint(hint));
        }
        keys
    }

    pub(crate) fn lesson(&self, edition: Edition, out: &mut Vec<Diagnostic>) -> LessonKeys {
        let mut fields = self.fields(&key::LESSON, out);
        if fields.value("id").is_none() && edition == Edition::Original {
            let missing = self.source.diagnostic(Code::MissingKey, &self.place, "`id` is missing");
            fields.push(self.with_id(missing));
        }
        LessonKeys {
            id: fields.parsed_or("id", LessonId::parse, |written| {
                format!("write one such as `id: {}`", self.id_like(written))
            }),
            slug: fields.parsed("slug", slug::parse),
            title: fields.required_text("title", "add `title: …` to the front matter"),
            summary: fields.text("summary").map(|text| text.value),
            requires: fields.texts("requires"),
            objectives: objectives(&mut fields),
            concepts: fields.texts("concepts"),
            duration_minutes: fields.parsed("duration", duration::minutes).map(|d| d.value),
            video: fields.text("video"),
            cascade: Cascade::read(&mut fields),
            aliases: fields.texts("aliases"),
        }
    }

    pub(crate) fn section(&self, out: &mut Vec<Diagnostic>) -> SectionKeys {
        let mut fields = self.fields(&key::SECTION, out);
        SectionKeys {
            title: fields.required_text("title", "add `title: …` to the front matter"),
            summary: fields.text("summary").map(|text| text.value),
            cascade: Cascade::read(&mut fields),
        }
    }

    pub(crate) fn instructor(&self, out: &mut Vec<Diagnostic>) -> InstructorKeys {
        let mut fields = self.fields(&key::INSTRUCTOR, out);
        InstructorKeys {
            name: fields.required_text("name", "add `name: …` to the front matter"),
            headline: fields.text("headline").map(|text| text.value),
            avatar: fields.text("avatar"),
            git: fields.texts("git"),
        }
    }

    pub(crate) fn page(&self, out: &mut Vec<Diagnostic>) -> PageKeys {
        let mut fields = self.fields(&key::PAGE, out);
        PageKeys {
            title: fields.required_text("title", "add `title: …` to the front matter"),
            description: fields.text("description").map(|text| text.value),
            slug: fields.parsed("slug", slug::parse),
            aliases: fields.texts("aliases"),
        }
    }

    pub(crate) fn path(&self, edition: Edition, out: &mut Vec<Diagnostic>) -> PathKeys {
        let mut fields = self.fields(&key::PATH, out);
        if fields.value("courses").is_none() && edition == Edition::Original {
            let missing =
                self.source.diagnostic(Code::MissingKey, &self.place, "`courses` is missing");
            fields.push(missing.hint("add `courses: [first, second]`, the courses in order"));
        }
        PathKeys {
            title: fields.required_text("title", "add `title: …` to the front matter"),
            description: fields.text("description").map(|text| text.value),
            courses: fields.texts("courses"),
            draft: fields.flag("draft").is_some_and(|draft| draft.value),
            slug: fields.parsed("slug", slug::parse),
        }
    }

    /// Whether a key says something, right or wrong.
    pub(crate) fn has(&self, key: &str) -> bool {
        let empty = Value::Map(Vec::new());
        find(&self.entries, key).is_some_and(|value| value.value != empty)
    }

    /// Where a key's value stands, or the opening line if it isn't written.
    pub(crate) fn place_of(&self, key: &str) -> Range<usize> {
        find(&self.entries, key).map_or_else(|| self.place.clone(), |value| value.span.clone())
    }

    pub(crate) fn source(&self) -> SourceText<'a> {
        self.source
    }

    /// A lesson without an id is given one, unless its name says that it is no lesson
    /// but a translation that lost its original.
    fn with_id(&self, missing: Diagnostic) -> Diagnostic {
        let path = self.source.path;
        let suggested = suggested_id(path);
        let parts = path.file_name().strip_suffix(".md").and_then(|stem| stem.rsplit_once('.'));
        if let Some((name, tag)) = parts.filter(|(_, tag)| SPOKEN.contains(tag)) {
            return missing.hint(format!(
                "if it is `{name}.md` in another language, add that file and write `{tag}` into \
                 `languages` of `site.toml`; if it is a lesson, add `id: {suggested}`"
            ));
        }
        let (place, id) = self.missing_id();
        let missing = missing.hint(format!("add `id: {suggested}`"));
        missing.fixed_by(&place, id, format!("write `id: {suggested}`"))
    }

    /// What an id may look like that its author wrote in another way.
    fn id_like(&self, written: &str) -> String {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let plain: String = written
            .to_lowercase()
            .chars()
            .map(|c| if letters(c) { c } else { '-' })
            .take(64)
            .collect();
        let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
        let id = parts.join("-");
        // Of a Chinese word nothing is left but a number.
        if LessonId::parse(&id).is_ok() && id.bytes().any(|b| b.is_ascii_lowercase()) {
            id
        } else {
            suggested_id(self.source.path)
        }
    }

    /// Where an id is put that is not there, and how it is written.
    fn missing_id(&self) -> (Range<usize>, String) {
        let text = self.source.text;
        let first = text.split_inclusive('\n').next().unwrap_or_default();
        let end = if first.ends_with("\r\n") { "\r\n" } else { "\n" };
        let id = format!("id: {}{end}", suggested_id(self.source.path));
        if first.trim_end() == "---" {
            (first.len()..first.len(), id)
        } else {
            (0..0, format!("---{end}{id}---{end}"))
        }
    }

    fn fields<'b>(&'b self, known: &[Key], out: &'b mut Vec<Diagnostic>) -> Fields<'b> {
        let (names, place) = (names(known), self.place.clone());
        let mut fields =
            Fields::open_among(self.source, &self.entries, place, &names, key::elsewhere, out);
        if self.state == State::Broken {
            fields.hush();
        }
        fields
    }
}

fn objectives(fields: &mut Fields<'_>) -> Vec<String> {
    fields.texts("objectives").into_iter().map(|text| text.value).collect()
}

/// A lesson id made of a lesson's path, for an author who has to choose one.
///
/// It is a suggestion: once written into the file it stays, however the lesson
/// is moved or renamed.
#[must_use]
pub fn suggested_id(path: &SourcePath) -> String {
    let digest = || blake3::hash(path.as_str().as_bytes()).to_hex();
    let folders = path.as_str().trim_start_matches("content/");
    let name = folders.strip_suffix("/lesson.md").or_else(|| folders.strip_suffix(".md"));
    let mut segments = name.unwrap_or(folders).split('/');
    let ends = [segments.next(), segments.next_back()].into_iter().flatten();
    let words: Vec<String> = ends
        .filter_map(|segment| slug::from_name(segment).ok())
        .map(|slug| slug.as_str().chars().filter(|c| c.is_ascii()).collect::<String>())
        .map(|word| word.trim_matches('-').to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    let id = words.join("-");
    if words.len() == 2 && LessonId::parse(&id).is_ok() {
        return id;
    }
    // Nothing is left of a Chinese name, and a long one doesn't fit.
    format!("lesson-{}", digest().get(..8).unwrap_or_default())
}

/// Where the keys of a file stand, and where its body starts, in bytes.
struct Cut {
    keys: Range<usize>,
    body: usize,
}

fn cut(source: SourceText<'_>) -> Result<Option<Cut>, Diagnostic> {
    let mut start = 0;
    let mut lines = source.text.split_inclusive('\n').map(|line| {
        let place = start;
        start += line.len();
        (place, line)
    });
    let first = lines.next().map_or("", |(_, line)| line.trim_end());
    if first == "+++" {
        let message = "front matter is written in YAML, between lines of `---`";
        return Err(source
            .diagnostic(Code::BadFrontMatter, &(0..3), message)
            .hint("replace `+++` by `---` and `key = \"value\"` by `key: value`"));
    }
    if first != "---" {
        return Ok(None);
    }
    let keys = source.text.find('\n').map_or(source.text.len(), |newline| newline + 1);
    let closing = lines
        .take_while(|(place, _)| *place <= MAX_BYTES)
        .find(|(_, line)| line.trim_end() == "---");
    match closing {
        Some((place, line)) => Ok(Some(Cut { keys: keys..place, body: place + line.len() })),
        None => {
            let message = "the front matter has no end";
            Err(source
                .diagnostic(Code::UnterminatedFrontMatter, &(0..3), message)
                .hint("close it by a line of `---`, within 64 KiB"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_suggested_from_course_and_lesson() {
        for (path, id) in [
            ("content/rust/01-start/02-Hello World.md", "rust-hello-world"),
            ("content/rust/01-start/02-hello/lesson.md", "rust-hello"),
            ("content/rust/hello.md", "rust-hello"),
        ] {
            assert_eq!(suggested_id(&SourcePath::new(path)), id);
        }
        let chinese = suggested_id(&SourcePath::new("content/rust/01-所有权.md"));
        assert!(chinese.starts_with("lesson-") && LessonId::parse(&chinese).is_ok(), "{chinese}");
    }
}
