//! Where each page of a book stands in the new course: folders, file names,
//! numbers and ids.

use std::collections::{BTreeMap, BTreeSet};

use compiler::front_matter::suggested_id;
use compiler::slug;
use compiler::source::SourcePath;
use contracts::language::Language;

use super::book_folder::{file_name, parent};
use super::manuscript::{Entry, Manuscript, Page};
use super::note::{Notes, quoted};
use super::safe_name::{Unsafe, fitting, is_device};

/// A longer name is cut: it would fill the address bar.
const NAME_CHARS: usize = 60;

/// A page's place, by its position in the reading order of the whole book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The folder it stands in, below the course's; empty directly in the course.
    pub(super) folder: String,
    /// Its name without extension, `03-ownership`.
    pub(super) name: String,
    /// Its stable id.
    pub(super) id: String,
    /// Whether it is a folder with `lesson.md`, because it has files beside it.
    pub(super) shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    File,
    Folder,
}

/// Places of all pages in reading order, and the folders of sections by index
/// of entry.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) places: Vec<Place>,
    pub(super) sections: BTreeMap<usize, String>,
}

impl Place {
    /// The lesson's file, below the course's folder.
    pub(super) fn file(&self) -> String {
        let base = self.base();
        match self.shape {
            Shape::File => format!("{base}.md"),
            Shape::Folder => format!("{base}/lesson.md"),
        }
    }

    /// The file of the lesson in another language.
    pub(super) fn file_in(&self, language: &Language) -> String {
        let file = self.file();
        format!("{}.{language}.md", file.strip_suffix(".md").unwrap_or(&file))
    }

    fn base(&self) -> String {
        if self.folder.is_empty() {
            self.name.clone()
        } else {
            format!("{}/{}", self.folder, self.name)
        }
    }

    /// How a link in this lesson leads to another file of the course.
    pub(super) fn link_to(&self, other: &Self) -> String {
        let (here, there) = (self.file(), other.file());
        let here: Vec<&str> = parent(&here).split('/').filter(|part| !part.is_empty()).collect();
        let there: Vec<&str> = there.split('/').collect();
        let shared = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
        let up = std::iter::repeat_n("..", here.len() - shared);
        up.chain(there.into_iter().skip(shared)).collect::<Vec<_>>().join("/")
    }
}

impl Layout {
    /// `earlier` are the ids that an earlier import gave to sources: progress
    /// hangs on them, so a lesson keeps its own however often it is moved.
    pub(super) fn of(
        book: &Manuscript,
        course: &str,
        earlier: &BTreeMap<String, String>,
        notes: &mut Notes,
    ) -> Self {
        let ids = earlier.values().cloned().collect();
        let mut names = Names { course, slugs: BTreeSet::new(), ids, earlier, notes };
        let mut layout = Self { places: Vec::new(), sections: BTreeMap::new() };
        let width = digits(book.entries.len());
        for (index, entry) in book.entries.iter().enumerate() {
            let number = format!("{:0width$}", index + 1);
            match entry {
                Entry::Page(page) => layout.places.push(names.place(page, "", &number)),
                Entry::Section { title, pages } => {
                    let name = name_of(title).unwrap_or_else(|| "section".to_owned());
                    let folder = format!("{number}-{name}");
                    let width = digits(pages.len());
                    for (index, page) in pages.iter().enumerate() {
                        let number = format!("{:0width$}", index + 1);
                        layout.places.push(names.place(page, &folder, &number));
                    }
                    layout.sections.insert(index, folder);
                }
            }
        }
        layout
    }
}

/// Names and ids that are taken.
struct Names<'a> {
    course: &'a str,
    slugs: BTreeSet<String>,
    ids: BTreeSet<String>,
    earlier: &'a BTreeMap<String, String>,
    notes: &'a mut Notes,
}

impl Names<'_> {
    fn place(&mut self, page: &Page, folder: &str, number: &str) -> Place {
        let name = format!("{number}-{}", self.slug(page));
        let mut place =
            Place { folder: folder.to_owned(), name, id: String::new(), shape: Shape::File };
        place.id = match page.source.as_ref().and_then(|source| self.earlier.get(source)) {
            Some(id) => id.clone(),
            None => self.id(&place),
        };
        place
    }

    /// A lesson's address part, which no other lesson of the course has.
    fn slug(&mut self, page: &Page) -> String {
        let source = page.source.as_deref().unwrap_or_default();
        let own = page.slug.as_deref().and_then(name_of).or_else(|| own_name(source));
        let own = own.or_else(|| name_of(&page.title));
        let own = own.unwrap_or_else(|| "lesson".to_owned());
        let folder = name_of(file_name(parent(source))).map(|folder| format!("{folder}-{own}"));
        let counted = (2..).map(|count| format!("{own}-{count}"));
        let mut wanted = std::iter::once(own.clone()).chain(folder).chain(counted);
        // The last of the three never ends. Slugs have no capitals.
        let is_free = |slug: &String| !self.slugs.contains(slug) && !is_device(slug);
        let free = wanted.find(is_free).unwrap_or_else(|| own.clone());
        if free != own {
            let reason = if is_device(&own) { Unsafe::Device } else { Unsafe::Taken };
            let what = format!("name {}", quoted(&own));
            self.notes.add(source, 0, what, format!("became `{free}`: {}", reason.why()));
        } else if is_cut(file_name(source)) && page.slug.is_none() {
            let what = format!("name {}", quoted(file_name(source)));
            self.notes.add(source, 0, what, format!("became `{free}`: {}", Unsafe::TooLong.why()));
        }
        self.slugs.insert(free.clone());
        free
    }

    fn id(&mut self, place: &Place) -> String {
        let path = format!("content/{}/{}", self.course, place.file());
        let own = suggested_id(&SourcePath::new(&path));
        let short: String = own.chars().take(56).collect();
        let counted = (2..).map(|count| format!("{short}-{count}"));
        let mut wanted = std::iter::once(own.clone()).chain(counted);
        let free = wanted.find(|id| !self.ids.contains(id)).unwrap_or(own);
        self.ids.insert(free.clone());
        free
    }
}

