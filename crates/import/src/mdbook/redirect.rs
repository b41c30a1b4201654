//! `[output.html.redirect]`: old addresses of a book's pages become aliases of
//! their lessons; those that lead elsewhere are told.

use super::super::book_folder::{parent, resolve};
use super::super::manuscript::{Entry, Page};
use super::super::note::{Notes, quoted};

/// Gives each page the addresses that lead to it.
pub(super) fn apply(config: &toml::Table, src: &str, entries: &mut [Entry], notes: &mut Notes) {
    let table = config.get("output").and_then(|output| output.get("html")?.get("redirect"));
    for (old, new) in table.and_then(toml::Value::as_table).into_iter().flatten() {
        let new = new.as_str().unwrap_or_default();
        let found = entries.iter_mut().flat_map(pages).find(|page| is_at(page, old, new, src));
        match found {
            Some(page) => page.aliases.push(format!("/{}", old.trim_start_matches('/'))),
            None => {
                let what = format!("redirect of {} to {}", quoted(old), quoted(new));
                let why = "left out: it leads to no page of the course";
                notes.add("book.toml", 0, what, why);
            }
        }
    }
}

fn pages(entry: &mut Entry) -> &mut [Page] {
    match entry {
        Entry::Page(page) => std::slice::from_mut(page),
        Entry::Section { pages, .. } => pages,
    }
}

/// Whether `new`, seen from the old address, is the page's address in the book.
fn is_at(page: &Page, old: &str, new: &str, src: &str) -> bool {
    let Some(source) = page.source.as_deref() else { return false };
    let new = new.split(['#', '?']).next().unwrap_or_default();
    let target = match new.strip_prefix('/') {
        Some(absolute) => resolve("", absolute),
        None => resolve(parent(old.trim_start_matches('/')), new),
    };
    let name = target.filter(|_| !new.is_empty()).map(|target| match target.as_str() {
        "" => "index".to_owned(),
        _ if new.ends_with('/') => format!("{target}/index"),
        target => target.strip_suffix(".html").unwrap_or(target).to_owned(),
    });
    let below = source.strip_prefix(src).unwrap_or(source).trim_start_matches('/');
    let own = below.rsplit_once('.').map_or(below, |(stem, _)| stem);
    let index = own.strip_suffix("README").map(|folder| format!("{folder}index"));
    name.is_some_and(|name| name == own || Some(name) == index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_to_pages_are_their_aliases_and_others_are_told() {
        let config = "[output.html.redirect]\n\"/old.html\" = \"deep/new.html#x\"\n\
                      \"/deep/older.html\" = \"new.html\"\n\"/start.html\" = \"/\"\n\
                      \"/web.html\" = \"https://a.test/new.html\"\n"
            .parse()
            .unwrap();
        let page =
            |source: &str| Entry::Page(Page { source: Some(source.to_owned()), ..Page::default() });
        let mut entries = [page("src/deep/new.md"), page("src/README.md")];
        let mut notes = Notes::default();
        apply(&config, "src", &mut entries, &mut notes);
        let aliases: Vec<Vec<String>> =
            entries.iter_mut().flat_map(pages).map(|page| page.aliases.clone()).collect();
        assert_eq!(aliases, [vec!["/deep/older.html", "/old.html"], vec!["/start.html"]]);
        let notes = notes.into_sorted();
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].what, "redirect of `/web.html` to `https://a.test/new.html`");
        assert_eq!(notes[0].why, "left out: it leads to no page of the course");
    }
}
