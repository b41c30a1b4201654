//! Documents for machines: sitemap, feed, robots. Public text only.

use std::fmt::Write;

use contracts::object_key::ObjectKey;
use contracts::site_path::{SitePath, SitePathError};
use jiff::Timestamp;

use crate::address::Place;
use crate::diagnostic::Diagnostic;
use crate::render::view::Alternate;
use crate::render::{Made, Renderer, pick, too_long};
use crate::school::{Course, Lesson};
use crate::site::SiteFile;
use crate::source::SourcePath;

/// A feed reader wants what is new, and a reader of everything has the sitemap.
const FEED_ENTRIES: usize = 100;

/// A page's line in the sitemap, with full URLs.
pub(super) struct Listing {
    /// Where it stands.
    pub(super) url: String,
    /// Where its translations stand, itself included.
    pub(super) alternates: Vec<Alternate>,
    /// When its text was last changed, if that is known.
    pub(super) changed: Option<Timestamp>,
}

/// An entry of the feed.
struct Entry {
    id: String,
    title: String,
    url: String,
    summary: String,
    updated: Timestamp,
}

impl Renderer<'_> {
    /// `sitemap.xml`, `feed.xml` and `robots.txt`.
    pub(super) fn documents_for_machines(
        &self,
        listings: &[Listing],
    ) -> Result<Vec<Made>, Diagnostic> {
        let base = &self.school.config.base_url;
        let sitemap_path = SitePath::parse("sitemap.xml").map_err(|error| too_long(&error))?;
        // What the edge serves is about a person, or asks for one.
        let mut robots =
            format!("User-agent: *\nDisallow: {}\n", self.addresses.edge_route("api/"));
        for language in &self.school.config.languages {
            let home = self.link(Place::Home, language)?;
            let _ = writeln!(robots, "Disallow: {home}learn/");
        }
        let _ = writeln!(robots, "Sitemap: {}", sitemap_path.url(base));
        let file = |name: &str, text: String| {
            let path = SitePath::parse(name).map_err(|error: SitePathError| too_long(&error))?;
            let file = SiteFile::new(ObjectKey::Page { path }, text.into_bytes());
            Ok(Made { file, origin: SourcePath::new("site.toml") })
        };
        Ok(vec![
            file("sitemap.xml", sitemap(listings))?,
            file("feed.xml", self.feed()?)?,
            file("robots.txt", robots)?,
        ])
    }

    /// Atom, in the school's first language.
    ///
    /// Atom demands a date of each entry, so what has none is left out rather
    /// than dated by guess.
    fn feed(&self) -> Result<String, Diagnostic> {
        let config = &self.school.config;
        let language = &config.default_language;
        let mut entries = Vec::new();
        for course in &self.school.courses {
            entries.extend(self.course_entry(course)?);
            for lesson in course.lessons() {
                entries.extend(self.lesson_entry(course, lesson)?);
            }
        }
        // Stable, so that what changed at once keeps the order of the school.
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.updated));
        entries.truncate(FEED_ENTRIES);
        // An empty feed keeps its address for subscribers, and nothing in it was
        // ever updated.
        let updated = entries.first().map_or(Timestamp::UNIX_EPOCH, |entry| entry.updated);
        let base = xml(config.base_url.as_str());
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{language}\">\n\
             <id>{base}</id>\n<title>{title}</title>\n<subtitle>{subtitle}</subtitle>\n\
             <updated>{updated}</updated>\n<author><name>{title}</name></author>\n\
             <link href=\"{base}\"/>\n<link rel=\"self\" href=\"{base}feed.xml\"/>\n",
            title = xml(self.school_title(language)),
            subtitle = xml(self.school_description(language)),
        );
        for entry in &entries {
            // Writing to a String can't fail.
            let _ = writeln!(
                text,
                "<entry><id>{}</id><title>{}</title><updated>{}</updated>\
                 <link href=\"{}\"/><summary>{}</summary></entry>",
                xml(&entry.id),
                xml(&entry.title),
                entry.updated,
                xml(&entry.url),
                xml(&entry.summary),
            );
        }
        text.push_str("</feed>\n");
        Ok(text)
    }

    fn course_entry(&self, course: &Course) -> Result<Option<Entry>, Diagnostic> {
        let config = &self.school.config;
        let Some((written, edition)) = pick(
            &course.editions,
            &config.default_language,
            std::slice::from_ref(&course.language),
        ) else {
            return Ok(None);
        };
        let Some(updated) = self.tree.changed(&edition.body.path) else {
            return Ok(None);
        };
        let url = self.addresses.url(Place::Course(&course.slug), written);
        Ok(Some(Entry {
            id: format!("{}#course-{}", config.base_url, course.id),
            title: edition.title.clone(),
            url: url.map_err(|error| too_long(&error))?.to_string(),
            summary: edition.description.clone(),
            updated,
        }))
    }

    fn lesson_entry(&self, course: &Course, lesson: &Lesson) -> Result<Option<Entry>, Diagnostic> {
        let config = &self.school.config;
        let order = std::slice::from_ref(&course.language);
        let Some((written, edition)) = pick(&lesson.editions, &config.default_language, order)
        else {
            return Ok(None);
        };
        // What is written before the day a lesson opens is news on that day.
        let Some(updated) = self.tree.changed(&edition.body.path).max(lesson.publish_at) else {
            return Ok(None);
        };
        let url = self.addresses.url(Place::Lesson(&course.slug, &lesson.slug), written);
        Ok(Some(Entry {
            // The stable id, so that a renamed lesson isn't announced again.
            id: format!("{}#lesson-{}", config.base_url, lesson.id),
            title: edition.title.clone(),
            url: url.map_err(|error| too_long(&error))?.to_string(),
            summary: edition.summary.clone().unwrap_or_default(),
            updated,
        }))
    }
}

/// The sitemap protocol with its extension for languages.
fn sitemap(listings: &[Listing]) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    let mut listings: Vec<_> = listings.iter().collect();
    listings.sort_by(|a, b| a.url.cmp(&b.url));
    for listing in listings {
        let _ = write!(text, "<url><loc>{}</loc>", xml(&listing.url));
        if let Some(changed) = listing.changed {
            let _ = write!(text, "<lastmod>{changed}</lastmod>");
        }
        for alternate in &listing.alternates {
            let _ = write!(
                text,
                "<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{}\"/>",
                xml(&alternate.language),
                xml(&alternate.url)
            );
        }
        text.push_str("</url>\n");
    }
    text.push_str("</urlset>\n");
    text
}

/// Escapes text for XML and drops what XML 1.0 can't hold at all.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}