/// The name of a file, or of its folder for `README.md` and `index.md`.
fn own_name(source: &str) -> Option<String> {
    let stem = file_name(source).rsplit_once('.').map(|(stem, _)| stem)?;
    if !matches!(stem.to_ascii_lowercase().as_str(), "readme" | "index" | "_index") {
        return name_of(stem);
    }
    // A book's first page stands at the top of it; its title says more.
    parent(source).contains('/').then(|| name_of(file_name(parent(source)))).flatten()
}

/// A name as it may stand in an address. A short number in front of it orders;
/// a year belongs to it.
fn name_of(text: &str) -> Option<String> {
    let text = match slug::order(text) {
        Some(order) if order < 1000 => slug::without_order(text),
        _ => text,
    };
    let cut: String = text.chars().take(NAME_CHARS).collect();
    // With a number before it nothing more is taken for an order.
    slug::from_name(&format!("0-{}", fitting(&cut))).ok().map(|slug| slug.as_str().to_owned())
}

/// Whether a file's name is longer than what stands in an address of it.
fn is_cut(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.chars().count() > NAME_CHARS || fitting(stem) != stem
}

fn digits(count: usize) -> usize {
    count.to_string().len().max(2)
}

#[cfg(test)]
mod tests {
    use super::super::address::SiteAddresses;
    use super::*;

    fn page(title: &str, source: &str) -> Page {
        let source = (!source.is_empty()).then(|| source.to_owned());
        Page { title: title.to_owned(), source, ..Page::default() }
    }

    fn layout(entries: Vec<Entry>) -> Layout {
        let book = Manuscript {
            title: Some("Book".to_owned()),
            description: None,
            language: None,
            site: None,
            text_root: "src".to_owned(),
            entries,
            addresses: SiteAddresses::default(),
        };
        Layout::of(&book, "rust", &BTreeMap::new(), &mut Notes::default())
    }

    #[test]
    fn files_are_numbered_in_reading_order_and_keep_their_names() {
        let pages = vec![
            page("Start", "src/start/README.md"),
            page("Install", "src/start/01-install.md"),
            page("Not written", ""),
        ];
        let layout = layout(vec![
            Entry::Page(page("Foreword", "src/README.md")),
            Entry::Section { title: "Getting Started".to_owned(), pages },
            Entry::Page(page("2024 in review", "src/2024-review.md")),
        ]);
        let files: Vec<String> = layout.places.iter().map(Place::file).collect();
        assert_eq!(
            files,
            [
                "01-foreword.md",
                "02-getting-started/01-start.md",
                "02-getting-started/02-install.md",
                "02-getting-started/03-not-written.md",
                "03-2024-review.md",
            ]
        );
        assert_eq!(layout.places[2].id, "rust-install");
        assert_eq!(layout.sections[&1], "02-getting-started");
    }

    #[test]
    fn equal_names_get_their_folder_before_them_then_a_number() {
        let layout = layout(vec![
            Entry::Page(page("A", "src/a/intro.md")),
            Entry::Page(page("B", "src/b/intro.md")),
            Entry::Page(page("C", "src/x/b/intro.md")),
            Entry::Page(page("甲", "src/甲/导论.md")),
            Entry::Page(page("乙", "src/乙/导论.md")),
        ]);
        let names: Vec<&str> = layout.places.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names, ["01-intro", "02-b-intro", "03-intro-2", "04-导论", "05-乙-导论"]);
        let ids: BTreeSet<&str> = layout.places.iter().map(|place| place.id.as_str()).collect();
        assert_eq!(ids.len(), 5);
    }

    #[test]
    fn names_that_a_disk_can_t_hold_are_changed() {
        let layout = layout(vec![
            Entry::Page(page("A", "src/x/con.md")),
            Entry::Page(page("B", "src/NUL.md")),
            Entry::Page(page("C", "src/Setup.md")),
            Entry::Page(page("D", "src/setup.md")),
            Entry::Page(page("E", &format!("src/{}.md", "很长".repeat(80)))),
        ]);
        let names: Vec<&str> = layout.places.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names[..4], ["01-x-con", "02-src-nul", "03-setup", "04-src-setup"]);
        assert_eq!(names[4].chars().count(), 63);
    }

    #[test]
    fn links_lead_from_folder_to_folder() {
        let place = |folder: &str, name: &str, shape| Place {
            folder: folder.to_owned(),
            name: name.to_owned(),
            id: String::new(),
            shape,
        };
        let flat = place("", "01-a", Shape::File);
        let deep = place("02-s", "03-b", Shape::Folder);
        assert_eq!(flat.link_to(&deep), "02-s/03-b/lesson.md");
        assert_eq!(deep.link_to(&flat), "../../01-a.md");
        assert_eq!(deep.link_to(&place("02-s", "04-c", Shape::File)), "../04-c.md");
    }
}
