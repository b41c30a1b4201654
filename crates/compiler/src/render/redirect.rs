//! Pages at old addresses, for hosts that can't answer with a redirect.
//!
//! Such a page holds the new address and nothing else of what it leads to, so
//! that the alias of a gated lesson tells no more than a link to it.

use std::collections::BTreeMap;

use contracts::language::Language;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use crate::diagnostic::Diagnostic;
use crate::escape::escaped;
use crate::render::{Made, Renderer, too_long};
use crate::school::Redirect;
use crate::site::SiteFile;

impl Renderer<'_> {
    /// A page for each old address in each language of what it leads to, and
    /// where each of them leads.
    pub(super) fn redirects(
        &self,
    ) -> Result<(Vec<Made>, BTreeMap<SitePath, SitePath>), Diagnostic> {
        let mut pages = Vec::new();
        let mut targets = BTreeMap::new();
        for redirect in &self.school.redirects {
            for language in &redirect.languages {
                let (from, to) = self.moved(redirect, language)?;
                let html = self.redirect_page(&to, language);
                let key = ObjectKey::Page { path: from.clone() };
                let file = SiteFile::new(key, html.into_bytes());
                pages.push(Made { file, origin: redirect.origin.clone() });
                targets.insert(from, to);
            }
        }
        Ok((pages, targets))
    }

    fn moved(
        &self,
        redirect: &Redirect,
        language: &Language,
    ) -> Result<(SitePath, SitePath), Diagnostic> {
        let place =
            |path| self.addresses.in_language(path, language).map_err(|error| too_long(&error));
        Ok((place(&redirect.from)?, place(&redirect.to)?))
    }

    /// No template: a theme could put more on it than the new address.
    fn redirect_page(&self, to: &SitePath, language: &Language) -> String {
        let base = &self.school.config.base_url;
        let url = escaped(to.url(base).as_str());
        let link = escaped(&to.url_path(base));
        let direction = language.direction();
        format!(
            "<!doctype html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head>\n\
             <meta charset=\"utf-8\">\n<title>{url}</title>\n\
             <link rel=\"canonical\" href=\"{url}\">\n\
             <meta http-equiv=\"refresh\" content=\"0; url={link}\">\n</head>\n\
             <body>\n<p><a href=\"{link}\">{url}</a></p>\n</body>\n</html>\n"
        )
    }
}
