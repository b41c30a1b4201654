//! Where the pages of a site stood on the web: tools that link by address, not
//! by file, are understood through it.

use std::collections::BTreeMap;

use super::book_folder::{BookFolder, file_name, parent, resolve};

/// The addresses of a site.
#[derive(Debug, Default)]
pub(super) struct SiteAddresses {
    /// Source of a page by its address, without `/` at both ends.
    pages: BTreeMap<String, String>,
    /// Address of a page by its source.
    own: BTreeMap<String, String>,
    /// Folders whose files stood at the top of the site.
    pub(super) static_folders: Vec<String>,
    /// What all addresses begin with, without `/` at both ends.
    pub(super) base: String,
}

impl SiteAddresses {
    /// A page that stood at `address`, from the top of the site.
    pub(super) fn add(&mut self, source: &str, address: &str) {
        let address = normal(address);
        self.own.entry(source.to_owned()).or_insert_with(|| address.clone());
        self.pages.entry(address).or_insert_with(|| source.to_owned());
    }

    /// The page that a link names by the path of its file from the top of the
    /// book, as directives of Hugo and Jekyll do after they were resolved.
    pub(super) fn file(&self, path: &str) -> Option<&str> {
        let path = path.strip_prefix('/')?;
        self.own.get_key_value(path).map(|(source, _)| source.as_str())
    }

    /// The page that a link means by its address. A relative one starts from
    /// the address of its own page, as in a browser.
    pub(super) fn find(&self, from: &str, path: &str) -> Option<&str> {
        if let Some(absolute) = path.strip_prefix('/') {
            let within = normal(absolute);
            let below_base = within.strip_prefix(self.base.as_str()).map(normal);
            let found = self.pages.get(&within);
            return found.or_else(|| self.pages.get(&below_base?)).map(String::as_str);
        }
        let own = self.own.get(from)?;
        // `/a/b/` is a folder for a browser, `/a/b` and `/a/b.html` are not.
        let folders = [own.as_str(), parent(own)];
        folders.into_iter().find_map(|folder| {
            let address = resolve(folder, path)?;
            self.pages.get(&normal(&address)).map(String::as_str)
        })
    }

    /// The file of a folder for static files that an absolute path means.
    pub(super) fn static_file(&self, folder: &BookFolder, path: &str) -> Option<String> {
        let absolute = path.strip_prefix('/')?;
        let below_base = absolute.strip_prefix(self.base.as_str()).map(|p| p.trim_matches('/'));
        let names = std::iter::once(absolute).chain(below_base);
        names
            .flat_map(|name| self.static_folders.iter().filter_map(|top| resolve(top, name)))
            .find(|file| folder.has(file))
    }
}

/// An address as it is compared: without `/` at its ends, without `index.html`,
/// without `.html`.
fn normal(address: &str) -> String {
    let address = address.trim_matches('/');
    let address = match file_name(address) {
        "index.html" | "index" => parent(address),
        _ => address.strip_suffix(".html").unwrap_or(address),
    };
    address.trim_matches('/').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_by_address_finds_its_page() {
        let mut addresses = SiteAddresses { base: "site".to_owned(), ..SiteAddresses::default() };
        addresses.add("content/docs/a.md", "/docs/a/");
        addresses.add("content/docs/b/index.md", "/docs/B/");
        let find = |path| addresses.find("content/docs/a.md", path);
        assert_eq!(find("/docs/b/"), Some("content/docs/b/index.md"));
        assert_eq!(find("/site/docs/b"), Some("content/docs/b/index.md"));
        assert_eq!(find("../b/"), Some("content/docs/b/index.md"));
        assert_eq!(find("b.html"), Some("content/docs/b/index.md"));
        assert_eq!(find("../../../../b"), None);
        assert_eq!(addresses.file("/content/docs/a.md"), Some("content/docs/a.md"));
    }
}
