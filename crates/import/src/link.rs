//! Where the links of a book lead in the new course: to lessons, to copied
//! files, to the web, or nowhere any more.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use url::Url;

use super::address::SiteAddresses;
use super::book_folder::{BookFolder, file_name, is_markdown, parent, resolve};

/// What a link of the book means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It leads to the web and stays.
    External,
    /// It leads to the web, and has to be written in another way.
    ExternalAs(String),
    /// A heading of the same page.
    Heading(String),
    /// A page of the book, and a heading of it.
    Page { source: String, heading: Option<String> },
    /// A file of the book that is copied beside the lesson.
    File(String),
    /// Nowhere, and why.
    Nowhere(&'static str),
}

/// Knows the pages and files of a book.
pub(super) struct Atlas<'a> {
    pub(super) folder: &'a BookFolder,
    /// The folder that absolute links start from.
    pub(super) text_root: &'a str,
    pub(super) site: Option<&'a Url>,
    /// Sources of all pages that become lessons.
    pub(super) pages: BTreeSet<String>,
    /// Where they stood on the web.
    pub(super) addresses: &'a SiteAddresses,
}

/// Files that a browser would run or show as a page of the school.
const NOT_COPIED: [&str; 7] = ["html", "htm", "xhtml", "js", "mjs", "css", "php"];

impl Atlas<'_> {
    /// What `address` means in the page `from`.
    pub(super) fn meaning(&self, from: &str, address: &str) -> Meaning {
        let address = address.trim();
        if address.is_empty() {
            return Meaning::Nowhere("the link has no address");
        }
        if let Some(heading) = address.strip_prefix('#') {
            return Meaning::Heading(decoded(heading));
        }
        if address.starts_with("//") {
            return Meaning::ExternalAs(format!("https:{address}"));
        }
        match scheme(address).map(str::to_ascii_lowercase).as_deref() {
            Some("http" | "https" | "mailto" | "tel") => return Meaning::External,
            Some(_) => return Meaning::Nowhere("Lyceum links only to http, https, mailto and tel"),
            None => {}
        }
        let (path, heading) = match address.split_once('#') {
            Some((path, heading)) => (path, Some(decoded(heading)).filter(|h| !h.is_empty())),
            None => (address, None),
        };
        let path = decoded(path.split('?').next().unwrap_or_default());
        self.inside(from, &path, heading)
    }

    fn inside(&self, from: &str, path: &str, heading: Option<String>) -> Meaning {
        if let Some(source) = self.addresses.file(path) {
            return Meaning::Page { source: source.to_owned(), heading };
        }
        let (folder, relative) = match path.strip_prefix('/') {
            Some(absolute) => (self.text_root, absolute),
            None => (parent(from), path),
        };
        let Some(target) = resolve(folder, relative) else {
            return Meaning::Nowhere("it leads out of the book's folder");
        };
        let is_folder = path.is_empty() || path.ends_with('/') || path.ends_with("..");
        let candidates = page_names(&target, is_folder);
        if let Some(source) = candidates.into_iter().find(|name| self.pages.contains(name)) {
            return Meaning::Page { source, heading };
        }
        if let Some(source) = self.addresses.find(from, path) {
            return Meaning::Page { source: source.to_owned(), heading };
        }
        if let Some(file) = self.addresses.static_file(self.folder, path) {
            return self.copied(file);
        }
        let extension = file_name(&target).rsplit_once('.').map(|(_, extension)| extension);
        let extension = extension.unwrap_or_default().to_ascii_lowercase();
        if is_markdown(&target) || matches!(extension.as_str(), "html" | "htm" | "") {
            return self.on_the_site(&target, heading.as_deref());
        }
        if !self.folder.has(&target) {
            return Meaning::Nowhere("there is no such file in the book");
        }
        self.copied(target)
    }

    fn copied(&self, file: String) -> Meaning {
        let extension = file_name(&file).rsplit_once('.').map(|(_, extension)| extension);
        let extension = extension.unwrap_or_default().to_ascii_lowercase();
        if NOT_COPIED.contains(&extension.as_str()) {
            return Meaning::Nowhere("a file that a browser runs is not copied");
        }
        Meaning::File(file)
    }

    /// A page that was not imported, at the place where the book is published.
    fn on_the_site(&self, target: &str, heading: Option<&str>) -> Meaning {
        let missing = if self.folder.has(target) {
            "the page is not part of the book's contents"
        } else {
            "there is no such page in the book"
        };
        let below = target.strip_prefix(self.text_root).map(|rest| rest.trim_start_matches('/'));
        let (Some(site), Some(below)) = (self.site, below) else {
            return Meaning::Nowhere(missing);
        };
        let page = below.strip_suffix("index.md").map(str::to_owned).unwrap_or_else(|| {
            below.strip_suffix(".md").map_or_else(|| below.to_owned(), |page| format!("{page}/"))
        });
        match site.join(&page) {
            Ok(mut url) => {
                url.set_fragment(heading);
                Meaning::ExternalAs(url.into())
            }
            Err(_) => Meaning::Nowhere(missing),
        }
    }
}

