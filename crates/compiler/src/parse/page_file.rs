//! Which files are the same page in several languages.

use std::collections::BTreeMap;

use contracts::language::Language;

use crate::diagnostic::{Code, Diagnostic};
use crate::parse::{Parser, order_of};
use crate::source::SourcePath;

/// A page's files.
#[derive(Debug, Clone)]
pub(super) struct PageFiles<'a> {
    /// The name of the files without language and extension.
    pub(super) name: &'a str,
    pub(super) original: &'a SourcePath,
    pub(super) translations: BTreeMap<Language, &'a SourcePath>,
}

impl<'a> Parser<'a> {
    /// The pages that stand directly in a folder, in order. `original` is the
    /// language of the files that name none.
    pub(super) fn pages_in(&mut self, folder: &str, original: &Language) -> Vec<PageFiles<'a>> {
        let tree = self.tree;
        let mut pages: BTreeMap<(u64, &'a str), BTreeMap<Option<Language>, &'a SourcePath>> =
            BTreeMap::new();
        for (path, _) in tree.files_in(folder) {
            let Some(stem) = path.file_name().strip_suffix(".md") else {
                continue;
            };
            let Some((name, language)) = self.named_language(stem, path) else {
                continue;
            };
            // `lesson.en.md` alone in an English course is the original.
            let language = language.filter(|language| {
                language != original || tree.contains(&format!("{folder}/{name}.md"))
            });
            pages.entry(order_of(name)).or_default().insert(language, path);
        }
        let pages = pages.into_iter();
        pages.filter_map(|((_, name), files)| self.page_of(name, files, original)).collect()
    }

    /// The page with a fixed name, such as `course.md`, if it is in a folder.
    pub(super) fn page_named(
        &mut self,
        folder: &str,
        name: &str,
        original: &Language,
    ) -> Option<PageFiles<'a>> {
        self.pages_in(folder, original).into_iter().find(|page| page.name == name)
    }

    /// `intro.zh` is `intro` in Chinese if the school speaks it, and a name else.
    /// `None` if it is meant as a language that the school doesn't have.
    fn named_language(
        &mut self,
        stem: &'a str,
        path: &SourcePath,
    ) -> Option<(&'a str, Option<Language>)> {
        let Some((name, tag)) = stem.rsplit_once('.') else {
            return Some((stem, None));
        };
        let Ok(language) = Language::parse(tag) else {
            return Some((stem, None));
        };
        if name.is_empty() || name.bytes().all(|b| b.is_ascii_digit()) {
            return Some((stem, None));
        }
        if self.config.languages.contains(&language) {
            return Some((name, Some(language)));
        }
        // `node.js.md` is a name; `intro.fr.md` beside `intro.md` is meant as French.
        if self.tree.contains(&format!("{}/{name}.md", path.parent())) {
            let message = format!("`{language}` is not a language of the school");
            let mut tags: Vec<&str> = self.config.languages.iter().map(Language::as_str).collect();
            tags.push(language.as_str());
            let hint = format!("write `languages = {tags:?}` in `site.toml`");
            self.diagnostics.push(Diagnostic::new(path, Code::UnknownLanguage, message).hint(hint));
            self.read.insert(path.clone());
            return None;
        }
        Some((stem, None))
    }

    fn page_of(
        &mut self,
        name: &'a str,
        mut files: BTreeMap<Option<Language>, &'a SourcePath>,
        language: &Language,
    ) -> Option<PageFiles<'a>> {
        let original = files.remove(&None);
        let translations: BTreeMap<Language, &SourcePath> =
            files.into_iter().filter_map(|(key, path)| Some((key?, path))).collect();
        if let Some(path) = translations.get(language) {
            let message = format!("`{path}` and `{name}.md` are both in `{language}`");
            let hint = format!("files without a language are in `{language}`: keep one of them");
            self.diagnostics.push(Diagnostic::new(path, Code::DuplicatePage, message).hint(hint));
        }
        if original.is_none() {
            for path in translations.values() {
                self.read.insert((*path).clone());
                let message = format!("`{path}` has no original beside it");
                let hint = format!("add `{name}.md`, the page in `{language}`");
                let diagnostic = Diagnostic::new(path, Code::NoOriginal, message);
                self.diagnostics.push(diagnostic.hint(hint));
            }
        }
        Some(PageFiles { name, original: original?, translations })
    }
}
