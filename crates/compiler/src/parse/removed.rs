//! `content/removed.toml`: what existed and is gone, so that its id is never
//! given to something else and its address leads on.
//!
//! Purchases and progress hang on ids. A lesson under a used id would be open to
//! people who bought another one.

use contracts::id::{CourseId, IdError, LessonId};
use jiff::civil::Date;

use crate::diagnostic::Code;
use crate::diagnostic::shown::shown;
use crate::field::{Entry, Fields, Placed, SourceText, Value, toml};
use crate::parse::Parser;
use crate::parse::redirect::{Leads, OldAddress};

const PATH: &str = "content/removed.toml";

/// What kind of thing an id named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Course,
    Lesson,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Course, Self::Lesson];

    /// The table of `content/removed.toml`.
    fn word(self) -> &'static str {
        match self {
            Self::Course => "course",
            Self::Lesson => "lesson",
        }
    }
}

impl<'a> Parser<'a> {
    /// Reads the file, if there is one, and tells which ids are used again.
    pub(super) fn removed(&mut self) {
        let tree = self.tree;
        let Some((path, _)) = tree.entry(PATH) else {
            return;
        };
        self.read.insert(path.clone());
        let read = tree.text(path).and_then(|text| {
            let source = SourceText { path, text };
            Ok((source, toml::read(source)?))
        });
        let (source, entries) = match read {
            Ok(read) => read,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return;
            }
        };
        let known = Kind::ALL.map(Kind::word);
        let mut tables = Vec::new();
        let mut told = Vec::new();
        let mut fields = Fields::open(source, &entries, 0..0, &known, &mut told);
        for kind in Kind::ALL {
            let example = format!("a table such as `[{}.its-id]`", kind.word());
            tables.extend(fields.map(kind.word(), &example).map(|table| (kind, table.value)));
        }
        for (kind, table) in tables {
            for Entry { key, value } in table {
                self.tombstone(source, kind, key, value);
            }
        }
        self.diagnostics.append(&mut told);
    }

    fn tombstone(
        &mut self,
        source: SourceText<'a>,
        kind: Kind,
        id: &Placed<String>,
        value: &Placed<Value>,
    ) {
        let Value::Map(keys) = &value.value else {
            let message = format!("`{}` must be a table", shown(&id.value));
            let hint = format!(
                "write `[{}.{}]` and `on = 2026-11-22` below",
                kind.word(),
                shown(&id.value)
            );
            let diagnostic = source.diagnostic(Code::WrongValue, &value.span, message);
            self.diagnostics.push(diagnostic.hint(hint));
            return;
        };
        let place = id.span.clone();
        let mut fields =
            Fields::open(source, keys, place, &["on", "from", "to"], &mut self.diagnostics);
        let on = day(&mut fields);
        let (from, to) = (fields.text("from"), fields.text("to"));
        if let (Some(alone), None) = (from.as_ref(), &to) {
            let hint = "add `to = \"…\"`, the address of the page to go to instead";
            fields.tell(Code::MissingKey, &alone.span, "`to` is missing", hint);
        }
        if let (None, Some(alone)) = (&from, to.as_ref()) {
            let hint = "add `from = \"…\"`, the address at which it stood";
            fields.tell(Code::MissingKey, &alone.span, "`from` is missing", hint);
        }
        if let Some((from, to)) = from.zip(to) {
            let from = self.old_path(source, "from", &from, "");
            let to = self.old_path(source, "to", &to, "");
            self.old_addresses.extend(from.zip(to).map(|(from, to)| OldAddress {
                source,
                from,
                leads: Leads::Away(to),
            }));
        }
        self.used_again(kind, &id.value, on);
        if let Err(error) = self.remember(kind, &id.value) {
            let name = shown(&id.value);
            let message = format!("`{name}` was never the id of a {}: it {error}", kind.word());
            let diagnostic = source.diagnostic(Code::WrongValue, &id.span, message);
            self.diagnostics.push(diagnostic.hint("write the id as it stood in the `id:` key"));
        }
    }

    /// Notes an id as used up.
    fn remember(&mut self, kind: Kind, id: &str) -> Result<(), IdError> {
        match kind {
            Kind::Course => {
                self.removed_ids.courses.insert(CourseId::parse(id)?);
            }
            Kind::Lesson => {
                self.removed_ids.lessons.insert(LessonId::parse(id)?);
            }
        }
        Ok(())
    }

    fn used_again(&mut self, kind: Kind, id: &str, on: Option<Date>) {
        let used = match kind {
            Kind::Course => {
                self.course_ids.iter().find(|(used, _)| used.as_str() == id).map(|(_, place)| place)
            }
            Kind::Lesson => {
                self.lesson_ids.iter().find(|(used, _)| used.as_str() == id).map(|(_, place)| place)
            }
        };
        let Some(place) = used else {
            return;
        };
        let word = kind.word();
        let since = on.map(|on| format!(" on {on}")).unwrap_or_default();
        let message = format!("the {word} id `{id}` was removed{since} and is never used again");
        let hint = format!(
            "give the {word} another `id:`; if it is the same {word} that came back, \
             remove `[{word}.{id}]` from `{PATH}`"
        );
        let diagnostic = place.source.diagnostic(Code::RemovedId, &place.span, message);
        self.diagnostics.push(diagnostic.hint(hint));
    }
}

/// The day on which it was removed.
fn day(fields: &mut Fields<'_>) -> Option<Date> {
    let text =
        fields.required_text("on", "add `on = 2026-11-22`, the day on which it was removed")?;
    let date = text.value.parse().ok();
    if date.is_none() {
        let message = format!("`on` is not a date: `{}`", shown(&text.value));
        fields.tell(Code::BadDate, &text.span, message, "write one such as `2026-11-22`");
    }
    date
}