/// The sources that a path may mean: `a.html` is made of `a.md`, `a/` of
/// `a/README.md`, `a/index.md` or `a.md`.
fn page_names(target: &str, is_folder: bool) -> Vec<String> {
    let inside = |folder: &str| {
        let at = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        ["README.md", "index.md", "readme.md", "Readme.md", "_index.md", "index.mdx"]
            .map(|name| format!("{at}{name}"))
    };
    let mut names = vec![target.to_owned()];
    let stem = target.strip_suffix(".html").or_else(|| target.strip_suffix(".htm"));
    if let Some(stem) = stem {
        names.push(format!("{stem}.md"));
        if file_name(stem) == "index" {
            names.extend(inside(parent(stem)));
        }
    }
    if file_name(target).eq_ignore_ascii_case("index.md")
        || file_name(target).eq_ignore_ascii_case("readme.md")
    {
        names.extend(inside(parent(target)));
    }
    let has_extension = file_name(target).contains('.');
    if is_folder || !has_extension {
        names.extend(inside(target));
        names.push(format!("{target}.md"));
        names.push(format!("{target}.mdx"));
    }
    names
}

/// A page's headings, found as they are written or nearly so.
#[derive(Debug, Clone, Default)]
pub(super) struct Headings {
    exact: BTreeSet<String>,
    /// By letters and digits alone; `None` when two headings share them.
    near: BTreeMap<String, Option<String>>,
    /// The anchor of the title, which has become the head of the page.
    title: Option<String>,
}

/// Where a link to a heading leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Anchor {
    /// To this anchor.
    At(String),
    /// To the top of the page: the heading was its title.
    Top,
    /// The page has no such heading.
    Missing,
}

impl Headings {
    pub(super) fn new(anchors: BTreeSet<String>, title: Option<String>) -> Self {
        let mut near: BTreeMap<String, Option<String>> = BTreeMap::new();
        for anchor in &anchors {
            near.entry(letters(anchor))
                .and_modify(|found| *found = None)
                .or_insert_with(|| Some(anchor.clone()));
        }
        Self { exact: anchors, near, title }
    }

    /// Tools differ in how they make anchors; a near one is meant.
    pub(super) fn find(&self, wanted: &str) -> Anchor {
        if self.exact.contains(wanted) {
            return Anchor::At(wanted.to_owned());
        }
        let same = |title: &String| letters(title) == letters(wanted);
        if self.title.as_ref().is_some_and(same) {
            return Anchor::Top;
        }
        match self.near.get(&letters(wanted)) {
            Some(Some(anchor)) if !letters(wanted).is_empty() => Anchor::At(anchor.clone()),
            _ => Anchor::Missing,
        }
    }
}

