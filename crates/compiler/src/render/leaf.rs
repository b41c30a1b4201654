//! A lesson's page apart from the rest of the school. All that it shows is noted but its
//! own words, so that other words can be put in without reading another file.

use contracts::id::{LessonId, Slug};
use contracts::language::Language;
use contracts::manifest::Edition;
use contracts::object_key::ObjectKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Document, GatedHtml, PublicHtml};
use crate::notes::{Noted, Notes};
use crate::render::Renderer;
use crate::render::chosen::Chosen;
use crate::render::drawing::{Drawing, Found, Hole, Press, Shared};
use crate::render::head::About;
use crate::render::view::LessonPage;
use crate::search;
use crate::site::{SiteFile, digest};
use crate::source::SourcePath;
use crate::theme::Template;

/// What is noted of a lesson's page. `V` is the view in one form or the other.
#[derive(Debug, Serialize, Deserialize)]
struct PageNote<V> {
    course: Slug,
    lesson: LessonId,
    view: V,
    hole: Hole,
    /// What the manifest says of it.
    edition: Edition,
    /// What stands in front of a gated body.
    player: Option<String>,
    /// The language of the text, where it is not the page's.
    tongue: Option<Language>,
    title: String,
    description: String,
    /// Its path-absolute URL.
    url: String,
}

/// A page with other words.
pub(crate) struct Redrawn {
    /// Whose it is.
    pub(crate) lesson: LessonId,
    /// What the manifest says of it now.
    pub(crate) edition: Edition,
    /// The page, and the gated body if it has one.
    pub(crate) files: Vec<SiteFile>,
    /// The page as the search finds it, if there is a search.
    pub(crate) found: Option<Found>,
}

fn name_of_page(language: &Language, path: &SourcePath) -> String {
    format!("page {language} {path}")
}

fn name_of_site(language: &Language) -> String {
    format!("site {language}")
}

fn name_of_course(language: &Language, course: &Slug) -> String {
    format!("course {language} {course}")
}

/// All that a page shows, its own words taken out for a moment.
pub(super) fn bare(view: &mut LessonPage, path: &SourcePath) -> Result<Box<RawValue>, Diagnostic> {
    let (body, headings) = (std::mem::take(&mut view.body), std::mem::take(&mut view.headings));
    let bare = to_raw_value(view).map_err(|error| not_written(path, &error))?;
    (view.body, view.headings) = (body, headings);
    Ok(bare)
}

fn not_written(path: &SourcePath, error: &serde_json::Error) -> Diagnostic {
    Diagnostic::new(path, Code::BadTemplate, error.to_string())
}

/// Notes a page, with the name of the note.
pub(super) fn note(
    chosen: &Chosen<'_>,
    about: &About<'_>,
    url: &str,
    bare: &RawValue,
    edition: &Edition,
    player: Option<&PublicHtml>,
) -> Result<(String, Vec<u8>), Diagnostic> {
    let path = &chosen.edition.body.path;
    let note = PageNote {
        course: chosen.course.slug.clone(),
        lesson: chosen.lesson.id.clone(),
        view: bare,
        hole: if chosen.lesson.is_gated() { Hole::One } else { Hole::None },
        edition: edition.clone(),
        player: player.map(|player| player.0.clone()).filter(|_| chosen.lesson.is_gated()),
        tongue: chosen.original().cloned(),
        title: about.title.to_owned(),
        description: about.description.to_owned(),
        url: url.to_owned(),
    };
    let note = serde_json::to_vec(&note).map_err(|error| not_written(path, &error))?;
    Ok((name_of_page(chosen.language, path), note))
}

impl Renderer<'_> {
    /// Notes what pages have in common.
    pub(super) fn note_shared(&self, notes: &mut Notes) {
        if self.noting == crate::notes::Noting::Off {
            return;
        }
        for (language, shared) in &self.sites {
            notes.add(name_of_site(language), shared.own().to_vec());
        }
        for ((course, language), outline) in &self.outlines {
            notes.add(name_of_course(language, course), outline.shared.own().to_vec());
        }
    }
}

/// Draws the page of a lesson in a language from its note, with a text in the place of
/// its old one. `None` if it has no page in that language.
pub(crate) fn redraw(
    press: &Press<'_>,
    notes: &dyn Noted,
    path: &SourcePath,
    language: &Language,
    document: &Document,
) -> Option<Redrawn> {
    let note = notes.note(&name_of_page(language, path))?;
    let mut note: PageNote<Value> = serde_json::from_slice(&note).ok()?;
    let fields = note.view.as_object_mut()?;
    // A field that is there keeps its place among the others.
    *fields.get_mut("body")? = serde_json::to_value(&document.public).ok()?;
    *fields.get_mut("headings")? = serde_json::to_value(&document.headings).ok()?;
    let read = |name: &str| serde_json::from_slice::<Value>(&notes.note(name)?).ok();
    let site = Shared::none().with(&read(&name_of_site(language))?).ok()?;
    let shared = site.with(&read(&name_of_course(language, &note.course))?).ok()?;
    let drawing = Drawing {
        template: Template::Lesson,
        shared: &shared,
        view: &note.view,
        parts: None,
        hole: note.hole,
    };
    let key = ObjectKey::Page { path: note.edition.page.clone() };
    let mut files = vec![press.draw(&drawing, language, key).ok()?];
    let mut edition = note.edition;
    if let Some(GatedHtml(text)) = &document.gated {
        let player = note.player.map(PublicHtml);
        let body = gated_body(&note.lesson, text, note.tongue.as_ref(), player.as_ref());
        edition.body = Some(body.key.clone());
        files.push(body);
    }
    let found = press.found(&search::Page {
        url: &note.url,
        title: &note.title,
        description: &note.description,
        body: &document.public,
        language: note.tongue.as_ref(),
    });
    Some(Redrawn { lesson: note.lesson, edition, files, found })
}

/// The body of a gated lesson, marked if it is in another language than its page.
pub(super) fn gated_body(
    lesson: &LessonId,
    text: &str,
    tongue: Option<&Language>,
    player: Option<&PublicHtml>,
) -> SiteFile {
    let player = player.map(|player| player.0.as_str()).unwrap_or_default();
    // Stands where the theme's own `article.prose` stands on a free lesson's page.
    let tongue = tongue.map_or_else(String::new, |written| {
        format!(" lang=\"{written}\" dir=\"{}\"", written.direction())
    });
    let bytes = format!("{player}<article class=\"prose\"{tongue}>{text}</article>\n").into_bytes();
    let key = ObjectKey::Body { lesson: lesson.clone(), digest: digest(&bytes) };
    SiteFile::new(key, bytes)
}
