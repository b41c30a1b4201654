//! The pages that the edge fills: sign-in, confirm, account.

use contracts::frame::{Frame, FrameName};
use contracts::language::Language;
use contracts::object_key::ObjectKey;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::drawing::no_hole;
use crate::render::head::About;
use crate::render::view::BarePage;
use crate::render::{Made, Output, Renderer};
use crate::site::{SiteFile, digest};
use crate::theme::Template;

impl Renderer<'_> {
    /// A frame in one language, stored under its digest.
    pub(super) fn frame(&self, name: FrameName, language: &Language) -> Result<Output, Diagnostic> {
        let template = Template::Frame(name);
        let home = self.link(Place::Home, language)?;
        let about = About {
            title: self.theme.text(language, name.as_str()),
            return_to: Some(&home),
            ..self.everywhere(Place::Frame(name))
        };
        let view = BarePage { page: self.head(&about, language, None)? };
        let html = self.theme.render(template, language, self.shared(language).context(), &view)?;
        if Frame::split(&html).is_none() {
            return Err(no_hole(self.theme, template));
        }
        let bytes = html.into_bytes();
        let key = ObjectKey::Frame { name, language: language.clone(), digest: digest(&bytes) };
        let file = SiteFile::new(key.clone(), bytes);
        Ok(Output {
            made: vec![Made { file, origin: self.theme.path_of(template) }],
            frame: Some((name, language.clone(), key)),
            ..Output::default()
        })
    }
}