fn letters(anchor: &str) -> String {
    anchor.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    // `C:\x` is a drive of the author's machine, and leads nowhere either way.
    fits.then_some(scheme)
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, site: Option<&str>, expected: Meaning) {
        let outer = tempfile::tempdir().unwrap();
        for file in ["src/img/a b.png", "src/unlisted.md", "src/demo.html", "listing.zip"] {
            let path = outer.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let folder = BookFolder::open(outer.path()).unwrap();
        let site = site.map(|site| Url::parse(site).unwrap());
        let pages = ["src/README.md", "src/a/one.md", "src/a/index.md", "src/b.md"];
        let atlas = Atlas {
            folder: &folder,
            text_root: "src",
            site: site.as_ref(),
            pages: pages.map(str::to_owned).into(),
            addresses: &SiteAddresses::default(),
        };
        assert_eq!(atlas.meaning("src/a/one.md", address), expected, "{address}");
    }

    fn page(source: &str, heading: Option<&str>) -> Meaning {
        Meaning::Page { source: source.to_owned(), heading: heading.map(str::to_owned) }
    }

    #[test]
    fn pages_are_found_under_every_name_a_book_uses() {
        check("../b.md", None, page("src/b.md", None));
        check("../b.html#Set%20up", None, page("src/b.md", Some("Set up")));
        check("/b.html?x=1", None, page("src/b.md", None));
        check("../b/", None, page("src/b.md", None));
        check("../b", None, page("src/b.md", None));
        check("..", None, page("src/README.md", None));
        check("../index.html", None, page("src/README.md", None));
        check("./", None, page("src/a/index.md", None));
        check("README.md", None, page("src/a/index.md", None));
        check("one.md#", None, page("src/a/one.md", None));
    }

    #[test]
    fn files_are_copied_and_the_web_stays() {
        check("../img/a%20b.png", None, Meaning::File("src/img/a b.png".to_owned()));
        check("../../listing.zip", None, Meaning::File("listing.zip".to_owned()));
        check("https://a.test/b.md", None, Meaning::External);
        check("mailto:a@b.test", None, Meaning::External);
        check("//a.test/x", None, Meaning::ExternalAs("https://a.test/x".to_owned()));
        check("#x%C3%A9", None, Meaning::Heading("xé".to_owned()));
    }

    #[test]
    fn what_leads_nowhere_says_why() {
        for (address, why) in [
            ("", "the link has no address"),
            ("../../../etc/passwd", "it leads out of the book's folder"),
            ("javascript:alert(1)", "Lyceum links only to http, https, mailto and tel"),
            ("gone.md", "there is no such page in the book"),
            ("../std/index.html", "there is no such page in the book"),
            ("../unlisted.md", "the page is not part of the book's contents"),
            ("gone.png", "there is no such file in the book"),
            ("../demo.js", "there is no such file in the book"),
        ] {
            check(address, None, Meaning::Nowhere(why));
        }
    }

    #[test]
    fn a_page_that_was_left_out_is_found_on_the_books_site() {
        let url = |url: &str| Meaning::ExternalAs(url.to_owned());
        let site = Some("https://book.test/wiki/");
        check("../gone/x.md#y", site, url("https://book.test/wiki/gone/x/#y"));
        check("../gone/index.md", site, url("https://book.test/wiki/gone/"));
        check("../../gone.md", site, Meaning::Nowhere("there is no such page in the book"));
    }

    #[test]
    fn a_heading_is_found_however_the_tool_spelled_it() {
        let anchors = ["set-up-1", "what-is-boxt", "定理-1"].map(str::to_owned);
        let headings = Headings::new(anchors.into(), Some("the-title".to_owned()));
        assert_eq!(headings.find("set-up_1"), Anchor::At("set-up-1".to_owned()));
        assert_eq!(headings.find("What-is-Box-T"), Anchor::At("what-is-boxt".to_owned()));
        assert_eq!(headings.find("定理1"), Anchor::At("定理-1".to_owned()));
        assert_eq!(headings.find("the-title"), Anchor::Top);
        assert_eq!(headings.find("other"), Anchor::Missing);
        assert_eq!(headings.find("-"), Anchor::Missing);
    }
}
