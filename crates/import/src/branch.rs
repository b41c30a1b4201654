//! Folders of folders of pages, on their way to the two levels that a course has.

use super::manuscript::{Entry, Page};
use super::note::{Notes, quoted};

/// A page, or a folder with a title.
#[derive(Debug)]
pub(super) enum Branch {
    Page(Box<Page>),
    Folder { title: String, branches: Vec<Branch> },
}

/// The outermost folders become sections; deeper ones follow inside of them.
/// `listing` is the file that the remarks about it are told of.
pub(super) fn entries(branches: Vec<Branch>, listing: &str, notes: &mut Notes) -> Vec<Entry> {
    let mut entries = Vec::new();
    for branch in unwrapped(branches) {
        match branch {
            Branch::Page(page) => entries.push(Entry::Page(*page)),
            Branch::Folder { title, branches } => {
                let mut pages = Vec::new();
                flatten(&title, branches, listing, &mut pages, notes);
                if !pages.is_empty() {
                    entries.push(Entry::Section { title, pages });
                }
            }
        }
    }
    entries
}

/// A single folder around everything is no section but the whole site.
fn unwrapped(mut branches: Vec<Branch>) -> Vec<Branch> {
    let has_folders =
        |branches: &[Branch]| branches.iter().any(|branch| matches!(branch, Branch::Folder { .. }));
    while let [Branch::Folder { branches: inner, .. }] = branches.as_mut_slice() {
        if !has_folders(inner) {
            break;
        }
        branches = std::mem::take(inner);
    }
    branches
}

fn flatten(
    section: &str,
    branches: Vec<Branch>,
    listing: &str,
    pages: &mut Vec<Page>,
    notes: &mut Notes,
) {
    for branch in branches {
        match branch {
            Branch::Page(page) => pages.push(*page),
            Branch::Folder { title, branches } => {
                let before = pages.len();
                flatten(section, branches, listing, pages, notes);
                if pages.len() > before {
                    let what = format!("group {}", quoted(&title));
                    let why = format!(
                        "its pages follow in the section {}: sections have no sections",
                        quoted(section)
                    );
                    notes.add(listing, 0, what, why);
                }
            }
        }
    }
}
