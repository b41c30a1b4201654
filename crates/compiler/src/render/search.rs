//! The search page, and the index that its script reads.
//!
//! What is found is what pages say of themselves as they are rendered, so that
//! the search can know no page that does not stand in the site.

use std::collections::BTreeMap;

use contracts::language::Language;
use contracts::object_key::ObjectKey;
use contracts::site_path::SitePath;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::document::PublicHtml;
use crate::render::head::About;
use crate::render::view::SearchPage;
use crate::render::{Made, Output, Renderer, too_long};
use crate::search;
use crate::site::SiteFile;
use crate::source::SourcePath;
use crate::theme::Template;

/// The index of a language, below its prefix.
const INDEX: &str = "search/index.json";

/// The name of each of its parts, before the digest.
const PART: &str = "search.json";

impl Renderer<'_> {
    /// `/search/`
    pub(super) fn search(&self, language: &Language) -> Result<Output, Diagnostic> {
        let about = About {
            title: self.theme.text(language, "search"),
            description: "",
            ..self.everywhere(Place::Search)
        };
        let view = SearchPage {
            page: self.head(&about, language, None)?,
            index: self.index_path(language)?.url_path(&self.school.config.base_url),
        };
        self.finish(Template::Search, &about, language, &view)
    }

    /// A page as the search finds it, if there is a search.
    pub(super) fn found(
        &self,
        about: &About<'_>,
        language: &Language,
        body: &PublicHtml,
    ) -> Result<Option<search::Entry>, Diagnostic> {
        if !self.school.config.search {
            return Ok(None);
        }
        let page = search::Page {
            url: &self.link(about.place, language)?,
            title: about.title,
            description: about.description,
            body,
            language: about.original,
        };
        Ok(Some(search::Entry::recalled(&page, &self.memo)))
    }

    /// The index of every language, and its parts.
    pub(super) fn search_index(
        &self,
        found: BTreeMap<&Language, Vec<search::Entry>>,
    ) -> Result<Vec<Made>, Diagnostic> {
        let origin = SourcePath::new("site.toml");
        let part = SitePath::parse(PART).map_err(|error| too_long(&error))?;
        let key = |digest| ObjectKey::Asset { digest, name: part.clone() };
        let url = |digest| self.asset_url(&key(digest)).unwrap_or_default();
        let mut made = Vec::new();
        for (language, pages) in found {
            let search::Files { shards, index } = search::files(&pages, url);
            let path = self.index_path(language)?;
            let index = SiteFile::new(ObjectKey::Page { path }, index);
            made.push(Made { file: index, origin: origin.clone() });
            made.extend(shards.into_iter().map(|bytes| {
                let key = key(crate::site::digest(&bytes));
                Made { file: SiteFile::new(key, bytes), origin: origin.clone() }
            }));
        }
        Ok(made)
    }

    fn index_path(&self, language: &Language) -> Result<SitePath, Diagnostic> {
        let path = SitePath::parse(INDEX).map_err(|error| too_long(&error))?;
        self.addresses.in_language(&path, language).map_err(|error| too_long(&error))
    }
}
