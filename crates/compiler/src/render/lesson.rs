//! A lesson: its public page, and for a gated one the body that stands apart.
//!
//! The public page of a gated lesson holds the preview and the locked panel in
//! its one hole; the gated text goes from the document into its own object and
//! through no template.

use std::collections::BTreeMap;

use contracts::access::Access;
use contracts::frame::FrameName;
use contracts::language::Language;
use contracts::manifest::Edition;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use crate::address::Place;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Document, GatedHtml, PublicHtml};
use crate::notes::Noting;
use crate::render::chosen::Chosen;
use crate::render::drawing::{Drawing, Hole};
use crate::render::head::{About, query_value};
use crate::render::leaf;
use crate::render::player::Media;
use crate::render::view::{Gate, LessonPage, SyllabusLesson};
use crate::render::{Made, Output, Renderer, made, pick, public_assets, too_long};
use crate::school::{Course, Lesson};
use crate::theme::Template;

impl Renderer<'_> {
    /// `/courses/<course>/<lesson>/`
    pub(super) fn lesson(&self, chosen: &Chosen<'_>) -> Result<Output, Diagnostic> {
        let Chosen { course, lesson, language, edition, .. } = *chosen;
        let document = self.document(&edition.body.path);
        let media = self.media(chosen, document)?;
        let player = match &media {
            Some(media) => Some(self.player(media, language)?),
            None => None,
        };
        let about = About {
            title: &edition.title,
            description: edition.summary.as_deref().unwrap_or_default(),
            languages: lesson.editions.keys().collect(),
            kind: "article",
            original: chosen.original(),
            ..self.everywhere(Place::Lesson(&course.slug, &lesson.slug))
        };
        let mut view = self.lesson_view(&about, chosen, document)?;
        // A gated player stands in the body, since it tells where the file is.
        view.player = if lesson.is_gated() { None } else { player.clone() };
        let origin = &edition.body.path;
        let bare = leaf::bare(&mut view, origin)?;
        let headings = serde_json::to_vec(&view.headings).unwrap_or_default();
        let parts = [bare.get().as_bytes(), view.body.0.as_bytes(), &headings];
        let drawing = Drawing { parts: Some(parts), ..self.drawing(chosen, &view) };
        let mut output = self.output(&about, language, &drawing, origin)?;
        output.made.extend(public_assets(document, origin));
        output.found = self.found(&about, language, &document.public)?;
        output.made.extend(media.iter().flat_map(|media| media.files(self)));
        let mut facts = Edition {
            title: edition.title.clone(),
            page: self.path(about.place, language)?,
            body: None,
            video: media.as_ref().map(|media| media.video.key.clone()),
            captions: media.as_ref().map(Media::captions).unwrap_or_default(),
            assets: BTreeMap::new(),
        };
        if lesson.is_gated() {
            facts.assets.extend(media.iter().flat_map(Media::by_name));
            add_gated(&mut output, &mut facts, chosen, document, player.as_ref());
        }
        if self.noting == Noting::On {
            output.note = Some({
                let url = self.link(about.place, language)?;
                leaf::note(chosen, &about, &url, &bare, &facts, player.as_ref())?
            });
        }
        output.edition = Some((lesson.id.clone(), language.clone(), facts));
        Ok(output)
    }

    /// A gated lesson's page must be a frame.
    fn drawing<'d>(&'d self, chosen: &Chosen<'d>, view: &'d LessonPage) -> Drawing<'d, LessonPage> {
        let outline = self.outlines.get(&(&chosen.course.slug, chosen.language));
        let shared = outline.map_or_else(|| self.shared(chosen.language), |one| &one.shared);
        let hole = if chosen.lesson.is_gated() { Hole::One } else { Hole::None };
        Drawing { template: Template::Lesson, shared, view, parts: None, hole }
    }

    fn lesson_view(
        &self,
        about: &About<'_>,
        chosen: &Chosen<'_>,
        document: &Document,
    ) -> Result<LessonPage, Diagnostic> {
        let Chosen { course, section, lesson, language, .. } = *chosen;
        let url = self.link(about.place, language)?;
        let outline = self.outlines.get(&(&course.slug, language));
        let lessons: &[SyllabusLesson] = outline.map_or(&[], |outline| outline.lessons.as_slice());
        let index = outline.and_then(|outline| outline.place(&url)).unwrap_or_default();
        let Some(entry) = lessons.get(index).cloned() else {
            let path = self.theme.path_of(Template::Lesson);
            return Err(Diagnostic::new(&path, Code::BadTemplate, "the course has no lessons"));
        };
        let order = std::slice::from_ref(&course.language);
        let section_edition = pick(&section.editions, language, order);
        let gate = self.gate(course, lesson, language)?;
        let learn = gate.as_ref().map(|gate| gate.learn.as_str());
        let about = About { return_to: learn, languages: about.languages.clone(), ..*about };
        let changed = self.tree.changed(&chosen.edition.body.path);
        let data = self.lesson_data(chosen, &entry, changed)?;
        let number = course.sections.iter().position(|other| std::ptr::eq(other, section));
        let number = number.map_or(1, |index| index + 1);
        Ok(LessonPage {
            page: self.head(&about, language, Some(data))?,
            original: match chosen.original() {
                Some(written) => Some(self.link(about.place, written)?),
                None => None,
            },
            section: number,
            syllabus: outline.and_then(|outline| outline.near(number, entry.number)),
            section_title: section_edition.map(|(_, edition)| edition.title.clone()),
            section_language: section_edition.and_then(|(written, _)| self.mark(written, language)),
            course_language: pick(&course.editions, language, order)
                .and_then(|(written, _)| self.mark(written, language)),
            body: document.public.clone(),
            headings: document.headings.clone(),
            player: None,
            gate,
            learning: self.lesson_learning(chosen)?,
            changed: changed.map(|changed| self.day(changed, language)),
            authors: self.authors(lesson, &chosen.edition.body.path, language)?,
            related: self.related(lesson, language)?,
            linked_from: self.linked_from(&chosen.edition.body.path, language),
            previous: index.checked_sub(1).and_then(|index| lessons.get(index)).cloned(),
            next: lessons.get(index + 1).cloned(),
            lesson: entry,
        })
    }

    fn gate(
        &self,
        course: &Course,
        lesson: &Lesson,
        language: &Language,
    ) -> Result<Option<Gate>, Diagnostic> {
        if !lesson.is_gated() {
            return Ok(None);
        }
        let learn = self
            .addresses
            .learn_link(&course.slug, &lesson.slug, language)
            .map_err(|error| too_long(&error))?;
        let sign_in = self.link(Place::Frame(FrameName::SignIn), language)?;
        let api = SitePath::parse(&format!("api/lessons/{}/{}", course.slug, lesson.slug))
            .map_err(|error| too_long(&error))?
            .url_path(&self.school.config.base_url);
        Ok(Some(Gate {
            lesson_api: format!("{api}?lang={language}"),
            sign_in: format!("{sign_in}?return_to={}", query_value(&learn)),
            learn,
            is_paid: lesson.access == Access::Paid,
            opens: self.opens(lesson, language),
            closes: lesson.expires_at.map(|moment| self.day(moment, language).text),
        }))
    }
}

/// Adds the body of a gated lesson and its files, and names them in the facts.
fn add_gated(
    output: &mut Output,
    facts: &mut Edition,
    chosen: &Chosen<'_>,
    document: &Document,
    player: Option<&PublicHtml>,
) {
    let origin = &chosen.edition.body.path;
    let lesson = &chosen.lesson.id;
    for asset in &document.gated_assets {
        let key = ObjectKey::LessonAsset {
            lesson: lesson.clone(),
            digest: asset.digest,
            name: asset.name.clone(),
        };
        facts.assets.insert(asset.name.clone(), key.clone());
        output.made.push(made(asset, key, origin));
    }
    let Some(GatedHtml(text)) = &document.gated else {
        return;
    };
    let file = leaf::gated_body(lesson, text, chosen.original(), player);
    facts.body = Some(file.key.clone());
    output.made.push(Made { file, origin: origin.clone() });
}
