//! The checked `site.toml`.

use std::collections::BTreeMap;

use contracts::language::Language;
use contracts::money::Currency;
use url::Url;

use crate::diagnostic::policy::Policy;
use crate::field::key::{Key, Shape};
use crate::site_config::defaults::Defaults;
use crate::slug::Cjk;

mod check;
pub(crate) mod defaults;
pub(crate) mod key;
mod read;

/// Every key of `site.toml` in its order, those of a table behind its name, as
/// `check.external.ignore`. What stands under each language is one key, `language`.
#[must_use]
pub fn keys() -> Vec<String> {
    let mut all = Vec::new();
    collect(&key::SITE, "", &mut all);
    all
}

fn collect(keys: &[Key], place: &str, all: &mut Vec<String>) {
    for key in keys {
        let name = format!("{place}{}", key.name);
        match key.shape {
            Shape::Table(inner) => collect(inner, &format!("{name}."), all),
            _ => all.push(name),
        }
    }
}

/// The school as its author configured it.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// Its name, by language; the default language always has one.
    pub title: BTreeMap<Language, String>,
    /// One or two sentences, by language.
    pub description: BTreeMap<Language, String>,
    /// Where the public site stands, with a trailing `/`.
    pub base_url: Url,
    /// The language whose pages carry none in their URL.
    pub default_language: Language,
    /// The languages of the school, the default one first.
    pub languages: Vec<Language>,
    /// The theme's folder under `themes/`, or the built-in `lyceum`.
    pub theme: String,
    /// The currency shown first.
    pub currency: Currency,
    /// Links in the header: title by language, and address.
    pub navigation: Vec<NavigationLink>,
    /// How many courses a page of a list has, at least 1.
    pub courses_per_page: usize,
    /// Whether compressed copies are written beside public text files.
    pub precompress: bool,
    /// Whether `llms.txt` lists the courses for machines that read.
    pub llms_txt: bool,
    /// Whether there is a search page, and the index that it reads.
    pub search: bool,
    /// Whether HTML in texts is published as it is written, scripts too.
    pub unsafe_html: bool,
    /// How pictures are published.
    pub images: Images,
    /// Where `lyceum publish` puts the release.
    pub publish: PublishTarget,
    /// Which diagnostics are errors, warnings or not told.
    pub check: Policy,
    /// What becomes of Chinese in addresses that are made of names.
    pub cjk: Cjk,
    /// How links to other sites are checked.
    pub external: External,
    /// What courses and lessons are unless they say otherwise.
    pub(crate) defaults: Defaults,
}

/// `[images]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Images {
    /// Whether they are offered as AVIF.
    pub avif: bool,
    /// Whether they keep what they say of place, time and camera.
    pub keep_metadata: bool,
}

/// `[check.external]`: how links to other sites are checked.
#[derive(Debug, Clone, Default)]
pub struct External {
    /// Addresses that are not asked about; `*` stands for anything.
    pub ignore: Vec<String>,
    /// Hosts of a private network that may be asked.
    pub local: Vec<String>,
    /// Whether headings are looked for in the pages.
    pub fragments: bool,
    /// For how many days an answer is good, if the author says so.
    pub max_age_days: Option<usize>,
    /// Milliseconds between two requests to one host, if the author says so.
    pub pause_ms: Option<usize>,
}

/// A link in the header.
#[derive(Debug, Clone)]
pub struct NavigationLink {
    /// Its text by language.
    pub title: BTreeMap<Language, String>,
    /// A path of the site such as `/about/`, or a full URL.
    pub url: String,
}

/// The two buckets of a school, as URLs: `file:` with a folder, or `s3://bucket/prefix`.
#[derive(Debug, Clone, Default)]
pub struct PublishTarget {
    /// Holds what everyone may read.
    pub public: Option<String>,
    /// Holds everything else.
    pub private: Option<String>,
    /// The S3 endpoint, unless it is AWS.
    pub endpoint: Option<Url>,
    /// The S3 region.
    pub region: Option<String>,
}
