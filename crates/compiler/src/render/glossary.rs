//! `/glossary/`: what the words of the school mean.

use contracts::language::Language;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::head::About;
use crate::render::view::learning::{GlossaryPage, GlossaryTerm};
use crate::render::{Output, Renderer, pick};
use crate::theme::Template;

impl Renderer<'_> {
    /// Every term in the order of its words in the language of the page.
    pub(super) fn glossary(&self, language: &Language) -> Result<Output, Diagnostic> {
        let about = About {
            title: self.theme.text(language, "glossary"),
            description: self.school_description(language),
            ..self.everywhere(Place::Glossary)
        };
        let mut terms = Vec::new();
        for term in self.school.glossary.terms() {
            let picked = pick(&term.words, language, &self.school.config.languages);
            let (Some((written, word)), Some(definition)) =
                (picked, self.definition(term, language))
            else {
                continue;
            };
            let concept = match self.concepts.get(&term.slug) {
                Some(_) => Some(self.link(Place::Concept(&term.slug, 1), language)?),
                None => None,
            };
            terms.push(GlossaryTerm {
                id: term.slug.to_string(),
                word: word.clone(),
                language: self.mark(written, language),
                definition,
                concept,
            });
        }
        terms.sort_by_cached_key(|term| term.word.to_lowercase());
        let view = GlossaryPage { page: self.head(&about, language, None)?, terms };
        self.finish(Template::Glossary, &about, language, &view)
    }
}
