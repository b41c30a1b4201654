//! Lessons: their editions, their video and its captions.

use std::collections::BTreeMap;

use contracts::access::Access;
use contracts::id::LessonId;
use contracts::language::Language;

use crate::address::Place;
use crate::diagnostic::Code;
use crate::field::Placed;
use crate::front_matter::{Edition, FrontMatter, LessonKeys, suggested_id};
use crate::parse::cascade::Inherited;
use crate::parse::course::Rules;
use crate::parse::page_file::PageFiles;
use crate::parse::requirement::Step;
use crate::parse::{IdPlace, Parser, VIDEO, markdown};
use crate::school::{Label, Lesson, LessonEdition};
use crate::slug;
use crate::source::SourcePath;

/// Keys that hold for every language and so are said in the original alone.
const SHARED: [&str; 11] = [
    "id",
    "access",
    "requires",
    "concepts",
    "duration",
    "publish_at",
    "expires_at",
    "tags",
    "authors",
    "slug",
    "aliases",
];

impl<'a> Parser<'a> {
    /// A lesson in all its languages; `None` for a draft that is left out and
    /// for what can't have an address.
    pub(super) fn lesson(&mut self, page: &PageFiles<'a>, rules: &mut Rules) -> Option<Lesson> {
        let front = self.open(page.original)?;
        let keys = front.lesson(Edition::Original, &mut self.diagnostics);
        let slug = self.slug_of(page.name, &front, keys.slug.as_ref())?;
        if let Some(other) = rules.slugs.insert(slug.clone(), page.original.clone()) {
            let course = &rules.course;
            self.collision(&front, &format!("/courses/{course}/{slug}/"), &other);
        }
        let id = self.lesson_id(&front, &keys)?;
        self.aliases(&front, &keys.aliases, Place::Lesson(&rules.course, &slug));
        let own = self.inherited(front.source(), &keys.cascade);
        let rule = rules.inherited.overlaid(own);
        self.check_span(&front, &rule);
        self.steps.push(Step {
            source: front.source(),
            course: rules.course.clone(),
            lesson: Some(slug.clone()),
            id: id.to_string(),
            access: rule.access.as_ref().map_or(Access::Free, |written| written.value),
            is_shown: !self.leaves_out(rule.is_draft()),
            requires: keys.requires.clone(),
        });
        let concepts = self.concepts(&front, &keys.concepts);
        let duration_minutes = keys.duration_minutes;
        let name = slug::title_from_name(page.name);
        let original = self.lesson_edition(&front, keys, &name);
        let mut editions = BTreeMap::new();
        for (language, path) in &page.translations {
            editions.extend(
                self.translation(path, &front, &original)
                    .map(|edition| (language.clone(), edition)),
            );
        }
        editions.insert(rules.language.clone(), original);
        (!self.leaves_out(rule.is_draft())).then(|| Lesson {
            id,
            slug,
            requires: Vec::new(),
            concepts,
            duration_minutes,
            origins: rule.origins(),
            draft: rule.is_draft(),
            access: rule.access.map_or(Access::Free, |written| written.value),
            publish_at: rule.publish_at.and_then(|written| written.value),
            expires_at: rule.expires_at.and_then(|written| written.value),
            tags: rule.tags.map_or_else(Vec::new, |written| written.value),
            authors: rule.authors.map(|written| written.value),
            editions,
        })
    }

    /// A lesson that opens by one file and closes by another must do so in order;
    /// those of one file are compared where they are read.
    fn check_span(&mut self, front: &FrontMatter<'_>, rule: &Inherited) {
        let (Some(from), Some(until)) = (&rule.publish_at, &rule.expires_at) else { return };
        if from.origin.path == until.origin.path || until.value.is_none() {
            return;
        }
        if until.value <= from.value {
            let (opens, closes) = (&from.origin, &until.origin);
            let message = format!(
                "`expires_at` of `{closes}` is not after `publish_at` of `{opens}`: \
                 the lesson never opens"
            );
            let place = front.place_of("publish_at");
            let diagnostic = front.source().diagnostic(Code::BadDate, &place, message);
            let hint = "write here a moment that fits, or `none`";
            self.diagnostics.push(diagnostic.hint(hint));
        }
    }

    fn translation(
        &mut self,
        path: &'a SourcePath,
        original: &FrontMatter<'_>,
        edition: &LessonEdition,
    ) -> Option<LessonEdition> {
        let front = self.open(path)?;
        let keys = front.lesson(Edition::Translation, &mut self.diagnostics);
        front.compare(original, &SHARED, &mut self.diagnostics);
        let draft = keys.cascade.is_draft();
        let mut translation = self.lesson_edition(&front, keys, &edition.title);
        if translation.video.is_none() {
            translation.video.clone_from(&edition.video);
            translation.captions.clone_from(&edition.captions);
        }
        (!self.leaves_out(draft)).then_some(translation)
    }

    fn lesson_edition(
        &mut self,
        front: &FrontMatter<'_>,
        keys: LessonKeys,
        name: &str,
    ) -> LessonEdition {
        let video = keys.video.as_ref().and_then(|video| self.file(front, video, &VIDEO));
        LessonEdition {
            title: keys.title.map_or_else(|| name.to_owned(), |title| title.value),
            summary: keys.summary,
            objectives: keys.objectives,
            body: markdown(self.tree, front),
            captions: video.as_ref().map(|video| self.captions(video)).unwrap_or_default(),
            video,
        }
    }

    fn concepts(&mut self, front: &FrontMatter<'_>, written: &[Placed<String>]) -> Vec<Label> {
        let mut concepts: Vec<Label> = Vec::new();
        for text in written {
            let label = self.label(front.source(), text);
            concepts.extend(label.filter(|new| concepts.iter().all(|old| old.slug != new.slug)));
        }
        concepts
    }

    /// The written id, or a stand-in so that the rest can be checked too.
    fn lesson_id(&mut self, front: &FrontMatter<'a>, keys: &LessonKeys) -> Option<LessonId> {
        let path = front.source().path;
        let Some(id) = &keys.id else {
            return LessonId::parse(&suggested_id(path)).ok();
        };
        let place = IdPlace { source: front.source(), span: id.span.clone() };
        if let Some(other) = self.lesson_ids.insert(id.value.clone(), place) {
            let other = other.source.path;
            let message = format!("the lesson id `{}` is already used by `{other}`", id.value);
            let hint = format!("an id is never used twice: write `id: {}`", suggested_id(path));
            let diagnostic = front.source().diagnostic(Code::DuplicateId, &id.span, message);
            self.diagnostics.push(diagnostic.hint(hint));
        }
        Some(id.value.clone())
    }

    /// `intro.zh.vtt` beside `intro.mp4`.
    fn captions(&mut self, video: &SourcePath) -> BTreeMap<Language, SourcePath> {
        let name = video.file_name();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let mut captions = BTreeMap::new();
        let beside = format!("{}/{stem}", video.parent());
        for (path, _) in self.tree.starting(&beside).filter(|(p, _)| p.parent() == video.parent()) {
            let parts = path.file_name().strip_suffix(".vtt").and_then(|n| n.rsplit_once('.'));
            let language = parts
                .filter(|(of, _)| *of == stem || *of == name)
                .and_then(|(_, tag)| Language::parse(tag).ok());
            captions.extend(language.map(|language| (language, path.clone())));
        }
        captions
    }
}
