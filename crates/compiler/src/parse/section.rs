//! The sections of a course: which folders and files they are, what `section.md`
//! says, and the order of what stands in them.

use std::collections::BTreeMap;

use contracts::language::Language;

use crate::diagnostic::Code;
use crate::front_matter::FrontMatter;
use crate::parse::cascade::Inherited;
use crate::parse::course::Rules;
use crate::parse::page_file::PageFiles;
use crate::parse::{Parser, markdown, order_of};
use crate::school::{Lesson, Section, SectionEdition};
use crate::slug;

/// Keys that hold for every language and so are said in `section.md` alone.
const SECTION_SHARED: [&str; 6] =
    ["access", "draft", "publish_at", "expires_at", "tags", "authors"];

/// A folder or a lesson directly in a course, before it is read.
enum Child<'a> {
    Lesson(PageFiles<'a>),
    Section(&'a str),
}

impl<'a> Parser<'a> {
    /// The parts of a course in order. Gives the language back that went in
    /// with the rules.
    pub(super) fn sections(&mut self, folder: &str, mut rules: Rules) -> (Vec<Section>, Language) {
        let mut sections: Vec<Section> = Vec::new();
        for child in self.children(folder, &rules.language) {
            match child {
                Child::Lesson(page) => {
                    let lesson = self.lesson(&page, &mut rules);
                    match sections.last_mut().filter(|section| section.editions.is_empty()) {
                        Some(section) => section.lessons.extend(lesson),
                        None => sections.push(Section {
                            editions: BTreeMap::new(),
                            lessons: lesson.into_iter().collect(),
                        }),
                    }
                }
                Child::Section(name) => {
                    sections.push(self.section(&format!("{folder}/{name}"), name, &mut rules));
                }
            }
        }
        // A section of which only drafts are left has nothing to show.
        sections.retain(|section| !section.lessons.is_empty());
        (sections, rules.language)
    }

    fn children(&mut self, folder: &str, language: &Language) -> Vec<Child<'a>> {
        let mut children: Vec<((u64, &'a str), Child<'a>)> = Vec::new();
        for page in self.pages_in(folder, language) {
            if !matches!(page.name, "course" | "lesson" | "section") {
                children.push((order_of(page.name), Child::Lesson(page)));
            }
        }
        for name in self.tree.folders_in(folder) {
            let inner = format!("{folder}/{name}");
            if let Some(page) = self.lesson_folder(&inner, name, language) {
                children.push((order_of(name), Child::Lesson(page)));
            } else if self.has_pages(&inner) {
                children.push((order_of(name), Child::Section(name)));
            }
        }
        children.sort_by_key(|(order, _)| *order);
        children.into_iter().map(|(_, child)| child).collect()
    }

    /// A folder with `lesson.md` is a lesson, named after the folder.
    fn lesson_folder(
        &mut self,
        folder: &str,
        name: &'a str,
        language: &Language,
    ) -> Option<PageFiles<'a>> {
        let page = self.page_named(folder, "lesson", language)?;
        Some(PageFiles { name, ..page })
    }

    /// Whether a folder has lessons, directly or in folders of their own.
    fn has_pages(&self, folder: &str) -> bool {
        self.tree.below(folder).any(|(path, _)| {
            path.extension() == Some("md")
                && (path.parent() == folder || path.file_name().starts_with("lesson."))
        })
    }

    fn section(&mut self, folder: &str, name: &'a str, rules: &mut Rules) -> Section {
        let page = self.page_named(folder, "section", &rules.language);
        let (editions, own) = self.section_editions(page.as_ref(), name, &rules.language);
        let outside = rules.inherited.clone();
        rules.inherited = outside.overlaid(own);
        let mut lessons: Vec<((u64, &'a str), PageFiles<'a>)> = Vec::new();
        for page in self.pages_in(folder, &rules.language) {
            if !matches!(page.name, "course" | "lesson" | "section") {
                lessons.push((order_of(page.name), page));
            }
        }
        for name in self.tree.folders_in(folder) {
            let inner = format!("{folder}/{name}");
            lessons.extend(
                self.lesson_folder(&inner, name, &rules.language)
                    .map(|page| (order_of(name), page)),
            );
        }
        lessons.sort_by_key(|(order, _)| *order);
        let lessons: Vec<Lesson> =
            lessons.iter().filter_map(|(_, page)| self.lesson(page, rules)).collect();
        rules.inherited = outside;
        Section { editions, lessons }
    }

    fn section_editions(
        &mut self,
        page: Option<&PageFiles<'a>>,
        name: &str,
        language: &Language,
    ) -> (BTreeMap<Language, SectionEdition>, Inherited) {
        let mut editions = BTreeMap::new();
        let mut original: Option<FrontMatter<'a>> = None;
        let mut inherited = Inherited::default();
        let title = slug::title_from_name(name);
        let files = page.into_iter().flat_map(|page| {
            let translations = page.translations.iter().map(|(l, path)| (l.clone(), *path));
            std::iter::once((language.clone(), page.original)).chain(translations)
        });
        for (language, path) in files {
            let Some(front) = self.open(path) else {
                continue;
            };
            let keys = front.section(&mut self.diagnostics);
            if !markdown(self.tree, &front).text().trim().is_empty() {
                let message = "the text of `section.md` is shown nowhere";
                let hint = "move it into `summary:` or into a lesson";
                let place = front.body..front.body;
                self.diagnostics
                    .push(front.source().diagnostic(Code::UnusedText, &place, message).hint(hint));
            }
            let title = keys.title.map_or_else(|| title.clone(), |title| title.value);
            editions.insert(language, SectionEdition { title, summary: keys.summary });
            match &original {
                Some(original) => front.compare(original, &SECTION_SHARED, &mut self.diagnostics),
                None => {
                    inherited = self.inherited(front.source(), &keys.cascade);
                    original = Some(front);
                }
            }
        }
        if editions.is_empty() {
            editions.insert(language.clone(), SectionEdition { title, summary: None });
        }
        (editions, inherited)
    }
}
