//! Pages that tell: home, page, 404; and what becomes of a page.

use contracts::language::Language;
use contracts::object_key::ObjectKey;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::drawing::{Drawing, Hole};
use crate::render::feed::Listing;
use crate::render::head::About;
use crate::render::view::{BarePage, CoursesPage, TextPage};
use crate::render::{Made, Output, Renderer, public_assets};
use crate::school::Page;
use crate::source::SourcePath;
use crate::theme::Template;

impl Renderer<'_> {
    /// `/`
    pub(super) fn home(&self, language: &Language) -> Result<Output, Diagnostic> {
        let about = About {
            title: "",
            description: self.school_description(language),
            ..self.everywhere(Place::Home)
        };
        let data = self.school_data(language)?;
        let view = CoursesPage {
            page: self.head(&about, language, Some(data))?,
            courses: self.cards(language, |_| true)?,
            instructors: self
                .school
                .instructors
                .values()
                .map(|who| self.instructor_card(who, language))
                .collect::<Result<_, _>>()?,
            paths: self.path_cards(language)?,
            pages: None,
        };
        self.finish(Template::Home, &about, language, &view)
    }

    /// `/404.html`
    pub(super) fn not_found(&self, language: &Language) -> Result<Output, Diagnostic> {
        let about = About {
            title: self.theme.text(language, "not-found"),
            description: "",
            ..self.everywhere(Place::NotFound)
        };
        let view = BarePage { page: self.head(&about, language, None)? };
        self.finish(Template::NotFound, &about, language, &view)
    }

    /// `/<page>/`
    pub(super) fn page(&self, page: &Page, language: &Language) -> Result<Output, Diagnostic> {
        let Some(edition) = page.editions.get(language) else {
            return Ok(Output::default());
        };
        let document = self.document(&edition.body.path);
        let about = About {
            title: &edition.title,
            description: edition.description.as_deref().unwrap_or_default(),
            languages: page.editions.keys().collect(),
            kind: "article",
            ..self.everywhere(Place::Page(&page.slug))
        };
        let view = TextPage {
            page: self.head(&about, language, None)?,
            title: edition.title.clone(),
            body: document.public.clone(),
            headings: document.headings.clone(),
            linked_from: self.linked_from(&edition.body.path, language),
        };
        let shared = self.shared(language);
        let drawing = Drawing {
            template: Template::Page,
            shared,
            view: &view,
            parts: None,
            hole: Hole::None,
        };
        let mut output = self.output(&about, language, &drawing, &edition.body.path)?;
        output.made.extend(public_assets(document, &edition.body.path));
        output.found = self.found(&about, language, &document.public)?;
        Ok(output)
    }

    /// The facts of a page that exists in every language of the school.
    pub(super) fn everywhere<'p>(&'p self, place: Place<'p>) -> About<'p> {
        About {
            title: "",
            description: "",
            place,
            languages: self.school.config.languages.iter().collect(),
            kind: "website",
            original: None,
            image: None,
            return_to: None,
        }
    }

    pub(super) fn finish(
        &self,
        template: Template,
        about: &About<'_>,
        language: &Language,
        view: &impl serde::Serialize,
    ) -> Result<Output, Diagnostic> {
        let shared = self.shared(language);
        let drawing = Drawing { template, shared, view, parts: None, hole: Hole::None };
        self.output(about, language, &drawing, &self.theme.path_of(template))
    }

    /// A public page and its line in the sitemap.
    pub(super) fn output(
        &self,
        about: &About<'_>,
        language: &Language,
        drawing: &Drawing<'_, impl serde::Serialize>,
        origin: &SourcePath,
    ) -> Result<Output, Diagnostic> {
        let path = self.path(about.place, language)?;
        let listing = match about.place {
            Place::NotFound | Place::Search | Place::Frame(_) => None,
            _ if about.original.is_some() => None,
            _ => Some(Listing {
                url: path.url(&self.school.config.base_url).to_string(),
                alternates: self.alternates(about)?,
                changed: self.tree.changed(origin),
            }),
        };
        let file = self.press.draw(drawing, language, ObjectKey::Page { path })?;
        let made = vec![Made { file, origin: origin.clone() }];
        Ok(Output { made, listing, ..Output::default() })
    }
}
