//! What the lessons teach: all concepts, and the lessons of each, on as many pages
//! as it needs.

use contracts::id::Slug;
use contracts::language::Language;

use crate::address::Place;
use crate::concept::Concept;
use crate::diagnostic::Diagnostic;
use crate::glossary::Term;
use crate::render::head::About;
use crate::render::view::learning::{
    ConceptCard, ConceptLesson, ConceptPage, ConceptsPage, Definition, Shelves,
};
use crate::render::{Output, Renderer, Subject, pick};
use crate::school::{Course, Lesson};
use crate::theme::Template;

impl<'a> Renderer<'a> {
    /// The pages of concepts, glossary and paths, where there are any.
    pub(super) fn learning_jobs(&self, language: &Language) -> Vec<Subject<'a>> {
        let mut jobs = Vec::new();
        if !self.concepts.is_empty() {
            jobs.push(Subject::Concepts);
        }
        for (slug, concept) in self.concepts.iter() {
            jobs.extend((1..=self.concept_pages(concept)).map(|page| Subject::Concept(slug, page)));
        }
        if !self.school.glossary.is_empty() {
            jobs.push(Subject::Glossary);
        }
        if !self.school.paths.is_empty() {
            jobs.push(Subject::Paths);
        }
        let paths = self.school.paths.iter();
        let here = paths.filter(|path| path.editions.contains_key(language));
        jobs.extend(here.map(Subject::Path));
        jobs
    }

    /// Where those pages stand, for the links around every page.
    pub(super) fn shelves(&self, language: &Language) -> Result<Shelves, Diagnostic> {
        let link = |is_there: bool, place| {
            if is_there { self.link(place, language).map(Some) } else { Ok(None) }
        };
        Ok(Shelves {
            paths: link(!self.school.paths.is_empty(), Place::Paths)?,
            concepts: link(!self.concepts.is_empty(), Place::Concepts)?,
            glossary: link(!self.school.glossary.is_empty(), Place::Glossary)?,
        })
    }

    /// `/concepts/`
    pub(super) fn concepts(&self, language: &Language) -> Result<Output, Diagnostic> {
        let about = About {
            title: self.theme.text(language, "concepts"),
            description: self.school_description(language),
            ..self.everywhere(Place::Concepts)
        };
        let mut concepts = Vec::new();
        for (slug, concept) in self.concepts.iter() {
            concepts.push(ConceptCard {
                title: self.concept_title(slug, language),
                url: self.link(Place::Concept(slug, 1), language)?,
                lesson_count: concept.lessons.len(),
                definition: concept.term.and_then(|term| self.definition(term, language)),
            });
        }
        let view = ConceptsPage { page: self.head(&about, language, None)?, concepts };
        self.finish(Template::Concepts, &about, language, &view)
    }

    /// A page of the lessons that teach a concept.
    pub(super) fn concept(
        &self,
        slug: &Slug,
        number: usize,
        language: &Language,
    ) -> Result<Output, Diagnostic> {
        let Some(concept) = self.concepts.get(slug) else {
            return Ok(Output::default());
        };
        let name = self.concept_title(slug, language);
        let count = self.concept_pages(concept);
        let title = self.numbered(&name, number, count, language);
        let definition = concept.term.and_then(|term| self.definition(term, language));
        let about = About {
            title: &title,
            description: definition.as_ref().map_or_else(
                || self.school_description(language),
                |definition| definition.text.as_str(),
            ),
            ..self.everywhere(Place::Concept(slug, number))
        };
        let size = self.school.config.courses_per_page;
        let lessons = concept.lessons.iter().skip((number - 1) * size).take(size);
        let lessons = lessons.map(|(course, lesson)| self.concept_lesson(course, lesson, language));
        let lessons = lessons.collect::<Result<_, _>>()?;
        let page = self.head(&about, language, None)?;
        let pages = self.pages(number, count, language, |number| Place::Concept(slug, number))?;
        let view =
            ConceptPage { page, title: name, definition: definition.clone(), lessons, pages };
        self.finish(Template::Concept, &about, language, &view)
    }

    /// The glossary's word for a concept, or what the first lesson calls it.
    pub(super) fn concept_title(&self, slug: &Slug, language: &Language) -> String {
        let Some(concept) = self.concepts.get(slug) else {
            return slug.to_string();
        };
        let words = concept.term.map(|term| &term.words);
        let word = words.and_then(|words| pick(words, language, &self.school.config.languages));
        word.map_or_else(|| concept.label.text.clone(), |(_, word)| word.clone())
    }

    /// What a term means, in the language of the page if that is written.
    pub(super) fn definition(&self, term: &Term, language: &Language) -> Option<Definition> {
        let languages = &self.school.config.languages;
        let (written, text) = pick(&term.definitions, language, languages)?;
        Some(Definition { text: text.clone(), language: self.mark(written, language) })
    }

    fn concept_pages(&self, concept: &Concept<'_>) -> usize {
        concept.lessons.len().div_ceil(self.school.config.courses_per_page).max(1)
    }

    fn concept_lesson(
        &self,
        course: &Course,
        lesson: &Lesson,
        language: &Language,
    ) -> Result<ConceptLesson, Diagnostic> {
        let order = std::slice::from_ref(&course.language);
        let edition = pick(&lesson.editions, language, order).map(|(_, edition)| edition);
        let step = self.lesson_step(course, lesson, language)?;
        let outline = self.outlines.get(&(&course.slug, language));
        let entry = outline.and_then(|outline| outline.lessons.get(outline.place(&step.url)?));
        Ok(ConceptLesson {
            summary: edition.and_then(|edition| edition.summary.clone()),
            course: self.course_step(course, language)?,
            minutes: entry.map_or(1, |entry| entry.minutes),
            step,
        })
    }
}
